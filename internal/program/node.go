package program

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// reader takes values out of YAML nodes and gathers what is wrong with them. Every method takes where, the path of
// the value in the file, for the message.
type reader struct{ findings }

// known maps the names of a mapping's fields to what reads them.
type known map[string]func(value *yaml.Node, where string)

// mapping reads a mapping whose fields are known. A field without a value counts as left out.
func (r *reader) mapping(n *yaml.Node, where string, fields known) {
	r.pairs(n, where, func(key, value *yaml.Node) {
		read, ok := fields[key.Value]
		switch {
		case !ok:
			r.unknownField(key, where, slices.Sorted(maps.Keys(fields)))
		case !isNull(value):
			read(value, path(where, key.Value))
		}
	})
}

// pairs reads a mapping whose keys are the operator's own names.
func (r *reader) pairs(n *yaml.Node, where string, read func(key, value *yaml.Node)) {
	n = resolve(n)
	if n.Kind != yaml.MappingNode {
		r.wrongType(n, where, "a mapping (name: value)")
		return
	}
	seen := make(map[string]bool)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := resolve(n.Content[i]), resolve(n.Content[i+1])
		switch {
		case key.Kind != yaml.ScalarNode:
			r.wrongType(key, where, "a name")
		case seen[key.Value]:
			r.add(Error, "duplicate_field", key.Line, fmt.Sprintf("%s is there twice", path(where, key.Value)),
				"only one of them could count", "keep one")
		default:
			seen[key.Value] = true
			read(key, value)
		}
	}
}

func (r *reader) list(n *yaml.Node, where string, read func(item *yaml.Node, where string)) {
	n = resolve(n)
	if n.Kind != yaml.SequenceNode {
		r.wrongType(n, where, "a list, such as [one, two]")
		return
	}
	for i, item := range n.Content {
		read(resolve(item), fmt.Sprintf("%s[%d]", where, i))
	}
}

// text reads any scalar as it is written: a keyword 1 or a short code 24680 needs no quotes.
func (r *reader) text(n *yaml.Node, where string) string {
	if n.Kind != yaml.ScalarNode || isNull(n) {
		r.wrongType(n, where, "a text")
		return ""
	}
	return n.Value
}

func (r *reader) truth(n *yaml.Node, where string) bool {
	if n.Kind != yaml.ScalarNode || n.Tag != "!!bool" {
		r.wrongType(n, where, "true or false")
		return false
	}
	return strings.EqualFold(n.Value, "true")
}

func (r *reader) count(n *yaml.Node, where string) int {
	v, err := strconv.Atoi(n.Value)
	if n.Kind != yaml.ScalarNode || err != nil {
		r.wrongType(n, where, "a whole number")
		return 0
	}
	return v
}

func (r *reader) duration(n *yaml.Node, where string) time.Duration {
	if n.Kind != yaml.ScalarNode {
		r.wrongType(n, where, "a duration, such as 90m, 24h or 7d")
		return 0
	}
	d, err := parseDuration(n.Value)
	if err != nil || d <= 0 {
		r.add(Error, "bad_duration", n.Line, fmt.Sprintf("%s is not a duration: %q", where, n.Value), "",
			"write a positive number with a unit: 90s, 30m, 24h, 7d")
		return 0
	}
	return d
}

// oneOf reads a word of a fixed set and gives the first of the set if it is another.
func (r *reader) oneOf(n *yaml.Node, where string, allowed ...string) string {
	v := r.text(n, where)
	if slices.Contains(allowed, v) {
		return v
	}
	if n.Kind == yaml.ScalarNode {
		do := "write one of " + strings.Join(allowed, ", ")
		if s := nearest(v, allowed); s != "" {
			do = fmt.Sprintf("did you mean %s? Known are %s", s, strings.Join(allowed, ", "))
		}
		r.add(Error, "unknown_value", n.Line, fmt.Sprintf("%s: unknown value %q", where, v), "", do)
	}
	return allowed[0]
}

func (r *reader) wrongType(n *yaml.Node, where, wanted string) {
	found := map[yaml.Kind]string{yaml.MappingNode: "a mapping", yaml.SequenceNode: "a list", yaml.ScalarNode: "a plain value"}[n.Kind]
	if isNull(n) {
		found = "nothing"
	}
	r.add(Error, "wrong_type", n.Line, fmt.Sprintf("%s is %s", where, found), "", "write "+wanted)
}

func (r *reader) unknownField(key *yaml.Node, where string, fields []string) {
	do := "known here are " + strings.Join(fields, ", ")
	if s := nearest(key.Value, fields); s != "" {
		do = fmt.Sprintf("did you mean %s? If not, take it out", s)
	}
	r.add(Error, "unknown_field", key.Line, fmt.Sprintf("unknown field %s", path(where, key.Value)),
		"a field that is not read would be a wish that is not granted", do)
}

// resolve follows an alias (*name) to what it stands for. An alias cannot stand for another.
func resolve(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode && n.Alias != nil {
		return n.Alias
	}
	return n
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

func path(where, field string) string {
	if where == "" {
		return field
	}
	return where + "." + field
}
