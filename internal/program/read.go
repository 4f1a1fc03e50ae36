package program

import (
	"time"

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
	VerdictUnclear  = "unclear"
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
	Ignored  string   // the reason of an unclear reading that gave way, to a keyword or to unclear: ignore
	Affirms  bool     // nothing matches, and the whole text is a plain yes: the answer to a question, if one is open
}

// Read says what a text to one of the program's identities means. saidAt is when it was said; with the zero time
// every rule counts, whatever its dates.
//
// What the law and the carriers hold to be a request comes first (tiers 1 and 2), then the keywords of the number, of
// its pools, of the program. Within one of these a narrower kind of match beats a wider one, a longer keyword a
// shorter one, and an earlier rule a later one.
//
// A text that may be a request (tier 3) is unclear unless it is, or begins with, a keyword: then the person said what
// the operator asked for. A keyword somewhere inside it shows nothing of the kind. In the same way a keyword that opts
// in has its own reply, and its double opt-in, where the words alone are a clear wish to be opted in (tier 2).
func (p *Program) Read(id sms.Identity, t keywords.Text, saidAt time.Time) Reading {
	if t.Reaction {
		return Reading{Verdict: VerdictReaction, Reason: ReasonTapback, Matched: t.Quoted}
	}
	if len(t.Words) == 0 {
		return Reading{Verdict: VerdictNone, Reason: ReasonNoWords}
	}
	return p.weigh(id, t, saidAt, p.lexicon.Read(t))
}

// weigh sets what the lexicon finds in a text against the operator's rules.
func (p *Program) weigh(id sms.Identity, t keywords.Text, saidAt time.Time, f optout.Finding) Reading {
	if f.Intent != optout.None && f.Intent != optout.Unclear && !p.optsInByRule(id, t, saidAt, f) {
		return byWords(f)
	}
	r := Reading{Verdict: VerdictNone, Reason: ReasonNoMatch}
	holds := f.Intent == optout.Unclear && p.Unclear != UnclearIgnore
	decided := false
	for _, s := range p.scopes(id) {
		r.Observed = append(r.Observed, s.trial.all(t, saidAt)...)
		if decided {
			continue
		}
		if hit, ok := s.live.find(t, saidAt); ok && (!holds || narrow(hit)) {
			s.decide(hit, &r)
			decided = true
		}
	}
	switch {
	case holds && !decided:
		observed := r.Observed
		r = byWords(f)
		r.Observed = observed
	case f.Intent == optout.Unclear:
		r.Ignored = f.Reason
	}
	r.Affirms = r.Verdict == VerdictNone && p.lexicon.Affirms(t)
	return r
}

// optsInByRule says whether a text that is a clear wish to be opted in is also the keyword of a rule that opts in. A
// listed word such as START never gives way.
func (p *Program) optsInByRule(id sms.Identity, t keywords.Text, saidAt time.Time, f optout.Finding) bool {
	if f.Intent != optout.OptIn || f.Tier != 2 {
		return false
	}
	for _, s := range p.scopes(id) {
		if hit, ok := s.live.find(t, saidAt); ok {
			return narrow(hit) && s.live.rules[hit.Rule].Action == ActionOptIn
		}
	}
	return false
}

// byWords is the reading of a text whose words decide by themselves.
func byWords(f optout.Finding) Reading {
	return Reading{
		Verdict: string(f.Intent), Reason: f.Reason, Matched: f.Matched, Tier: f.Tier,
		Keyword: f.Keyword, Sources: f.Sources,
	}
}

// narrow says whether a keyword matches by standing where an operator told people to put it.
func narrow(hit keywords.Hit) bool {
	return hit.Match == keywords.Whole || hit.Match == keywords.FirstWord
}

func (s *scope) decide(hit keywords.Hit, r *Reading) {
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
}
