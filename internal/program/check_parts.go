package program

import (
	"fmt"
	"strings"
	"unicode"
)

// adviseParts tells what a text costs more than it seems to.
func (p *parser) adviseParts(reply string, line int, where string) {
	parts, encoding, forced := Parts(reply)
	if len(forced) > 0 && avoidable(forced) {
		what := fmt.Sprintf("%s needs Unicode, so 70 characters a message in place of 160, because of %s", where, quoteAll(forced))
		why := fmt.Sprintf("it is sent and billed as %s", count(parts))
		if plain, _, _ := Parts(plainly(reply)); plain < parts {
			why += fmt.Sprintf(" and would be %s without", count(plain))
		}
		p.add(Advice, "unicode", line, what, why, "write "+replacements(forced))
		return
	}
	if doubled, saved := doubles(reply); encoding == EncodingGSM && saved < parts {
		p.add(Advice, "double_characters", line,
			fmt.Sprintf("%s is sent and billed as %s, because %s count twice each", where, count(parts), quoteAll(doubled)),
			fmt.Sprintf("they are in the extension of GSM 03.38; counted once it would be %s", count(saved)),
			"write ( ) for [ ] { }, / for \\ and |, - for ~, EUR for €")
		return
	}
	if parts > 1 {
		p.add(Advice, "parts", line,
			fmt.Sprintf("%s is sent and billed as %s (%s)", where, count(parts), encoding), "",
			"shorten it if it can be")
	}
}

// adviseBrand tells once that a brand makes every text with it dearer, and gives the brand by which to judge the rest.
func (p *parser) adviseBrand(g *Program) string {
	_, _, forced := Parts(g.Brand)
	if len(forced) == 0 || !avoidable(forced) {
		return g.Brand
	}
	p.add(Advice, "unicode", g.line("brand"),
		fmt.Sprintf("the brand of program %s needs Unicode because of %s", g.Name, quoteAll(forced)),
		"every text with it has 70 characters a message in place of 160", "write "+replacements(forced)+" if people know it so")
	return plainly(g.Brand)
}

// plainly is a text with the characters that force Unicode replaced as a finding advises.
func plainly(text string) string {
	var b strings.Builder
	for _, r := range text {
		if inGSM(r) {
			b.WriteRune(r)
		} else {
			b.WriteString(plainForm(r))
		}
	}
	return b.String()
}

// doubles are the characters of a text that count twice, each once, and the parts it would have if they did not.
func doubles(text string) (found []rune, parts int) {
	for _, r := range text {
		if strings.ContainsRune(gsmExtension, r) && !strings.ContainsRune(string(found), r) {
			found = append(found, r)
		}
	}
	return found, pack(text, func(rune) int { return 1 }, gsmSingle, gsmPart)
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
