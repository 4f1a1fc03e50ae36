package httpapi_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/heedsms/heed/internal/consent"
	"github.com/heedsms/heed/internal/delivery"
	"github.com/heedsms/heed/internal/ingress"
	"github.com/heedsms/heed/internal/localdb/dbtest"
	"github.com/heedsms/heed/internal/optout"
	"github.com/heedsms/heed/internal/program"
	"github.com/heedsms/heed/internal/report/httpapi"
	"github.com/heedsms/heed/internal/sms"
	"github.com/heedsms/heed/internal/store"
	heedsql "github.com/heedsms/heed/sql"
)

func TestMain(m *testing.M) {
	dbtest.Main(m, func(ctx context.Context, url string) error {
		_, err := heedsql.Migrate(ctx, url)
		return err
	})
}

const (
	ann    = "+14255550101"
	bob    = "+14255550102"
	acme   = "+12065550100"
	secret = "a token that nobody guesses"

	rulesYAML = `
version: 1
programs:
  alerts:
    brand: Acme
    optOutList: alerts
    identities: ["+12065550100"]
`
)

// noon is a moment that tests count from.
func noon() time.Time { return time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC) }

func ruleset(t testing.TB) *program.Ruleset {
	t.Helper()
	rules, findings := program.Parse("heed.yaml", []byte(rulesYAML))
	if rules == nil {
		t.Fatalf("%v", findings)
	}
	return rules
}

// lines is a log, read while it is written.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// service is the API on a database of its own.
type service struct {
	*httpapi.API
	options httpapi.Options
	db      *store.Store
	log     *lines
}

// as is the same service for other people.
func (s *service) as(who httpapi.Authenticator, write bool) *httpapi.API {
	o := s.options
	o.Auth, o.Write = who, write
	return httpapi.New(o)
}

func textLog(to io.Writer) *slog.Logger { return slog.New(slog.NewTextHandler(to, nil)) }

func readAll(answer *http.Response) ([]byte, error) {
	defer answer.Body.Close()
	return io.ReadAll(answer.Body)
}

// open gives a test the API on an empty database; change may set what it likes otherwise.
func open(t testing.TB, change func(*httpapi.Options)) *service {
	t.Helper()
	db, err := store.Open(context.Background(), store.Options{URL: dbtest.New(t), Connections: 4, Cancel: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	rules, log := ruleset(t), &lines{}
	if _, _, err := db.ApplyRuleset(context.Background(), []byte(rulesYAML), rules.Settings(), "test", noon()); err != nil {
		t.Fatal(err)
	}
	o := httpapi.Options{
		Store: db, Auth: httpapi.Loopback{}, Write: true, Timeout: 30 * time.Second,
		Rules: func(context.Context, time.Time) (*program.Ruleset, error) { return rules, nil },
		Log:   textLog(log), Now: time.Now,
	}
	if change != nil {
		change(&o)
	}
	return &service{httpapi.New(o), o, db, log}
}

// exec runs a statement.
func (s *service) exec(t testing.TB, statement string, args ...any) {
	t.Helper()
	if _, err := s.db.Pool().Exec(context.Background(), statement, args...); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// live fills the database with a conversation, a campaign and what they came to. It gives the id of a text that waits for
// a decision.
func (s *service) live(t testing.TB) (question int64) {
	t.Helper()
	ctx := context.Background()
	s.exec(t, `SELECT heed.make_partitions('2026-11-01', '2026-11-25')`)
	s.exec(t, `INSERT INTO heed.inbound (identity, inbound_message_id, variant, contact, program, body, verdict, reason, matched, ruleset_version, said_at, received_at, raw, body_removed_at)
		SELECT $1, 'in-' || g, 'text', $2, 'alerts', CASE WHEN g > 1 THEN 'stop “it”' ELSE '' END, 'opt_out', 'opt_out_word', 'stop', 1, $3::timestamptz + g * interval '1 minute', $3, '{}', CASE g WHEN 1 THEN $3 END
		FROM generate_series(1, 3) g`, acme, ann, noon())
	s.exec(t, `INSERT INTO heed.outbox (id, chain, seq, kind, program, contact, identity, purpose, body, state, error, aws_message_id, created_at, settled_at) VALUES
		('00000000-0000-4000-8000-000000000001', $1 || '/in-2/text', 1, 'reply', 'alerts', $2, $1, 'opt_out', 'You are out.', 'done', NULL, 'm-reply', $3, $3),
		('00000000-0000-4000-8000-000000000002', $1 || '/in-3/text', 1, 'reply', 'alerts', $2, $1, 'opt_out', 'You are out.', 'expired', 'withheld: already_opted_out', NULL, $3, $3)`, acme, ann, noon())
	var changes []consent.Change
	for _, c := range []struct {
		contact sms.Phone
		state   optout.State
	}{{ann, optout.OptedOut}, {bob, optout.Held}} {
		changes = append(changes, consent.Change{
			Program: "alerts", Contact: c.contact, State: c.state, SaidAt: noon(), Source: "operator", Actor: "zoe",
			Evidence: map[string]any{"reason": "unclear_request", "text": "enough"}, Lists: []string{"alerts"},
		})
	}
	if _, err := s.db.RecordConsent(ctx, changes, noon()); err != nil {
		t.Fatal(err)
	}
	event := func(id, to, status, more string, at int) ingress.Record {
		return ingress.Record{Source: ingress.Bare, ID: id + status, Body: fmt.Appendf(nil,
			`{"eventType":"TEXT_%s","eventVersion":"1.0","eventTimestamp":%d,"isFinal":%t,"originationPhoneNumber":%q,"destinationPhoneNumber":%q,
			"isoCountryCode":"US","mcc":"310","mnc":"800","carrierName":"T-Mobile","messageId":%q,"messageRequestTimestamp":%d,"messageEncoding":"GSM",
			"messageType":"TRANSACTIONAL","messageStatus":%q,"messageStatusDescription":"as AWS says","totalMessageParts":1,"totalMessagePrice":0.00581,"totalCarrierFee":0.003,"aNewMember":1%s}`,
			status, noon().UnixMilli()+int64(at), status != "PENDING", acme, to, id, noon().UnixMilli(), status, more)}
	}
	worker := &delivery.Handler{Store: s.db, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Now: noon}
	for _, err := range worker.Work(ctx, []ingress.Record{
		event("m-1", ann, "PENDING", "", 0), event("m-1", ann, "DELIVERED", `,"context":{"campaign":"spring"}`, 2000),
		event("m-2", bob, "UNREACHABLE", "", 3000), event("m-3", bob, "PENDING", "", 100),
		event("m-reply", ann, "DELIVERED", `,"context":{"heed_outbox":"00000000-0000-4000-8000-000000000001","heed_program":"alerts"}`, 1500),
	}) {
		if err != nil {
			t.Fatal(err)
		}
	}
	s.exec(t, `SELECT heed.refresh_delivery(100000, now())`)
	s.exec(t, `SELECT heed.refresh_details('infinity', now())`)
	open, err := s.db.Questions(ctx, consent.Queue{Limit: 10})
	if err != nil || len(open) != 1 {
		t.Fatalf("%d texts wait: %v", len(open), err)
	}
	return open[0].ID
}

// request makes one, with headers as name, value.
func request(method, target, body string, headers ...string) *http.Request {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Host = "127.0.0.1:8480"
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

// ask answers a request.
func ask(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}
