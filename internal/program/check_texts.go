package program

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/heedsms/heed/internal/keywords"
)

// The length of HELP and STOP texts that 10DLC registration takes (AWS registrations-10dlc-register-campaign).
const min10DLC, max10DLC = 20, 160

// checkTexts checks what a program says by itself. Where AWS answers, nothing of it is sent.
func (p *parser) checkTexts(g *Program) {
	if g.Unmatched.Reply != nil {
		line, where := g.line("unmatched.reply"), "unmatched.reply of program "+g.Name
		if reply, ok := p.checkReply(g, g.Unmatched.Reply, line, where, 0); ok {
			p.checkParts(reply, line, where)
		}
	}
	if g.Answers != AnswersHeed {
		return
	}
	for _, text := range []struct {
		field      string
		template   *Template
		registered bool
	}{{"help", g.help, true}, {"optOut", g.optOut, true}, {"optIn", g.optIn, false}} {
		line, where := g.line("texts."+text.field), "texts."+text.field+" of program "+g.Name
		reply, ok := p.checkReply(g, text.template, line, where, 0)
		if !ok {
			continue
		}
		p.checkParts(reply, line, where)
		if length := utf8.RuneCountInString(reply); text.registered && (length < min10DLC || length > max10DLC) {
			p.add(Warning, "text_length", line, fmt.Sprintf("%s has %d characters", where, length),
				"10DLC registration takes HELP and STOP texts of 20 to 160 characters", "bring it between the two")
		}
		if text.field == "help" && !namesContact(reply) {
			p.add(Advice, "no_contact", line, where+" names no way to reach you",
				"CTIA wants a phone number, e-mail address or web page in the answer to HELP", "add one")
		}
	}
}

// namesContact says whether a text seems to have an e-mail address, a web address or a phone number in it.
func namesContact(s string) bool {
	digits := 0
	for i, r := range s {
		if r >= '0' && r <= '9' {
			digits++
		}
		// A dot between letters is a web address: sentences have a blank behind theirs.
		if r == '.' && i > 0 && i+1 < len(s) && letterAt(s, i-1) && letterAt(s, i+1) {
			return true
		}
	}
	return digits >= 7 || strings.Contains(s, "@") || strings.Contains(s, "://")
}

func letterAt(s string, i int) bool { return strings.IndexByte(alphanumerics, s[i]) >= 0 }

func (p *parser) checkReplies(g *Program) {
	for _, r := range g.Rules {
		if r.Reply == nil {
			continue
		}
		where := "reply of rule " + r.Name
		for i, args := range possibleArgs(r) {
			reply, ok := p.checkReply(g, r.Reply, r.Line, where, args)
			if !ok {
				break
			}
			if i == 0 {
				p.checkParts(reply, r.Line, where)
			}
		}
	}
}

// possibleArgs are the numbers of words that a person may write besides the keyword of a rule, the usual one
// first. One that a template with an index may fail on is among them.
func possibleArgs(r *Rule) []int {
	switch r.Match {
	case keywords.Whole:
		return []int{0}
	case keywords.Regex:
		for _, word := range r.Words {
			if x, err := keywords.CompileRegex(word); err == nil && x.NumSubexp() > 0 {
				return []int{x.NumSubexp()}
			}
		}
	}
	return []int{0, 1, 2, 3, 5, 8}
}

// checkReply fills in a template with sample words and judges what comes out. With false it cannot be sent.
func (p *parser) checkReply(g *Program, t *Template, line int, where string, args int) (string, bool) {
	sample := Data{Brand: g.Brand, Contact: "+12065550123", Identity: "+12065550100", Keyword: "JOIN"}
	for range args {
		sample.Args = append(sample.Args, "sample")
	}
	reply, err := t.Execute(sample)
	switch {
	case errors.Is(err, ErrTooLong):
		p.add(Error, "too_long", line, where+" is longer than 1600 characters", "AWS refuses it", "shorten it")
		return "", false
	case err != nil:
		p.add(Error, "template_fails", line, fmt.Sprintf("%s fails where the text has %d words besides the keyword: %v", where, args, err),
			"the person would get no reply", "")
		return "", false
	}
	return reply, true
}

// checkParts tells what a reply costs more than it seems to.
func (p *parser) checkParts(reply string, line int, where string) {
	parts, encoding, forced := Parts(reply)
	if len(forced) > 0 && avoidable(forced) {
		what := fmt.Sprintf("%s needs Unicode, so 70 characters a message in place of 160, because of %s", where, quoteAll(forced))
		p.add(Advice, "unicode", line, what, fmt.Sprintf("it is sent and billed as %s", count(parts)), "write "+replacements(forced))
		return
	}
	if parts > 1 {
		p.add(Advice, "parts", line, fmt.Sprintf("%s is sent and billed as %s (%s)", where, count(parts), encoding), "", "shorten it if it can be")
	}
}

func count(parts int) string {
	if parts == 1 {
		return "1 part"
	}
	return fmt.Sprintf("%d parts", parts)
}

// avoidable says whether the text could be written in GSM 03.38: no letter in it is without a plain form.
func avoidable(forced []rune) bool {
	for _, r := range forced {
		if unicode.IsLetter(r) && plainForm(r) == "" {
			return false
		}
	}
	return true
}

// mostNamed is how many characters a finding names.
const mostNamed = 8

func quoteAll(runes []rune) string {
	var all []string
	for i, r := range runes {
		if i == mostNamed {
			all = append(all, fmt.Sprintf("and %d more", len(runes)-mostNamed))
			break
		}
		all = append(all, name(r))
	}
	return strings.Join(all, " ")
}

func replacements(runes []rune) string {
	var all []string
	for i, r := range runes {
		if i == mostNamed {
			break
		}
		if plain := plainForm(r); plain != "" {
			all = append(all, fmt.Sprintf("%q for %s", plain, name(r)))
		} else {
			all = append(all, "nothing for "+name(r))
		}
	}
	return strings.Join(all, ", ")
}

// name shows a character, and its number too where it shows nothing.
func name(r rune) string {
	if unicode.IsGraphic(r) && !unicode.IsSpace(r) {
		return string(r)
	}
	return fmt.Sprintf("U+%04X", r)
}
