package optout

// arWords are the Arabic pack. The regulator of Saudi Arabia publishes the carriers' words. Spellings with and without
// hamza, with ة and with ه, fold to the same.
//
// Left out: كفى and لا, which are everyday answers; ابدا, which is both "begin" and "never".
var arWords = []word{
	{"إيقاف", OptOut, []string{citc}, false},
	{"قف", OptOut, []string{citc}, false},
	{"توقف", OptOut, []string{customary}, false},
	{"إيقاف الرسائل", OptOut, []string{customary}, false},
	{"أوقف الرسائل", OptOut, []string{customary}, false},
	{"إلغاء", OptOut, []string{customary}, false},
	{"إلغاء الاشتراك", OptOut, []string{customary}, false},
	{"إلغاء اشتراك", OptOut, []string{customary}, false},
	{"إلغاء الرسائل", OptOut, []string{customary}, false},
	{"ستوب", OptOut, []string{customary}, false},

	{"اشترك", OptIn, []string{customary}, false},
	{"إعادة الاشتراك", OptIn, []string{customary}, false},

	{"مساعدة", Help, []string{customary}, false},
	{"المساعدة", Help, []string{customary}, false},
}

var arYes = []string{"نعم"}
