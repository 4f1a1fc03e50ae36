package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/heedsms/heed/internal/consent"
	"github.com/heedsms/heed/internal/localdb/dbtest"
	"github.com/heedsms/heed/internal/optout"
	"github.com/heedsms/heed/internal/sms"
	"github.com/heedsms/heed/internal/store"
)

// kept is a database in which somebody opted out of one program and into another, and whose number was suspended.
func kept(t *testing.T, contact sms.Phone) *store.Store {
	t.Helper()
	url := dbtest.New(t) // before the variable is set: it would be taken for the server of the tests
	t.Setenv("DATABASE_URL", url)
	ctx := context.Background()
	db, err := store.Open(ctx, store.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	said := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	if _, err := db.RecordConsent(ctx, []consent.Change{
		{Program: "alerts", Contact: contact, State: optout.OptedOut, SaidAt: said, Source: "operator", Actor: "tess"},
		{Program: "shop", Contact: contact, State: optout.OptedIn, SaidAt: said, Source: "operator", Actor: "tess"},
	}, said); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Pool().Exec(ctx, `INSERT INTO heed.suspension (contact, reason, since, message_id) VALUES ($1, 'invalid_number', $2, 'm')`, contact, said); err != nil {
		t.Fatal(err)
	}
	return db
}

// Each row is a command line, what it ends with, and what it says; together they are the life of one number. What a
// command promised is asked of the commands that look it up.
func TestKeeping(t *testing.T) {
	const contact = "+14255550177"
	kept(t, contact)
	for _, c := range []struct {
		sentence, line string
		code           int
		want           []string
	}{
		{"a suspended number may not be texted", "consent get " + contact + " --program shop", 0, []string{"invalid_number"}},
		{"it takes a reason to resume", "consent resume " + contact + " --reason= ", 2, []string{"--reason is empty"}},
		{"resumed", "consent resume " + contact + " --reason=called", 0, []string{"1 suspension lifted"}},
		{"resumed twice", "consent resume " + contact + " --reason=called", 1, []string{"is not suspended"}},
		{"a hold is placed", "legal-hold add +1-425-555-0177 --reason=suit --actor=tess", 0, []string{"hold 1 is on " + contact}},
		{"it is listed", "legal-hold list", 0, []string{contact, "tess", "suit"}},
		{"as JSON", "legal-hold list --json", 0, []string{`"contact":"` + contact + `"`, `"placed_by":"tess"`}},
		{"who is on hold is not forgotten", "consent forget " + contact + " --reason=4711 --yes", 1, []string{"legal hold is on this contact: suit"}},
		{"a hold that is not there", "legal-hold lift 2 --reason=settled", 1, []string{"no open hold 2"}},
		{"a hold is lifted", "legal-hold lift 1 --reason=settled", 0, []string{"hold 1 is lifted"}},
		{"nobody is on hold", "legal-hold list", 0, []string{"nobody is on hold"}},
		{"lifted holds are kept", "legal-hold list --all", 0, []string{contact, "suit"}},
		{"a reason that names the number would stay", "consent forget " + contact + " --reason=425-555-0177 --yes", 2, []string{"may not name the number"}},
		{"without --yes nothing is done", "consent forget " + contact + " --reason=4711", 1, []string{"2 consent events would be emptied", "nothing was done: --yes does it"}},
		{"a dry run", "consent forget " + contact + " --reason=4711 --dry-run --yes", 0, []string{"1 suspension would be removed", "alerts, opted_out"}},
		{"she is still known", "consent history " + contact, 0, []string{"opted_out", "tess"}},
		{"forgotten", "consent forget " + contact + " --reason=4711 --yes", 0, []string{"2 consent events emptied", "shop, opted_in", "may still be texted", "1 lifted legal hold removed"}},
		{"forgotten twice", "consent forget " + contact + " --reason=4711 --yes", 0, []string{"nothing is known of this number"}},
		{"the suppression holds", "consent get " + contact + " --program alerts", 0, []string{"opted_out"}},
		{"the ledger verifies", "consent verify", 0, []string{"of 2 of them the words were removed on request"}},
		{"the register is what the ledger comes to", "consent rebuild --check", 0, nil},
		{"what is due", "retention", 0, []string{"words of texts and answers", "400 days", "90 days"}},
	} {
		code, out, errs := heed(t, "", strings.Fields(c.line)...)
		if code != c.code {
			t.Errorf("%s: exit %d, want %d\n%s%s", c.sentence, code, c.code, out, errs)
		}
		for _, want := range c.want {
			if !strings.Contains(out+errs, want) {
				t.Errorf("%s: no %q in\n%s%s", c.sentence, want, out, errs)
			}
		}
	}
}
