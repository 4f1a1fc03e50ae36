// Package dossier is everything that heed knows of one contact, as one document in the order of time: what they wrote
// and what it was taken to mean, how their consent changed and on what evidence, what heed did about it, and what
// became of the messages to them.
//
// The store fills [Known] from one state of the database; [Known.Assemble] makes the [Dossier] of it. What is written
// here is read by people who were not there: every entry has a title and facts in plain words ([Entry.Title],
// [Entry.Facts]), and the rows of the ledger can be checked by hand ([Event.Proven]).
package dossier

import (
	"time"

	"github.com/heedsms/heed/internal/ledger"
	"github.com/heedsms/heed/internal/sms"
)

// Question is what is asked: of whom, and of which part of their story. Zero values leave a bound out.
type Question struct {
	Contact sms.Phone `json:"contact"`
	Program string    `json:"program,omitempty"`
	// Since and Until bound the entries, not the ledger: an answer rests on all of it. Until itself is not in.
	Since time.Time `json:"since,omitzero"`
	Until time.Time `json:"until,omitzero"`
	// At is a moment for which to say whether the contact could be texted.
	At time.Time `json:"at,omitzero"`
	// Limit is how many entries are wanted, the newest; 0: all.
	Limit int `json:"limit,omitempty"`
}

// Known is what the database holds of a contact, all of one moment. The lists may be in any order.
type Known struct {
	// Pseudonym stands for the contact in what is left when they were forgotten; "" while nobody ever was.
	Pseudonym string
	// Anything is known of the contact, inside the bounds of the question or outside.
	Anything bool

	Standings   []Standing
	Texts       []Text
	Events      []Event
	Actions     []Action
	Messages    []Message
	Suspensions []Suspension
	LegalHolds  []LegalHold
	Rulesets    []Ruleset
	Heads       []ledger.Head
}

// Dossier is the document.
type Dossier struct {
	Heed      string    `json:"heed_version"`
	WordList  string    `json:"word_list"` // of the heed that wrote this
	AsOf      time.Time `json:"as_of"`
	Question  Question  `json:"question"`
	Forgotten bool      `json:"forgotten"` // the person was forgotten: what is left of the ledger stands under Pseudonym
	Pseudonym string    `json:"pseudonym,omitempty"`
	// Truncated: only the newest entries are here, Question.Limit of them.
	Truncated bool          `json:"truncated"`
	Standings []Standing    `json:"programs"`
	Rulesets  []Ruleset     `json:"rulesets"`
	Heads     []ledger.Head `json:"chain_heads"`
	// Broken are the ids of ledger rows that no longer match their own fingerprint.
	Broken  []int64 `json:"broken_ledger_rows"`
	Entries []Entry `json:"entries"`
	// Ledger is every row of the ledger that concerns the contact, whatever the bounds of the question.
	Ledger []Event `json:"-"`
}

// Answer says whether a contact may be texted for a program, in the words of heed.can_send.
type Answer struct {
	Allowed bool       `json:"allowed"`
	Reason  string     `json:"reason"`
	Since   *time.Time `json:"since,omitempty"`
	EventID *int64     `json:"event_id,omitempty"`
}

// Standing is how a contact stands in one program.
type Standing struct {
	Program string `json:"program"`
	// Now is the answer as of the document, Then as of Question.At by what they had said by then, KnownThen by as much
	// of it as heed had recorded at that time.
	Now       Answer  `json:"now"`
	Then      *Answer `json:"then,omitempty"`
	KnownThen *Answer `json:"known_then,omitempty"`
	// Register is nil where nothing was ever said.
	Register *Register `json:"register,omitempty"`
}

// Late says that heed did not know yet, at Question.At, what decides now about that moment.
func (s *Standing) Late() bool {
	return s.Then != nil && s.KnownThen != nil && s.Then.Reason != s.KnownThen.Reason
}

// Register is a row of the register: what the person last said of each, and whether AWS's opt-out list agrees.
type Register struct {
	State          string     `json:"state"`
	Since          time.Time  `json:"since"`
	OptedInAt      *time.Time `json:"opted_in_at,omitempty"`
	OptedOutAt     *time.Time `json:"opted_out_at,omitempty"`
	HeldAt         *time.Time `json:"held_at,omitempty"`
	AWSState       string     `json:"aws_state"`
	AWSLockedUntil *time.Time `json:"aws_locked_until,omitempty"`
}

// Ruleset is a version of heed.yaml that decided something here, or the one in force.
type Ruleset struct {
	Version   int64     `json:"version"`
	SHA256    string    `json:"sha256"`
	AppliedAt time.Time `json:"applied_at"`
	AppliedBy string    `json:"applied_by"`
	Document  string    `json:"-"`
}
