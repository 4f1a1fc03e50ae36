package program

import (
	"errors"
	"fmt"
	"strings"
	"text/template/parse"
	"unicode/utf8"
)

// MaxReply is the most characters of a reply (AWS PutKeyword, KeywordMessage; SendTextMessage, MessageBody).
const MaxReply = 1600

// maxSource is the longest template that is read, in bytes.
const maxSource = 16_000

// Template is a reply with places to fill in. Its language is a part of text/template's:
//
//	{{.Brand}} {{.Contact}} {{.Identity}} {{.Keyword}}   texts
//	{{index .Args 0}}  {{join .Args " "}}  {{len .Args}} the words after the keyword: one, all, how many
//	{{if .Args}}…{{else if …}}…{{else}}…{{end}}          with eq ne lt le gt ge on texts and on numbers
//	{{range .Args}}…{{.}}…{{else}}…{{end}}               with $.Brand for a field inside
//	{{/* a remark */}}  {{- and -}} to trim white space
//
// Everything else is an error when it is parsed, not when a person waits for the reply. For what both accept, the
// result is that of text/template. A Template is safe for use by several goroutines.
type Template struct {
	source string
	run    block
}

// Data is what a template may speak of.
type Data struct {
	Brand    string   // the program's brand
	Contact  string   // the person's number, E.164
	Identity string   // the number that was texted
	Keyword  string   // the keyword that matched, as the operator or the list wrote it
	Args     []string // the person's other words
}

// ErrTooLong says that a reply came out longer than [MaxReply].
var ErrTooLong = errors.New("the reply is longer than 1600 characters")

// ParseTemplate reads a template. The error says what is not understood and what to write instead.
func ParseTemplate(source string) (*Template, error) {
	if len(source) > maxSource {
		return nil, fmt.Errorf("it is %d bytes long: a reply is at most %d characters", len(source), MaxReply)
	}
	tree := parse.New("reply")
	tree.Mode = parse.SkipFuncCheck // unknown functions are told by the compiler below, with what there is instead
	set := make(map[string]*parse.Tree)
	tree, err := tree.Parse(source, "", "", set)
	if err != nil {
		return nil, errors.New(withoutPlace(err.Error()))
	}
	for name := range set {
		if name != "reply" {
			return nil, errors.New("{{define}} and {{block}} are not supported: write the text where it is needed")
		}
	}
	run, err := compileList(tree.Root, false)
	if err != nil {
		return nil, err
	}
	return &Template{source: source, run: run}, nil
}

// withoutPlace takes off "template: reply:1: ", which would be a second line number beside the file's.
func withoutPlace(s string) string {
	parts := strings.SplitN(s, ": ", 3)
	if len(parts) == 3 && parts[0] == "template" {
		return parts[2]
	}
	return s
}

// Source is the template as written.
func (t *Template) Source() string { return t.source }

// Execute fills in a template. It fails if the data has fewer args than the template asks for by index, and with
// [ErrTooLong]. The result may be empty: then there is nothing to send.
func (t *Template) Execute(d Data) (string, error) {
	x := execution{data: &d}
	if err := t.run.do(&x); err != nil {
		return "", err
	}
	if utf8.RuneCountInString(x.out.String()) > MaxReply {
		return "", ErrTooLong
	}
	return x.out.String(), nil
}

// execution is one filling in of a template.
type execution struct {
	data *Data
	dot  string // the word of the innermost range
	out  strings.Builder
}

type step func(*execution) error

type block []step

func (b block) do(x *execution) error {
	for _, s := range b {
		if x.out.Len() > MaxReply*utf8.UTFMax {
			return ErrTooLong
		}
		if err := s(x); err != nil {
			return err
		}
	}
	return nil
}
