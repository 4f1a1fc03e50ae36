package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // zones are known by their names where the system has none

	"github.com/alecthomas/kong"

	"github.com/heedsms/heed/internal/report"
	"github.com/heedsms/heed/internal/store"
)

type reportCommand struct {
	Delivery reportDelivery `cmd:"" help:"Delivery by day, program, campaign, country, carrier and so on."`
	Failures reportFailures `cmd:"" help:"Why messages failed."`
	Latency  reportLatency  `cmd:"" help:"How long messages took to the carrier and to the handset."`
	Cost     reportCost     `cmd:"" help:"What messages cost, and what went to those that did not arrive."`
	Unicode  reportUnicode  `cmd:"" help:"What characters outside the GSM alphabet cost."`
	Optouts  reportOptouts  `cmd:"" help:"Opt-outs by the message that came before them."`
	Inbound  reportInbound  `cmd:"" help:"What people wrote was taken to mean."`
	Health   reportHealth   `cmd:"" help:"Whether the reports can be trusted: exits with 1 where somebody should look."`

	Rebuild reportRebuildCommand `cmd:"" help:"Count all messages anew, or compare the counts with them."`
}

// The flags that reports share. What they say is read by report.ParseQuery, as a query string is.
type (
	periodFlags struct {
		From  string   `help:"The first day: 2026-11-01, today, yesterday, or how many days ago (7d). Without it, 29 days before the last." placeholder:"DAY"`
		To    string   `help:"The last day, included. Without it, today." placeholder:"DAY"`
		By    []string `help:"What rows are counted by, with commas: day,country. Empty counts all together." sep:"none" placeholder:"DIMENSIONS"`
		Where []string `help:"Only what has this value: country=US. Again for more values, or other dimensions; program= is where none is known." sep:"none" placeholder:"DIMENSION=VALUE"`
	}
	zoneFlag struct {
		Zone string `help:"The time zone of the days: America/New_York. Without it, UTC." placeholder:"NAME"`
	}
	outputFlags struct {
		Format string `enum:"table,csv,json" default:"table" help:"table, csv or json." placeholder:"FORMAT"`
		Limit  *int   `help:"At most so many rows. Without it, all." placeholder:"N"`
		Watch  redraw `help:"Draw the table again and again, every 10 seconds or as long as is said: --watch=1m." placeholder:"TIME"`
	}
)

// redraw is a time between drawings that may be left out: --watch, --watch=1m.
type redraw time.Duration

// usualPause and shortestPause are between two drawings; rowsWatched is how many rows are drawn where nothing is said.
const (
	usualPause    = 10 * time.Second
	shortestPause = time.Second
	rowsWatched   = 40
)

// IsBool tells kong that the value may be left out.
func (redraw) IsBool() bool { return true }

// Decode reads the value for kong.
func (p *redraw) Decode(ctx *kong.DecodeContext) error {
	*p = redraw(usualPause)
	if ctx.Scan.Peek().Type != kong.FlagValueToken {
		return nil
	}
	word := fmt.Sprint(ctx.Scan.Pop().Value)
	d, err := time.ParseDuration(word)
	if err != nil || d < shortestPause {
		return fmt.Errorf("%q is no time of at least %s: write 10s or 5m", word, shortestPause)
	}
	*p = redraw(d)
	return nil
}

type (
	reportDelivery struct {
		periodFlags
		zoneFlag
		outputFlags
	}
	reportFailures struct {
		periodFlags
		Top *int `help:"How many reasons are told apart; the rest is (other). Without it, 20." placeholder:"N"`
		outputFlags
	}
	reportLatency struct {
		periodFlags
		outputFlags
	}
	reportCost struct {
		periodFlags
		zoneFlag
		outputFlags
	}
	reportUnicode struct {
		periodFlags
		outputFlags
	}
	reportOptouts struct {
		periodFlags
		Hours *int `help:"How long after a message an opt-out is put down to it. Without it, 24." placeholder:"N"`
		outputFlags
	}
	reportInbound struct {
		periodFlags
		zoneFlag
		outputFlags
	}
	reportHealth struct {
		outputFlags
	}
)

// Help is shown by heed report delivery --help.
func (reportDelivery) Help() string {
	return reportHelp("delivery",
		`heed report delivery --from 7d`,
		`heed report delivery --from 2026-11-01 --to 2026-11-30 --by day,country --zone America/New_York --format csv > november.csv`,
		`heed report delivery --by campaign --where program=acme-alerts --where country=US --where country=CA`,
		`heed report delivery --from today --by status --watch`)
}

// Run writes the report.
func (c reportDelivery) Run(ctx context.Context, t terminal) error {
	return ask{"delivery", c.periodFlags, c.Zone, nil, nil, c.outputFlags}.run(ctx, t)
}

// Help is shown by heed report failures --help.
func (reportFailures) Help() string {
	return reportHelp("failures",
		`heed report failures --from yesterday --to yesterday`,
		`heed report failures --by carrier,failure_status --where country=US`)
}

// Run writes the report.
func (c reportFailures) Run(ctx context.Context, t terminal) error {
	return ask{"failures", c.periodFlags, "", nil, c.Top, c.outputFlags}.run(ctx, t)
}

// Help is shown by heed report latency --help.
func (reportLatency) Help() string {
	return reportHelp("latency",
		`heed report latency --from 7d`,
		`heed report latency --by country,carrier --where leg=handset --format json`)
}

// Run writes the report.
func (c reportLatency) Run(ctx context.Context, t terminal) error {
	return ask{"latency", c.periodFlags, "", nil, nil, c.outputFlags}.run(ctx, t)
}

// Help is shown by heed report cost --help.
func (reportCost) Help() string {
	return reportHelp("cost",
		`heed report cost --by program,country`,
		`heed report cost --from 2026-11-01 --to 2026-11-30 --by day,campaign --format csv > november.csv`)
}

// Run writes the report.
func (c reportCost) Run(ctx context.Context, t terminal) error {
	return ask{"cost", c.periodFlags, c.Zone, nil, nil, c.outputFlags}.run(ctx, t)
}

// Help is shown by heed report unicode --help.
func (reportUnicode) Help() string {
	return reportHelp("unicode",
		`heed report unicode`,
		`heed report unicode --by rule,character_class --where program=acme-alerts`)
}

// Run writes the report.
func (c reportUnicode) Run(ctx context.Context, t terminal) error {
	return ask{"unicode", c.periodFlags, "", nil, nil, c.outputFlags}.run(ctx, t)
}

// Help is shown by heed report optouts --help.
func (reportOptouts) Help() string {
	return reportHelp("optouts",
		`heed report optouts --hours 72`,
		`heed report optouts --by campaign,keyword --where program=acme-alerts`)
}

// Run writes the report.
func (c reportOptouts) Run(ctx context.Context, t terminal) error {
	return ask{"optouts", c.periodFlags, "", c.Hours, nil, c.outputFlags}.run(ctx, t)
}

// Help is shown by heed report inbound --help.
func (reportInbound) Help() string {
	return reportHelp("inbound",
		`heed report inbound --from 7d --zone Europe/Berlin`,
		`heed report inbound --by verdict,reason --where program=acme-alerts`)
}

// Run writes the report.
func (c reportInbound) Run(ctx context.Context, t terminal) error {
	return ask{"inbound", c.periodFlags, c.Zone, nil, nil, c.outputFlags}.run(ctx, t)
}

// Help is shown by heed report health --help.
func (reportHealth) Help() string {
	return reportHelp("health",
		`heed report health`,
		`heed report health --format json | jq '.rows[] | select(.state == "attention")'`)
}

// Run writes the report. It is an answer: no where something needs attention.
func (c reportHealth) Run(ctx context.Context, t terminal) error {
	return ask{"health", periodFlags{}, "", nil, nil, c.outputFlags}.run(ctx, t)
}

// reportHelp says what a report is, what it may be asked, and what its columns are.
func reportHelp(name string, examples ...string) string {
	spec, _ := report.Named(name)
	var b strings.Builder
	b.WriteString(spec.Description + "\n\n")
	if len(spec.Dimensions) > 0 {
		fmt.Fprintf(&b, "--by and --where take %s. Without --by rows are by %s.\n\n", strings.Join(spec.Dimensions, ", "), strings.Join(spec.Default, ", "))
	}
	for _, c := range spec.Measures() {
		fmt.Fprintf(&b, "  %-19s %s\n", c.Name, c.Description)
	}
	b.WriteString("\nCSV and JSON have the same columns, shares as parts of 1, and in CSV the time as of which it is true at the end of each row.")
	if name == "health" {
		b.WriteString(" The exit code is 1 where a measure needs attention.")
	}
	b.WriteString(" docs/reports.md says more.\n")
	for _, e := range examples {
		b.WriteString("\n  " + e)
	}
	return b.String()
}

// ask is a report as it was asked for.
type ask struct {
	report string
	periodFlags
	zone       string
	hours, top *int
	outputFlags
}

// values are the flags as a query string has them.
func (a ask) values() (url.Values, error) {
	v := url.Values{}
	set := func(name, value string) {
		if value != "" {
			v.Set(name, value)
		}
	}
	set("from", a.From)
	set("to", a.To)
	set("zone", a.zone)
	for name, n := range map[string]*int{"hours": a.hours, "top": a.top, "limit": a.Limit} {
		if n != nil {
			v.Set(name, strconv.Itoa(*n))
		}
	}
	if a.By != nil {
		v.Set("by", strings.Join(a.By, ","))
	}
	spec, _ := report.Named(a.report)
	for _, filter := range a.Where {
		name, value, ok := strings.Cut(filter, "=")
		if !ok || !slices.Contains(spec.Dimensions, name) {
			return nil, fmt.Errorf("--where %s: write a dimension and a value: country=US. There are %s", filter, strings.Join(spec.Dimensions, ", "))
		}
		v.Add(name, value)
	}
	return v, nil
}

func (a ask) query(now time.Time) (report.Query, error) {
	spec, _ := report.Named(a.report)
	values, err := a.values()
	if err != nil {
		return report.Query{}, err
	}
	return report.ParseQuery(spec, values, now)
}

func (a ask) run(ctx context.Context, t terminal) error {
	if a.Watch > 0 {
		if a.Format != "table" || !isTerminal(t.out) {
			return wrongUse("--watch draws a table on a terminal: leave it out, and run the report again when its output goes elsewhere")
		}
		if a.Limit == nil {
			a.Limit = new(rowsWatched)
		}
	}
	if _, err := a.query(time.Now()); err != nil {
		return usageError{err}
	}
	db, err := openStore(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	if a.Watch > 0 {
		return watch(ctx, t.out, time.Duration(a.Watch), func(w io.Writer) error {
			_, err := a.write(ctx, db, w)
			return err
		})
	}
	attention, err := a.write(ctx, db, t.out)
	if err == nil && attention {
		return errNo
	}
	return err
}

// write asks and writes the answer. It says whether a row needs attention.
func (a ask) write(ctx context.Context, db *store.Store, w io.Writer) (attention bool, err error) {
	q, err := a.query(time.Now())
	if err != nil {
		return false, err
	}
	r, err := db.Report(ctx, q)
	if err != nil {
		return false, err
	}
	if a.report == "health" {
		r.Rows = noting(r, &attention)
	}
	writers := map[string]func(io.Writer, report.Query, *report.Result) error{"table": report.WriteTable, "csv": report.WriteCSV, "json": report.WriteJSON}
	err = writers[a.Format](w, q, r)
	return attention, err
}

// noting passes the rows on and notes whether one says attention.
func noting(r *report.Result, attention *bool) iter.Seq2[[]any, error] {
	rows := r.Rows
	return func(yield func([]any, error) bool) {
		for row, err := range rows {
			for i, c := range r.Columns {
				*attention = *attention || err == nil && c.Name == "state" && row[i] == "attention"
			}
			if !yield(row, err) {
				return
			}
		}
	}
}

// watch draws again and again until it is interrupted. A drawing that fails is told in its place, the first one ends it.
func watch(ctx context.Context, out io.Writer, every time.Duration, draw func(io.Writer) error) error {
	const home, wipe, clearLine, clearBelow = "\x1b[H", "\x1b[2J", "\x1b[K", "\x1b[J"
	for first := true; ; first = false {
		var drawn bytes.Buffer
		err := draw(&drawn)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil && first:
			return err
		case err != nil:
			fmt.Fprintf(&drawn, "heed: %v\n", err)
		}
		fmt.Fprintf(&drawn, "every %s, Ctrl-C ends\n", every)
		begin := home
		if first {
			begin = wipe + home
		}
		// Line by line over what stands there: nothing flickers.
		if _, err := io.WriteString(out, begin+strings.ReplaceAll(drawn.String(), "\n", clearLine+"\n")+clearBelow); err != nil {
			return fmt.Errorf("draw the report: %w", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(every):
		}
	}
}
