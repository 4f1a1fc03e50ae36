package optout

// ruWords are the Russian pack. OTPISKA is how senders spell the word where a text in Latin letters costs half.
//
// ХВАТИТ tells somebody to leave off.
//
// Left out: НЕТ, КОНЕЦ and ОТКАЗ, which are everyday answers; ПОДПИСКА, which asks what one is subscribed to.
var ruWords = []word{
	{"СТОП", OptOut, []string{customary}, false},
	{"СТОП СМС", OptOut, []string{customary}, false},
	{"СТОП РЕКЛАМА", OptOut, []string{customary}, false},
	{"ОТПИСКА", OptOut, []string{customary}, false},
	{"OTPISKA", OptOut, []string{customary}, false},
	{"ОТПИСАТЬСЯ", OptOut, []string{customary}, false},
	{"ОТПИСАТЬ", OptOut, []string{customary}, false},
	{"ОТПИШИТЕ", OptOut, []string{customary}, false},
	{"ОТПИШИТЕ МЕНЯ", OptOut, []string{customary}, false},
	{"ОТМЕНА ПОДПИСКИ", OptOut, []string{customary}, false},
	{"ОТМЕНИТЬ ПОДПИСКУ", OptOut, []string{customary}, false},
	{"ОТКАЗ ОТ РАССЫЛКИ", OptOut, []string{customary}, false},
	{"ОТКАЗ ОТ СМС", OptOut, []string{customary}, false},
	{"УДАЛИТЕ МЕНЯ", OptOut, []string{customary}, false},
	{"БЕЗ РЕКЛАМЫ", OptOut, []string{customary}, false},
	{"ОТМЕНА", OptOut, []string{customary}, false},
	{"ХВАТИТ", OptOut, []string{customary}, false},

	{"СТАРТ", OptIn, []string{customary}, false},
	{"ПОДПИСАТЬСЯ", OptIn, []string{customary}, false},
	{"ПОДПИШИТЕ МЕНЯ", OptIn, []string{customary}, false},

	{"ПОМОЩЬ", Help, []string{customary}, false},
}

var ruYes = []string{"ДА"}
