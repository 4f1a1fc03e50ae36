package sms_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/heedsms/heed/internal/sms"
)

const (
	agent  = sms.Identity("rcs-00112233445566778899aabbccddeeff")
	number = sms.Identity("+12065550199")
)

func payload(t *testing.T, file string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/" + file + ".json")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Every payload that AWS documents, or is known to send, on a two-way topic.
func TestParseInbound(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]sms.Inbound{
		// The keyword that AWS matched is evidence beside the text, which stays as typed with its trailing space.
		"f01_stop": {
			ID: "7c9f2f4e-8f0b-4c66-9c34-0e6a7d1b5a10", Variant: sms.VariantSMS, Contact: "+14255550101", Identity: number,
			Body: "Stop ", Said: []string{"Stop "}, AWSKeyword: "STOP", PreviousMessageID: "b2f0a1de-91a4-4c3c-8a1e-5b7e9c2d4f60",
		},
		// Without a match AWS writes a placeholder with the account's number; ids of ours come in several shapes.
		"f02_no_keyword": {
			ID: "1f0d6a52-3a77-4f6d-9a33-54d2f8b1c001", Variant: sms.VariantSMS, Contact: "+14255550102", Identity: number,
			Body: "please dont text me any more", Said: []string{"please dont text me any more"},
			AWSKeyword: "KEYWORD_111122223333", PreviousMessageID: "k2d8hsnaq3vr9oqf49sepd5opnq302n64divurg0",
		},
		// Two members may be missing, and a short code is no phone number.
		"f03_minimal": {
			ID: "9f3b5c10-6a0e-4f8f-8f73-1f2f3f4f5f60", Variant: sms.VariantSMS, Contact: "+14255550103", Identity: "12345",
			Body: "HELP", Said: []string{"HELP"},
		},
		// A picture is nobody's words.
		"f04_rcs_media": {ID: "2d5e7a11-4b0c-4f7e-9d7e-aa00bb11cc22", Variant: sms.VariantRCSMedia, Contact: "+14255550104", Identity: agent},
		// Typing comes without the plus of the number, and is nobody's words either.
		"f05_rcs_typing": {ID: "14255550105-2026-11-20T17:36:29.937+0000", Variant: sms.VariantTyping, Contact: "+14255550105", Identity: agent},
		// A text by RCS is a text.
		"rcs_text": {ID: "r-0001", Variant: sms.VariantRCSText, Contact: "+14255550104", Identity: agent, Body: "stop please", Said: []string{"stop please"}},
		// A picture that could not be kept has another set of members.
		"rcs_media_failed": {ID: "r-0002", Variant: sms.VariantRCSMedia, Contact: "+14255550104", Identity: agent},
		// A tapped suggestion counts by its postback data, then by its label.
		"rcs_suggestion": {ID: "r-0003", Variant: sms.VariantSuggestion, Contact: "+14255550104", Identity: agent, Said: []string{"STOP", "End messages"}},
		// The billing event of a conversation has the id of the text that opened it: another variant, another row.
		"rcs_conversation": {ID: "r-0004", Variant: sms.VariantConversation, Contact: "+14255550104", Identity: agent},
		// A place is no text; its layout is not published.
		"rcs_location": {ID: "r-0005", Variant: sms.VariantLocation, Contact: "+14255550104", Identity: agent},
		// The layout of this one is not published: the type alone tells.
		"rcs_unsubscribe": {ID: "r-0006", Variant: sms.VariantUnsubscribe, Contact: "+14255550104", Identity: agent},
		// What AWS invents next is an event, not somebody's words.
		"rcs_future_type": {ID: "r-0007", Variant: sms.VariantUnknown, Contact: "+14255550104", Identity: agent},
		// Somebody texted JSON to a plain number: odd, and theirs.
		"json_from_a_person": {
			ID: "r-0008", Variant: sms.VariantSMS, Contact: "+14255550104", Identity: number,
			Body: `{"a":"literal JSON text"}`, Said: []string{`{"a":"literal JSON text"}`},
		},
	} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			raw := payload(t, "inbound/"+file)
			got, err := sms.ParseInbound(raw)
			if err != nil {
				t.Fatal(err)
			}
			want.Raw = string(raw)
			if want.Body == "" {
				var p struct{ MessageBody string }
				if err := json.Unmarshal(raw, &p); err != nil {
					t.Fatal(err)
				}
				want.Body = p.MessageBody
			}
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func inboundTo(to sms.Identity, body string) []byte {
	b, _ := json.Marshal(map[string]string{
		"originationNumber": "+14255550101", "destinationNumber": string(to), "messageBody": body, "inboundMessageId": "m-1",
	})
	return b
}

// What in messageBody is a person's and what is not.
func TestInboundBody(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		why     string
		to      sms.Identity
		body    string
		variant sms.Variant
		said    []string
	}{
		{"any type that contains the word is an opt-out", agent, `{"type":"RCS_UNSUBSCRIBE_REQUEST"}`, sms.VariantUnsubscribe, nil},
		{"in whatever case", agent, `{"type":"Unsubscribed"}`, sms.VariantUnsubscribe, nil},
		{"even with media beside it", agent, `{"mediaStatus":"SUCCESS","type":"USER_UNSUBSCRIBE"}`, sms.VariantUnsubscribe, nil},
		{"and on a plain number: better one opt-out too many", number, `{"type":"UNSUBSCRIBE"}`, sms.VariantUnsubscribe, nil},
		{"the word in a text is not the type", agent, `unsubscribe`, sms.VariantRCSText, []string{"unsubscribe"}},
		{"nor in another member", agent, `{"note":"UNSUBSCRIBE"}`, sms.VariantRCSText, []string{`{"note":"UNSUBSCRIBE"}`}},
		{"a suggestion without postback data counts by its label", agent, `{"type":"SUGGESTION","text":"Stop"}`, sms.VariantSuggestion, []string{"Stop"}},
		{"a suggestion without a label counts by its data", agent, `{"type":"SUGGESTION","postbackData":"yes_1"}`, sms.VariantSuggestion, []string{"yes_1"}},
		{"a suggestion with neither says nothing", agent, `{"type":"SUGGESTION"}`, sms.VariantSuggestion, nil},
		{"white space around the object changes nothing", agent, " \n{\"type\":\"RCS_TYPING\"} ", sms.VariantTyping, nil},
		{"a type that is no text is still not a person's", agent, `{"type":7}`, sms.VariantUnknown, nil},
		{"half an object is a text", agent, `{"type":"RCS_TYPING"`, sms.VariantRCSText, []string{`{"type":"RCS_TYPING"`}},
		{"two objects are a text", agent, `{"type":"RCS_TYPING"}{}`, sms.VariantRCSText, []string{`{"type":"RCS_TYPING"}{}`}},
		{"an array is a text", agent, `["STOP"]`, sms.VariantRCSText, []string{`["STOP"]`}},
		{"an unknown type on a plain number is a person's JSON", number, `{"type":"bug report"}`, sms.VariantSMS, []string{`{"type":"bug report"}`}},
		{"so is a word that only contains LOCATION", number, `{"type":"ALLOCATION"}`, sms.VariantSMS, []string{`{"type":"ALLOCATION"}`}},
		{"a brace is a text", number, "{", sms.VariantSMS, []string{"{"}},
		{"an empty text is a text", number, "", sms.VariantSMS, []string{""}},
		{"emoji beyond the basic plane", number, "👍🏽 STOP", sms.VariantSMS, []string{"👍🏽 STOP"}},
	} {
		in, err := sms.ParseInbound(inboundTo(row.to, row.body))
		if err != nil {
			t.Errorf("%s: %v", row.why, err)
			continue
		}
		if in.Variant != row.variant || !cmp.Equal(in.Said, row.said, cmpopts.EquateEmpty()) {
			t.Errorf("%s: %s is %s %q, want %s %q", row.why, row.body, in.Variant, in.Said, row.variant, row.said)
		}
		if in.Body != row.body {
			t.Errorf("%s: the body is %q, want it as typed, %q", row.why, in.Body, row.body)
		}
	}
}

// Oddities that must not cost a person their text.
func TestInboundOddities(t *testing.T) {
	t.Parallel()
	const ends = `"originationNumber":"+14255550101","destinationNumber":"+12065550199","inboundMessageId":"m-1"`
	for _, row := range []struct{ why, payload, body string }{
		{"members nobody knows are ignored", `{"carrierCode":{"a":[1]},` + ends + `,"messageBody":"STOP"}`, "STOP"},
		{"NUL cannot be kept by Postgres", `{` + ends + `,"messageBody":"ST\u0000OP"}`, "ST\uFFFDOP"},
		{"half a surrogate pair", `{` + ends + `,"messageBody":"STOP \ud83d"}`, "STOP \uFFFD"},
		{"an escaped pair is one emoji", `{` + ends + `,"messageBody":"\ud83d\ude00"}`, "😀"},
		{"bytes that are no UTF-8", "{" + ends + ",\"messageBody\":\"STOP\xff\"}", "STOP\uFFFD"},
		{"of two members of one name the last counts", `{` + ends + `,"messageBody":"a","messageBody":"STOP"}`, "STOP"},
		{"a number instead of a text", `{` + ends + `,"messageBody":100}`, "100"},
		{"true instead of a text", `{` + ends + `,"messageBody":true}`, "true"},
		{"null instead of a text", `{` + ends + `,"messageBody":null}`, ""},
		{"an object instead of its JSON text", `{` + ends + `,"messageBody":{"note":1}}`, `{"note":1}`},
		{"no body at all", `{` + ends + `}`, ""},
	} {
		in, err := sms.ParseInbound([]byte(row.payload))
		if err != nil {
			t.Errorf("%s: %v", row.why, err)
			continue
		}
		if in.Body != row.body || in.Contact != "+14255550101" {
			t.Errorf("%s: body %q of %s, want %q", row.why, in.Body, in.Contact, row.body)
		}
	}
}

// RCS events leave the plus off; with or without, it is one person.
func TestInboundNumbersAreOneContact(t *testing.T) {
	t.Parallel()
	for _, written := range []string{`"+14255550105"`, `"14255550105"`, `14255550105`, `" +14255550105 "`, `"+1 425-555-0105"`, `"(1) 425.555.0105"`} {
		in, err := sms.ParseInbound(fmt.Appendf(nil, `{"originationNumber":%s,"destinationNumber":"12345","inboundMessageId":"m"}`, written))
		if err != nil || in.Contact != "+14255550105" {
			t.Errorf("%s is read as %q (%v)", written, in.Contact, err)
		}
	}
}

// What is no inbound text is refused with a word that operators count by, and without quoting anybody.
func TestParseInboundRefuses(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ why, payload, reason string }{
		{"nothing", ``, "malformed_json"},
		{"prose", `STOP 4255550101`, "malformed_json"},
		{"an array", `[{"originationNumber":"+14255550101"}]`, "malformed_json"},
		{"a text", `"+14255550101"`, "malformed_json"},
		{"null", `null`, "malformed_json"},
		{"cut short", `{"originationNumber":"+14255550101","messageBody":"ST`, "malformed_json"},
		{"something behind the object", `{"originationNumber":"+14255550101","destinationNumber":"12345"} x`, "malformed_json"},
		{"two payloads in one", `{"originationNumber":"+14255550101","destinationNumber":"12345"}{"originationNumber":"+14255550102"}`, "malformed_json"},
		{"an empty object", `{}`, "not_inbound"},
		{"a text to nobody knows whom, from nobody knows whom", `{"messageBody":"4255550101"}`, "not_inbound"},
		{"a delivery event on the wrong topic", string(payload(t, "event/f06_text_successful")), "not_inbound"},
		{"a registration change", string(payload(t, "event/f16_registration")), "not_inbound"},
		{"an event of the old Pinpoint", `{"event_type":"_SMS.SUCCESS","attributes":{"destination_phone_number":"+14255550101"}}`, "not_inbound"},
		{"nobody", `{"destinationNumber":"12345","messageBody":"STOP","inboundMessageId":"m"}`, "missing_contact"},
		{"an empty number", `{"originationNumber":" ","destinationNumber":"12345","messageBody":"4255550101"}`, "missing_contact"},
		{"no number", `{"originationNumber":null,"destinationNumber":"12345","messageBody":"4255550101"}`, "missing_contact"},
		{"to nobody", `{"originationNumber":"+14255550101","messageBody":"STOP"}`, "missing_identity"},
	} {
		_, err := sms.ParseInbound([]byte(row.payload))
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
