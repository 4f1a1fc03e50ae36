package program

import (
	"fmt"
	"slices"
	"strings"

	"github.com/heedsms/heed/internal/keywords"
	"github.com/heedsms/heed/internal/optout"
	"github.com/heedsms/heed/internal/sms"
)

// checkKeywords checks the rules of a program against compliance words and against each other.
func (p *parser) checkKeywords(g *Program) {
	p.checkOn(g)
	dead := make(map[*Rule]int) // how many keywords of a rule can never match
	seen := make(map[string]*Rule)
	for _, r := range g.Rules {
		for _, word := range r.Words {
			if p.collides(g, r, word) || p.repeats(g, r, word, seen) || p.covered(g, r, word) {
				dead[r]++
			}
		}
		if len(r.Words) > 1 && dead[r] == len(r.Words) {
			p.add(Warning, "unreachable_rule", r.Line, fmt.Sprintf("rule %s can never be reached", r.Name), "none of its keywords can", "take it out")
		}
	}
	for _, s := range g.everyScope() {
		p.checkCatchAll(s)
	}
}

func (p *parser) checkOn(g *Program) {
	ours := g.everyIdentity()
	for _, r := range g.Rules {
		for _, id := range r.On {
			if !slices.Contains(ours, id) {
				p.add(Error, "foreign_on", r.Line, fmt.Sprintf("rule %s is on %s, which program %s does not have", r.Name, id, g.Name),
					"it could never match", "name one of the program's identities or pool members, or leave out on:")
			}
		}
	}
}

// collides finds keywords that compliance words stand in front of.
func (p *parser) collides(g *Program, r *Rule, word string) bool {
	if r.Match == keywords.Regex {
		return false
	}
	folded := keywords.Fold(word)
	f, listed := g.lexicon.Word(folded)
	if listed && r.Match == keywords.Whole {
		p.add(Error, "compliance_word", r.Line, fmt.Sprintf("rule %s: keyword %q can never be reached: it is a compliance word (%s)", r.Name, word, f.Intent),
			"its sources are "+strings.Join(f.Sources, "; "), instead(f.Intent))
		return true
	}
	if listed {
		p.add(Warning, "compliance_word", r.Line, fmt.Sprintf("rule %s: %q alone is a compliance word (%s)", r.Name, word, f.Intent),
			fmt.Sprintf("the rule sees only longer texts; a person who texts %q and nothing else is heard as %s", word, f.Intent),
			"take another word if that is not what you want")
	}
	p.checkAWSWords(g, r, word, folded)
	return false
}

func instead(i optout.Intent) string {
	switch i {
	case optout.OptOut:
		return "take another word; for another confirmation write texts.optOut"
	case optout.OptIn:
		return "take another word; for another confirmation write texts.optIn"
	}
	return "take another word; for another answer write texts.help"
}

// checkAWSWords finds keywords that AWS itself takes for an opt-out where it manages them: it acts on texts that
// begin with one of its ten words, and no page says that the word has to end there.
func (p *parser) checkAWSWords(g *Program, r *Rule, word, folded string) {
	if g.Answers != AnswersAWS {
		return
	}
	for _, listed := range optout.BuiltIntoAWS() {
		if strings.HasPrefix(folded, listed) {
			p.add(Warning, "aws_word", r.Line, fmt.Sprintf("rule %s: %q begins with AWS's opt-out word %s", r.Name, word, strings.ToUpper(listed)),
				"with answers: aws, AWS opts out whoever texts what begins with it, before the rule is asked", "take another word")
			return
		}
	}
}

// repeats finds keywords that an earlier rule has in the same place with the same match.
func (p *parser) repeats(g *Program, r *Rule, word string, seen map[string]*Rule) bool {
	folded := keywords.Fold(word)
	if r.Match == keywords.Regex {
		folded = word
	}
	places := r.On
	if len(places) == 0 {
		places = []sms.Identity{""}
	}
	repeated := 0
	for _, on := range places {
		key := fmt.Sprintf("%s\x00%s\x00%t\x00%s", on, r.Match, r.Observe, folded)
		first, taken := seen[key]
		switch {
		case !taken:
			seen[key] = r
		case first == r && repeated == 0:
			p.add(Advice, "repeated_word", r.Line, fmt.Sprintf("rule %s has %q twice", r.Name, word),
				"capitals, accents, dashes and marks make no difference", "take one out")
		case first != r && repeated == 0:
			p.add(Error, "duplicate_keyword", r.Line, fmt.Sprintf("keyword %q is in rule %s and in rule %s (line %d)", word, r.Name, first.Name, first.Line),
				"the first would always win", "take one out, or set observe: true on the one you try out")
		}
		if taken && first != r {
			repeated++
		}
	}
	return repeated == len(places)
}

// covered finds keywords of the whole program that rules on every single number stand in front of.
func (p *parser) covered(g *Program, r *Rule, word string) bool {
	// The default program is also reached by numbers that the file does not name.
	if len(r.On) > 0 || r.Observe || g.Name == DefaultName || len(g.numbers)+len(g.pools) == 0 {
		return false
	}
	reached := !slices.ContainsFunc(g.everyIdentity(), func(id sms.Identity) bool { return kindOf(id).receives() })
	for _, id := range g.everyIdentity() {
		if !kindOf(id).receives() {
			reached = reached || kindOf(id).stands() && len(g.Pools[id]) == 0
			continue
		}
		narrower := g.scopes(id)
		narrower = narrower[:len(narrower)-1]
		reached = reached || !slices.ContainsFunc(narrower, func(s *scope) bool {
			return len(s.live.rules) > 0 && s.live.index.Covers(r.Match, word)
		})
	}
	if reached {
		return false
	}
	p.add(Warning, "unreachable_keyword", r.Line, fmt.Sprintf("rule %s: keyword %q can never be reached", r.Name, word),
		"rules on each of the program's numbers take the same texts first", "take it out, or take it out there")
	return true
}

// checkCatchAll finds rules behind an expression that matches every text.
func (p *parser) checkCatchAll(s *scope) {
	var catchAll *Rule
	for _, r := range s.live.rules {
		if r.Match != keywords.Regex {
			continue
		}
		if catchAll != nil && catchAll != r {
			p.add(Warning, "unreachable_rule", r.Line, fmt.Sprintf("rule %s can never be reached", r.Name),
				fmt.Sprintf("the expression of rule %s (line %d) matches every text", catchAll.Name, catchAll.Line), "put it before that rule")
			continue
		}
		for _, word := range r.Words {
			if x, err := keywords.CompileRegex(word); err == nil && keywords.MatchesEverything(x) {
				catchAll = r
			}
		}
	}
}

// everyScope are the places of a program that have rules, the whole program last.
func (p *Program) everyScope() []*scope {
	var all []*scope
	for _, id := range p.everyIdentity() {
		for _, s := range []*scope{p.numbers[id], p.pools[id]} {
			if s != nil {
				all = append(all, s)
			}
		}
	}
	return append(all, p.general)
}
