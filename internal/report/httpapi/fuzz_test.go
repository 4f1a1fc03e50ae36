package httpapi_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/heedsms/heed/internal/consent"
	"github.com/heedsms/heed/internal/program"
	"github.com/heedsms/heed/internal/report"
	"github.com/heedsms/heed/internal/report/httpapi"
	"github.com/heedsms/heed/internal/sms"
)

// nothing is a store that knows nothing. A fuzz target runs in many processes: a Postgres for each would be too much, and
// TestStrangeRequests asks a real one.
type nothing struct{}

func (nothing) Counted(context.Context) (string, error) { return "1", nil }
func (nothing) Ping(context.Context) error              { return nil }
func (nothing) Programs(context.Context) ([]string, error) {
	return []string{"alerts"}, nil
}

func (nothing) Report(_ context.Context, q report.Query) (*report.Result, error) {
	spec, _ := report.Named(q.Report)
	return &report.Result{Columns: spec.Chosen(q.By), Rows: func(func([]any, error) bool) {}}, nil
}

func (nothing) Message(context.Context, string) (*report.Message, error) {
	return nil, report.ErrNoMessage
}

func (nothing) Timeline(_ context.Context, q report.TimelineQuery) (*report.Timeline, error) {
	return &report.Timeline{Contact: q.Contact, Entries: []report.TimelineEntry{}}, nil
}

func (nothing) Standings(_ context.Context, _ sms.Phone, _ []string, only string) ([]consent.Standing, error) {
	return []consent.Standing{{Program: only, Reason: "no_record"}}, nil
}

func (n nothing) StandingsAt(ctx context.Context, contact sms.Phone, programs []string, only string, _, _ time.Time) ([]consent.Standing, error) {
	return n.Standings(ctx, contact, programs, only)
}

func (nothing) RecordConsent(context.Context, []consent.Change, time.Time) (int, error) {
	return 1, nil
}

func (nothing) Questions(context.Context, consent.Queue) ([]consent.Question, error) {
	return nil, nil
}

func (nothing) Question(context.Context, int64) (consent.Question, error) {
	return consent.Question{}, consent.ErrNoQuestion
}

func (nothing) Decide(context.Context, consent.Decision, time.Time) (bool, error) {
	return false, nil
}

// Whatever is asked, heed is not at fault, and an error is a problem document that says what to do.
func FuzzQuery(f *testing.F) {
	for _, x := range [][3]string{
		{"/v1/reports/delivery", "from=7d&to=today&by=day,country&zone=Asia/Kolkata&country=US&format=csv", ""},
		{"/v1/reports/optouts", "hours=24&limit=1&by=", ""},
		{"/v1/contacts/+14255550101/timeline", "limit=500&since=2026-11-20&until=2026-11-21T00:00:00+01:00&program=alerts", ""},
		{"/v1/contacts/%2B14255550101/timeline", "cursor=eyJ2IjoxLCJ0IjowLCJrIjoidGV4dCIsImkiOiJ4In0", ""},
		{"/v1/consent/+14255550101", "program=alerts&at=2026-11-20T12:00:00Z", ""},
		{"/v1/consent/+14255550101", "", `{"program":"alerts","state":"held","reason":"x","said_at":"2026-11-20T12:00:00Z"}`},
		{"/v1/messages/m-1", "", ""},
		{"/v1/messages/%00", "%zz&;=", ""},
		{"/v1/review", "decided=true&limit=9&program=%FF", ""},
		{"/v1/review/7", "", `{"as":"none","reason":"x"}`},
		{"/healthz", "", ""},
		{"/openapi.json", "", ""},
		{"//", "a=1&a=2", "{"},
	} {
		f.Add(x[0], x[1], x[2])
	}
	rules := ruleset(f)
	api := httpapi.New(httpapi.Options{
		Store: nothing{}, Auth: httpapi.Loopback{}, Write: true, Timeout: time.Minute, Log: textLog(io.Discard), Now: time.Now,
		Rules: func(context.Context, time.Time) (*program.Ruleset, error) { return rules, nil },
	})
	f.Fuzz(func(t *testing.T, path, query, body string) {
		for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodPost} {
			if r := strange(method, path, query, body); r != nil {
				answered(t, r, ask(api, r))
			}
		}
	})
}

// strange is a request for any path and query, as a server or an event of Lambda would have it.
func strange(method, path, query, body string) *http.Request {
	r := request(method, "/", body)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	r.URL = &url.URL{Path: path, RawQuery: query}
	if read, err := url.PathUnescape(path); err == nil {
		r.URL.Path, r.URL.RawPath = read, path
	}
	r.Header.Set("Content-Type", "application/json")
	return r
}

func answered(t interface{ Errorf(string, ...any) }, r *http.Request, got *httptest.ResponseRecorder) {
	if got.Code >= http.StatusInternalServerError {
		t.Errorf("%s %q ? %q: %d %s", r.Method, r.URL.Path, r.URL.RawQuery, got.Code, got.Body)
	}
	if got.Code < http.StatusBadRequest {
		return
	}
	var p struct{ Type, Title, Detail string }
	if err := json.Unmarshal(got.Body.Bytes(), &p); err != nil || p.Detail == "" || got.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("%s %q ? %q: %d without a problem: %s", r.Method, r.URL.Path, r.URL.RawQuery, got.Code, got.Body)
	}
}

// The same of a real database: what comes through the checks is nothing that Postgres is troubled by.
func TestStrangeRequests(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	s.live(t)
	paths := []string{
		"/v1/messages/{}", "/v1/contacts/{}/timeline", "/v1/consent/{}", "/v1/review", "/v1/review/{}", "/v1/reports/{}", "/v1/reports",
	}
	words := []string{
		ann, "%2B14255550101", "m-1", "delivery", "failures", "latency", "cost", "unicode", "optouts", "inbound", "health", "alerts", "default", "1", "-1", "0", "500",
		"2147483648", "9223372036854775807", "day", "country", "day,country,status", "", "2026-11-20", "0001-01-01", "9999-12-31", "2026-11-20T12:00:00Z",
		"0001-01-01T00:00:00Z", "9998-12-31T23:59:59+14:00", "7d", "today", "UTC", "America/New_York", "posix/UTC", "Factory", "localtime", "%00", "%FF", "%F0%9F%92%A9",
		"'; DROP TABLE heed.message; --", "json", "csv", "true", strings.Repeat("9", 30), strings.Repeat("x", 199), "eyJ2IjoxLCJ0IjowLCJrIjoidGV4dCIsImkiOiJ4In0",
		"eyJ2IjoxLCJ0IjoyNTMzNzA3NjQ3OTk5OTk5OTksImsiOiJtZXNzYWdlIiwiaSI6IiJ9",
	}
	names := []string{
		"from", "to", "by", "zone", "hours", "top", "limit", "format", "cursor", "since", "until", "program", "at", "decided", "day", "country", "status", "campaign",
		"failure_reason", "leg", "verdict", "rule", "character_class", "keyword", "other",
	}
	rapid.Check(t, func(rt *rapid.T) {
		word := rapid.OneOf(rapid.SampledFrom(words), rapid.SampledFrom(words), rapid.String())
		escape := func(w string) string {
			if strings.HasPrefix(w, "%") || rapid.Bool().Draw(rt, "as it is") {
				return w
			}
			return url.QueryEscape(w)
		}
		path := strings.Replace(rapid.SampledFrom(paths).Draw(rt, "path"), "{}", strings.ReplaceAll(word.Draw(rt, "segment"), "/", "%2F"), 1)
		var query []string
		for range rapid.IntRange(0, 4).Draw(rt, "parameters") {
			query = append(query, rapid.SampledFrom(names).Draw(rt, "name")+"="+escape(word.Draw(rt, "value")))
		}
		method := rapid.SampledFrom([]string{http.MethodGet, http.MethodGet, http.MethodHead, http.MethodPut, http.MethodPost}).Draw(rt, "method")
		body := ""
		if method == http.MethodPut || method == http.MethodPost {
			document, err := json.Marshal(map[string]any{
				"program": word.Draw(rt, "program"), "state": rapid.SampledFrom([]string{"held", "opted_in"}).Draw(rt, "state"), "reason": word.Draw(rt, "reason"),
				"said_at": rapid.SampledFrom([]string{"1990-01-01T00:00:00Z", "2026-11-20T12:00:00.123456789Z", "0001-01-01T00:00:00Z"}).Draw(rt, "said_at"),
			})
			if err != nil {
				rt.Fatal(err)
			}
			if body = string(document); method == http.MethodPost {
				body = `{"as":"none","reason":` + string(document) + `}`
			}
		}
		r := strange(method, path, strings.Join(query, "&"), body)
		answered(rt, r, ask(s, r))
	})
}
