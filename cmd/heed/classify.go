package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/heedsms/heed/internal/inbound"
	"github.com/heedsms/heed/internal/keywords"
	"github.com/heedsms/heed/internal/optout"
	"github.com/heedsms/heed/internal/program"
	"github.com/heedsms/heed/internal/sms"
)

type classifyCommand struct {
	Texts    []string `arg:"" optional:"" help:"Texts to classify. Without any, JSON lines are read from standard input."`
	File     string   `help:"The heed.yaml to read texts by. Without it compliance words only, no keywords." placeholder:"heed.yaml"`
	Identity string   `help:"Our number that the texts went to." placeholder:"+12065550100"`
	Locales  []string `help:"Without a file: the locales whose compliance words count. All of them if left out." placeholder:"en,es"`
	At       string   `help:"When the texts were said, for rules with dates. Now if left out." placeholder:"2026-11-27T09:00:00Z"`
	Verbose  bool     `short:"v" help:"Also the cleaned text, its parts, and each step of the reading, for people."`
	JSON     bool     `name:"json" help:"With --verbose: JSON lines all the same."`
}

// Help is shown by heed classify --help.
func (classifyCommand) Help() string {
	return `Input: a JSON object a line, {"text": "…", "identity": "…"}.
Output: one a line, {"verdict", "reason", "matched", "tier", "rule"} and more; with --verbose a block for people.

  heed classify "Stop." "stop by tomorrow"
  heed classify -v "pls stop texting me"
  heed classify --locales en,es "no más mensajes"
  heed classify --file heed.yaml --identity +12065550100 --at 2026-12-24 "HOURS"
  echo '{"text": "JOIN spring", "identity": "+12065550100"}' | heed classify --file heed.yaml | jq -r .verdict`
}

type question struct {
	Text     string `json:"text"`
	Identity string `json:"identity"`
}

type answer struct {
	Verdict  string   `json:"verdict"`
	Reason   string   `json:"reason"`
	Matched  string   `json:"matched"`
	Tier     int      `json:"tier"` // of a compliance verdict: 1 a listed word, 2 a clear request, 3 unclear; else 0
	Rule     string   `json:"rule"`
	Program  string   `json:"program"`
	Args     []string `json:"args,omitempty"`
	Observed []string `json:"observed,omitempty"`
	Sources  []string `json:"sources,omitempty"`
	Ignored  string   `json:"ignored,omitempty"`
	Affirms  bool     `json:"affirms,omitempty"`
	*reading
}

// reading is how the answer came about, with --verbose.
type reading struct {
	Cleaned   string        `json:"cleaned"`
	Own       string        `json:"own"`
	Quoted    string        `json:"quoted,omitempty"`
	Signature string        `json:"signature,omitempty"`
	Steps     []optout.Step `json:"steps"`
}

// maxLine bounds one line of input. A text has 1,600 characters.
const maxLine = 1 << 20

// Run classifies the texts.
func (c classifyCommand) Run(t terminal) error {
	rules, err := c.rules(t)
	if err != nil {
		return err
	}
	at := time.Now()
	if c.At != "" {
		if at, err = program.ParseMoment(c.At); err != nil {
			return wrongUse("--at: %w", err)
		}
	}
	tell := func(q question) error { return c.tell(t.out, q.Text, classify(rules, q, at, c.Verbose)) }
	for _, text := range c.Texts {
		if err := tell(question{text, c.Identity}); err != nil {
			return err
		}
	}
	if len(c.Texts) > 0 {
		return nil
	}
	return c.lines(t, tell)
}

// rules are those of the file, or compliance words alone.
func (c classifyCommand) rules(t terminal) (*program.Ruleset, error) {
	switch {
	case c.File != "" && len(c.Locales) > 0:
		return nil, wrongUse("--locales is for use without a file: the programs of %s have their own", c.File)
	case c.File != "":
		rules, findings, _, err := readRules(c.File)
		if err == nil && rules == nil {
			tellFindings(terminal{out: t.err}, findings, false)
			err = errNo
		}
		return rules, err
	case len(c.Locales) > 0:
		rules, err := program.EmptyIn(c.Locales)
		if err != nil {
			return nil, wrongUse("--locales: %w", err)
		}
		return rules, nil
	}
	return program.Empty(), nil
}

// lines answers standard input. A line that cannot be read is told and does not stop the others.
func (c classifyCommand) lines(t terminal, tell func(question) error) error {
	in := bufio.NewScanner(t.in)
	in.Buffer(nil, maxLine)
	var faults error
	for n := 1; in.Scan(); n++ {
		if strings.TrimSpace(in.Text()) == "" {
			continue
		}
		q := question{Identity: c.Identity}
		if err := json.Unmarshal(in.Bytes(), &q); err != nil {
			fmt.Fprintf(t.err, "heed: line %d is not {\"text\": \"…\"}: %v\n", n, err)
			faults = errNo
			continue
		}
		if err := tell(q); err != nil {
			return err
		}
	}
	if err := in.Err(); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read standard input: %w", err)
	}
	return faults
}

// classify reads a text as the worker would.
func classify(rules *program.Ruleset, q question, at time.Time, explain bool) answer {
	body := sms.Storable(q.Text)
	in := &sms.Inbound{
		ID: "classify", Variant: sms.VariantSMS, Contact: "+14255550101", Identity: sms.ParseIdentity(q.Identity),
		Body: body, Said: []string{body},
	}
	d := inbound.Decide(rules, in, at)
	a := answer{
		Verdict: d.Verdict, Reason: d.Reason, Matched: d.Matched, Tier: d.Tier, Program: d.Program, Args: d.Args,
		Sources: d.Sources, Ignored: d.Ignored, Affirms: d.Affirms,
	}
	if d.Rule != nil {
		a.Rule = d.Rule.Name
	}
	for _, o := range d.Observed {
		a.Observed = append(a.Observed, o.Name)
	}
	if explain {
		p, ok := rules.Program(in.Identity)
		if !ok {
			p = rules.Default()
		}
		text := keywords.Clean(body)
		a.reading = &reading{text.Folded, text.Own, text.Quoted, text.Signature, p.Explain(in.Identity, text, at)}
	}
	return a
}

// tell writes an answer: a line of JSON, or with --verbose a block for people.
func (c classifyCommand) tell(out io.Writer, text string, a answer) error {
	if a.reading != nil && !c.JSON {
		if _, err := io.WriteString(out, a.block(text)); err != nil {
			return fmt.Errorf("write the answer: %w", err)
		}
		return nil
	}
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(a); err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	return nil
}

// block is an answer for people: the text, then a line for each thing there is to say.
func (a answer) block(text string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%q\n", text)
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "  %-10s %s\n", name, value)
		}
	}
	verdict := a.Verdict + " (" + a.Reason + ")"
	if a.Tier > 0 {
		verdict += fmt.Sprintf(", tier %d", a.Tier)
	}
	line("verdict", verdict)
	line("matched", a.Matched)
	line("rule", a.Rule)
	line("program", a.Program)
	line("args", strings.Join(a.Args, " | "))
	line("observed", strings.Join(a.Observed, ", "))
	line("sources", strings.Join(a.Sources, "; "))
	line("ignored", a.Ignored)
	line("cleaned", a.Cleaned)
	line("own", a.Own)
	line("quoted", a.Quoted)
	line("signature", a.Signature)
	for _, s := range a.Steps {
		tier := ""
		if s.Tier > 0 {
			tier = fmt.Sprintf("tier %d, ", s.Tier)
		}
		line("step", tier+s.Step+": "+s.Detail)
	}
	return b.String()
}
