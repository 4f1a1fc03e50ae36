package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/heedsms/heed/internal/bundle"
	"github.com/heedsms/heed/internal/dossier"
)

// story writes a dossier for a terminal. Errors of the writer show when it is flushed.
type story struct {
	out  io.Writer
	d    *dossier.Dossier
	zone bundle.Zone
}

func (s story) tell() {
	d := s.d
	fmt.Fprintf(s.out, "%s, as of %s\n", printable(string(d.Question.Contact)), s.zone.Write(d.AsOf))
	if d.Forgotten {
		fmt.Fprintf(s.out, "This person was forgotten on request. What is left of that time stands under %s\n", printable(d.Pseudonym))
	}
	s.standings()
	if d.Truncated {
		fmt.Fprintf(s.out, "\nThe newest %d entries; there are more. --limit 0 shows all.\n", d.Question.Limit)
	}
	for i := range d.Entries {
		s.entry(&d.Entries[i])
	}
	if len(d.Entries) == 0 {
		fmt.Fprintln(s.out, "\nNothing happened in that time.")
	}
	if len(d.Rulesets) > 0 {
		fmt.Fprintln(s.out, "\nThe rules that decided, and those in force:")
	}
	for _, r := range d.Rulesets {
		fmt.Fprintf(s.out, "  version %d, applied %s by %s, sha256 %s\n", r.Version, s.zone.Write(r.AppliedAt), printable(r.AppliedBy), r.SHA256)
	}
	for _, id := range d.Broken {
		fmt.Fprintf(s.out, "\nALTERED: event %d does not match its own hash, it was changed after it was written\n", id)
	}
}

// standings is the answer. Programs of which nothing is known stand together.
func (s story) standings() {
	var silent []string
	fmt.Fprintln(s.out, "\nMay they be texted?")
	for _, x := range s.d.Standings {
		if x.Register == nil && x.Then == nil && x.Now.Reason == "no_record" && s.d.Question.Program == "" {
			silent = append(silent, printable(x.Program))
			continue
		}
		fmt.Fprintf(s.out, "  %s\n    now: %s\n", printable(x.Program), s.answer(x.Now))
		if x.Then != nil {
			fmt.Fprintf(s.out, "    at %s: %s\n", s.zone.Write(s.d.Question.At), s.answer(*x.Then))
		}
		if x.Late() {
			fmt.Fprintf(s.out, "    as far as heed knew then: %s\n", s.answer(*x.KnownThen))
		}
		if x.Register != nil {
			fmt.Fprintf(s.out, "    %s\n", x.Register.AWS(s.zone.Write))
		}
	}
	if len(silent) > 0 {
		fmt.Fprintf(s.out, "  yes, nothing is recorded that forbids it: %s\n", strings.Join(silent, ", "))
	}
}

func (s story) answer(a dossier.Answer) string { return a.Word() + ": " + a.Why(s.zone.Write) }

func (s story) entry(e *dossier.Entry) {
	program := ""
	if e.Program != "" {
		program = printable(e.Program) + "  "
	}
	fmt.Fprintf(s.out, "\n%s  %s%s\n", s.zone.Write(e.At), program, printable(e.Title()))
	const indent = "    "
	for _, f := range s.d.Facts(e, s.zone.Write) {
		value := printable(f.Value)
		if f.Verbatim {
			value = strconv.Quote(f.Value) // what a stranger wrote must not steer the terminal
		}
		fmt.Fprintf(s.out, indent+"%-14s %s\n", f.Name, value)
	}
}
