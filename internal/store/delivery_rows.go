package store

import (
	"github.com/go-json-experiment/json/jsontext"

	"github.com/heedsms/heed/internal/delivery"
	"github.com/heedsms/heed/internal/sms"
)

// deliveryColumns is how many columns a row of deliveryRow has.
const deliveryColumns = 35

// deliveryRows are the events of a batch and the states of their messages. An event that is the only one of its message
// shares a row with the state, which says the same; else the state, which knows what all of them say, has a row of its own.
// Both lists come in the order of their keys, and so do the rows.
func deliveryRows(b delivery.Batch) *rowSet {
	s := newRowSet(deliveryColumns, len(b.Events))
	events, states := b.Events, b.States
	for len(events) > 0 || len(states) > 0 {
		id := nextMessage(events, states)
		said, known := 0, 0
		for said < len(events) && events[said].MessageID == id {
			said++
		}
		for known < len(states) && states[known].MessageID == id {
			known++
		}
		if said == 1 && known == 1 {
			s.event(events[0], states[0])
		} else {
			for _, e := range events[:said] {
				s.event(e, nil)
			}
			for _, m := range states[:known] {
				s.state(m)
			}
		}
		events, states = events[said:], states[known:]
	}
	return s
}

// nextMessage is the lower of the ids at the heads of the lists, of which one holds something.
func nextMessage(events []*sms.Event, states []*delivery.State) string {
	switch {
	case len(events) == 0:
		return states[0].MessageID
	case len(states) == 0:
		return events[0].MessageID
	}
	return min(events[0].MessageID, states[0].MessageID)
}

// event writes an event, and the state of its message unless that has a row of its own.
func (s *rowSet) event(e *sms.Event, m *delivery.State) { s.row(e, true, m) }

// state writes what the events of a batch together say of a message, in the columns that an event has too.
func (s *rowSet) state(m *delivery.State) {
	s.row(&sms.Event{
		MessageID: m.MessageID, RequestedAt: m.RequestedAt, Type: m.EventType, OccurredAt: m.StatusAt,
		AWSStatus: m.AWSStatus, Status: m.Status, Final: m.Final, Contact: m.Contact, Identity: m.Identity,
		Country: m.Country, MCC: m.MCC, MNC: m.MNC, Carrier: m.Carrier, Encoding: m.Encoding, MessageType: m.MessageType,
		Parts: m.Parts, Price: m.Price, CarrierFee: m.CarrierFee, Context: m.Context,
	}, false, m)
}

// row writes one row, in the order of the columns of deliveryRow.
func (s *rowSet) row(e *sms.Event, isEvent bool, m *delivery.State) {
	s.begin()
	s.text(e.MessageID)
	s.time(e.RequestedAt)
	s.text(e.Type)
	s.time(e.OccurredAt)
	s.text(e.AWSStatus)
	s.text(string(e.Status))
	s.bool(e.Final)
	s.optional(string(e.Contact), string(e.Identity), e.Country, e.MCC, e.MNC, e.Carrier, e.Encoding, e.MessageType)
	s.count(e.Parts)
	s.decimal(e.Price)
	s.decimal(e.CarrierFee)
	s.json(object(e.Context))
	s.bool(isEvent)
	s.optional(e.Description)
	s.flag(e.International)
	s.json(e.Extra)
	if m == nil {
		s.nulls(oidInt2, 1)
		s.nulls(oidText, 1)
		s.nulls(oidTimestamptz, 4)
		s.nulls(oidText, 6)
	} else {
		s.message(m)
	}
	s.end()
}

// message writes the columns that only a message has.
func (s *rowSet) message(m *delivery.State) {
	s.int2(int16(m.Rank))
	s.optional(m.Program)
	s.time(m.AcceptedAt)
	s.time(m.DeliveredAt)
	s.time(m.ReadAt)
	s.time(m.FailedAt)
	if m.FailedAt.IsZero() {
		s.nulls(oidText, 2)
	} else {
		s.text(m.FailureStatus)
		s.text(m.FailureReason)
	}
	s.optional(m.Campaign, m.Tenant, m.Template, m.OutboxID)
}

func proofArgs(b delivery.Batch) (ids, messages []string) {
	for _, p := range b.Proofs {
		ids, messages = append(ids, p.OutboxID), append(messages, p.MessageID)
	}
	return ids, messages
}

// object is a map as the text of a JSON object, "" when it is empty.
func object(m map[string]string) string {
	if len(m) == 0 {
		return ""
	}
	out := append(make([]byte, 0, 96), '{')
	for k, v := range m {
		if len(out) > 1 {
			out = append(out, ',')
		}
		out, _ = jsontext.AppendQuote(out, k)
		out = append(out, ':')
		out, _ = jsontext.AppendQuote(out, v)
	}
	return string(append(out, '}'))
}
