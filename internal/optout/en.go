package optout

// enWords are English spellings of the listed words that people write and no list has.
var enWords = []word{
	{"UN SUBSCRIBE", OptOut, []string{ctia, customary}, false},
	{"OPT ME OUT", OptOut, []string{ctia, customary}, false},
	{"REMOVE ME", OptOut, []string{customary}, false},
	{"STOP TEXT", OptOut, []string{customary}, false},
	{"STOP TEXTS", OptOut, []string{customary}, false},
	{"STOP TEXTING", OptOut, []string{customary}, false},
	{"UN STOP", OptIn, []string{customary}, false},
}
