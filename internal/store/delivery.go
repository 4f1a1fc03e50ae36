package store

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/heedsms/heed/internal/delivery"
	"github.com/heedsms/heed/internal/parking"
	"github.com/heedsms/heed/internal/sms"
)

// RecordEvents keeps a batch of delivery events in one round trip: it appends the events, folds them into their
// messages, settles the replies that they prove, and records what they show of people, for which a batch that has any of
// it takes more statements in the same round trip. Doing it again, or in another order, ends in the same rows.
func (s *Store) RecordEvents(ctx context.Context, b delivery.Batch) (delivery.Counts, error) {
	var counts delivery.Counts
	var keys []string
	err := s.onItsDay(b, func(with *eventStatements) error {
		return s.retry(ctx, func() (err error) {
			counts, keys, err = s.recordEvents(ctx, b, with)
			return err
		})
	})
	if err != nil {
		return delivery.Counts{}, fmt.Errorf("record events: %w", err)
	}
	counts.New = newEvents(b.Events, counts.NewEvents, keys)
	return counts, nil
}

// recordEvents records a batch by some statements. The keys are of what is new, where the count does not say it.
func (s *Store) recordEvents(ctx context.Context, b delivery.Batch, with *eventStatements) (counts delivery.Counts, keys []string, err error) {
	batch := &pgx.Batch{}
	if len(b.Events) > 0 {
		statement, args := with.plain, []any{deliveryRows(b), len(b.Events), b.At, quartersOf(b.States), b.Replayed}
		if replies, messages := proofArgs(b); len(replies) > 0 {
			statement, args = with.proving, append(args, replies, messages)
		}
		if len(b.Parked) == 0 && len(b.Evidence) == 0 {
			err = s.pool.QueryRow(ctx, statement, args...).Scan(&counts.NewEvents, &counts.Settled, &keys)
			return counts, keys, err
		}
		queueEvidenceLocks(batch, b.Evidence)
		batch.Queue(statement, args...).QueryRow(func(row pgx.Row) error {
			return row.Scan(&counts.NewEvents, &counts.Settled, &keys)
		})
	}
	queueEvidence(batch, b, &counts)
	queueParked(batch, b.Parked)
	err = s.send(ctx, batch)
	return counts, keys, err
}

// newEvents picks the events that were not there before. Mostly all of them, or none: only of a mixed batch the statement
// says which, by their keys.
func newEvents(events []*sms.Event, n int, keys []string) []*sms.Event {
	switch n {
	case 0:
		return nil
	case len(events):
		return events
	}
	isNew := make(map[string]bool, len(keys))
	for _, k := range keys {
		isNew[k] = true
	}
	found := make([]*sms.Event, 0, n)
	for _, e := range events {
		if isNew[e.MessageID+"\x1f"+e.Type+"\x1f"+strconv.FormatInt(e.OccurredAt.UnixMicro(), 10)] {
			found = append(found, e)
		}
	}
	return found
}

// A merge says how a column takes what another event knows. Each is commutative, associative and idempotent, as the
// fold in internal/delivery is; %[1]s is the column.
const (
	greatest = `greatest(t.%[1]s, excluded.%[1]s)`
	least    = `least(t.%[1]s, excluded.%[1]s)`
	either   = `t.%[1]s OR excluded.%[1]s`
	objects  = `CASE WHEN excluded.%[1]s IS NULL OR t.%[1]s = excluded.%[1]s THEN t.%[1]s
        WHEN t.%[1]s IS NULL THEN excluded.%[1]s ELSE heed.merge_objects(t.%[1]s, excluded.%[1]s) END`
	// The word with the higher rank; of equal ranks the later, of equal times the greater.
	word = `CASE WHEN (excluded.status_rank, excluded.status_at, excluded.aws_status, excluded.event_type, excluded.status)
        > (t.status_rank, t.status_at, t.aws_status, t.event_type, t.status) THEN excluded.%[1]s ELSE t.%[1]s END`
	firstFailure = `CASE WHEN t.failed_at IS NULL OR (excluded.failed_at, excluded.failure_status, excluded.failure_reason)
        < (t.failed_at, t.failure_status, t.failure_reason) THEN excluded.%[1]s ELSE t.%[1]s END`
	asKey = ``
)

// column is one column of an upsert: how its value is read out of a row, x (mostly that of the same name), and how it merges.
type column struct{ name, value, merge string }

var eventColumns = []column{
	{"message_id", "", asKey},
	{"event_type", "", asKey},
	{"occurred_at", "", asKey},
	{"requested_at", "", least},
	{"aws_status", "", greatest},
	{"status", "", greatest},
	{"is_final", "", either},
	{"contact", "", greatest},
	{"identity", "", greatest},
	{"country", "", greatest},
	{"mcc", "", greatest},
	{"mnc", "", greatest},
	{"carrier", "", greatest},
	{"encoding", "", greatest},
	{"message_type", "", greatest},
	{"description", "", greatest},
	{"parts", "", greatest},
	{"price", "", greatest},
	{"carrier_fee", "", greatest},
	{"is_international", "", greatest},
	{"context", "", objects},
	{"extra", "", objects},
}

var messageColumns = []column{
	{"message_id", "", asKey},
	{"requested_at", "", asKey},
	{"status_rank", "", word},
	{"status", "", word},
	{"status_at", "x.occurred_at", word},
	{"aws_status", "", word},
	{"event_type", "", word},
	{"contact", "", greatest},
	{"identity", "", greatest},
	{"program", "", greatest},
	{"is_final", "", either},
	{"accepted_at", "", least},
	{"delivered_at", "", least},
	{"read_at", "", least},
	{"failed_at", "", firstFailure},
	{"failure_status", "", firstFailure},
	{"failure_reason", "", firstFailure},
	{"parts", "", greatest},
	{"price", "", greatest},
	{"carrier_fee", "", greatest},
	{"country", "", greatest},
	{"mcc", "", greatest},
	{"mnc", "", greatest},
	{"carrier", "", greatest},
	{"encoding", "", greatest},
	{"message_type", "", greatest},
	{"context", "", objects},
	{"campaign", "", greatest},
	{"tenant", "", greatest},
	{"template", "", greatest},
	{"outbox_id", "x.outbox_id::uuid", greatest},
}

// eventStatements are the one statement of the events path, without and with the part that looks for replies: few batches
// carry ids of any.
type eventStatements struct{ plain, proving string }

// allDays write into the tables as a whole, whatever the days of a batch are.
var allDays = eventStatementsOf("heed.delivery_event", "heed.message")

// eventStatementsOf are the statements that write into two tables, or into partitions of the two.
//
// An event that came again as it was is not among those of the first part, and its message is left alone: what it
// knows was merged when it was new, in the same transaction. So a redelivery writes nothing but that it happened.
func eventStatementsOf(events, messages string) eventStatements {
	keys, merges, differs := onConflict(eventColumns)
	// Nothing is read of the first part: its tables are locked before their partitions, as everybody else does it. Postgres
	// locks the table of a partition that is written by its name only when it checks the first row.
	statement := `WITH locked AS (SELECT FROM heed.delivery_event, heed.message), event AS (` + insert(events, eventColumns, "received_at") + `
    WHERE x.is_event
    ON CONFLICT (` + keys + `) DO UPDATE SET ` + merges + `
    -- What came is compared with what is there, and not what both make: nothing shows whether the row was written
    -- again with what it held, and it is half the expressions to prepare for each batch.
    WHERE ` + differs + `
    -- Merging leaves received_at as it was.
    RETURNING message_id, event_type, occurred_at, received_at = $3 AS is_new
), message AS (`
	keys, merges, _ = onConflict(messageColumns)
	statement += insert(messages, messageColumns, "updated_at") + `
    -- IS TRUE keeps the planner from making a join of it, which with the numbers of rows that it assumes is one loop
    -- in another.
    WHERE x.status_rank IS NOT NULL AND (x.message_id IN (SELECT message_id FROM event)) IS TRUE
    ON CONFLICT (` + keys + `) DO UPDATE SET ` + merges + `, updated_at = excluded.updated_at
), marked AS (
    INSERT INTO heed.rollup_mark (bucket, duplicates)
    SELECT quarter, NULL FROM unnest($4::timestamptz[]) AS quarter WHERE EXISTS (SELECT FROM event)
    UNION ALL
    SELECT NULL, $2 - count(*) FILTER (WHERE is_new) FROM event HAVING NOT $5::boolean AND count(*) FILTER (WHERE is_new) < $2
)
SELECT count(*) FILTER (WHERE is_new), `
	const (
		unproved = `0::bigint`
		// By the key alone: a condition on the kind would offer the planner an index of all replies.
		proved = `CASE WHEN EXISTS (
    SELECT FROM heed.outbox WHERE id = ANY ($6::text[]::uuid[]) AND state <> 'done'
) THEN heed.prove_replies($6::text[]::uuid[], $7::text[], $3) ELSE 0 END`
		// The keys of what is new, only where they say more than the count: of most batches all is new or nothing.
		named = `, CASE WHEN count(*) FILTER (WHERE is_new) BETWEEN 1 AND $2 - 1 THEN ARRAY(
    SELECT concat_ws(E'\x1f', message_id, event_type, (extract(epoch FROM occurred_at) * 1000000)::bigint) FROM event WHERE is_new
) END FROM event`
	)
	return eventStatements{plain: statement + unproved + named, proving: statement + proved + named}
}

// insert writes the beginning of the statement that brings the rows, x, into a table, t; stamp is the column for the time
// of the batch, $3. Reading the parameter once for each table costs less than handing its rows on.
func insert(table string, columns []column, stamp string) string {
	var names, values []string
	for _, c := range columns {
		names, values = append(names, c.name), append(values, cmp.Or(c.value, "x."+c.name))
	}
	return `
    INSERT INTO ` + table + ` AS t (` + strings.Join(names, ", ") + `, ` + stamp + `)
    SELECT ` + strings.Join(values, ", ") + `, $3::timestamptz
    FROM unnest($1::` + deliveryRow + `[]) AS x`
}

// onConflict lists the key, how every other column merges, and the condition that what came differs from what is
// there.
func onConflict(columns []column) (keys, merges, differs string) {
	var key, merge, old, came []string
	for _, c := range columns {
		if c.merge == asKey {
			key = append(key, c.name)
			continue
		}
		merge = append(merge, c.name+" = "+fmt.Sprintf(c.merge, c.name))
		old, came = append(old, "t."+c.name), append(came, "excluded."+c.name)
	}
	return strings.Join(key, ", "), strings.Join(merge, ",\n        "),
		"(" + strings.Join(old, ", ") + ")\n        IS DISTINCT FROM (" + strings.Join(came, ", ") + ")"
}

const insertParked = `
INSERT INTO heed.parked (source, source_id, reason, error, body, encoding, parked_at)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[])
ON CONFLICT (source, source_id) DO NOTHING`

// queueParked adds what has to be set aside to a batch of statements: it is kept together with its neighbours or
// not at all, and before either is acknowledged.
func queueParked(batch *pgx.Batch, items []parking.Item) {
	if len(items) == 0 {
		return
	}
	n := len(items)
	source, id, reason, detail := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	body, encoding, at := make([]string, n), make([]string, n), make([]time.Time, n)
	for i, p := range items {
		source[i], id[i], reason[i], detail[i] = p.Source, p.SourceID, p.Reason, p.Error
		body[i], encoding[i], at[i] = p.Body, p.Encoding, p.At
	}
	batch.Queue(insertParked, source, id, reason, detail, body, encoding, at)
}
