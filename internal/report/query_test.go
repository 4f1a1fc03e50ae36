package report_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heedsms/heed/internal/report"
)

func now() time.Time { return time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC) }

func day(month time.Month, d int) time.Time { return time.Date(2026, month, d, 0, 0, 0, 0, time.UTC) }

// Each row: a query string, and what it asks.
func TestParseQuery(t *testing.T) {
	t.Parallel()
	none := map[string][]string{}
	for _, c := range []struct {
		sentence, report, values string
		want                     report.Query
	}{
		{"nothing said: the last 30 days, today among them", "delivery", "", report.Query{From: day(10, 22), To: day(11, 20), By: []string{"day"}, Zone: "UTC", Filters: none}},
		{"in New York it is still yesterday", "delivery", "zone=America/New_York&from=today", report.Query{From: day(11, 19), To: day(11, 19), By: []string{"day"}, Zone: "America/New_York", Filters: none}},
		{"days in words", "cost", "from=7d&to=yesterday&by=country", report.Query{From: day(11, 13), To: day(11, 19), By: []string{"country"}, Zone: "UTC", Filters: none}},
		{"the last day alone: the 30 days before", "cost", "to=2026-10-30", report.Query{From: day(10, 1), To: day(10, 30), By: []string{"day"}, Zone: "UTC", Filters: none}},
		{"by nothing: all together", "delivery", "by=&from=today", report.Query{From: day(11, 20), To: day(11, 20), By: []string{}, Zone: "UTC", Filters: none}},
		{
			"filters, one of them for the unknown", "delivery", "from=today&by=day,country&country=US&country=CA&country=US&program=",
			report.Query{From: day(11, 20), To: day(11, 20), By: []string{"day", "country"}, Zone: "UTC", Filters: map[string][]string{"country": {"CA", "US"}, "program": {""}}},
		},
		{"a filter by day", "inbound", "from=today&day=2026-11-20", report.Query{From: day(11, 20), To: day(11, 20), By: []string{"day"}, Zone: "UTC", Filters: map[string][]string{"day": {"2026-11-20"}}}},
		{"hours that are not said are a day", "optouts", "from=today", report.Query{From: day(11, 20), To: day(11, 20), By: []string{"program", "campaign"}, Zone: "UTC", Filters: none, Hours: 24}},
		{"hours, and a limit", "optouts", "from=today&hours=72&limit=5", report.Query{From: day(11, 20), To: day(11, 20), By: []string{"program", "campaign"}, Zone: "UTC", Filters: none, Hours: 72, Limit: 5}},
		{"twenty reasons", "failures", "from=today&by=failure_reason", report.Query{From: day(11, 20), To: day(11, 20), By: []string{"failure_reason"}, Zone: "UTC", Filters: none, Top: 20}},
		{"legs are never told together", "latency", "from=today&by=country", report.Query{From: day(11, 20), To: day(11, 20), By: []string{"country", "leg"}, Zone: "UTC", Filters: none}},
		{"the health of the data is of now", "health", "", report.Query{Zone: "UTC", Filters: none}},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			t.Parallel()
			values, err := url.ParseQuery(c.values)
			if err != nil {
				t.Fatal(err)
			}
			spec, _ := report.Named(c.report)
			c.want.Report = c.report
			got, err := report.ParseQuery(spec, values, now())
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

// Each row: a query string that cannot be answered, and what is said of it.
func TestParseQueryRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ report, values, said string }{
		{"delivery", "form=today", `the report delivery has no "form": it takes by, from, limit, to, zone, or a filter by day, program,`},
		{"health", "from=today", `the report health has no "from": it takes limit`},
		{"failures", "zone=Asia/Kolkata", `the report failures has no "zone"`},
		{"delivery", "hours=5", `has no "hours"`},
		{"delivery", "by=day,hour", `the report delivery cannot be had by "hour": take any of day, program,`},
		{"delivery", "by=day,day", "day stands twice in by"},
		{"delivery", "by=,", `cannot be had by ""`},
		{"delivery", "from=today&from=yesterday", "from is given 2 times"},
		{"delivery", "from=last+week", `from: "last week" is no day: write 2026-11-20, today, yesterday, or how many days ago: 7d`},
		{"delivery", "to=-3d", `to: "-3d" is no day`},
		{"delivery", "from=2026-02-30", "is no day"},
		{"delivery", "from=0001-01-01", "the year of 0001-01-01 is out of range"},
		{"delivery", "from=100000d", "out of range: write one from 1990 to 2999"},
		{"delivery", "from=today&to=yesterday", "from is 2026-11-20 and to is 2026-11-19: from has to be the earlier day"},
		{"delivery", "from=2026-11-21", "to is today where it is not given"},
		{"delivery", "zone=", `"" is no time zone: write its name in the IANA database`},
		{"delivery", "zone=Local", "is no time zone"},
		{"delivery", "zone=../../etc/passwd", "is no time zone"},
		{"optouts", "hours=0", `hours is "0": a number from 1 to 720`},
		{"failures", "top=many", `top is "many": a number from 1 to 1000`},
		{"delivery", "limit=-1", `limit is "-1"`},
		{"delivery", "country=%FF", "a value of the filter by country is no text of at most 200 bytes"},
		{"delivery", "country=U%00S", "is no text"},
		{"delivery", "campaign=" + strings.Repeat("x", 201), "is no text of at most 200 bytes"},
		{"delivery", "day=tuesday", "a value of the filter by day is no day"},
		{"delivery", strings.Repeat("country=US&", 101), "has 101 values: at most 100"},
	} {
		values, err := url.ParseQuery(c.values)
		if err != nil {
			t.Fatal(err)
		}
		spec, _ := report.Named(c.report)
		if _, err := report.ParseQuery(spec, values, now()); err == nil || !strings.Contains(err.Error(), c.said) {
			t.Errorf("%s %q: %v", c.report, c.values, err)
		}
	}
}

// Any query string is read or refused; what is read is within its bounds.
func FuzzParseQuery(f *testing.F) {
	f.Add("from=7d&to=today&by=day,country&country=US&zone=Asia/Kolkata&hours=3&top=4&limit=5")
	f.Fuzz(func(t *testing.T, query string) {
		values, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		for _, spec := range report.Specs() {
			q, err := report.ParseQuery(spec, values, now())
			if err != nil {
				continue
			}
			if spec.Period && (q.From.After(q.To) || q.From.IsZero()) || q.Limit < 0 || spec.Hours == (q.Hours == 0) || spec.Top == (q.Top == 0) {
				t.Errorf("%s: %+v", query, q)
			}
			if want := len(q.By) + len(spec.Measures()); len(spec.Chosen(q.By)) != want {
				t.Errorf("%s has %d columns, want %d", query, len(spec.Chosen(q.By)), want)
			}
		}
	})
}
