package program

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/heedsms/heed/internal/keywords"
	"github.com/heedsms/heed/internal/optout"
	"github.com/heedsms/heed/internal/sms"
)

// The length of HELP, STOP and START texts that 10DLC registration takes (AWS registrations-10dlc-register-campaign).
const min10DLC, max10DLC = 20, 160

// adviseTexts judges what a program says: what it costs, and what the law and the carriers want in it.
func (p *parser) adviseTexts(g *Program) {
	brand := p.adviseBrand(g)
	for _, s := range g.sayings() {
		p.adviseTemplate(g, s)
		variants := s.variants(g.Brand)
		if len(variants) == 0 {
			continue
		}
		if billed := s.variants(brand); len(billed) > 0 {
			p.adviseParts(billed[0], s.line, s.where)
		}
		p.adviseContent(g, s, variants[0])
		p.adviseTraps(g, s, variants)
		p.adviseMarketing(g, s)
	}
	p.adviseCanada(g)
	p.adviseUnused(g)
}

// adviseContent looks for what CTIA's Messaging Principles want in the texts of a program: who speaks in each of them,
// the way out in the answer to HELP and in what welcomes a person, and a contact in the answer to HELP.
func (p *parser) adviseContent(g *Program, s saying, text string) {
	welcomes := s.field == sayOptIn || s.field == sayDouble || s.rule != nil && s.rule.Action == ActionOptIn && !s.rule.Observe
	if s.rule == nil && s.field != sayUnmatched {
		p.adviseLength(g, s, text)
		if !strings.Contains(keywords.Fold(text), keywords.Fold(g.Brand)) {
			p.add(Advice, "no_brand", s.line, s.where+" does not say who speaks",
				"CTIA wants the brand in it: a person may have many programs", "begin it with {{.Brand}}:")
		}
	}
	if (s.field == sayHelp || welcomes) && !g.names(text, optout.OptOut) {
		p.add(Advice, "no_stop", s.line, s.where+" does not say how to stop",
			"CTIA wants it in the answer to HELP and in the confirmation of an opt-in", "add: Reply STOP to end.")
	}
	if s.field == sayHelp && !namesContact(text) {
		p.add(Advice, "no_contact", s.line, s.where+" names no way to reach you",
			"CTIA wants a phone number, e-mail address or web page in the answer to HELP", "add one")
	}
}

func (p *parser) adviseLength(g *Program, s saying, text string) {
	length := utf8.RuneCountInString(text)
	if length >= min10DLC && length <= max10DLC || !slices.ContainsFunc(g.everyIdentity(), is10DLC) {
		return
	}
	p.add(Warning, "text_length", s.line, fmt.Sprintf("%s has %d characters", s.where, length),
		"10DLC registration takes texts of 20 to 160 characters for HELP, STOP and START", "bring it between the two")
}

// is10DLC says whether an identity is a long code of the United States, whose campaigns are registered.
func is10DLC(id sms.Identity) bool {
	return kindOf(id) == e164 && strings.HasPrefix(string(id), "+1") && !id.IsUSTollFree() && !id.IsCanadian()
}

// names says whether a text has a listed word of an intent in it, in capitals or quotes: the STOP of "Reply STOP to
// end", and not the cancel of "call us to cancel".
func (p *Program) names(text string, intent optout.Intent) bool {
	for field := range strings.FieldsSeq(text) {
		told, ok := toldWord(field)
		if !ok {
			continue
		}
		for word := range strings.FieldsSeq(keywords.Fold(told)) { // STOP/ARRET are two
			if f, _ := p.lexicon.Word(word); f.Intent == intent {
				return true
			}
		}
	}
	return false
}

// adviseCanada looks for French where Canadian numbers are texted: CASL wants a way out that is easy to use, carriers
// there expect ARRET and AIDE beside STOP and HELP, and AWS requires both of RCS agents.
func (p *parser) adviseCanada(g *Program) {
	if !slices.ContainsFunc(g.everyIdentity(), sms.Identity.IsCanadian) {
		return
	}
	if !slices.ContainsFunc(g.Locales, func(locale string) bool { return strings.HasPrefix(strings.ToLower(locale), "fr") }) {
		p.add(Advice, "canada_locale", g.line("locales"), fmt.Sprintf("program %s has Canadian numbers and no French", g.Name),
			"ARRET and AIDE are heard everywhere; other French requests, such as DESABONNER, are not", "add fr to the locales")
	}
	var without []string
	line := 0
	for _, s := range g.sayings() {
		if s.field != sayHelp && s.field != sayOptIn && s.field != sayDouble {
			continue
		}
		text := strings.Fields(keywords.Fold(strings.Join(s.variants(g.Brand), " ")))
		if !slices.Contains(text, "arret") || s.field != sayHelp && !slices.Contains(text, "aide") {
			without = append(without, s.field)
			line = max(line, s.line)
		}
	}
	if len(without) > 0 {
		p.add(Advice, "canada_texts", line,
			fmt.Sprintf("%s of program %s: no ARRET or AIDE for Canadian numbers", strings.Join(without, ", "), g.Name),
			"in Canada texts name the way out and help in both languages", "add: ARRET pour arreter, AIDE pour aide.")
	}
}

// adviseUnused finds texts that are never sent, because the setting that sends them is off.
func (p *parser) adviseUnused(g *Program) {
	if line, written := g.lines[sayAsk]; written && g.Unclear != UnclearAsk {
		p.add(Advice, "unused_text", line, "texts.unclear of program "+g.Name+" is never sent",
			"it is for unclear: ask, which is "+string(g.Unclear)+" here", "write unclear: ask, or take it out")
	}
	optsIn := func(r *Rule) bool { return r.Action == ActionOptIn && !r.Observe }
	if line, written := g.lines["doubleOptIn"]; written && !slices.ContainsFunc(g.Rules, optsIn) {
		p.add(Advice, "unused_double_opt_in", line, "program "+g.Name+" has doubleOptIn and no keyword that opts in",
			"START and UNSTOP opt in at once, so nobody is ever asked", "add a keyword with action: opt_in, or take it out")
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
