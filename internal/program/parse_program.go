package program

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/heedsms/heed/internal/keywords"
	"github.com/heedsms/heed/internal/optout"
	"github.com/heedsms/heed/internal/sms"
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
	g.help, g.optOut, g.optIn = sound(defaultHelp), sound(defaultOptOut), sound(defaultOptIn)
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
		"requireOptIn": at("requireOptIn", func(n *yaml.Node, where string) { g.RequireOptIn = p.truth(n, where) }),
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
		return func(n *yaml.Node, where string) {
			g.lines["texts."+field] = n.Line
			t := p.template(n, where)
			if t == nil && n.Kind == yaml.ScalarNode && strings.TrimSpace(n.Value) == "" {
				p.add(Error, "empty_text", n.Line, where+" is empty", "this text has to be sent", "leave the line out to get the default")
			}
			if t != nil {
				*into = t
			}
		}
	}
	p.mapping(n, where, known{
		"help": read("help", &g.help), "optOut": read("optOut", &g.optOut), "optIn": read("optIn", &g.optIn),
	})
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

func (p *parser) locales(n *yaml.Node, where string) []string {
	locales := []string{}
	p.list(n, where, func(n *yaml.Node, where string) {
		locale := p.text(n, where)
		if _, err := optout.NewLexicon([]string{locale}); err != nil && n.Kind == yaml.ScalarNode {
			p.add(Error, "unknown_locale", n.Line, fmt.Sprintf("%s: %v", where, err), "its compliance words would go unheard",
				"write a known one, or leave it out and add its words as keywords with action: opt_out")
			return
		}
		locales = append(locales, locale)
	})
	return locales
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

// rule reads one keyword entry.
func (p *parser) rule(n *yaml.Node, where string, g *Program) {
	r := &Rule{Name: fmt.Sprintf("%s/keywords[%d]", g.Name, len(g.Rules)), Match: keywords.Whole, Line: n.Line}
	g.Rules = append(g.Rules, r)
	p.mapping(n, where, known{
		"name": func(n *yaml.Node, where string) {
			if name := strings.TrimSpace(p.text(n, where)); name != "" {
				r.Name = name
			}
		},
		"words": func(n *yaml.Node, where string) {
			p.list(n, where, func(n *yaml.Node, where string) { r.Words = append(r.Words, p.text(n, where)) })
		},
		"match": func(n *yaml.Node, where string) {
			r.Match = keywords.Match(p.oneOf(n, where, matchNames()...))
		},
		"action": func(n *yaml.Node, where string) {
			r.Action = Action(p.oneOf(n, where, string(ActionReply), string(ActionOptIn), string(ActionOptOut), string(ActionForward)))
		},
		"reply":   func(n *yaml.Node, where string) { r.Reply = p.template(n, where) },
		"observe": func(n *yaml.Node, where string) { r.Observe = p.truth(n, where) },
		"on": func(n *yaml.Node, where string) {
			if n.Kind == yaml.SequenceNode && len(n.Content) == 0 {
				p.add(Error, "empty_on", n.Line, where+" is empty", "it could mean nowhere or everywhere", "leave it out for the whole program")
			}
			p.list(n, where, func(n *yaml.Node, where string) { r.On = append(r.On, sms.ParseIdentity(p.text(n, where))) })
		},
	})
	if n.Kind == yaml.MappingNode {
		p.checkRule(r, where)
	}
}

func matchNames() []string {
	names := make([]string, len(keywords.Matches))
	for i, m := range keywords.Matches {
		names[i] = string(m)
	}
	return names
}
