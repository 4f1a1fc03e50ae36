package program

import (
	"github.com/heedsms/heed/internal/keywords"
	"github.com/heedsms/heed/internal/optout"
	"github.com/heedsms/heed/internal/sms"
)

// The verdicts that a reading of words can give.
const (
	VerdictOptOut   = "opt_out"
	VerdictOptIn    = "opt_in"
	VerdictHelp     = "help"
	VerdictKeyword  = "keyword"
	VerdictReaction = "reaction"
	VerdictNone     = "none"
)

// The reasons of a reading, besides those of package optout.
const (
	ReasonRule           = "rule"            // an operator's rule opts in or out
	ReasonNumberKeyword  = "number_keyword"  // a rule on this number
	ReasonPoolKeyword    = "pool_keyword"    // a rule on a pool of this number
	ReasonProgramKeyword = "program_keyword" // a rule on the whole program
	ReasonTapback        = "tapback"         // a phone's rendering of a reaction
	ReasonNoWords        = "no_words"        // nothing of the person's own to read
	ReasonNoMatch        = "no_match"        // words that match nothing
)

// Reading is what one text means in a program, and why.
type Reading struct {
	Verdict  string
	Reason   string
	Matched  string   // the words that decided, as the person wrote them
	Tier     int      // the tier of a compliance verdict, else 0
	Rule     *Rule    // the operator's rule that decided, else nil
	Observed []*Rule  // rules being tried out that match, in the order in which they would decide
	Args     []string // the person's other words, for a rule
	Keyword  string   // the keyword or listed word that matched, as its owner wrote it
	Sources  []string // the published lists behind a compliance verdict
}

// Read says what a text to one of the program's identities means. Compliance words come first, then the keywords
// of the number, of its pools, of the program. Within one of these a narrower kind of match beats a wider one, a
// longer keyword a shorter one, and an earlier rule a later one.
func (p *Program) Read(id sms.Identity, t keywords.Text) Reading {
	if t.Reaction {
		return Reading{Verdict: VerdictReaction, Reason: ReasonTapback, Matched: t.Quoted}
	}
	if len(t.Words) == 0 {
		return Reading{Verdict: VerdictNone, Reason: ReasonNoWords}
	}
	if f := p.lexicon.Read(t); f.Intent != optout.None {
		listed, _ := p.lexicon.Word(t.Folded)
		return Reading{
			Verdict: string(f.Intent), Reason: f.Reason, Matched: f.Matched, Tier: f.Tier,
			Keyword: listed.Matched, Sources: f.Sources,
		}
	}
	r := Reading{Verdict: VerdictNone, Reason: ReasonNoMatch}
	decided := false
	for _, s := range p.scopes(id) {
		r.Observed = append(r.Observed, s.trial.all(t)...)
		if !decided {
			decided = s.decide(t, &r)
		}
	}
	return r
}

func (s *scope) decide(t keywords.Text, r *Reading) bool {
	hit, ok := s.live.find(t)
	if !ok {
		return false
	}
	rule := s.live.rules[hit.Rule]
	r.Rule, r.Matched, r.Args, r.Keyword = rule, hit.Matched, hit.Args, hit.Keyword
	switch rule.Action {
	case ActionOptIn:
		r.Verdict, r.Reason = VerdictOptIn, ReasonRule
	case ActionOptOut:
		r.Verdict, r.Reason = VerdictOptOut, ReasonRule
	default:
		r.Verdict, r.Reason = VerdictKeyword, s.reason
	}
	return true
}
