package optout

// baseWords count in every program, whatever its locales: a person may text any of them to any sender in North
// America and expect to be understood.
//
// YES and Y are missing on purpose: they answer everyday questions, and Twilio's list alone makes them opt-ins.
var baseWords = []word{
	{"STOP", OptOut, []string{fcc, ctia, aws, twilio, telnyx, braze}, true},
	{"STOPALL", OptOut, []string{ctia, twilio, telnyx, braze}, true},
	{"STOP ALL", OptOut, []string{telnyx}, true},
	{"UNSUBSCRIBE", OptOut, []string{fcc, ctia, aws, twilio, telnyx, braze}, true},
	{"CANCEL", OptOut, []string{fcc, ctia, aws, twilio, telnyx, braze}, true},
	{"END", OptOut, []string{fcc, ctia, aws, twilio, telnyx, braze}, true},
	{"QUIT", OptOut, []string{fcc, ctia, aws, twilio, telnyx, braze}, true},
	{"REVOKE", OptOut, []string{fcc, twilio}, true},
	{"OPT OUT", OptOut, []string{fcc, aws}, true}, // AWS lists it as OPT-OUT, which folds to the same
	{"OPTOUT", OptOut, []string{aws, twilio}, true},
	{"REMOVE", OptOut, []string{aws}, true},
	{"TD", OptOut, []string{aws}, true},
	{"ARRET", OptOut, []string{aws, awsRCS, twilioProxy}, true},
	{"🛑", OptOut, []string{postscript}, true},

	{"START", OptIn, []string{awsTollFree, twilio, telnyx, braze}, true},
	{"UNSTOP", OptIn, []string{awsTollFree, twilio, telnyx, braze}, true},

	{"HELP", Help, []string{ctiaHelp, twilio, telnyx, braze}, true},
	{"INFO", Help, []string{ctiaHelp, awsRCS, twilio, braze}, true},
	{"AIDE", Help, []string{awsRCS}, true},
}
