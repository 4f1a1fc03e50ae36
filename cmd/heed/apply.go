package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"time"
)

type applyCommand struct {
	File  string `arg:"" help:"The heed.yaml."`
	Local bool   `help:"Write the ruleset to the database and leave AWS as it is."`
}

// Help is shown by heed apply --help.
func (applyCommand) Help() string {
	return `The file becomes a new version of the ruleset; the workers take it up within seconds. Nothing changes when the newest version is the same file. With errors in it nothing is written.

  DATABASE_URL=postgres://localhost/heed heed apply --local heed.yaml`
}

// Run puts the file in force.
func (c applyCommand) Run(ctx context.Context, t terminal) error {
	if !c.Local {
		return wrongUse("this version of heed sets up nothing at AWS: use --local to write the ruleset, and set the numbers up as docs/setup.md says")
	}
	rules, findings, document, err := readRules(c.File)
	if err != nil {
		return err
	}
	tellFindings(terminal{out: t.err}, findings, false)
	if rules == nil {
		return errNo
	}
	db, err := openStore(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	version, isNew, err := db.ApplyRuleset(ctx, document, rules.Settings(), cmp.Or(os.Getenv("USER"), "heed apply"), time.Now())
	if err != nil {
		return err
	}
	if !isNew {
		fmt.Fprintf(t.out, "version %d is in force and the same: nothing to do\n", version)
		return nil
	}
	fmt.Fprintf(t.out, "version %d is in force: %d programs\n", version, len(rules.Programs))
	return nil
}
