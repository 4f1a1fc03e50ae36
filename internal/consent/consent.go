// Package consent is the vocabulary in which a contact's consent is asked for and changed: by the command line, by the
// HTTP API and by the page. The register itself is in [optout], what it does in Postgres in the store.
package consent

import (
	"errors"
	"time"

	"github.com/heedsms/heed/internal/optout"
	"github.com/heedsms/heed/internal/sms"
)

// Change is one change of consent that no text made.
type Change struct {
	Program string
	Contact sms.Phone
	State   optout.State // OptedIn, OptedOut or Held
	// SaidAt is when it was said: changes are ordered by it, not by when they are recorded.
	SaidAt time.Time
	// Source is where it comes from: operator, api, aws or send_refused.
	Source string
	Actor  string
	// Evidence is kept with it for ever. What can be written as JSON.
	Evidence map[string]any
	// Lists are the opt-out lists of AWS that have to follow.
	Lists []string
}

// Standing is what the register says of a contact in a program, and whether they may be texted for it.
type Standing struct {
	Program string     `json:"program"`
	State   string     `json:"state"` // opted_in, opted_out, held, or "" where nothing is known
	Since   *time.Time `json:"since,omitempty"`
	EventID *int64     `json:"event_id,omitempty"`
	// AWS says whether AWS's opt-out lists agree: in_sync, pending, or locked until a date.
	AWS            string     `json:"aws_state,omitempty"`
	AWSLockedUntil *time.Time `json:"aws_locked_until,omitempty"`
	Allowed        bool       `json:"allowed"`
	Reason         string     `json:"reason"`
}

// Question is a text of which only a person can say whether it asks to stop: an unclear one, which holds until it is
// decided.
type Question struct {
	ID      int64     `json:"id"` // of the consent event
	Program string    `json:"program"`
	Contact string    `json:"contact"`
	SaidAt  time.Time `json:"said_at"`
	Text    string    `json:"text"`
	Reason  string    `json:"reason"`
	Matched string    `json:"matched,omitempty"`
	// Standing is what the register says of the contact now.
	Standing string `json:"state"`
	// The decision that counts: opt_out, none, or "" while it is open.
	Decision  string     `json:"decision,omitempty"`
	Why       string     `json:"decision_reason,omitempty"`
	DecidedBy string     `json:"decided_by,omitempty"`
	DecidedAt *time.Time `json:"decided_at,omitempty"`
	// DecisionID is the consent event of the decision.
	DecisionID int64 `json:"decision_id,omitempty"`
}

// Queue is what is asked of the review queue.
type Queue struct {
	Program string // "": all
	// Decided asks for what was decided, the newest decision first; else for what is open, the longest waiting first.
	Decided bool
	// After is the place of the last question that is known already; 0: from the beginning.
	After int64
	Limit int
}

// Place is where a question stands in a part of the queue. What is decided or taken back meanwhile moves nobody else.
func (q Queue) Place(of Question) int64 {
	if q.Decided {
		return of.DecisionID
	}
	return of.ID
}

// Decision is what somebody makes of a text of the review queue.
type Decision struct {
	ID int64
	// As is opt_out (it was a request to stop), none (it was not), or undo (it is open again).
	As     string
	Reason string
	Actor  string
	// Lists are the opt-out lists of AWS that have to follow.
	Lists []string
}

// State is the word in which a decision stands in the ledger.
func (d Decision) State() string {
	return map[string]string{"opt_out": "opted_out", "none": "released", "undo": "held"}[d.As]
}

// ErrNoQuestion says that no event of that id waits, or ever waited, for a decision.
var ErrNoQuestion = errors.New("no text of the review queue has this id")
