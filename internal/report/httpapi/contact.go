package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/heedsms/heed/internal/consent"
	"github.com/heedsms/heed/internal/optout"
	"github.com/heedsms/heed/internal/program"
	"github.com/heedsms/heed/internal/report"
	"github.com/heedsms/heed/internal/sms"
)

// contactOf reads the number in the path: E.164 with its plus sign, and nothing else. A number without its country may be
// somebody else's.
func contactOf(r *http.Request) (sms.Phone, error) {
	p := sms.Phone(r.PathValue("e164"))
	if !p.Dialable() {
		return "", badRequest.because("The path needs a phone number in E.164, with plus and country: +14255550101, or %2B14255550101.")
	}
	return p, nil
}

// message answers one message's life.
func (a *api) message(w http.ResponseWriter, r *http.Request) error {
	if _, err := parameters(r); err != nil {
		return err
	}
	m, err := a.Store.Message(r.Context(), r.PathValue("id"))
	if errors.Is(err, report.ErrNoMessage) {
		return notFound.because("Nothing is known of a message of this id: no event of it came, or it is older than messages are kept.")
	}
	if err != nil {
		return err
	}
	return write(w, r, noStore, m)
}

const usualPage = 50

// timeline answers a page of what happened between a contact and us.
func (a *api) timeline(w http.ResponseWriter, r *http.Request) error {
	contact, err := contactOf(r)
	if err != nil {
		return err
	}
	values, err := parameters(r, "program", "since", "until", "cursor", "limit")
	if err != nil {
		return err
	}
	q := report.TimelineQuery{Contact: string(contact), Program: values.Get("program")}
	if q.Since, err = moment(values, "since"); err != nil {
		return err
	}
	if q.Until, err = moment(values, "until"); err != nil {
		return err
	}
	if q.Limit, err = number(values, "limit", usualPage, report.MostEntries); err != nil {
		return err
	}
	if values.Has("cursor") {
		if err := q.After.UnmarshalText([]byte(values.Get("cursor"))); err != nil {
			return badRequest.because(sentence(err))
		}
	}
	page, err := a.Store.Timeline(r.Context(), q)
	if err != nil {
		return err
	}
	return write(w, r, noStore, page)
}

// sentence is an error's text as one.
func sentence(err error) string {
	text := err.Error()
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

// standings is what is answered of a contact's consent.
type standings struct {
	Contact sms.Phone `json:"contact"`
	// At is the moment for which it is the answer; zero: now.
	At       time.Time          `json:"at,omitzero"`
	Programs []consent.Standing `json:"programs"`
}

// consent answers whether a contact may be texted, program by program, and why.
func (a *api) consent(w http.ResponseWriter, r *http.Request) error {
	contact, err := contactOf(r)
	if err != nil {
		return err
	}
	values, err := parameters(r, "program", "at")
	if err != nil {
		return err
	}
	now := a.Now().UTC()
	at, err := moment(values, "at")
	if err != nil {
		return err
	}
	rules, err := a.Rules(r.Context(), now)
	if err != nil {
		return err
	}
	only := values.Get("program")
	if values.Has("program") {
		if _, err := a.lists(r.Context(), rules, only); err != nil {
			return err
		}
	}
	answer := standings{Contact: contact}
	if at.IsZero() {
		answer.Programs, err = a.Store.Standings(r.Context(), contact, namesOf(rules), only)
	} else {
		answer.At = at
		answer.Programs, err = a.Store.StandingsAt(r.Context(), contact, namesOf(rules), only, at, time.Time{})
	}
	if err != nil {
		return err
	}
	return write(w, r, noStore, answer)
}

func namesOf(rules *program.Ruleset) []string {
	names := make([]string, len(rules.Programs))
	for i, p := range rules.Programs {
		names[i] = p.Name
	}
	return names
}

// lists are AWS's opt-out lists that follow a program's consent. A program that is neither in the ruleset nor in the
// ledger is refused: of a name that was mistyped everybody may be texted.
func (a *api) lists(ctx context.Context, rules *program.Ruleset, name string) ([]string, error) {
	if p, ok := rules.Named(name); ok {
		return rules.ListsOf(p), nil
	}
	known, err := a.Store.Programs(ctx)
	if err != nil {
		return nil, err
	}
	if slices.Contains(known, name) {
		return nil, nil // it was taken out of heed.yaml; its people are still known
	}
	all := slices.Concat(namesOf(rules), known, []string{program.DefaultName})
	slices.Sort(all)
	return nil, notFound.because(fmt.Sprintf("There is no program %s: there are %s.", quoted(name), strings.Join(slices.Compact(all), ", ")))
}

// change is the body that sets consent.
type change struct {
	Program string       `json:"program"`
	State   optout.State `json:"state"`
	Reason  string       `json:"reason"`
	SaidAt  *time.Time   `json:"said_at"`
}

// changed is what came of it.
type changed struct {
	// Recorded: it is a new event of the ledger. False: the same was recorded before.
	Recorded bool             `json:"recorded"`
	Before   consent.Standing `json:"before"`
	After    consent.Standing `json:"after"`
}

const mostReason = 2000 // characters

// check says what is wrong with a change.
func (c *change) check(now time.Time) error {
	switch {
	case !slices.Contains([]optout.State{optout.OptedIn, optout.OptedOut, optout.Held}, c.State):
		return badRequest.because("state has to be opted_out, opted_in or held.")
	case c.Program == "" || !plain(c.Program):
		return badRequest.because("program is missing.")
	case reasonFault(c.Reason) != nil:
		return reasonFault(c.Reason)
	case c.SaidAt != nil && c.SaidAt.After(now.Add(time.Minute)):
		return badRequest.because("said_at is in the future: it would outweigh what they say until then.")
	case c.SaidAt != nil && c.SaidAt.Year() < 1990:
		return badRequest.because("said_at is before there were texts.")
	}
	return nil
}

func reasonFault(reason string) error {
	if strings.TrimSpace(reason) == "" || !plain(reason) || len([]rune(reason)) > mostReason {
		return badRequest.because(fmt.Sprintf("reason is missing or has more than %d characters: say why, for whoever asks in years.", mostReason))
	}
	return nil
}

// setConsent records what a contact said by another way than a text.
func (a *api) setConsent(w http.ResponseWriter, r *http.Request) error {
	contact, err := contactOf(r)
	if err != nil {
		return err
	}
	if _, err := parameters(r); err != nil {
		return err
	}
	var c change
	if err := read(r, &c); err != nil {
		return err
	}
	now := a.Now().UTC()
	if err := c.check(now); err != nil {
		return err
	}
	rules, err := a.Rules(r.Context(), now)
	if err != nil {
		return err
	}
	lists, err := a.lists(r.Context(), rules, c.Program)
	if err != nil {
		return err
	}
	saidAt := now.Truncate(time.Microsecond)
	if c.SaidAt != nil {
		saidAt = c.SaidAt.UTC()
	}
	before, err := a.Store.Standings(r.Context(), contact, nil, c.Program)
	if err != nil {
		return err
	}
	recorded, err := a.Store.RecordConsent(r.Context(), []consent.Change{{
		Program: c.Program, Contact: contact, State: c.State, SaidAt: saidAt, Source: "api", Actor: PrincipalOf(r.Context()).Name,
		Evidence: map[string]any{"reason": c.Reason}, Lists: lists,
	}}, now)
	if err != nil {
		return err
	}
	after, err := a.Store.Standings(r.Context(), contact, nil, c.Program)
	if err != nil {
		return err
	}
	return write(w, r, noStore, changed{recorded > 0, before[0], after[0]})
}
