package optout

// ListVersion names the state of the word lists. It changes whenever a word is added, dropped or given another
// meaning, and travels with the evidence of a decision.
const ListVersion = "2026-11.3"

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

// The published lists that words come from, as they are named in [Finding.Sources]. A comment tells what is on the
// list and, unless the name does, where it is published.
const (
	fcc         = "47 CFR 64.1200(a)(10)"                        // words that revoke consent per se
	ctia        = "CTIA Messaging Principles 5.1.3"              // opt-out words; capitals, marks and slips ignored
	ctiaHelp    = "CTIA Messaging Principles, HELP"              // HELP and INFO are to be answered
	cwta        = "CWTA Canadian Common Short Code Guidelines"   // txt.ca: STOP, ARRET, HELP, AIDE, INFO on every code
	aws         = "AWS SMS opt-out-list-keywords"                // AWS's ten built-in opt-out words
	awsTollFree = "AWS SMS keywords-required"                    // UNSTOP and START on US toll-free numbers
	awsRCS      = "AWS RCS Canada required keywords"             // AIDE, ARRET, INFO
	twilio      = "Twilio default STOP filtering"                // STOP STOPALL UNSUBSCRIBE CANCEL END QUIT REVOKE OPTOUT
	twilioProxy = "Twilio Proxy opt-out words"                   // ARRET ARRETE ARRETT
	twilioCA    = "Twilio Canada short code keywords"            // article 223181928: as Twilio's older list, and UNSUB
	twilioES    = "Twilio Spanish-language short codes"          // ALTO and AYUDA, which such a code must answer
	telnyx      = "Telnyx Advanced Opt-In/Out"                   // STOP ALL with a blank; START, UNSTOP
	braze       = "Braze default keywords"                       // as Twilio's older list
	plivo       = "Plivo DND keywords"                           // docs, dnd-service: Twilio's older list, UNSUB, STOP ALL
	salesforce  = "Salesforce SMS subscription keywords"         // article 000230827: as Twilio's older list, and TERMINATE
	postscript  = "Postscript opt-out phrases"                   // article 3496850: the stop-sign emoji, REMOVE ME, DON'T TEXT
	ivip        = "iVIP unsubscribe words"                       // ivipmobile.com/faqs: STOP TEXTS, STOP TEXTING, DON'T TEXT ME
	textizen    = "Textizen Spanish reserved keywords"           // article 92: ALTO, INICIO, AUXILIO
	kemv        = "KEM-V, RTR Austria"                           // Stopp or Stop ends every subscription by text
	anatel      = "Anatel, publicidade por SMS, 2012"            // Brazil: SAIR ends the advertisements of all carriers
	agcom       = "AGCOM 108/19/CONS, CASP 4.0"                  // Italy: ANNULLA takes a service back
	citc        = "CITC, promotional messages"                   // Saudi Arabia: the carriers' words for STOP
	kisa        = "KISA guide to Network Act art. 50"            // Korea: an advertisement carries these words
	viettel     = "Viettel 199 and 9000"                         // Vietnam: TC refuses advertisements, HUY ends them
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
//
// A pack holds what people text to a sender who writes to them in that language. The words for STOP, END and CANCEL
// are in even where they have other uses: the English ones count in every program, by rule, with other uses as many.
// Left out is what answers everyday questions, for a listed word needs no context: words for no and enough, what
// cancels a booking and nothing else, what is an everyday word in English. In a sentence that makes them clear such
// words are for the tiers after this one.
type pack struct {
	locale string // ISO 639-1
	words  []word
	yes    []string // a plain yes: answers a question that was asked, and never opts in by itself
}

// packs are all packs. A new locale is a file with its words and a row here.
func packs() []pack {
	return []pack{
		{"en", enWords, enYes},
		{"es", esWords, esYes},
		{"fr", frWords, frYes},
		{"de", deWords, deYes},
		{"pt", ptWords, ptYes},
		{"it", itWords, itYes},
		{"nl", nlWords, nlYes},
		{"sv", svWords, svYes},
		{"pl", plWords, plYes},
		{"tr", trWords, trYes},
		{"ru", ruWords, ruYes},
		{"uk", ukWords, ukYes},
		{"ar", arWords, arYes},
		{"hi", hiWords, hiYes},
		{"bn", bnWords, bnYes},
		{"th", thWords, thYes},
		{"my", myWords, myYes},
		{"ja", jaWords, jaYes},
		{"zh", zhWords, zhYes},
		{"ko", koWords, koYes},
		{"vi", viWords, viYes},
		{"id", idWords, idYes},
	}
}
