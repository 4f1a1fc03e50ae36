package plan

import (
	"fmt"
	"maps"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/heedsms/heed/internal/keywords"
	"github.com/heedsms/heed/internal/program"
)

// What AWS does on a keyword besides answering (KeywordAction), and its words that every number has.
const (
	actionAnswer = "AUTOMATIC_RESPONSE"
	actionOptIn  = "OPT_IN"
	actionOptOut = "OPT_OUT"

	wordHelp = "HELP"
	wordStop = "STOP"
)

// wantedKeyword is a word that AWS is to answer. An empty action leaves AWS's own.
type wantedKeyword struct {
	word, action string
	absent       Code // where AWS does not act on it so
	text         Text
	field        string // in heed.yaml
	why          string
}

// wantedKeywords are those of a number or pool. HELP and STOP are there always. There is no word by which AWS opts
// anybody in of itself (page opt-out-list-keywords): where AWS answers, START has to be made. On toll-free numbers the
// network acts on STOP, whose answer nobody can change, and on START and UNSTOP. With answers: aws AWS's list follows by
// keywords (page keywords-required). With answers: heed it follows heed, without a text: AWS wants one with every keyword,
// and it would be a confirmation besides the network's.
func (t target) wantedKeywords() []wantedKeyword {
	w := t.program
	answers := "AWS sends it when somebody texts "
	if t.selfManaged() {
		answers = "so that it is right should AWS ever answer "
	}
	all, some := t.tollFree()
	wanted := []wantedKeyword{{wordHelp, "", TextDiffers, w.HelpText, "texts.help", answers + wordHelp}}
	if !all {
		wanted = append(wanted, wantedKeyword{wordStop, "", TextDiffers, w.StopText, "texts.optOut", answers + wordStop})
	}
	optIn := func(word string, absent Code, why string) {
		wanted = append(wanted, wantedKeyword{word, actionOptIn, absent, w.StartText, "texts.optIn", why})
	}
	switch {
	case w.SelfManaged:
	case some:
		optIn("START", TollFreeOptIn, "toll-free: the network opts people in by it, and AWS's list follows")
		optIn("UNSTOP", TollFreeOptIn, "toll-free: the network opts people in by it, and AWS's list follows")
	default:
		optIn("START", NoOptIn, "AWS has no word of its own by which people come back")
	}
	return wanted
}

// keywords compares what AWS answers by itself.
func (c *comparison) keywords(t target) []Step {
	var steps []Step
	wanted := t.wantedKeywords()
	for _, k := range wanted {
		if s, ok := c.keyword(t, k); ok {
			steps = append(steps, s)
		}
	}
	for _, word := range slices.Sorted(maps.Keys(t.Keywords)) {
		if word == wordStop || slices.ContainsFunc(wanted, func(k wantedKeyword) bool { return k.word == word }) {
			continue
		}
		change := t.change(Remove, KeywordAnswers, "keyword "+word)
		if s, ok := c.foreign(t, word, change); ok {
			steps = append(steps, s)
		}
	}
	return steps
}

// keyword compares a word that AWS is to answer.
func (c *comparison) keyword(t target, k wantedKeyword) (Step, bool) {
	have, exists := t.Keywords[k.word]
	change := t.change(Modify, TextDiffers, "keyword "+k.word)
	change.From, change.To, change.Why = have.Message, k.text.Message, k.why
	if !exists {
		change.Op = Add
	}
	if t.selfManaged() {
		change.Code = TextUnused
	}
	rightAction := exists && (k.action == "" || have.Action == k.action)
	if !rightAction {
		change.Code = k.absent
		change.From, change.To = shown(have), shown(Keyword{k.action, k.text.Message})
	}
	if k.text.Varies {
		switch {
		case t.selfManaged() && rightAction:
			c.note("%s: AWS keeps its own text for %s, which nobody is sent while heed answers: %s speaks of the person or the number, and AWS has no such texts.",
				t.what(), k.word, k.field)
		case k.action == "" || !rightAction:
			change.To = "what " + k.field + " says"
			change.Blocked = "it speaks of the person or the number, or may be empty, and AWS sends the same to everybody: write " + k.field + " without"
			c.left(change)
		}
		return Step{}, false
	}
	c.length(t, k)
	if rightAction && have.Message == k.text.Message {
		return Step{}, false
	}
	return Step{PutKeyword{t.ID, k.word, k.action, k.text.Message}, []Change{change}}, true
}

func shown(k Keyword) string {
	if k.Action == "" {
		return k.Message
	}
	return k.Action + ": " + k.Message
}

// The length that registrations of US ten-digit numbers ask of HELP and STOP texts, in characters (page
// registrations-10dlc-register-campaign).
const (
	ShortestText = 20
	LongestText  = 160
)

// Registrable says whether a 10DLC registration takes a text for HELP or STOP.
func Registrable(text string) bool {
	n := utf8.RuneCountInString(text)
	return n >= ShortestText && n <= LongestText
}

// length advises on what 10DLC registration takes.
func (c *comparison) length(t target, k wantedKeyword) {
	if Registrable(k.text.Message) || k.word != wordHelp && k.word != wordStop {
		return
	}
	if slices.ContainsFunc(append(slices.Clip(t.members), t.Identity), func(id Identity) bool { return id.Type == "TEN_DLC" }) {
		c.note("%s: %s has %d characters; 10DLC registration takes texts of %d to %d for HELP and STOP.",
			t.what(), k.field, utf8.RuneCountInString(k.text.Message), ShortestText, LongestText)
	}
}

// foreign decides on a word that somebody set up at AWS.
func (c *comparison) foreign(t target, word string, change Change) (Step, bool) {
	action := t.Keywords[word].Action
	verdict, answeredBy := t.heard(word)
	change.From = shown(t.Keywords[word])
	if !t.selfManaged() {
		if answeredBy != "" {
			change.Why = "heed answers " + word + " too (" + answeredBy + "): people get two answers"
			change.Blocked = fmt.Sprintf("AWS answers this number and somebody set the word up there: take it out of heed.yaml, or delete it: "+
				"aws pinpoint-sms-voice-v2 delete-keyword --origination-identity %s --keyword %q", t.ID, word)
			c.left(change)
		}
		return Step{}, false
	}
	change.Why = "heed answers all words here: AWS's own answer is a second one"
	needed := map[string]string{actionOptOut: program.VerdictOptOut, actionOptIn: program.VerdictOptIn}[action]
	switch {
	case needed != "" && verdict != needed:
		change.Blocked = fmt.Sprintf("by AWS's list it is an %s, and heed would not take it for one: add {words: [%q], action: %s} to the keywords in heed.yaml", needed, word, needed)
	case needed == "" && action != actionAnswer:
		change.Blocked = "heed does not know what AWS does on it (" + action + "): delete it by hand if nobody needs it"
	case needed == "" && answeredBy == "":
		change.Danger = "somebody made it, and nobody answers " + word + " then: heed.yaml has no rule for it"
	default:
		change.Danger = "somebody made it; heed answers " + word + " then (" + answeredBy + ")"
	}
	if change.Blocked != "" {
		c.left(change)
		return Step{}, false
	}
	return Step{DeleteKeyword{t.ID, word}, []Change{change}}, true
}

// heard is what heed takes a word for on a number or pool, and by what it answers; "" where it does not. Where the
// numbers of a pool differ, the verdict is that of one that does not opt in or out.
func (t target) heard(word string) (verdict, answeredBy string) {
	text := keywords.Clean(word)
	for i, id := range t.numbers() {
		r := t.program.Read(id, text, time.Time{}) // a rule that counts tomorrow answers tomorrow
		consent := r.Verdict == program.VerdictOptOut || r.Verdict == program.VerdictOptIn
		if i == 0 || !consent {
			verdict = r.Verdict
		}
		if consent && r.Rule == nil && id.IsUSTollFree() {
			continue // the network answers, and heed is silent
		}
		if by := t.program.answeredBy(r); by != "" {
			answeredBy = by
		}
	}
	return verdict, answeredBy
}

// answeredBy is what heed answers a reading by, as inbound.Decide does; "" where it keeps silent.
func (w *WantedProgram) answeredBy(r program.Reading) string {
	switch r.Verdict {
	case program.VerdictOptOut, program.VerdictOptIn:
		if r.Rule != nil {
			return "rule " + r.Rule.Name
		}
	case program.VerdictKeyword:
		if r.Rule.Reply != nil {
			return "rule " + r.Rule.Name
		}
		return ""
	case program.VerdictNone:
		if r.Reason == program.ReasonNoMatch && w.Unmatched.Reply != nil {
			return "unmatched.reply"
		}
		return ""
	case program.VerdictUnclear:
		if w.SelfManaged && w.Unclear == program.UnclearAsk {
			return "texts.unclear"
		}
		return ""
	}
	if w.SelfManaged {
		return "texts of the program"
	}
	return ""
}
