package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/jackc/pgx/v5"

	"github.com/heedsms/heed/internal/delivery"
	"github.com/heedsms/heed/internal/parking"
)

// RecordEvents keeps a batch of delivery events in one round trip: it appends the events, folds them into their
// messages and settles the replies that they prove. Doing it again, or in another order, ends in the same rows.
func (s *Store) RecordEvents(ctx context.Context, b delivery.Batch) (delivery.Counts, error) {
	var counts delivery.Counts
	err := s.retry(ctx, func() error {
		counts = delivery.Counts{}
		batch := &pgx.Batch{}
		if len(b.Events) > 0 {
			statement, args := recordEvents, append(eventArgs(b), messageArgs(b)...)
			if proofs, messages := proofArgs(b); len(proofs) > 0 {
				statement, args = recordEventsWithProofs, append(args, proofs, messages)
			}
			batch.Queue(statement, args...).QueryRow(func(row pgx.Row) error {
				return row.Scan(&counts.NewEvents, &counts.Messages, &counts.Settled)
			})
		}
		queueParked(batch, b.Parked)
		return s.send(ctx, batch)
	})
	if err != nil {
		return delivery.Counts{}, fmt.Errorf("record events: %w", err)
	}
	return counts, nil
}

// eventArgs and messageArgs give one array a column, in the order of the columns below.
func eventArgs(b delivery.Batch) []any {
	n := len(b.Events)
	ids, types, at, requested := make([]string, n), make([]string, n), make([]time.Time, n), make([]time.Time, n)
	awsStatus, status, final := make([]string, n), make([]string, n), make([]bool, n)
	contact, identity, country := make([]string, n), make([]string, n), make([]string, n)
	mcc, mnc, carrier := make([]string, n), make([]string, n), make([]string, n)
	encoding, kind, description := make([]string, n), make([]string, n), make([]string, n)
	parts, price, fee := make([]int32, n), make([]string, n), make([]string, n)
	international, context, extra := make([]string, n), make([]string, n), make([]string, n)
	for i, e := range b.Events {
		ids[i], types[i], at[i], requested[i] = e.MessageID, e.Type, e.OccurredAt, e.RequestedAt
		awsStatus[i], status[i], final[i] = e.AWSStatus, string(e.Status), e.Final
		contact[i], identity[i], country[i] = string(e.Contact), string(e.Identity), e.Country
		mcc[i], mnc[i], carrier[i] = e.MCC, e.MNC, e.Carrier
		encoding[i], kind[i], description[i] = e.Encoding, e.MessageType, e.Description
		parts[i], price[i], fee[i] = int32(e.Parts), string(e.Price), string(e.CarrierFee)
		international[i], context[i], extra[i] = e.International, object(e.Context), e.Extra
	}
	return []any{
		ids, types, at, requested, awsStatus, status, final, contact, identity, country, mcc, mnc, carrier,
		encoding, kind, description, parts, price, fee, international, context, extra, b.At,
	}
}

func messageArgs(b delivery.Batch) []any {
	n := len(b.States)
	ids, requested := make([]string, n), make([]time.Time, n)
	contact, identity, program := make([]string, n), make([]string, n), make([]string, n)
	status, rank, at := make([]string, n), make([]int16, n), make([]time.Time, n)
	awsStatus, eventType, final := make([]string, n), make([]string, n), make([]bool, n)
	accepted, delivered, read, failed := make([]*time.Time, n), make([]*time.Time, n), make([]*time.Time, n), make([]*time.Time, n)
	failureStatus, failureReason := make([]string, n), make([]string, n)
	parts, price, fee := make([]int32, n), make([]string, n), make([]string, n)
	country, mcc, mnc, carrier := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	encoding, kind, context := make([]string, n), make([]string, n), make([]string, n)
	for i, m := range b.States {
		ids[i], requested[i] = m.MessageID, m.RequestedAt
		contact[i], identity[i], program[i] = string(m.Contact), string(m.Identity), m.Program
		status[i], rank[i], at[i] = string(m.Status), int16(m.Rank), m.StatusAt
		awsStatus[i], eventType[i], final[i] = m.AWSStatus, m.EventType, m.Final
		accepted[i], delivered[i], read[i], failed[i] = nullable(m.AcceptedAt), nullable(m.DeliveredAt), nullable(m.ReadAt), nullable(m.FailedAt)
		failureStatus[i], failureReason[i] = m.FailureStatus, m.FailureReason
		parts[i], price[i], fee[i] = int32(m.Parts), string(m.Price), string(m.CarrierFee)
		country[i], mcc[i], mnc[i], carrier[i] = m.Country, m.MCC, m.MNC, m.Carrier
		encoding[i], kind[i], context[i] = m.Encoding, m.MessageType, object(m.Context)
	}
	return []any{
		ids, requested, rank, status, at, awsStatus, eventType, contact, identity, program, final,
		accepted, delivered, read, failed, failureStatus, failureReason, parts, price, fee,
		country, mcc, mnc, carrier, encoding, kind, context,
	}
}

func proofArgs(b delivery.Batch) (ids, messages []string) {
	for _, p := range b.Proofs {
		// The key is in the Context of whoever sends with this account: what is no id of ours is nobody's proof.
		if isUUID(p.OutboxID) {
			ids, messages = append(ids, p.OutboxID), append(messages, p.MessageID)
		}
	}
	return ids, messages
}

func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i, c := range []byte(s) {
		if dash := i == 8 || i == 13 || i == 18 || i == 23; dash != (c == '-') || (!dash && !strings.ContainsRune("0123456789abcdef", rune(c))) {
			return false
		}
	}
	return true
}

// object is a map as the text of a JSON object, "" when it is empty.
func object(m map[string]string) string {
	if len(m) == 0 {
		return ""
	}
	out := append(make([]byte, 0, 96), '{')
	for k, v := range m {
		if len(out) > 1 {
			out = append(out, ',')
		}
		out, _ = jsontext.AppendQuote(out, k)
		out = append(out, ':')
		out, _ = jsontext.AppendQuote(out, v)
	}
	return string(append(out, '}'))
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

// column is one column of an upsert: how its array is cast, how a value is read out of it (%s), how it merges.
type column struct{ name, array, value, merge string }

const (
	plainValue = `%s`
	emptyNull  = `nullif(%s, '')`
	zeroNull   = `nullif(%s, 0)`
)

var eventColumns = []column{
	{"message_id", "text", plainValue, asKey},
	{"event_type", "text", plainValue, asKey},
	{"occurred_at", "timestamptz", plainValue, asKey},
	{"requested_at", "timestamptz", plainValue, least},
	{"aws_status", "text", plainValue, greatest},
	{"status", "text", plainValue, greatest},
	{"is_final", "bool", plainValue, either},
	{"contact", "text", emptyNull, greatest},
	{"identity", "text", emptyNull, greatest},
	{"country", "text", emptyNull, greatest},
	{"mcc", "text", emptyNull, greatest},
	{"mnc", "text", emptyNull, greatest},
	{"carrier", "text", emptyNull, greatest},
	{"encoding", "text", emptyNull, greatest},
	{"message_type", "text", emptyNull, greatest},
	{"description", "text", emptyNull, greatest},
	{"parts", "int4", zeroNull, greatest},
	{"price", "text", emptyNull + "::numeric", greatest},
	{"carrier_fee", "text", emptyNull + "::numeric", greatest},
	{"is_international", "text", emptyNull + "::boolean", greatest},
	{"context", "text", emptyNull + "::jsonb", objects},
	{"extra", "text", emptyNull + "::jsonb", objects},
}

// The rank comes first: nearly every event that meets its message raises it, and then the comparison that asks whether
// anything changes ends with the first column.
var messageColumns = []column{
	{"message_id", "text", plainValue, asKey},
	{"requested_at", "timestamptz", plainValue, asKey},
	{"status_rank", "int2", plainValue, word},
	{"status", "text", plainValue, word},
	{"status_at", "timestamptz", plainValue, word},
	{"aws_status", "text", plainValue, word},
	{"event_type", "text", plainValue, word},
	{"contact", "text", emptyNull, greatest},
	{"identity", "text", emptyNull, greatest},
	{"program", "text", emptyNull, greatest},
	{"is_final", "bool", plainValue, either},
	{"accepted_at", "timestamptz", plainValue, least},
	{"delivered_at", "timestamptz", plainValue, least},
	{"read_at", "timestamptz", plainValue, least},
	{"failed_at", "timestamptz", plainValue, firstFailure},
	{"failure_status", "text", `CASE WHEN x.failed_at IS NOT NULL THEN %s END`, firstFailure},
	{"failure_reason", "text", `CASE WHEN x.failed_at IS NOT NULL THEN %s END`, firstFailure},
	{"parts", "int4", zeroNull, greatest},
	{"price", "text", emptyNull + "::numeric", greatest},
	{"carrier_fee", "text", emptyNull + "::numeric", greatest},
	{"country", "text", emptyNull, greatest},
	{"mcc", "text", emptyNull, greatest},
	{"mnc", "text", emptyNull, greatest},
	{"carrier", "text", emptyNull, greatest},
	{"encoding", "text", emptyNull, greatest},
	{"message_type", "text", emptyNull, greatest},
	{"context", "text", emptyNull + "::jsonb", objects},
}

// recordEvents is the one statement of the events path. Few batches prove a reply: the others go without the part
// that looks for it.
var recordEvents, recordEventsWithProofs = func() (plain, proving string) {
	at := fmt.Sprintf("$%d", len(eventColumns)+1)
	first := len(eventColumns) + 2
	proofs := first + len(messageColumns)
	plain = `WITH event AS (` +
		upsert("heed.delivery_event", eventColumns, 1, "received_at", at, false) + `
    -- Merging leaves received_at as it was.
    RETURNING received_at = ` + at + ` AS is_new
), message AS (` +
		upsert("heed.message", messageColumns, first, "updated_at", at, true) + `
    RETURNING 1
)`
	proving = plain + `, proved AS (
    UPDATE heed.outbox o
    SET state = 'done', aws_message_id = p.message_id, claimed_until = NULL, lead = false, error = NULL,
        settled_at = coalesce(o.settled_at, ` + at + `)
    FROM unnest($` + fmt.Sprint(proofs) + `::text[]::uuid[], $` + fmt.Sprint(proofs+1) + `::text[]) AS p (id, message_id)
    -- Whatever the outbox thought of it, it went out.
    WHERE o.id = p.id AND o.kind = 'reply' AND o.state <> 'done'
    RETURNING 1
)`
	counts := `
SELECT (SELECT count(*) FROM event WHERE is_new), (SELECT count(*) FROM message), `
	return plain + counts + `0::bigint`, proving + counts + `(SELECT count(*) FROM proved)`
}()

// upsert writes the statement that brings a set of rows into a table: new rows are inserted, known ones merged, and
// rows that would not change are left alone, so that a redelivery writes nothing. With touch the stamp tells of the
// last change.
func upsert(table string, columns []column, firstArg int, stamp, stampArg string, touch bool) string {
	var names, arrays, values, keys, sets, old, merged []string
	for _, c := range columns {
		names = append(names, c.name)
		arrays = append(arrays, c.name+" "+c.array)
		values = append(values, fmt.Sprintf(c.value, "x."+c.name))
		if c.merge == asKey {
			keys = append(keys, c.name)
			continue
		}
		expression := fmt.Sprintf(c.merge, c.name)
		sets = append(sets, c.name+" = "+expression)
		old = append(old, "t."+c.name)
		if !touch {
			// Nothing shows whether the row was written again with what it held: comparing what came is enough, and is
			// half the expressions to prepare for each batch.
			expression = "excluded." + c.name
		}
		merged = append(merged, expression)
	}
	if touch {
		sets = append(sets, stamp+" = excluded."+stamp)
	}
	return `
    INSERT INTO ` + table + ` AS t (` + strings.Join(names, ", ") + `, ` + stamp + `)
    SELECT ` + strings.Join(values, ", ") + `, ` + stampArg + `::timestamptz
    FROM (` + rows(firstArg, strings.Join(arrays, ", ")) + `) AS x
    ON CONFLICT (` + strings.Join(keys, ", ") + `) DO UPDATE SET ` + strings.Join(sets, ",\n        ") + `
    WHERE (` + strings.Join(old, ", ") + `)
        IS DISTINCT FROM (` + strings.Join(merged, ",\n        ") + `)`
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
