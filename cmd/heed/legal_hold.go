package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/heedsms/heed/internal/sms"
)

// legalHoldCommand keeps the data of people about whom there is a dispute.
type legalHoldCommand struct {
	Add  legalHoldAdd  `cmd:"" help:"Put a contact on hold."`
	Lift legalHoldLift `cmd:"" help:"Lift a hold."`
	List legalHoldList `cmd:"" help:"List the holds."`
}

type legalHoldAdd struct {
	Contact string `arg:"" help:"The phone number, with plus and country."`
	Reason  string `required:"" help:"The case, for whoever asks in years." placeholder:"WORDS"`
	Actor   string `help:"Who does it. Without it, who is logged in." placeholder:"NAME"`
}

// Help is shown by heed legal-hold add --help.
func (legalHoldAdd) Help() string {
	return `While a hold is open, retention removes nothing about the contact, in any table, and heed consent forget refuses. What was removed before does not come back. A contact may be on several holds: two suits are two holds.

  heed legal-hold add +14255550101 --reason "Doe v. Acme, 2:26-cv-00101"`
}

// Run places a hold.
func (c legalHoldAdd) Run(ctx context.Context, t terminal) error {
	contact, err := contactToChange(c.Contact)
	if err != nil {
		return err
	}
	if strings.TrimSpace(c.Reason) == "" {
		return wrongUse("--reason is empty: name the case")
	}
	db, err := openStore(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	id, err := db.PlaceHold(ctx, contact, actorOf(c.Actor), c.Reason, time.Now())
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "hold %d is on %s\n", id, contact)
	return nil
}

type legalHoldLift struct {
	ID     int64  `arg:"" help:"The number of the hold, as heed legal-hold list shows it."`
	Reason string `required:"" help:"Why: kept with the hold." placeholder:"WORDS"`
	Actor  string `help:"Who does it. Without it, who is logged in." placeholder:"NAME"`
}

// Help is shown by heed legal-hold lift --help.
func (legalHoldLift) Help() string {
	return `When the last hold on a contact is lifted, the relay's next runs remove what is older than it is kept. The exit code is 1 when there is no such open hold.

  heed legal-hold lift 12 --reason "settled on 2026-11-20"`
}

// Run lifts a hold.
func (c legalHoldLift) Run(ctx context.Context, t terminal) error {
	if strings.TrimSpace(c.Reason) == "" {
		return wrongUse("--reason is empty: say why the hold ends")
	}
	db, err := openStore(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	lifted, err := db.LiftHold(ctx, c.ID, actorOf(c.Actor), c.Reason, time.Now())
	if err != nil {
		return err
	}
	if !lifted {
		fmt.Fprintf(t.out, "there is no open hold %d\n", c.ID)
		return errNo
	}
	fmt.Fprintf(t.out, "hold %d is lifted\n", c.ID)
	return nil
}

type legalHoldList struct {
	Contact string `arg:"" optional:"" help:"Only this phone number."`
	All     bool   `help:"Those that were lifted, too."`
	JSON    bool   `name:"json" help:"As JSON, a hold a line."`
}

// Help is shown by heed legal-hold list --help.
func (legalHoldList) Help() string {
	return `The open holds, in the order in which they were placed.

  heed legal-hold list
  heed legal-hold list +14255550101 --all --json`
}

// Run lists holds.
func (c legalHoldList) Run(ctx context.Context, t terminal) error {
	var contact sms.Phone
	if c.Contact != "" {
		var err error
		if contact, err = contactOf(c.Contact); err != nil {
			return err
		}
	}
	db, err := openStore(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	holds, err := db.Holds(ctx, contact, c.All)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(t.out, 0, 8, 2, ' ', 0)
	for i, h := range holds {
		if c.JSON {
			if err := writeJSON(t.out, h); err != nil {
				return err
			}
			continue
		}
		if i == 0 {
			fmt.Fprintln(table, "id\tcontact\tplaced\tby\tlifted\treason")
		}
		fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%s\t%s\n", h.ID, h.Contact, inUTC(&h.PlacedAt), h.PlacedBy, inUTC(h.LiftedAt), h.Reason)
	}
	if len(holds) == 0 && !c.JSON {
		fmt.Fprintln(table, "nobody is on hold")
	}
	return table.Flush()
}
