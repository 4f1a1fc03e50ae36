package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/jackc/pgx/v5"

	"github.com/heedsms/heed/internal/lambdatest"
	"github.com/heedsms/heed/internal/localdb/dbtest"
	heedsql "github.com/heedsms/heed/sql"
)

func TestMain(m *testing.M) {
	dbtest.Main(m, func(context.Context, string) error { return nil }) // databases without a schema
}

// answers is where CloudFormation waits for answers.
type answers struct {
	server *httptest.Server
	got    chan cfn.Response
}

func newAnswers(t *testing.T) *answers {
	t.Helper()
	a := &answers{got: make(chan cfn.Response, 10)}
	a.server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var response cfn.Response
		if err != nil || r.Method != http.MethodPut || len(body) > 4096 || json.Unmarshal(body, &response) != nil {
			t.Errorf("%s %q: not an answer that CloudFormation takes: %v", r.Method, body, err)
		}
		a.got <- response
	}))
	t.Cleanup(a.server.Close)
	return a
}

// event is a request with the properties that CloudFormation sends: all text.
func (a *answers) event(t *testing.T, kind cfn.RequestType, before, version string) []byte {
	t.Helper()
	b, err := json.Marshal(cfn.Event{
		RequestType: kind, RequestID: "r-1", ResponseURL: a.server.URL + "/answer?signature=hunter3", ResourceType: "Custom::HeedSchema",
		LogicalResourceID: "Schema", StackID: "arn:aws:cloudformation:us-east-1:111122223333:stack/heed/1", PhysicalResourceID: physicalID,
		ResourceProperties:    map[string]any{"ServiceToken": "arn:aws:lambda:us-east-1:111122223333:function:migrate", "SchemaVersion": version},
		OldResourceProperties: map[string]any{"ServiceToken": "arn:aws:lambda:us-east-1:111122223333:function:migrate", "SchemaVersion": before},
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// one is the answer that was given, of which there must be exactly one.
func (a *answers) one(t *testing.T) cfn.Response {
	t.Helper()
	select {
	case r := <-a.got:
		if r.RequestID != "r-1" || r.LogicalResourceID != "Schema" || r.StackID == "" || r.PhysicalResourceID != physicalID || len(a.got) != 0 {
			t.Errorf("CloudFormation would not know what this answers: %+v", r)
		}
		return r
	default:
		t.Fatal("no answer: the stack would wait")
	}
	return cfn.Response{}
}

// The deployed binary migrates at a create and an update, leaves the data at a delete, and answers each time.
func TestBinary(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	binary := filepath.Join(t.TempDir(), "bootstrap")
	if err := lambdatest.Build(ctx, filepath.Join("..", ".."), "./cmd/migrate", binary); err != nil {
		t.Fatal(err)
	}
	newest, err := heedsql.Newest()
	if err != nil {
		t.Fatal(err)
	}
	address := dbtest.New(t)
	wrong, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	wrong.User = url.UserPassword("nobody_here", "hunter2")
	now, ahead := strconv.FormatInt(newest, 10), strconv.FormatInt(newest+1, 10)
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	for _, row := range []struct {
		why, database, before, version string
		kind                           cfn.RequestType
		status                         cfn.StatusType
		applied                        string
		reason                         string
	}{
		{"an empty database", address, "", now, cfn.RequestCreate, cfn.StatusSuccess, now, ""},
		{"the next release without a migration", address, "", now, cfn.RequestUpdate, cfn.StatusSuccess, "0", ""},
		{"a template older than the code", address, "", "3", cfn.RequestUpdate, cfn.StatusSuccess, "0", ""},
		{"a deployment is rolled back, because the database is away", "postgres://heed:hunter2@127.0.0.1:1/heed", ahead, now, cfn.RequestUpdate, cfn.StatusSuccess, "0", ""},
		{"the same, and the settings are wrong", "", ahead, now, cfn.RequestUpdate, cfn.StatusSuccess, "0", ""},
		{"a template newer than the code", address, "", ahead, cfn.RequestUpdate, cfn.StatusFailed, "", "build it again"},
		{"a template of somebody else's", address, "", "", cfn.RequestUpdate, cfn.StatusFailed, "", "SchemaVersion"},
		{"no settings at all", "", "", now, cfn.RequestCreate, cfn.StatusFailed, "", "DATABASE_SECRET_ARN"},
		{"a user that may not log in", wrong.String(), "", now, cfn.RequestCreate, cfn.StatusFailed, "", "nobody_here"},
		{"a server that is not there", "postgres://heed:hunter2@127.0.0.1:1/heed", "", now, cfn.RequestUpdate, cfn.StatusFailed, "", "deploy again"},
		{"an address that is none", "postgres://heed:hunter2@:port/heed", "", now, cfn.RequestUpdate, cfn.StatusFailed, "", "database settings"},
		{"the stack is deleted", address, "", now, cfn.RequestDelete, cfn.StatusSuccess, "", ""},
	} {
		a := newAnswers(t)
		f, err := lambdatest.Start(ctx, lambdatest.Config{Binary: binary, Name: "migrate", Timeout: time.Minute, Env: []string{"DATABASE_URL=" + row.database}})
		if err != nil {
			t.Fatalf("%s: %v", row.why, err)
		}
		if _, err := f.Invoke(ctx, a.event(t, row.kind, row.before, row.version)); err != nil {
			t.Errorf("%s: %v", row.why, err)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
		got := a.one(t)
		if got.Status != row.status || !strings.Contains(got.Reason, row.reason) || strings.Contains(got.Reason, "hunter") {
			t.Errorf("%s: %s, %q", row.why, got.Status, got.Reason)
		}
		if row.applied != "" && (got.Data["Applied"] != row.applied || got.Data["Version"] != now) {
			t.Errorf("%s: %v, want %s applied", row.why, got.Data, row.applied)
		}
	}
	var migrations int64
	if err := conn.QueryRow(ctx, `SELECT count(*) FROM heed.migration WHERE version_id > 0`).Scan(&migrations); err != nil || migrations != newest {
		t.Errorf("%d migrations after the stack is gone: %v", migrations, err)
	}
}

// What goes wrong inside is answered too: a panic, a migration that does not end, a reason longer than an answer may be.
func TestAnswersWhateverHappens(t *testing.T) {
	t.Parallel()
	stuck := make(chan struct{})
	defer close(stuck)
	for _, row := range []struct {
		why    string
		does   func(context.Context) error
		reason string
	}{
		{"a panic", func(context.Context) error { panic("hunter2") }, "function's log"},
		{"a wait that listens to the deadline", func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }, "pg_stat_activity"},
		{"a wait that listens to nothing", func(context.Context) error { <-stuck; return nil }, "pg_stat_activity"},
		{"a long story", func(context.Context) error { return errors.New(strings.Repeat("and then \"\n", 1000)) }, "and then"},
	} {
		a := newAnswers(t)
		m := &migration{log: slog.New(slog.DiscardHandler), migrate: func(ctx context.Context) (int, int64, error) { return 0, 17, row.does(ctx) }}
		var event cfn.Event
		if err := json.Unmarshal(a.event(t, cfn.RequestUpdate, "16", "17"), &event); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(context.Background(), answerIn+50*time.Millisecond)
		began := time.Now()
		if _, err := cfn.LambdaWrap(m.answer)(ctx, event); err != nil {
			t.Errorf("%s: %v", row.why, err)
		}
		if took := time.Since(began); took > answerIn {
			t.Errorf("%s: answered after %s, when Lambda may have stopped the function", row.why, took)
		}
		cancel()
		if got := a.one(t); got.Status != cfn.StatusFailed || !strings.Contains(got.Reason, row.reason) || strings.Contains(got.Reason, "hunter2") {
			t.Errorf("%s: %s, %q", row.why, got.Status, got.Reason)
		}
	}
}
