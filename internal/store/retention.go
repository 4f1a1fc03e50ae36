package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/heedsms/heed/internal/upkeep"
)

// retainMost is how many rows of a table one batch removes: it locks them for a moment only.
const retainMost = 1000

// lockRemoval comes before what spares those on legal hold, and before a hold that is placed. One that was placed while
// the other waited for a lock would be committed, and spare nothing. It also puts two relays that drop the same day behind
// each other: the second finds nothing left to drop.
const lockRemoval = `SELECT pg_advisory_xact_lock(hashtextextended('heed.drop_partitions', 0))`

// onHold is the condition that a contact is on legal hold.
func onHold(contact string) string {
	return `EXISTS (SELECT FROM heed.legal_hold h WHERE h.contact = ` + contact + ` AND h.lifted_at IS NULL)`
}

// What is to be removed, as conditions on rows that are older than $1. Every one has an index. What nobody has replayed
// yet stays, however old: it may hold a STOP.
var (
	oldBodies  = `heed.inbound i WHERE i.body_removed_at IS NULL AND i.received_at < $1 AND NOT ` + onHold("i.contact")
	oldActions = `heed.outbox o WHERE o.settled_at < $1 AND o.state IN ('done', 'failed', 'expired', 'lost') AND NOT ` + onHold("o.contact")
	oldParked  = `heed.parked p WHERE p.replayed_at < $1 AND NOT EXISTS (
    SELECT FROM heed.legal_hold h WHERE h.lifted_at IS NULL AND heed.mentions(p.body, p.encoding, h.contact))`
)

// removeBodies empties texts, and the answers to them: they quote. Verdict and reason stay, and so do the words of those
// texts that changed consent, as its evidence.
var removeBodies = `
WITH old AS (
    SELECT i.identity, i.inbound_message_id, i.variant FROM ` + oldBodies + ` ORDER BY i.received_at LIMIT $2 FOR UPDATE OF i SKIP LOCKED
), emptied AS (
    UPDATE heed.inbound i SET body = '', raw = '', matched = '', args = NULL, body_removed_at = $3
    FROM old
    WHERE (i.identity, i.inbound_message_id, i.variant) = (old.identity, old.inbound_message_id, old.variant)
    RETURNING i.identity || '/' || i.inbound_message_id || '/' || i.variant AS chain
), answers AS (
    UPDATE heed.outbox o SET body = NULL FROM emptied e
    WHERE o.chain = e.chain AND o.body IS NOT NULL AND o.state NOT IN ('planned', 'claimed')
)
SELECT FROM emptied`

// An array of ids keeps the planner to the key: a thousand rows of a join are reason enough for it to read the table.
var removeActions = `
DELETE FROM heed.outbox WHERE id = ANY (ARRAY(SELECT o.id FROM ` + oldActions + ` ORDER BY o.settled_at LIMIT $2 FOR UPDATE OF o SKIP LOCKED))`

var removeParked = `
DELETE FROM heed.parked WHERE id = ANY (ARRAY(SELECT p.id FROM ` + oldParked + ` ORDER BY p.replayed_at LIMIT $2 FOR UPDATE OF p SKIP LOCKED))`

// unkept is the condition that a promise, o, is still to be kept: it is open, or a list that failed and that is tried
// again (retryFailed). $2 is since when.
const unkept = `o.state IN ('planned', 'claimed') OR o.kind = 'sync_optout' AND ` + triedSince + ` > $2 AND ` + stillFailed

// removeForgotten removes what could not be when its person was forgotten, because it had to be done first.
const removeForgotten = `
DELETE FROM heed.outbox WHERE id = ANY (ARRAY(SELECT o.id FROM heed.outbox o WHERE o.forget AND NOT (` + unkept + `) LIMIT $1 FOR UPDATE SKIP LOCKED))`

// Retain removes a batch of what is older than it is kept, partitions aside ([Store.Maintain]). People on legal hold
// lose nothing; when the hold is lifted the next run catches up.
func (s *Store) Retain(ctx context.Context, now time.Time, keep upkeep.Kept) (upkeep.Retained, error) {
	var r upkeep.Retained
	err := s.retry(ctx, func() error {
		r = upkeep.Retained{}
		batch := &pgx.Batch{}
		batch.Queue(lockRemoval)
		queue := func(n *int, statement string, args ...any) {
			batch.Queue(statement, args...).Exec(func(tag pgconn.CommandTag) error {
				*n = int(tag.RowsAffected()) // of a SELECT, the rows that it gives
				r.More = r.More || *n == retainMost
				return nil
			})
		}
		if keep.Bodies > 0 {
			queue(&r.Bodies, removeBodies, now.Add(-keep.Bodies), retainMost, now)
		}
		if keep.Outbox > 0 {
			queue(&r.Actions, removeActions, now.Add(-keep.Outbox), retainMost)
		}
		if keep.Parked > 0 {
			queue(&r.Parked, removeParked, now.Add(-keep.Parked), retainMost)
		}
		queue(&r.Forgotten, removeForgotten, retainMost, now.Add(-forgetFailedSync))
		return s.send(ctx, batch)
	})
	if err != nil {
		return upkeep.Retained{}, fmt.Errorf("remove what is old: %w", err)
	}
	return r, nil
}

// Due is a kind of data and how much of it is older than it is kept. Days is 0 where it is kept for ever.
type Due struct {
	Data   string     `json:"data"`
	Days   int        `json:"days"`
	Count  int64      `json:"count"`
	Unit   string     `json:"unit"`
	Oldest *time.Time `json:"oldest,omitempty"`
}

// oldPartitions are those that drop_partitions drops.
const oldPartitions = `
SELECT count(*), min(p.day)::timestamp AT TIME ZONE 'UTC'
FROM (SELECT to_date(right(c.relname, 8), 'YYYYMMDD') AS day FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
      WHERE i.inhparent = ('heed.' || $2)::regclass AND c.relname ~ '_p[0-9]{8}$') p
WHERE p.day < ($1::timestamptz AT TIME ZONE 'UTC')::date`

// DueForRemoval says what [Store.Retain] and [Store.Maintain] would remove by now.
func (s *Store) DueForRemoval(ctx context.Context, now time.Time, keep upkeep.Kept) ([]Due, error) {
	kinds := []struct {
		data, unit, query string
		keep              time.Duration
		more              []any
	}{
		{"words of texts and answers", "texts", `SELECT count(*), min(i.received_at) FROM ` + oldBodies, keep.Bodies, nil},
		{"settled promises", "rows", `SELECT count(*), min(o.settled_at) FROM ` + oldActions, keep.Outbox, nil},
		{"parked inputs that were replayed", "rows", `SELECT count(*), min(p.replayed_at) FROM ` + oldParked, keep.Parked, nil},
		{"delivery events", "days", oldPartitions, keep.Events, []any{"delivery_event"}},
		{"messages", "days", oldPartitions, keep.Messages, []any{"message"}},
	}
	all := make([]Due, len(kinds))
	for i, k := range kinds {
		all[i] = Due{Data: k.data, Unit: k.unit, Days: int(k.keep / (24 * time.Hour))}
		if k.keep == 0 {
			continue
		}
		if err := s.pool.QueryRow(ctx, k.query, append([]any{now.Add(-k.keep)}, k.more...)...).Scan(&all[i].Count, &all[i].Oldest); err != nil {
			return nil, fmt.Errorf("look for old %s: %w", k.data, err)
		}
	}
	return all, nil
}
