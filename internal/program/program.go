package program

import (
	"time"

	"github.com/heedsms/heed/internal/keywords"
	"github.com/heedsms/heed/internal/optout"
	"github.com/heedsms/heed/internal/sms"
)

// Answers says who answers HELP, STOP and START for the numbers of a program. Never both: a second answer costs
// money and trust.
type Answers string

// Who answers.
const (
	AnswersHeed Answers = "heed" // self-managed opt-outs at AWS
	AnswersAWS  Answers = "aws"  // AWS-managed opt-outs: heed records and stays silent
)

// Unclear says what to do with a text that a reasonable person might read as a request to stop.
type Unclear string

// What to do with unclear texts.
const (
	UnclearHold   Unclear = "hold"   // send nothing until somebody decides
	UnclearAsk    Unclear = "ask"    // ask once; silence means stop
	UnclearIgnore Unclear = "ignore" // treat it as any other text
)

// CarrierBlocks says what a carrier's block of a message from a US toll-free number is taken for. There the carrier's
// network itself takes STOP, and a text that it keeps to itself shows only in the messages that it blocks afterwards.
type CarrierBlocks string

// What such a block is.
const (
	CarrierBlocksOptOut CarrierBlocks = "opt_out" // evidence that the person said STOP
	CarrierBlocksIgnore CarrierBlocks = "ignore"  // a message that did not arrive
)

// InvalidNumbers says what follows when AWS reports that the number of a person does not exist.
type InvalidNumbers string

// What follows.
const (
	InvalidNumbersSuspend InvalidNumbers = "suspend" // nothing is sent until there is a sign of life; no opt-out
	InvalidNumbersIgnore  InvalidNumbers = "ignore"
)

// MessageType is what kind of messages a configuration set sends by default.
type MessageType string

// The kinds of messages.
const (
	Transactional MessageType = "transactional" // critical or time-sensitive
	Promotional   MessageType = "promotional"
)

// DoubleOptIn asks back before a keyword of action opt_in opts anybody in: the person is opted in by a yes that comes
// in time. START and UNSTOP opt in at once, since nobody texts them by chance.
type DoubleOptIn struct {
	Text   *Template     // the question
	Within time.Duration // how long a yes counts as its answer
}

// Limit is how many automatic replies one contact gets in a time: the guard against two machines that answer each
// other for ever.
type Limit struct {
	Count int           // at most so many replies
	Per   time.Duration // in any stretch of this length
}

// Unmatched is the answer to texts that match nothing.
type Unmatched struct {
	Reply *Template     // nil: no answer
	Every time.Duration // at most one answer to a contact in this time
}

// The defaults of a program.
const (
	defaultReplies        = 10
	defaultRepliesPer     = time.Hour
	defaultUnmatchedEvery = 24 * time.Hour
	defaultDoubleOptIn    = 24 * time.Hour
)

// Program is what a person subscribes to: a brand with its numbers, one opt-out list of AWS, its keywords and its
// texts. Consent is kept by program and contact.
type Program struct {
	Name             string
	Brand            string
	OptOutList       string // name or ARN; "" means that no list of AWS is kept in step
	ConfigurationSet string // "" means the setting of the deployment
	Identities       []sms.Identity
	Pools            map[sms.Identity][]sms.Identity // numbers of a pool, or the number of a phone-number id
	Answers          Answers
	Locales          []string // packs of compliance words that are on
	Unclear          Unclear
	DoubleOptIn      *DoubleOptIn // nil: a keyword of action opt_in opts in at once
	Feedback         bool         // AWS is told of each message that is answered
	RequireOptIn     bool         // nobody may be texted who has not opted in
	ReplyLimit       Limit
	Unmatched        Unmatched
	CarrierBlocks    CarrierBlocks
	InvalidNumbers   InvalidNumbers
	// MessageType is the default of the configuration set at AWS; "" leaves it as it is.
	MessageType MessageType
	// DeletionProtection keeps the numbers and pools from being released at AWS; nil leaves it as it is.
	DeletionProtection *bool
	Rules              []*Rule // the operator's keywords, in the order of the file

	help, optOut, optIn, ask *Template

	lexicon *optout.Lexicon
	numbers map[sms.Identity]*scope         // rules on one number
	pools   map[sms.Identity]*scope         // rules on one pool
	poolsOf map[sms.Identity][]sms.Identity // the pools that a number is in
	general *scope                          // rules on the whole program

	lines map[string]int // line of each field in the file, for findings
}

// Rule is one keyword entry of the operator.
type Rule struct {
	Name    string   // the operator's, or "acme-alerts/keywords[2]", counted from 0
	Words   []string // as written
	Match   keywords.Match
	Action  Action
	Reply   *Template      // nil: the rule itself says nothing
	Observe bool           // tried out: matches are told and have no effect
	On      []sms.Identity // the numbers and pools it counts on; empty: the whole program
	From    time.Time      // it counts for texts said from then on; zero: always
	Until   time.Time      // and before this; zero: for ever
	Line    int            // in the file
}

// Action is what a rule does besides replying.
type Action string

// The actions of a rule.
const (
	ActionReply   Action = "reply"   // nothing besides
	ActionOptIn   Action = "opt_in"  // the person is opted in
	ActionOptOut  Action = "opt_out" // the person is opted out
	ActionForward Action = "forward" // the text is published for another system
)

func newProgram(name string) *Program {
	return &Program{
		Name:       name,
		help:       sound(defaultHelp),
		optOut:     sound(defaultOptOut),
		optIn:      sound(defaultOptIn),
		ask:        sound(defaultAsk),
		Answers:    AnswersHeed,
		Locales:    []string{"en"},
		Unclear:    UnclearHold,
		ReplyLimit: Limit{defaultReplies, defaultRepliesPer},
		Unmatched:  Unmatched{Every: defaultUnmatchedEvery},

		CarrierBlocks:  CarrierBlocksOptOut,
		InvalidNumbers: InvalidNumbersSuspend,

		Pools: make(map[sms.Identity][]sms.Identity),
		lines: make(map[string]int),
	}
}

// Help is the answer to HELP.
func (p *Program) Help() *Template { return p.help }

// OptOut is the one confirmation of an opt-out.
func (p *Program) OptOut() *Template { return p.optOut }

// OptIn is the confirmation of an opt-in.
func (p *Program) OptIn() *Template { return p.optIn }

// Ask is the one clarifying text to a person whose words may be a request to stop, where unclear is ask.
func (p *Program) Ask() *Template { return p.ask }

// The texts of an operator who wrote none: what CTIA's Messaging Principles ask for, in GSM 03.38 only and in one
// part with a brand of ordinary length. The confirmation of an opt-out markets nothing (47 CFR 64.1200(a)(12)).
const (
	defaultHelp   = "{{.Brand}}: Msg frequency varies. Msg & data rates may apply. Reply STOP to end."
	defaultOptOut = "{{.Brand}}: You are opted out and will get no more messages. Reply START to return."
	defaultOptIn  = "{{.Brand}}: You are opted in. Msg frequency varies. Msg & data rates may apply. " +
		"Reply HELP for help, STOP to end."
	defaultAsk    = "{{.Brand}}: Do you want to stop our messages? Reply STOP to end them or START to keep them."
	defaultDouble = "{{.Brand}}: Reply YES to get our messages. Msg & data rates may apply. Reply HELP for help, STOP to end."
)

// sound parses a text of our own. A test keeps them from failing.
func sound(source string) *Template {
	t, err := ParseTemplate(source)
	if err != nil {
		return &Template{source: source}
	}
	return t
}
