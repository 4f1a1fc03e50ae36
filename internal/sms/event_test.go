package sms_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heedsms/heed/internal/sms"
)

func ms(n int64) time.Time { return time.UnixMilli(n).UTC() }

// Every delivery event that AWS documents: text, media, voice, RCS, on each destination.
func TestParseEvent(t *testing.T) {
	t.Parallel()
	_, queued := sms.Classify("QUEUED", "", false)
	_, onItsWay := sms.Classify("INITIATED", "", false)
	_, unknown := sms.Classify("UNKNOWN", "", true)
	_, blocked := sms.Classify("PROTECT_BLOCKED", "", true)
	_, accepted := sms.Classify("SUCCESSFUL", "", true)
	_, delivered := sms.Classify("DELIVERED", "", true)
	_, read := sms.Classify("READ", "", true)
	text := sms.Event{
		MessageID: "b2f0a1de-91a4-4c3c-8a1e-5b7e9c2d4f60", Type: "TEXT_SUCCESSFUL", AWSStatus: "SUCCESSFUL",
		Status: sms.StatusAccepted, Rank: accepted, Final: true,
		OccurredAt: ms(1795194245470), RequestedAt: ms(1795194245170), Contact: "+14255550101", Identity: "+12065550199",
		MCC: "310", MNC: "800", Encoding: "GSM", MessageType: "TRANSACTIONAL", Description: "Message has been accepted by phone carrier",
		Context: map[string]string{"outbox": "42"}, Parts: 1, Price: "0.00581", CarrierFee: "0.003", International: "false",
	}
	asText := text
	asText.Identity, asText.MCC, asText.MNC, asText.Encoding = agent, "", "", ""
	late := text
	late.Type, late.AWSStatus, late.Status, late.Rank, late.OccurredAt = "TEXT_UNKNOWN", "UNKNOWN", sms.StatusUnknown, unknown, ms(1795194245170+259200000)
	rcs := sms.Event{
		MessageID: "rcs-msg-0011", Type: "RCS_DELIVERED", AWSStatus: "DELIVERED", Status: sms.StatusDelivered, Rank: delivered, Final: true,
		OccurredAt: ms(1795194500660), RequestedAt: ms(1795194400157), Contact: "+14255550109", Identity: agent, Country: "US",
		Encoding: "UNICODE", MessageType: "TRANSACTIONAL", Description: "Message has been accepted by phone",
		Parts: 1, Price: "0.007", CarrierFee: "0.00494", International: "false",
		Extra: `{"rcsMetadata":{"billingEventType":"RICH"},"rcsBusinessId":"example_agent","agentIsoCountryCode":"US"}`,
	}
	seen := rcs
	seen.Type, seen.AWSStatus, seen.Status, seen.Rank, seen.OccurredAt = "RCS_READ", "READ", sms.StatusRead, read, ms(1795194560203)
	seen.Description, seen.Price, seen.CarrierFee = "Message has been read by recipient", "0", "0"
	seen.Extra = `{"rcsBusinessId":"example_agent","agentIsoCountryCode":"US"}`
	for file, want := range map[string]sms.Event{
		// A carrier took it; mcc and mnc keep their form, the amounts their digits.
		"f06_text_successful": text,
		// Not final, without description or price: an amount of 0.0 is nothing to pay, not no amount.
		"f07_text_queued": {
			MessageID: text.MessageID, Type: "TEXT_QUEUED", AWSStatus: "QUEUED", Status: sms.StatusQueued, Rank: queued,
			OccurredAt: ms(1795194245200), RequestedAt: text.RequestedAt, Contact: "+14255550101", Identity: "+12065550199",
			Encoding: "GSM", MessageType: "TRANSACTIONAL", Parts: 1, Price: "0", CarrierFee: "0",
		},
		// The account's own protection; its reasoning has no columns and is kept.
		"f08_protect_blocked": {
			MessageID: "0b6f1d5e-77a2-4a1d-8d7c-000000000008", Type: "TEXT_PROTECT_BLOCKED", AWSStatus: "PROTECT_BLOCKED",
			Status: sms.StatusBlocked, Rank: blocked, Final: true, OccurredAt: ms(1795194300000), RequestedAt: ms(1795194299000),
			Contact: "+14255550106", Identity: "+12065550199", Country: "US", MCC: "310", MNC: "800", Encoding: "GSM", MessageType: "PROMOTIONAL",
			Description: "Message blocked by protect configuration", Parts: 1, Price: "0", CarrierFee: "0",
			Extra: `{"protectConfiguration":{"protectConfigurationId":"protect-00112233445566778899aabbccddeeff","protectStatus":"FILTER"},` +
				`"protectConfigurationAssessment":{"protectRecommendation":"BLOCK","protectInsights":{"blockReason":"AIT_SUSPECTED"}}}`,
		},
		// A call has a length and no parts.
		"f09_voice_completed": {
			MessageID: "567f6c11-6e8b-4352-9749-000000000009", Type: "VOICE_COMPLETED", AWSStatus: "COMPLETED", Status: sms.StatusDelivered,
			Rank: delivered, Final: true, OccurredAt: ms(1795194373500), RequestedAt: ms(1795194372720), Contact: "+14255550107",
			Identity: "+12065550199", Country: "US", Context: map[string]string{"outbox": "43"}, Price: "0.013",
			Extra: `{"callDurationInSeconds":60,"totalDurationInMinutes":1}`,
		},
		"f10_mms_delivered": {
			MessageID: "b4a3196d-5b61-4884-a0d9-000000000010", Type: "MEDIA_DELIVERED", AWSStatus: "DELIVERED", Status: sms.StatusDelivered,
			Rank: delivered, Final: true, OccurredAt: ms(1795194400000), RequestedAt: ms(1795194398000), Contact: "+14255550108",
			Identity: "+12065550199", Country: "US", MessageType: "TRANSACTIONAL", Description: "Message has been accepted by phone",
			Context: map[string]string{"outbox": "44"}, Parts: 1, Price: "0.0195", CarrierFee: "0.00266", Extra: `{"contentType":"MMS"}`,
		},
		// Two last words on one message: read is more than delivered.
		"f11_rcs_delivered": rcs, "f12_rcs_read": seen,
		// Sent as a text, carried by RCS.
		"f13_rcs_as_text": asText,
		// EventBridge leaves out the contact and the context, and has the carrier's name.
		"f14_eventbridge_text": {
			MessageID: "ed23196c-75ce-4727-93ee-000000000014", Type: "TEXT_SUCCESSFUL", AWSStatus: "SUCCESSFUL", Status: sms.StatusAccepted,
			Rank: accepted, Final: true, OccurredAt: ms(1795198841377), RequestedAt: ms(1795198840978), Identity: "EXAMPLECO", Country: "ES",
			MCC: "214", MNC: "05", Carrier: "Example Carrier", Encoding: "GSM", MessageType: "TRANSACTIONAL",
			Description: "Message has been accepted by phone carrier", Parts: 1, Price: "0.06087", CarrierFee: "0", International: "false",
			Extra: `{"protectConfiguration":{"protectConfigurationId":"protect-00112233445566778899aabbccddeeff","protectStatus":"ALLOW"}}`,
		},
		"f15_eventbridge_voice": {
			MessageID: "567f6c11-6e8b-4352-9749-000000000015", Type: "VOICE_INITIATED", AWSStatus: "INITIATED", Status: sms.StatusSent,
			Rank: onItsWay, OccurredAt: ms(1795198850000), RequestedAt: ms(1795198849000), Identity: "+12065550199", Country: "US",
		},
		// After 72 hours without a word AWS writes UNKNOWN.
		"f18_unknown_after_72h": late,
	} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			got, err := sms.ParseEvent(payload(t, "event/"+file))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A registration change comes under the same source; it is understood and not kept.
func TestRegistrationChangeIsIgnored(t *testing.T) {
	t.Parallel()
	if _, err := sms.ParseEvent(payload(t, "event/f16_registration")); !errors.Is(err, sms.ErrIgnored) {
		t.Errorf("got %v", err)
	}
}

// The program's reply travels in the context and comes back in every event.
func TestOutboxID(t *testing.T) {
	t.Parallel()
	const id = "0b54a6f6-9d0c-4a34-9d0e-6a1c6f1f7a11"
	e, err := sms.ParseEvent(event(`"context":{"heed_outbox":"` + id + `","heed_program":"acme-alerts"}`))
	if err != nil || e.OutboxID() != id || e.Context[sms.ContextProgram] != "acme-alerts" {
		t.Errorf("%q %v %v", e.OutboxID(), e.Context, err)
	}
	for _, members := range []string{`"isFinal":true`, `"context":{"heed_outbox":"77"}`, `"context":{"heed_outbox":"` + strings.ToUpper(id) + `"}`, `"context":{"heed_outbox":"` + id + `0"}`} {
		if e, _ = sms.ParseEvent(event(members)); e.OutboxID() != "" {
			t.Errorf("an event of a send that is not ours (%s) has the reply %q", members, e.OutboxID())
		}
	}
}

// event is a small event with more members; the later of two of one name counts.
func event(members string) []byte {
	return []byte(`{"eventType":"TEXT_DELIVERED","eventVersion":"1.0","messageId":"m-1","messageStatus":"DELIVERED",` +
		`"eventTimestamp":1795194245470,"messageRequestTimestamp":1795194245170,` + members + `}`)
}

// What AWS writes otherwise than it says costs at most a column; the value itself is kept among the extra ones.
func TestEventOddities(t *testing.T) {
	t.Parallel()
	base, err := sms.ParseEvent(event(`"isFinal":false`))
	if err != nil {
		t.Fatal(err)
	}
	requested, occurred := base.RequestedAt, base.OccurredAt
	for _, row := range []struct {
		why, members string
		change       func(*sms.Event)
	}{
		{"a time with a fraction", `"eventTimestamp":1795194245470.0`, func(*sms.Event) {}},
		{"a time with an exponent", `"eventTimestamp":1.79519424547e12`, func(*sms.Event) {}},
		{"a time as a text", `"eventTimestamp":"1795194245470"`, func(*sms.Event) {}},
		{"final as a text", `"isFinal":"true"`, func(e *sms.Event) { e.Final = true }},
		{"final as something else", `"isFinal":1`, func(e *sms.Event) { e.Extra = `{"isFinal":1}` }},
		{"abroad as a text", `"isInternationalSend":"false"`, func(e *sms.Event) { e.International = "false" }},
		{"abroad as something else", `"isInternationalSend":"perhaps"`, func(e *sms.Event) { e.Extra = `{"isInternationalSend":"perhaps"}` }},
		{"an operator's number as a number", `"mcc":310,"mnc":7`, func(e *sms.Event) { e.MCC, e.MNC = "310", "7" }},
		{"leading zeros are part of it", `"mcc":"020","mnc":"001"`, func(e *sms.Event) { e.MCC, e.MNC = "020", "001" }},
		{"parts with a fraction", `"totalMessageParts":3.0`, func(e *sms.Event) { e.Parts = 3 }},
		{"parts as a text", `"totalMessageParts":"3"`, func(e *sms.Event) { e.Parts = 3 }},
		{"less than no parts", `"totalMessageParts":-1`, func(e *sms.Event) { e.Extra = `{"totalMessageParts":-1}` }},
		{"more parts than there are", `"totalMessageParts":99999999999`, func(e *sms.Event) { e.Extra = `{"totalMessageParts":99999999999}` }},
		{"a price as a text", `"totalMessagePrice":"0.010"`, func(e *sms.Event) { e.Price = "0.01" }},
		{"a price with an exponent", `"totalMessagePrice":5.81E-3`, func(e *sms.Event) { e.Price = "0.00581" }},
		{"a price below nothing", `"totalCarrierFee":-0.5`, func(e *sms.Event) { e.Extra = `{"totalCarrierFee":-0.5}` }},
		{"a price in words", `"totalMessagePrice":"free"`, func(e *sms.Event) { e.Extra = `{"totalMessagePrice":"free"}` }},
		{"a price beyond Postgres is kept as a text", `"totalMessagePrice":1e999999`, func(e *sms.Event) { e.Extra = `{"totalMessagePrice":"1e999999"}` }},
		{"so is a number deep inside", `"odd":{"a":[-1E+0999999]}`, func(e *sms.Event) { e.Extra = `{"odd":"{\"a\":[-1E+0999999]}"}` }},
		{"hex digits in an id are no such number", `"odd":"protect-0011e22334455"`, func(e *sms.Event) { e.Extra = `{"odd":"protect-0011e22334455"}` }},
		{"encodings in title case", `"messageEncoding":"Unicode","messageType":"Transactional"`, func(e *sms.Event) { e.Encoding, e.MessageType = "UNICODE", "TRANSACTIONAL" }},
		{"values of the context that are no texts", `"context":{"a":1,"b":true,"c":null}`, func(e *sms.Event) { e.Context = map[string]string{"a": "1", "b": "true", "c": ""} }},
		{"a context that is none", `"context":"heed_outbox=1"`, func(e *sms.Event) { e.Extra = `{"context":"heed_outbox=1"}` }},
		{"the number without its plus", `"destinationPhoneNumber":"14255550101"`, func(e *sms.Event) { e.Contact = "+14255550101" }},
		{"the old name of our side", `"originationNumber":"+12065550199"`, func(e *sms.Event) { e.Identity = "+12065550199" }},
		{"a newer version of the format", `"eventVersion":"2.0"`, func(e *sms.Event) { e.Extra = `{"eventVersion":"2.0"}` }},
		{"members of other payloads are kept like unknown ones", `"event_type":"x","registrationDetails":{},"inboundMessageId":"y"`, func(e *sms.Event) {
			e.Extra = `{"event_type":"x","registrationDetails":{},"inboundMessageId":"y"}`
		}},
		{"NUL in a member that nobody knows", `"odd":"a\u0000b"`, func(e *sms.Event) { e.Extra = `{"odd":"a` + "\uFFFD" + `b"}` }},
		{"half a surrogate pair in its name", `"o\ud83ddd":1`, func(e *sms.Event) { e.Extra = `{"o` + "\uFFFD" + `dd":1}` }},
		{"four-byte emoji", `"odd":"\ud83d\ude00","messageStatusDescription":"😀"`, func(e *sms.Event) { e.Extra, e.Description = `{"odd":"😀"}`, "😀" }},
		{"bytes that are no UTF-8, in a value of the wrong type", "\"mcc\":[\"\xff\"]", func(e *sms.Event) { e.MCC = `["` + "\uFFFD" + `"]` }},
		{"a time long past", `"eventTimestamp":-1`, func(e *sms.Event) { e.OccurredAt, e.Extra = requested, `{"eventTimestamp":-1}` }},
		{"seconds for milliseconds", `"eventTimestamp":1795194245`, func(e *sms.Event) { e.OccurredAt, e.Extra = requested, `{"eventTimestamp":1795194245}` }},
		{"a time far ahead", `"eventTimestamp":9999999999999999`, func(e *sms.Event) { e.OccurredAt, e.Extra = requested, `{"eventTimestamp":9999999999999999}` }},
		{"a time as a date", `"eventTimestamp":"2026-11-20T17:04:05Z"`, func(e *sms.Event) { e.OccurredAt, e.Extra = requested, `{"eventTimestamp":"2026-11-20T17:04:05Z"}` }},
		{"a time of another kind", `"eventTimestamp":{"ms":1}`, func(e *sms.Event) { e.OccurredAt, e.Extra = requested, `{"eventTimestamp":{"ms":1}}` }},
	} {
		// Where a row brings a member of its own, the sample's is left out.
		raw := event(row.members)
		if strings.Contains(row.members, "eventTimestamp") {
			raw = []byte(strings.Replace(string(raw), `"eventTimestamp":1795194245470,`, "", 1))
		}
		if strings.Contains(row.members, "eventVersion") {
			raw = []byte(strings.Replace(string(raw), `"eventVersion":"1.0",`, "", 1))
		}
		want := base
		want.OccurredAt = occurred
		row.change(&want)
		got, err := sms.ParseEvent(raw)
		if err != nil {
			t.Errorf("%s: %v", row.why, err)
			continue
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", row.why, diff)
		}
	}
}

// Nothing that AWS says is lost: every member is in a column or, as written, among the extra ones.
func TestNothingOfAnEventIsLost(t *testing.T) {
	t.Parallel()
	columns := map[string]bool{}
	for _, name := range []string{
		"eventType", "eventVersion", "eventTimestamp", "isFinal", "originationPhoneNumber", "destinationPhoneNumber", "isoCountryCode",
		"isInternationalSend", "mcc", "mnc", "carrierName", "messageId", "messageRequestTimestamp", "messageEncoding", "messageType",
		"messageStatus", "messageStatusDescription", "context", "totalMessageParts", "totalMessagePrice", "totalCarrierFee",
	} {
		columns[name] = true
	}
	for _, file := range []string{"f06_text_successful", "f08_protect_blocked", "f09_voice_completed", "f10_mms_delivered", "f11_rcs_delivered", "f14_eventbridge_text"} {
		raw := payload(t, "event/"+file)
		raw = fmt.Appendf(nil, `{"conversationSessionFee":0.0,"newIn2027":[{"deep":[1,null,"x"]}],%s`, strings.TrimPrefix(string(raw), "{"))
		e, err := sms.ParseEvent(raw)
		if err != nil {
			t.Fatal(err)
		}
		var all, extra map[string]any
		if err := json.Unmarshal(raw, &all); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(e.Extra), &extra); err != nil {
			t.Fatalf("%s: the extra members are no JSON: %v", file, err)
		}
		for name := range columns {
			delete(all, name)
		}
		if diff := cmp.Diff(all, extra); diff != "" {
			t.Errorf("%s: %s", file, diff)
		}
	}
}

// What cannot be recorded as an event says why.
func TestParseEventRefuses(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ why, payload, reason string }{
		{"nothing", ``, "malformed_json"},
		{"cut short", `{"eventType":"TEXT_DELIVERED","destinationPhoneNumber":"+14255550101`, "malformed_json"},
		{"an array", `[{}]`, "malformed_json"},
		{"two events in one", `{"eventType":"A","messageId":"m"}{"eventType":"B","messageId":"m"}`, "malformed_json"},
		{"an empty object", `{}`, "not_delivery_event"},
		{"a text on the wrong topic", string(payload(t, "inbound/f01_stop")), "not_delivery_event"},
		{"an event of the old Pinpoint", `{"event_type":"_SMS.SUCCESS","event_timestamp":1795194245470,"attributes":{"destination_phone_number":"+14255550101"}}`, "pinpoint_v1"},
		{"no message", `{"eventType":"TEXT_DELIVERED","eventVersion":"1.0","messageRequestTimestamp":1795194245170}`, "missing_message_id"},
		{"an empty message id", `{"eventType":"TEXT_DELIVERED","messageId":"","messageRequestTimestamp":1795194245170}`, "missing_message_id"},
		{"no time of the request", `{"eventType":"TEXT_DELIVERED","messageId":"m","eventTimestamp":1795194245470}`, "missing_request_time"},
		{"a time of the request beyond belief", `{"eventType":"TEXT_DELIVERED","messageId":"m","messageRequestTimestamp":7}`, "missing_request_time"},
	} {
		_, err := sms.ParseEvent([]byte(row.payload))
		var reject *sms.Reject
		if !errors.As(err, &reject) || reject.Reason != row.reason {
			t.Errorf("%s: %v, want the reason %s", row.why, err, row.reason)
			continue
		}
		if strings.Contains(err.Error(), "4255550101") {
			t.Errorf("%s: the error quotes the payload: %v", row.why, err)
		}
	}
}
