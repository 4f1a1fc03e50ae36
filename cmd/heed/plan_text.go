package main

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/heedsms/heed/internal/plan"
)

// planSummary are the numbers of a plan.
type planSummary struct {
	Add       int `json:"add"`
	Change    int `json:"change"`
	Remove    int `json:"remove"`
	Dangerous int `json:"dangerous"`
	// Left is what heed may not or cannot change.
	Left int `json:"left"`
	// Calls are those of AWS that apply makes.
	Calls int `json:"calls"`
}

func summaryOf(p plan.Plan) planSummary {
	s := planSummary{Dangerous: len(p.Dangers()), Left: len(p.Left)}
	for _, c := range p.Changes() {
		switch c.Op {
		case plan.Add:
			s.Add++
		case plan.Remove:
			s.Remove++
		default:
			s.Change++
		}
	}
	for _, step := range p.Steps {
		if plan.Operation(step.Action) != "" {
			s.Calls++
		}
	}
	return s
}

func (s planSummary) String() string {
	text := fmt.Sprintf("%d to add, %d to change, %d to remove", s.Add, s.Change, s.Remove)
	if s.Dangerous > 0 {
		text += fmt.Sprintf("; %d dangerous", s.Dangerous)
	}
	if s.Left > 0 {
		text += fmt.Sprintf("; %d heed may not touch", s.Left)
	}
	if s.Calls > 0 {
		text += fmt.Sprintf(" (%s of AWS)", counted(int64(s.Calls), "call", "calls"))
	}
	return text
}

// The colours of a terminal, and how to end one.
const (
	red, green, yellow, faint, uncoloured = "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[2m", "\x1b[0m"
)

// newThing is said of a change that is the thing itself.
const newThing = "new"

// planWriter writes changes for people.
type planWriter struct {
	strings.Builder

	coloured bool
}

// tellPlan writes a plan, thing by thing.
func tellPlan(t terminal, p plan.Plan) error {
	w := &planWriter{coloured: isTerminal(t.out) && os.Getenv("NO_COLOR") == ""}
	w.changes(p.Changes())
	if len(p.Left) > 0 {
		fmt.Fprint(w, "What heed may not or cannot change:\n\n")
		w.changes(p.Left)
	}
	for _, note := range p.Notes {
		fmt.Fprintf(w, "note: %s\n", printable(note))
	}
	if len(p.Notes) > 0 {
		fmt.Fprintln(w)
	}
	if p.Empty() {
		fmt.Fprintln(w, "Nothing to do: all is as heed.yaml says.")
	} else {
		fmt.Fprintf(w, "%s\n", summaryOf(p))
	}
	_, err := fmt.Fprint(t.out, w)
	return err
}

// changes writes changes under the names of the things that they are about.
func (w *planWriter) changes(all []plan.Change) {
	var things []string
	for _, c := range all {
		if !slices.Contains(things, c.What) {
			things = append(things, c.What)
		}
	}
	for _, thing := range things {
		fmt.Fprintln(w, printable(thing))
		width := 0
		for _, c := range all {
			if c.What == thing {
				width = max(width, utf8.RuneCountInString(c.Field))
			}
		}
		for _, c := range all {
			if c.What == thing {
				w.change(c, width)
			}
		}
		fmt.Fprintln(w)
	}
}

func (w *planWriter) change(c plan.Change, width int) {
	colour := map[plan.Op]string{plan.Add: green, plan.Modify: yellow, plan.Remove: red}[c.Op]
	const long = 100
	value := values(c, " → ")
	if utf8.RuneCountInString(value) > long {
		value = values(c, fmt.Sprintf("\n%*s→ ", width+len("  ~   "), ""))
	}
	line := fmt.Sprintf("%-*s  %s", width, printable(c.Field), value)
	if c.Field == "" {
		line = cmp.Or(value, newThing)
	}
	fmt.Fprintf(w, "  %s %s\n", w.in(colour, string(c.Op)), strings.TrimRight(line, " "))
	if c.Why != "" {
		fmt.Fprintf(w, "      %s\n", w.in(faint, printable(c.Why)))
	}
	if c.Danger != "" {
		fmt.Fprintf(w, "    %s\n", w.in(red, "! "+printable(c.Danger)))
	}
	if c.Blocked != "" {
		fmt.Fprintf(w, "    → %s\n", printable(c.Blocked))
	}
}

// values are what was and what is to be, with an arrow between. What has blanks in it is quoted: a text ends where its quotes
// do. What somebody set up at AWS may hold anything.
func values(c plan.Change, arrow string) string {
	quoted := func(s string) string {
		if strings.ContainsAny(s, " \n\t") && strings.HasPrefix(c.Field, "keyword") {
			return fmt.Sprintf("%q", s)
		}
		return printable(s)
	}
	switch {
	case c.From == "" && c.To == "":
		return ""
	case c.Op == plan.Remove, c.To == "":
		return quoted(c.From)
	case c.From == "":
		return quoted(c.To)
	}
	return quoted(c.From) + arrow + quoted(c.To)
}

func (w *planWriter) in(colour, text string) string {
	if !w.coloured {
		return text
	}
	return colour + text + uncoloured
}
