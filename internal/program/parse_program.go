package program

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/heedsms/heed/internal/optout"
)

// program reads one program and adds it to the ruleset.
func (p *parser) program(key, value *yaml.Node) {
	where := path("programs", key.Value)
	g := newProgram(key.Value)
	g.ReplyLimit = p.limit
	g.lines[""] = key.Line
	if key.Value == "" || len(key.Value) > 64 || !only(key.Value, alphanumerics+"-_.") {
		p.add(Error, "bad_name", key.Line, fmt.Sprintf("%q cannot be the name of a program", key.Value),
			"the name travels with every message and report", "use 1 to 64 letters, digits, dots, dashes and underscores")
	}
	at := func(field string, read func(*yaml.Node, string)) func(*yaml.Node, string) {
		return func(n *yaml.Node, where string) { g.lines[field] = n.Line; read(n, where) }
	}
	p.mapping(value, where, known{
		"brand":            at("brand", func(n *yaml.Node, where string) { g.Brand = strings.TrimSpace(p.text(n, where)) }),
		"optOutList":       at("optOutList", func(n *yaml.Node, where string) { g.OptOutList = p.resource(n, where) }),
		"configurationSet": at("configurationSet", func(n *yaml.Node, where string) { g.ConfigurationSet = p.resource(n, where) }),
		"identities": at("identities", func(n *yaml.Node, where string) {
			p.list(n, where, func(n *yaml.Node, where string) { g.Identities = append(g.Identities, p.identity(n, where)) })
		}),
		"pools": at("pools", func(n *yaml.Node, where string) { g.Pools = p.readPools(n, where) }),
		"answers": at("answers", func(n *yaml.Node, where string) {
			g.Answers = Answers(p.oneOf(n, where, string(AnswersHeed), string(AnswersAWS)))
		}),
		"locales": at("locales", func(n *yaml.Node, where string) { g.Locales = p.locales(n, where) }),
		"unclear": at("unclear", func(n *yaml.Node, where string) {
			g.Unclear = Unclear(p.oneOf(n, where, string(UnclearHold), string(UnclearAsk), string(UnclearIgnore)))
		}),
		"carrierBlocks": at("carrierBlocks", func(n *yaml.Node, where string) {
			g.CarrierBlocks = CarrierBlocks(p.oneOf(n, where, string(CarrierBlocksOptOut), string(CarrierBlocksIgnore)))
		}),
		"invalidNumbers": at("invalidNumbers", func(n *yaml.Node, where string) {
			g.InvalidNumbers = InvalidNumbers(p.oneOf(n, where, string(InvalidNumbersSuspend), string(InvalidNumbersIgnore)))
		}),
		"messageType": at("messageType", func(n *yaml.Node, where string) {
			g.MessageType = MessageType(p.oneOf(n, where, string(Transactional), string(Promotional)))
		}),
		"deletionProtection": at("deletionProtection", func(n *yaml.Node, where string) {
			protected := p.truth(n, where)
			g.DeletionProtection = &protected
		}),
		"feedback":     at("feedback", func(n *yaml.Node, where string) { g.Feedback = p.truth(n, where) }),
		"requireOptIn": at("requireOptIn", func(n *yaml.Node, where string) { g.RequireOptIn = p.truth(n, where) }),
		"doubleOptIn":  at("doubleOptIn", func(n *yaml.Node, where string) { p.doubleOptIn(n, where, g) }),
		"replyLimit":   at("replyLimit", func(n *yaml.Node, where string) { p.replyLimit(n, where, &g.ReplyLimit) }),
		"texts":        at("texts", func(n *yaml.Node, where string) { p.texts(n, where, g) }),
		"unmatched":    at("unmatched", func(n *yaml.Node, where string) { p.unmatched(n, where, g) }),
		"keywords": at("keywords", func(n *yaml.Node, where string) {
			p.list(n, where, func(n *yaml.Node, where string) { p.rule(n, where, g) })
		}),
	})
	p.inheritPools(g)
	p.rules.Programs = append(p.rules.Programs, g)
}

// inheritPools gives a program the members of its pools that are named for the whole file.
func (p *parser) inheritPools(g *Program) {
	for _, pool := range slices.Sorted(maps.Keys(p.pools)) {
		if _, own := g.Pools[pool]; !own && slices.Contains(g.Identities, pool) {
			g.Pools[pool] = p.pools[pool]
		}
	}
}

func (p *parser) texts(n *yaml.Node, where string, g *Program) {
	read := func(field string, into **Template) func(*yaml.Node, string) {
		return p.sentText(g, "texts."+field, into)
	}
	p.mapping(n, where, known{
		"help": read("help", &g.help), "optOut": read("optOut", &g.optOut), "optIn": read("optIn", &g.optIn),
		"unclear": read("unclear", &g.ask),
	})
}

// doubleOptIn is on as soon as it is written, be it as {}.
func (p *parser) doubleOptIn(n *yaml.Node, where string, g *Program) {
	g.DoubleOptIn = &DoubleOptIn{Text: sound(defaultDouble), Within: defaultDoubleOptIn}
	p.mapping(n, where, known{
		"text":   p.sentText(g, "doubleOptIn.text", &g.DoubleOptIn.Text),
		"within": func(n *yaml.Node, where string) { g.DoubleOptIn.Within = p.duration(n, where) },
	})
}

// sentText reads a text that has to be sent, so that it cannot be empty.
func (p *parser) sentText(g *Program, field string, into **Template) func(*yaml.Node, string) {
	return func(n *yaml.Node, where string) {
		g.lines[field] = n.Line
		t := p.template(n, where)
		if t == nil && n.Kind == yaml.ScalarNode && strings.TrimSpace(n.Value) == "" {
			p.add(Error, "empty_text", n.Line, where+" is empty", "this text has to be sent", "leave the line out to get the default")
		}
		if t != nil {
			*into = t
		}
	}
}

func (p *parser) unmatched(n *yaml.Node, where string, g *Program) {
	p.mapping(n, where, known{
		"reply": func(n *yaml.Node, where string) {
			g.lines["unmatched.reply"] = n.Line
			g.Unmatched.Reply = p.template(n, where)
		},
		"every": func(n *yaml.Node, where string) { g.Unmatched.Every = p.duration(n, where) },
	})
}

// locales reads the packs that are on. Unknown ones are looked for only where there is one: a lexicon takes a while.
func (p *parser) locales(n *yaml.Node, where string) []string {
	locales := []string{}
	var places []*yaml.Node
	p.list(n, where, func(n *yaml.Node, where string) {
		locales, places = append(locales, p.text(n, where)), append(places, n)
	})
	if _, err := p.lexicon(locales); err == nil {
		return locales
	}
	known := []string{}
	for i, locale := range locales {
		if _, err := p.lexicon([]string{locale}); err == nil {
			known = append(known, locale)
		} else if places[i].Kind == yaml.ScalarNode {
			p.add(Error, "unknown_locale", places[i].Line, fmt.Sprintf("%s[%d]: %v", where, i, err),
				"its compliance words would go unheard",
				"write a known one, or leave it out and add its words as keywords with action: opt_out")
		}
	}
	return known
}

// lexicon makes the lexicon of some locales, once for all programs that have the same: it is the dearest part of a
// ruleset.
func (p *parser) lexicon(locales []string) (*optout.Lexicon, error) {
	key := strings.Join(locales, " ")
	if made, ok := p.lexicons[key]; ok {
		return made, nil
	}
	made, err := optout.NewLexicon(locales)
	if err != nil {
		return nil, err
	}
	if p.lexicons == nil {
		p.lexicons = make(map[string]*optout.Lexicon)
	}
	p.lexicons[key] = made
	return made, nil
}

// resource reads the name or ARN of something at AWS (CreateOptOutList, CreateConfigurationSet).
func (p *parser) resource(n *yaml.Node, where string) string {
	s := p.text(n, where)
	named := len(s) <= 64 && only(s, alphanumerics+"_-")
	if s != "" && !named && (!strings.HasPrefix(s, "arn:") || len(s) > 256) {
		p.add(Error, "bad_resource", n.Line, fmt.Sprintf("%s: %q cannot be a name at AWS", where, s), "",
			"use 1 to 64 letters, digits, dashes and underscores, or the full ARN")
	}
	return s
}

// template reads a reply; nil if it is empty or faulty.
func (p *parser) template(n *yaml.Node, where string) *Template {
	source := p.text(n, where)
	if strings.TrimSpace(source) == "" {
		return nil
	}
	t, err := ParseTemplate(source)
	if err != nil {
		p.add(Error, "bad_template", n.Line, fmt.Sprintf("%s: %v", where, err), "", "")
		return nil
	}
	return t
}
