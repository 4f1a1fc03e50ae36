package main

import (
	"context"
	"fmt"
	"time"
)

const wantDrop = time.Second

// minute measures how long the relay counts after an ordinary minute: some thousand messages changed, in 40 quarters of
// an hour.
func (b *largeBench) minute(ctx context.Context, r *largeResult) error {
	b.tell("large: counting after a minute")
	runs := 20
	if b.short {
		runs = 3
	}
	// What folding left.
	if _, err := b.refresh(ctx); err != nil {
		return err
	}
	var took []time.Duration
	for range runs {
		load, err := b.changes(ctx)
		if err != nil {
			return err
		}
		if _, err := b.keep(ctx, b.db, 1, load, foldBatch); err != nil {
			return err
		}
		r.changed += len(load)
		begun := time.Now()
		if _, err := b.refresh(ctx); err != nil {
			return err
		}
		took = append(took, time.Since(begun))
	}
	r.changed /= runs
	r.minute = waited("counting after a minute", 0, took)
	return nil
}

// changes are late words on messages of 40 quarters of an hour of the last three days.
func (b *largeBench) changes(ctx context.Context) (load []payload, err error) {
	last := len(b.month.messages) - 1
	for quarters, tries := 0, 0; quarters < 40 && tries < 400; tries++ {
		q := last - b.rand.IntN(min(3*quartersADay, last+1))
		late, err := b.receipts(ctx, b.month.at(q), 125)
		if err != nil {
			return nil, err
		}
		// At night there are few.
		if len(late) > 0 && float64(len(late)) >= 100*b.scale {
			load = append(load, late...)
			quarters++
		}
	}
	return load, nil
}

// drops is how many days are dropped.
func drops(short bool) int {
	if short {
		return 1
	}
	return 5
}

// retention drops the oldest days, one by one, as the relay does, and looks whether that left anything to vacuum.
func (b *largeBench) retention(ctx context.Context, r *largeResult) error {
	b.tell("large: dropping days")
	before, err := b.dead(ctx)
	if err != nil {
		return err
	}
	for _, table := range []string{"delivery_event", "message", "delivery_quarter"} {
		w, err := timed("drop a day of "+table, wantDrop, 0, drops(b.short), func(run int) error {
			var dropped int
			err := b.db.Pool().QueryRow(ctx, `SELECT heed.drop_partitions($1, $2::date)`, table, b.month.first.AddDate(0, 0, run+1)).Scan(&dropped)
			if err == nil && dropped != 1 {
				err = fmt.Errorf("%d partitions went", dropped)
			}
			return err
		})
		if err != nil {
			return err
		}
		r.dropped = append(r.dropped, w)
	}
	after, err := b.dead(ctx)
	r.dead = after - before
	return err
}

// dead counts the rows that were ever removed from the tables of the month, or replaced, in the partitions that stay:
// what a vacuum has, or had, to do.
func (b *largeBench) dead(ctx context.Context) (rows int64, err error) {
	if _, err := b.db.Pool().Exec(ctx, `SELECT pg_stat_force_next_flush()`); err != nil {
		return 0, fmt.Errorf("flush the statistics: %w", err)
	}
	const day = "20060102"
	err = b.db.Pool().QueryRow(ctx, `
SELECT coalesce(sum(n_tup_del + n_tup_upd), 0)::bigint FROM pg_stat_user_tables
WHERE schemaname = 'heed' AND relname ~ '^(message|delivery_event|delivery_quarter)_(default|p\d+)$' AND right(relname, 8) NOT BETWEEN $1 AND $2`,
		b.month.first.Format(day), b.month.first.AddDate(0, 0, drops(b.short)-1).Format(day)).Scan(&rows)
	if err != nil {
		return 0, fmt.Errorf("read the statistics: %w", err)
	}
	return rows, nil
}
