package program

import (
	"fmt"
	"regexp/syntax"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/heedsms/heed/internal/keywords"
	"github.com/heedsms/heed/internal/optout"
)

// What AWS takes of keywords (API_PutKeyword; quotas, keywords per number, adjustable).
const maxAWSKeyword, maxAWSKeywords = 30, 30

// adviseRules judges the rules of a program one by one, and how many they are.
func (p *parser) adviseRules(g *Program) {
	for _, r := range g.Rules {
		p.adviseDates(r)
		for _, word := range r.Words {
			if r.Match == keywords.Regex {
				p.adviseRegex(g, r, word)
				continue
			}
			p.adviseRequest(g, r, word, g.lexicon.Read(keywords.Clean(word)))
			p.adviseForAWS(g, r, word)
		}
	}
	p.adviseCount(g)
}

func (p *parser) adviseDates(r *Rule) {
	if !p.now.IsZero() && !r.Until.IsZero() && !p.now.Before(r.Until) {
		p.add(Warning, "expired_rule", r.Line, fmt.Sprintf("rule %s is over since %s", r.Name, r.Until.Format(time.RFC3339)),
			"it can never match again", "take it out, or give it a new until")
	}
}

// adviseRequest finds keywords that the lexicon reads as a request in natural language, which is heard before any rule.
// Listed words are told by collides. It is no error: the readings grow from version to version, and a file that was in force must
// stay so.
func (p *parser) adviseRequest(g *Program, r *Rule, word string, f optout.Finding) {
	switch {
	case f.Tier == 2 && f.Intent == optout.OptIn && r.Action == ActionOptIn && r.Match != keywords.ContainsWord:
		// The rule decides: it says the same with its own reply.
	case f.Tier == 2 && r.Match == keywords.Whole:
		p.add(Warning, "compliance_request", r.Line,
			fmt.Sprintf("rule %s: keyword %q can never be reached: it is read as %s (%s)", r.Name, word, f.Intent, f.Reason),
			"a clear request is heard before any rule", instead(f.Intent))
	case f.Tier == 2:
		p.add(Warning, "compliance_request", r.Line,
			fmt.Sprintf("rule %s: %q alone is read as %s (%s)", r.Name, word, f.Intent, f.Reason),
			"the rule sees only texts whose other words make them something else",
			"take another word if that is not what you want")
	case f.Tier == 3 && r.Match == keywords.ContainsWord && !r.Observe && g.Unclear != UnclearIgnore:
		p.add(Advice, "unclear_word", r.Line, fmt.Sprintf("rule %s: %q alone is read as unclear (%s)", r.Name, word, f.Reason),
			"a text that may be a request to stop is not answered by a keyword inside it",
			"match it by whole or first_word, or take another word")
	}
}

// adviseForAWS finds keywords that AWS would not take for a number whose keywords it answers.
func (p *parser) adviseForAWS(g *Program, r *Rule, word string) {
	if g.Answers != AnswersAWS {
		return
	}
	if utf8.RuneCountInString(word) > maxAWSKeyword || strings.TrimSpace(word) != word || strings.ContainsAny(word, "\t\r\n\v\f") {
		p.add(Warning, "not_for_aws", r.Line, fmt.Sprintf("rule %s: keyword %q cannot be a keyword at AWS", r.Name, word),
			"AWS takes 1 to 30 characters, no tab or line break, no blank at the ends", "shorten it, or write answers: heed")
	}
}

// adviseCount finds numbers with more keywords than AWS holds, where AWS is to hold them.
func (p *parser) adviseCount(g *Program) {
	if g.Answers != AnswersAWS {
		return
	}
	for _, id := range g.everyIdentity() {
		if !kindOf(id).receives() {
			continue
		}
		words := make(map[string]bool)
		for _, s := range g.scopes(id) {
			for _, r := range s.live.rules {
				for _, word := range r.Words {
					if r.Match != keywords.Regex {
						words[strings.ToUpper(word)] = true
					}
				}
			}
		}
		if len(words) > maxAWSKeywords {
			p.add(Warning, "too_many_keywords", g.line("keywords"), fmt.Sprintf("%s has %d keywords", id, len(words)),
				"AWS holds 30 for a number (quotas, keywords per phone number)",
				"ask AWS for more, put some on other numbers with on:, or write answers: heed")
			return
		}
	}
}

// slowProgram is the size from which Go's matcher gives up its quick way (regexp, maxBacktrackProg).
const slowProgram = 500

// adviseRegex finds expressions that match too much, cost too much, or stand for a compliance word.
func (p *parser) adviseRegex(g *Program, r *Rule, word string) {
	compiled, err := keywords.CompileRegex(word)
	if err != nil {
		return // told by checkWord
	}
	if !r.Observe && keywords.MatchesEverything(compiled) {
		p.add(Warning, "matches_everything", r.Line, fmt.Sprintf("rule %s: the expression %q matches every text", r.Name, word),
			"it takes all texts that nothing before it takes, and unmatched is never asked",
			"write unmatched: for an answer to the rest, or narrow it")
	}
	parsed, err := syntax.Parse(word, syntax.Perl|syntax.FoldCase)
	if err != nil {
		return
	}
	parsed = parsed.Simplify()
	if program, err := syntax.Compile(parsed); err == nil && len(program.Inst) > slowProgram {
		p.add(Warning, "slow_regex", r.Line,
			fmt.Sprintf("rule %s: the expression %q is large: %d steps", r.Name, word, len(program.Inst)),
			"every text is held against it, and beyond 500 steps that is slow",
			"repeat less: {1,1000} is written out a thousand times")
	}
	if f, listed := g.lexicon.Word(keywords.Fold(literal(parsed))); listed {
		p.add(Warning, "compliance_word", r.Line,
			fmt.Sprintf("rule %s: %q alone is a compliance word (%s)", r.Name, word, f.Intent),
			fmt.Sprintf("a person who texts it and nothing else is heard as %s before the expression is tried", f.Intent),
			"take another word if that is not what you want")
	}
}

// literal is the one text that an expression stands for, or "": "stop" of "^stop$" and of "\bstop\b".
func literal(x *syntax.Regexp) string {
	switch x.Op {
	case syntax.OpLiteral:
		return string(x.Rune)
	case syntax.OpCapture:
		return literal(x.Sub[0])
	case syntax.OpConcat:
		text := ""
		for _, part := range x.Sub {
			switch part.Op {
			case syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText, syntax.OpWordBoundary:
			case syntax.OpLiteral, syntax.OpCapture:
				text += literal(part)
			default:
				return ""
			}
		}
		return text
	}
	return ""
}
