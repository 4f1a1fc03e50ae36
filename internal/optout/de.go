package optout

// deWords are the German pack, for Germany, Austria and Switzerland. Umlauts fold to the plain vowel; who has none on
// the keyboard writes AE, OE and UE.
//
// Left out: HALT ("just"), ENDE, NEIN and GENUG, which are everyday answers; WIDERRUF and STORNO, which take back a
// purchase and cancel an order; ABBRECHEN, which leaves a menu; STARTEN.
var deWords = []word{
	{"STOPP", OptOut, []string{kemv}, false},
	{"STOPPEN", OptOut, []string{customary}, false},
	{"ABMELDEN", OptOut, []string{customary}, false},
	{"ABMELDUNG", OptOut, []string{customary}, false},
	{"BITTE ABMELDEN", OptOut, []string{customary}, false},
	{"MICH ABMELDEN", OptOut, []string{customary}, false},
	{"ABBESTELLEN", OptOut, []string{customary}, false},
	{"ABBESTELLUNG", OptOut, []string{customary}, false},
	{"KÜNDIGEN", OptOut, []string{customary}, false},
	{"AUSTRAGEN", OptOut, []string{customary}, false},
	{"BITTE AUSTRAGEN", OptOut, []string{customary}, false},
	{"ABO BEENDEN", OptOut, []string{customary}, false},
	{"SMS BEENDEN", OptOut, []string{customary}, false},
	{"EINWILLIGUNG WIDERRUFEN", OptOut, []string{customary}, false},
	{"STOPP SMS", OptOut, []string{customary}, false},
	{"STOP SMS", OptOut, []string{customary}, false},
	{"SMS STOPPEN", OptOut, []string{customary}, false},
	{"SMS ABBESTELLEN", OptOut, []string{customary}, false},
	{"KEINE SMS", OptOut, []string{customary}, false},
	{"KEINE SMS MEHR", OptOut, []string{customary}, false},
	{"KEINE NACHRICHTEN MEHR", OptOut, []string{customary}, false},
	{"KEINE WERBUNG", OptOut, []string{customary}, false},
	{"KEINE WERBUNG MEHR", OptOut, []string{customary}, false},

	{"ANMELDEN", OptIn, []string{customary}, false},
	{"WIEDER ANMELDEN", OptIn, []string{customary}, false},
	{"ABONNIEREN", OptIn, []string{customary}, false},

	{"HILFE", Help, []string{customary}, false},
}

var deYes = []string{"JA"}
