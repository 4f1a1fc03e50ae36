package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/heedsms/heed/internal/doctor"
)

type doctorCommand struct {
	stackFlags
	File    string         `arg:"" optional:"" help:"The heed.yaml to hold the account against; without it the ruleset in force."`
	NoStack bool           `help:"There is no stack of template.yaml: leave out what hangs on it."`
	NoAWS   bool           `name:"no-aws" help:"Look at settings and database only."`
	Only    []doctor.Group `help:"Only this part: settings, database, identity, account, numbers, destinations or queues. May be given several times." placeholder:"PART"`
	JSON    bool           `name:"json" help:"The report as one JSON document."`
	Verbose bool           `short:"v" help:"Tell also what is well."`
}

// Help is shown by heed doctor --help.
func (doctorCommand) Help() string {
	return `Looks at the settings of this environment, the database, who you are to AWS and what you and the functions may do, the account's limits, the numbers and pools of the programs, where delivery events go, and the queues. Of each finding it tells what it means and the command that mends it; docs/doctor.md has them all. Nothing is changed, here or at AWS.

A part that cannot be read is told and the others are looked at all the same. AWS is asked at most once a second (HEED_AWS_CALLS_PER_SECOND), so numbers take some seconds each.

The exit code is 1 with any error or warning. Advice fails nothing.

  heed doctor
  heed doctor heed.yaml --stack heed-prod
  heed doctor heed.yaml --outputs outputs.json --only numbers --only destinations
  heed doctor --no-aws
  heed doctor --json | jq -r '.parts[].findings[] | select(.severity != "advice") | .mend'`
}

// Run looks at everything and tells what it found.
func (c doctorCommand) Run(ctx context.Context, t terminal) error {
	for _, g := range c.Only {
		if !slices.Contains(doctor.Groups(), g) {
			return wrongUse("--only %s: there are %v", g, doctor.Groups())
		}
	}
	l := newLook(c, t)
	if c.File != "" {
		rules, findings, document, err := readRules(c.File)
		if err != nil {
			return err
		}
		if rules == nil {
			tellFindings(terminal{out: t.err}, findings, false)
			return errNo
		}
		l.rules, l.document = rules, document
	}
	if err := l.everything(ctx); err != nil {
		return err
	}
	if err := l.report.tell(t.out, c.JSON, c.Verbose); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	if !l.report.Well {
		return errNo
	}
	return nil
}

// doctorPart is what is told of one group.
type doctorPart struct {
	Group    doctor.Group     `json:"group"`
	Findings []doctor.Finding `json:"findings"`
	// Unseen says why the group, or what hangs on something of it, was not looked at; "" where it was.
	Unseen string `json:"not_looked_at,omitempty"`

	unasked bool // it was not to be looked at
}

type doctorReport struct {
	Well  bool          `json:"well"`
	Parts []*doctorPart `json:"parts"`
}

// tell writes the report.
func (r doctorReport) tell(to io.Writer, asJSON, verbose bool) error {
	if asJSON {
		e := json.NewEncoder(to)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(r)
	}
	var b strings.Builder
	for _, p := range r.Parts {
		p.tell(&b, verbose)
	}
	b.WriteString(r.summary() + "\n")
	_, err := io.WriteString(to, b.String())
	return err
}

func (p doctorPart) tell(b *strings.Builder, verbose bool) {
	switch {
	case p.Unseen != "" && (verbose || !p.unasked):
		fmt.Fprintf(b, "%s: not looked at: %s\n", p.Group, p.Unseen)
	case len(p.Findings) > 0:
		fmt.Fprintf(b, "%s\n", p.Group)
	case p.Unseen == "" && verbose:
		fmt.Fprintf(b, "%s: ok\n", p.Group)
	}
	marks := map[doctor.Severity]string{doctor.Error: "✗", doctor.Warning: "!", doctor.Advice: "·"}
	for _, f := range p.Findings {
		about := strings.TrimSpace(f.Program + " " + f.About)
		if about != "" {
			about += ": "
		}
		fmt.Fprintf(b, "  %s %s%s [%s]\n", marks[f.Severity], printable(about), printable(strings.Join(strings.Fields(f.Text), " ")), f.Code)
		if f.Mend != "" {
			fmt.Fprintf(b, "      %s\n", printable(f.Mend))
		}
	}
}

// summary is the last line.
func (r doctorReport) summary() string {
	counts := map[doctor.Severity]int64{}
	var seen []string
	for _, p := range r.Parts {
		for _, f := range p.Findings {
			counts[f.Severity]++
		}
		if p.Unseen == "" {
			seen = append(seen, string(p.Group))
		}
	}
	var words []string
	for _, kind := range []struct {
		severity  doctor.Severity
		one, many string
	}{{doctor.Error, "error", "errors"}, {doctor.Warning, "warning", "warnings"}, {doctor.Advice, "piece of advice", "pieces of advice"}} {
		if n := counts[kind.severity]; n > 0 {
			words = append(words, counted(n, kind.one, kind.many))
		}
	}
	said := strings.Join(words, ", ")
	if r.Well {
		said = strings.Join(append([]string{"all is well"}, words...), ", with ")
	}
	if said == "" { // nothing is wrong with what was seen, and something was not
		said = "nothing found"
	}
	if len(seen) < len(r.Parts) {
		said += "; looked at: " + strings.Join(seen, ", ")
	}
	return said
}
