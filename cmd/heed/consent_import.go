package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/heedsms/heed/internal/optout"
	"github.com/heedsms/heed/internal/program"
	"github.com/heedsms/heed/internal/roster"
	"github.com/heedsms/heed/internal/store"
)

type consentImport struct {
	File      string `arg:"" help:"The list, as CSV; - is standard input."`
	Format    string `help:"Layout of the list: heed, aws or twilio. Without it, it is found by the columns." enum:",heed,aws,twilio" default:"" placeholder:"F"`
	Program   string `help:"Program of the rows that name none." placeholder:"P"`
	State     string `help:"State of the rows that name none: opted_in, opted_out or held." enum:",opted_in,opted_out,held" default:"" placeholder:"S"`
	SaidAt    string `help:"When people said so, for rows without a time: a time (RFC 3339) or a date (UTC)." placeholder:"T"`
	Actor     string `help:"Who records it. Without it, who is logged in." placeholder:"NAME"`
	Result    string `help:"File that says what became of each row; - is standard output. Without it, the list's name with .result.csv." placeholder:"FILE"`
	DryRun    bool   `help:"Change nothing; tell what would become of each row."`
	SyncLimit int    `help:"Plan at most so many calls for AWS's lists to follow. Who is beyond them waits for heed reconcile." default:"10000" placeholder:"N"`
	NoSync    bool   `help:"Plan no calls: leave AWS's lists to heed reconcile."`
	JSON      bool   `name:"json" help:"The summary as JSON."`
	Progress  bool   `help:"Tell the progress even where standard error is no terminal."`
}

// Help is shown by heed consent import --help.
func (consentImport) Help() string {
	return `Each row becomes an entry of the ledger with source import, and counts from when the person said so: a START or STOP that was said later stands. The same list again changes nothing, so an import that broke off is just run again. A row that cannot be recorded is refused with its reason and stops nothing. docs/import.md has the columns.

A row needs a time. Where the list has none, give with --said-at when it was made: the time of the import would be another at each run, and would overrule what people said in between.

The result file has a row for each row of the list: recorded, overruled (recorded, but something else stands), unchanged (known before), duplicate (of a row before it) or refused. The exit code is 1 when a row was refused.

Where the program has an opt-out list at AWS, the list has to follow. The calls for the first --sync-limit people are planned, ten a second, and made by the relay; the others stay pending until heed reconcile, which makes those that are still missing.

  heed consent import people.csv --dry-run
  heed consent import optouts.csv --format twilio --program acme-alerts
  heed consent import numbers.csv --program acme-alerts --state opted_out --said-at 2026-11-01`
}

// callsPerSecond is how many numbers AWS takes on its lists (PutOptedOutNumber), which is what planned calls keep to.
const callsPerSecond = 10

// Run imports the list.
func (c consentImport) Run(ctx context.Context, t terminal) (err error) {
	now := time.Now().UTC()
	options := roster.Options{Format: roster.Format(c.Format), File: filepath.Base(c.File), Program: c.Program, State: optout.State(c.State), Now: now}
	if c.SaidAt != "" {
		if options.SaidAt, err = roster.ParseMoment(c.SaidAt, now); err != nil {
			return wrongUse("--said-at: %w", err)
		}
	}
	from, err := c.open(t)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	db, err := openStore(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	known, lists, err := programsOf(ctx, t, db, now)
	if err != nil {
		return err
	}
	options.Known = known
	list, err := roster.NewReader(from, options)
	if err != nil {
		return wrongUse("%s: %w", c.File, err)
	}
	calls := c.SyncLimit
	if c.NoSync || calls < 0 {
		calls = 0
	}
	i := &importing{list: list, rows: db, lanes: split(calls, store.ImportLanes, now), progress: c.progress(t), how: store.Import{
		Actor: actorOf(c.Actor), Lists: lists, CallEvery: store.ImportLanes * time.Second / callsPerSecond,
	}}
	if i.how.After, err = db.NewestEvent(ctx); err != nil {
		return err
	}
	if c.DryRun {
		rehearsal, err := db.Rehearse(ctx)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, rehearsal.Close(context.WithoutCancel(ctx))) }()
		i.rows, i.lanes = rehearsal, split(calls, 1, now)
	}
	return c.run(ctx, t, i)
}

// run imports, and writes results and summary.
func (c consentImport) run(ctx context.Context, t terminal, i *importing) error {
	to, name, err := c.result(t)
	if err != nil {
		return err
	}
	i.results = roster.NewResults(to)
	begun := time.Now()
	err = errors.Join(i.run(ctx), i.results.Flush(), to.Close())
	if err != nil {
		if ctx.Err() != nil {
			err = errors.New("interrupted")
		}
		return fmt.Errorf("%w; %s recorded: the same command goes on from there", err, counted(i.recorded.Load(), "row is", "rows are"))
	}
	i.sum.Format, i.sum.Result, i.sum.DryRun, i.sum.Seconds = string(i.list.Format()), name, c.DryRun, time.Since(begun).Seconds()
	if err := c.tell(t, name, i.sum); err != nil {
		return fmt.Errorf("write the summary: %w", err)
	}
	if i.sum.Refused > 0 {
		return errNo
	}
	return nil
}

func (c consentImport) open(t terminal) (io.ReadCloser, error) {
	if c.File == "-" {
		return io.NopCloser(t.in), nil
	}
	f, err := os.Open(c.File)
	if err != nil {
		return nil, wrongUse("%w", err)
	}
	return f, nil
}

// result opens the result file.
func (c consentImport) result(t terminal) (to io.WriteCloser, name string, err error) {
	name = c.Result
	switch {
	case name == "-":
		return nopCloser{t.out}, name, nil
	case name == "" && c.File == "-":
		return nopCloser{io.Discard}, "", nil
	case name == "":
		name = c.File + ".result.csv"
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600) // it holds people's numbers
	if err != nil {
		return nil, "", wrongUse("--result: %w", err)
	}
	return f, name, nil
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

// progress tells how far the import is, every second, to who is there to see it.
func (c consentImport) progress(t terminal) func(rows int64) {
	if !c.Progress && !isTerminal(t.err) {
		return func(int64) {}
	}
	begun := time.Now()
	told := begun
	var one sync.Mutex // lanes tell side by side
	return func(rows int64) {
		one.Lock()
		defer one.Unlock()
		if now := time.Now(); now.Sub(told) >= time.Second {
			told = now
			fmt.Fprintf(t.err, "heed: %d rows, %.0f a second\n", rows, float64(rows)/now.Sub(begun).Seconds())
		}
	}
}

// importSum is what became of a list.
type importSum struct {
	Format    string `json:"format"`
	DryRun    bool   `json:"dry_run"`
	Rows      int    `json:"rows"`
	Recorded  int    `json:"recorded"`
	Overruled int    `json:"overruled"`
	Unchanged int    `json:"unchanged"`
	Duplicate int    `json:"duplicate"`
	Refused   int    `json:"refused"`
	// Pending are the people for whom a list of AWS has to follow, Planned the calls for it that the relay will make.
	Pending int     `json:"pending"`
	Planned int     `json:"planned_calls"`
	Seconds float64 `json:"seconds"`
	Result  string  `json:"result,omitempty"`
}

func (s *importSum) count(o roster.Outcome) {
	s.Rows++
	switch o {
	case roster.Recorded:
		s.Recorded++
	case roster.Overruled:
		s.Overruled++
	case roster.Unchanged:
		s.Unchanged++
	case roster.Duplicate:
		s.Duplicate++
	case roster.Refused:
		s.Refused++
	}
}

func (c consentImport) tell(t terminal, result string, s importSum) error {
	to := bufio.NewWriter(t.out)
	if result == "-" {
		to = bufio.NewWriter(t.err)
	}
	if c.JSON {
		if err := json.NewEncoder(to).Encode(s); err != nil {
			return err
		}
		return to.Flush()
	}
	if s.DryRun {
		fmt.Fprintln(to, "dry run: nothing was changed; this would become of the rows")
	}
	for _, line := range []struct {
		n    int
		what string
	}{
		{s.Recorded, "recorded"},
		{s.Overruled, "overruled: recorded, but something else stands"},
		{s.Unchanged, "unchanged: known before"},
		{s.Duplicate, "duplicate: of a row before in the list"},
		{s.Refused, "refused"},
	} {
		fmt.Fprintf(to, "%9d %s\n", line.n, line.what)
	}
	fmt.Fprintf(to, "%9d rows of format %s in %.1f s, %.0f a second\n", s.Rows, s.Format, s.Seconds, float64(s.Rows)/max(s.Seconds, 0.001))
	if s.Pending > 0 {
		fmt.Fprintf(to, "%d people stand elsewhere than before: AWS's lists have to follow. %d calls are planned, which takes %s at %d a second", s.Pending,
			s.Planned, lasting(s.Planned), callsPerSecond)
		if s.Planned < s.Pending {
			fmt.Fprintf(to, "; for the others run heed reconcile, which takes %s or more", lasting(s.Pending-s.Planned))
		}
		fmt.Fprintln(to)
	}
	if result != "" && result != "-" {
		fmt.Fprintf(to, "what became of each row: %s\n", result)
	}
	return to.Flush()
}

// lasting is how long so many calls take.
func lasting(calls int) string {
	d := time.Duration(calls) * time.Second / callsPerSecond
	if d < time.Minute {
		return d.Round(time.Second).String()
	}
	return strings.TrimSuffix(d.Round(time.Minute).String(), "0s")
}

// programsOf says which programs a list may name, those of the ruleset and of the ledger, and which opt-out lists of AWS
// follow the consent to each. Without a ruleset any may be named.
func programsOf(ctx context.Context, t terminal, db *store.Store, now time.Time) (known func(string) bool, lists map[string][]string, err error) {
	rules, document, err := rulesInForce(ctx, t, db, now)
	if err != nil || document == nil {
		return nil, nil, err
	}
	names, err := db.Programs(ctx)
	if err != nil {
		return nil, nil, err
	}
	lists = map[string][]string{}
	for _, p := range rules.Programs {
		lists[p.Name] = rules.ListsOf(p)
	}
	names = append(names, program.DefaultName)
	return func(name string) bool {
		_, ok := rules.Named(name)
		return ok || slices.Contains(names, name)
	}, lists, nil
}
