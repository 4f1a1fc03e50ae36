package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/heedsms/heed/internal/sms"
	"github.com/heedsms/heed/internal/store"
)

type consentHistory struct {
	Contact string `arg:"" help:"The phone number, in any form."`
	Program string `help:"Only this program." placeholder:"P"`
	JSON    bool   `name:"json" help:"As JSON, an event a line."`
}

// Help is shown by heed consent history --help.
func (consentHistory) Help() string {
	return `Every event of the ledger about a contact, in the order in which things were said. The exit code is 1 when there is none.

  heed consent history +14255550101
  heed consent history +14255550101 --program acme-alerts --json`
}

// Run lists the events.
func (c consentHistory) Run(ctx context.Context, t terminal) error {
	contact, err := contactOf(c.Contact)
	if err != nil {
		return err
	}
	db, err := openStore(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	events, err := db.Events(ctx, contact, c.Program)
	if err != nil {
		return err
	}
	if len(events) == 0 {
		fmt.Fprintf(t.err, "heed: nothing is recorded of %s\n", contact)
		return errNo
	}
	if c.JSON {
		for _, e := range events {
			if err := writeJSON(t.out, struct {
				Contact sms.Phone `json:"contact"`
				store.Event
			}{contact, e}); err != nil {
				return err
			}
		}
		return nil
	}
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "SAID\tRECORDED\tPROGRAM\tSTATE\tSOURCE\tBY\tEVENT\tEVIDENCE")
	for _, e := range events {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%d\t%s\n", inUTC(&e.SaidAt), inUTC(&e.RecordedAt), e.Program, e.State, e.Source, orDash(e.Actor), e.ID, inShort(e))
	}
	return w.Flush()
}

// inShort is the evidence in a line: the words themselves, and why they counted.
func inShort(e store.Event) string {
	if e.Forgotten {
		return "(forgotten)"
	}
	var proof struct{ Text, Reason, Matched, List string }
	if json.Unmarshal(e.Evidence, &proof) != nil {
		return ""
	}
	var parts []string
	if e.OfEvent != nil {
		parts = append(parts, fmt.Sprintf("of event %d", *e.OfEvent))
	}
	if proof.Text != "" {
		parts = append(parts, fmt.Sprintf("%q", proof.Text))
	}
	if proof.Reason != "" {
		parts = append(parts, proof.Reason)
	}
	if proof.List != "" {
		parts = append(parts, "list "+proof.List)
	}
	return strings.Join(parts, ", ")
}
