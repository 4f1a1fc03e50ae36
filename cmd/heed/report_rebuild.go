package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/heedsms/heed/internal/store"
)

type reportRebuildCommand struct {
	Check bool   `help:"Only compare the counts with the messages. Exit code 1 where they differ."`
	From  string `placeholder:"DAY" help:"From this day (UTC) on, as 2026-11-20. Default: the oldest."`
	To    string `placeholder:"DAY" help:"Up to and with this day. Default: the newest."`
	JSON  bool   `name:"json" help:"What differs as JSON, a day a line."`
}

// Help is shown by heed report rebuild --help.
func (reportRebuildCommand) Help() string {
	return `Reports read counts, which the relay keeps in step with the messages. This counts all messages anew and replaces what differs; it can be stopped and run again, and workers and relay may go on meanwhile. Days whose messages retention has removed keep their counts.

  heed report rebuild --check
  heed report rebuild --from 2026-11-01`
}

// Run counts anew, or compares.
func (c reportRebuildCommand) Run(ctx context.Context, t terminal) error {
	db, err := openStore(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	since, until, err := c.span(ctx, db, time.Now().UTC())
	if err != nil {
		return err
	}
	if c.Check {
		return c.check(ctx, t, db, since, until)
	}
	marked, err := db.MarkDelivery(ctx, since, until)
	if err != nil {
		return err
	}
	if err := countAnew(ctx, t, db, marked); err != nil {
		return err
	}
	if !c.JSON {
		fmt.Fprintf(t.out, "Counted anew: %s of messages.\n", counted(int64(marked), "quarter of an hour", "quarters of an hour"))
	}
	return nil
}

// span is the days to look at, from the first midnight until the last.
func (c reportRebuildCommand) span(ctx context.Context, db *store.Store, now time.Time) (since, until time.Time, err error) {
	day := func(option, written string, otherwise time.Time) (time.Time, error) {
		if written == "" {
			return otherwise, nil
		}
		at, err := time.Parse(time.DateOnly, written)
		if err != nil {
			return at, wrongUse("--%s %q is no day: write it like 2026-11-20", option, written)
		}
		return at, nil
	}
	first, err := db.FirstMessage(ctx)
	if err != nil {
		return since, until, err
	}
	if since, err = day("from", c.From, first.Truncate(24*time.Hour)); err != nil {
		return since, until, err
	}
	// A sender's clock may be ahead of this one.
	if until, err = day("to", c.To, now.AddDate(0, 0, 1)); err != nil {
		return since, until, err
	}
	until = until.Truncate(24*time.Hour).AddDate(0, 0, 1)
	if !since.Before(until) {
		return since, until, wrongUse("--from is after --to")
	}
	return since, until, nil
}

func (c reportRebuildCommand) check(ctx context.Context, t terminal, db *store.Store, since, until time.Time) error {
	wrong, err := db.CheckCounts(ctx, since, until)
	if err != nil {
		return err
	}
	for _, w := range wrong {
		if c.JSON {
			if err := writeJSON(t.out, w); err != nil {
				return err
			}
			continue
		}
		fmt.Fprintf(t.out, "%s of %s differs from a recount of the messages\n", w.Table, w.Day.Format(time.DateOnly))
	}
	if len(wrong) > 0 {
		if !c.JSON {
			first := slices.MinFunc(wrong, func(a, b store.Miscount) int { return a.Day.Compare(b.Day) }).Day
			fmt.Fprintln(t.out, "To count these days anew: heed report rebuild --from", first.Format(time.DateOnly))
		}
		return errNo
	}
	if c.JSON {
		return nil
	}
	fmt.Fprintln(t.out, "The counts are what a recount of the messages gives.")
	quarters, days, err := db.CountsWaiting(ctx)
	if err == nil && quarters+days > 0 {
		fmt.Fprintf(t.out, "Not compared, because the relay has still to count them: %s of messages, failures and latencies of %s.\n",
			counted(int64(quarters), "quarter of an hour", "quarters of an hour"), counted(int64(days), "day", "days"))
	}
	return err
}

// countAnew brings all counts up to date, with progress.
func countAnew(ctx context.Context, t terminal, db *store.Store, marked int) error {
	tell := every(t, 2*time.Second)
	done := 0
	for more := true; more; {
		did, err := db.RefreshDelivery(ctx, time.Now())
		if err != nil {
			return err
		}
		done += did.Quarters
		more = did.More
		tell(func() string { return fmt.Sprintf("%d of %d quarters of an hour", min(done, marked), marked) })
	}
	for days, more := 0, true; more; days++ {
		var err error
		if more, err = db.RefreshDetails(ctx, time.Now(), true); err != nil {
			return err
		}
		tell(func() string { return fmt.Sprintf("failures and latencies of %s", counted(int64(days), "day", "days")) })
	}
	return nil
}
