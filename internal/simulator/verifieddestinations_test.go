package simulator_test

import (
	"context"
	"errors"
	"fmt"
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

const agentID = "rcs-00112233445566778899aabbccddeeff"

func addDestination(number string, agent *string) call {
	return func(ctx context.Context, d double) error {
		_, err := d.client.CreateVerifiedDestinationNumber(ctx, &api.CreateVerifiedDestinationNumberInput{
			DestinationPhoneNumber: &number, RcsAgentId: agent,
		})
		return err
	}
}

// destinationID is the id of a number among the verified destinations, or of one that does not exist.
func destinationID(ctx context.Context, d double, number string) (string, error) {
	out, err := d.client.DescribeVerifiedDestinationNumbers(ctx, &api.DescribeVerifiedDestinationNumbersInput{})
	if err != nil {
		return "", err
	}
	for _, v := range out.VerifiedDestinationNumbers {
		if *v.DestinationPhoneNumber == number {
			return *v.VerifiedDestinationNumberId, nil
		}
	}
	return "vdn-1", nil
}

func sendCode(number string, change ...func(*api.SendDestinationNumberVerificationCodeInput)) call {
	return func(ctx context.Context, d double) error {
		id, err := destinationID(ctx, d, number)
		if err != nil {
			return err
		}
		in := &api.SendDestinationNumberVerificationCodeInput{
			VerifiedDestinationNumberId: &id, VerificationChannel: types.VerificationChannelText,
		}
		for _, c := range change {
			c(in)
		}
		_, err = d.client.SendDestinationNumberVerificationCode(ctx, in)
		return err
	}
}

func byVoice(in *api.SendDestinationNumberVerificationCodeInput) {
	in.VerificationChannel = types.VerificationChannelVoice
}

// giveBack verifies a number with a code, or with the one that was sent.
// failedCode is a code that cannot be sent: no number calls.
func failedCode(ctx context.Context, d double) error {
	if err := sendCode(person, byVoice)(ctx, d); err == nil {
		return errors.New("it was sent")
	}
	return nil
}

func giveBack(number, code string) call {
	return func(ctx context.Context, d double) error {
		id, err := destinationID(ctx, d, number)
		if err != nil {
			return err
		}
		if code == "" {
			code = d.VerificationCode(sms.Phone(number))
		}
		_, err = d.client.VerifyDestinationNumber(ctx, &api.VerifyDestinationNumberInput{
			VerifiedDestinationNumberId: &id, VerificationCode: &code,
		})
		return err
	}
}

func dropDestination(number string) call {
	return func(ctx context.Context, d double) error {
		id, err := destinationID(ctx, d, number)
		if err != nil {
			return err
		}
		_, err = d.client.DeleteVerifiedDestinationNumber(ctx, &api.DeleteVerifiedDestinationNumberInput{VerifiedDestinationNumberId: &id})
		return err
	}
}

func withAgent(_ context.Context, d double) error {
	d.AddRCSAgent(simulator.RCSAgentSpec{ID: agentID})
	return nil
}

// withVoice gives the account a number that can call.
func withVoice(ctx context.Context, d double) error {
	_, err := d.client.RequestPhoneNumber(ctx, &api.RequestPhoneNumberInput{
		IsoCountryCode: aws.String("US"), MessageType: types.MessageTypeTransactional, NumberType: types.RequestableNumberTypeTenDlc,
		NumberCapabilities: []types.NumberCapability{types.NumberCapabilityVoice},
	})
	return err
}

func TestVerifiedDestinationNumberRules(t *testing.T) {
	t.Parallel()
	describe := func(in *api.DescribeVerifiedDestinationNumbersInput) call {
		return func(ctx context.Context, d double) error {
			_, err := d.client.DescribeVerifiedDestinationNumbers(ctx, in)
			return err
		}
	}
	added := []call{addDestination(person, nil)}
	sent := then(added, sendCode(person))
	verified := then(sent, giveBack(person, ""))
	var ten, five []call
	for i := range 10 {
		ten = append(ten, addDestination(fmt.Sprintf("+1425555012%d", i), nil))
	}
	five = then(added, sendCode(person), sendCode(person), sendCode(person), sendCode(person), sendCode(person))
	testRules(t, []rule{
		// Ten numbers, each once.
		{"add", nil, addDestination(person, nil), "ok"},
		{"11th", ten, addDestination(person, nil), "quota VERIFIED_DESTINATION_NUMBERS_PER_ACCOUNT"},
		{"twice", added, addDestination("14255550101", nil), "conflict RESOURCE_ALREADY_EXISTS verified-destination-number"},
		{"no number", nil, addDestination("me", nil), "validation INVALID_PARAMETER DestinationPhoneNumber"},
		// A number may be there for an RCS agent too.
		{"for an agent", then(added, withAgent), addDestination(person, aws.String(agentID)), "ok"},
		{"for an absent agent", nil, addDestination(person, aws.String(agentID)), "not found rcs-agent " + agentID},
		{
			"describe absent id", added, describe(&api.DescribeVerifiedDestinationNumbersInput{VerifiedDestinationNumberIds: []string{"vdn-1"}}),
			"not found verified-destination-number vdn-1",
		},
		{
			"describe absent number", added, describe(&api.DescribeVerifiedDestinationNumbersInput{DestinationPhoneNumbers: []string{"+14255550102"}}),
			"not found verified-destination-number +14255550102",
		},
		{
			"describe by number", added, describe(&api.DescribeVerifiedDestinationNumbersInput{DestinationPhoneNumbers: []string{person}}), "ok",
		},
		// A code goes out five times a day, until the number is verified.
		{"send", added, sendCode(person), "ok"},
		{"send to absent", nil, sendCode(person), "not found verified-destination-number vdn-1"},
		{"6th today", five, sendCode(person), "quota VERIFICATION_ATTEMPTS_PER_DAY"},
		{"6th tomorrow", then(five, wait(day)), sendCode(person), "ok"},
		{"send after all", verified, sendCode(person), "conflict VERIFICATION_ALREADY_COMPLETE verified-destination-number"},
		// It is a text as any other: the identity and the set must exist, the list holds.
		{"from absent number", added, sendCode(person, func(in *api.SendDestinationNumberVerificationCodeInput) {
			in.OriginationIdentity = aws.String("+12065550155")
		}), "not found phone-number +12065550155"},
		{"in absent set", added, sendCode(person, func(in *api.SendDestinationNumberVerificationCodeInput) {
			in.ConfigurationSetName = aws.String("nope")
		}), "not found configuration-set nope"},
		{"opted out", then(added, optOut("Default", person)), sendCode(person), "conflict DESTINATION_PHONE_NUMBER_OPTED_OUT opted-out-number"},
		{"no numbers", then(added, release), sendCode(person), "conflict NO_ORIGINATION_IDENTITIES_FOUND account"},
		{"context", added, sendCode(person, func(in *api.SendDestinationNumberVerificationCodeInput) {
			in.Context = map[string]string{"a b": "1"}
		}), "validation INVALID_PARAMETER Context"},
		{"by pigeon", added, sendCode(person, func(in *api.SendDestinationNumberVerificationCodeInput) {
			in.VerificationChannel = "PIGEON"
		}), "validation INVALID_PARAMETER VerificationChannel"},
		// A call needs a number that can call.
		{"voice", then(added, withVoice), sendCode(person, byVoice), "ok"},
		{"voice without", added, sendCode(person, byVoice), "conflict NO_ORIGINATION_IDENTITIES_FOUND account"},
		{"voice from a text number", added, sendCode(person, byVoice, func(in *api.SendDestinationNumberVerificationCodeInput) {
			in.OriginationIdentity = aws.String(ourNumber)
		}), "validation VOICE_CAPABILITY_NOT_AVAILABLE OriginationIdentity"},
		{"voice from absent number", added, sendCode(person, byVoice, func(in *api.SendDestinationNumberVerificationCodeInput) {
			in.OriginationIdentity = aws.String("phone-1")
		}), "not found phone-number phone-1"},
		// The code is the one that was sent last, for 15 minutes.
		{"verify", sent, giveBack(person, ""), "ok"},
		{"wrong code", sent, giveBack(person, "x"), "validation VERIFICATION_CODE_MISMATCH VerificationCode"},
		{"right after wrong", then(sent, wrongCode), giveBack(person, ""), "ok"},
		{"old code", then(sent, wait(15*time.Minute)), giveBack(person, ""), "conflict VERIFICATION_CODE_EXPIRED verified-destination-number"},
		{"old code, and no newer could be sent", then(sent, wait(25*time.Hour), failedCode), giveBack(person, ""), "conflict VERIFICATION_CODE_EXPIRED verified-destination-number"},
		{"no code", added, giveBack(person, "123456"), "conflict VERIFICATION_CODE_EXPIRED verified-destination-number"},
		{"verify twice", verified, giveBack(person, ""), "conflict VERIFICATION_ALREADY_COMPLETE verified-destination-number"},
		{"verify absent", nil, giveBack(person, "123456"), "not found verified-destination-number vdn-1"},
		// A number stays for a day.
		{"delete today", added, dropDestination(person), "conflict RESOURCE_DELETION_NOT_ALLOWED verified-destination-number"},
		{"delete tomorrow", then(verified, wait(day)), dropDestination(person), "ok"},
		{"delete absent", nil, dropDestination(person), "not found verified-destination-number vdn-1"},
	})
}

func wrongCode(ctx context.Context, d double) error {
	if got := verdict(giveBack(person, "0")(ctx, d)); !strings.HasPrefix(got, "validation VERIFICATION_CODE_MISMATCH") {
		return fmt.Errorf("a wrong code: %s", got)
	}
	return nil
}

// The code arrives on the person's phone, with events for the set; the last one counts.
func TestVerificationCodeArrives(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{Sandbox: true})
	do(t, d, newSet("alerts"), newTopicDestination("alerts", "topic", types.EventTypeAll), addDestination(person, nil))
	if got := d.VerificationCode(person); got != "" {
		t.Errorf("a code before one was sent: %s", got)
	}
	do(t, d, sendCode(person))
	first := d.VerificationCode(person)
	do(t, d, wait(time.Minute), sendCode(person, func(in *api.SendDestinationNumberVerificationCodeInput) {
		in.ConfigurationSetName, in.Context = aws.String("alerts"), map[string]string{"why": "test"}
	}))
	code := d.VerificationCode(person)
	if len(code) != 6 || code == first {
		t.Errorf("codes %s and %s", first, code)
	}
	var bodies []string
	for _, m := range d.Inbox(person) {
		bodies = append(bodies, m.Body)
	}
	if diff := cmp.Diff([]string{"Your verification code is " + first, "Your verification code is " + code}, bodies); diff != "" {
		t.Error(diff)
	}
	events := d.PendingEvents()
	if len(events) != 3 || !strings.Contains(string(events[0].JSON), `"context":{"why":"test"}`) {
		t.Errorf("%d events", len(events))
	}
	if got := verdict(giveBack(person, first)(t.Context(), d)); got != "validation VERIFICATION_CODE_MISMATCH VerificationCode" {
		t.Error(got)
	}
	do(t, d, giveBack(person, code))
	out, err := d.client.DescribeVerifiedDestinationNumbers(t.Context(), &api.DescribeVerifiedDestinationNumbersInput{
		Filters: []types.VerifiedDestinationNumberFilter{{Name: types.VerifiedDestinationNumberFilterNameStatus, Values: []string{"VERIFIED"}}},
	})
	must(t, err)
	if len(out.VerifiedDestinationNumbers) != 1 {
		t.Errorf("%+v", out)
	}
}

// A call leaves no text behind, and the code can be read all the same. An agent's entry of the same number is another.
func TestVerificationByVoiceAndForAnAgent(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	do(t, d, withVoice, withAgent, addDestination(person, aws.String(agentID)), sendCode(person, byVoice), giveBack(person, ""))
	if len(d.Inbox(person)) != 0 {
		t.Error("a text about a call")
	}
	do(t, d, addDestination(person, nil))
	out, err := d.client.DescribeVerifiedDestinationNumbers(t.Context(), &api.DescribeVerifiedDestinationNumbersInput{
		DestinationPhoneNumbers: []string{person}, Filters: []types.VerifiedDestinationNumberFilter{{
			Name: types.VerifiedDestinationNumberFilterNameRcsAgentId, Values: []string{agentID},
		}},
	})
	must(t, err)
	if len(out.VerifiedDestinationNumbers) != 1 || out.VerifiedDestinationNumbers[0].Status != types.VerificationStatusVerified {
		t.Errorf("%+v", out.VerifiedDestinationNumbers)
	}
}

// An account in the sandbox reaches verified destinations and the numbers with a fate of their own.
func TestSandbox(t *testing.T) {
	t.Parallel()
	const refused = "conflict DESTINATION_PHONE_NUMBER_NOT_VERIFIED verified-destination-number"
	d := start(t, simulator.Options{Sandbox: true})
	for _, step := range []struct {
		before []call
		to     string
		want   string
	}{
		{nil, person, refused},
		{[]call{addDestination(person, nil), sendCode(person)}, person, refused},
		{[]call{giveBack(person, "")}, person, "ok"},
		{nil, "+14255550102", refused},
		{nil, string(simulator.DestinationSuccess), "ok"},
		{nil, string(simulator.DestinationSpam), "ok"},
		{[]call{optOut("Default", person)}, person, "conflict DESTINATION_PHONE_NUMBER_OPTED_OUT opted-out-number"},
		{[]call{wait(day), dropDestination(person)}, person, refused},
	} {
		do(t, d, step.before...)
		if got := verdict(send(step.to)(t.Context(), d)); got != step.want {
			t.Errorf("%s: got %s, want %s", step.to, got, step.want)
		}
	}
}
