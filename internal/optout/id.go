package optout

// idWords are the Indonesian pack. Paid texts taught everybody UNREG.
//
// Left out: OFF, which those texts ask for too and which is an English answer; CUKUP, TIDAK and JANGAN, which are
// everyday answers; REG, an English abbreviation; TOLONG, which also means "please".
var idWords = []word{
	{"BERHENTI", OptOut, []string{customary}, false},
	{"UNREG", OptOut, []string{customary}, false},
	{"STOP SMS", OptOut, []string{customary}, false},
	{"STOP LANGGANAN", OptOut, []string{customary}, false},
	{"BERHENTI LANGGANAN", OptOut, []string{customary}, false},
	{"BERHENTI BERLANGGANAN", OptOut, []string{customary}, false},
	{"BATALKAN LANGGANAN", OptOut, []string{customary}, false},
	{"HENTIKAN", OptOut, []string{customary}, false},
	{"HENTIKAN SMS", OptOut, []string{customary}, false},
	{"BATAL", OptOut, []string{customary}, false},
	{"JANGAN KIRIM LAGI", OptOut, []string{customary}, false},
	{"JANGAN SMS LAGI", OptOut, []string{customary}, false},

	{"BERLANGGANAN", OptIn, []string{customary}, false},
	{"LANGGANAN LAGI", OptIn, []string{customary}, false},

	{"BANTUAN", Help, []string{customary}, false},
}

var idYes = []string{"YA", "IYA"}
