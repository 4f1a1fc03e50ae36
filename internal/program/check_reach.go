package program

import (
	"fmt"
	"slices"

	"github.com/heedsms/heed/internal/keywords"
	"github.com/heedsms/heed/internal/sms"
)

// repeats finds keywords that an earlier rule has in the same place with the same match, at all times of this one. An
// earlier rule with dates is no repetition: that is how the answer of a holiday stands before that of every day.
func (p *parser) repeats(r *Rule, word string, seen map[string][]*Rule) bool {
	folded := keywords.Fold(word)
	if r.Match == keywords.Regex {
		folded = word
	}
	places := r.On
	if len(places) == 0 {
		places = []sms.Identity{""}
	}
	repeated, told := 0, false
	for _, on := range places {
		key := fmt.Sprintf("%s\x00%s\x00%t\x00%s", on, r.Match, r.Observe, folded)
		i := slices.IndexFunc(seen[key], func(earlier *Rule) bool { return earlier.outlasts(r) })
		if i < 0 {
			seen[key] = append(seen[key], r)
			continue
		}
		first := seen[key][i]
		if first != r {
			repeated++
		}
		if told {
			continue
		}
		told = true
		if first == r {
			p.add(Advice, "repeated_word", r.Line, fmt.Sprintf("rule %s has %q twice", r.Name, word),
				"capitals, accents, dashes and marks make no difference", "take one out")
		} else {
			p.add(Error, "duplicate_keyword", r.Line,
				fmt.Sprintf("keyword %q is in rule %s and in rule %s (line %d)", word, r.Name, first.Name, first.Line),
				"the first would always win", "take one out, or set observe: true on the one you try out")
		}
	}
	return repeated == len(places)
}

// covered finds keywords of the whole program, or of a pool, that rules on every single number stand in front of.
func (p *parser) covered(g *Program, r *Rule, word string) bool {
	// The default program is also reached by numbers that the file does not name.
	if r.Observe || g.Name == DefaultName && len(r.On) == 0 || len(g.numbers)+len(g.pools) == 0 {
		return false
	}
	places, all := g.everyPlace(r)
	if !all {
		return false
	}
	for _, id := range places {
		if !slices.ContainsFunc(g.before(r, id), func(s *scope) bool {
			return len(s.live.rules) > 0 && p.lastingIndex(s).Covers(r.Match, word)
		}) {
			return false
		}
	}
	p.add(Warning, "unreachable_keyword", r.Line, fmt.Sprintf("rule %s: keyword %q can never be reached", r.Name, word),
		"rules on each of its numbers take the same texts first", "take it out, or take it out there")
	return true
}

// checkCatchAll finds rules behind an expression that matches every text.
func (p *parser) checkCatchAll(s *scope) {
	var catchAll *Rule
	for _, r := range s.live.rules {
		if r.Match != keywords.Regex {
			continue
		}
		if catchAll != nil && catchAll != r && catchAll.outlasts(r) {
			p.add(Warning, "unreachable_rule", r.Line, fmt.Sprintf("rule %s can never be reached", r.Name),
				fmt.Sprintf("the expression of rule %s (line %d) matches every text", catchAll.Name, catchAll.Line),
				"put it before that rule")
			continue
		}
		for _, word := range r.Words {
			if x, err := keywords.CompileRegex(word); err == nil && keywords.MatchesEverything(x) {
				catchAll = r
			}
		}
	}
}

// everyPlace are the identities that people text and where a rule counts; with false there may be others, since
// nothing says which numbers a pool holds.
func (p *Program) everyPlace(r *Rule) ([]sms.Identity, bool) {
	named := r.On
	if len(named) == 0 {
		named = p.everyIdentity()
	}
	var places []sms.Identity
	for _, id := range named {
		switch k := kindOf(id); {
		case k.receives():
			places = append(places, id)
		case k.stands() && len(p.Pools[id]) == 0:
			return nil, false
		case k.stands():
			places = append(places, p.Pools[id]...)
		}
	}
	return places, len(places) > 0
}

// before are the places whose rules are asked before a rule for a text to an identity.
func (p *Program) before(r *Rule, id sms.Identity) []*scope {
	all := p.scopes(id)
	if len(r.On) == 0 {
		return all[:len(all)-1]
	}
	if s := p.numbers[id]; s != nil && !hasRule(s, r) {
		return []*scope{s}
	}
	return nil
}

func hasRule(s *scope, r *Rule) bool {
	for _, x := range s.live.rules {
		if x == r {
			return true
		}
	}
	return false
}

// lastingIndex is the index of a place's rules that count at all times: only they can keep another from ever being
// reached.
func (p *parser) lastingIndex(s *scope) *keywords.Index {
	if !s.live.dated {
		return s.live.index
	}
	if p.lasting == nil {
		p.lasting = make(map[*scope]*keywords.Index)
	}
	if p.lasting[s] == nil {
		var rules []*Rule
		for _, r := range s.live.rules {
			if !r.dated() {
				rules = append(rules, r)
			}
		}
		p.lasting[s] = compileRules(rules)
	}
	return p.lasting[s]
}
