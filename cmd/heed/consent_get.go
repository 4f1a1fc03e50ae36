package main

import (
	"context"
	"fmt"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/heedsms/heed/internal/consent"
	"github.com/heedsms/heed/internal/sms"
)

type consentGet struct {
	Contact string `arg:"" help:"The phone number, in any form."`
	Program string `help:"Only this program. Without it, all." placeholder:"P"`
	At      string `help:"As of this moment instead of now: a time (RFC 3339), a date (UTC), or how long ago (7d, 24h)." placeholder:"T"`
	KnownAt string `help:"With --at: by what heed had recorded at this moment." placeholder:"T"`
	Check   bool   `help:"Exit with 1 unless they may be texted for every program shown."`
	JSON    bool   `name:"json" help:"As JSON."`
}

// Help is shown by heed consent get --help.
func (consentGet) Help() string {
	return `Says of each program what the contact last said, whether they may be texted for it and why, and which event of the ledger decides (heed explain shows it).

With --at it is the answer for a moment: by what they had said by then, under the ruleset that was in force. A text may reach heed after it was said. What heed could know at that moment is told too where it differs; --known-at asks for another moment of knowing.

  heed consent get +14255550101
  heed consent get +14255550101 --program acme-alerts --at 2026-11-20T12:00:00Z
  heed consent get "+1 (425) 555-0101" --program acme-alerts --check --json`
}

// standingsDocument is what --json prints.
type standingsDocument struct {
	Contact   sms.Phone          `json:"contact"`
	At        time.Time          `json:"at"`
	KnownAt   *time.Time         `json:"known_at,omitempty"`
	Programs  []consent.Standing `json:"programs"`
	KnownThen []consent.Standing `json:"known_then,omitempty"`
}

// Run looks a contact up.
func (c consentGet) Run(ctx context.Context, t terminal) error {
	now := time.Now()
	contact, err := contactOf(c.Contact)
	if err != nil {
		return err
	}
	if c.KnownAt != "" && c.At == "" {
		return wrongUse("--known-at goes with --at")
	}
	at, err := momentOr(c.At, now, time.Time{})
	if err != nil {
		return err
	}
	known, err := momentOr(c.KnownAt, now, time.Time{})
	if err != nil {
		return err
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
	if c.Program != "" {
		if _, err := knownProgram(ctx, db, rules, c.Program); err != nil {
			return err
		}
	}
	d := standingsDocument{Contact: contact, At: now.UTC()}
	if at.IsZero() {
		d.Programs, err = db.Standings(ctx, contact, namesOf(rules), c.Program)
	} else {
		d.At = at
		if !known.IsZero() {
			d.KnownAt = &known
		}
		d.Programs, err = db.StandingsAt(ctx, contact, namesOf(rules), c.Program, at, known)
		if err == nil && known.IsZero() {
			d.KnownThen, err = db.StandingsAt(ctx, contact, namesOf(rules), c.Program, at, at)
		}
	}
	if err != nil {
		return err
	}
	if err := c.tell(t, d); err != nil {
		return err
	}
	if c.Check && slices.ContainsFunc(d.Programs, func(s consent.Standing) bool { return !s.Allowed }) {
		return errNo
	}
	return nil
}

func (c consentGet) tell(t terminal, d standingsDocument) error {
	if c.JSON {
		return writeJSON(t.out, d)
	}
	if len(d.Programs) == 0 {
		fmt.Fprintf(t.out, "no program knows %s, and the ruleset has none\n", d.Contact)
		return nil
	}
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "PROGRAM\tMAY BE TEXTED\tBECAUSE\tSINCE\tEVENT\tAWS")
	for _, s := range d.Programs {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", s.Program, yesNo(s.Allowed), s.Reason, inUTC(s.Since), eventNumber(s.EventID), awsWord(s))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for i, then := range d.KnownThen {
		if then.Reason != d.Programs[i].Reason {
			fmt.Fprintf(t.out, "%s: heed did not know it yet at that moment: %s (%s)\n", then.Program, yesNo(then.Allowed), then.Reason)
		}
	}
	return nil
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func eventNumber(id *int64) string {
	if id == nil {
		return "-"
	}
	return fmt.Sprint(*id)
}

func awsWord(s consent.Standing) string {
	if s.AWS == "locked" {
		return "locked until " + inUTC(s.AWSLockedUntil)
	}
	return orDash(s.AWS)
}
