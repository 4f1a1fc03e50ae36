package optout

// ukWords are the Ukrainian pack.
//
// Left out: НІ, ДОСИТЬ, КІНЕЦЬ and ВІДМОВА, which are everyday answers; ПІДПИСКА, which asks what one is subscribed to.
var ukWords = []word{
	{"СТОП", OptOut, []string{customary}, false},
	{"СТОП СМС", OptOut, []string{customary}, false},
	{"СТОП РЕКЛАМА", OptOut, []string{customary}, false},
	{"ВІДПИСКА", OptOut, []string{customary}, false},
	{"ВІДПИСАТИСЯ", OptOut, []string{customary}, false},
	{"ВІДПИСАТИСЬ", OptOut, []string{customary}, false},
	{"ВІДПИСАТИ", OptOut, []string{customary}, false},
	{"ВІДПИШІТЬ", OptOut, []string{customary}, false},
	{"ВІДПИШІТЬ МЕНЕ", OptOut, []string{customary}, false},
	{"СКАСУВАТИ ПІДПИСКУ", OptOut, []string{customary}, false},
	{"ВІДМІНИТИ ПІДПИСКУ", OptOut, []string{customary}, false},
	{"ВІДМОВА ВІД РОЗСИЛКИ", OptOut, []string{customary}, false},
	{"ВИДАЛІТЬ МЕНЕ", OptOut, []string{customary}, false},
	{"БЕЗ РЕКЛАМИ", OptOut, []string{customary}, false},
	{"СКАСУВАТИ", OptOut, []string{customary}, false},

	{"СТАРТ", OptIn, []string{customary}, false},
	{"ПІДПИСАТИСЯ", OptIn, []string{customary}, false},
	{"ПІДПИСАТИСЬ", OptIn, []string{customary}, false},
	{"ПІДПИШІТЬ МЕНЕ", OptIn, []string{customary}, false},

	{"ДОПОМОГА", Help, []string{customary}, false},
}

var ukYes = []string{"ТАК"}
