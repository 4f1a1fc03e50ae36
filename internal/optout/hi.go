package optout

// hiWords are the Hindi pack. Much Hindi is texted in Latin letters.
//
// Left out: BAND, which is an English word; रुको ("wait"), बस and नहीं, which are everyday answers; रद्द, which cancels a
// booking; शुरू करें, which starts anything.
var hiWords = []word{
	{"रोकें", OptOut, []string{customary}, false},
	{"स्टॉप", OptOut, []string{customary}, false},
	{"स्टाप", OptOut, []string{customary}, false},
	{"रोको", OptOut, []string{customary}, false},
	{"बंद", OptOut, []string{customary}, false},
	{"बन्द", OptOut, []string{customary}, false},
	{"बंद करें", OptOut, []string{customary}, false},
	{"बंद करो", OptOut, []string{customary}, false},
	{"बंद कर दो", OptOut, []string{customary}, false},
	{"BAND KARE", OptOut, []string{customary}, false},
	{"BAND KAREN", OptOut, []string{customary}, false},
	{"BAND KARO", OptOut, []string{customary}, false},
	{"BAND KAR DO", OptOut, []string{customary}, false},
	{"मैसेज बंद करें", OptOut, []string{customary}, false},
	{"मैसेज बंद करो", OptOut, []string{customary}, false},
	{"संदेश बंद करें", OptOut, []string{customary}, false},
	{"SMS बंद करें", OptOut, []string{customary}, false},
	{"SMS बंद करो", OptOut, []string{customary}, false},
	{"SMS BAND KARO", OptOut, []string{customary}, false},
	{"MESSAGE BAND KARO", OptOut, []string{customary}, false},
	{"सदस्यता समाप्त करें", OptOut, []string{customary}, false},
	{"सदस्यता रद्द करें", OptOut, []string{customary}, false},
	{"अनसब्सक्राइब", OptOut, []string{customary}, false},

	{"सब्सक्राइब", OptIn, []string{customary}, false},
	{"सदस्यता लें", OptIn, []string{customary}, false},

	{"मदद", Help, []string{customary}, false},
	{"सहायता", Help, []string{customary}, false},
	{"MADAD", Help, []string{customary}, false},
}

var hiYes = []string{"हाँ", "हां", "जी", "जी हाँ", "जी हां", "HAAN"}
