package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
)

// Each row: a report as it is asked for, its exit code, and what standard output (or error) has to hold.
func TestReportCommands(t *testing.T) {
	h := newHistory(t)
	ctx := context.Background()
	for _, statement := range []string{
		`INSERT INTO heed.delivery_day SELECT date '2026-11-05' + n, 'alerts', '+12065550100', CASE n WHEN 0 THEN 'spring' ELSE '' END, '', '', 'US', 'One', 'TRANSACTIONAL', 'UNICODE', 'delivered', 1200, 3, 1190, 1180, 1200, 1200, 0, 0, 2400, 6.9, 1.2 FROM generate_series(0, 2) n`,
		`INSERT INTO heed.delivery_quarter SELECT day + time '23:30' AT TIME ZONE 'UTC', program, identity, campaign, tenant, template, country, carrier, message_type, encoding, status, messages, open, accepted, confirmed, counted, priced, replies, late, parts, price, carrier_fee FROM heed.delivery_day`,
		`UPDATE heed.rollup_state SET refreshed_at = '2026-11-08 12:00Z'`,
	} {
		if _, err := h.db.Pool().Exec(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	const november = " --from 2026-11-01 --to 2026-11-30"
	for _, c := range []struct {
		command string
		code    int
		want    []string
	}{
		{"delivery" + november, 0, []string{
			"day         messages  open  succeeded", "2026-11-05     1,200     3      1,197", "100.0%", "as of 2026-11-08 12:00:00 UTC, 9 messages still open\n",
		}},
		{"delivery --zone Asia/Kolkata --format csv" + november, 0, []string{"day,messages,open,", "late,as_of\n2026-11-06,1200,3,1197,0,0,1,1190,1180,2400,0,0,2026-11-08T12:00:00Z\n2026-11-07,"}},
		{"cost --by campaign --where campaign= --format json" + november, 0, []string{`"filters": {"campaign": [""]}`, `{"campaign": "", "messages": 2400,`, `"total": 16.2,`}},
		{"delivery --by  --limit 5 --format csv" + november, 0, []string{"messages,open,succeeded", "\n3600,9,3591,"}},
		{"delivery --by day --limit 1" + november, 0, []string{"only the first 1 rows"}},
		{"delivery --by day --by country --limit 1 --format csv" + november, 0, []string{"\n2026-11-05,US,1200,"}},
		{"optouts --hours 0", 2, []string{"hours"}},
		{"failures --top 0", 2, []string{"top"}},
		{"delivery --limit 0", 2, []string{"limit"}},
		{"delivery --where country=US --where country=CA --where program=shop" + november, 0, []string{"nothing to count"}},
		{"unicode" + november, 0, []string{"alerts   spring", "extra_cost (USD)"}},
		{"failures --top 3" + november, 0, []string{"nothing to count"}},
		{"latency" + november, 0, []string{"nothing to count"}},
		{"optouts --hours 72" + november, 0, []string{"opt_out_rate"}},
		{"inbound" + november, 0, []string{"0 texts waiting for a decision"}},
		{"health", 1, []string{"rollup_age", "attention"}},
		{"health --format json", 1, []string{`"measure": "rollup_age"`}},
		{"delivery --from 2026-11-02 --to 2026-11-01", 2, []string{"from has to be the earlier day"}},
		{"delivery --by hour", 2, []string{`cannot be had by "hour"`}},
		{"delivery --zone Mars/Olympus", 2, []string{"is no time zone"}},
		{"delivery --where US", 2, []string{"write a dimension and a value: country=US"}},
		{"delivery --where body=x", 2, []string{"write a dimension and a value"}},
		{"delivery --where messages=1", 2, []string{"write a dimension and a value"}},
		{"delivery --format xml", 2, []string{"must be one of"}},
		{"delivery --limit -1", 2, []string{"limit"}},
		{"failures --zone Asia/Kolkata", 2, []string{"unknown flag --zone"}},
		{"delivery --watch", 2, []string{"--watch draws a table on a terminal"}},
		{"delivery --watch=1m --format csv", 2, []string{"--watch draws a table on a terminal"}},
		{"delivery --watch=often", 2, []string{"write 10s or 5m"}},
	} {
		args := strings.Split(c.command, " ") // --by may be given nothing
		code, out, errs := heed(t, "", append([]string{"report"}, args...)...)
		if code != c.code {
			t.Errorf("%s: exit %d, want %d\n%s%s", c.command, code, c.code, out, errs)
		}
		for _, want := range c.want {
			if !strings.Contains(out+errs, want) {
				t.Errorf("%s: no %q in\n%s%s", c.command, want, out, errs)
			}
		}
	}
	if _, err := h.db.Pool().Exec(ctx, `UPDATE heed.delivery_quarter SET open = 0; UPDATE heed.rollup_state SET refreshed_at = now()`); err != nil {
		t.Fatal(err)
	}
	if code, out, errs := heed(t, "", "report", "health"); code != 0 {
		t.Errorf("nothing is wrong: exit %d\n%s%s", code, out, errs)
	}
}

// Each report's help has its columns and examples that are sound.
func TestReportHelp(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"delivery", "failures", "latency", "cost", "unicode", "optouts", "inbound", "health"} {
		code, out, _ := heed(t, "", "report", name, "--help")
		if code != 0 || !strings.Contains(out, "heed report "+name) || strings.Count(out, "  heed report "+name) < 2 {
			t.Errorf("%s: exit %d\n%s", name, code, out)
		}
	}
}

// A report is drawn over itself until it is interrupted. A fault on the way is told, and the next drawing goes on; one
// at the start ends it.
func TestWatch(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	drawings := 0
	var out bytes.Buffer
	err := watch(ctx, &out, time.Millisecond, func(w io.Writer) error {
		drawings++
		switch drawings {
		case 2:
			return errors.New("the database is away")
		case 3:
			defer stop()
		}
		_, err := fmt.Fprintf(w, "a\nb %d\n", drawings)
		return err
	})
	const first = "\x1b[2J\x1b[Ha\x1b[K\nb 1\x1b[K\nevery 1ms, Ctrl-C ends\x1b[K\n\x1b[J"
	const second = "\x1b[Hheed: the database is away\x1b[K\nevery 1ms, Ctrl-C ends\x1b[K\n\x1b[J"
	if err != nil || out.String() != first+second {
		t.Errorf("%v: %q", err, out.String())
	}
	away := errors.New("away")
	if err := watch(context.Background(), io.Discard, time.Hour, func(io.Writer) error { return away }); !errors.Is(err, away) {
		t.Error(err)
	}
}
