package simulator_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"
	"github.com/heedsms/heed/internal/simulator"
)

// A fault strikes as often as asked, before or after the effect, and only the operation that it is for.
func TestFaults(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		fault simulator.Fault
		want  string
		sent  int
	}{
		{"throttled", simulator.Fault{Throttle: true}, "ThrottlingException", 0},
		{"any of AWS's errors", simulator.Fault{Before: &types.AccessDeniedException{
			Message: aws.String("no"), Reason: types.AccessDeniedExceptionReasonAccountDisabled,
		}}, "AccessDeniedException", 0},
		{"any other error", simulator.Fault{Before: errors.New("out of paper")}, "InternalServerException", 0},
		{"server error after the effect", simulator.Fault{AfterAccept: simulator.AnswerServerError}, "InternalServerException", 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d := start(t, simulator.Options{})
			d.Fail("SendTextMessage", test.fault)
			do(t, d, newSet("alerts"))
			if got := verdict(send(person)(t.Context(), d)); got != test.want || len(d.Sent()) != test.sent {
				t.Errorf("%s, %d sent", got, len(d.Sent()))
			}
			do(t, d, send(person))
		})
	}
}

// A cut connection is an error that is nobody's API error, although the message went out.
func TestCutConnection(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	d.Fail("SendTextMessage", simulator.Fault{AfterAccept: simulator.CutConnection, Times: 2})
	for range 2 {
		err := send(person)(t.Context(), d)
		var known smithy.APIError
		if err == nil || errors.As(err, &known) {
			t.Errorf("error %v", err)
		}
	}
	do(t, d, send(person))
	if len(d.Sent()) != 3 {
		t.Errorf("%d sent", len(d.Sent()))
	}
	var lost []bool
	for _, c := range d.Calls() {
		lost = append(lost, c.AnswerLost)
	}
	if diff := cmp.Diff([]bool{true, true, false}, lost); diff != "" {
		t.Error(diff)
	}
	if _, err := d.SendTextMessage(t.Context(), nil); verdict(err) != "validation MISSING_PARAMETER DestinationPhoneNumber" {
		t.Error(err)
	}
}

// A delay after the effect is a time-out for the client; one before it prevents the effect.
func TestDelay(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault simulator.Fault
		sent  int
	}{
		"before": {simulator.Fault{Delay: time.Minute}, 0},
		"after":  {simulator.Fault{DelayAfter: time.Minute}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := start(t, simulator.Options{})
			d.Fail("", test.fault)
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			if err := send(person)(ctx, d); !errors.Is(err, context.DeadlineExceeded) {
				t.Error(err)
			}
			if len(d.Sent()) != test.sent {
				t.Errorf("%d sent", len(d.Sent()))
			}
		})
	}
}

// A fault without end lasts until it is healed.
func TestHeal(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	d.Fail("SendTextMessage", simulator.Fault{Throttle: true, Times: -1})
	for range 5 {
		if got := verdict(send(person)(t.Context(), d)); got != "ThrottlingException" {
			t.Error(got)
		}
	}
	d.Heal()
	do(t, d, send(person))
}

// The hook runs around the effect; what it sees of the double tells before from after.
func TestOnCall(t *testing.T) {
	t.Parallel()
	var d double
	var seen []string
	d = start(t, simulator.Options{OnCall: func(phase simulator.Phase, operation string) {
		seen = append(seen, operation+" "+phase.String())
		if want := phase == simulator.AfterEffect; (len(d.Sent()) == 1) != want {
			t.Errorf("%s: %d sent", phase, len(d.Sent()))
		}
	}})
	do(t, d, send(person))
	want := []string{"SendTextMessage before the effect", "SendTextMessage after the effect"}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Error(diff)
	}
}

// AWS's rates: one request a second for most operations, one text a second to one person.
func TestLimits(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{Limits: simulator.AWSLimits()})
	step := func(c call, want string) {
		t.Helper()
		if got := verdict(c(t.Context(), d)); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	step(send(person), "ok")
	step(send("+14255550102"), "ThrottlingException")
	for range 10 {
		step(optOut("Default", "+14255550103"), "ok")
	}
	step(optOut("Default", "+14255550103"), "ThrottlingException")
	d.Advance(time.Second)
	step(send(person), "ok")

	d.SetLimits(&simulator.Limits{PerRecipient: 1})
	d.Advance(time.Second)
	step(send(person), "ok")
	step(send(person), "ThrottlingException")
	step(send("+14255550102"), "ok")
	d.SetLimits(nil)
	step(send(person), "ok")
}

// Calls keep the input as it came, and why it was refused.
func TestCalls(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	do(t, d, optOut("Default", person))
	_ = send(person)(t.Context(), d) // refused, which Calls tells
	calls := d.Calls()
	if len(calls) != 2 || calls[0].Err != nil || calls[0].Operation != "PutOptedOutNumber" || !calls[0].At.Equal(noon) {
		t.Fatalf("%+v", calls)
	}
	in, ok := calls[1].Input.(*api.SendTextMessageInput)
	if !ok || *in.MessageBody != "hello" || verdict(calls[1].Err) != "conflict DESTINATION_PHONE_NUMBER_OPTED_OUT opted-out-number" {
		t.Errorf("%+v", calls[1])
	}
}

// Without a way to cut the connection the handler gives up as net/http wants it.
func TestCutWithoutHijack(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	d.Fail("", simulator.Fault{AfterAccept: simulator.CutConnection})
	defer func() {
		err, _ := recover().(error)
		if !errors.Is(err, http.ErrAbortHandler) {
			t.Errorf("recovered %v", err)
		}
	}()
	post(t, d.Handler(), "CreateConfigurationSet", `{"ConfigurationSetName":"a"}`)
}
