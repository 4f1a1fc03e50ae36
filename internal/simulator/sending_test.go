package simulator_test

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/google/go-cmp/cmp"
	"github.com/heedsms/heed/internal/simulator"
	"github.com/heedsms/heed/internal/sms"
)

const photo = "s3://example-media/photo.jpg"

// able lets our number call and send media.
func able(_ context.Context, d double) error {
	d.AddNumber(simulator.NumberSpec{Number: ourNumber, TwoWayTopic: inbox, Capabilities: []types.NumberCapability{
		types.NumberCapabilitySms, types.NumberCapabilityVoice, types.NumberCapabilityMms,
	}})
	return nil
}

// ring calls somebody from our number.
func ring(to string, change ...func(*api.SendVoiceMessageInput)) call {
	return func(ctx context.Context, d double) error {
		in := &api.SendVoiceMessageInput{
			DestinationPhoneNumber: &to, OriginationIdentity: aws.String(ourNumber), MessageBody: aws.String("Your code is 1 2 3 4"),
		}
		for _, c := range change {
			c(in)
		}
		_, err := d.client.SendVoiceMessage(ctx, in)
		return err
	}
}

// sendPhoto sends somebody a photo from our number.
func sendPhoto(to string, change ...func(*api.SendMediaMessageInput)) call {
	return func(ctx context.Context, d double) error {
		in := &api.SendMediaMessageInput{
			DestinationPhoneNumber: &to, OriginationIdentity: aws.String(ourNumber), MediaUrls: []string{photo},
		}
		for _, c := range change {
			c(in)
		}
		_, err := d.client.SendMediaMessage(ctx, in)
		return err
	}
}

func later(by time.Duration) call {
	return func(_ context.Context, d double) error { d.Advance(by); return nil }
}

func TestSendVoiceMessageRules(t *testing.T) {
	t.Parallel()
	with := func(change func(*api.SendVoiceMessageInput)) call { return ring(person, change) }
	says := func(length int, kind types.VoiceMessageBodyTextType) call {
		return with(func(in *api.SendVoiceMessageInput) {
			in.MessageBody, in.MessageBodyTextType = aws.String(strings.Repeat("a", length)), kind
		})
	}
	five := slices.Repeat([]call{ring(person)}, 5)
	testRules(t, []rule{
		// A number with the capability may call.
		{"plain", []call{able}, ring(person), "ok"},
		// One that can only text may not.
		{"no voice", nil, ring(person), "conflict NUMBER_CAPABILITIES_MISMATCH phone-number"},
		// Who calls must be said, although a text may leave it open.
		{"no identity", []call{able}, with(func(in *api.SendVoiceMessageInput) { in.OriginationIdentity = aws.String("") }), "validation INVALID_PARAMETER OriginationIdentity"},
		// A sender id is no telephone.
		{"sender id", []call{able}, with(func(in *api.SendVoiceMessageInput) { in.OriginationIdentity = aws.String("EXAMPLE") }), "not found phone-number EXAMPLE"},
		// A call needs something to say.
		{"silence", []call{able}, with(func(in *api.SendVoiceMessageInput) { in.MessageBody = nil }), "validation MISSING_PARAMETER MessageBody"},
		// A plain text has at most 3000 characters.
		{"longest text", []call{able}, says(3000, ""), "ok"},
		{"too long a text", []call{able}, says(3001, types.VoiceMessageBodyTextTypeText), "validation INVALID_PARAMETER MessageBody"},
		// SSML has at most 6000.
		{"longest SSML", []call{able}, says(6000, types.VoiceMessageBodyTextTypeSsml), "ok"},
		{"too long SSML", []call{able}, says(6001, types.VoiceMessageBodyTextTypeSsml), "validation INVALID_PARAMETER MessageBody"},
		// Five calls to a recipient in 24 hours, and no sixth.
		{"sixth call", append([]call{able}, five...), ring(person), "quota DAILY_DESTINATION_CALL_LIMIT"},
		// The limit is by recipient.
		{"somebody else", append([]call{able}, five...), ring("+14255550102"), "ok"},
		// It is over when 24 hours are.
		{"next day", append(append([]call{able}, five...), later(24*time.Hour)), ring(person), "ok"},
		// Texts are no calls.
		{"five texts", append([]call{able}, slices.Repeat([]call{send(person)}, 5)...), ring(person), "ok"},
		// Nor are dry runs.
		{"dry runs", append([]call{able}, slices.Repeat([]call{with(func(in *api.SendVoiceMessageInput) { in.DryRun = true })}, 5)...), ring(person), "ok"},
		// Who opted out is not called either.
		{"opted out", []call{able, optOut("Default", person)}, ring(person), "conflict DESTINATION_PHONE_NUMBER_OPTED_OUT opted-out-number"},
		// A minute costs more than that.
		{"price", []call{able}, with(func(in *api.SendVoiceMessageInput) { in.MaxPricePerMinute = aws.String("0.012") }), "validation PRICE_OVER_THRESHOLD MaxPricePerMinute"},
		{"price that will do", []call{able}, with(func(in *api.SendVoiceMessageInput) { in.MaxPricePerMinute = aws.String("0.013") }), "ok"},
		// What a call names must exist.
		{"no such set", []call{able}, with(func(in *api.SendVoiceMessageInput) { in.ConfigurationSetName = aws.String("none") }), "not found configuration-set none"},
		{"no such protect configuration", []call{able}, with(func(in *api.SendVoiceMessageInput) { in.ProtectConfigurationId = aws.String("protect-1") }), "not found protect-configuration protect-1"},
	})
}

func TestSendMediaMessageRules(t *testing.T) {
	t.Parallel()
	with := func(change func(*api.SendMediaMessageInput)) call { return sendPhoto(person, change) }
	urls := func(urls ...string) call {
		return with(func(in *api.SendMediaMessageInput) { in.MediaUrls = urls })
	}
	testRules(t, []rule{
		// A number with the capability sends media, with a text or without.
		{"plain", []call{able}, sendPhoto(person), "ok"},
		{"with a text", []call{able}, with(func(in *api.SendMediaMessageInput) { in.MessageBody = aws.String("Look") }), "ok"},
		// One that can only text does not.
		{"no MMS", nil, sendPhoto(person), "conflict NUMBER_CAPABILITIES_MISMATCH phone-number"},
		// Who sends must be said.
		{"no identity", []call{able}, with(func(in *api.SendMediaMessageInput) { in.OriginationIdentity = aws.String("") }), "validation INVALID_PARAMETER OriginationIdentity"},
		// Exactly one file, in S3.
		{"no file", []call{able}, urls(), "validation MISSING_PARAMETER MediaUrls"},
		{"two files", []call{able}, urls(photo, photo), "validation INVALID_PARAMETER MediaUrls"},
		{"a file elsewhere", []call{able}, urls("https://example.com/photo.jpg"), "validation INVALID_PARAMETER MediaUrls"},
		// Who opted out gets no media either.
		{"opted out", []call{able, optOut("Default", person)}, sendPhoto(person), "conflict DESTINATION_PHONE_NUMBER_OPTED_OUT opted-out-number"},
		// A media message costs more than a text.
		{"price", []call{able}, with(func(in *api.SendMediaMessageInput) { in.MaxPrice = aws.String("0.0221") }), "validation PRICE_OVER_THRESHOLD MaxPrice"},
		{"price that will do", []call{able}, with(func(in *api.SendMediaMessageInput) { in.MaxPrice = aws.String("0.02216") }), "ok"},
		// The time to live is that of texts.
		{"short life", []call{able}, with(func(in *api.SendMediaMessageInput) { in.TimeToLive = aws.Int32(4) }), "validation INVALID_PARAMETER TimeToLive"},
	})
}

// A number sends the type of messages that it was rented for.
func TestMessageTypeMismatch(t *testing.T) {
	t.Parallel()
	of := func(kind types.MessageType) call {
		return send(person, func(in *api.SendTextMessageInput) { in.MessageType = kind })
	}
	testRules(t, []rule{
		{"same", nil, of(types.MessageTypeTransactional), "ok"},
		{"other", nil, of(types.MessageTypePromotional), "conflict MESSAGE_TYPE_MISMATCH phone-number"},
	})
}

// course is what the waiting events say happened: the event types in short, ! where final, the status where it is not
// the type's, and the sender where it is not the first.
func course(t *testing.T, d double) string {
	t.Helper()
	var words []string
	first := ""
	for _, e := range d.PendingEvents() {
		parsed, err := sms.ParseEvent(e.JSON)
		must(t, err)
		_, word, _ := strings.Cut(parsed.Type, "_")
		if parsed.AWSStatus != word {
			word += "=" + parsed.AWSStatus
		}
		if parsed.Final {
			word += "!"
		}
		if first == "" {
			first = string(parsed.Identity)
		}
		if string(parsed.Identity) != first {
			word = "sms:" + word
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

// Each destination with a fate of its own has its course on each channel, and heed's parser understands every event.
func TestCoursesOfOtherChannels(t *testing.T) {
	t.Parallel()
	const (
		answered = "INITIATED RINGING ANSWERED COMPLETED!"
		media    = "QUEUED SUCCESSFUL DELIVERED!"
		read     = "SENT=PENDING DELIVERED! READ!"
		unread   = "SENT=PENDING DELIVERED!"
		fallback = "SENT=PENDING FALLEN_BACK_TO_SMS"
	)
	for to, want := range map[sms.Phone]struct{ voice, media, rcs string }{
		person:                                {answered, media, read},
		simulator.DestinationSuccess:          {answered, media, read},
		simulator.DestinationSuccessGB:        {answered, media, read},
		simulator.DestinationFailure:          {"INITIATED FAILED!", "QUEUED CARRIER_UNREACHABLE!", "SENT=PENDING FAILED=UNDELIVERABLE!"},
		simulator.DestinationFailureGB:        {"INITIATED FAILED!", "QUEUED CARRIER_UNREACHABLE!", "SENT=PENDING FAILED=UNDELIVERABLE!"},
		simulator.DestinationBlocked:          {"INITIATED FAILED!", "QUEUED BLOCKED!", "SENT=PENDING FAILED=REJECTED!"},
		simulator.DestinationCarrierBlocked:   {"INITIATED FAILED!", "QUEUED CARRIER_BLOCKED!", "SENT=PENDING FAILED=REJECTED!"},
		simulator.DestinationUnreachable:      {"INITIATED RINGING NO_ANSWER!", "QUEUED UNREACHABLE!", fallback + " sms:QUEUED sms:UNREACHABLE!"},
		simulator.DestinationInvalid:          {"INITIATED FAILED!", "QUEUED INVALID!", "SENT=PENDING FAILED=UNDELIVERABLE!"},
		simulator.DestinationExpired:          {"TTL_EXPIRED!", "QUEUED TTL_EXPIRED!", "SENT=PENDING TTL_EXPIRED=TTL_EXPIRATION_REVOKED!"},
		simulator.DestinationNoReceipt:        {answered, "QUEUED UNKNOWN!", fallback + " sms:QUEUED sms:UNKNOWN!"},
		simulator.DestinationProtected:        {"FAILED=PROTECT_BLOCKED!", "QUEUED BLOCKED!", "PROTECT_BLOCKED!"},
		simulator.DestinationCarrierReceipt:   {answered, "QUEUED SUCCESSFUL!", unread},
		simulator.DestinationLateReceipt:      {answered, "QUEUED UNKNOWN! DELIVERED!", unread},
		simulator.DestinationSpam:             {"INITIATED FAILED=SPAM!", "QUEUED SPAM!", "SENT=PENDING FAILED=REJECTED!"},
		simulator.DestinationBusy:             {"INITIATED BUSY!", media, read},
		simulator.DestinationNoAnswer:         {"INITIATED RINGING NO_ANSWER!", media, read},
		simulator.DestinationNoRCS:            {answered, media, fallback + " sms:QUEUED sms:SUCCESSFUL sms:DELIVERED!"},
		simulator.DestinationTwice:            {answered, media, fallback + " sms:QUEUED sms:SUCCESSFUL sms:DELIVERED! DELIVERED!"},
		simulator.DestinationUnread:           {answered, media, unread},
		simulator.DestinationFileInaccessible: {answered, "QUEUED FILE_INACCESSIBLE!", read},
		simulator.DestinationFileUnsupported:  {answered, "QUEUED FILE_TYPE_UNSUPPORTED!", read},
		simulator.DestinationFileTooLarge:     {answered, "QUEUED FILE_SIZE_EXCEEDED!", read},
	} {
		t.Run(string(to), func(t *testing.T) {
			t.Parallel()
			d, _ := listening(t, simulator.Options{RCSEvents: true})
			do(t, d, able)
			agent := d.AddRCSAgent(simulator.RCSAgentSpec{TwoWayTopic: inbox, Countries: []string{"US", "GB"}, Fallback: ourNumber})
			fromAgent := func(in *api.SendTextMessageInput) { in.OriginationIdentity = aws.String(string(agent)) }
			check := func(channel, want string) {
				t.Helper()
				if diff := cmp.Diff(want, course(t, d)); diff != "" {
					t.Errorf("%s: %s", channel, diff)
				}
				for _, e := range d.TakeEvents() {
					parsed, err := sms.ParseEvent(e.JSON)
					must(t, err)
					if sms.Word(parsed.AWSStatus, parsed.Type) == "" || parsed.Contact != to || parsed.OccurredAt.IsZero() {
						t.Errorf("heed reads %+v out of %s", parsed, e.JSON)
					}
				}
			}
			do(t, d, ring(string(to), func(in *api.SendVoiceMessageInput) { in.ConfigurationSetName = aws.String("alerts") }))
			check("voice", want.voice)
			do(t, d, sendPhoto(string(to), func(in *api.SendMediaMessageInput) { in.ConfigurationSetName = aws.String("alerts") }))
			check("media", want.media)
			do(t, d, send(string(to), inSet("alerts"), fromAgent))
			check("RCS", want.rcs)
			do(t, d, send(string(to), inSet("alerts")))
			check("text", course(t, d)) // TestCourses says which it is
			for i, course := range []string{want.voice, want.media, want.rcs} {
				reached := slices.ContainsFunc([]string{"COMPLETED!", "SUCCESSFUL!", "DELIVERED!", "READ!"}, func(end string) bool {
					return strings.HasSuffix(course, end)
				})
				id := d.Sent()[i].ID
				if got := slices.ContainsFunc(d.Inbox(to), func(m simulator.Message) bool { return m.ID == id }); got != reached {
					t.Errorf("%s: reached the phone: %v", course, got)
				}
			}
		})
	}
}

// AWS may tell of an agent's message in events of a text: of the agent, then of the number that it fell back to.
func TestRCSAsText(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		to   sms.Phone
		back sms.Identity
		want string
	}{
		{"it arrives", person, ourNumber, "QUEUED SUCCESSFUL DELIVERED!"},
		{"the phone has no RCS", simulator.DestinationNoRCS, ourNumber, "QUEUED SUCCESSFUL DELIVERED!"},
		{"it arrives both ways", simulator.DestinationTwice, ourNumber, "QUEUED SUCCESSFUL DELIVERED! sms:DELIVERED!"},
		{"there is no number to fall back to", simulator.DestinationNoRCS, "", "UNREACHABLE!"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d, _ := listening(t, simulator.Options{})
			agent := d.AddRCSAgent(simulator.RCSAgentSpec{TwoWayTopic: inbox, Fallback: test.back})
			do(t, d, send(string(test.to), inSet("alerts"), func(in *api.SendTextMessageInput) {
				in.OriginationIdentity = aws.String(string(agent))
			}))
			if diff := cmp.Diff(test.want, course(t, d)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Without a number to fall back to, an RCS message that does not get through has failed.
func TestRCSWithoutFallback(t *testing.T) {
	t.Parallel()
	d, _ := listening(t, simulator.Options{RCSEvents: true})
	agent := d.AddRCSAgent(simulator.RCSAgentSpec{})
	do(t, d, send(string(simulator.DestinationNoRCS), inSet("alerts"), func(in *api.SendTextMessageInput) {
		in.OriginationIdentity = aws.String(string(agent))
	}))
	if got := course(t, d); got != "SENT=PENDING FAILED=UNDELIVERABLE!" {
		t.Error(got)
	}
}

// A person who answers the SMS that a message fell back to, answers that message.
func TestAnswerToAFallback(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	agent := d.AddRCSAgent(simulator.RCSAgentSpec{Fallback: ourNumber})
	do(t, d, send(string(simulator.DestinationNoRCS), func(in *api.SendTextMessageInput) { in.OriginationIdentity = aws.String(string(agent)) }))
	var heard map[string]string
	d.Subscribe(inbox, func(_ context.Context, n simulator.Notification) { must(t, json.Unmarshal([]byte(n.Message), &heard)) })
	_, err := d.Text(t.Context(), simulator.DestinationNoRCS, ourNumber, "hello")
	must(t, err)
	if heard["previousPublishedMessageId"] != d.Sent()[0].ID {
		t.Errorf("%v answers %s", heard, d.Sent()[0].ID)
	}
}

// An event has the members of AWS's sample of its channel, and their values where nothing depends on the moment.
func TestEventForms(t *testing.T) {
	t.Parallel()
	const (
		voice = `{"eventType":"VOICE_COMPLETED","eventVersion":"1.0","eventTimestamp":1795176012000,"isFinal":true,
			"originationPhoneNumber":"+12065550199","destinationPhoneNumber":"+14255550101","isoCountryCode":"US","messageId":"ID",
			"messageRequestTimestamp":1795176000000,"messageStatus":"COMPLETED","callDurationInSeconds":6,
			"totalDurationInMinutes":1,"totalMessagePrice":0.013,"context":{"outbox":"43"}}`
		initiated = `{"eventType":"VOICE_INITIATED","eventVersion":"1.0","eventTimestamp":1795176000030,"isFinal":false,
			"originationPhoneNumber":"+12065550199","destinationPhoneNumber":"+14255550101","isoCountryCode":"US","messageId":"ID",
			"messageRequestTimestamp":1795176000000,"messageStatus":"INITIATED","context":{"outbox":"43"}}`
		media = `{"contentType":"MMS","eventType":"MEDIA_DELIVERED","eventVersion":"1.0","eventTimestamp":1795176001200,
			"isFinal":true,"originationPhoneNumber":"+12065550199","destinationPhoneNumber":"+14255550101","isoCountryCode":"US",
			"messageId":"ID","messageRequestTimestamp":1795176000000,"messageType":"TRANSACTIONAL","messageStatus":"DELIVERED",
			"messageStatusDescription":"Message has been accepted by phone","context":{"outbox":"44"},"totalMessageParts":1,
			"totalMessagePrice":0.0195,"totalCarrierFee":0.00266}`
		delivered = `{"eventType":"RCS_DELIVERED","eventVersion":"1.0","eventTimestamp":1795176001200,"isFinal":true,
			"originationPhoneNumber":"rcs-00112233445566778899aabbccddeeff","destinationPhoneNumber":"+14255550101",
			"isoCountryCode":"US","isInternationalSend":false,"messageId":"ID","messageRequestTimestamp":1795176000000,
			"messageEncoding":"UNICODE","messageType":"TRANSACTIONAL","messageStatus":"DELIVERED",
			"messageStatusDescription":"Message has been accepted by phone","totalMessageParts":1,"totalMessagePrice":0.007,
			"totalCarrierFee":0.00494,"rcsMetadata":{"billingEventType":"RICH"},
			"rcsBusinessId":"rcs-00112233445566778899aabbccddeeff","agentIsoCountryCode":"US"}`
		read = `{"eventType":"RCS_READ","eventVersion":"1.0","eventTimestamp":1795176030000,"isFinal":true,
			"originationPhoneNumber":"rcs-00112233445566778899aabbccddeeff","destinationPhoneNumber":"+14255550101",
			"isoCountryCode":"US","isInternationalSend":false,"messageId":"ID","messageRequestTimestamp":1795176000000,
			"messageEncoding":"UNICODE","messageType":"TRANSACTIONAL","messageStatus":"READ",
			"messageStatusDescription":"Message has been read by recipient","totalMessageParts":1,"totalMessagePrice":0,
			"totalCarrierFee":0,"rcsBusinessId":"rcs-00112233445566778899aabbccddeeff","agentIsoCountryCode":"US"}`
	)
	d, _ := listening(t, simulator.Options{RCSEvents: true})
	agent := d.AddRCSAgent(simulator.RCSAgentSpec{ID: "rcs-00112233445566778899aabbccddeeff"})
	do(t, d, able,
		ring(person, func(in *api.SendVoiceMessageInput) {
			in.ConfigurationSetName, in.Context = aws.String("alerts"), map[string]string{"outbox": "43"}
			in.MessageBody = aws.String(strings.Repeat("a", 80))
		}),
		sendPhoto(person, func(in *api.SendMediaMessageInput) {
			in.ConfigurationSetName, in.Context = aws.String("alerts"), map[string]string{"outbox": "44"}
		}),
		send(person, inSet("alerts"), func(in *api.SendTextMessageInput) { in.OriginationIdentity = aws.String(string(agent)) }))
	got := map[string]map[string]any{}
	for _, e := range d.PendingEvents() {
		var members map[string]any
		must(t, json.Unmarshal(e.JSON, &members))
		members["messageId"] = "ID"
		got[e.Type] = members
	}
	for _, sample := range []string{voice, initiated, media, delivered, read} {
		var want map[string]any
		must(t, json.Unmarshal([]byte(sample), &want))
		if diff := cmp.Diff(want, got[want["eventType"].(string)]); diff != "" {
			t.Errorf("%v: %s", want["eventType"], diff)
		}
	}
}

// What was sent is kept with its channel.
func TestSentKeepsChannels(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	agent := d.AddRCSAgent(simulator.RCSAgentSpec{Fallback: ourNumber})
	do(t, d, able, ring(person), sendPhoto(person), send(person),
		send(string(simulator.DestinationNoRCS), func(in *api.SendTextMessageInput) { in.OriginationIdentity = aws.String(string(agent)) }))
	var got []string
	for _, m := range d.Sent() {
		got = append(got, strings.TrimSpace(strings.Join(append([]string{string(m.Channel), string(m.FellBackTo)}, m.MediaURLs...), " ")))
	}
	if diff := cmp.Diff([]string{"VOICE", "MEDIA  " + photo, "TEXT", "RCS " + ourNumber}, got); diff != "" {
		t.Error(diff)
	}
}

// AWS's message parts a second by the kind of number; a dry run has five of its own.
func TestPartsPerSecond(t *testing.T) {
	t.Parallel()
	long := func(parts int) func(*api.SendTextMessageInput) {
		return func(in *api.SendTextMessageInput) { in.MessageBody = aws.String(strings.Repeat("a", 153*parts)) }
	}
	dry := func(in *api.SendTextMessageInput) { in.DryRun = true }
	for kind, most := range map[types.NumberType]int{
		types.NumberTypeShortCode: 100, types.NumberTypeTollFree: 3, types.NumberTypeTenDlc: 1, types.NumberTypeLongCode: 10,
	} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			d := start(t, simulator.Options{Limits: &simulator.Limits{PartsPerSecond: simulator.AWSLimits().PartsPerSecond}})
			d.AddNumber(simulator.NumberSpec{Number: ourNumber, Type: kind})
			do(t, d, slices.Repeat([]call{send(person)}, most)...)
			if got := verdict(send(person)(t.Context(), d)); got != "ThrottlingException" {
				t.Errorf("one more: %s", got)
			}
			d.Advance(time.Second)
			// A message that alone is more than the rate goes out by itself.
			do(t, d, send(person, long(9)))
			if got := verdict(send(person, long(9))(t.Context(), d)); (got == "ok") != (most >= 18) {
				t.Errorf("18 parts: %s", got)
			}
			do(t, d, slices.Repeat([]call{send(person, dry)}, 5)...)
			if got := verdict(send(person, dry)(t.Context(), d)); got != "ThrottlingException" {
				t.Errorf("a sixth dry run: %s", got)
			}
			d.SetLimits(nil)
			do(t, d, send(person))
		})
	}
}

// With a bound, the oldest are forgotten with what depends on them, and nothing that waits is.
func TestMaxMessages(t *testing.T) {
	t.Parallel()
	d, heard := listening(t, simulator.Options{MaxMessages: 3})
	do(t, d, able)
	for _, to := range []string{"+14255550101", "+14255550102", "+14255550103"} {
		do(t, d, send(to, inSet("alerts")))
	}
	first := d.Sent()[0].ID
	feedback := func(ctx context.Context, d double) error {
		_, err := d.client.PutMessageFeedback(ctx, &api.PutMessageFeedbackInput{
			MessageId: &first, MessageFeedbackStatus: types.MessageFeedbackStatusReceived,
		})
		return err
	}
	do(t, d, feedback, send("+14255550104", inSet("alerts")))
	to := map[sms.Phone]bool{}
	for _, m := range d.Sent() {
		to[m.To] = true
	}
	if diff := cmp.Diff(map[sms.Phone]bool{"+14255550102": true, "+14255550103": true, "+14255550104": true}, to); diff != "" {
		t.Error(diff)
	}
	if got := verdict(feedback(t.Context(), d)); got != "not found message "+first || len(d.Inbox("+14255550101")) != 0 || len(d.Calls()) != 3 {
		t.Errorf("%s, %d calls", got, len(d.Calls()))
	}
	// A client token is good for the answer to as many calls behind it.
	list := func(name string) call {
		return func(ctx context.Context, d double) error {
			_, err := d.client.CreateOptOutList(ctx, &api.CreateOptOutListInput{OptOutListName: &name, ClientToken: aws.String("token-of-" + name)})
			return err
		}
	}
	do(t, d, list("a"), list("a"), list("b"), list("c"), list("d"), list("b"))
	if got := verdict(list("a")(t.Context(), d)); got != "conflict RESOURCE_ALREADY_EXISTS opt-out-list" {
		t.Error(got)
	}
	// Twelve events wait, four for each of three messages: there is no room for a fifth message.
	if got := verdict(send(person, inSet("alerts"))(t.Context(), d)); got != "ThrottlingException" {
		t.Error(got)
	}
	d.Deliver(t.Context(), simulator.DeliverOptions{})
	do(t, d, send(person, inSet("alerts")))
	d.Deliver(t.Context(), simulator.DeliverOptions{})
	if len(*heard) != 15 || len(d.Published()) != 3 {
		t.Errorf("%d notifications heard, %d kept", len(*heard), len(d.Published()))
	}
}

// Faults at random come from the seed: the same seed, the same faults.
func TestChaosOfCalls(t *testing.T) {
	t.Parallel()
	run := func(seed uint64) (map[string]int, string) {
		d := start(t, simulator.Options{Seed: seed})
		d.SetChaos(simulator.Chaos{
			Operations: []string{"SendTextMessage"}, Throttle: 0.2, ServerError: 0.2, LoseAnswer: 0.4, Hang: 0.5, HangFor: time.Millisecond,
		})
		seen, all := map[string]int{}, []string{}
		for range 100 {
			_, err := d.SendTextMessage(t.Context(), &api.SendTextMessageInput{
				DestinationPhoneNumber: aws.String(person), MessageBody: aws.String("hello"), OriginationIdentity: aws.String(ourNumber),
			})
			what := verdict(err)
			if errors.Is(err, simulator.ErrConnectionCut) {
				what = "cut"
			}
			seen[what]++
			all = append(all, what)
		}
		lost := 0
		for _, c := range d.Calls() {
			if c.AnswerLost {
				lost++
			}
		}
		// What was answered went out, and what was not answered although it happened.
		if len(d.Sent()) != seen["ok"]+lost || lost < seen["cut"] {
			t.Errorf("%d sent, %d lost, %v", len(d.Sent()), lost, seen)
		}
		do(t, d, optOut("Default", person)) // not among the operations
		d.Heal()
		do(t, d, optIn("Default", person), send(person))
		return seen, strings.Join(all, " ")
	}
	seen, first := run(5)
	if got := slices.Sorted(maps.Keys(seen)); !slices.Equal(got, []string{"InternalServerException", "ThrottlingException", "cut", "ok"}) {
		t.Errorf("saw %v", seen)
	}
	if _, again := run(5); again != first {
		t.Error("the same seed made other faults")
	}
	if _, other := run(6); other == first {
		t.Error("another seed made the same faults")
	}
}

// Deliveries get lost, come twice and overtake each other; without loss every event arrives.
func TestChaosOfDeliveries(t *testing.T) {
	t.Parallel()
	run := func(c simulator.Chaos) []simulator.Notification {
		d, heard := listening(t, simulator.Options{AutoDeliver: true, Seed: 9})
		d.SetChaos(c)
		for range 50 {
			do(t, d, send(person, inSet("alerts")))
		}
		d.SetChaos(simulator.Chaos{})
		for d.Deliver(t.Context(), simulator.DeliverOptions{}) > 0 {
			continue // until nothing waits
		}
		return *heard
	}
	distinct := func(heard []simulator.Notification) int {
		seen := map[string]bool{}
		for _, n := range heard {
			seen[n.MessageID] = true
		}
		return len(seen)
	}
	const usual = "QUEUED SUCCESSFUL DELIVERED QUEUED SUCCESSFUL DELIVERED"
	if got := run(simulator.Chaos{}); len(got) != 150 || kindsOf(got[:6]) != usual {
		t.Errorf("without chaos %d: %s", len(got), kindsOf(got[:6]))
	}
	if got := run(simulator.Chaos{Lose: 0.3}); len(got) > 130 || len(got) < 70 {
		t.Errorf("%d of 150 after losses", len(got))
	}
	if got := run(simulator.Chaos{Duplicate: 0.5}); distinct(got) != 150 || len(got) < 190 {
		t.Errorf("%d, of which %d are distinct", len(got), distinct(got))
	}
	if got := run(simulator.Chaos{Delay: 0.5, DelayUpTo: 10 * time.Minute}); distinct(got) != 150 || len(got) != 150 || kindsOf(got[:6]) == usual {
		t.Errorf("%d, of which %d are distinct: %s", len(got), distinct(got), kindsOf(got[:6]))
	}
}
