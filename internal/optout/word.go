package optout

// ListVersion names the state of the word lists. It changes whenever a word is added, dropped or given another
// meaning, and travels with the evidence of a decision.
const ListVersion = "2026-11"

// Intent is what a text asks for, as far as consent goes.
type Intent string

// The intents. None is the intent of a text that asks for nothing of the kind.
const (
	None   Intent = ""
	OptOut Intent = "opt_out"
	OptIn  Intent = "opt_in"
	Help   Intent = "help"
	// Unclear is what a reasonable person might read as a request to stop.
	Unclear Intent = "unclear"
)

// The published lists that words come from, as they are named in [Finding.Sources].
const (
	fcc         = "47 CFR 64.1200(a)(10)"                        // words that revoke consent per se
	ctia        = "CTIA Messaging Principles 5.1.3"              // opt-out words; capitals, marks and slips ignored
	ctiaHelp    = "CTIA Messaging Principles, HELP"              // HELP and INFO are to be answered
	aws         = "AWS SMS opt-out-list-keywords"                // AWS's ten built-in opt-out words
	awsTollFree = "AWS SMS keywords-required"                    // UNSTOP and START on US toll-free numbers
	awsRCS      = "AWS RCS Canada required keywords"             // AIDE, ARRET, INFO
	twilio      = "Twilio default STOP filtering"                // STOP STOPALL UNSUBSCRIBE CANCEL END QUIT REVOKE OPTOUT
	twilioProxy = "Twilio Proxy opt-out words"                   // ARRET ARRETE ARRETT
	telnyx      = "Telnyx Advanced Opt-In/Out"                   // STOP ALL with a blank; START, UNSTOP
	braze       = "Braze default keywords"                       // as Twilio's older list
	postscript  = "Postscript opt-out phrases"                   // the stop-sign emoji
	customary   = "customary; 47 CFR 64.1200(a)(10) any wording" // clear to any reasonable person, on no published list
)

// word is one row of a list.
type word struct {
	text       string // as people write it; folded when a lexicon is made
	intent     Intent
	sources    []string
	everywhere bool // counts in every program, whether its pack is on or not
}

// pack is the words of one locale.
type pack struct {
	locale string // ISO 639-1
	words  []word
}

// packs are all packs. A new locale is a file with its words and a row here.
func packs() []pack {
	return []pack{
		{"en", enWords},
		{"es", esWords},
		{"fr", frWords},
	}
}
