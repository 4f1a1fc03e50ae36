package dossier

import (
	"encoding/json"
	"time"

	"github.com/heedsms/heed/internal/optout"
)

// Entry is one thing that happened. Exactly one of the pointers is set.
type Entry struct {
	// At is when it happened: for a text and a change of consent when the person spoke, for a decision of the review
	// queue when it was taken, for an action when it was planned, for a message when it was asked for.
	At time.Time `json:"at"`
	// Recorded is when heed came to know of it.
	Recorded time.Time `json:"recorded_at"`
	Kind     string    `json:"kind"` // text, consent, action, message, suspension, suspension_lifted, legal_hold, legal_hold_lifted
	Program  string    `json:"program,omitempty"`

	Text       *Text       `json:"text,omitempty"`
	Event      *Event      `json:"consent,omitempty"`
	Action     *Action     `json:"action,omitempty"`
	Message    *Message    `json:"message,omitempty"`
	Suspension *Suspension `json:"suspension,omitempty"`
	LegalHold  *LegalHold  `json:"legal_hold,omitempty"`
}

// Text is what the person sent, as it was recorded.
type Text struct {
	Identity          string    `json:"identity"`
	ID                string    `json:"inbound_message_id"`
	Variant           string    `json:"variant"`
	Contact           string    `json:"contact"`
	Program           string    `json:"program"`
	Body              string    `json:"body"`
	Verdict           string    `json:"verdict"`
	Reason            string    `json:"reason"`
	Matched           string    `json:"matched,omitempty"`
	Rule              string    `json:"rule,omitempty"`
	Args              []string  `json:"args,omitempty"`
	Observed          []string  `json:"observed,omitempty"`
	RulesetVersion    int64     `json:"ruleset_version"`
	SaidAt            time.Time `json:"said_at"`
	ReceivedAt        time.Time `json:"received_at"`
	PreviousMessageID string    `json:"previous_message_id,omitempty"`
	AWSKeyword        string    `json:"aws_keyword,omitempty"`
	Payload           string    `json:"payload,omitempty"` // as AWS sent it
	// Reading is how the text reads under the ruleset version that decided it; nil where it cannot be read again.
	Reading *Reading `json:"reading,omitempty"`
}

// Removed says that retention has removed the person's words.
func (t *Text) Removed() bool { return t.Body == "" && t.Payload == "" }

// Reading is a text read again, today, under the ruleset version that decided it.
type Reading struct {
	WordList string        `json:"word_list"`
	Verdict  string        `json:"verdict"`
	Reason   string        `json:"reason"`
	Matched  string        `json:"matched,omitempty"`
	Tier     int           `json:"tier,omitempty"`
	Keyword  string        `json:"keyword,omitempty"` // the listed word, or the keyword of the rule
	Sources  []string      `json:"sources,omitempty"`
	Cleaned  string        `json:"cleaned"`
	Steps    []optout.Step `json:"steps,omitempty"`
	// Differs: it reads otherwise than it was decided. Heed's word lists have changed since.
	Differs bool `json:"differs"`
}

// Event is one row of the ledger.
type Event struct {
	ID               int64           `json:"id"`
	Program          string          `json:"program"`
	Contact          string          `json:"contact"` // or what stands for it, where the person was forgotten
	State            string          `json:"state"`
	SaidAt           time.Time       `json:"said_at"`
	RecordedAt       time.Time       `json:"recorded_at"`
	Source           string          `json:"source"`
	InboundMessageID *string         `json:"inbound_message_id"`
	Actor            *string         `json:"actor"`
	Evidence         json.RawMessage `json:"evidence"`
	OfEvent          *int64          `json:"of_event"`
	ForgottenAt      *time.Time      `json:"forgotten_at"`
	Chain            Chain           `json:"chain"`
	// Decides is when the person said the held words that this event decides.
	Decides *time.Time `json:"decides_held_at,omitempty"`
}

// RulesetVersion is the version of heed.yaml that decided, as the evidence has it; 0 where none did.
func (e *Event) RulesetVersion() int64 { return e.proof().RulesetVersion }

// proof is what heed itself writes into the evidence of a text. Others write other things.
type proof struct {
	Text           string   `json:"text"`
	Verdict        string   `json:"verdict"`
	Reason         string   `json:"reason"`
	Matched        string   `json:"matched"`
	Sources        []string `json:"sources"`
	Rule           string   `json:"rule"`
	RulesetVersion int64    `json:"ruleset_version"`
	WordList       string   `json:"word_list"`
	Identity       string   `json:"identity"`
}

// proof is empty where the evidence is of another shape.
func (e *Event) proof() proof {
	var p proof
	if json.Unmarshal(e.Evidence, &p) != nil {
		return proof{}
	}
	return p
}

// Action is something heed promised, and how it ended.
type Action struct {
	ID           string     `json:"id"`
	Chain        string     `json:"chain"`
	Seq          int        `json:"seq"`
	Kind         string     `json:"kind"`
	Program      string     `json:"program"`
	Identity     string     `json:"identity,omitempty"`
	List         string     `json:"opt_out_list,omitempty"`
	Purpose      string     `json:"purpose,omitempty"`
	Rule         string     `json:"rule,omitempty"`
	Body         string     `json:"body,omitempty"`
	State        string     `json:"state"`
	Error        string     `json:"error,omitempty"`
	Attempts     int        `json:"attempts"`
	AWSMessageID string     `json:"aws_message_id,omitempty"`
	SaidAt       time.Time  `json:"said_at"`
	CreatedAt    time.Time  `json:"created_at"`
	NotBefore    time.Time  `json:"not_before"`
	ExpiresAt    *time.Time `json:"expires_at,omitempty"`
	SettledAt    *time.Time `json:"settled_at,omitempty"`
	// Delivery is how far the reply came, as its message tells; "" when no event came.
	Delivery string `json:"delivery,omitempty"`
}

// Message is one message to the contact, of heed or of another application, as AWS told of it.
type Message struct {
	ID            string            `json:"message_id"`
	RequestedAt   time.Time         `json:"requested_at"`
	Identity      string            `json:"identity,omitempty"`
	Program       string            `json:"program,omitempty"`
	Status        string            `json:"status"`
	StatusAt      time.Time         `json:"status_at"`
	AWSStatus     string            `json:"aws_status"`
	Final         bool              `json:"is_final"`
	AcceptedAt    *time.Time        `json:"accepted_at,omitempty"`
	DeliveredAt   *time.Time        `json:"delivered_at,omitempty"`
	ReadAt        *time.Time        `json:"read_at,omitempty"`
	FailedAt      *time.Time        `json:"failed_at,omitempty"`
	FailureStatus string            `json:"failure_status,omitempty"`
	FailureReason string            `json:"failure_reason,omitempty"`
	Parts         int               `json:"parts,omitempty"`
	Price         string            `json:"price,omitempty"` // US dollars
	CarrierFee    string            `json:"carrier_fee,omitempty"`
	Country       string            `json:"country,omitempty"`
	Carrier       string            `json:"carrier,omitempty"`
	MessageType   string            `json:"message_type,omitempty"`
	Context       map[string]string `json:"context,omitempty"`
	// OutboxID is the reply of heed that it is, by its own account; "" for messages of other applications.
	OutboxID  string    `json:"outbox_id,omitempty"`
	UpdatedAt time.Time `json:"updated_at"` // when the last of its events came
	Receipts  []Receipt `json:"events"`
	// Answers is the id of heed's action that this message was; "" for messages of other applications.
	Answers string `json:"action_id,omitempty"`
}

// Receipt is one delivery event.
type Receipt struct {
	At          time.Time `json:"occurred_at"`
	Type        string    `json:"event_type"`
	AWSStatus   string    `json:"aws_status"`
	Status      string    `json:"status"`
	Final       bool      `json:"is_final"`
	Description string    `json:"description,omitempty"`
	Price       string    `json:"price,omitempty"`
	Country     string    `json:"country,omitempty"`
	Carrier     string    `json:"carrier,omitempty"`
	ReceivedAt  time.Time `json:"received_at"`
}

// Suspension is a time in which nothing is sent, because AWS said that the number does not exist.
type Suspension struct {
	ID        int64           `json:"id"`
	Reason    string          `json:"reason"`
	Since     time.Time       `json:"since"`
	MessageID string          `json:"message_id"`
	Evidence  json.RawMessage `json:"evidence"`
	LiftedAt  *time.Time      `json:"lifted_at,omitempty"`
	LiftedBy  string          `json:"lifted_by,omitempty"`
}

// LegalHold is a time in which no retention removes what is known of the contact.
type LegalHold struct {
	ID       int64      `json:"id"`
	Reason   string     `json:"reason"`
	PlacedAt time.Time  `json:"placed_at"`
	PlacedBy string     `json:"placed_by"`
	LiftedAt *time.Time `json:"lifted_at,omitempty"`
	LiftedBy string     `json:"lifted_by,omitempty"`
}
