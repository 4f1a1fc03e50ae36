package upgrade

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/heedsms/heed/internal/lambdatest"
	"github.com/heedsms/heed/internal/localdb/dbtest"
	"github.com/heedsms/heed/internal/simulator"
	"github.com/heedsms/heed/internal/sms"
)

const (
	ours        = sms.Identity("+12065550100")
	twoWay      = "arn:aws:sns:us-east-1:111122223333:two-way"
	eventsTopic = "arn:aws:sns:us-east-1:111122223333:sms-events"
	rules       = `
version: 1
programs:
  alerts:
    brand: Acme
    optOutList: alerts
    configurationSet: alerts
    identities: ["+12065550100"]
    keywords:
      - {words: [JOIN], match: first_word, action: opt_in, reply: "Welcome to {{.Brand}}."}
`
)

// stage is one account of AWS, and one database with the roles of docs/setup.md.
type stage struct {
	t      *testing.T
	double *simulator.Simulator
	api    *httptest.Server
	db     *pgxpool.Pool // as an administrator
	owner  string        // the address as the role that owns the schema
	worker string        // the address as the role of the functions
	texts  queue
	events queue
	logs   lockedBuffer

	mu      sync.Mutex
	longest map[string]time.Duration // of the invocations of each function
}

func newStage(t *testing.T) *stage {
	t.Helper()
	ctx := context.Background()
	s := &stage{t: t, double: simulator.New(simulator.Options{Seed: 1}), longest: map[string]time.Duration{}}
	s.double.AddNumber(simulator.NumberSpec{Number: ours, TwoWayTopic: twoWay, SelfManaged: true, OptOutList: "alerts"})
	_, err := s.double.CreateConfigurationSet(ctx, &pinpointsmsvoicev2.CreateConfigurationSetInput{ConfigurationSetName: aws.String("alerts")})
	must(t, err)
	_, err = s.double.CreateEventDestination(ctx, &pinpointsmsvoicev2.CreateEventDestinationInput{
		ConfigurationSetName: aws.String("alerts"), EventDestinationName: aws.String("sns"),
		MatchingEventTypes: []types.EventType{types.EventTypeAll}, SnsDestination: &types.SnsDestination{TopicArn: aws.String(eventsTopic)},
	})
	must(t, err)
	s.double.Subscribe(twoWay, func(_ context.Context, n simulator.Notification) { s.texts.put(n.SQSRecord(false)) })
	s.double.Subscribe(eventsTopic, func(_ context.Context, n simulator.Notification) { s.events.put(n.SQSRecord(false)) })
	s.api = httptest.NewServer(s.double.Handler())
	t.Cleanup(s.api.Close)
	s.makeRoles(dbtest.New(t))
	return s
}

// makeRoles gives the database to an owner who may nothing else, and makes a role for the functions.
func (s *stage) makeRoles(address string) {
	s.t.Helper()
	ctx := context.Background()
	db, err := pgxpool.New(ctx, address)
	must(s.t, err)
	s.db = db
	s.t.Cleanup(db.Close)
	u, err := url.Parse(address)
	must(s.t, err)
	database := strings.TrimPrefix(u.Path, "/")
	as := func(role string) string {
		member := *u
		member.User = url.UserPassword(role, "x")
		return member.String()
	}
	owner, worker := database+"_owner", database+"_functions" // roles belong to the server
	for _, role := range []string{"heed_worker", "heed_retention", "heed_reader"} {
		s.exec(`DO $$ BEGIN CREATE ROLE ` + role + ` NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`)
	}
	s.exec(`CREATE ROLE ` + owner + ` LOGIN PASSWORD 'x' IN ROLE heed_retention`)
	s.exec(`CREATE ROLE ` + worker + ` LOGIN PASSWORD 'x' IN ROLE heed_worker`)
	s.exec(`ALTER DATABASE ` + database + ` OWNER TO ` + owner)
	s.t.Cleanup(func() {
		s.exec(`REASSIGN OWNED BY ` + owner + ` TO current_user`)
		s.exec(`DROP ROLE ` + owner)
		s.exec(`DROP ROLE ` + worker)
	})
	s.owner, s.worker = as(owner), as(worker)
}

func (s *stage) exec(statement string) {
	s.t.Helper()
	if _, err := s.db.Exec(context.Background(), statement); err != nil {
		s.t.Fatalf("%s: %v", statement, err)
	}
}

// heed runs a release's command line as the owner of the schema.
func (s *stage) heed(r release, args ...string) {
	s.t.Helper()
	must(s.t, s.run(r, args...))
}

func (s *stage) run(r release, args ...string) error {
	cmd := exec.CommandContext(s.t.Context(), r.binary("heed"), args...)
	cmd.Env = append(os.Environ(), "DATABASE_URL="+s.owner)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("heed %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return nil
}

// apply puts the rules in force.
func (s *stage) apply(r release) {
	s.t.Helper()
	file := filepath.Join(s.t.TempDir(), "heed.yaml")
	must(s.t, os.WriteFile(file, []byte(rules), 0o600))
	s.heed(r, "apply", "--local", file)
}

// deployed are the three functions of a release at work, each fed from its queue, the relay without a pause.
type deployed struct {
	end  chan struct{}
	done sync.WaitGroup
}

// deploy starts the functions of a release. They work until stop is called, which lets them finish what they took.
func (s *stage) deploy(r release) *deployed {
	s.t.Helper()
	d := &deployed{end: make(chan struct{})}
	inbound, events, relay := s.start(r, "inbound"), s.start(r, "events"), s.start(r, "relay")
	d.loop(func() bool { return s.drain(inbound, "inbound", &s.texts, 10) })
	d.loop(func() bool { return s.drain(events, "events", &s.events, 100) })
	d.loop(func() bool { s.invoke(relay, "relay", []byte(`{"source":"aws.events"}`)); return false })
	return d
}

// loop calls do until the deployment is stopped, and pauses where it had nothing to do.
func (d *deployed) loop(do func() bool) {
	d.done.Go(func() {
		for {
			select {
			case <-d.end:
				return
			default:
			}
			if !do() {
				time.Sleep(20 * time.Millisecond)
			}
		}
	})
}

func (d *deployed) stop() {
	close(d.end)
	d.done.Wait()
}

func (s *stage) start(r release, name string) *lambdatest.Function {
	s.t.Helper()
	f, err := lambdatest.Start(context.Background(), lambdatest.Config{
		Binary: r.binary(name), Name: name, Timeout: 55 * time.Second, Stdout: &s.logs, Stderr: &s.logs,
		Env: []string{
			"DATABASE_URL=" + s.worker, "AWS_REGION=us-east-1", "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test",
			"AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2=" + s.api.URL, "HEED_RECONCILE_EVERY=0", "HEED_METRICS=off",
		},
	})
	must(s.t, err)
	s.t.Cleanup(func() { _ = f.Close() })
	return f
}

// drain hands a batch of a queue to a function, and says whether there was one.
func (s *stage) drain(f *lambdatest.Function, name string, q *queue, most int) bool {
	batch := q.take(most)
	if len(batch) == 0 {
		return false
	}
	defer q.settled(len(batch))
	var answer events.SQSEventResponse
	if err := json.Unmarshal(s.invoke(f, name, s.double.SQSEvent("arn:aws:sqs:us-east-1:111122223333:"+name, batch...)), &answer); err != nil {
		s.t.Errorf("answer of %s: %v", name, err)
	}
	if n := len(answer.BatchItemFailures); n > 0 {
		s.t.Errorf("%s gave %d records back\n%s", name, n, s.logs.tail())
	}
	return true
}

func (s *stage) invoke(f *lambdatest.Function, name string, payload []byte) []byte {
	began := time.Now()
	answer, err := f.Invoke(context.Background(), payload)
	if err != nil {
		s.t.Errorf("%s: %v\n%s", name, err, s.logs.tail())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.longest[name] = max(s.longest[name], time.Since(began))
	return answer
}

// measured is how long the longest invocation of each function took since it was asked last.
func (s *stage) measured() map[string]time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	longest := s.longest
	s.longest = map[string]time.Duration{}
	return longest
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

// settle waits until everything that was said is worked on.
func (s *stage) settle() {
	s.t.Helper()
	for patience := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		s.double.Deliver(context.Background(), simulator.DeliverOptions{Shuffle: true})
		if s.texts.empty() && s.events.empty() && len(s.double.PendingEvents()) == 0 &&
			s.value(`SELECT count(*) FROM heed.outbox WHERE state IN ('planned', 'claimed')`) == "0" {
			return
		}
		if time.Now().After(patience) {
			s.t.Fatalf("work is left: %s\n%s", s.value(`SELECT string_agg(format('%s %s %s', kind, state, error), '; ') FROM heed.outbox WHERE state IN ('planned', 'claimed')`), s.logs.tail())
		}
	}
}

// queue is what SQS holds.
type queue struct {
	mu      sync.Mutex
	waiting []simulator.SQSRecord
	working int
}

func (q *queue) put(r simulator.SQSRecord) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = append(q.waiting, r)
}

func (q *queue) take(most int) []simulator.SQSRecord {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := min(most, len(q.waiting))
	batch := q.waiting[:n:n]
	q.waiting = q.waiting[n:]
	q.working += n
	return batch
}

func (q *queue) settled(n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.working -= n
}

func (q *queue) empty() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting)+q.working == 0
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

// tail is what was printed last.
func (l *lockedBuffer) tail() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	const enough = 2000
	return string(l.b.Bytes()[max(0, l.b.Len()-enough):])
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// person is the n-th of those who text.
func person(n int) sms.Phone { return sms.Phone(fmt.Sprintf("+1425%07d", 2000000+n)) }
