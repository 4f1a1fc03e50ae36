package optout

// trWords are the Turkish pack. The law gives a right to refuse, RET; senders ask for RET or İPTAL. Dotted and dotless
// i fold to the same.
//
// Left out: RED, another spelling of RET, which is an English colour; YETER and HAYIR, which are everyday answers;
// BAŞLA and BAŞLAT, which start anything.
var trWords = []word{
	{"RET", OptOut, []string{customary}, false},
	{"İPTAL", OptOut, []string{customary}, false},
	{"SMS RET", OptOut, []string{customary}, false},
	{"SMS İPTAL", OptOut, []string{customary}, false},
	{"İPTAL SMS", OptOut, []string{customary}, false},
	{"SMS İPTAL ET", OptOut, []string{customary}, false},
	{"İPTAL ET", OptOut, []string{customary}, false},
	{"ÜYELİK İPTAL", OptOut, []string{customary}, false},
	{"ABONELİK İPTAL", OptOut, []string{customary}, false},
	{"ABONELİĞİ İPTAL ET", OptOut, []string{customary}, false},
	{"ABONELİKTEN ÇIK", OptOut, []string{customary}, false},
	{"LİSTEDEN ÇIK", OptOut, []string{customary}, false},
	{"LİSTEDEN ÇIKAR", OptOut, []string{customary}, false},
	{"BENİ ÇIKAR", OptOut, []string{customary}, false},
	{"ÇIK", OptOut, []string{customary}, false},
	{"DUR", OptOut, []string{customary}, false},
	{"DURDUR", OptOut, []string{customary}, false},
	{"SMS DURDUR", OptOut, []string{customary}, false},
	{"SMS İSTEMİYORUM", OptOut, []string{customary}, false},
	{"MESAJ İSTEMİYORUM", OptOut, []string{customary}, false},

	{"ABONE OL", OptIn, []string{customary}, false},

	{"YARDIM", Help, []string{customary}, false},
}

var trYes = []string{"EVET"}
