package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"
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

// contactOf reads a contact as people write it.
func contactOf(written string) (sms.Phone, error) {
	p := sms.ParsePhone(written)
	if !p.Dialable() && !p.ShortNumeric() {
		return "", wrongUse("%q is no phone number: write it with its country, like +14255550101", written)
	}
	return p, nil
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
