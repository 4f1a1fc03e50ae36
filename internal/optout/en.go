package optout

// enWords are English spellings of the listed words that people write and few lists have.
//
// Left out: NO MORE and WRONG NUMBER (Postscript), which also refuse an offer and correct a mistake; RESUME (Plivo),
// which is also a CV; JOIN and SUBSCRIBE, which operators use as keywords of their own; STOP IT, said in jest.
var enWords = []word{
	{"UN SUBSCRIBE", OptOut, []string{ctia, customary}, false},
	{"UNSUBSCRIBE ME", OptOut, []string{customary}, false},
	{"OPT ME OUT", OptOut, []string{ctia, customary}, false},
	{"REMOVE ME", OptOut, []string{postscript, customary}, false},
	{"TERMINATE", OptOut, []string{salesforce}, false},
	{"STOP TEXT", OptOut, []string{customary}, false},
	{"STOP TEXTS", OptOut, []string{ivip, customary}, false},
	{"STOP TEXTING", OptOut, []string{postscript, ivip, customary}, false},
	{"STOP THIS", OptOut, []string{ivip}, false},
	{"STOP MESSAGES", OptOut, []string{customary}, false},
	{"STOP MESSAGING", OptOut, []string{customary}, false},
	{"STOP SMS", OptOut, []string{customary}, false},
	{"DO NOT TEXT", OptOut, []string{postscript}, false},
	{"DON'T TEXT", OptOut, []string{postscript, ivip}, false},
	{"DON'T TEXT ME", OptOut, []string{ivip}, false},
	{"DO NOT TEXT ME", OptOut, []string{customary}, false},

	{"UN STOP", OptIn, []string{customary}, false},
	{"RESUBSCRIBE", OptIn, []string{customary}, false},
	{"OPT IN", OptIn, []string{customary}, false},
	{"OPTIN", OptIn, []string{customary}, false},
}

var enYes = []string{"YES", "Y", "YEP", "YEAH"}
