package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/heedsms/heed/internal/store"
)

type consentRebuild struct {
	Check bool `help:"Compare only, and exit with 1 when the register differs."`
	JSON  bool `name:"json" help:"Differences as JSON, a line each; the last line is the summary."`
}

// Help is shown by heed consent rebuild --help.
func (consentRebuild) Help() string {
	return `The register (heed.consent) says where each contact stands; the ledger (heed.consent_event) says why. This recomputes the one from the other and lists what differs. Without --check the register is then written anew where it differs, contact by contact, while texts keep coming in. A row without any event behind it is told and left: it was not made by heed, and may be an opt-out.

Afterwards heed reconcile sees to it that AWS's lists agree.

  heed consent rebuild --check
  heed consent rebuild`
}

// rebuilt is the last line of --json.
type rebuilt struct {
	Rows      int64 `json:"rows"`
	Different int64 `json:"different"`
	Unfounded int64 `json:"unfounded"`
	Mended    int64 `json:"mended"`
}

// contactsAtATime bounds how many people's texts wait while their rows are written.
const contactsAtATime = 200

// Run compares, and mends.
func (c consentRebuild) Run(ctx context.Context, t terminal) error {
	db, err := openStore(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	var sum rebuilt
	var contacts []string
	sum.Rows, err = db.CompareRegister(ctx, func(d store.Drift) error {
		if d.Kind == "unfounded" {
			sum.Unfounded++
		} else {
			sum.Different++
			contacts = append(contacts, d.Contact)
		}
		return c.tell(t, d)
	})
	if err != nil {
		return err
	}
	if !c.Check {
		progress := every(t, 3*time.Second)
		for len(contacts) > 0 {
			n := min(contactsAtATime, len(contacts))
			mended, err := db.RebuildRegister(ctx, contacts[:n])
			if err != nil {
				return err
			}
			sum.Mended += mended
			contacts = contacts[n:]
			progress(func() string { return fmt.Sprintf("%d of %d rows are mended", sum.Mended, sum.Different) })
		}
	}
	if err := c.sum(t, sum); err != nil {
		return err
	}
	if sum.Unfounded > 0 || c.Check && sum.Different > 0 {
		return errNo
	}
	return nil
}

func (c consentRebuild) tell(t terminal, d store.Drift) error {
	if c.JSON {
		return writeJSON(t.out, d)
	}
	says := func(state string, since *time.Time) string {
		if state == "" {
			return "nothing"
		}
		return state + " since " + inUTC(since)
	}
	_, err := fmt.Fprintf(t.out, "%s %s: %s: the register says %s, the ledger %s\n", d.Program, d.Contact, d.Kind, says(d.State, d.Since), says(d.LedgerState, d.LedgerSince))
	return err
}

func (c consentRebuild) sum(t terminal, sum rebuilt) error {
	if c.JSON {
		return writeJSON(t.out, sum)
	}
	if sum.Different == 0 && sum.Unfounded == 0 {
		fmt.Fprintf(t.out, "the register is what the ledger comes to: %s\n", counted(sum.Rows, "row", "rows"))
		return nil
	}
	parts := []string{counted(sum.Different, "row differs", "rows differ")}
	if sum.Unfounded > 0 {
		parts = append(parts, fmt.Sprintf("%d without an event behind them were left (heed consent set records one)", sum.Unfounded))
	}
	if !c.Check {
		parts = append(parts, fmt.Sprintf("%d mended: run heed reconcile, so that AWS's lists follow", sum.Mended))
	}
	_, err := fmt.Fprintf(t.out, "%s of %d\n", strings.Join(parts, "; "), sum.Rows)
	return err
}
