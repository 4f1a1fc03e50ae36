package main

import (
	"bufio"
	"context"
	"fmt"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/heedsms/heed/internal/program"
	"github.com/heedsms/heed/internal/store"
)

type consentScope struct {
	Preview string `enum:",program,sender" default:"" help:"Say what this scope would change: program or sender." placeholder:"SCOPE"`
	List    bool   `help:"With --preview: every contact concerned, a line each."`
	JSON    bool   `name:"json" help:"As JSON; with --list a contact a line."`
}

// Help is shown by heed consent scope --help.
func (consentScope) Help() string {
	return `Scope program: an opt-out stops the program that the person texted. Scope sender: one STOP stops all programs of the file. The scope is applied when consent is read, so it can be changed and changed back without loss; what the person said stays as it is.

--preview says who would newly be blocked, or newly be reached, program by program, before consent.scope is changed in heed.yaml. Subscribers are those who opted in to the program or are held; others said nothing about it.

  heed consent scope
  heed consent scope --preview sender
  heed consent scope --preview sender --list --json > newly-blocked.jsonl`
}

// Run tells the scope.
func (c consentScope) Run(ctx context.Context, t terminal) error {
	if c.List && c.Preview == "" {
		return wrongUse("--list goes with --preview")
	}
	now := time.Now()
	db, err := openStore(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	rules, _, err := rulesInForce(ctx, t, db, now)
	if err != nil {
		return err
	}
	known, err := db.Programs(ctx)
	if err != nil {
		return err
	}
	programs := slices.Concat(namesOf(rules), known)
	slices.Sort(programs)
	programs = slices.Compact(programs)
	switch {
	case c.Preview == "" && c.JSON:
		return writeJSON(t.out, map[string]any{"scope": rules.Scope, "ruleset_version": rules.Version})
	case c.Preview == "":
		fmt.Fprintf(t.out, "scope %s, ruleset version %d\n", rules.Scope, rules.Version)
		return nil
	case program.Scope(c.Preview) == rules.Scope:
		fmt.Fprintf(t.err, "heed: scope %s is in force: nothing would change\n", rules.Scope)
		programs = []string{}
	}
	if c.List {
		return c.list(ctx, t, db, programs)
	}
	reach, err := db.SenderReach(ctx, programs)
	if err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(t.out, struct {
			Scope    program.Scope `json:"scope"`
			Preview  string        `json:"preview"`
			Change   string        `json:"change"`
			Programs []store.Reach `json:"programs"`
		}{rules.Scope, c.Preview, c.change(), append([]store.Reach{}, reach...)})
	}
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "PROGRAM\t%s: SUBSCRIBERS\tOTHERS\n", c.change())
	for _, r := range reach {
		fmt.Fprintf(w, "%s\t%d\t%d\n", r.Program, r.Subscribers, r.Others)
	}
	return w.Flush()
}

// change is what happens to the people who are listed.
func (c consentScope) change() string {
	if c.Preview == string(program.ScopeSender) {
		return "newly blocked"
	}
	return "no longer blocked"
}

func (c consentScope) list(ctx context.Context, t terminal, db *store.Store, programs []string) error {
	w := bufio.NewWriter(t.out)
	err := db.SenderBlocked(ctx, programs, func(b store.Blocked) error {
		if c.JSON {
			return writeJSON(w, b)
		}
		_, err := fmt.Fprintf(w, "%s  %s  %s  opted out of %s\n", b.Program, b.Contact, orDash(b.State), b.Elsewhere)
		return err
	})
	if err != nil {
		return err
	}
	return w.Flush()
}
