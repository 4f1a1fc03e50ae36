package main

import (
	"context"
	"fmt"
	"strings"
	"time"
)

type consentResume struct {
	Contact string `arg:"" help:"The phone number, with plus and country."`
	Reason  string `required:"" help:"Why the number is thought to be good again: kept with the suspension." placeholder:"WORDS"`
	Actor   string `help:"Who does it. Without it, who is logged in." placeholder:"NAME"`
}

// Help is shown by heed consent resume --help.
func (consentResume) Help() string {
	return `AWS reports numbers that are invalid; heed.can_send answers invalid_number for them from then on. That is no opt-out: consent stays as it is, and AWS's opt-out lists are not touched. A sign of life ends it by itself within some minutes: a text of theirs, or a message that arrives. Here it is ended by hand.

What AWS says of messages sent later suspends the number again; invalidNumbers: ignore in heed.yaml keeps a program from it. The exit code is 1 when the number is not suspended.

  heed consent resume +14255550101 --reason "ported to another carrier, called back"`
}

// Run lifts the suspensions of a contact.
func (c consentResume) Run(ctx context.Context, t terminal) error {
	contact, err := contactToChange(c.Contact)
	if err != nil {
		return err
	}
	if strings.TrimSpace(c.Reason) == "" {
		return wrongUse("--reason is empty: say why the number is good again")
	}
	db, err := openStore(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	lifted, err := db.Resume(ctx, contact, actorOf(c.Actor), c.Reason, time.Now())
	if err != nil {
		return err
	}
	if lifted == 0 {
		fmt.Fprintf(t.out, "%s is not suspended\n", contact)
		return errNo
	}
	fmt.Fprintf(t.out, "%s may be texted again, as far as their consent goes: %s lifted\n", contact, counted(int64(lifted), "suspension", "suspensions"))
	return nil
}
