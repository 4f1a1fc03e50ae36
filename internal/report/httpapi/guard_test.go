package httpapi_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/heedsms/heed/internal/consent"
	"github.com/heedsms/heed/internal/report"
	"github.com/heedsms/heed/internal/report/httpapi"
)

// What is changed by the API stands in the ledger, with who asked and why; what is wrong is refused and changes nothing.
func TestWriting(t *testing.T) {
	t.Parallel()
	c, s := newContract(t), open(t, nil)
	question := s.live(t)
	const standing, review = "/v1/consent/{e164}", "/v1/review/{id}"
	decide := fmt.Sprintf("/v1/review/%d", question)
	for _, x := range []struct {
		sentence, route, target, body string
		status                        int
		holds                         string
	}{
		{"an opt-in on paper", standing, ann, `{"program":"alerts","state":"opted_in","reason":"form 12","said_at":"2026-11-20T14:00:00+01:00"}`, 200, `"recorded":true`},
		{"the same again", standing, ann, `{"program":"alerts","state":"opted_in","reason":"form 12","said_at":"2026-11-20T13:00:00Z"}`, 200, `"recorded":false`},
		{"an opt-out by telephone, now", standing, ann, `{"program":"alerts","state":"opted_out","reason":"ticket 4711"}`, 200, `"after":{"program":"alerts","state":"opted_out"`},
		{"what was said before something else", standing, ann, `{"program":"alerts","state":"opted_in","reason":"old form","said_at":"2026-11-01T00:00:00Z"}`, 200, `"after":{"program":"alerts","state":"opted_out"`},
		{"of a program that was never named", standing, ann, `{"program":"default","state":"held","reason":"x"}`, 200, `"before":{"program":"default","state":""`},
		{"of a program that is mistyped", standing, ann, `{"program":"alert","state":"held","reason":"x"}`, 404, "there are alerts"},
		{"no reason", standing, ann, `{"program":"alerts","state":"held","reason":" "}`, 400, "say why"},
		{"no state", standing, ann, `{"program":"alerts","reason":"x"}`, 400, "state has to be"},
		{"a state of one's own", standing, ann, `{"program":"alerts","state":"released","reason":"x"}`, 400, "state has to be"},
		{"the future", standing, ann, `{"program":"alerts","state":"held","reason":"x","said_at":"2999-01-01T00:00:00Z"}`, 400, "in the future"},
		{"somebody else's name", standing, ann, `{"program":"alerts","state":"held","reason":"x","actor":"boss"}`, 400, `\"actor\"`},
		{"a number for a text", standing, ann, `{"program":7,"state":"held","reason":"x"}`, 400, "program cannot be what was sent, a number"},
		{"two documents", standing, ann, `{"program":"alerts","state":"held","reason":"x"}{}`, 400, "one JSON object"},
		{"a document and a bracket", standing, ann, `{"program":"alerts","state":"held","reason":"x"}]`, 400, "one JSON object"},
		{"two states", standing, ann, `{"program":"alerts","state":"opted_out","state":"opted_in","reason":"x"}`, 400, "no member twice"},
		{"a name in other letters", standing, ann, `{"Program":"alerts","state":"held","reason":"x"}`, 400, `\"Program\"`},
		{"a reason that is no text", standing, ann, "{\"program\":\"alerts\",\"state\":\"held\",\"reason\":\"\xff\"}", 400, "in UTF-8"},
		{"a time that is none", standing, ann, `{"program":"alerts","state":"held","reason":"x","said_at":"yesterday"}`, 400, "said_at cannot be"},
		{"no document", standing, ann, `opted_out`, 400, "one JSON object"},
		{"a byte that no text has", standing, ann, "{\"program\":\"alerts\",\"state\":\"held\",\"reason\":\"\\u0000\"}", 400, "say why"},
		{"too much", standing, ann, `{"reason":"` + strings.Repeat("x", httpapi.MostBody) + `"}`, 413, "64 KiB"},
		{"no number", standing, "4711", `{}`, 400, "with plus and country"},

		{"a text is a request to stop", review, decide, `{"as":"opt_out","reason":"clearly fed up"}`, 200, `"changed":true`},
		{"decided so already", review, decide, `{"as":"opt_out","reason":"clearly fed up"}`, 200, `"changed":false`},
		{"taken back", review, decide, `{"as":"undo","reason":"wrong line"}`, 200, `"state":"held"`},
		{"a word of one's own", review, decide, `{"as":"maybe","reason":"x"}`, 400, "as has to be"},
		{"no reason to decide", review, decide, `{"as":"none"}`, 400, "say why"},
		{"a text that does not wait", review, "/v1/review/999", `{"as":"none","reason":"x"}`, 404, "GET /v1/review"},
		{"a text without a number", review, "/v1/review/first", `{"as":"none","reason":"x"}`, 404, "GET /v1/review"},
	} {
		method, target := http.MethodPost, x.target
		if x.route == standing {
			method, target = http.MethodPut, "/v1/consent/"+x.target
		}
		got := ask(s, request(method, target, x.body))
		if got.Code != x.status || !strings.Contains(got.Body.String(), x.holds) {
			t.Errorf("%s: %d, want %d and %q: %s", x.sentence, got.Code, x.status, x.holds, got.Body)
		}
		c.check(t, x.route, method, got)
	}
	for method, target := range map[string]string{http.MethodPut: "/v1/consent/" + ann, http.MethodPost: decide} {
		r := request(method, target, `{}`, "Content-Type", "text/plain")
		if got := ask(s, r); got.Code != http.StatusUnsupportedMediaType {
			t.Errorf("text/plain: %d", got.Code)
		}
	}
	var events, listed int
	if err := s.db.Pool().QueryRow(context.Background(), `SELECT count(*) FILTER (WHERE source = 'api' AND actor = 'local'), count(*) FILTER (WHERE source = 'review' AND actor = 'local') FROM heed.consent_event`).Scan(&events, &listed); err != nil {
		t.Fatal(err)
	}
	if events != 4 || listed != 2 {
		t.Errorf("%d events and %d decisions stand in the ledger", events, listed)
	}
}

// What is too large is refused before anything is read.
func TestBounds(t *testing.T) {
	t.Parallel()
	c, s := newContract(t), open(t, nil)
	long := request(http.MethodGet, "/v1/reports/delivery?by="+strings.Repeat("x", httpapi.MostAddress), "")
	many := request(http.MethodGet, "/v1/reports/delivery", "", "X-Padding", strings.Repeat("x", httpapi.MostHeaders))
	for want, r := range map[int]*http.Request{http.StatusRequestURITooLong: long, http.StatusRequestHeaderFieldsTooLarge: many} {
		got := ask(s, r)
		if got.Code != want {
			t.Errorf("%d, want %d", got.Code, want)
		}
		c.check(t, "/v1/reports/{name}", http.MethodGet, got)
	}
}

// A request that takes too long is answered, and what it asked of Postgres is stopped there.
func TestTimeLimitReachesPostgres(t *testing.T) {
	t.Parallel()
	c := newContract(t)
	s := open(t, func(o *httpapi.Options) { o.Timeout = 300 * time.Millisecond })
	s.live(t)
	ctx := context.Background()
	tx, err := s.db.Pool().Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(ctx) //nolint:errcheck // it holds nothing but locks
	if _, err := tx.Exec(ctx, `LOCK TABLE heed.rollup_state, heed.inbound, heed.consent_event, heed.message IN ACCESS EXCLUSIVE MODE`); err != nil {
		t.Fatal(err)
	}
	for route, target := range map[string]string{
		"/v1/reports/{name}":           "/v1/reports/delivery",
		"/v1/contacts/{e164}/timeline": "/v1/contacts/" + ann + "/timeline",
		"/v1/messages/{id}":            "/v1/messages/m-1",
		"/v1/review":                   "/v1/review",
	} {
		begun := time.Now()
		got := ask(s, request(http.MethodGet, target, ""))
		if took := time.Since(begun); got.Code != http.StatusGatewayTimeout || took > 5*time.Second {
			t.Errorf("%s: %d after %s: %s", target, got.Code, took, got.Body)
		}
		c.check(t, route, http.MethodGet, got)
		var left int
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid() AND backend_type = 'client backend'`).Scan(&left); err != nil {
			t.Fatal(err)
		}
		if left != 0 {
			t.Errorf("%s: %d statements go on", target, left)
		}
	}
}

// stuck is a store with two connections, as the function has, whose reports of texts and consent never end.
type stuck struct {
	httpapi.Store
	free chan struct{}
	late *atomic.Bool // the queue was asked when there was no more time
}

func (s stuck) Report(ctx context.Context, q report.Query) (*report.Result, error) {
	select {
	case s.free <- struct{}{}:
		defer func() { <-s.free }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if slices.Contains([]string{"unicode", "optouts", "inbound"}, q.Report) {
		<-ctx.Done()
		return nil, errors.New("canceling statement due to user request")
	}
	return s.Store.Report(ctx, q)
}

func (s stuck) Questions(ctx context.Context, asked consent.Queue) ([]consent.Question, error) {
	s.late.Store(ctx.Err() != nil)
	return s.Store.Questions(ctx, asked)
}

// Reports that do not end take their own places on the page, and no other's: neither the connections nor the time.
func TestStuckReportsLeaveThePage(t *testing.T) {
	t.Parallel()
	var late atomic.Bool
	s := open(t, func(o *httpapi.Options) {
		o.Store, o.Timeout = stuck{o.Store, make(chan struct{}, 2), &late}, 2*time.Second
		o.Now = func() time.Time { return noon().Add(time.Hour) }
	})
	s.live(t)
	if err := s.AddPage(); err != nil {
		t.Fatal(err)
	}
	got := ask(s, request(http.MethodGet, "/", ""))
	if got.Code != http.StatusOK || late.Load() {
		t.Errorf("%d; the queue was asked too late: %t", got.Code, late.Load())
	}
	for id, want := range map[string]string{
		"countries": "US", "carriers": "T-Mobile", "failures": "UNREACHABLE", "cost": "$0.", "latency": "T-Mobile", "health": "rollup age",
		"unicode": "The database took too long", "optouts": "The database took too long", "inbound": "The database took too long",
	} {
		_, panel, _ := strings.Cut(got.Body.String(), `id="`+id+`-title"`)
		panel, _, _ = strings.Cut(panel, "</section>")
		if !strings.Contains(panel, want) {
			t.Errorf("%s has no %q: %s", id, want, panel)
		}
	}
}

// A database that does not answer, or whose schema does not fit, is told of; what it said is not.
func TestDatabaseAway(t *testing.T) {
	t.Parallel()
	c, s := newContract(t), open(t, nil)
	s.live(t)
	s.exec(t, `ALTER TABLE heed.inbound RENAME COLUMN body TO secret_words`)
	got := ask(s, request(http.MethodGet, "/v1/contacts/"+ann+"/timeline", ""))
	if got.Code != http.StatusServiceUnavailable || got.Header().Get("Retry-After") == "" || !strings.Contains(got.Body.String(), "heed migrate") || strings.Contains(got.Body.String(), "column") {
		t.Errorf("a schema that does not fit: %d %s", got.Code, got.Body)
	}
	c.check(t, "/v1/contacts/{e164}/timeline", http.MethodGet, got)
	s.db.Close()
	for route, want := range map[string]int{"/healthz": http.StatusServiceUnavailable, "/v1/review": http.StatusInternalServerError} {
		got := ask(s, request(http.MethodGet, route, ""))
		if got.Code != want {
			t.Errorf("%s on a closed pool: %d %s", route, got.Code, got.Body)
		}
		c.check(t, route, http.MethodGet, got)
	}
}

// broken is a store whose report breaks off, or panics.
type broken struct {
	httpapi.Store
	rows  int
	panic bool
}

func (b broken) Counted(context.Context) (string, error) { return "", nil }

func (b broken) Report(context.Context, report.Query) (*report.Result, error) {
	if b.panic {
		panic("with " + ann)
	}
	var rows iter.Seq2[[]any, error] = func(yield func([]any, error) bool) {
		for range b.rows {
			if !yield([]any{strings.Repeat("x", 1000)}, nil) {
				return
			}
		}
		yield(nil, errors.New("broke off at "+ann))
	}
	return &report.Result{Columns: []report.Column{{Name: "program", Kind: report.Text}}, Rows: rows}, nil
}

// An answer that breaks off before much of it was sent is an error; one that breaks off later is cut off, so that nobody
// takes it for whole. A panic is an error too. Nothing of what went wrong is told or logged but its kind.
func TestBreakingOff(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		sentence string
		store    broken
		cut      bool
	}{
		{"at once", broken{}, false},
		{"after some rows", broken{rows: 10}, false},
		{"after many", broken{rows: 3 * httpapi.HeldBack / 1000}, true},
		{"a panic", broken{panic: true}, false},
	} {
		for _, format := range []string{"json", "csv"} {
			log := &lines{}
			api := httpapi.New(httpapi.Options{Store: x.store, Auth: httpapi.Loopback{}, Timeout: time.Minute, Log: textLog(log), Now: time.Now})
			server := httptest.NewServer(api)
			answer, err := http.Get(server.URL + "/v1/reports/delivery?format=" + format)
			if err != nil {
				t.Fatal(err)
			}
			_, err = readAll(answer)
			if (err != nil) != x.cut || !x.cut && answer.StatusCode != http.StatusInternalServerError {
				t.Errorf("%s, as %s: %d, %v", x.sentence, format, answer.StatusCode, err)
			}
			server.Close()
			if strings.Contains(log.String(), ann) || !strings.Contains(log.String(), "level=ERROR") {
				t.Errorf("%s: the log says\n%s", x.sentence, log)
			}
		}
	}
}

// The log says what was asked, of which kind, by whom, and how it ended: by the route, since addresses hold numbers.
func TestLogNamesNobody(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	question := s.live(t)
	ask(s, request(http.MethodGet, "/v1/contacts/"+ann+"/timeline?program=alerts", ""))
	ask(s, request(http.MethodGet, "/v1/contacts/%2B14255550101/timeline?cursor=14255550101", ""))
	ask(s, request(http.MethodGet, "/v1/consent/"+bob+"?program=enough", ""))
	ask(s, request(http.MethodGet, "/nowhere/"+bob, ""))
	ask(s, request(http.MethodPost, fmt.Sprintf("/v1/review/%d", question), `{"as":"none","reason":"enough of this"}`))
	ask(s.as(httpapi.Loopback{}, false), request(http.MethodPut, "/v1/consent/"+bob, `{}`))
	log := s.log.String()
	if !regexp.MustCompile(`status=403 .*principal=local`).MatchString(log) {
		t.Errorf("who tried to write is not in the log:\n%s", log)
	}
	for _, word := range []string{"4255550101", "4255550102", "enough", "nowhere", "program=alerts"} {
		if strings.Contains(log, word) {
			t.Errorf("%s is in the log:\n%s", word, log)
		}
	}
	for _, word := range []string{"route=/v1/contacts/{e164}/timeline", "status=200", "status=400", "status=404", "principal=local", "request_id=", "ms="} {
		if !strings.Contains(log, word) {
			t.Errorf("%s is not in the log:\n%s", word, log)
		}
	}
}
