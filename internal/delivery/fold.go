// Package delivery keeps what AWS tells of outbound messages: it folds delivery events into one state a message.
//
// The fold is a join: every column has a merge that is commutative, associative and idempotent, so any order, any
// duplication and any split into batches ends in the same rows. SQL merges the batch's states into the table by the
// same rules (internal/store).
package delivery

import (
	"cmp"
	"time"
	"unicode/utf8"

	"github.com/heedsms/heed/internal/sms"
)

// Key is what identifies a message.
type Key struct {
	MessageID   string
	RequestedAt time.Time
}

// State is all that is known of one message. Zero times and empty texts mean that nothing is known.
type State struct {
	Key

	// The winning word: the highest rank, of equal ranks the latest event, of equal times the greater words.
	Status    sms.Status
	Rank      sms.Rank
	StatusAt  time.Time
	AWSStatus string
	EventType string

	Final bool
	// The earliest time of each.
	AcceptedAt, DeliveredAt, ReadAt time.Time
	// The first failure, whatever came later.
	FailedAt                     time.Time
	FailureStatus, FailureReason string

	// The greatest of each: events early in a message's life carry zero prices, RCS read receipts do so late.
	Parts             int
	Price, CarrierFee sms.Decimal

	// What describes the message is the same in all its events, RCS falling back to SMS aside. The greater text
	// wins: arbitrary, but the same everywhere.
	Contact               sms.Phone
	Identity              sms.Identity
	Program               string
	Country, MCC, MNC     string
	Carrier               string
	Encoding, MessageType string
	Context               map[string]string
	// What reports count by, out of the Context.
	Campaign, Tenant, Template string
	// OutboxID is the reply of heed that this is; "" when somebody else sent it.
	OutboxID string
}

// ReportKeys are the keys of a send's Context whose values reports count by. An empty one is the column's own name.
type ReportKeys struct{ Campaign, Tenant, Template string }

// longestLabel is how much is kept of what reports count by, in bytes. AWS takes 800 characters; the whole value stays in
// the Context.
const longestLabel = 256

// label is the value of a key, or of a default one, cut to what is kept.
func label(context map[string]string, key, otherwise string) string {
	v := context[cmp.Or(key, otherwise)]
	if len(v) <= longestLabel {
		return v
	}
	n := longestLabel
	for !utf8.RuneStart(v[n]) {
		n--
	}
	return v[:n]
}

// Of is what one event says of its message. The program is the one that heed sent it for, else the one that the
// identity belongs to.
func Of(e *sms.Event, program string, keys ReportKeys) State {
	if p := e.Context[sms.ContextProgram]; p != "" {
		program = p
	}
	s := State{
		Key:    Key{MessageID: e.MessageID, RequestedAt: e.RequestedAt},
		Status: e.Status, Rank: e.Rank, StatusAt: e.OccurredAt, AWSStatus: e.AWSStatus, EventType: e.Type,
		Final: e.Final,
		Parts: e.Parts, Price: e.Price, CarrierFee: e.CarrierFee,
		Contact: e.Contact, Identity: e.Identity, Program: program,
		Country: e.Country, MCC: e.MCC, MNC: e.MNC, Carrier: e.Carrier,
		Encoding: e.Encoding, MessageType: e.MessageType, Context: e.Context,
		OutboxID: e.OutboxID(),
	}
	if len(e.Context) > 0 {
		s.Campaign = label(e.Context, keys.Campaign, "campaign")
		s.Tenant = label(e.Context, keys.Tenant, "tenant")
		s.Template = label(e.Context, keys.Template, "template")
	}
	switch {
	case e.Status == sms.StatusAccepted:
		s.AcceptedAt = e.OccurredAt
	case e.Status == sms.StatusDelivered:
		s.DeliveredAt = e.OccurredAt
	case e.Status == sms.StatusRead:
		s.ReadAt = e.OccurredAt
	case e.Status.Failed():
		s.FailedAt, s.FailureStatus, s.FailureReason = e.OccurredAt, e.AWSStatus, e.Description
		if s.FailureStatus == "" {
			s.FailureStatus = e.Type
		}
	}
	return s
}

// Join merges what is known from elsewhere of the same message.
func (s *State) Join(o State) {
	if s.olderWord(o) {
		s.Status, s.Rank, s.StatusAt, s.AWSStatus, s.EventType = o.Status, o.Rank, o.StatusAt, o.AWSStatus, o.EventType
	}
	s.Final = s.Final || o.Final
	s.AcceptedAt = earlier(s.AcceptedAt, o.AcceptedAt)
	s.DeliveredAt = earlier(s.DeliveredAt, o.DeliveredAt)
	s.ReadAt = earlier(s.ReadAt, o.ReadAt)
	if s.laterFailure(o) {
		s.FailedAt, s.FailureStatus, s.FailureReason = o.FailedAt, o.FailureStatus, o.FailureReason
	}
	s.Parts = max(s.Parts, o.Parts)
	if s.Price == "" || o.Price.Compare(s.Price) > 0 {
		s.Price = o.Price
	}
	if s.CarrierFee == "" || o.CarrierFee.Compare(s.CarrierFee) > 0 {
		s.CarrierFee = o.CarrierFee
	}
	s.Contact = max(s.Contact, o.Contact)
	s.Identity = max(s.Identity, o.Identity)
	s.Program = max(s.Program, o.Program)
	s.Country = max(s.Country, o.Country)
	s.MCC = max(s.MCC, o.MCC)
	s.MNC = max(s.MNC, o.MNC)
	s.Carrier = max(s.Carrier, o.Carrier)
	s.Encoding = max(s.Encoding, o.Encoding)
	s.MessageType = max(s.MessageType, o.MessageType)
	s.Context = joinContext(s.Context, o.Context)
	s.Campaign = max(s.Campaign, o.Campaign)
	s.Tenant = max(s.Tenant, o.Tenant)
	s.Template = max(s.Template, o.Template)
	s.OutboxID = max(s.OutboxID, o.OutboxID)
}

func (s *State) olderWord(o State) bool {
	return cmp.Or(
		cmp.Compare(s.Rank, o.Rank),
		s.StatusAt.Compare(o.StatusAt),
		cmp.Compare(s.AWSStatus, o.AWSStatus),
		cmp.Compare(s.EventType, o.EventType),
		cmp.Compare(s.Status, o.Status),
	) < 0
}

func (s *State) laterFailure(o State) bool {
	if o.FailedAt.IsZero() || s.FailedAt.IsZero() {
		return s.FailedAt.IsZero() && !o.FailedAt.IsZero()
	}
	return cmp.Or(
		s.FailedAt.Compare(o.FailedAt),
		cmp.Compare(s.FailureStatus, o.FailureStatus),
		cmp.Compare(s.FailureReason, o.FailureReason),
	) > 0
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}

// joinContext keeps every key of either, of two values the greater. It copies before it writes: the maps belong to
// the events.
func joinContext(a, b map[string]string) map[string]string {
	same := true
	for k, v := range b {
		if w, ok := a[k]; !ok || w < v {
			same = false
			break
		}
	}
	if same {
		return a
	}
	joined := make(map[string]string, len(a)+len(b))
	for k, v := range a {
		joined[k] = v
	}
	for k, v := range b {
		joined[k] = max(joined[k], v)
	}
	return joined
}
