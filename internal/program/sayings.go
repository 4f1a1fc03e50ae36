package program

import (
	"slices"
	"strings"

	"github.com/heedsms/heed/internal/keywords"
)

// saying is one text that a program may send, for the checks.
type saying struct {
	field    string // its place in the program, such as "texts.help"; "reply" for one of a rule
	where    string // the same as a phrase
	line     int
	template *Template
	rule     *Rule // nil: not one of a rule
}

// The places of texts that checks ask for.
const (
	sayHelp      = "texts.help"
	sayOptOut    = "texts.optOut"
	sayOptIn     = "texts.optIn"
	sayAsk       = "texts.unclear"
	sayDouble    = "doubleOptIn.text"
	sayUnmatched = "unmatched.reply"
	sayReply     = "reply"
)

// sayings are the texts that a program may send. Where AWS answers HELP, STOP and START, those of heed are not sent.
func (p *Program) sayings() []saying {
	var all []saying
	add := func(field string, t *Template) {
		if t != nil {
			all = append(all, saying{field, field + " of program " + p.Name, p.line(field), t, nil})
		}
	}
	add(sayUnmatched, p.Unmatched.Reply)
	if p.Answers == AnswersHeed {
		add(sayHelp, p.help)
		add(sayOptOut, p.optOut)
		add(sayOptIn, p.optIn)
	}
	if p.Unclear == UnclearAsk {
		add(sayAsk, p.ask)
	}
	if p.DoubleOptIn != nil {
		add(sayDouble, p.DoubleOptIn.Text)
	}
	for _, r := range p.Rules {
		if r.Reply != nil {
			all = append(all, saying{sayReply, "reply of rule " + r.Name, r.Line, r.Reply, r})
		}
	}
	return all
}

// possibleArgs are the numbers of words that a person may write besides the keyword, the usual one first. One that a
// template with an index may fail on is among them.
func (s saying) possibleArgs() []int {
	if s.rule == nil || s.rule.Match == keywords.Whole {
		return []int{0}
	}
	if s.rule.Match == keywords.Regex {
		for _, word := range s.rule.Words {
			if x, err := keywords.CompileRegex(word); err == nil && x.NumSubexp() > 0 {
				return []int{x.NumSubexp()}
			}
		}
	}
	return []int{0, 1, 2, 3, 5, 8}
}

// sample fills a text in with sample words.
func (s saying) sample(brand string, args int, word string) (string, error) {
	d := Data{Brand: brand, Contact: "+12065550123", Identity: "+12065550100", Keyword: "JOIN"}
	if s.rule != nil && len(s.rule.Words) > 0 {
		d.Keyword = s.rule.Words[0]
	}
	for range args {
		d.Args = append(d.Args, word)
	}
	return s.template.Execute(d)
}

// sampleWord is what a person may write besides the keyword. It has no capitals, which checks take for a keyword.
const sampleWord = "sample"

// variants are the different texts that the samples give, without those that fail or are empty.
func (s saying) variants(brand string) []string {
	var all []string
	for _, args := range s.possibleArgs() {
		text, err := s.sample(brand, args, sampleWord)
		if err == nil && strings.TrimSpace(text) != "" && !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	return all
}
