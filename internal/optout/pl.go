package optout

// plWords are the Polish pack.
//
// Left out: DOŚĆ and NIE, which are everyday answers; ODWOŁAJ, which cancels a visit; ZAPISZ, which also means "save".
var plWords = []word{
	{"WYPISZ", OptOut, []string{customary}, false},
	{"WYPISZ MNIE", OptOut, []string{customary}, false},
	{"WYPISUJĘ SIĘ", OptOut, []string{customary}, false},
	{"REZYGNUJĘ", OptOut, []string{customary}, false},
	{"REZYGNACJA", OptOut, []string{customary}, false},
	{"WYREJESTRUJ", OptOut, []string{customary}, false},
	{"WYREJESTRUJ MNIE", OptOut, []string{customary}, false},
	{"ODSUBSKRYBUJ", OptOut, []string{customary}, false},
	{"ANULUJ", OptOut, []string{customary}, false},
	{"KONIEC", OptOut, []string{customary}, false},
	{"USUŃ MNIE", OptOut, []string{customary}, false},
	{"USUŃ MNIE Z LISTY", OptOut, []string{customary}, false},
	{"STOP SMS", OptOut, []string{customary}, false},
	{"BEZ SMS", OptOut, []string{customary}, false},
	{"NIE CHCĘ SMS", OptOut, []string{customary}, false},

	{"ZAPISZ MNIE", OptIn, []string{customary}, false},
	{"SUBSKRYBUJ", OptIn, []string{customary}, false},
	{"SUBSKRYBUJĘ", OptIn, []string{customary}, false},

	{"POMOC", Help, []string{customary}, false},
}

var plYes = []string{"TAK"}
