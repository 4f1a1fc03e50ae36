package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/heedsms/heed/internal/program"
	"github.com/heedsms/heed/internal/report"
)

// What internal/report says of each report is what its SQL function takes and gives, and what its comments say.
func TestSpecsAreTheFunctions(t *testing.T) {
	t.Parallel()
	s := open(t)
	kinds := map[report.Kind]string{
		report.Text: "text", report.Date: "date", report.Time: "timestamp with time zone", report.Count: "bigint", report.Number: "double precision",
		report.Ratio: "double precision", report.Seconds: "double precision", report.Money: "numeric",
	}
	for _, spec := range report.Specs() {
		var want strings.Builder
		for _, c := range append(spec.Columns, report.Column{Name: "as_of", Kind: report.Time, Description: "When the counts held all that was known."}) {
			fmt.Fprintf(&want, "%s %s: %s\n", c.Name, kinds[c.Kind], c.Description)
		}
		got := scan[string](t, s, `SELECT string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ': ' || coalesce(col_description(a.attrelid, a.attnum), '') || E'\n', '' ORDER BY a.attnum)
			FROM pg_proc p JOIN pg_type y ON y.oid = p.prorettype JOIN pg_attribute a ON a.attrelid = y.typrelid WHERE p.oid = ('heed.' || $1)::regproc`, spec.Function)
		if got != want.String() {
			t.Errorf("%s gives\n%s\nwant\n%s", spec.Function, got, &want)
		}
		if got := scan[string](t, s, `SELECT coalesce(obj_description(('heed.' || $1)::regproc, 'pg_proc'), '')`, spec.Function); got != spec.Description {
			t.Errorf("%s is said to be %q, want %q", spec.Function, got, spec.Description)
		}
		var takes []string
		if spec.Period {
			takes = []string{"first", "last", "dimensions", "filters"}
		}
		for name, yes := range map[string]bool{"zone": spec.Zoned, "hours": spec.Hours, "top": spec.Top} {
			if yes {
				takes = append(takes, name)
			}
		}
		slices.Sort(takes)
		if got := scan[[]string](t, s, `SELECT coalesce((SELECT array_agg(a ORDER BY a) FROM unnest(p.proargnames) a), '{}') FROM pg_proc p WHERE p.oid = ('heed.' || $1)::regproc`, spec.Function); !slices.Equal(got, takes) {
			t.Errorf("%s takes %v, want %v", spec.Function, got, takes)
		}
		// And what it counts by when nothing is said is the same.
		if len(spec.Default) > 0 {
			if got := scan[string](t, s, `SELECT pg_get_function_arguments(('heed.' || $1)::regproc)`, spec.Function); !strings.Contains(got, `dimensions text[] DEFAULT '{`+strings.Join(spec.Default, ",")+`}'::text[]`) {
				t.Errorf("%s by default: %s", spec.Function, got)
			}
		}
	}
	// Nothing that a reader sees goes without a word on it.
	if got := dump(t, s, `SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum >= 0
		WHERE c.relnamespace = 'heed'::regnamespace AND c.relname = ANY ('{`+strings.Join(readable, ",")+`}') AND (col_description(c.oid, a.attnum) IS NULL OR obj_description(c.oid, 'pg_class') IS NULL)`); got != "" {
		t.Errorf("without a comment: %s", got)
	}
}

// Each row: a call that cannot be answered, and what the error says and advises.
func TestReportErrors(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, c := range []struct{ call, message, hint string }{
		{`report_delivery('2026-11-01', '2026-11-02', '{dya}')`, "heed.report_delivery cannot be had by 'dya'", "Take any of day, program, identity,"},
		{`report_delivery('2026-11-01', '2026-11-02', '{NULL}')`, "cannot be had by NULL", "Take any of"},
		{`report_latency('2026-11-01', '2026-11-02', '{encoding}')`, "heed.report_latency cannot be had by 'encoding'", "Take any of day, program, country, carrier, leg."},
		{`report_delivery('2026-11-02', '2026-11-01')`, "there is no day from 2026-11-02 to 2026-11-01", "both are included"},
		{`report_cost(NULL, '2026-11-01')`, "there is no day from NULL to 2026-11-01", "both are included"},
		{`report_delivery('2026-11-01', '2026-11-02', zone => 'New York')`, "'New York' is no time zone", "America/New_York"},
		{`report_delivery('2026-11-01', '2026-11-02', zone => 'XYZ5')`, "'XYZ5' is no time zone", "America/New_York"},
		{`report_inbound('2026-11-01', '2026-11-02', zone => NULL)`, "NULL is no time zone", "America/New_York"},
		{`report_delivery('2026-11-01', '2026-11-02', filters => '[]')`, "the filters of heed.report_delivery are no JSON object", `Write {"country": ["US", "CA"]}.`},
		{`report_delivery('2026-11-01', '2026-11-02', filters => '{"body": ["x"]}')`, "cannot be filtered by 'body'", "Take any of day,"},
		{`report_delivery('2026-11-01', '2026-11-02', filters => '{"country": [1]}')`, "the filter by country of heed.report_delivery is no list of texts", `"" is unknown`},
		{`report_delivery('2026-11-01', '2026-11-02', filters => '{"country": {"is": "US"}}')`, "is no list of texts", `"" is unknown`},
		{`report_optouts('2026-11-01', '2026-11-02', 0)`, "cannot look back 0 hours", "from 1 to 720"},
		{`report_failures('2026-11-01', '2026-11-02', top => 0)`, "cannot tell 0 reasons apart", "from 1 on"},
		{`report_state('costs', '2026-11-01', '2026-11-02')`, "there is no report 'costs'", "delivery, failures,"},
	} {
		_, err := s.Pool().Exec(context.Background(), `SELECT * FROM heed.`+c.call)
		var pg *pgconn.PgError
		if !errors.As(err, &pg) || pg.Code != "22023" || !strings.Contains(pg.Message, c.message) || !strings.Contains(pg.Hint, c.hint) {
			t.Errorf("%s: %v, hint %q", c.call, err, pg)
		}
	}
	// All of time, in a zone, of no messages, is no error and no work.
	if got := scan[int](t, s, `SELECT messages FROM heed.report_delivery('-infinity', 'infinity', '{}', 'Asia/Kolkata', NULL)`); got != 0 {
		t.Error(got)
	}
}

// A day of 25 hours has those of 25, one of 23 those of 23, and one that begins twice has both of its first hours.
func TestDaysOfZones(t *testing.T) {
	t.Parallel()
	s := open(t)
	// A message at each quarter of an hour of half a year.
	if _, err := s.Pool().Exec(context.Background(), `
		INSERT INTO heed.message (message_id, requested_at, status, status_rank, status_at, aws_status, event_type, is_final, updated_at)
		SELECT q::text, q + interval '7 minutes', 'delivered', 1, q, '', '', true, q FROM generate_series(timestamptz '2026-10-01 00:00Z', '2027-04-10 00:00Z', interval '15 minutes') q`); err != nil {
		t.Fatal(err)
	}
	if _, err := s.MarkDelivery(context.Background(), noon().AddDate(-1, 0, 0), noon().AddDate(1, 0, 0)); err != nil {
		t.Fatal(err)
	}
	refresh(t, s, noon())
	for _, c := range []struct {
		zone, day string
		hours     float64
	}{
		{"UTC", "2026-11-01", 24},
		{"America/New_York", "2026-10-31", 24},
		{"America/New_York", "2026-11-01", 25},
		{"America/New_York", "2027-03-14", 23},
		{"America/Havana", "2026-11-01", 25}, // from one o'clock back to midnight
		{"America/Havana", "2027-03-14", 23}, // no midnight
		{"Atlantic/Azores", "2026-10-25", 25},
		{"Asia/Beirut", "2026-10-24", 25}, // from midnight back to eleven
		{"Asia/Kolkata", "2026-11-01", 24},
		{"Asia/Kathmandu", "2026-11-01", 24},
		{"Australia/Lord_Howe", "2026-10-04", 23.5},
		{"Australia/Lord_Howe", "2027-04-04", 24.5},
	} {
		got := scan[int](t, s, `SELECT messages FROM heed.report_delivery($1::date, $1::date, '{}', $2)`, c.day, c.zone)
		by := scan[int](t, s, `SELECT messages FROM heed.report_delivery($1::date - 3, $1::date + 3, '{day}', $2) WHERE day = $1::date`, c.day, c.zone)
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		day, err := time.ParseInLocation(time.DateOnly, c.day, zone)
		if err != nil {
			t.Fatal(err)
		}
		// Go knows nothing of Postgres's zones.
		counted := 0
		for q := day.Add(-3 * time.Hour).Truncate(15 * time.Minute); q.Before(day.Add(30 * time.Hour)); q = q.Add(15 * time.Minute) {
			counted += one(q.Add(7*time.Minute).In(zone).Format(time.DateOnly) == c.day)
		}
		if want := int(4 * c.hours); got != want || by != want || counted != want {
			t.Errorf("%s of %s: %d and %d by day, %d by Go; want %d", c.day, c.zone, got, by, counted, want)
		}
	}
}

// SQL and Go agree on what is in the GSM alphabet, of every character there is; and SQL names what is not.
func TestUnicodeClasses(t *testing.T) {
	t.Parallel()
	s := open(t)
	var all []string
	for r := rune(1); r <= utf8.MaxRune; r++ {
		if utf8.ValidRune(r) {
			all = append(all, string(r))
		}
	}
	outside := scan[[]string](t, s, `SELECT array_agg(c) FROM unnest($1::text[]) c WHERE heed.unicode_classes(c) <> '{}'`, all)
	foreign := make(map[string]bool, len(outside))
	for _, c := range outside {
		foreign[c] = true
	}
	for _, c := range all {
		if _, encoding, _ := program.Parts(c); foreign[c] != (encoding == program.EncodingUnicode) {
			t.Fatalf("%q: SQL says that it is outside of the GSM alphabet: %t", c, foreign[c])
		}
	}
	for text, want := range map[string]string{
		"": "", "Plain [text] {with} €£ and Ç, é": "", "don’t “say” `that`": "typographic quotes", "from 9–5… ok − ok": "dashes and ellipsis",
		"ça va, naïve, Łódź, e\u0301": "accented letters", "привет": "other script", "你好。": "other script", "नमस्ते": "other script", "สวัสดี": "other script", "α": "other script",
		"👍🏽❤️": "emoji", "a\u00a0b\tc\u200b": "spaces and invisible characters", "© 50° ½ • →": "other symbols",
		"“ça” – 👍": "accented letters, dashes and ellipsis, emoji, typographic quotes",
	} {
		if got := scan[string](t, s, `SELECT array_to_string(heed.unicode_classes($1), ', ')`, text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// Who stops reading, and who does not even begin, gives the connection back; and Postgres stops at the time limit.
func TestReportLetsGo(t *testing.T) {
	t.Parallel()
	s := open(t) // of four connections
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if _, err := s.Pool().Exec(ctx, `INSERT INTO heed.delivery_day SELECT date '2026-11-01', '', '', 'c' || n, '', '', '', '', '', '', 'sent', 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM generate_series(1, 20000) n`); err != nil {
		t.Fatal(err)
	}
	q := report.Query{Report: "delivery", From: noon().AddDate(0, 0, -30), To: noon(), By: []string{"campaign"}, Zone: "UTC", Timeout: 10 * time.Second}
	for i := range 12 {
		r, err := s.Report(ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		if i%3 == 0 {
			r.Close()
			r.Close()
			continue
		}
		rows := 0
		for _, err := range r.Rows {
			if err != nil {
				t.Fatal(err)
			}
			if rows++; i%3 == 1 && rows == 10 {
				break
			}
		}
		if want := map[int]int{1: 10, 2: 20000}[i%3]; rows != want {
			t.Errorf("%d rows, want %d", rows, want)
		}
	}
	before := s.Pool().Stat().NewConnsCount()
	q.Limit = 10
	for range 5 {
		r, err := s.Report(ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range r.Rows {
			if err != nil {
				t.Fatal(err)
			}
		}
		if !r.Truncated {
			t.Error("ten rows are not all")
		}
	}
	if n := s.Pool().Stat().NewConnsCount() - before; n > 0 {
		t.Errorf("a limit cost %d connections", n)
	}
	q.Timeout = time.Millisecond
	r, err := s.Report(ctx, q)
	if err == nil {
		for _, err = range r.Rows {
			if err != nil {
				break
			}
		}
	}
	var pg *pgconn.PgError
	if !errors.As(err, &pg) || pg.Code != "57014" {
		t.Errorf("a millisecond was enough: %v", err)
	}
	if n := s.Pool().Stat().AcquiredConns(); n != 0 {
		t.Errorf("%d connections are held", n)
	}
}
