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
	"github.com/heedsms/heed/internal/program"
	"github.com/heedsms/heed/internal/sms"
)

type classifyCommand struct {
	Texts    []string `arg:"" optional:"" help:"Texts to classify. Without any, JSON lines are read from standard input."`
	File     string   `help:"The heed.yaml to read texts by. Without it the compliance words of all locales, no keywords." placeholder:"heed.yaml"`
	Identity string   `help:"Our number that the texts went to." placeholder:"+12065550100"`
}

// Help is shown by heed classify --help.
func (classifyCommand) Help() string {
	return `Input: a JSON object a line, {"text": "…", "identity": "…"}. Output: one a line, {"verdict", "reason", "matched", "rule"}.

  heed classify "Stop." "stop by tomorrow"
  echo '{"text": "JOIN spring", "identity": "+12065550100"}' | heed classify --file heed.yaml`
}

type question struct {
	Text     string `json:"text"`
	Identity string `json:"identity"`
}

type answer struct {
	Verdict  string   `json:"verdict"`
	Reason   string   `json:"reason"`
	Matched  string   `json:"matched"`
	Rule     string   `json:"rule"`
	Program  string   `json:"program"`
	Args     []string `json:"args,omitempty"`
	Observed []string `json:"observed,omitempty"`
	Sources  []string `json:"sources,omitempty"`
}

// maxLine bounds one line of input. A text has 1,600 characters.
const maxLine = 1 << 20

// Run classifies the texts.
func (c classifyCommand) Run(t terminal) error {
	rules := program.Empty()
	if c.File != "" {
		var findings []program.Finding
		var err error
		if rules, findings, _, err = readRules(c.File); err != nil {
			return err
		}
		if rules == nil {
			tellFindings(terminal{out: t.err}, findings, false)
			return errNo
		}
	}
	out := json.NewEncoder(t.out)
	out.SetEscapeHTML(false)
	for _, text := range c.Texts {
		if err := out.Encode(classify(rules, question{text, c.Identity})); err != nil {
			return fmt.Errorf("write the answer: %w", err)
		}
	}
	if len(c.Texts) > 0 {
		return nil
	}
	return c.lines(t, rules, out)
}

// lines answers standard input. A line that cannot be read is told and does not stop the others.
func (c classifyCommand) lines(t terminal, rules *program.Ruleset, out *json.Encoder) error {
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
		if err := out.Encode(classify(rules, q)); err != nil {
			return fmt.Errorf("write the answer: %w", err)
		}
	}
	if err := in.Err(); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read standard input: %w", err)
	}
	return faults
}

// classify reads a text as the worker would.
func classify(rules *program.Ruleset, q question) answer {
	in := &sms.Inbound{
		ID: "classify", Variant: sms.VariantSMS, Contact: "+14255550101", Identity: sms.ParseIdentity(q.Identity),
		Body: sms.Storable(q.Text), Said: []string{sms.Storable(q.Text)},
	}
	d := inbound.Decide(rules, in, time.Time{})
	a := answer{Verdict: d.Verdict, Reason: d.Reason, Matched: d.Matched, Program: d.Program, Args: d.Args, Sources: d.Sources}
	if d.Rule != nil {
		a.Rule = d.Rule.Name
	}
	for _, o := range d.Observed {
		a.Observed = append(a.Observed, o.Name)
	}
	return a
}
