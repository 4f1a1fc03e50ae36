package simulator_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/heedsms/heed/internal/simulator"
	"github.com/heedsms/heed/internal/sms"
)

// listening is a double whose set alerts publishes everything to one topic.
func listening(t *testing.T, options simulator.Options) (double, *[]simulator.Notification) {
	t.Helper()
	d := start(t, options)
	do(t, d, newSet("alerts"), newTopicDestination("alerts", "topic", types.EventTypeAll))
	var heard []simulator.Notification
	d.Subscribe(topic, func(_ context.Context, n simulator.Notification) { heard = append(heard, n) })
	return d, &heard
}

func kindsOf(notifications []simulator.Notification) string {
	var kinds []string
	for _, n := range notifications {
		var e struct{ EventType string }
		if err := json.Unmarshal([]byte(n.Message), &e); err != nil {
			kinds = append(kinds, err.Error())
		}
		kinds = append(kinds, strings.TrimPrefix(e.EventType, "TEXT_"))
	}
	return strings.Join(kinds, " ")
}

// The last event of an ordinary send has the fields and values of AWS's sample.
func TestEventForm(t *testing.T) {
	t.Parallel()
	d, heard := listening(t, simulator.Options{})
	do(t, d, send(person, inSet("alerts"), func(in *api.SendTextMessageInput) {
		in.Context = map[string]string{"outbox": "42"}
		in.MessageBody = aws.String(strings.Repeat("ü", 161))
		in.MessageType = types.MessageTypeTransactional
	}))
	d.Deliver(t.Context(), simulator.DeliverOptions{})
	want := fmt.Sprintf(`{"eventType":"TEXT_DELIVERED","eventVersion":"1.0","eventTimestamp":%d,"isFinal":true,`+
		`"originationPhoneNumber":"+12065550199","destinationPhoneNumber":"+14255550101","isoCountryCode":"US",`+
		`"isInternationalSend":false,"mcc":"310","mnc":"800","messageId":%q,"messageRequestTimestamp":%d,`+
		`"messageEncoding":"GSM","messageType":"TRANSACTIONAL","messageStatus":"DELIVERED",`+
		`"messageStatusDescription":"Message has been accepted by phone","context":{"outbox":"42"},`+
		`"totalMessageParts":2,"totalMessagePrice":0.01162,"totalCarrierFee":0.006}`,
		noon.UnixMilli()+1200, d.Sent()[0].ID, noon.UnixMilli())
	if diff := cmp.Diff(want, (*heard)[2].Message); diff != "" {
		t.Error(diff)
	}
}

// Each destination with a fate of its own has its course.
func TestCourses(t *testing.T) {
	t.Parallel()
	for to, want := range map[sms.Phone]string{
		person:                              "QUEUED SUCCESSFUL DELIVERED!",
		simulator.DestinationSuccess:        "QUEUED SUCCESSFUL DELIVERED!",
		simulator.DestinationFailure:        "QUEUED CARRIER_UNREACHABLE!",
		simulator.DestinationFailureGB:      "QUEUED CARRIER_UNREACHABLE!",
		simulator.DestinationBlocked:        "QUEUED BLOCKED!",
		simulator.DestinationCarrierBlocked: "QUEUED CARRIER_BLOCKED!",
		simulator.DestinationUnreachable:    "QUEUED UNREACHABLE!",
		simulator.DestinationInvalid:        "QUEUED INVALID!",
		simulator.DestinationExpired:        "QUEUED TTL_EXPIRED! after 1m0s",
		simulator.DestinationNoReceipt:      "QUEUED UNKNOWN! after 72h0m0s",
		simulator.DestinationProtected:      "PROTECT_BLOCKED!",
		simulator.DestinationCarrierReceipt: "QUEUED SUCCESSFUL!",
		simulator.DestinationLateReceipt:    "QUEUED UNKNOWN! after 72h0m0s DELIVERED! after 73h0m0s",
		simulator.DestinationSpam:           "QUEUED SPAM!",
	} {
		t.Run(string(to), func(t *testing.T) {
			t.Parallel()
			d, _ := listening(t, simulator.Options{})
			do(t, d, send(string(to), inSet("alerts"), func(in *api.SendTextMessageInput) { in.TimeToLive = aws.Int32(60) }))
			var got []string
			for _, e := range d.PendingEvents() {
				var form struct {
					MessageStatus string
					IsFinal       bool
				}
				must(t, json.Unmarshal(e.JSON, &form))
				word := form.MessageStatus
				if form.IsFinal {
					word += "!"
				}
				if after := e.At.Sub(noon); after >= time.Minute {
					word += " after " + after.String()
				}
				got = append(got, word)
			}
			if diff := cmp.Diff(want, strings.Join(got, " ")); diff != "" {
				t.Error(diff)
			}
			reached := strings.Contains(want, "DELIVERED") || strings.HasSuffix(want, "SUCCESSFUL!")
			if got := len(d.Inbox(to)) == 1; got != reached {
				t.Errorf("reached the phone: %v", got)
			}
		})
	}
}

// A text beyond what the service takes is accepted and invalid.
func TestTooLongText(t *testing.T) {
	t.Parallel()
	d, heard := listening(t, simulator.Options{})
	do(t, d, send(person, inSet("alerts"), func(in *api.SendTextMessageInput) {
		in.MessageBody = aws.String(strings.Repeat("a", 1531))
	}))
	d.Deliver(t.Context(), simulator.DeliverOptions{})
	if got := kindsOf(*heard); got != "INVALID_MESSAGE" || len(d.Inbox(person)) != 0 {
		t.Error(got)
	}
}

// Every enabled destination gets the events of its types, by single type, by channel or all.
func TestEventsAreFiltered(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	single, channel, voice, off := "arn:aws:sns:us-east-1:111122223333:single", "arn:aws:sns:us-east-1:111122223333:channel",
		"arn:aws:sns:us-east-1:111122223333:voice", "arn:aws:sns:us-east-1:111122223333:off"
	do(t, d, newSet("alerts"), newSet("other"))
	heard := map[string]string{}
	for topic, kind := range map[string]types.EventType{
		single: types.EventTypeTextDelivered, channel: types.EventTypeTextAll, voice: types.EventTypeVoiceAll, off: types.EventTypeAll,
	} {
		name := strings.TrimPrefix(topic, "arn:aws:sns:us-east-1:111122223333:")
		_, err := d.client.CreateEventDestination(t.Context(), &api.CreateEventDestinationInput{
			ConfigurationSetName: aws.String("alerts"), EventDestinationName: &name, MatchingEventTypes: []types.EventType{kind},
			SnsDestination: &types.SnsDestination{TopicArn: &topic},
		})
		must(t, err)
		d.Subscribe(topic, func(_ context.Context, n simulator.Notification) {
			heard[name] = strings.TrimSpace(heard[name] + " " + kindsOf([]simulator.Notification{n}))
		})
	}
	_, err := d.client.UpdateEventDestination(t.Context(), &api.UpdateEventDestinationInput{
		ConfigurationSetName: aws.String("alerts"), EventDestinationName: aws.String("off"), Enabled: aws.Bool(false),
	})
	must(t, err)
	do(t, d, send(person, inSet("alerts")), send(person, inSet("other")), send(person))
	if events := d.PendingEvents(); len(events) != 3 || !slices.Equal(events[2].Destinations, []string{"channel", "single"}) &&
		!slices.Equal(events[2].Destinations, []string{"single", "channel"}) {
		t.Errorf("pending %+v", events)
	}
	if n := d.Deliver(t.Context(), simulator.DeliverOptions{}); n != 4 {
		t.Errorf("%d deliveries", n)
	}
	want := map[string]string{"single": "DELIVERED", "channel": "QUEUED SUCCESSFUL DELIVERED"}
	if diff := cmp.Diff(want, heard); diff != "" {
		t.Error(diff)
	}
}

// Firehose and CloudWatch Logs get the bare event.
func TestOtherDestinations(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	do(t, d, newSet("alerts"))
	kinds := []types.EventType{types.EventTypeTextDelivered}
	_, err := d.client.CreateEventDestination(t.Context(), &api.CreateEventDestinationInput{
		ConfigurationSetName: aws.String("alerts"), EventDestinationName: aws.String("firehose"), MatchingEventTypes: kinds,
		KinesisFirehoseDestination: &types.KinesisFirehoseDestination{IamRoleArn: aws.String(role), DeliveryStreamArn: aws.String(stream)},
	})
	must(t, err)
	_, err = d.client.CreateEventDestination(t.Context(), &api.CreateEventDestinationInput{
		ConfigurationSetName: aws.String("alerts"), EventDestinationName: aws.String("logs"), MatchingEventTypes: kinds,
		CloudWatchLogsDestination: &types.CloudWatchLogsDestination{IamRoleArn: aws.String(role), LogGroupArn: aws.String(logGroup)},
	})
	must(t, err)
	var record, message string
	d.SubscribeFirehose(stream, func(_ context.Context, r []byte) { record = string(r) })
	d.SubscribeLogs(strings.TrimSuffix(logGroup, ":*"), func(_ context.Context, m string) { message = m })
	do(t, d, send(person, inSet("alerts")))
	d.Deliver(t.Context(), simulator.DeliverOptions{})
	if record == "" || record != message || !json.Valid([]byte(record)) {
		t.Errorf("record %q, message %q", record, message)
	}
}

// Deliver repeats with the same SNS id, shuffles by the seed, and leaves what is not due.
func TestDeliverOptions(t *testing.T) {
	t.Parallel()
	run := func(o simulator.DeliverOptions) ([]simulator.Notification, double) {
		d, heard := listening(t, simulator.Options{Seed: 3})
		do(t, d, send(person, inSet("alerts")))
		d.Deliver(t.Context(), o)
		return *heard, d
	}
	twice, _ := run(simulator.DeliverOptions{Twice: true})
	if kindsOf(twice) != "QUEUED SUCCESSFUL DELIVERED QUEUED SUCCESSFUL DELIVERED" || twice[0] != twice[3] {
		t.Error(kindsOf(twice))
	}
	shuffled, _ := run(simulator.DeliverOptions{Twice: true, Shuffle: true})
	again, _ := run(simulator.DeliverOptions{Twice: true, Shuffle: true})
	if kindsOf(shuffled) == kindsOf(twice) || kindsOf(shuffled) != kindsOf(again) {
		t.Errorf("shuffled %s, again %s", kindsOf(shuffled), kindsOf(again))
	}
	one, d := run(simulator.DeliverOptions{Most: 1})
	if kindsOf(one) != "QUEUED" || len(d.PendingEvents()) != 2 {
		t.Error(kindsOf(one))
	}
	none, d := run(simulator.DeliverOptions{OnlyDue: true})
	d.Advance(300 * time.Millisecond)
	if len(none) != 0 || d.Deliver(t.Context(), simulator.DeliverOptions{OnlyDue: true}) != 2 {
		t.Error("not due")
	}
	if taken := d.TakeEvents(); len(taken) != 1 || len(d.PendingEvents()) != 0 {
		t.Errorf("taken %d", len(taken))
	}
}

// With AutoDeliver the ordinary course is heard before the send returns; 72 hours later the rest.
func TestAutoDeliver(t *testing.T) {
	t.Parallel()
	d, heard := listening(t, simulator.Options{AutoDeliver: true})
	do(t, d, send(person, inSet("alerts")))
	if got := kindsOf(*heard); got != "QUEUED SUCCESSFUL DELIVERED" {
		t.Error(got)
	}
	do(t, d, send(string(simulator.DestinationNoReceipt), inSet("alerts")))
	d.Advance(71 * time.Hour)
	if got := kindsOf(*heard); got != "QUEUED SUCCESSFUL DELIVERED QUEUED" {
		t.Error(got)
	}
	d.Advance(time.Hour)
	if got := kindsOf(*heard); got != "QUEUED SUCCESSFUL DELIVERED QUEUED UNKNOWN" {
		t.Error(got)
	}
}

// The message keeps what was sent; a dry run leaves nothing behind.
func TestSentKeepsTheRequest(t *testing.T) {
	t.Parallel()
	d, _ := listening(t, simulator.Options{})
	do(t, d,
		send(person, func(in *api.SendTextMessageInput) { in.DryRun = true }),
		send("14255550101", inSet("alerts"), func(in *api.SendTextMessageInput) {
			in.OriginationIdentity, in.MessageBody = &d.number, aws.String("Bonjour ✓")
			in.Context, in.TimeToLive, in.Keyword = map[string]string{"outbox": "1"}, aws.Int32(300), aws.String("ALERTS")
			in.MessageFeedbackEnabled = aws.Bool(true)
		}))
	d.Advance(time.Hour)
	sent := d.Sent()
	want := []simulator.Message{{
		ID: sent[0].ID, Channel: simulator.ChannelText, To: person, From: ourNumber, Requested: d.number, Body: "Bonjour ✓",
		Context: map[string]string{"outbox": "1"}, ConfigurationSet: "alerts", MessageType: types.MessageTypeTransactional,
		Keyword: "ALERTS", TimeToLive: 5 * time.Minute, Parts: 1, Unicode: true, At: noon,
		Outcome: types.EventTypeTextDelivered, Feedback: types.MessageFeedbackStatusFailed,
	}}
	if diff := cmp.Diff(want, sent, cmpopts.IgnoreUnexported(simulator.Message{})); diff != "" {
		t.Error(diff)
	}
	_, err := d.client.PutMessageFeedback(t.Context(), &api.PutMessageFeedbackInput{
		MessageId: &sent[0].ID, MessageFeedbackStatus: types.MessageFeedbackStatusReceived,
	})
	must(t, err)
	if got := d.Sent()[0].Feedback; got != types.MessageFeedbackStatusReceived {
		t.Error(got)
	}
}

// A pool sends from a short code first, and keeps to the number that wrote to the person last.
func TestPoolChoosesANumber(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	do(t, d, pooled)
	p := onlyPool(t.Context(), t, d)
	fromPool := send(person, func(in *api.SendTextMessageInput) { in.OriginationIdentity = p.PoolArn })
	do(t, d, fromPool)
	code := d.AddNumber(simulator.NumberSpec{Number: "12345", TwoWayTopic: inbox})
	do(t, d, associate(*p.PoolId, code), fromPool)
	d.Advance(25 * time.Hour)
	do(t, d, fromPool)
	var from []sms.Identity
	for _, m := range d.Sent() {
		from = append(from, m.From)
	}
	if diff := cmp.Diff([]sms.Identity{ourNumber, ourNumber, "12345"}, from); diff != "" {
		t.Error(diff)
	}
}
