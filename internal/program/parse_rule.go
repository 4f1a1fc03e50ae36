package program

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/heedsms/heed/internal/keywords"
	"github.com/heedsms/heed/internal/sms"
)

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
		"from":    func(n *yaml.Node, where string) { r.From = p.moment(n, where) },
		"until":   func(n *yaml.Node, where string) { r.Until = p.moment(n, where) },
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
