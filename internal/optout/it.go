package optout

// itWords are the Italian pack.
//
// BASTA also ends an order ("and then? basta"), so it is unclear. Left out: FINE, which is an English answer;
// ESCI; NO.
var itWords = []word{
	{"BASTA", Unclear, []string{customary}, false}, // also ends an order, or an outburst
	{"ANNULLA", OptOut, []string{agcom}, false},
	{"ANNULLA ISCRIZIONE", OptOut, []string{customary}, false},
	{"CANCELLA", OptOut, []string{customary}, false},
	{"CANCELLAMI", OptOut, []string{customary}, false},
	{"CANCELLARE", OptOut, []string{customary}, false},
	{"CANCELLAZIONE", OptOut, []string{customary}, false},
	{"CANCELLA ISCRIZIONE", OptOut, []string{customary}, false},
	{"CANCELLAMI DALLA LISTA", OptOut, []string{customary}, false},
	{"DISISCRIVI", OptOut, []string{customary}, false},
	{"DISISCRIVIMI", OptOut, []string{customary}, false},
	{"DISISCRIZIONE", OptOut, []string{customary}, false},
	{"DISATTIVA", OptOut, []string{customary}, false},
	{"DISATTIVA SMS", OptOut, []string{customary}, false},
	{"RIMUOVI", OptOut, []string{customary}, false},
	{"RIMUOVIMI", OptOut, []string{customary}, false},
	{"FERMA", OptOut, []string{customary}, false},
	{"STOP SMS", OptOut, []string{customary}, false},
	{"BASTA SMS", OptOut, []string{customary}, false},
	{"BASTA MESSAGGI", OptOut, []string{customary}, false},
	{"NO PUBBLICITÀ", OptOut, []string{customary}, false},
	{"STOP PUBBLICITÀ", OptOut, []string{customary}, false},

	{"ISCRIVIMI", OptIn, []string{customary}, false},
	{"ISCRIVERMI", OptIn, []string{customary}, false},
	{"RIATTIVA SMS", OptIn, []string{customary}, false},

	{"AIUTO", Help, []string{customary}, false},
}

var itYes = []string{"SÌ"}
