package sms

import (
	"bytes"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// The keys under which a send of heed carries in SendTextMessage's Context, which AWS echoes in every event of the
// message: its outbox id, its program, the rule or else the purpose that it answers by, and AWS's id of the text that
// it answers.
const (
	ContextOutbox  = "heed_outbox"
	ContextProgram = "heed_program"
	ContextRule    = "heed_rule"
	ContextInbound = "heed_inbound"
)

// Event is one delivery event of one outbound message: text, media, voice or RCS.
type Event struct {
	MessageID string // opaque, never a UUID by contract
	Type      string // eventType, as written
	AWSStatus string // messageStatus, as written
	Status    Status
	Rank      Rank
	Final     bool
	// OccurredAt is eventTimestamp, RequestedAt messageRequestTimestamp. Both in UTC.
	OccurredAt, RequestedAt time.Time
	Contact                 Phone
	Identity                Identity
	Country, MCC, MNC       string
	Carrier                 string
	Encoding                string // upper case: AWS writes both Unicode and UNICODE
	MessageType             string // upper case
	Description             string // AWS's prose, never to be parsed
	Context                 map[string]string
	Parts                   int // zero when not given
	Price, CarrierFee       Decimal
	// International is isInternationalSend: "true", "false", or "" when the event does not say.
	International string
	// Extra holds, as a JSON object, every member that has no field here; empty when there is none.
	Extra string
}

// OutboxID is the id of the planned reply that this message was, or "" when heed did not send it. The key is in the
// Context of whoever sends with this account: what is no UUID is no id of heed's.
func (e *Event) OutboxID() string {
	if id := e.Context[ContextOutbox]; isUUID(id) {
		return id
	}
	return ""
}

// isUUID says whether an id is a UUID as Postgres writes it.
func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i, c := range []byte(s) {
		hex := (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')
		if dash := i == 8 || i == 13 || i == 18 || i == 23; dash != (c == '-') || dash == hex {
			return false
		}
	}
	return true
}

// ParseEvent reads the payload of a delivery event. Unknown types, statuses and members are kept. It fails with a
// [*Reject] when the payload is something else or lacks what identifies an event, and with [ErrIgnored] for
// registration changes. The texts of an event are mostly parts of one copy of its payload, and keep it in memory.
func ParseEvent(raw []byte) (Event, error) {
	var p eventParser
	if !quickMembers(raw, string(raw), p.member) {
		p = eventParser{}
		if err := carefulMembers(raw, p.member); err != nil {
			return Event{}, err
		}
	}
	if err := p.finish(); err != nil {
		return Event{}, err
	}
	return p.e, nil
}

type eventParser struct {
	e                             Event
	extra                         []byte
	isEvent, isInbound, isIgnored bool
	isPinpoint                    bool
}

func (p *eventParser) member(name []byte, v value) {
	e := &p.e
	switch string(name) {
	case "eventType":
		e.Type, p.isEvent = text(v), true
	case "messageId":
		e.MessageID = text(v)
	case "messageStatus":
		e.AWSStatus = text(v)
	case "messageStatusDescription":
		e.Description = text(v)
	case "isFinal":
		e.Final = p.flag(name, v) == "true"
	case "eventTimestamp":
		p.time(&e.OccurredAt, name, v)
	case "messageRequestTimestamp":
		p.time(&e.RequestedAt, name, v)
	case "destinationPhoneNumber":
		e.Contact = ParsePhone(text(v))
	case "originationPhoneNumber", "originationNumber":
		e.Identity = ParseIdentity(text(v))
		p.isInbound = p.isInbound || string(name) == "originationNumber"
	case "isoCountryCode":
		e.Country = text(v)
	case "isInternationalSend":
		e.International = p.flag(name, v)
	case "mcc":
		e.MCC = text(v)
	case "mnc":
		e.MNC = text(v)
	case "carrierName":
		e.Carrier = text(v)
	case "messageEncoding":
		e.Encoding = upper(text(v))
	case "messageType":
		e.MessageType = upper(text(v))
	case "context":
		p.context(name, v)
	case "totalMessageParts":
		p.parts(name, v)
	case "totalMessagePrice":
		p.amount(&e.Price, name, v)
	case "totalCarrierFee":
		p.amount(&e.CarrierFee, name, v)
	case "inboundMessageId":
		p.isInbound = true
		p.keep(name, v)
	case "registrationDetails":
		p.isIgnored = true
		p.keep(name, v)
	case "event_type":
		p.isPinpoint = true
		p.keep(name, v)
	case "eventVersion":
		if v.kept != `"1.0"` {
			p.keep(name, v)
		}
	default:
		p.keep(name, v)
	}
}

// keep puts a member that has no field of its own among the extra ones, as written.
func (p *eventParser) keep(name []byte, v value) {
	if len(p.extra) == 0 {
		p.extra = append(make([]byte, 0, 128), '{')
	} else {
		p.extra = append(p.extra, ',')
	}
	p.extra, _ = jsontext.AppendQuote(p.extra, Storable(string(name)))
	p.extra = append(p.extra, ':')
	p.extra = append(p.extra, storableValue(v)...)
}

// storableValue is a JSON value that Postgres's jsonb takes: it refuses \u0000, lone surrogates and numbers of more
// than 131,072 digits, which JSON allows. Where a value may hold one, the whole value is kept as one string.
func storableValue(v value) string {
	if !strings.Contains(v.kept, `\u`) && strings.IndexByte(v.kept, 0) < 0 && !hasHugeNumber(v.Value) {
		return Storable(v.kept)
	}
	quoted, _ := jsontext.AppendQuote(nil, text(v))
	if v.Kind() != jsontext.KindString {
		quoted, _ = jsontext.AppendQuote(nil, Storable(v.kept))
	}
	return string(quoted)
}

// hasHugeNumber says whether a value has, or seems to have, a number too long for Postgres. A string that looks
// like one costs nothing but the value's form.
func hasHugeNumber(v jsontext.Value) bool {
	const most = 3 // digits of an exponent
	digits := 0
	for i, c := range v {
		switch {
		case c >= '0' && c <= '9':
			if digits++; digits > 1000 {
				return true
			}
		case (c == 'e' || c == 'E') && digits > 0:
			exponent := bytes.TrimLeft(v[i+1:], "+-0")
			if len(exponent) > most && allDigits(string(exponent[:most+1])) {
				return true
			}
			digits = 0
		case c != '.':
			digits = 0
		}
	}
	return false
}

// The span of years in which a timestamp is believed. Outside it the member is kept as text.
var (
	earliest = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	latest   = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
)

func (p *eventParser) time(to *time.Time, name []byte, v value) {
	written := strings.Trim(v.kept, `"`)
	ms, err := strconv.ParseInt(written, 10, 64)
	if err != nil {
		if f, ferr := strconv.ParseFloat(written, 64); ferr == nil && f > 0 && f < 1e15 {
			ms, err = int64(f), nil
		}
	}
	at := time.UnixMilli(ms).UTC()
	if err != nil || at.Before(earliest) || at.After(latest) {
		p.keep(name, v)
		return
	}
	*to = at
}

func (p *eventParser) flag(name []byte, v value) string {
	if s := strings.Trim(v.kept, `"`); s == "true" || s == "false" {
		return s
	}
	p.keep(name, v)
	return ""
}

func (p *eventParser) parts(name []byte, v value) {
	n, err := strconv.ParseInt(strings.TrimSuffix(strings.Trim(v.kept, `"`), ".0"), 10, 32)
	if err != nil || n < 0 {
		p.keep(name, v)
		return
	}
	p.e.Parts = int(n)
}

func (p *eventParser) amount(to *Decimal, name []byte, v value) {
	d, ok := ParseDecimal(strings.Trim(v.kept, `"`))
	if !ok {
		p.keep(name, v)
		return
	}
	*to = d
}

func (p *eventParser) context(name []byte, v value) {
	if v.Kind() != jsontext.KindBeginObject {
		p.keep(name, v)
		return
	}
	m := make(map[string]string, 4)
	if err := eachMember(v.Value, v.kept, func(key []byte, of value) {
		m[string(key)] = text(of)
	}); err == nil && len(m) > 0 {
		p.e.Context = m
	}
}

// finish says what is wrong with what was read, or completes it.
func (p *eventParser) finish() error {
	e := &p.e
	switch {
	case p.isIgnored && !p.isEvent:
		return ErrIgnored
	case p.isPinpoint && !p.isEvent:
		return reject("pinpoint_v1", "an event of the old Pinpoint API (event_type), which has another schema")
	case !p.isEvent && p.isInbound:
		return reject("not_delivery_event", "this is an inbound text, not an event: is its topic wired to the wrong function?")
	case !p.isEvent && e.MessageID == "":
		return reject("not_delivery_event", "no eventType and no messageId")
	case e.MessageID == "":
		return reject("missing_message_id", "messageId is missing or empty")
	case e.RequestedAt.IsZero():
		return reject("missing_request_time", "messageRequestTimestamp is missing or beyond belief")
	}
	if e.OccurredAt.IsZero() {
		// Without its own time an event can still be keyed, and folded as the earliest of its kind.
		e.OccurredAt = e.RequestedAt
	}
	e.Status, e.Rank = Classify(e.AWSStatus, e.Type, e.Final)
	if len(p.extra) > 0 {
		e.Extra = string(append(p.extra, '}'))
	}
	return nil
}
