package main

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// sender is the number that all texts of the load go out from, or come in to.
const sender = "+12065550100"

// payload is one record before it is put into an envelope.
type payload struct {
	body []byte
	at   time.Time
}

// deliveryEvents makes about n events in the order in which AWS would send them: three to a message, of one in ten
// the last one a failure, one in fifty repeated. The words of one message lie a few batches apart, so that at any
// moment a third of the events begin a message and two thirds meet one that is already in the table.
func deliveryEvents(r *rand.Rand, n, batch int, now time.Time) []payload {
	type placed struct {
		payload
		place int
	}
	var all []placed
	for i := range n / 3 {
		m := newMessage(r, now.Add(time.Duration(i)*time.Millisecond))
		// Several invocations run at once: one batch apart would meet in two of them at the same moment.
		place := i * 3
		for step, word := range m.words(r) {
			if step > 0 {
				place += batch + r.IntN(3*batch)
			}
			p := placed{payload: m.event(word), place: place}
			all = append(all, p)
			if r.IntN(50) == 0 {
				p.place += r.IntN(4 * batch)
				all = append(all, p)
			}
		}
	}
	slices.SortStableFunc(all, func(x, y placed) int { return cmp.Compare(x.place, y.place) })
	out := make([]payload, len(all))
	for i := range all {
		out[i] = all[i].payload
	}
	return out
}

// message is one outbound message of the load.
type message struct {
	id, contact, encoding, kind, context string
	requested                            time.Time
	parts                                int
	country, mcc, mnc                    string
}

func newMessage(r *rand.Rand, requested time.Time) message {
	m := message{id: uuid(r), requested: requested, encoding: "GSM", kind: "TRANSACTIONAL", parts: 1, country: "US", mcc: "310", mnc: "800"}
	m.contact = fmt.Sprintf("+1425%07d", r.IntN(10_000_000))
	if r.IntN(4) == 0 {
		m.encoding, m.parts = "Unicode", 1+r.IntN(3)
	}
	if r.IntN(3) == 0 {
		m.kind = "PROMOTIONAL"
	}
	switch r.IntN(10) {
	case 0:
		// A reply of heed.
		m.context = fmt.Sprintf(`"context":{"heed_outbox":"%s","heed_program":"acme-alerts"},`, uuid(r))
	case 1, 2, 3, 4:
		m.context = fmt.Sprintf(`"context":{"campaign":"autumn-%d","order":"%d"},`, r.IntN(9), r.IntN(1_000_000))
	}
	return m
}

// word is one thing that AWS says of a message.
type word struct {
	status, description string
	after               time.Duration
	final, priced       bool
}

func (m *message) words(r *rand.Rand) []word {
	last := word{"DELIVERED", "Message has been accepted by phone", 2500 * time.Millisecond, true, true}
	switch r.IntN(20) {
	case 0:
		last = word{"CARRIER_BLOCKED", "Message was blocked by the carrier", 2500 * time.Millisecond, true, true}
	case 1:
		last = word{"UNREACHABLE", "Destination handset is unreachable", 2500 * time.Millisecond, true, true}
	}
	return []word{
		{"QUEUED", "Message is queued for delivery", 30 * time.Millisecond, false, false},
		{"SUCCESSFUL", "Message has been accepted by phone carrier", 300 * time.Millisecond, false, true},
		last,
	}
}

func (m *message) event(w word) payload {
	at := m.requested.Add(w.after)
	price, fee := "0.0", "0.0"
	if w.priced {
		price, fee = strconv.FormatFloat(0.00581*float64(m.parts), 'f', 5, 64), "0.003"
	}
	return payload{at: at, body: fmt.Appendf(nil, `{"eventType":"TEXT_%s","eventVersion":"1.0","eventTimestamp":%d,"isFinal":%t,`+
		`"originationPhoneNumber":"%s","destinationPhoneNumber":"%s","isoCountryCode":"%s","isInternationalSend":false,"mcc":"%s","mnc":"%s",`+
		`"messageId":"%s","messageRequestTimestamp":%d,"messageEncoding":"%s","messageType":"%s","messageStatus":"%s",`+
		`"messageStatusDescription":"%s",%s"totalMessageParts":%d,"totalMessagePrice":%s,"totalCarrierFee":%s}`,
		w.status, at.UnixMilli(), w.final, sender, m.contact, m.country, m.mcc, m.mnc, m.id, m.requested.UnixMilli(), m.encoding,
		m.kind, w.status, w.description, m.context, m.parts, price, fee)}
}

// uuid is an id as AWS writes them.
func uuid(r *rand.Rand) string {
	a, b := r.Uint64(), r.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-a%03x-%012x", a>>32, a>>16&0xffff, a&0xfff, b>>48&0xfff, b&0xffffffffffff)
}

// An envelope puts a batch of payloads into the event that Lambda is called with.
type envelope func(r *rand.Rand, batch []payload) []byte

// batches cuts a load into events of a size.
func batches(r *rand.Rand, load []payload, size int, wrap envelope) [][]byte {
	var out [][]byte
	for part := range slices.Chunk(load, size) {
		out = append(out, wrap(r, part))
	}
	return out
}

// sqsEnvelope is an SQS event whose messages hold SNS envelopes, as a queue subscribed to a topic gets them: laid out
// over several lines, with a signature and two long addresses.
func sqsEnvelope(r *rand.Rand, batch []payload) []byte {
	out := append(make([]byte, 0, 3000*len(batch)), `{"Records":[`...)
	var body []byte
	for i, p := range batch {
		if i > 0 {
			out = append(out, ',')
		}
		body = fmt.Appendf(body[:0], "{\n  \"Type\" : \"Notification\",\n  \"MessageId\" : \"%s\",\n"+
			"  \"TopicArn\" : \"arn:aws:sns:us-east-1:111122223333:sms-events\",\n  \"Message\" : ", uuid(r))
		body, _ = jsontext.AppendQuote(body, p.body)
		body = fmt.Appendf(body, ",\n  \"Timestamp\" : \"%s\",\n  \"SignatureVersion\" : \"1\",\n  \"Signature\" : \"%s\",\n"+
			"  \"SigningCertURL\" : \"https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem\",\n"+
			"  \"UnsubscribeURL\" : \"https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=arn:aws:sns:us-east-1:111122223333:sms-events:%s\"\n}",
			p.at.UTC().Format("2006-01-02T15:04:05.000Z"), noise(r, 256), uuid(r))
		out = fmt.Appendf(out, `{"messageId":"%s","receiptHandle":"%s","body":`, uuid(r), noise(r, 300))
		out, _ = jsontext.AppendQuote(out, body)
		ms := p.at.UnixMilli()
		out = fmt.Appendf(out, `,"attributes":{"ApproximateReceiveCount":"1","SentTimestamp":"%d","SenderId":"AIDAIT2UOQQY3AUEKVGXU",`+
			`"ApproximateFirstReceiveTimestamp":"%d"},"messageAttributes":{},"md5OfBody":"%016x%016x","eventSource":"aws:sqs",`+
			`"eventSourceARN":"arn:aws:sqs:us-east-1:111122223333:sms-events","awsRegion":"us-east-1"}`, ms, ms+8, r.Uint64(), r.Uint64())
	}
	return append(out, `]}`...)
}

// firehoseEnvelope is the event of a Firehose transformation.
func firehoseEnvelope(r *rand.Rand, batch []payload) []byte {
	out := fmt.Appendf(make([]byte, 0, 1200*len(batch)), `{"invocationId":"%s",`+
		`"deliveryStreamArn":"arn:aws:firehose:us-east-1:111122223333:deliverystream/sms-events","region":"us-east-1","records":[`, uuid(r))
	for i, p := range batch {
		if i > 0 {
			out = append(out, ',')
		}
		out = fmt.Appendf(out, `{"recordId":"%020d%020d%016d","approximateArrivalTimestamp":%d,"data":"`,
			r.Uint64(), r.Uint64(), r.Uint64N(1e16), p.at.UnixMilli())
		out = base64.StdEncoding.AppendEncode(out, p.body)
		out = append(out, `"}`...)
	}
	return append(out, `]}`...)
}

// noise is n bytes of what looks like a signature.
func noise(r *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return base64.StdEncoding.EncodeToString(b)
}
