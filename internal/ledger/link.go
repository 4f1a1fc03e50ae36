// Package ledger proves the record of consent: each event carries the fingerprint of the one before it in its program,
// so that an event that was edited, removed or slipped in shows. It recomputes by code of its own what the database's
// functions heed.consent_sealed and heed.consent_public computed when the event was written.
//
// The fingerprint has two parts, so that a person can be forgotten and the chain still holds: what is private (who, in
// which words) is sealed under a salt that is never seen, and what remains of a forgotten event is the seal.
package ledger

import (
	"crypto/sha256"
	"strconv"
	"time"
)

// Link is one consent event as it stands in the ledger.
type Link struct {
	ID, Seq int64
	Program string
	State   string
	SaidAt  time.Time
	// RecordedAt is when heed learnt of it.
	RecordedAt time.Time
	Source     string
	OfEvent    *int64 // the held event that a decision is about

	// The private part. Salt is the text of a UUID, Evidence a JSON document as Postgres writes jsonb.
	Salt             *string
	Contact          string
	InboundMessageID *string
	Actor            *string
	Evidence         string
	// Forgotten: the private part was removed, and Sealed is what is left of it.
	Forgotten bool

	Sealed, Hash []byte
}

// Private is what is sealed: the parts behind a salt, each text with its length, so that none can run into the next.
func (l *Link) Private() []byte {
	b := make([]byte, 0, 256+len(l.Evidence))
	b = append(b, "heed1|"...)
	if l.Salt != nil {
		b = append(b, *l.Salt...)
	}
	b = netstring(append(b, '|'), &l.Contact)
	b = netstring(append(b, '|'), l.InboundMessageID)
	b = netstring(append(b, '|'), l.Actor)
	return append(append(b, '|'), l.Evidence...)
}

// Seal is the fingerprint of the private part.
func (l *Link) Seal() []byte {
	sum := sha256.Sum256(l.Private())
	return sum[:]
}

// Public is what stays when the person is forgotten.
func (l *Link) Public() []byte {
	b := append(make([]byte, 0, 256), "heed1|"...)
	b = append(strconv.AppendInt(b, l.ID, 10), '|')
	b = append(strconv.AppendInt(b, l.Seq, 10), '|')
	b = append(netstring(b, &l.Program), '|')
	b = append(append(b, l.State...), '|')
	b = append(strconv.AppendInt(b, l.SaidAt.UnixMicro(), 10), '|')
	b = append(strconv.AppendInt(b, l.RecordedAt.UnixMicro(), 10), '|')
	b = append(append(b, l.Source...), '|')
	if l.OfEvent == nil {
		b = append(b, '-')
	} else {
		b = strconv.AppendInt(b, *l.OfEvent, 10)
	}
	return append(b, '|')
}

// Chain is the fingerprint of the event and of all that stand before it: sha256 of the hash before it (nothing for the
// first), the public part and the seal.
func (l *Link) Chain(before []byte) []byte {
	h := sha256.New()
	h.Write(before)
	h.Write(l.Public())
	h.Write(l.Sealed)
	return h.Sum(nil)
}

func netstring(to []byte, s *string) []byte {
	if s == nil {
		return append(to, '-')
	}
	return append(append(strconv.AppendInt(to, int64(len(*s)), 10), ':'), *s...)
}
