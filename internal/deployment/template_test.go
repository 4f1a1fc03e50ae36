package deployment

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

var root = filepath.Join("..", "..")

// object is a mapping of the template. A function of CloudFormation is one too, with its tag as the only key.
type object = map[string]any

// template reads template.yaml. What is text or a number there is text here.
func template(t *testing.T) object {
	t.Helper()
	var document yaml.Node
	if err := yaml.Unmarshal([]byte(text(t, "template.yaml")), &document); err != nil {
		t.Fatal(err)
	}
	return value(document.Content[0]).(object)
}

func text(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(path)))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func value(n *yaml.Node) any {
	if function, ok := strings.CutPrefix(n.Tag, "!"); ok && !strings.HasPrefix(function, "!") {
		plain := *n
		plain.Tag = ""
		return object{n.Tag: value(&plain)}
	}
	switch n.Kind {
	case yaml.MappingNode:
		m := object{}
		for i := 0; i < len(n.Content); i += 2 {
			m[n.Content[i].Value] = value(n.Content[i+1])
		}
		return m
	case yaml.SequenceNode:
		all := make([]any, 0, len(n.Content))
		for _, c := range n.Content {
			all = append(all, value(c))
		}
		return all
	}
	return n.Value
}

// at goes down into mappings; nil where there is nothing.
func at(v any, path ...string) any {
	for _, name := range path {
		m, _ := v.(object)
		v = m[name]
	}
	return v
}

// fields is a mapping, empty where there is none.
func fields(v any) object {
	m, _ := v.(object)
	return m
}

func list(v any) []any {
	l, _ := v.([]any)
	return l
}

func word(v any) string {
	s, _ := v.(string)
	return s
}

// of are the resources of a type, by name.
func of(template object, kind string) map[string]object {
	all := map[string]object{}
	for name, r := range fields(template["Resources"]) {
		if at(r, "Type") == kind {
			all[name] = fields(at(r, "Properties"))
		}
	}
	return all
}

// functions are the Lambda functions with what Globals say.
func functions(t *testing.T, template object) map[string]object {
	t.Helper()
	all := of(template, "AWS::Serverless::Function")
	if len(all) != 5 {
		t.Fatalf("%d functions", len(all))
	}
	for _, f := range all {
		for name, v := range fields(at(template, "Globals", "Function")) {
			if _, own := f[name]; !own {
				f[name] = v
			}
		}
	}
	return all
}

// command is the command that a function runs: build-InboundFunction of the Makefile builds ./cmd/inbound.
func command(function string) string {
	return strings.ToLower(strings.TrimSuffix(function, "Function"))
}

// walk calls for each mapping in a value.
func walk(v any, visit func(object)) {
	switch v := v.(type) {
	case object:
		visit(v)
		for _, each := range v {
			walk(each, visit)
		}
	case []any:
		for _, each := range v {
			walk(each, visit)
		}
	}
}

// words is one word or a list of them.
func words(v any) []string {
	if s, ok := v.(string); ok {
		return []string{s}
	}
	var all []string
	for _, each := range list(v) {
		all = append(all, word(each))
	}
	return all
}

// referred are the names that a value refers to.
func referred(v any) []string {
	var all []string
	walk(v, func(m object) {
		if name := word(m["!Ref"]); name != "" {
			all = append(all, name)
		}
		if name, _, ok := strings.Cut(word(m["!GetAtt"]), "."); ok {
			all = append(all, name)
		}
	})
	slices.Sort(all)
	return slices.Compact(all)
}
