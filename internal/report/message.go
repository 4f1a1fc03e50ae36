package report

import (
	"encoding/json"
	"errors"
	"time"
)

// ErrNoMessage says that nothing is known of a message: no event of it came and no reply of heed became it, or it is older
// than messages are kept.
var ErrNoMessage = errors.New("no such message")

// Message is the life of one outbound message, as AWS's delivery events tell it.
type Message struct {
	// ID is AWS's, opaque. That of a reply which AWS refused is heed's own.
	ID string `json:"message_id"`
	// RequestedAt is when AWS was asked to send it; of a reply of which no event has come, when AWS took it.
	RequestedAt time.Time `json:"requested_at"`
	Contact     string    `json:"contact,omitempty"` // empty also where the person was forgotten
	Identity    string    `json:"identity,omitempty"`
	Program     string    `json:"program,omitempty"`
	// Campaign, Tenant and Template are values of the Context, by the keys that heed.yaml named when its events came.
	Campaign string `json:"campaign,omitempty"`
	Tenant   string `json:"tenant,omitempty"`
	Template string `json:"template,omitempty"`

	// Status is heed's word, AWSStatus and EventType are AWS's for the same.
	Status    string    `json:"status"`
	StatusAt  time.Time `json:"status_at"`
	AWSStatus string    `json:"aws_status,omitempty"`
	EventType string    `json:"event_type,omitempty"`
	Final     bool      `json:"is_final"`
	// AcceptedAt is when a carrier took it, DeliveredAt when the handset had it, FailedAt when it first failed.
	AcceptedAt    *time.Time `json:"accepted_at,omitempty"`
	DeliveredAt   *time.Time `json:"delivered_at,omitempty"`
	ReadAt        *time.Time `json:"read_at,omitempty"`
	FailedAt      *time.Time `json:"failed_at,omitempty"`
	FailureStatus string     `json:"failure_status,omitempty"`
	FailureReason string     `json:"failure_reason,omitempty"`
	// NoReceiptAt is when heed gave up waiting for a last word, which may have come after all.
	NoReceiptAt *time.Time `json:"no_receipt_at,omitempty"`

	Parts int `json:"parts,omitempty"`
	// Price and CarrierFee are US dollars as AWS wrote them; "" where unknown.
	Price       string            `json:"price,omitempty"`
	CarrierFee  string            `json:"carrier_fee,omitempty"`
	Country     string            `json:"country,omitempty"`
	MCC         string            `json:"mcc,omitempty"`
	MNC         string            `json:"mnc,omitempty"`
	Carrier     string            `json:"carrier,omitempty"`
	Encoding    string            `json:"encoding,omitempty"`
	MessageType string            `json:"message_type,omitempty"`
	Context     map[string]string `json:"context,omitempty"`
	// UpdatedAt is when heed last learned something of it.
	UpdatedAt time.Time `json:"updated_at"`

	// Events are what AWS told, in the order in which it happened. It is empty where AWS refused the send, or where no
	// event of a reply has come yet.
	Events []MessageEvent `json:"events"`
	// Reply is set where heed sent it.
	Reply *MessageReply `json:"reply,omitempty"`
	// Earlier are others of the same id, the newest first: AWS does not promise that there are none.
	Earlier []*Message `json:"earlier,omitempty"`
}

// MessageEvent is one delivery event.
type MessageEvent struct {
	OccurredAt time.Time `json:"occurred_at"`
	ReceivedAt time.Time `json:"received_at"`
	// Lag is how long it took from AWS to the database, in seconds.
	Lag         float64         `json:"lag_seconds"`
	Type        string          `json:"event_type"`
	AWSStatus   string          `json:"aws_status"`
	Status      string          `json:"status"`
	Final       bool            `json:"is_final"`
	Description string          `json:"description,omitempty"`
	Parts       int             `json:"parts,omitempty"`
	Price       string          `json:"price,omitempty"`
	CarrierFee  string          `json:"carrier_fee,omitempty"`
	Country     string          `json:"country,omitempty"`
	MCC         string          `json:"mcc,omitempty"`
	MNC         string          `json:"mnc,omitempty"`
	Carrier     string          `json:"carrier,omitempty"`
	Extra       json.RawMessage `json:"extra,omitempty"` // what AWS said besides
}

// MessageReply is what heed knows of a reply of its own. Of one whose row is gone (retention, erasure), what its Context
// carried is left.
type MessageReply struct {
	OutboxID string `json:"outbox_id"`
	Purpose  string `json:"purpose,omitempty"`
	Rule     string `json:"rule,omitempty"`
	Body     string `json:"body,omitempty"`
	// State is that of the outbox, Error why it is not done.
	State     string     `json:"state,omitempty"`
	Error     string     `json:"error,omitempty"`
	PlannedAt *time.Time `json:"planned_at,omitempty"`
	SettledAt *time.Time `json:"settled_at,omitempty"`
	// Answers is the text that it answers.
	Answers *AnsweredText `json:"answers,omitempty"`
}

// AnsweredText is the text that a reply answers. All but the id is empty where the text is gone.
type AnsweredText struct {
	Identity         string     `json:"identity,omitempty"`
	InboundMessageID string     `json:"inbound_message_id"`
	SaidAt           *time.Time `json:"said_at,omitempty"`
	Verdict          string     `json:"verdict,omitempty"`
	Reason           string     `json:"reason,omitempty"`
	Body             string     `json:"body,omitempty"`
}

// WithoutWords takes out what the person wrote and what heed answered.
func (m *Message) WithoutWords() {
	for _, x := range append([]*Message{m}, m.Earlier...) {
		if x.Reply == nil {
			continue
		}
		x.Reply.Body = ""
		if x.Reply.Answers != nil {
			x.Reply.Answers.Body = ""
		}
	}
}
