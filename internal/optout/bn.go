package optout

// bnWords are the Bengali pack, for Bangladesh and West Bengal. Much Bengali is texted in Latin letters.
//
// Left out: না and আর না, which are everyday answers; চালু করুন, which starts anything.
var bnWords = []word{
	{"বন্ধ করুন", OptOut, []string{customary}, false},
	{"বন্ধ করো", OptOut, []string{customary}, false},
	{"বন্ধ কর", OptOut, []string{customary}, false},
	{"BONDHO KORUN", OptOut, []string{customary}, false},
	{"BONDHO KORO", OptOut, []string{customary}, false},
	{"থামুন", OptOut, []string{customary}, false},
	{"থামাও", OptOut, []string{customary}, false},
	{"স্টপ", OptOut, []string{customary}, false},
	{"বন্ধ", OptOut, []string{customary}, false},
	{"বাতিল", OptOut, []string{customary}, false},
	{"এসএমএস বন্ধ করুন", OptOut, []string{customary}, false},
	{"SMS বন্ধ করুন", OptOut, []string{customary}, false},
	{"মেসেজ বন্ধ করুন", OptOut, []string{customary}, false},
	{"SMS BONDHO KORUN", OptOut, []string{customary}, false},
	{"আনসাবস্ক্রাইব", OptOut, []string{customary}, false},

	{"সাবস্ক্রাইব", OptIn, []string{customary}, false},

	{"সাহায্য", Help, []string{customary}, false},
	{"সহায়তা", Help, []string{customary}, false},
	{"SAHAJJO", Help, []string{customary}, false},
}

var bnYes = []string{"হ্যাঁ"}
