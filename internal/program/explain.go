package program

import (
	"fmt"
	"strings"
	"time"

	"github.com/heedsms/heed/internal/keywords"
	"github.com/heedsms/heed/internal/optout"
	"github.com/heedsms/heed/internal/sms"
)

// Explain tells the steps that [Program.Read] takes with a text: those of the lexicon, then the places whose rules are
// asked, and what decides.
func (p *Program) Explain(id sms.Identity, t keywords.Text, saidAt time.Time) []optout.Step {
	if t.Reaction || len(t.Words) == 0 {
		return []optout.Step{{Step: "own words", Detail: "none: only the person's own words are read"}}
	}
	steps := p.lexicon.Explain(t)
	r := p.Read(id, t, saidAt)
	if r.Tier == 1 || r.Tier == 2 {
		return append(steps, optout.Step{Tier: r.Tier, Step: "decided", Detail: r.Verdict + ": no rule is asked"})
	}
	for _, s := range p.scopes(id) {
		steps = append(steps, optout.Step{Step: s.called(), Detail: s.matches(t, saidAt)})
	}
	return append(steps, optout.Step{Tier: r.Tier, Step: "decided", Detail: r.decided()})
}

// called is a place's name for people.
func (s *scope) called() string {
	switch s.reason {
	case ReasonNumberKeyword:
		return "rules of the number"
	case ReasonPoolKeyword:
		return "rules of a pool"
	}
	return "rules of the program"
}

// matches tells which rules of a place match a text, those that decide first.
func (s *scope) matches(t keywords.Text, saidAt time.Time) string {
	var found []string
	for _, x := range []struct {
		ruleIndex
		remark string
	}{{s.live, ""}, {s.trial, ", on trial"}} {
		if len(x.rules) == 0 {
			continue
		}
		for _, hit := range x.index.All(t) {
			rule := x.rules[hit.Rule]
			remark := x.remark
			if !rule.counts(saidAt) {
				remark += ", not at this time"
			}
			found = append(found, fmt.Sprintf("%s by %s %q on %q%s", rule.Name, hit.Match, hit.Keyword, hit.Matched, remark))
		}
	}
	all := len(s.live.rules) + len(s.trial.rules)
	if len(found) == 0 {
		return fmt.Sprintf("none of %d matches", all)
	}
	return fmt.Sprintf("%d of %d match: %s", len(found), all, strings.Join(found, "; "))
}

// decided says what decided a reading, for people.
func (r Reading) decided() string {
	switch {
	case r.Verdict == VerdictUnclear:
		return VerdictUnclear + ": a request to stop is likelier than a keyword inside it"
	case r.Rule != nil && r.Ignored != "":
		return fmt.Sprintf("%s by rule %s, which a text that may be a request (%s) gives way to", r.Verdict, r.Rule.Name, r.Ignored)
	case r.Rule != nil:
		return r.Verdict + " by rule " + r.Rule.Name
	case r.Ignored != "":
		return fmt.Sprintf("%s: it may be a request (%s), and unclear is ignore", r.Verdict, r.Ignored)
	case r.Affirms:
		return r.Verdict + ": a plain yes, which answers a question if one is open"
	}
	return r.Verdict + ": nothing matches"
}
