package page_test

import (
	"context"
	"errors"
	"fmt"
	"html"
	"iter"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/heedsms/heed/internal/consent"
	"github.com/heedsms/heed/internal/report"
	"github.com/heedsms/heed/internal/report/page"
	"github.com/heedsms/heed/internal/sms"
)

// mallory writes what would hurt if it were taken for more than words.
const mallory = "+14255550166"

// hostile puts what others write where it is shown: bodies, campaigns, carriers, descriptions.
func hostile(w *world) {
	w.t.Helper()
	at := now().Add(-26 * time.Hour)
	script := `<script>hurt=1</script><img src=x onerror="hurt=1">`
	before := len(w.aws.sent)
	w.say(
		said{at, mallory, alerts, script + ` join {{.}} ${7*7} javascript:hurt=1`},
		said{at.Add(time.Minute), mallory, alerts, "\u202egnp.exe " + strings.Repeat("w", 300) + " \u200f\u2067 מספיק"},
		said{at.Add(2 * time.Minute), mallory, alerts, "this is harassment " + script},
	)
	w.tell(w.replies(before)...)
	w.tell(sent{
		id: "m/../<b>?#" + strings.Repeat("x", 40), to: mallory, from: alerts, country: "US", carrier: script, campaign: "\u202e" + script + strings.Repeat("c", 120),
		encoding: "UNICODE", at: at, parts: 2, price: 0.01, words: []word{{"CARRIER_BLOCKED", `"'><svg/onload=hurt=1>` + strings.Repeat("d", 150), time.Second, true}},
	})
}

// get asks as a browser does, and gives the page.
func get(t testing.TB, h http.Handler, path string) (int, string, http.Header) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w.Code, w.Body.String(), w.Result().Header
}

func has(t testing.TB, body string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(body, w) && !strings.Contains(html.UnescapeString(body), w) {
			t.Errorf("the page has no %q", w)
		}
	}
}

// A month of a real store, on every page.
func TestPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.tell(month(30, 20)...)
	w.people()
	hostile(w)
	h := w.handler()
	count := func(query string) (n int64) {
		t.Helper()
		if err := w.db.Pool().QueryRow(context.Background(), query).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}

	t.Run("the figures are what the messages come to", func(t *testing.T) {
		_, body, _ := get(t, h, "/")
		const these = ` FROM heed.message WHERE requested_at >= '2026-10-25' AND requested_at < '2026-11-24'`
		messages, open := count(`SELECT count(*)`+these), count(`SELECT count(*)`+these+` AND NOT is_final`)
		has(t, strings.ReplaceAll(body, ",", ""), fmt.Sprintf("<dt>Messages</dt><dd>%d</dd>", messages), fmt.Sprintf("<dt>Open</dt><dd>%d</dd>", open))
		has(t, body, fmt.Sprintf("%d open, they may still change", open), "as of <time datetime=\"2026-11-23T08:30:00Z\">")
	})
	t.Run("every link to the API asks what the report takes", func(t *testing.T) {
		_, body, _ := get(t, h, "/?range=own&from=2026-11-01&to=2026-11-20&zone=America/New_York&program=acme-alerts&campaign=(unknown)&country=US&carrier=T-Mobile+USA,+Inc.")
		links := regexp.MustCompile(`href="(/v1/reports/[^"]+)"`).FindAllStringSubmatch(body, -1)
		if len(links) < 22 {
			t.Fatalf("%d links", len(links))
		}
		for _, l := range links {
			u, err := url.Parse(html.UnescapeString(l[1]))
			if err != nil {
				t.Fatal(err)
			}
			spec, ok := report.Named(strings.TrimPrefix(u.Path, "/v1/reports/"))
			if !ok {
				t.Errorf("%s: no such report", u)
			}
			v := u.Query()
			if f := v.Get("format"); f != "csv" && f != "json" {
				t.Errorf("%s: format %q", u, f)
			}
			v.Del("format")
			if _, err := report.ParseQuery(spec, v, now()); err != nil {
				t.Errorf("%s: %v", u, err)
			}
		}
		has(t, body, "Not filtered by campaign: it is not known here.", "2026-11-01", `campaign=&amp;`)
	})
	for _, c := range []struct {
		sentence, query string
		status          int
		words           []string
	}{
		{"seven days end today", "range=7", 200, []string{"17 – 23 November 2026"}},
		{"a day of one's own", "range=own&from=2026-11-20&to=2026-11-20", 200, []string{"<strong>20 November 2026</strong>", "on the day before"}},
		{"a range over the turn of the year", "range=own&from=2025-12-30&to=2026-01-02", 200, []string{"30 December 2025 – 2 January 2026", "No messages in these days"}},
		{"in Auckland it is the same day, later", "zone=Pacific/Auckland&range=7", 200, []string{"17 – 23 November 2026", "23 Nov 2026, 21:30"}},
		{"in Los Angeles it is", "zone=America/Los_Angeles&range=7", 200, []string{"23 Nov 2026, 00:30"}},
		{"a zone that is none", "zone=Nowhere/City", 400, []string{"The time zone is not known", "UTC"}},
		{"a zone of this machine", "zone=Local", 400, []string{"not known"}},
		{"a range that is none", "range=12", 400, []string{"choose 7, 30 or 90 days"}},
		{"a day that is none", "range=own&from=x&to=2026-11-20", 400, []string{"The first day:"}},
		{"from after to", "range=own&from=2026-11-20&to=2026-11-01", 400, []string{"The first day is after the last"}},
		{"too many days", "range=own&from=2020-01-01&to=2026-11-01", 400, []string{"at most 400 days"}},
		{"one country", "country=CA", 200, []string{"country: <bdi>CA</bdi>", "Rogers Wireless"}},
		{"a country without messages", "country=ZZ", 200, []string{"No messages in these days", "Take a filter away"}},
		{"what is not known is a choice too", "campaign=(unknown)", 200, []string{"campaign: <bdi>(unknown)</bdi>"}},
		{"a filter that is too long", "country=" + strings.Repeat("x", 300), 400, []string{"at most 200 bytes"}},
		{"empty fields of the form say nothing", "range=30&from=&to=&program=&campaign=&country=&carrier=&zone=", 200, []string{"25 October – 23 November 2026"}},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			status, body, _ := get(t, h, "/?"+c.query)
			if status != c.status {
				t.Errorf("status %d", status)
			}
			has(t, body, c.words...)
		})
	}
	t.Run("what goes with every answer lets nothing else in", func(t *testing.T) {
		for _, path := range []string{"/", "/search?q=x", "/contacts/" + ann, "/review", "/nowhere", "/messages/none"} {
			_, body, header := get(t, h, path)
			policy := header.Get("Content-Security-Policy")
			for _, part := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "connect-src 'self'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"} {
				if !strings.Contains(policy, part) {
					t.Errorf("%s: the policy lacks %s", path, part)
				}
			}
			if strings.Contains(policy, "unsafe") {
				t.Errorf("%s: %s", path, policy)
			}
			if header.Get("Cache-Control") != "no-store" || header.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("%s: %v", path, header)
			}
			if bad := regexp.MustCompile(`<[a-z0-9]+(?: [a-z-]+(?:="[^"]*")?)* (?:style|on[a-z]+)=|<script>|<style|="https?://`).FindString(body); bad != "" {
				t.Errorf("%s: %s", path, bad)
			}
		}
	})
	t.Run("words of others are words", func(t *testing.T) {
		for _, path := range []string{"/", "/contacts/" + mallory, "/review", "/messages/" + url.PathEscape("m/../<b>?#"+strings.Repeat("x", 40)), "/search?q=" + url.QueryEscape(`"><script>hurt=1</script>`)} {
			status, body, _ := get(t, h, path)
			if status != 200 && !strings.HasPrefix(path, "/search") {
				t.Errorf("%s: %d", path, status)
			}
			for _, bad := range []string{"<script>hurt", "<img src=x", "<svg/onload", `"><` + "script"} {
				if strings.Contains(body, bad) {
					t.Errorf("%s: %s", path, bad)
				}
			}
		}
		_, body, _ := get(t, h, "/")
		has(t, body, "<bdi>\u202e&lt;script&gt;")
	})
	for _, c := range []struct{ sentence, asked, to string }{
		{"a number as people write it", "+1 (425) 555-0101", "/contacts/+14255550101"},
		{"a number from abroad", "001 425 555 0101", "/contacts/+14255550101"},
		{"a number whose plus became a space on the way", " 14255550101", "/contacts/+14255550101"},
		{"the id of a message", "7f3c2a10-1111-4b1d-9c5e-0a0000000002", "/messages/7f3c2a10-1111-4b1d-9c5e-0a0000000002"},
	} {
		t.Run("search: "+c.sentence, func(t *testing.T) {
			status, _, header := get(t, h, "/search?q="+url.QueryEscape(c.asked))
			if to := header.Get("Location"); status != http.StatusSeeOther || to != c.to {
				t.Errorf("%d, to %s", status, to)
			}
		})
	}
	for _, c := range []struct {
		sentence, path string
		status         int
		words          []string
	}{
		{"a search for nothing", "/search?q=", 200, []string{"Whom or what are you looking for?"}},
		{"a search in vain", "/search?q=nobody", 404, []string{"Nothing is known of it", "A phone number with its country code"}},
		{"a search longer than any id", "/search?q=" + strings.Repeat("x", 2000), 404, []string{"Nothing is known of it"}},
		{"nobody", "/contacts/+14255550100", 404, []string{"Nothing is known of this number"}},
		{"a place in a conversation that is none", "/contacts/" + ann + "?before=x", 400, []string{"no such place"}},
		{"no message", "/messages/none", 404, []string{"No message has this id"}},
		{"no page", "/nowhere", 404, []string{"There is no such page"}},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			status, body, _ := get(t, h, c.path)
			if status != c.status {
				t.Errorf("status %d", status)
			}
			has(t, body, c.words...)
		})
	}
	t.Run("a conversation is told in the order of time, with what became of each", func(t *testing.T) {
		_, body, _ := get(t, h, "/contacts/"+ann+"?zone=America/New_York")
		at := -1
		for _, words := range []string{
			"Join please 🙏", "Opted in to acme-alerts", "Welcome to Acme alerts!", "hours?", "We are open 9 to 5", "Campaign order-updates", "undeliverable",
			"this is harassment", "Held for acme-alerts", "STOP.", "Opted out of acme-alerts",
		} {
			next := strings.Index(body[at+1:], html.EscapeString(words))
			if next < 0 {
				t.Fatalf("%q is not behind what was before", words)
			}
			at += 1 + next
		}
		has(t, body, "Saturday, 14 November 2026", "12:02", "Times in America/New_York", "Phone is currently unreachable/unavailable", "Not to be texted", "They opted out on 23 Nov 2026, 02:55")
	})
	t.Run("a message's life is told event by event", func(t *testing.T) {
		status, body, _ := get(t, h, "/messages/7f3c2a10-1111-4b1d-9c5e-0a0000000002")
		if status != 200 {
			t.Fatalf("status %d", status)
		}
		has(t, body, "undeliverable", "appointment-reminders", "/contacts/+14255550101", "Message has been accepted by phone carrier", "Phone is currently unreachable/unavailable", "T-Mobile USA, Inc.", "$0.00")
	})
	t.Run("a HEAD is answered", func(t *testing.T) {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodHead, "/", nil))
		if w.Code != 200 {
			t.Errorf("status %d", w.Code)
		}
	})
}

// A long conversation comes in pages, each entry once.
func TestOlder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var all []said
	for i := range 55 {
		all = append(all, said{now().Add(time.Duration(i-60) * time.Minute), ann, alerts, fmt.Sprintf("question %02d?", i)})
	}
	w.say(all...)
	h := w.handler()
	seen := map[string]int{}
	pages := 0
	for path := "/contacts/" + ann; path != ""; pages++ {
		status, body, _ := get(t, h, path)
		if status != 200 || pages > 10 {
			t.Fatalf("%s: %d", path, status)
		}
		for _, q := range regexp.MustCompile(`question \d\d\?`).FindAllString(body, -1) {
			seen[q]++
		}
		path = ""
		if older := regexp.MustCompile(`href="([^"]+)" hx-get`).FindStringSubmatch(body); older != nil {
			path = html.UnescapeString(older[1])
		}
	}
	if len(seen) != 55 || pages < 2 {
		t.Errorf("%d of 55 texts on %d pages", len(seen), pages)
	}
	for q, n := range seen {
		if n != 1 {
			t.Errorf("%s stands there %d times", q, n)
		}
	}
}

// Decisions: who may, what is asked for, and that nobody else's form takes one.
func TestReview(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.say(said{now().Add(-time.Hour), ann, alerts, "this is harassment"}, said{now().Add(-time.Hour), mallory, alerts, "this is harassment"})
	ctx := context.Background()
	waiting, err := w.db.Questions(ctx, consent.Queue{Limit: 10})
	if err != nil || len(waiting) != 2 {
		t.Fatalf("%d wait: %v", len(waiting), err)
	}
	id := waiting[0].ID
	h := w.handler()
	post := func(h http.Handler, path, origin string, form url.Values) (int, string, string) {
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", origin)
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		return rec.Code, rec.Body.String(), rec.Header().Get("Location")
	}
	stands := func() string {
		t.Helper()
		q, err := w.db.Question(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		return q.Decision
	}
	decided := url.Values{"as": {"opt_out"}, "reason": {"clearly fed up"}}
	inRussian := strings.Repeat("ж", 500)
	readOnly, unnamed := w.page, w.page
	readOnly.Decide = nil
	unnamed.Actor = func(*http.Request) string { return "" }
	reader, err := readOnly.Handler()
	if err != nil {
		t.Fatal(err)
	}
	nobody, err := unnamed.Handler()
	if err != nil {
		t.Fatal(err)
	}
	path := fmt.Sprintf("/review/%d", id)
	for _, c := range []struct {
		sentence string
		h        http.Handler
		path     string
		origin   string
		form     url.Values
		status   int
		words    string
	}{
		{"a form of another site is refused", h, path, "cross-site", decided, 403, ""},
		{"who may only read is told so", reader, path, "same-origin", decided, 403, "Decisions cannot be taken here"},
		{"so is who has no right to write", nobody, path, "same-origin", decided, 403, "this sign-in has no right to it"},
		{"a decision has a reason", h, path, "same-origin", url.Values{"as": {"opt_out"}, "reason": {"  "}}, 422, "Say why"},
		{"of at most 500 characters", h, path, "same-origin", url.Values{"as": {"opt_out"}, "reason": {strings.Repeat("x", 501)}}, 422, "at most 500 characters"},
		{"and is one of those there are", h, path, "same-origin", url.Values{"as": {"perhaps"}, "reason": {"x"}}, 422, "Decide whether"},
		{"a text that never waited", h, "/review/999999", "same-origin", decided, 404, "No text of the queue has this id"},
		{"an id that is none", h, "/review/x", "same-origin", decided, 400, "Nothing was changed"},
		{"a form that is too long", h, path, "same-origin", url.Values{"as": {"none"}, "reason": {strings.Repeat("x", 20<<10)}}, 400, "Nothing was changed"},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			status, body, _ := post(c.h, c.path, c.origin, c.form)
			if status != c.status {
				t.Errorf("status %d", status)
			}
			has(t, body, c.words)
			if got := stands(); got != "" {
				t.Errorf("it was decided: %s", got)
			}
		})
	}
	if _, body, _ := get(t, reader, "/review"); strings.Contains(body, "<form method=\"post\"") || !strings.Contains(body, "heed consent review decide") {
		t.Error("who may only read sees forms, or is not told why there are none")
	}
	if status, _, to := post(h, path, "same-origin", decided); status != http.StatusSeeOther || to != "/review?done=opt_out" || stands() != "opt_out" {
		t.Errorf("%d, to %s; it stands as %q", status, to, stands())
	}
	if _, _, to := post(h, path, "same-origin", decided); to != "/review?done=nothing" {
		t.Errorf("again: to %s", to)
	}
	if _, _, to := post(h, path+"?decided=1&zone=Europe%2FParis", "same-origin", url.Values{"as": {"undo"}, "reason": {"the wrong line"}}); to != "/review?decided=1&done=undo&zone=Europe%2FParis" || stands() != "" {
		t.Errorf("undone: to %s; it stands as %q", to, stands())
	}
	if _, _, to := post(h, path, "same-origin", url.Values{"as": {"none"}, "reason": {inRussian}}); to != "/review?done=none" {
		t.Errorf("500 characters of two bytes each: to %s", to)
	}
	var actor, why string
	if err := w.db.Pool().QueryRow(ctx, `SELECT actor, evidence ->> 'reason' FROM heed.consent_event WHERE of_event = $1 ORDER BY id LIMIT 1`, id).Scan(&actor, &why); err != nil {
		t.Fatal(err)
	}
	if actor != "ann@acme.example" || why != "clearly fed up" {
		t.Errorf("the ledger names %s, because %q", actor, why)
	}
}

// broken is a source of which some reports fail.
type broken struct {
	report.Source
	fails func(q report.Query) bool
	slow  bool
}

func (b broken) Report(ctx context.Context, q report.Query) (*report.Result, error) {
	switch {
	case b.fails(q) && b.slow:
		<-ctx.Done()
		return nil, ctx.Err()
	case b.fails(q):
		return nil, errors.New("relation does not exist")
	}
	return b.Source.Report(ctx, q)
}

// A report that cannot be had takes its own place and nobody else's.
func TestBrokenReports(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.tell(month(8, 10)...)
	for _, c := range []struct {
		sentence string
		source   broken
		status   int
		has, not []string
	}{
		{"one report is broken", broken{w.db, func(q report.Query) bool { return q.Report == "failures" }, false}, 200, []string{"The database could not be read", "Delivery over time", "order-updates"}, []string{"relation"}},
		{"one is slow", broken{w.db, func(q report.Query) bool { return q.Report == "latency" }, true}, 200, []string{"The database took too long", "Delivery over time", "could not be read"}, nil},
		{"all are broken", broken{w.db, func(report.Query) bool { return true }, false}, 503, []string{"This cannot be read just now"}, []string{"relation", "Delivery over time"}},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			p, log := w.page, &strings.Builder{}
			p.Reports, p.Patience, p.Log = c.source, 300*time.Millisecond, slog.New(slog.NewTextHandler(log, nil))
			h, err := p.Handler()
			if err != nil {
				t.Fatal(err)
			}
			status, body, _ := get(t, h, "/")
			if status != c.status {
				t.Errorf("status %d", status)
			}
			has(t, body, c.has...)
			for _, bad := range c.not {
				if strings.Contains(body, bad) {
					t.Errorf("the page tells of %q", bad)
				}
			}
			if !strings.Contains(log.String(), "cause=") || strings.Contains(log.String(), "relation") {
				t.Errorf("the log does not say of what kind it is, or what the database said: %s", log)
			}
		})
	}
}

// older is a source whose failures were counted a while ago.
type older struct{ report.Source }

func (o older) Report(ctx context.Context, q report.Query) (*report.Result, error) {
	r, err := o.Source.Report(ctx, q)
	if err == nil && q.Report == "failures" {
		r.AsOf = now().Add(-10 * time.Minute)
	}
	return r, err
}

// A part that is older than the head of the page says so.
func TestOlderThanTheRest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.tell(month(8, 10)...)
	w.page.Reports = older{w.db}
	_, body, _ := get(t, w.handler(), "/?zone=Asia/Kolkata")
	if n := strings.Count(body, "Counted less often than messages"); n != 1 {
		t.Errorf("%d parts are older", n)
	}
	has(t, body, `Counted less often than messages: as of <time datetime="2026-11-23T08:20:00Z">23 Nov 2026, 13:50</time>`)
}

// What a page needs is kept for good, under a name that changes with it; so are the licences of what others made.
func TestAssets(t *testing.T) {
	t.Parallel()
	p := page.Page{Reports: nothing{}, Conversations: nothing{}, Queue: nothing{}, Log: quiet(), Now: now}
	h, err := p.Handler()
	if err != nil {
		t.Fatal(err)
	}
	_, body, _ := get(t, h, "/")
	names := regexp.MustCompile(`(?:href|src)="(/assets/[^"]+)"`).FindAllStringSubmatch(body, -1)
	if len(names) != 9 {
		t.Fatalf("%d assets: %v", len(names), names)
	}
	for _, n := range names {
		status, body, header := get(t, h, n[1])
		if status != 200 || len(body) < 100 || header.Get("Cache-Control") != "public, max-age=31536000, immutable" || header.Get("ETag") == "" || strings.HasPrefix(header.Get("Content-Type"), "text/plain") != strings.HasSuffix(n[1], ".txt") {
			t.Errorf("%s: %d, %d bytes, %v", n[1], status, len(body), header)
		}
		r := httptest.NewRequest(http.MethodGet, n[1], nil)
		r.Header.Set("If-None-Match", header.Get("ETag"))
		again := httptest.NewRecorder()
		h.ServeHTTP(again, r)
		if again.Code != http.StatusNotModified {
			t.Errorf("%s again: %d", n[1], again.Code)
		}
	}
	for _, path := range []string{"/assets/page.css", "/assets/page.000000000000.css", "/assets/..%2fpage.go", "/assets/htmx.LICENSE.txt"} {
		if status, _, _ := get(t, h, path); status != 404 {
			t.Errorf("%s: %d", path, status)
		}
	}
}

// Whatever is asked is answered: with a page, or with what is wrong about the question.
func FuzzAddress(f *testing.F) {
	h, err := (page.Page{Reports: nothing{}, Conversations: nothing{}, Queue: nothing{}, Log: quiet(), Now: now}).Handler()
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{"", "range=7", "range=own&from=2026-11-01&to=2026-11-20&zone=Asia/Kathmandu", "country=US&country=CA", "zone=\x00", "q=%2B1425", "before=eyJ2IjoxfQ", "campaign=%ff%fe", "decided=1", "range=own&from=99999d&to=today"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		for _, path := range []string{"/", "/search", "/contacts/+14255550101", "/review", "/messages/x"} {
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.URL.RawQuery = query
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code >= 500 {
				t.Errorf("%s?%s: %d", path, query, w.Code)
			}
		}
	})
}

// typing is a conversation of somebody who types.
type typing struct{ nothing }

func (typing) Timeline(context.Context, report.TimelineQuery) (*report.Timeline, error) {
	return &report.Timeline{Contact: ann, Entries: []report.TimelineEntry{
		{At: now(), Kind: report.KindText, ID: "x", Program: "acme-alerts", Text: &report.TimelineText{Verdict: "event", Reason: "rcs_typing", Body: `{"type":"RCS_TYPING"}`}},
	}}, nil
}

// What came instead of words is told in words.
func TestEventsOfRCS(t *testing.T) {
	t.Parallel()
	h, err := (page.Page{Reports: nothing{}, Conversations: typing{}, Queue: nothing{}, Log: quiet(), Now: now}).Handler()
	if err != nil {
		t.Fatal(err)
	}
	_, body, _ := get(t, h, "/contacts/"+ann)
	has(t, body, "An event, no words", "rcs typing")
	if strings.Contains(body, "RCS_TYPING") {
		t.Error("the page shows AWS's JSON")
	}
}

// nothing is a database in which nothing ever was.
type nothing struct{}

func (nothing) Timeline(context.Context, report.TimelineQuery) (*report.Timeline, error) {
	return &report.Timeline{}, nil
}

func (nothing) Standings(context.Context, sms.Phone, []string, string) ([]consent.Standing, error) {
	return nil, nil
}

func (nothing) Message(context.Context, string) (*report.Message, error) {
	return nil, report.ErrNoMessage
}

func (nothing) Questions(context.Context, consent.Queue) ([]consent.Question, error) {
	return nil, nil
}

func (nothing) Report(_ context.Context, q report.Query) (*report.Result, error) {
	return &report.Result{Rows: iter.Seq2[[]any, error](func(func([]any, error) bool) {})}, nil
}
