package optout

// svWords are the Swedish pack.
//
// Left out: SLUT, which also says that something has run out; SLUTA, RÄCKER and NEJ; AVBRYT, which leaves a menu; AVBOKA,
// which cancels a booking.
var svWords = []word{
	{"STOPP", OptOut, []string{customary}, false},
	{"STOPPA", OptOut, []string{customary}, false},
	{"STOPP SMS", OptOut, []string{customary}, false},
	{"STOP SMS", OptOut, []string{customary}, false},
	{"STOPPA SMS", OptOut, []string{customary}, false},
	{"AVSLUTA", OptOut, []string{customary}, false},
	{"AVSLUTA SMS", OptOut, []string{customary}, false},
	{"AVREGISTRERA", OptOut, []string{customary}, false},
	{"AVREGISTRERA MIG", OptOut, []string{customary}, false},
	{"AVPRENUMERERA", OptOut, []string{customary}, false},
	{"AVANMÄL", OptOut, []string{customary}, false},
	{"AVANMÄL MIG", OptOut, []string{customary}, false},
	{"AVANMÄLAN", OptOut, []string{customary}, false},
	{"TA BORT MIG", OptOut, []string{customary}, false},
	{"INGA SMS", OptOut, []string{customary}, false},
	{"INGA FLER SMS", OptOut, []string{customary}, false},
	{"INGA MER SMS", OptOut, []string{customary}, false},

	{"PRENUMERERA", OptIn, []string{customary}, false},
	{"ÅTERANMÄL MIG", OptIn, []string{customary}, false},

	{"HJÄLP", Help, []string{customary}, false},
}

var svYes = []string{"JA"}
