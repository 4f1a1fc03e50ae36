package httpapi_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/heedsms/heed/internal/report"
	"github.com/heedsms/heed/internal/report/httpapi"
	"github.com/heedsms/heed/internal/store"
)

// Every answer is what openapi.yaml says: of each route, in each form, errors too.
func TestAnswersAreAsDescribed(t *testing.T) {
	t.Parallel()
	c, s := newContract(t), open(t, nil)
	question := s.live(t)
	type asked struct {
		sentence, route, target string
		status                  int
		holds                   string // what the body has to hold
	}
	const (
		message  = "/v1/messages/{id}"
		timeline = "/v1/contacts/{e164}/timeline"
		standing = "/v1/consent/{e164}"
		reports  = "/v1/reports/{name}"
		review   = "/v1/review"
	)
	of := func(route, value string) string {
		return route[:strings.Index(route, "{")] + value + route[strings.Index(route, "}")+1:]
	}
	all := []asked{
		{"a message of another application", message, of(message, "m-1"), 200, `"campaign":"spring"`},
		{"a reply, with what it answers", message, of(message, "m-reply"), 200, `"answers":{`},
		{"a message that failed", message, of(message, "m-2"), 200, `"failure_reason":"as AWS says"`},
		{"a message that is open", message, of(message, "m-3"), 200, `"is_final":false`},
		{"a message that nobody knows", message, of(message, "nothing"), 404, "no event of it came"},
		{"an id with a slash in it", message, of(message, "a%2Fb"), 404, ""},
		{"an id that is no text", message, of(message, "%00"), 400, "UTF-8"},
		{"an id that is no UTF-8", message, of(message, "%FF"), 400, "UTF-8"},
		{"a parameter where there is none", message, of(message, "m-1?events=all"), 400, "There are no parameters here."},

		{"a conversation, the number with a plus", timeline, of(timeline, ann), 200, `"withheld: already_opted_out"`},
		{"the same, the plus written as it has to be in a query", timeline, of(timeline, "%2B14255550101"), 200, `"body_removed":true`},
		{"somebody whose message failed", timeline, of(timeline, bob), 200, `"failure_reason":"as AWS says"`},
		{"somebody who is not known", timeline, of(timeline, "+14255550199"), 200, `"entries":[]`},
		{"the first of several pages", timeline, of(timeline, ann) + "?limit=2", 200, `"next_cursor":"`},
		{"bounded", timeline, of(timeline, ann) + "?program=alerts&since=2026-11-20&until=2026-11-21T00:00:00%2B01:00", 200, `"entries":[{`},
		{"bounded, with a plus sign that a query makes a space", timeline, of(timeline, ann) + "?until=2026-11-21T00:00:00+01:00", 200, `"entries":[{`},
		{"a number without its country", timeline, of(timeline, "4255550101"), 400, "with plus and country"},
		{"a name", timeline, of(timeline, "ann"), 400, ""},
		{"a number as people write it", timeline, of(timeline, "+1%20425%20555%200101"), 400, ""},
		{"a page of none", timeline, of(timeline, ann) + "?limit=0", 400, "from 1 to 500"},
		{"a page of too many", timeline, of(timeline, ann) + "?limit=501", 400, "from 1 to 500"},
		{"a cursor of one's own", timeline, of(timeline, ann) + "?cursor=AAAA", 400, "as it stands"},
		{"no time", timeline, of(timeline, ann) + "?since=yesterday", 400, "2026-11-20T12:00:00Z"},
		{"a parameter twice", timeline, of(timeline, ann) + "?limit=1&limit=2", 400, "once is enough"},
		{"a parameter that is mistyped", timeline, of(timeline, ann) + "?untill=2026-11-20", 400, `\"untill\"`},
		{"a query that is none", timeline, of(timeline, ann) + "?%zz", 400, ""},

		{"who opted out", standing, of(standing, ann), 200, `"allowed":false,"reason":"opted_out"`},
		{"of one program", standing, of(standing, bob) + "?program=alerts", 200, `"state":"held"`},
		{"of the program that is always there", standing, of(standing, bob) + "?program=default", 200, `"reason":"no_record"`},
		{"as of before they said it", standing, of(standing, ann) + "?at=2026-11-20T11:59:59Z", 200, `"at":"2026-11-20T11:59:59Z"`},
		{"of somebody who is not known, every program", standing, of(standing, "+14255550199"), 200, `"program":"alerts"`},
		{"of a program that is mistyped", standing, of(standing, ann) + "?program=alert", 404, "there are alerts, default"},
		{"of no number", standing, of(standing, "4711"), 400, ""},

		{"which reports there are", "/v1/reports", "/v1/reports", 200, `"name":"optouts"`},
		{"a report that there is not", reports, of(reports, "deliveries"), 404, "GET /v1/reports"},
		{"an answer that is filtered", reports, of(reports, "delivery") + "?from=2026-11-01&to=2026-11-30&by=country,status&country=US&country=CA", 200, `"country": "US"`},
		{"a report of nothing", reports, of(reports, "delivery") + "?from=2020-01-01&to=2020-01-02", 200, `"rows": [`},
		{"a day that is none", reports, of(reports, "delivery") + "?from=soon", 400, "2026-11-20, today, yesterday"},
		{"a dimension that it has not", reports, of(reports, "latency") + "?by=campaign", 400, "take any of"},
		{"a form that there is not", reports, of(reports, "delivery") + "?format=xml", 400, "json or csv"},
		{"more rows than are asked for", reports, of(reports, "delivery") + "?from=2026-11-20&to=2026-11-20&by=status&limit=1", 200, `"truncated": true`},

		{"what waits for a decision", review, review, 200, fmt.Sprintf(`"id":%d`, question)},
		{"what was decided", review, review + "?decided=true&program=alerts&limit=5", 200, `"questions":[]`},
		{"neither yes nor no", review, review + "?decided=perhaps", 400, "true or false"},
		{"of a program that is mistyped, too", review, review + "?program=alert", 404, "there are"},

		{"the file", "/openapi.json", "/openapi.json", 200, `"openapi":"3.1.0"`},
		{"the file as it was written", "/openapi.yaml", "/openapi.yaml", 200, "openapi: 3.1.0"},
		{"whether the database answers", "/healthz", "/healthz", 200, `"ok"`},
	}
	for _, spec := range report.Specs() {
		period := ""
		if spec.Period {
			period = "?from=2026-11-01&to=2026-11-30&by=" + strings.Join(spec.Dimensions, ",")
		}
		for _, format := range []string{"json", "csv"} {
			target := of(reports, spec.Name) + period
			target += map[bool]string{true: "&", false: "?"}[strings.Contains(target, "?")] + "format=" + format
			all = append(all, asked{spec.Name + " by all it has, as " + format, reports, target, 200, "as_of"})
		}
		all = append(all, asked{spec.Name + " as it is", reports, of(reports, spec.Name), 200, "as_of"})
	}
	for _, x := range all {
		t.Run(x.sentence, func(t *testing.T) {
			got := ask(s, request(http.MethodGet, x.target, ""))
			if got.Code != x.status || !strings.Contains(got.Body.String(), x.holds) {
				t.Errorf("%s: %d, want %d and %q: %s", x.target, got.Code, x.status, x.holds, got.Body)
			}
			c.check(t, x.route, http.MethodGet, got)
			head := ask(s, request(http.MethodHead, x.target, ""))
			if head.Code != got.Code || head.Header().Get("Content-Type") != got.Header().Get("Content-Type") {
				t.Errorf("HEAD answers %d, GET %d", head.Code, got.Code)
			}
			if got.Code != http.StatusOK || strings.Contains(x.target, "health?") || strings.HasSuffix(x.target, "health") {
				return // how old things are is never the same twice
			}
			tag := got.Header().Get("ETag")
			again := ask(s, request(http.MethodGet, x.target, "", "If-None-Match", `"other", `+tag))
			if tag == "" || again.Code != http.StatusNotModified && !strings.HasPrefix(x.target, of(reports, "inbound")) {
				t.Errorf("with its tag %s it answers %d", tag, again.Code)
			}
			c.check(t, x.route, http.MethodGet, again)
			if other := ask(s, request(http.MethodGet, x.target, "", "If-None-Match", `"other"`)); other.Code != http.StatusOK {
				t.Errorf("with another tag it answers %d", other.Code)
			}
		})
	}
	t.Run("no such route", func(t *testing.T) {
		for _, target := range []string{"/", "/v1", "/v1/", "/v2/messages/x", "/v1/messages/", "/v1/messages/m-1/", "/v1//messages/m-1", "/v1/x/../messages/m-1", "/login"} {
			got := ask(s, request(http.MethodGet, target, ""))
			if got.Code != http.StatusNotFound {
				t.Errorf("%s: %d %s", target, got.Code, got.Body)
			}
			c.checkBody(t, []string{"components", "responses", "NotFound"}, got)
		}
	})
	t.Run("no such method", func(t *testing.T) {
		for target, allow := range map[string]string{"/v1/consent/" + ann: "GET, HEAD, PUT", "/v1/review/1": "POST", "/healthz": "GET, HEAD"} {
			got := ask(s, request(http.MethodDelete, target, ""))
			if got.Code != http.StatusMethodNotAllowed || got.Header().Get("Allow") != allow {
				t.Errorf("%s: %d, Allow %q", target, got.Code, got.Header().Get("Allow"))
			}
			c.checkBody(t, []string{"components", "responses", "Problem"}, got)
		}
	})
}

// Which form an answer has is what the Accept header asks for, where the address does not say it.
func TestAcceptDecides(t *testing.T) {
	t.Parallel()
	c, s := newContract(t), open(t, nil)
	for accept, want := range map[string]string{
		"":                                  "application/json",
		"*/*":                               "application/json",
		"text/csv":                          "text/csv; charset=utf-8",
		"text/*;q=0.5, application/*;q=0.4": "text/csv; charset=utf-8",
		"text/html, */*;q=0.1":              "application/json",
		"*/*, application/json;q=0":         "text/csv; charset=utf-8",
		"image/png":                         "application/problem+json",
		"nonsense":                          "application/problem+json",
	} {
		got := ask(s, request(http.MethodGet, "/v1/reports/delivery", "", "Accept", accept))
		if got.Header().Get("Content-Type") != want {
			t.Errorf("Accept %q: %s, want %s", accept, got.Header().Get("Content-Type"), want)
		}
		if want == "application/problem+json" && got.Code != http.StatusNotAcceptable {
			t.Errorf("Accept %q: %d", accept, got.Code)
		}
		c.check(t, "/v1/reports/{name}", http.MethodGet, got)
	}
}

// A report of counts has a tag that changes when they are counted anew, and by what is asked; it is not run for somebody
// who has it.
func TestTagsOfCounts(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	s.live(t)
	tag := func(target string) string { return ask(s, request(http.MethodGet, target, "")).Header().Get("ETag") }
	base := "/v1/reports/delivery?from=2026-11-20&to=2026-11-20"
	before := tag(base)
	if !strings.HasPrefix(before, `W/"`) {
		t.Errorf("the tag is %s", before)
	}
	for _, other := range []string{base + "&by=country", base + "&format=csv", base + "&zone=Asia/Kolkata", base + "&country=US", base + "&limit=3"} {
		if tag(other) == before {
			t.Errorf("%s has the same tag", other)
		}
	}
	if tag("/v1/reports/delivery?to=2026-11-20&from=2026-11-20&format=json") != before {
		t.Error("the same query in another order has another tag")
	}
	s.exec(t, `ALTER FUNCTION heed.report_delivery RENAME TO gone`)
	if got := ask(s, request(http.MethodGet, base, "", "If-None-Match", before)); got.Code != http.StatusNotModified {
		t.Errorf("it was run for somebody who has it: %d", got.Code)
	}
	s.exec(t, `ALTER FUNCTION heed.gone RENAME TO report_delivery`)
	s.exec(t, `SELECT heed.refresh_delivery(100, now() + interval '1 minute')`)
	if tag(base) == before {
		t.Error("counted anew, the tag is the same")
	}
}

// The pages of a timeline follow each other by their cursors.
func TestTimelineIsPaged(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	s.live(t)
	target := "/v1/contacts/" + ann + "/timeline?limit=2"
	var ids []string
	for next := ""; ; {
		var page report.Timeline
		got := ask(s, request(http.MethodGet, target+next, ""))
		if err := json.Unmarshal(got.Body.Bytes(), &page); err != nil {
			t.Fatalf("%v: %s", err, got.Body)
		}
		for _, e := range page.Entries {
			ids = append(ids, e.Kind+" "+e.ID)
		}
		if page.Next.IsZero() {
			break
		}
		word, err := page.Next.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		next = "&cursor=" + url.QueryEscape(string(word))
	}
	want := []string{
		"text " + acme + "/in-3/text", "text " + acme + "/in-2/text", "text " + acme + "/in-1/text", "message m-1",
		"reply 00000000-0000-4000-8000-000000000002", "reply 00000000-0000-4000-8000-000000000001", "consent 1",
	}
	if strings.Join(ids, "\n") != strings.Join(want, "\n") {
		t.Errorf("told:\n%s\nwant:\n%s", strings.Join(ids, "\n"), strings.Join(want, "\n"))
	}
}

// The role that the functions log in with may do all of it.
func TestAsTheRoleOfTheFunctions(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	question := s.live(t)
	address, err := url.Parse(s.db.Pool().Config().ConnString())
	if err != nil {
		t.Fatal(err)
	}
	parameters := address.Query()
	parameters.Set("options", "-crole=heed_worker")
	address.RawQuery = parameters.Encode()
	db, err := store.Open(context.Background(), store.Options{URL: address.String(), Connections: 2, Cancel: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	o := s.options
	o.Store = db
	api := httpapi.New(o)
	targets := []string{"/v1/messages/m-reply", "/v1/contacts/" + ann + "/timeline", "/v1/consent/" + ann, "/v1/consent/" + ann + "?at=2026-11-20", "/v1/review", "/v1/review?decided=true"}
	for _, spec := range report.Specs() {
		targets = append(targets, "/v1/reports/"+spec.Name)
	}
	for _, target := range targets {
		if got := ask(api, request(http.MethodGet, target, "")); got.Code != http.StatusOK {
			t.Errorf("%s: %d %s", target, got.Code, got.Body)
		}
	}
	if got := ask(api, request(http.MethodPut, "/v1/consent/"+ann, `{"program":"alerts","state":"opted_in","reason":"x"}`)); got.Code != http.StatusOK {
		t.Errorf("setting consent: %d %s", got.Code, got.Body)
	}
	for _, as := range []string{"none", "undo", "opt_out"} {
		if got := ask(api, request(http.MethodPost, fmt.Sprintf("/v1/review/%d", question), `{"as":"`+as+`","reason":"x"}`)); got.Code != http.StatusOK {
			t.Errorf("deciding %s: %d %s", as, got.Code, got.Body)
		}
	}
	var role string
	if err := db.Pool().QueryRow(context.Background(), `SELECT current_user`).Scan(&role); err != nil || role != "heed_worker" {
		t.Errorf("asked as %s: %v", role, err)
	}
}
