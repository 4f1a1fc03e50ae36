package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/heedsms/heed/internal/sms"
	"github.com/heedsms/heed/internal/store"
)

type consentForget struct {
	Contact string `arg:"" help:"The phone number, with plus and country."`
	Reason  string `required:"" help:"Why, for whoever asks in years: the number of the request, no name. It stays." placeholder:"WORDS"`
	Actor   string `help:"Who does it. Without it, who is logged in." placeholder:"NAME"`
	Yes     bool   `help:"Do it. Without it, only say what would be done."`
	DryRun  bool   `help:"Say what would be done, whatever else is given."`
	JSON    bool   `name:"json" help:"As JSON."`
}

// Help is shown by heed consent forget --help.
func (consentForget) Help() string {
	return `For a person's request to be erased. Their texts, heed's answers, suspensions and what was parked are removed; delivery data loses the number and what your application sent along; the events of the ledger lose the number, the words and who recorded them. There is no way back.

What stays is what suppression needs: per program what they last said about consent and when, under a keyed hash in the place of the number. heed.can_send goes on to answer for the number, and when the person writes again they are known by it. The ledger's hash chain still verifies. Whoever reads a copy of the database without the table heed.pseudonym_key cannot tell the number; docs/retention.md says what that is worth.

AWS's own opt-out lists keep the number: that is what makes AWS refuse a send. Nothing here opts anybody out: whoever wants no more texts has to be opted out too (heed consent set), before or after.

AWS reports on a message for some days, and each report names the number: run it again after the date that is told. A contact on legal hold is refused. It takes the role that owns heed's tables, as a member of heed_retention. The exit code is 1 when it is refused, and when nothing was done for want of --yes.

  heed consent forget +14255550101 --reason "request 4711" --dry-run
  heed consent forget +14255550101 --reason "request 4711" --yes`
}

// Run forgets a contact.
func (c consentForget) Run(ctx context.Context, t terminal) error {
	contact, err := contactToChange(c.Contact)
	if err != nil {
		return err
	}
	if strings.TrimSpace(c.Reason) == "" {
		return wrongUse("--reason is empty: give the number of the request")
	}
	if mentions(c.Reason, contact) || mentions(c.Actor, contact) {
		return wrongUse("--reason and --actor are kept: they may not name the number")
	}
	db, err := openStore(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	only := c.DryRun || !c.Yes
	done, err := db.Forget(ctx, store.Forgetting{Contact: contact, By: actorOf(c.Actor), Reason: c.Reason, DryRun: only}, time.Now())
	var hold *store.OnHoldError
	if errors.As(err, &hold) {
		fmt.Fprintf(t.err, "heed: %v\nheed: nothing is removed before it is lifted: heed legal-hold list %s\n", hold, contact)
		return errNo
	}
	if err != nil {
		return err
	}
	if c.JSON {
		err = writeJSON(t.out, struct {
			DryRun bool `json:"dry_run"`
			store.Forgotten
		}{only, done})
	} else {
		err = c.tell(t, done, only)
	}
	if err == nil && only && !c.DryRun && !done.Nothing() {
		fmt.Fprintln(t.err, "heed: nothing was done: --yes does it")
		err = errNo
	}
	return err
}

// mentions says whether a text holds the last digits of a number, however they are set apart: people leave out what
// stands before.
func mentions(text string, contact sms.Phone) bool {
	digits := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return r
			}
			return -1
		}, s)
	}
	const telling = 7
	return contact.Dialable() && strings.Contains(digits(text), string(contact[len(contact)-telling:]))
}

func (c consentForget) tell(t terminal, f store.Forgotten, only bool) error {
	if f.Nothing() {
		_, err := fmt.Fprintln(t.out, "nothing is known of this number that could be removed")
		return err
	}
	would := ""
	if only {
		would = "would be "
	}
	var b strings.Builder
	line := func(n int, one, many, what string) {
		if n > 0 {
			fmt.Fprintf(&b, "%s %s%s\n", counted(int64(n), one, many), would, what)
		}
	}
	line(f.Texts, "text", "texts", "removed")
	line(f.Actions, "promise", "promises", "removed (answers, opt-out list changes)")
	line(f.Messages, "message", "messages", "emptied of whom they went to")
	line(f.Events, "delivery event", "delivery events", "emptied likewise")
	line(f.ConsentEvents, "consent event", "consent events", "emptied of the number and the words")
	line(f.Suspensions, "suspension", "suspensions", "removed")
	line(f.Holds, "lifted legal hold", "lifted legal holds", "removed")
	line(f.Parked, "parked input", "parked inputs", "removed")
	for _, program := range slices.Sorted(maps.Keys(f.Consents)) {
		fmt.Fprintf(&b, "stays under a keyed hash: %s, %s\n", program, f.Consents[program])
		if f.Consents[program] == "opted_in" {
			fmt.Fprintf(&b, "  they may still be texted there; if that is not wanted: heed consent set … --program %s --state opted_out\n", program)
		}
	}
	if f.ParkedUnread > 0 {
		fmt.Fprintf(&b, "note: %s never replayed, and may hold a request to stop\n", counted(int64(f.ParkedUnread), "parked input was", "parked inputs were"))
	}
	if f.Open > 0 {
		fmt.Fprintf(&b, "note: %s not kept yet and still %s the number; the relay removes each once it is\n",
			counted(int64(f.Open), "promise to AWS is", "promises to AWS are"), map[bool]string{true: "names", false: "name"}[f.Open == 1])
	}
	if f.EventsUntil != nil {
		fmt.Fprintf(&b, "note: AWS may report on messages to them until %s, and name the number again: run this once more then\n", inUTC(f.EventsUntil))
	}
	_, err := fmt.Fprint(t.out, b.String())
	return err
}
