package program

import (
	"fmt"
	"slices"
	"strings"

	"github.com/heedsms/heed/internal/sms"
)

// checkAll checks what only the whole file can show, program by program and then between them.
func (p *parser) checkAll() {
	for _, g := range p.rules.Programs {
		g.lexicon, _ = p.lexicon(g.Locales) // the locales that are left are known
		g.compile()
		p.checkProgram(g)
		p.checkTemplates(g)
		p.checkKeywords(g)
		if p.advises {
			p.adviseTexts(g)
			p.adviseRules(g)
		}
	}
	p.checkIdentities()
	p.checkLists()
	p.checkNames()
	slices.SortStableFunc(p.all, func(a, b Finding) int { return a.Line - b.Line })
}

func (p *parser) checkProgram(g *Program) {
	if g.Brand == "" {
		p.add(Error, "missing_brand", g.line("brand"), fmt.Sprintf("program %s has no brand", g.Name),
			"CTIA wants the brand in every HELP, STOP and START text", "write brand: with the name that people know")
	}
	if g.OptOutList == "" && g.Answers == AnswersHeed {
		p.add(Advice, "no_list", g.line(""), fmt.Sprintf("program %s has no optOutList", g.Name),
			"AWS will not refuse a send to a person who opted out here; only heed.can_send tells",
			"write optOutList: with a list of its own")
	}
	if g.OptOutList == "Default" {
		p.add(Advice, "default_list", g.line("optOutList"), fmt.Sprintf("program %s uses AWS's list Default", g.Name),
			"every new number of the account joins that list, so a STOP here can silence programs that nobody thought of",
			"give the program a list of its own")
	}
	if len(g.Identities) == 0 && len(g.Pools) == 0 && g.Name != DefaultName {
		p.add(Warning, "no_identities", g.line("identities"), fmt.Sprintf("program %s has no identities", g.Name),
			"no text can reach it", "write identities: with its numbers")
	}
	for _, id := range g.Identities {
		p.checkIdentity(g, id)
	}
}

func (p *parser) checkIdentity(g *Program, id sms.Identity) {
	switch k := kindOf(id); {
	case k.stands() && len(g.Pools[id]) == 0:
		p.add(Warning, "unknown_members", g.line("identities"), fmt.Sprintf("nothing says which numbers %s stands for", id),
			"a text names the number it was sent to, so texts to these numbers fall to the program default",
			fmt.Sprintf(`write pools: {%s: ["+1…"]}`, id))
	case k == senderID:
		p.add(Advice, "sender_id", g.line("identities"), fmt.Sprintf("%s is a sender id", id),
			"nobody can text it, so its messages have to name another way out", "name a number, web page or address in them")
	}
}

// checkIdentities finds identities that two programs claim. Consent is kept by program, so a number must say which.
func (p *parser) checkIdentities() {
	owner := make(map[sms.Identity]*Program)
	for _, g := range p.rules.Programs {
		for _, id := range g.everyIdentity() {
			first, taken := owner[id]
			if !taken {
				owner[id] = g
				continue
			}
			p.add(Error, "duplicate_identity", g.line("identities"),
				fmt.Sprintf("%s is in program %s and in program %s", id, first.Name, g.Name),
				"a STOP to it could count for either", "leave it in one of them")
		}
	}
}

func (p *parser) checkLists() {
	for i, g := range p.rules.Programs {
		sharing := p.rules.ProgramsOnList(g.OptOutList)
		if len(sharing) < 2 || sharing[0] == g.Name || slices.IndexFunc(p.rules.Programs, func(o *Program) bool { return o.OptOutList == g.OptOutList }) == i {
			continue
		}
		p.add(Warning, "shared_list", g.line("optOutList"), fmt.Sprintf("programs %s share the opt-out list %s", strings.Join(sharing, ", "), g.OptOutList),
			"a STOP to one of them makes AWS refuse the sends of all, and the number stays listed until it is opted in to each",
			"give each program a list of its own, or set consent.scope to sender if one STOP shall stop all")
	}
}

// checkNames finds rules of the same name: verdicts and reports name a rule by it.
func (p *parser) checkNames() {
	first := make(map[string]int)
	for _, g := range p.rules.Programs {
		for _, r := range g.Rules {
			if line, taken := first[r.Name]; taken {
				p.add(Error, "duplicate_name", r.Line, fmt.Sprintf("two rules have the name %q", r.Name),
					fmt.Sprintf("a report could not tell this one from that of line %d", line), "rename one")
				continue
			}
			first[r.Name] = r.Line
		}
	}
}

// line is where a field of the program stands in the file, or the program itself if it is left out.
func (p *Program) line(field string) int {
	if line, ok := p.lines[field]; ok {
		return line
	}
	return p.lines[""]
}
