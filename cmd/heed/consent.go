package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/heedsms/heed/internal/sms"
)

// consentCommand gathers what is done with consent. Each command is in the file of its name.
type consentCommand struct {
	Get     consentGet     `cmd:"" help:"Say where a contact stands, now or at a moment, and whether they may be texted."`
	History consentHistory `cmd:"" help:"List every change of a contact's consent."`
	Set     consentSet     `cmd:"" help:"Record a change that a contact made by another way than a text."`
	Scope   consentScope   `cmd:"" help:"Say how far an opt-out reaches, and preview another scope."`
	Import  consentImport  `cmd:"" help:"Record a list of people who opted in or out."`
	Export  consentExport  `cmd:"" help:"Write where everybody stands, as a list."`
	Review  consentReview  `cmd:"" help:"The texts of which only a person can say what they mean."`
	Verify  consentVerify  `cmd:"" help:"Walk the ledger's hash chains: find what was edited or removed."`
	Resume  consentResume  `cmd:"" help:"Lift the suspension of a number that was said to be invalid."`
	Forget  consentForget  `cmd:"" help:"Forget a person: keep what suppression needs under a keyed hash, remove the rest."`
	Rebuild consentRebuild `cmd:"" help:"Recompute the register from the ledger, compare, and mend it."`
}

// contactOf reads a contact as people write it. Ten digits without a plus mostly lack their country: what would be
// recorded of another number, or looked up of one, answers for nobody.
func contactOf(written string) (sms.Phone, error) {
	p := sms.ParsePhone(written)
	const withCountry = 11
	if !p.ShortNumeric() && (!p.Dialable() || !strings.Contains(written, "+") && len(p) <= withCountry) {
		return "", wrongUse("%q is no phone number with its country: write it like +14255550101", written)
	}
	return p, nil
}

// contactToChange reads a contact of whom something is about to be recorded or removed. A number without its plus may be
// one without its country: somebody else's.
func contactToChange(written string) (sms.Phone, error) {
	contact, err := contactOf(written)
	if err != nil {
		return "", err
	}
	if contact.Dialable() && !strings.HasPrefix(strings.TrimSpace(written), "+") || strings.Contains(written, "(0)") {
		return "", wrongUse("%q may lack its country: write it with a plus, the country and no zero behind it, like +14255550101", written)
	}
	return contact, nil
}

// actorOf is who does it: as given, or who is logged in.
func actorOf(given string) string { return cmp.Or(given, os.Getenv("USER"), "operator") }

// writeJSON writes a document that a program may read.
func writeJSON(to io.Writer, v any) error {
	e := json.NewEncoder(to)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

func inUTC(t *time.Time) string {
	if t == nil {
		return "-"
	}
	return t.UTC().Format("2006-01-02 15:04:05Z")
}

// orDash is a word, or a dash for none.
func orDash(s string) string { return cmp.Or(s, "-") }

func momentOr(word string, now, otherwise time.Time) (time.Time, error) {
	if word == "" {
		return otherwise, nil
	}
	at, err := moment(word, now)
	if err != nil {
		return at, wrongUse("%w", err)
	}
	return at, nil
}

// counted is a number with its noun.
func counted(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
