package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/heedsms/heed/internal/delivery"
	"github.com/heedsms/heed/internal/sms"
	"github.com/heedsms/heed/internal/upkeep"
)

// quarter is the grain of the counts (heed.delivery_quarter): the days of every time zone are made of whole ones.
const quarter = 15 * time.Minute

// quartersOf are the quarters of an hour in which messages were sent, each once.
func quartersOf(states []*delivery.State) []time.Time {
	quarters := make([]time.Time, 0, 4)
	for _, s := range states {
		if q := s.RequestedAt.Truncate(quarter); !slices.Contains(quarters, q) {
			quarters = append(quarters, q)
		}
	}
	return quarters
}

const (
	// refreshAtOnce is how many quarters one transaction counts anew: a day at most.
	refreshAtOnce = 96
	// closeAtOnce is how many quarters one transaction closes.
	closeAtOnce = 16
	// detailsEvery is how long after the failures and latencies of a day were counted they are counted again.
	detailsEvery = 10 * time.Minute
)

// partitionsStand comes before what reads messages and decides for good on what it found: it waits for whoever makes
// partitions, and they for it. A statement that is planned while rows move out of the default partition waits for that
// one, and then looks for them there alone: it does not know the new one.
const partitionsStand = `SELECT pg_advisory_xact_lock_shared(hashtextextended('heed.make_partitions', 0))`

// RefreshDelivery counts anew a batch of what changed since it was counted. The counts are as of now when there is no
// more.
func (s *Store) RefreshDelivery(ctx context.Context, now time.Time) (upkeep.Refreshed, error) {
	var r upkeep.Refreshed
	err := s.retry(ctx, func() error {
		batch := &pgx.Batch{}
		batch.Queue(partitionsStand)
		batch.Queue(`SELECT quarters, more FROM heed.refresh_delivery($1, $2)`, refreshAtOnce, now).
			QueryRow(func(row pgx.Row) error { return row.Scan(&r.Quarters, &r.More) })
		return s.send(ctx, batch)
	})
	if err != nil {
		return upkeep.Refreshed{}, fmt.Errorf("count messages: %w", err)
	}
	return r, nil
}

// RefreshDetails counts anew the failures and latencies of one day whose messages changed, and says whether there was one.
// A day that was counted a moment ago waits, unless all are wanted.
func (s *Store) RefreshDetails(ctx context.Context, now time.Time, all bool) (bool, error) {
	before := now.Add(-detailsEvery)
	if all {
		before = now.AddDate(100, 0, 0)
	}
	var day *time.Time
	err := s.retry(ctx, func() error {
		batch := &pgx.Batch{}
		batch.Queue(partitionsStand)
		batch.Queue(`SELECT heed.refresh_details($1, $2)`, before, now).QueryRow(func(row pgx.Row) error { return row.Scan(&day) })
		return s.send(ctx, batch)
	})
	if err != nil {
		return false, fmt.Errorf("count failures and latencies: %w", err)
	}
	return day != nil, nil
}

// CloseSilent gives up waiting for a last word on messages that were sent since a time and before another, a batch at a
// time: no_receipt, where nothing better is known. It says how many became that, and from when on there may be more.
func (s *Store) CloseSilent(ctx context.Context, now, since, before time.Time) (upkeep.Closed, error) {
	var c upkeep.Closed
	var quarters int
	err := s.retry(ctx, func() error {
		return s.pool.QueryRow(ctx, `SELECT silent, quarters, upto FROM heed.close_silent($1, $2, $3, $4, $5)`,
			int16(sms.RankNoReceipt), since, before, closeAtOnce, now).Scan(&c.Silent, &quarters, &c.Upto)
	})
	if err != nil {
		return upkeep.Closed{}, fmt.Errorf("close messages without a receipt: %w", err)
	}
	c.More = quarters == closeAtOnce
	return c, nil
}

// markAll marks every quarter that has messages, or counts of messages, and a quarter of each day that has counts.
const markAll = `
INSERT INTO heed.rollup_mark (bucket)
SELECT heed.quarter_of(requested_at) FROM heed.message WHERE requested_at >= $1 AND requested_at < $2
UNION SELECT bucket FROM heed.delivery_quarter WHERE bucket >= $1 AND bucket < $2
UNION SELECT heed.midnight(day) FROM (SELECT day FROM heed.delivery_day UNION SELECT day FROM heed.failure_day UNION SELECT day FROM heed.latency_day) d
WHERE heed.midnight(day) >= $1 AND heed.midnight(day) < $2`

// MarkDelivery has every quarter from a time until before another counted anew, and says how many. Quarters whose
// messages retention dropped keep their counts.
func (s *Store) MarkDelivery(ctx context.Context, since, until time.Time) (int, error) {
	marked := 0
	batch := &pgx.Batch{}
	batch.Queue(partitionsStand)
	batch.Queue(markAll, since, until).Exec(func(tag pgconn.CommandTag) error { marked = int(tag.RowsAffected()); return nil })
	if err := s.send(ctx, batch); err != nil {
		return 0, fmt.Errorf("mark what is to be counted: %w", err)
	}
	return marked, nil
}

// A count is one of the tables of counts: the function that says what it has to hold of a span of time, the day of a row
// d, and the condition that a row waits to be counted anyway.
type count struct{ table, recount, day, waiting string }

var counts = []count{
	{"delivery_quarter", "count_quarters", "heed.day_of(d.bucket)", "EXISTS (SELECT FROM heed.rollup_mark m WHERE m.bucket = d.bucket)"},
	{"delivery_day", "count_days", "d.day", "false"},
	{"failure_day", "count_failures", "d.day", staleDay},
	{"latency_day", "count_latencies", "d.day", staleDay},
}

const staleDay = `EXISTS (SELECT FROM heed.rollup_day r WHERE r.day = d.day AND r.stale)
    OR EXISTS (SELECT FROM heed.rollup_mark m WHERE heed.day_of(m.bucket) = d.day)`

// wrong gives the days on which a table of counts is not what its recount is.
func (c count) wrong() string {
	key, since, until := "day", "$1::date", "$2::date"
	if c.table == "delivery_quarter" {
		key, since, until = "bucket", "heed.midnight($1::date)", "heed.midnight($2::date)"
	}
	return `
WITH counted AS MATERIALIZED (
    SELECT * FROM heed.` + c.recount + `(` + since + `, ` + until + `)
), stood AS MATERIALIZED (
    SELECT * FROM heed.` + c.table + ` WHERE ` + key + ` >= ` + since + ` AND ` + key + ` < ` + until + `
), differs AS (
    (TABLE counted EXCEPT ALL TABLE stood) UNION ALL (TABLE stood EXCEPT ALL TABLE counted)
)
SELECT DISTINCT ` + c.day + ` AS day FROM differs d
-- Of days whose messages retention dropped, what was counted stands.
WHERE ` + c.day + ` >= (SELECT heed.day_of(counted_from) FROM heed.rollup_state) AND NOT (` + c.waiting + `)
ORDER BY day`
}

// Miscount is a day (UTC) on which a table of counts is not what a recount of the messages gives.
type Miscount struct {
	Table string    `json:"table"`
	Day   time.Time `json:"day"`
}

// CheckCounts recounts every message of the days (UTC) from one until before another and compares. What waits to be counted
// is no fault.
func (s *Store) CheckCounts(ctx context.Context, since, until time.Time) ([]Miscount, error) {
	var all []Miscount
	err := pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		for _, c := range counts {
			rows, err := tx.Query(ctx, c.wrong(), since, until)
			if err != nil {
				return err
			}
			days, err := pgx.CollectRows(rows, pgx.RowTo[time.Time])
			if err != nil {
				return err
			}
			for _, day := range days {
				all = append(all, Miscount{c.table, day.UTC()})
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("compare the counts with the messages: %w", err)
	}
	return all, nil
}

// CountsWaiting says how many quarters of an hour wait to be counted, and how many days for their failures and latencies.
func (s *Store) CountsWaiting(ctx context.Context) (quarters, days int, err error) {
	err = s.pool.QueryRow(ctx, `SELECT (SELECT count(DISTINCT bucket) FROM heed.rollup_mark), (SELECT count(*) FROM heed.rollup_day WHERE stale)`).Scan(&quarters, &days)
	if err != nil {
		return 0, 0, fmt.Errorf("look for what waits to be counted: %w", err)
	}
	return quarters, days, nil
}

// FirstMessage is when the oldest message was sent, or counted; zero where there is none.
func (s *Store) FirstMessage(ctx context.Context) (time.Time, error) {
	var first *time.Time
	err := s.pool.QueryRow(ctx, `SELECT least((SELECT min(requested_at) FROM heed.message), (SELECT min(bucket) FROM heed.delivery_quarter))`).Scan(&first)
	if err != nil {
		return time.Time{}, fmt.Errorf("look for the first message: %w", err)
	}
	if first == nil {
		return time.Time{}, nil
	}
	return first.UTC(), nil
}
