package simulator_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/aws/smithy-go"
	"github.com/heedsms/heed/internal/simulator"
)

const (
	ourNumber = "+12065550199"
	person    = "+14255550101"
	inbox     = "arn:aws:sns:us-east-1:111122223333:sms-inbound"
	topic     = "arn:aws:sns:us-east-1:111122223333:sms-events"
	role      = "arn:aws:iam::111122223333:role/sms"
	stream    = "arn:aws:firehose:us-east-1:111122223333:deliverystream/sms"
	logGroup  = "arn:aws:logs:us-east-1:111122223333:log-group:sms:*"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// double is a simulator, the real SDK client that talks to it over HTTP, and the number +12065550199.
type double struct {
	*simulator.Simulator
	client *api.Client
	url    string
	number string // phone number id
}

// start makes a double whose clock stands at noon until it is moved.
func start(t *testing.T, options simulator.Options) double {
	t.Helper()
	options.Now = func() time.Time { return noon }
	return startWithClock(t, options)
}

func startWithClock(t testing.TB, options simulator.Options) double {
	t.Helper()
	s := simulator.New(options)
	server := httptest.NewServer(s.Handler())
	t.Cleanup(server.Close)
	return double{
		Simulator: s, url: server.URL, client: clientOf(server.URL),
		number: s.AddNumber(simulator.NumberSpec{Number: ourNumber, TwoWayTopic: inbox}),
	}
}

func clientOf(url string) *api.Client {
	return api.New(api.Options{
		BaseEndpoint: aws.String(url), Region: "us-east-1", RetryMaxAttempts: 1,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "dev", SecretAccessKey: "dev"}, nil
		}),
	})
}

// verdict tells an error in a few words: its type, reason and what it is about.
func verdict(err error) string {
	var (
		conflict   *types.ConflictException
		validation *types.ValidationException
		notFound   *types.ResourceNotFoundException
		quota      *types.ServiceQuotaExceededException
		other      smithy.APIError
	)
	switch {
	case err == nil:
		return "ok"
	case errors.As(err, &conflict):
		return fmt.Sprintf("conflict %s %s", conflict.Reason, conflict.ResourceType)
	case errors.As(err, &validation):
		return fmt.Sprintf("validation %s %s", validation.Reason, aws.ToString(validation.Fields[0].Name))
	case errors.As(err, &notFound):
		return fmt.Sprintf("not found %s %s", notFound.ResourceType, aws.ToString(notFound.ResourceId))
	case errors.As(err, &quota):
		return fmt.Sprintf("quota %s", quota.Reason)
	case errors.As(err, &other):
		return other.ErrorCode()
	}
	return err.Error()
}

// call is one request to the double, for tables.
type call func(ctx context.Context, d double) error

// send texts somebody from our number.
func send(to string, change ...func(*api.SendTextMessageInput)) call {
	return func(ctx context.Context, d double) error {
		in := &api.SendTextMessageInput{
			DestinationPhoneNumber: aws.String(to), OriginationIdentity: aws.String(ourNumber), MessageBody: aws.String("hello"),
		}
		for _, c := range change {
			c(in)
		}
		_, err := d.client.SendTextMessage(ctx, in)
		return err
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// do runs calls that must succeed.
func do(t *testing.T, d double, calls ...call) {
	t.Helper()
	for i, c := range calls {
		if err := c(t.Context(), d); err != nil {
			t.Fatalf("call %d: %v", i, err)
		}
	}
}

func optOut(list, number string) call {
	return func(ctx context.Context, d double) error {
		_, err := d.client.PutOptedOutNumber(ctx, &api.PutOptedOutNumberInput{OptOutListName: &list, OptedOutNumber: &number})
		return err
	}
}

func optIn(list, number string) call {
	return func(ctx context.Context, d double) error {
		_, err := d.client.DeleteOptedOutNumber(ctx, &api.DeleteOptedOutNumberInput{OptOutListName: &list, OptedOutNumber: &number})
		return err
	}
}

func newList(name string) call {
	return func(ctx context.Context, d double) error {
		_, err := d.client.CreateOptOutList(ctx, &api.CreateOptOutListInput{OptOutListName: &name})
		return err
	}
}

func newSet(name string) call {
	return func(ctx context.Context, d double) error {
		_, err := d.client.CreateConfigurationSet(ctx, &api.CreateConfigurationSetInput{ConfigurationSetName: &name})
		return err
	}
}

func newTopicDestination(set, name string, kinds ...types.EventType) call {
	return func(ctx context.Context, d double) error {
		_, err := d.client.CreateEventDestination(ctx, &api.CreateEventDestinationInput{
			ConfigurationSetName: &set, EventDestinationName: &name, MatchingEventTypes: kinds,
			SnsDestination: &types.SnsDestination{TopicArn: aws.String(topic)},
		})
		return err
	}
}

func putKeyword(word string, action types.KeywordAction) call {
	return func(ctx context.Context, d double) error {
		_, err := d.client.PutKeyword(ctx, &api.PutKeywordInput{
			OriginationIdentity: &d.number, Keyword: &word, KeywordMessage: aws.String("Answer to " + word), KeywordAction: action,
		})
		return err
	}
}

func deleteKeyword(word string) call {
	return func(ctx context.Context, d double) error {
		_, err := d.client.DeleteKeyword(ctx, &api.DeleteKeywordInput{OriginationIdentity: &d.number, Keyword: &word})
		return err
	}
}

func update(change func(*api.UpdatePhoneNumberInput)) call {
	return func(ctx context.Context, d double) error {
		in := &api.UpdatePhoneNumberInput{PhoneNumberId: &d.number}
		change(in)
		_, err := d.client.UpdatePhoneNumber(ctx, in)
		return err
	}
}

// pooled puts our number into a pool of its own.
func pooled(ctx context.Context, d double) error {
	_, err := d.client.CreatePool(ctx, &api.CreatePoolInput{
		OriginationIdentity: &d.number, MessageType: types.MessageTypeTransactional,
	})
	return err
}

func onlyPool(ctx context.Context, t *testing.T, d double) types.PoolInformation {
	t.Helper()
	out, err := d.client.DescribePools(ctx, &api.DescribePoolsInput{})
	must(t, err)
	if len(out.Pools) != 1 {
		t.Fatalf("%d pools, want 1", len(out.Pools))
	}
	return out.Pools[0]
}

// Two doubles of the same seed that live through the same calls make the same ids.
func TestSameSeedSameDouble(t *testing.T) {
	t.Parallel()
	ids := func(seed uint64) string {
		d := start(t, simulator.Options{Seed: seed})
		do(t, d, send(person))
		return d.number + " " + d.Sent()[0].ID
	}
	if a, b := ids(7), ids(7); a != b {
		t.Errorf("same seed: %s and %s", a, b)
	}
	if a, b := ids(7), ids(8); a == b {
		t.Errorf("other seed: %s twice", a)
	}
}

// Sends, texts and deliveries from many goroutines at once lose nothing. The race detector reads along.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{AutoDeliver: true})
	do(t, d, newSet("alerts"), newTopicDestination("alerts", "topic", types.EventTypeAll))
	var mu sync.Mutex
	delivered, texted := 0, 0
	d.Subscribe(topic, func(context.Context, simulator.Notification) { mu.Lock(); delivered++; mu.Unlock() })
	d.Subscribe(inbox, func(ctx context.Context, _ simulator.Notification) {
		mu.Lock()
		texted++
		mu.Unlock()
		if err := send(person)(ctx, d); err != nil { // a subscriber may call back
			t.Error(err)
		}
	})
	const workers, rounds = 8, 10
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for range rounds {
				if err := send(person, inSet("alerts"))(t.Context(), d); err != nil {
					t.Error(err)
				}
				if _, err := d.Text(t.Context(), person, ourNumber, "hello"); err != nil {
					t.Error(err)
				}
				d.PendingEvents()
				d.Inbox(person)
				d.Calls()
			}
		})
	}
	wg.Wait()
	if delivered != 3*workers*rounds || texted != workers*rounds || len(d.Sent()) != 2*workers*rounds {
		t.Errorf("delivered %d events, %d texts, %d sends", delivered, texted, len(d.Sent()))
	}
}

func inSet(name string) func(*api.SendTextMessageInput) {
	return func(in *api.SendTextMessageInput) { in.ConfigurationSetName = &name }
}
