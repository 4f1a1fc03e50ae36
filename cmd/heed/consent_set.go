package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/heedsms/heed/internal/consent"
	"github.com/heedsms/heed/internal/optout"
	"github.com/heedsms/heed/internal/sms"
)

type consentSet struct {
	Contact string `arg:"" help:"The phone number, with plus and country."`
	Program string `required:"" help:"The program." placeholder:"P"`
	State   string `required:"" enum:"opted_out,opted_in,held" help:"What they said: opted_out, opted_in, or held (send nothing until it is clear)." placeholder:"S"`
	Reason  string `required:"" help:"How they said it, for whoever asks in years: kept with the change." placeholder:"WORDS"`
	SaidAt  string `help:"When they said it: a time (RFC 3339), a date (UTC), or how long ago (2h). Without it, now." placeholder:"T"`
	Actor   string `help:"Who records it. Without it, who is logged in." placeholder:"NAME"`
	DryRun  bool   `help:"Say what would change, and change nothing."`
	JSON    bool   `name:"json" help:"As JSON."`
}

// Help is shown by heed consent set --help.
func (consentSet) Help() string {
	return `Records what a contact said by telephone, by e-mail or at the counter, as an event of the ledger with your name on it. It counts from when they said it: what they texted since outweighs it. AWS's opt-out lists follow: an opt-out reaches them within a minute, an opt-in with the next comparison (heed reconcile), which looks first whether they said stop to AWS since. Who opted out by telephone is told nothing by text.

The same change with the same time is recorded once.

  heed consent set +14255550101 --program acme-alerts --state opted_out --reason "asked by telephone, ticket 4711"
  heed consent set +14255550101 --program acme-alerts --state opted_in --said-at 2026-11-20T09:30:00Z --reason "signed form 12, kept in the office"`
}

// Run records the change.
func (c consentSet) Run(ctx context.Context, t terminal) error {
	now := time.Now()
	contact, err := contactToChange(c.Contact)
	if err != nil {
		return err
	}
	if strings.TrimSpace(c.Reason) == "" {
		return wrongUse("--reason is empty: say how they said it")
	}
	saidAt, err := momentOr(c.SaidAt, now, now.UTC().Truncate(time.Microsecond))
	if err != nil {
		return err
	}
	if saidAt.After(now.Add(time.Minute)) {
		return wrongUse("--said-at %s is in the future: it would outweigh what they say until then", saidAt.Format(time.RFC3339))
	}
	db, err := openStore(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	rules, _, err := rulesInForce(ctx, t, db, now)
	if err != nil {
		return err
	}
	lists, err := knownProgram(ctx, db, rules, c.Program)
	if err != nil {
		return err
	}
	before, err := db.Standings(ctx, contact, nil, c.Program)
	if err != nil {
		return err
	}
	after, recorded := before, 0
	if !c.DryRun {
		recorded, err = db.RecordConsent(ctx, []consent.Change{{
			Program: c.Program, Contact: contact, State: optout.State(c.State), SaidAt: saidAt, Source: "operator", Actor: actorOf(c.Actor),
			Evidence: map[string]any{"reason": c.Reason}, Lists: lists,
		}}, now)
		if err != nil {
			return err
		}
		if after, err = db.Standings(ctx, contact, nil, c.Program); err != nil {
			return err
		}
	}
	return c.tell(t, contact, before[0], after[0], recorded, saidAt)
}

func (c consentSet) tell(t terminal, contact sms.Phone, before, after consent.Standing, recorded int, saidAt time.Time) error {
	overruled := before.Since != nil && before.Since.After(saidAt)
	if c.JSON {
		return writeJSON(t.out, struct {
			Recorded bool             `json:"recorded"`
			DryRun   bool             `json:"dry_run,omitempty"`
			Before   consent.Standing `json:"before"`
			After    consent.Standing `json:"after"`
		}{recorded > 0, c.DryRun, before, after})
	}
	was := before.State
	if was == "" {
		was = "unknown"
	}
	switch {
	case c.DryRun && overruled:
		fmt.Fprintf(t.out, "would be recorded and change nothing: they said something else later (%s since %s)\n", was, inUTC(before.Since))
	case c.DryRun:
		fmt.Fprintf(t.out, "would be recorded of %s: %s, now %s\n", contact, c.State, was)
	case recorded == 0:
		fmt.Fprintf(t.out, "was recorded before: %s since %s\n", orDash(after.State), inUTC(after.Since))
	case after.State != c.State:
		fmt.Fprintf(t.out, "recorded, but they said something else later: %s since %s\n", after.State, inUTC(after.Since))
	default:
		fmt.Fprintf(t.out, "recorded of %s: %s, was %s; AWS's lists: %s\n", contact, after.State, was, awsWord(after))
	}
	return nil
}
