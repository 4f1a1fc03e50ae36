package simulator_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/google/go-cmp/cmp"
	"github.com/heedsms/heed/internal/simulator"
	"github.com/heedsms/heed/internal/sms"
)

// What AWS does with a text, by who answers.
func TestText(t *testing.T) {
	t.Parallel()
	answerJoin := []call{putKeyword("JOIN", ""), putKeyword("START", types.KeywordActionOptIn)}
	selfManaged := update(func(in *api.UpdatePhoneNumberInput) { in.SelfManagedOptOutsEnabled = aws.Bool(true) })
	tests := []struct {
		name      string
		options   simulator.Options
		before    []call
		text      string
		answer    string // what the phone shows; empty: nothing
		optedOut  bool
		published string // the keyword that the payload names; empty: not published
	}{
		// Managed: AWS answers HELP and does not tell.
		{name: "HELP", text: "help me", answer: "Reply STOP to opt out of receiving texts from this number."},
		// Managed: STOP lists the person and is confirmed.
		{name: "STOP", text: "Stop ", optedOut: true, answer: "You are opted out and will receive no further texts from this number."},
		// So does each synonym, with the message of STOP, and by AWS's rule anything that begins with one.
		{name: "synonym", text: "Endless", optedOut: true, answer: "You are opted out and will receive no further texts from this number."},
		// The message of STOP may be one's own.
		{name: "own words", before: []call{putKeyword("STOP", "")}, text: "QUIT", optedOut: true, answer: "Answer to STOP"},
		// AWS may also publish what it answered.
		{
			name: "STOP published", options: simulator.Options{PublishManaged: true}, text: "stop", optedOut: true,
			answer: "You are opted out and will receive no further texts from this number.", published: "STOP",
		},
		// A custom keyword is answered and published.
		{name: "JOIN", before: answerJoin, text: "Join us", answer: "Answer to JOIN", published: "JOIN"},
		// The longest keyword wins.
		{name: "longest", before: []call{putKeyword("JO", ""), putKeyword("JOIN", "")}, text: "JOIN", answer: "Answer to JOIN", published: "JOIN"},
		// An OPT_IN keyword takes the person off the list.
		{name: "START", before: append(answerJoin, optOut("Default", person)), text: "START", answer: "Answer to START", published: "START"},
		// Without such a keyword START does nothing.
		{name: "START unknown", before: []call{optOut("Default", person)}, text: "START", optedOut: true, published: "KEYWORD_111122223333"},
		// A text that begins with no keyword is published with AWS's placeholder.
		{name: "none", text: "please stop", published: "KEYWORD_111122223333"},
		// Self-managed: AWS names the keyword and leaves the rest to us.
		{name: "self-managed STOP", before: []call{selfManaged}, text: "STOP", published: "STOP"},
		{name: "self-managed none", before: []call{selfManaged}, text: "hello", published: "KEYWORD_111122223333"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d := start(t, test.options)
			do(t, d, test.before...)
			var heard []map[string]string
			d.Subscribe(inbox, func(_ context.Context, n simulator.Notification) {
				var payload map[string]string
				must(t, json.Unmarshal([]byte(n.Message), &payload))
				heard = append(heard, payload)
			})
			id, err := d.Text(t.Context(), person, ourNumber, test.text)
			must(t, err)
			if got := d.OptedOut("Default", person); got != test.optedOut {
				t.Errorf("opted out: %v", got)
			}
			answer := ""
			for _, m := range d.Inbox(person) {
				answer = m.Body
				if !m.Automatic {
					t.Error("AWS's answer does not say that it is automatic")
				}
			}
			if answer != test.answer {
				t.Errorf("answer %q", answer)
			}
			var want []map[string]string
			if test.published != "" {
				want = append(want, map[string]string{
					"originationNumber": person, "destinationNumber": ourNumber, "messageKeyword": test.published,
					"messageBody": test.text, "inboundMessageId": id,
				})
			}
			if diff := cmp.Diff(want, heard); diff != "" {
				t.Error(diff)
			}
			if len(d.Sent()) != 0 {
				t.Error("AWS's own answers are no sends")
			}
		})
	}
}

// The payload names the message that the person answers; the settings of a number's pool win over its own.
func TestTextToAPooledNumber(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	do(t, d, send(person), pooled)
	p := onlyPool(t.Context(), t, d)
	_, err := d.client.UpdatePool(t.Context(), &api.UpdatePoolInput{PoolId: p.PoolId, SelfManagedOptOutsEnabled: aws.Bool(true)})
	must(t, err)
	_, err = d.Text(t.Context(), person, ourNumber, "STOP")
	must(t, err)
	if d.OptedOut("Default", person) || len(d.Published()) != 1 {
		t.Fatal("the number answered, though its pool is self-managed")
	}
	var payload map[string]string
	must(t, json.Unmarshal([]byte(d.Published()[0].Message), &payload))
	if payload["previousPublishedMessageId"] != d.Sent()[0].ID {
		t.Errorf("payload %v", payload)
	}
}

// The whole story over the API: STOP, the send is refused, START, the send is accepted.
func TestStopAndStart(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	do(t, d, putKeyword("START", types.KeywordActionOptIn), send(person))
	text := func(body string) {
		t.Helper()
		_, err := d.Text(t.Context(), person, ourNumber, body)
		must(t, err)
	}
	text("STOP")
	if got := verdict(send(person)(t.Context(), d)); got != "conflict DESTINATION_PHONE_NUMBER_OPTED_OUT opted-out-number" {
		t.Error(got)
	}
	text("START")
	do(t, d, send(person))
	if got := len(d.Inbox(person)); got != 4 {
		t.Errorf("the phone shows %d texts", got)
	}
}

// Nobody has the number: an error that does not tell it.
func TestTextToNobody(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	if _, err := d.Text(t.Context(), person, "+12065550111", "hello"); err == nil || err.Error() != `texting "***0111": nobody has this number` {
		t.Error(err)
	}
}

// RCS events have AWS's documented form: the body is a JSON text, and the number lacks its plus.
func TestRCSEvents(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	agent := d.AddRCSAgent(simulator.RCSAgentSpec{ID: "rcs-00112233445566778899aabbccddeeff", TwoWayTopic: inbox})
	typing, err := d.Typing(t.Context(), person, agent)
	must(t, err)
	tap, err := d.Tap(t.Context(), person, agent, "Yes", "join")
	must(t, err)
	_, err = d.Text(t.Context(), person, agent, "hello")
	must(t, err)
	want := []string{
		`{"originationNumber":"14255550101","destinationNumber":"rcs-00112233445566778899aabbccddeeff",` +
			`"messageBody":"{\"receivedAt\":\"2026-11-20T12:00:00.000+0000\",\"type\":\"RCS_TYPING\"}",` +
			`"inboundMessageId":"` + typing + `"}`,
		`{"originationNumber":"14255550101","destinationNumber":"rcs-00112233445566778899aabbccddeeff",` +
			`"messageBody":"{\"postbackData\":\"join\",\"text\":\"Yes\",\"type\":\"SUGGESTION\"}",` +
			`"inboundMessageId":"` + tap + `"}`,
	}
	var got []string
	for _, n := range d.Published()[:2] {
		got = append(got, n.Message)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if typing != "14255550101-2026-11-20T12:00:00.000+0000" {
		t.Error(typing)
	}
	do(t, d, send(person, func(in *api.SendTextMessageInput) { in.OriginationIdentity = (*string)(&agent) }))
	if from := d.Sent()[0].From; from != agent {
		t.Error(from)
	}
}

// A topic takes anything, and gives it again when asked.
func TestPublishAndRedeliver(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	var heard []string
	d.Subscribe(inbox, func(_ context.Context, n simulator.Notification) { heard = append(heard, n.MessageID+n.Message) })
	n := d.Publish(t.Context(), inbox, "{poison")
	d.Redeliver(t.Context(), n)
	if len(heard) != 2 || heard[0] != heard[1] || len(d.Published()) != 1 {
		t.Error(heard)
	}
}

// A number added twice is one number; an added short code and a toll-free number know their kind.
func TestAddNumber(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	again := d.AddNumber(simulator.NumberSpec{Number: ourNumber, OptOutList: "acme"})
	d.AddNumber(simulator.NumberSpec{Number: "12345"})
	d.AddNumber(simulator.NumberSpec{Number: "+18005550100"})
	d.AddNumber(simulator.NumberSpec{Number: "+447700900123"})
	if again != d.number {
		t.Error("the number has two ids")
	}
	out, err := d.client.DescribePhoneNumbers(t.Context(), &api.DescribePhoneNumbersInput{})
	must(t, err)
	got := map[sms.Identity]string{}
	for _, n := range out.PhoneNumbers {
		got[sms.Identity(*n.PhoneNumber)] = string(n.NumberType) + " " + *n.IsoCountryCode + " " + *n.OptOutListName
	}
	want := map[sms.Identity]string{
		ourNumber: "TEN_DLC US acme", "12345": "SHORT_CODE US Default", "+18005550100": "TOLL_FREE US Default",
		"+447700900123": "LONG_CODE GB Default",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if out.PhoneNumbers[0].CreatedTimestamp.Sub(noon) != time.Duration(0) {
		t.Error("created", out.PhoneNumbers[0].CreatedTimestamp)
	}
}
