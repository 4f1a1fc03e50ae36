package optout

// myWords are the Burmese pack. Older phones still write Zawgyi, which puts other code points to the same letters: such
// spellings are rows of their own.
//
// Left out: တော်ပြီ ("enough") and မလို, which are everyday answers; စတင်, which starts anything.
var myWords = []word{
	{"ရပ်", OptOut, []string{customary}, false},
	{"ရပ်ပါ", OptOut, []string{customary}, false},
	{"ရပ္", OptOut, []string{customary}, false},   // Zawgyi
	{"ရပ္ပါ", OptOut, []string{customary}, false}, // Zawgyi
	{"ရပ်တန့်", OptOut, []string{customary}, false},
	{"ရပ်တန့်ပါ", OptOut, []string{customary}, false},
	{"ရပ်ဆိုင်း", OptOut, []string{customary}, false},
	{"ပယ်ဖျက်", OptOut, []string{customary}, false},
	{"ပယ်ဖျက်ပါ", OptOut, []string{customary}, false},
	{"မပို့ပါနဲ့", OptOut, []string{customary}, false},
	{"မပို့ပါနှင့်", OptOut, []string{customary}, false},
	{"မပို့နဲ့တော့", OptOut, []string{customary}, false},
	{"စာမပို့ပါနဲ့", OptOut, []string{customary}, false},

	{"အကူအညီ", Help, []string{customary}, false},
	{"ကူညီပါ", Help, []string{customary}, false},
}

var myYes = []string{"ဟုတ်ကဲ့", "ဟုတ္ကဲ့", "ဟုတ်တယ်"}
