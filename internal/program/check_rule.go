package program

import (
	"fmt"

	"github.com/heedsms/heed/internal/keywords"
)

// checkRule checks one rule by itself, as soon as it is read.
func (p *parser) checkRule(r *Rule, where string) {
	if len(r.Words) == 0 {
		p.add(Error, "no_words", r.Line, where+" has no words", "it could never match", "write words: [JOIN]")
	}
	for _, word := range r.Words {
		p.checkWord(r, where, word)
	}
	if !r.From.IsZero() && !r.Until.IsZero() && !r.From.Before(r.Until) {
		p.add(Error, "bad_dates", r.Line, where+" ends before it begins", "it could never match", "swap from and until, or leave one out")
	}
	if r.Action == "" {
		r.Action = ActionReply
	}
	if r.Action == ActionReply && r.Reply == nil && !p.failedAt(r.Line) {
		p.add(Error, "no_effect", r.Line, where+" does nothing", "it has neither a reply nor another action",
			"write reply: or action: opt_in, opt_out or forward")
	}
}

func (p *parser) checkWord(r *Rule, where, word string) {
	if r.Match == keywords.Regex {
		if _, err := keywords.CompileRegex(word); err != nil {
			p.add(Error, "bad_regex", r.Line, fmt.Sprintf("%s: %q: %v", where, word, err), "",
				"use the syntax of RE2: no look-around, no back-references")
		}
		return
	}
	if keywords.Fold(word) == "" {
		p.add(Error, "empty_keyword", r.Line, fmt.Sprintf("%s: keyword %q: %v", where, word, keywords.ErrNoWords),
			"marks and blanks are left out when a text is matched, so nothing of it remains", "write a word, a number or an emoji")
		return
	}
}

// failedAt says whether an error was found in or below a line, the rule that is being read: what could not be read
// is not reported as missing too.
func (p *parser) failedAt(line int) bool {
	for _, f := range p.all {
		if f.Severity == Error && f.Line >= line {
			return true
		}
	}
	return false
}
