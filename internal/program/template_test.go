package program

import (
	"errors"
	"fmt"
	goparser "go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"text/template"

	"pgregory.net/rapid"
)

func TestTemplate(t *testing.T) {
	data := Data{Brand: "Acme", Contact: "+12065550123", Identity: "+12065550100", Keyword: "JOIN", Args: []string{"Spring", "Sale"}}
	for _, test := range []struct{ why, source, want string }{
		{"a text as it is", "We are open. 100% {ok}", "We are open. 100% {ok}"},
		{"fields", "{{.Brand}} {{.Contact}} {{.Identity}} {{.Keyword}}", "Acme +12065550123 +12065550100 JOIN"},
		{"an argument", "{{index .Args 0}}", "Spring"},
		{"all of them", `{{join .Args ", "}}`, "Spring, Sale"},
		{"how many", "{{len .Args}}", "2"},
		{"if and else", "{{if .Args}}yes{{else}}no{{end}}", "yes"},
		{"a comparison of numbers", "{{if gt (len .Args) 2}}many{{else if eq (len .Args) 2}}two{{else}}few{{end}}", "two"},
		{"a comparison of texts", `{{if eq (index .Args 0) "Spring"}}flowers{{end}}`, "flowers"},
		{"range", "{{range .Args}}<{{.}} of {{$.Brand}}>{{end}}", "<Spring of Acme><Sale of Acme>"},
		{"trim marks and remarks", "a {{- /* quiet */ -}} b", "ab"},
		{"braces as text", `{{"{{"}}`, "{{"},
	} {
		tmpl, err := ParseTemplate(test.source)
		if err != nil {
			t.Errorf("%s: %v", test.why, err)
			continue
		}
		if got, err := tmpl.Execute(data); got != test.want || err != nil {
			t.Errorf("%s: %q, %v, want %q", test.why, got, err, test.want)
		}
		if tmpl.Source() != test.source {
			t.Errorf("%s: source %q", test.why, tmpl.Source())
		}
	}
}

func TestTemplateErrorsSayWhatToWriteInstead(t *testing.T) {
	for _, test := range []struct{ why, source, want string }{
		{"an unknown field, nearly right", "{{.brand}}", "did you mean .Brand?"},
		{"an unknown field", "{{.Price}}", "there are .Brand .Contact .Identity .Keyword .Args"},
		{"a field of a field", "{{.Brand.Name}}", "there is no field .Brand.Name"},
		{"a method", "{{.Args.String}}", "there is no field"},
		{"an unknown function", `{{printf "%s" .Brand}}`, "there is no function printf: there are index, join"},
		{"a pipe", "{{.Args | len}}", "write the function first"},
		{"a variable", "{{$x := .Brand}}", "variables are not supported"},
		{"a list by itself", "{{.Args}}", `write {{join .Args " "}}`},
		{"the dot outside a range", "{{.}}", "write a field"},
		{"a field inside a range", "{{range .Args}}{{.Brand}}{{end}}", "write $.Brand"},
		{"a range over a text", "{{range .Brand}}{{.}}{{end}}", "write {{range .Args}}"},
		{"a range in a range", "{{range .Args}}{{range $.Args}}{{end}}{{end}}", "one is enough"},
		{"with", "{{with .Brand}}{{.}}{{end}}", "only if, range and fields"},
		{"break", "{{range .Args}}{{break}}{{end}}", "only if, range and fields"},
		{"define", `{{define "x"}}a{{end}}b`, "{{define}} and {{block}} are not supported"},
		{"index of a text", "{{index .Brand 0}}", "index takes a list and a number"},
		{"len of a text", "{{len .Brand}}", "len counts a list"},
		{"join without what goes between", "{{join .Args}}", "join takes a list"},
		{"a comparison that is printed", "{{eq .Brand .Keyword}}", "write {{if eq .Brand .Keyword}}"},
		{"a comparison of a text with a number", "{{if eq .Brand 1}}{{end}}", "compares two texts or two numbers"},
		{"words behind a field", "{{.Brand 1}}", "takes no words after it"},
		{"a fraction", "{{index .Args 1.5}}", "only whole numbers"},
		{"an open brace", "{{.Brand", "unclosed action"},
		{"an if without its end", "{{if .Args}}x", "unexpected EOF"},
		{"a very long one", strings.Repeat("a", 20_000), "a reply is at most 1600 characters"},
	} {
		_, err := ParseTemplate(test.source)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %q: error %v, want %q", test.why, test.source, err, test.want)
		}
		if err != nil && strings.Contains(err.Error(), "template:") {
			t.Errorf("%s: %v names a place of its own", test.why, err)
		}
	}
}

func TestTemplateFailsWhereAnArgumentIsMissing(t *testing.T) {
	tmpl, err := ParseTemplate("Hello {{index .Args 1}}")
	if err != nil {
		t.Fatal(err)
	}
	_, err = tmpl.Execute(Data{Args: []string{"one"}})
	if err == nil || !strings.Contains(err.Error(), "put {{if gt (len .Args) 1}} before it") {
		t.Errorf("err = %v", err)
	}
}

func TestTemplateRefusesWhatAWSWould(t *testing.T) {
	tmpl, err := ParseTemplate(`{{join .Args " "}}`)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := tmpl.Execute(Data{Args: []string{strings.Repeat("é", 1600)}}); err != nil || len(got) != 3200 {
		t.Errorf("1600 characters: %v", err)
	}
	if _, err := tmpl.Execute(Data{Args: []string{strings.Repeat("é", 1601)}}); !errors.Is(err, ErrTooLong) {
		t.Errorf("1601 characters: %v", err)
	}
}

// Whatever our part of the language accepts must mean what it means in text/template: the documentation of the one
// is that of the other.
func TestTemplateMeansWhatTextTemplateDoes(t *testing.T) {
	number := rapid.Custom(func(t *rapid.T) string {
		return rapid.SampledFrom([]string{"0", "1", "2", "(len $.Args)"}).Draw(t, "number")
	})
	text := rapid.Custom(func(t *rapid.T) string {
		return rapid.SampledFrom([]string{
			"$.Brand", "$.Contact", "$.Identity", "$.Keyword", `"b"`, "`c`",
			fmt.Sprintf("(index $.Args %s)", number.Draw(t, "at")), `(join $.Args "-")`,
		}).Draw(t, "text")
	})
	condition := rapid.Custom(func(t *rapid.T) string {
		comparison := rapid.SampledFrom([]string{"eq", "ne", "lt", "le", "gt", "ge"}).Draw(t, "comparison")
		return rapid.SampledFrom([]string{
			"$.Args", text.Draw(t, "text"), number.Draw(t, "number"),
			fmt.Sprintf("%s %s %s", comparison, text.Draw(t, "a"), text.Draw(t, "b")),
			fmt.Sprintf("%s %s %s", comparison, number.Draw(t, "a"), number.Draw(t, "b")),
		}).Draw(t, "condition")
	})
	var body func(t *rapid.T, depth int, inRange bool) string
	body = func(t *rapid.T, depth int, inRange bool) string {
		var b strings.Builder
		for range rapid.IntRange(0, 3).Draw(t, "nodes") {
			switch kind := rapid.IntRange(0, 6).Draw(t, "kind"); {
			case kind == 0:
				b.WriteString(rapid.SampledFrom([]string{" plain ", "\n", "}", "%s é"}).Draw(t, "plain"))
			case kind == 1:
				b.WriteString("{{- " + text.Draw(t, "text") + " -}}")
			case kind == 2:
				b.WriteString("{{" + number.Draw(t, "number") + "}}{{/* remark */}}")
			case kind == 3 && inRange:
				b.WriteString("[{{.}}]")
			case kind == 3:
				b.WriteString("{{.Brand}}")
			case kind == 4 && depth > 0 && !inRange:
				fmt.Fprintf(&b, "{{range .Args}}%s{{else}}%s{{end}}", body(t, depth-1, true), body(t, depth-1, false))
			case depth > 0:
				fmt.Fprintf(&b, "{{if %s}}%s{{else if %s}}%s{{else}}%s{{end}}", condition.Draw(t, "if"), body(t, depth-1, inRange),
					condition.Draw(t, "else if"), body(t, depth-1, inRange), body(t, depth-1, inRange))
			}
		}
		return b.String()
	}
	rapid.Check(t, func(t *rapid.T) {
		source := body(t, 3, false)
		data := Data{Brand: "Acme", Contact: "+1206", Identity: "24680", Keyword: "b", Args: rapid.SliceOfN(rapid.SampledFrom([]string{"b", "", "é"}), 0, 3).Draw(t, "args")}
		ours, err := ParseTemplate(source)
		if err != nil {
			t.Fatalf("%q: %v", source, err)
		}
		got, gotErr := ours.Execute(data)
		theirs := template.Must(template.New("").Funcs(template.FuncMap{"join": strings.Join}).Parse(source))
		var want strings.Builder
		wantErr := theirs.Execute(&want, data)
		if (gotErr != nil) != (wantErr != nil) || gotErr == nil && got != want.String() {
			t.Fatalf("%q with %q: %q, %v; text/template %q, %v", source, data.Args, got, gotErr, want.String(), wantErr)
		}
	})
}

// Package text/template finds methods by name at run time, so a binary with it keeps every exported method of
// every type: 5.8 MB in a Lambda.
func TestTextTemplateIsNotLinked(t *testing.T) {
	for _, pattern := range []string{"*.go", "../keywords/*.go", "../optout/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			parsed, err := goparser.ParseFile(token.NewFileSet(), file, source, goparser.ImportsOnly)
			if err != nil {
				t.Fatal(err)
			}
			for _, imported := range parsed.Imports {
				if name := strings.Trim(imported.Path.Value, `"`); name == "text/template" || name == "html/template" {
					t.Errorf("%s imports %s", file, name)
				}
			}
		}
	}
}
