package store

import (
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/heedsms/heed/internal/dossier"
	"github.com/heedsms/heed/internal/ledger"
)

// into collects all rows in a slice.
func into[T any](all *[]T, scan pgx.RowToFunc[T]) func(pgx.Rows) error {
	return func(rows pgx.Rows) (err error) {
		*all, err = pgx.CollectRows(rows, scan)
		return err
	}
}

// utc brings times, those that are known, to the zone of all documents.
func utc(times ...*time.Time) {
	for _, t := range times {
		if t != nil {
			*t = t.UTC()
		}
	}
}

func scanText(row pgx.CollectableRow) (t dossier.Text, err error) {
	err = row.Scan(&t.Identity, &t.ID, &t.Variant, &t.Contact, &t.Program, &t.Body, &t.Verdict, &t.Reason, &t.Matched, &t.Rule, &t.Args,
		&t.Observed, &t.RulesetVersion, &t.SaidAt, &t.ReceivedAt, &t.PreviousMessageID, &t.AWSKeyword, &t.Payload)
	utc(&t.SaidAt, &t.ReceivedAt)
	return t, err
}

func scanPastAction(row pgx.CollectableRow) (a dossier.Action, err error) {
	err = row.Scan(&a.ID, &a.Chain, &a.Seq, &a.Kind, &a.Program, &a.Identity, &a.List, &a.Purpose, &a.Rule, &a.Body, &a.State, &a.Error,
		&a.Attempts, &a.AWSMessageID, &a.SaidAt, &a.CreatedAt, &a.NotBefore, &a.ExpiresAt, &a.SettledAt)
	utc(&a.SaidAt, &a.CreatedAt, &a.NotBefore, a.ExpiresAt, a.SettledAt)
	return a, err
}

func scanMessage(row pgx.CollectableRow) (m dossier.Message, err error) {
	err = row.Scan(&m.ID, &m.RequestedAt, &m.Identity, &m.Program, &m.Status, &m.StatusAt, &m.AWSStatus, &m.Final, &m.AcceptedAt,
		&m.DeliveredAt, &m.ReadAt, &m.FailedAt, &m.FailureStatus, &m.FailureReason, &m.Parts, &m.Price, &m.CarrierFee, &m.Country, &m.Carrier,
		&m.MessageType, &m.Context, &m.OutboxID, &m.UpdatedAt)
	utc(&m.RequestedAt, &m.UpdatedAt, &m.StatusAt, m.AcceptedAt, m.DeliveredAt, m.ReadAt, m.FailedAt)
	return m, err
}

// scanEvent keeps the evidence as Postgres writes it: so it went into the fingerprint.
func scanEvent(row pgx.CollectableRow) (e dossier.Event, err error) {
	var evidence string
	err = row.Scan(&e.ID, &e.Program, &e.Contact, &e.State, &e.SaidAt, &e.RecordedAt, &e.Source, &e.InboundMessageID, &e.Actor, &evidence,
		&e.OfEvent, &e.ForgottenAt, &e.Chain.Seq, (*[]byte)(&e.Chain.Previous), &e.Chain.Salt,
		(*[]byte)(&e.Chain.Sealed), (*[]byte)(&e.Chain.Hash))
	e.Evidence = json.RawMessage(evidence)
	utc(&e.SaidAt, &e.RecordedAt, e.ForgottenAt)
	return e, err
}

func scanHead(row pgx.CollectableRow) (h ledger.Head, err error) {
	err = row.Scan(&h.Program, &h.Seq, (*[]byte)(&h.Hash))
	return h, err
}

func scanSuspension(row pgx.CollectableRow) (s dossier.Suspension, err error) {
	var evidence string
	err = row.Scan(&s.ID, &s.Reason, &s.Since, &s.MessageID, &evidence, &s.LiftedAt, &s.LiftedBy)
	s.Evidence = json.RawMessage(evidence)
	utc(&s.Since, s.LiftedAt)
	return s, err
}

func scanLegalHold(row pgx.CollectableRow) (h dossier.LegalHold, err error) {
	err = row.Scan(&h.ID, &h.Reason, &h.PlacedAt, &h.PlacedBy, &h.LiftedAt, &h.LiftedBy)
	utc(&h.PlacedAt, h.LiftedAt)
	return h, err
}

func scanRuleset(row pgx.CollectableRow) (r dossier.Ruleset, err error) {
	err = row.Scan(&r.Version, &r.SHA256, &r.AppliedAt, &r.AppliedBy, &r.Document)
	utc(&r.AppliedAt)
	return r, err
}

func scanStanding(row pgx.CollectableRow) (s dossier.Standing, err error) {
	var then, known answer
	var state, aws *string
	var since *time.Time
	var r dossier.Register
	err = row.Scan(&s.Program, &s.Now.Allowed, &s.Now.Reason, &s.Now.Since, &s.Now.EventID,
		&then.allowed, &then.reason, &then.since, &then.event, &known.allowed, &known.reason, &known.since, &known.event,
		&state, &since, &r.OptedInAt, &r.OptedOutAt, &r.HeldAt, &aws, &r.AWSLockedUntil)
	if err != nil {
		return s, err
	}
	utc(s.Now.Since, then.since, known.since, since, r.OptedInAt, r.OptedOutAt, r.HeldAt, r.AWSLockedUntil)
	s.Then, s.KnownThen = then.given(), known.given()
	if state != nil {
		r.State, r.Since, r.AWSState = *state, *since, *aws
		s.Register = &r
	}
	return s, nil
}

// answer is one that may not have been asked for.
type answer struct {
	allowed *bool
	reason  *string
	since   *time.Time
	event   *int64
}

func (a answer) given() *dossier.Answer {
	if a.allowed == nil {
		return nil
	}
	return &dossier.Answer{Allowed: *a.allowed, Reason: *a.reason, Since: a.since, EventID: a.event}
}
