package main

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/heedsms/heed/internal/config"
	"github.com/heedsms/heed/internal/upkeep"
)

type retentionCommand struct {
	JSON bool `name:"json" help:"As JSON, a kind of data a line."`
}

// Help is shown by heed retention --help.
func (retentionCommand) Help() string {
	return `Says what the relay removes next under the HEED_KEEP_…_DAYS of this environment: set them as they are, or are to be, on the relay. Nothing is changed. People on legal hold are not counted; consent is never removed. docs/retention.md says what each kind of data is.

  heed retention
  HEED_KEEP_BODIES_DAYS=90 heed retention --json`
}

// Run tells what is due.
func (c retentionCommand) Run(ctx context.Context, t terminal) error {
	var settings struct{ Keep config.Keep }
	if err := config.Load(&settings); err != nil {
		return usageError{err}
	}
	k := settings.Keep
	db, err := openStore(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	days := func(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }
	due, err := db.DueForRemoval(ctx, time.Now(), upkeep.Kept{
		Events: days(k.Events), Messages: days(k.Messages), Bodies: days(k.Bodies), Outbox: days(k.Outbox), Parked: days(k.Parked),
	})
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(t.out, 0, 8, 2, ' ', 0)
	if !c.JSON {
		fmt.Fprintln(table, "data\tkept\tto be removed\toldest of it")
	}
	for _, d := range due {
		if c.JSON {
			if err := writeJSON(t.out, d); err != nil {
				return err
			}
			continue
		}
		kept := "for ever"
		if d.Days > 0 {
			kept = counted(int64(d.Days), "day", "days")
		}
		fmt.Fprintf(table, "%s\t%s\t%d %s\t%s\n", d.Data, kept, d.Count, d.Unit, inUTC(d.Oldest))
	}
	return table.Flush()
}
