package dossier

import (
	"bytes"

	"github.com/heedsms/heed/internal/ledger"
)

// Chain is what makes a row of the ledger a link of its program's chain.
type Chain struct {
	Seq int64 `json:"seq"`
	// Previous is the hash of the row before it in the program; empty for the first.
	Previous ledger.Hex `json:"previous_hash"`
	// Salt is nil where the person was forgotten: the private part is gone, its seal is left.
	Salt   *string    `json:"salt"`
	Sealed ledger.Hex `json:"sealed"`
	Hash   ledger.Hex `json:"hash"`
}

// Link is the row as the ledger's own package has it.
func (e *Event) Link() *ledger.Link {
	return &ledger.Link{
		ID: e.ID, Seq: e.Chain.Seq, Program: e.Program, State: e.State, SaidAt: e.SaidAt, RecordedAt: e.RecordedAt, Source: e.Source,
		OfEvent: e.OfEvent, Salt: e.Chain.Salt, Contact: e.Contact, InboundMessageID: e.InboundMessageID, Actor: e.Actor,
		Evidence: string(e.Evidence), Forgotten: e.ForgottenAt != nil, Sealed: e.Chain.Sealed, Hash: e.Chain.Hash,
	}
}

// Proven says whether a row matches its own fingerprints, so that nothing in it was changed since it was written.
// Whether a row is missing only the whole chain can tell (heed consent verify).
func (e *Event) Proven() bool {
	l := e.Link()
	return (l.Forgotten || bytes.Equal(l.Seal(), l.Sealed)) && bytes.Equal(l.Chain(e.Chain.Previous), l.Hash)
}
