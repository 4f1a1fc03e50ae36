package main

import (
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/heedsms/heed/internal/program"
)

type checkCommand struct {
	File string `arg:"" help:"The heed.yaml."`
	JSON bool   `name:"json" help:"Findings as JSON, a line each."`
}

// Help is shown by heed check --help.
func (checkCommand) Help() string {
	return `Each finding says where, what, why and what to do. The exit code is 1 when there is an error; warnings and advice do not count.
docs/heed-yaml.md has all settings and the codes of all findings.

  heed check heed.yaml
  heed check heed.yaml --json | jq -r 'select(.severity == "error") | .what'`
}

// Run checks the file.
func (c checkCommand) Run(t terminal) error {
	rules, findings, _, err := readRules(c.File)
	if err != nil {
		return err
	}
	tellFindings(t, findings, c.JSON)
	if rules == nil {
		return errNo
	}
	if len(findings) == 0 && !c.JSON {
		fmt.Fprintf(t.out, "%s: nothing to say, %d programs\n", c.File, len(rules.Programs))
	}
	return nil
}

// readRules reads and compiles a heed.yaml. Without rules the findings say why.
func readRules(file string) (*program.Ruleset, []program.Finding, []byte, error) {
	document, err := os.ReadFile(file)
	if err != nil {
		return nil, nil, nil, wrongUse("read the ruleset: %w", err)
	}
	rules, findings := program.Check(file, document, time.Now())
	return rules, findings, document, nil
}

func tellFindings(t terminal, findings []program.Finding, asJSON bool) {
	lines := json.NewEncoder(t.out)
	for _, f := range findings {
		if asJSON {
			_ = lines.Encode(f) // a broken pipe ends the command soon enough
			continue
		}
		fmt.Fprintln(t.out, f)
	}
}
