package report

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"time"
	"unicode/utf8"
)

// TimelineQuery is what is asked of the story of one contact. Zero values leave a bound out.
type TimelineQuery struct {
	Contact string // in E.164, as heed keeps it
	Program string
	// Since and Until bound the entries. Until itself is not in.
	Since, Until time.Time
	// After is where the page before ended.
	After Cursor
	// Limit is how many entries are wanted: 1 to MostEntries.
	Limit int
}

// MostEntries is the most a page of a timeline may have.
const MostEntries = 500

// The kinds of entries, in the order in which those of one moment stand, the newest first.
const (
	KindMessage = "message" // something that another application sent
	KindReply   = "reply"   // what heed answered, or decided not to
	KindConsent = "consent" // a change of consent, or a decision of the review queue
	KindText    = "text"    // what the person wrote
)

func kinds() []string { return []string{KindMessage, KindReply, KindConsent, KindText} }

// Timeline is a page of what happened between a person and us, the newest first.
type Timeline struct {
	Contact string          `json:"contact"`
	Entries []TimelineEntry `json:"entries"`
	// Next is where the next page begins; zero on the last.
	Next Cursor `json:"next_cursor,omitzero"`
}

// TimelineEntry is one thing that happened. Exactly the pointer of its kind is set.
type TimelineEntry struct {
	// At is when it happened: for a text and a change of consent when the person spoke, for a decision of the review queue
	// when it was taken, for a reply when it was planned, for a message when AWS was asked to send it.
	At      time.Time `json:"at"`
	Kind    string    `json:"kind"`
	ID      string    `json:"id"` // one of its kind has it
	Program string    `json:"program,omitempty"`

	Text    *TimelineText    `json:"text,omitempty"`
	Reply   *TimelineReply   `json:"reply,omitempty"`
	Message *TimelineMessage `json:"message,omitempty"`
	Consent *TimelineConsent `json:"consent,omitempty"`
}

// Cursor is the entry's place.
func (e *TimelineEntry) Cursor() Cursor { return Cursor{At: e.At, Kind: e.Kind, ID: e.ID} }

// TimelineText is what the person wrote and what heed took it to mean.
type TimelineText struct {
	InboundMessageID string `json:"inbound_message_id"`
	Identity         string `json:"identity"`
	// Body is empty where Removed.
	Body    string `json:"body"`
	Verdict string `json:"verdict"`
	Reason  string `json:"reason"`
	Matched string `json:"matched,omitempty"`
	Rule    string `json:"rule,omitempty"`
	// RulesetVersion is the version of heed.yaml that decided; 0: none was applied yet.
	RulesetVersion int64     `json:"ruleset_version"`
	ReceivedAt     time.Time `json:"received_at"`
	// Removed: retention has removed the words.
	Removed bool `json:"body_removed,omitempty"`
}

// TimelineReply is what heed answered.
type TimelineReply struct {
	Identity string `json:"identity"`
	Purpose  string `json:"purpose,omitempty"` // opt_out, opt_in, help, keyword, unmatched, …
	Rule     string `json:"rule,omitempty"`
	Body     string `json:"body"`
	// State is that of the outbox: planned, claimed, done, failed, expired, unknown, lost. Error is why; "withheld: …"
	// where heed decided not to send it.
	State     string     `json:"state"`
	Error     string     `json:"error,omitempty"`
	SettledAt *time.Time `json:"settled_at,omitempty"`
	MessageID string     `json:"message_id,omitempty"`
	// Delivery is what became of it, as far as AWS has told.
	Delivery *Delivery `json:"delivery,omitempty"`
}

// TimelineMessage is what another application sent. heed does not know its words.
type TimelineMessage struct {
	MessageID string `json:"message_id"`
	Identity  string `json:"identity,omitempty"`
	Campaign  string `json:"campaign,omitempty"`
	Template  string `json:"template,omitempty"`
	Delivery
}

// Delivery is what became of a message.
type Delivery struct {
	Status      string     `json:"status"`
	Final       bool       `json:"is_final"`
	RequestedAt time.Time  `json:"requested_at"`
	AcceptedAt  *time.Time `json:"accepted_at,omitempty"`
	DeliveredAt *time.Time `json:"delivered_at,omitempty"`
	ReadAt      *time.Time `json:"read_at,omitempty"`
	FailedAt    *time.Time `json:"failed_at,omitempty"`
	// FailureReason is AWS's description of the first failure.
	FailureReason string `json:"failure_reason,omitempty"`
	Country       string `json:"country,omitempty"`
	Carrier       string `json:"carrier,omitempty"`
	Parts         int    `json:"parts,omitempty"`
	// Price and CarrierFee are US dollars as AWS wrote them; "" where unknown.
	Price      string `json:"price,omitempty"`
	CarrierFee string `json:"carrier_fee,omitempty"`
}

// TimelineConsent is a change of consent, or a decision of the review queue.
type TimelineConsent struct {
	EventID int64 `json:"event_id"`
	// State is opted_in, opted_out, held, or released: a hold was taken back.
	State  string `json:"state"`
	Source string `json:"source"`
	Reason string `json:"reason,omitempty"`
	Actor  string `json:"actor,omitempty"`
	// InboundMessageID is the text that said it.
	InboundMessageID string    `json:"inbound_message_id,omitempty"`
	RecordedAt       time.Time `json:"recorded_at"`
	// Decides is the held event that this decides.
	Decides int64 `json:"decides_event_id,omitempty"`
}

// Cursor is a place in a timeline: behind one entry. The zero value is before all.
type Cursor struct {
	At   time.Time
	Kind string
	ID   string
}

// IsZero says that it is before all entries.
func (c Cursor) IsZero() bool { return c.Kind == "" }

// Bound says which entries of a kind lie behind the cursor: those of a moment before At, and those of At whose id is less
// than the id returned. all: of At too, whatever their id.
func (c Cursor) Bound(kind string) (id string, all bool) {
	here, there := slices.Index(kinds(), c.Kind), slices.Index(kinds(), kind)
	switch {
	case there == here:
		return c.ID, false
	case there > here:
		return "", true
	}
	return "", false // no id is less than that
}

// errCursor says what to do about a cursor that is none.
var errCursor = errors.New("cursor is none that heed gave: take next_cursor of the page before, as it stands")

const cursorVersion = 1

type cursorText struct {
	Version int    `json:"v"`
	Micros  int64  `json:"t"`
	Kind    string `json:"k"`
	ID      string `json:"i"`
}

// MarshalText makes the opaque word that stands for it.
func (c Cursor) MarshalText() ([]byte, error) {
	b, err := json.Marshal(cursorText{cursorVersion, c.At.UnixMicro(), c.Kind, c.ID})
	return base64.RawURLEncoding.AppendEncode(nil, b), err
}

// UnmarshalText reads the word again.
func (c *Cursor) UnmarshalText(text []byte) error {
	b, err := base64.RawURLEncoding.AppendDecode(nil, text)
	if err != nil || !utf8.Valid(b) {
		return errCursor
	}
	var t cursorText
	if json.Unmarshal(b, &t) != nil || t.Version != cursorVersion || !slices.Contains(kinds(), t.Kind) || slices.Contains([]byte(t.ID), 0) {
		return errCursor
	}
	// The years that Postgres and JSON both know.
	c.At, c.Kind, c.ID = time.UnixMicro(t.Micros).UTC(), t.Kind, t.ID
	if c.At.Year() < 1 || c.At.Year() > 9999 {
		return errCursor
	}
	return nil
}

// Follows says that the place is behind another: older, or of the same moment and behind it by kind and id.
func (c Cursor) Follows(b Cursor) bool {
	if !c.At.Equal(b.At) {
		return c.At.Before(b.At)
	}
	if i, j := slices.Index(kinds(), c.Kind), slices.Index(kinds(), b.Kind); i != j {
		return i > j
	}
	return c.ID < b.ID
}
