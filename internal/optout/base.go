package optout

// baseWords count in every program, whatever its locales: a person may text any of them to any sender in North
// America and expect to be understood.
//
// YES and Y are missing on purpose: they answer everyday questions, and Twilio's list alone makes them opt-ins. So
// are Plivo's RESUME and GO. No word of a pack is here: what is a stop word in one language is a first name, a
// colour or an abbreviation in another.
var baseWords = []word{
	{"STOP", OptOut, []string{fcc, ctia, cwta, kemv, aws, twilio, telnyx, braze, plivo}, true},
	{"STOPALL", OptOut, []string{ctia, twilio, telnyx, braze}, true},
	{"STOP ALL", OptOut, []string{telnyx, plivo}, true},
	{"UNSUBSCRIBE", OptOut, []string{fcc, ctia, aws, twilio, telnyx, braze, plivo}, true},
	{"UNSUB", OptOut, []string{twilioCA, plivo}, true},
	{"CANCEL", OptOut, []string{fcc, ctia, aws, twilio, telnyx, braze, plivo}, true},
	{"END", OptOut, []string{fcc, ctia, aws, twilio, telnyx, braze, plivo}, true},
	{"QUIT", OptOut, []string{fcc, ctia, aws, twilio, telnyx, braze, plivo}, true},
	{"REVOKE", OptOut, []string{fcc, twilio}, true},
	{"OPT OUT", OptOut, []string{fcc, aws}, true}, // AWS lists it as OPT-OUT, which folds to the same
	{"OPTOUT", OptOut, []string{aws, twilio}, true},
	{"REMOVE", OptOut, []string{aws}, true},
	{"TD", OptOut, []string{aws}, true},
	{"ARRET", OptOut, []string{cwta, aws, awsRCS, twilioProxy}, true},
	{"🛑", OptOut, []string{postscript}, true},

	{"START", OptIn, []string{awsTollFree, twilio, telnyx, braze, plivo}, true},
	{"UNSTOP", OptIn, []string{awsTollFree, twilio, telnyx, braze, plivo}, true},

	{"HELP", Help, []string{ctiaHelp, cwta, twilio, telnyx, braze}, true},
	{"INFO", Help, []string{ctiaHelp, cwta, awsRCS, twilio, braze}, true},
	{"AIDE", Help, []string{cwta, awsRCS}, true},
}
