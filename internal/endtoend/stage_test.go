package endtoend

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/heedsms/heed/internal/lambdatest"
	"github.com/heedsms/heed/internal/localdb/dbtest"
	"github.com/heedsms/heed/internal/program"
	"github.com/heedsms/heed/internal/simulator"
	"github.com/heedsms/heed/internal/sms"
	"github.com/heedsms/heed/internal/store"
	heedsql "github.com/heedsms/heed/sql"
)

const (
	ours        = sms.Identity("+12065550100")
	twoWay      = "arn:aws:sns:us-east-1:111122223333:two-way"
	eventsTopic = "arn:aws:sns:us-east-1:111122223333:sms-events"
	queue       = "arn:aws:sqs:us-east-1:111122223333:queue"
	stream      = "arn:aws:firehose:us-east-1:111122223333:deliverystream/sms"
	rules       = `
version: 1
programs:
  alerts:
    brand: Acme
    optOutList: alerts
    configurationSet: alerts
    identities: ["+12065550100", "rcs-00112233445566778899aabbccddeeff"]
    keywords:
      - {words: [JOIN], match: first_word, action: opt_in, reply: "Welcome to {{.Brand}}."}
`
)

// binaries are built once for all tests.
var binaries struct {
	once sync.Once
	dir  string
	err  error
}

func TestMain(m *testing.M) {
	dbtest.Main(m, func(ctx context.Context, url string) error {
		_, err := heedsql.Migrate(ctx, url)
		return err
	}, func() error { return os.RemoveAll(binaries.dir) })
}

func binary(t *testing.T, name string) string {
	t.Helper()
	binaries.once.Do(func() {
		binaries.dir, binaries.err = os.MkdirTemp("", "heed-bootstrap-")
		for _, cmd := range []string{"inbound", "events", "relay", "reports", "heed"} {
			if binaries.err == nil {
				binaries.err = lambdatest.Build(context.Background(), filepath.Join("..", ".."), "./cmd/"+cmd, filepath.Join(binaries.dir, cmd))
			}
		}
	})
	if binaries.err != nil {
		t.Fatal(binaries.err)
	}
	return filepath.Join(binaries.dir, name)
}

// stage is one account of AWS and one database.
type stage struct {
	t       *testing.T
	double  *simulator.Simulator
	api     *httptest.Server
	objects map[string][]byte // of S3, by path
	s3      *httptest.Server
	dbURL   string
	db      *pgxpool.Pool
	logs    lockedBuffer
	onCall  func(simulator.Phase, string)
}

// lockedBuffer takes what several processes print.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func newStage(t *testing.T) *stage {
	t.Helper()
	return newStageOf(t, simulator.Options{Seed: 1})
}

// newStageOf is a stage with a double of these options; what happens on a call is the stage's.
func newStageOf(t *testing.T, options simulator.Options) *stage {
	t.Helper()
	ctx := context.Background()
	s := &stage{t: t, objects: map[string][]byte{}, dbURL: dbtest.New(t)}
	options.OnCall = func(p simulator.Phase, op string) {
		if s.onCall != nil {
			s.onCall(p, op)
		}
	}
	s.double = simulator.New(options)
	s.double.AddNumber(simulator.NumberSpec{Number: ours, TwoWayTopic: twoWay, SelfManaged: true, OptOutList: "alerts"})
	must(t, second(s.double.CreateConfigurationSet(ctx, &pinpointsmsvoicev2.CreateConfigurationSetInput{ConfigurationSetName: aws.String("alerts")})))
	must(t, second(s.double.CreateEventDestination(ctx, &pinpointsmsvoicev2.CreateEventDestinationInput{
		ConfigurationSetName: aws.String("alerts"), EventDestinationName: aws.String("sns"),
		MatchingEventTypes: []types.EventType{types.EventTypeAll}, SnsDestination: &types.SnsDestination{TopicArn: aws.String(eventsTopic)},
	})))
	s.api = httptest.NewServer(s.double.Handler())
	t.Cleanup(s.api.Close)
	s.s3 = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := s.objects[r.URL.Path]
		if !ok || !strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 ") {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		_, _ = w.Write(body)
	}))
	t.Cleanup(s.s3.Close)
	db, err := pgxpool.New(ctx, s.dbURL)
	must(t, err)
	s.db = db
	t.Cleanup(db.Close)
	s.apply(rules)
	return s
}

func (s *stage) apply(document string) {
	s.t.Helper()
	compiled, findings := program.Parse("heed.yaml", []byte(document))
	if compiled == nil {
		s.t.Fatal(findings)
	}
	st, err := store.Open(context.Background(), store.Options{URL: s.dbURL})
	must(s.t, err)
	defer st.Close()
	_, _, err = st.ApplyRuleset(context.Background(), []byte(document), compiled.Settings(), "test", time.Now())
	must(s.t, err)
}

// start runs one of the binaries as it is deployed, on a database URL that may be a proxy's.
func (s *stage) start(name, dbURL string, timeout time.Duration, env ...string) *lambdatest.Function {
	s.t.Helper()
	f, err := lambdatest.Start(context.Background(), lambdatest.Config{
		Binary: binary(s.t, name), Name: name, Timeout: timeout, Stdout: &s.logs, Stderr: &s.logs,
		Env: append([]string{
			"DATABASE_URL=" + dbURL, "LOG_LEVEL=debug", "AWS_REGION=us-east-1", "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test",
			"AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2=" + s.api.URL, "AWS_ENDPOINT_URL_S3=" + s.s3.URL, "HEED_DEADLINE_MARGIN=500ms",
		}, env...),
	})
	must(s.t, err)
	s.t.Cleanup(func() { _ = f.Close() })
	return f
}

// value reads one value as text.
func (s *stage) value(query string, args ...any) string {
	s.t.Helper()
	var v string
	if err := s.db.QueryRow(context.Background(), "SELECT coalesce(("+query+")::text, '')", args...).Scan(&v); err != nil {
		s.t.Fatalf("%s: %v", query, err)
	}
	return v
}

func (s *stage) want(query, want string, args ...any) {
	s.t.Helper()
	if got := s.value(query, args...); got != want {
		s.t.Errorf("%s\n got %q\nwant %q", query, got, want)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func second[T any](_ T, err error) error { return err }

// stop is the payload of a person's STOP.
func stop(contact, id string) string {
	return fmt.Sprintf(`{"originationNumber":%q,"destinationNumber":%q,"messageKeyword":"KEYWORD_111122223333","messageBody":"Stop ","inboundMessageId":%q}`, contact, ours, id)
}

// delivered is the payload of a delivery event.
func delivered(message string) string {
	return fmt.Sprintf(`{"eventType":"TEXT_DELIVERED","eventVersion":"1.0","eventTimestamp":%d,"isFinal":true,"originationPhoneNumber":%q,"destinationPhoneNumber":"+14255550101","isoCountryCode":"US","messageId":%q,"messageRequestTimestamp":%d,"messageEncoding":"GSM","messageType":"TRANSACTIONAL","messageStatus":"DELIVERED","messageStatusDescription":"Message has been accepted by phone","totalMessageParts":1,"totalMessagePrice":0.00581,"totalCarrierFee":0.003}`,
		time.Now().UnixMilli(), ours, message, time.Now().Add(-time.Second).UnixMilli())
}
