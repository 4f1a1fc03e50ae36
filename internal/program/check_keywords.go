package program

import (
	"fmt"
	"slices"
	"strings"

	"github.com/heedsms/heed/internal/keywords"
	"github.com/heedsms/heed/internal/optout"
)

// checkKeywords checks the rules of a program against compliance words and against each other.
func (p *parser) checkKeywords(g *Program) {
	p.checkOn(g)
	dead := make(map[*Rule]int) // how many keywords of a rule can never match
	seen := make(map[string][]*Rule)
	for _, r := range g.Rules {
		for _, word := range r.Words {
			if p.collides(g, r, word) || p.repeats(r, word, seen) || p.covered(g, r, word) {
				dead[r]++
			}
		}
		if len(r.Words) > 1 && dead[r] == len(r.Words) {
			p.add(Warning, "unreachable_rule", r.Line, fmt.Sprintf("rule %s can never be reached", r.Name),
				"none of its keywords can", "take it out")
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

// collides finds keywords that compliance words stand in front of. Such a keyword forbids a new file and no file that is
// in force: the lists grow from version to version, and a file that fails to compile would leave every text undecided.
func (p *parser) collides(g *Program, r *Rule, word string) bool {
	if r.Match == keywords.Regex {
		return false
	}
	folded := keywords.Fold(word)
	f, listed := g.lexicon.Word(folded)
	if listed && r.Match == keywords.Whole {
		severity := Warning
		if p.advises {
			severity = Error
		}
		p.add(severity, "compliance_word", r.Line,
			fmt.Sprintf("rule %s: keyword %q can never be reached: it is a compliance word (%s)", r.Name, word, f.Intent),
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
