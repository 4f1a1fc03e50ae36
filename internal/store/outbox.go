package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/heedsms/heed/internal/outbox"
	"github.com/heedsms/heed/internal/reconcile"
	"github.com/heedsms/heed/internal/sms"
)

// claimActions claims, of some chains, every action that is next: planned, due, and with all that stands before it
// in its chain settled or claimed in the same breath.
//
// The chain finds the rows. coalesce keeps the planner from the index of open actions beside it: until the next vacuum
// that index holds every action that was open lately, and it would be read once a chain.
const claimActions = `
WITH %s, open AS (
    SELECT o.*
    FROM wanted CROSS JOIN LATERAL (
        SELECT o.id, o.chain, o.seq, o.kind, o.purpose, o.state, o.program, o.contact, o.opt_out_list, o.not_before
        FROM heed.outbox o
        WHERE o.chain = wanted.chain AND coalesce(o.state, '') IN ('planned', 'claimed')
        ORDER BY o.seq
        LIMIT 1000 -- no chain is as long; it keeps the planner to the key of the chain, whatever it thinks of the table
        FOR UPDATE SKIP LOCKED) o
), due AS (
    SELECT open.*, state = 'planned' AND not_before <= $1
           AND (kind <> 'sync_optout' OR (
               -- One worker at a time speaks to AWS for a number on a list. All of these are looked up by the contact, a
               -- row at a time: the partial indexes hold every action that was open or claimed since the last vacuum.
               (SELECT true FROM heed.outbox other
                WHERE other.contact = open.contact AND other.opt_out_list = open.opt_out_list
                  AND other.kind = 'sync_optout' AND coalesce(other.state, '') = 'claimed' AND other.lead LIMIT 1) IS NULL
               -- Nobody is listed while the confirmation of an opt-out is still on its way to them: AWS would refuse
               -- it. Those claimed in the same breath go first (internal/outbox).
               AND NOT EXISTS (
                   SELECT FROM heed.outbox c
                   WHERE c.contact = open.contact AND c.program = open.program AND c.chain <> open.chain
                     AND c.kind = 'reply' AND c.purpose = 'opt_out' AND coalesce(c.state, '') IN ('planned', 'claimed') AND c.expires_at > $1
                     AND c.id NOT IN (SELECT id FROM open o WHERE o.state = 'planned' AND o.not_before <= $1)))) AS ready
    FROM open
), next AS (
    -- In a chain a reply waits for all that stands before it, a list for the replies: lists do not wait for each other.
    SELECT d.*, ready AND NOT EXISTS (
               SELECT FROM due b WHERE b.chain = d.chain AND b.seq < d.seq AND NOT b.ready AND (b.kind = 'reply' OR d.kind = 'reply'))
           -- A row that another worker holds just now is missing from open: what follows it has to wait.
           AND NOT EXISTS (
               SELECT FROM heed.outbox b
               WHERE b.chain = d.chain AND b.seq < d.seq AND (b.kind = 'reply' OR d.kind = 'reply')
                 AND coalesce(b.state, '') IN ('planned', 'claimed') AND b.id NOT IN (SELECT id FROM open)) AS now
    FROM due d
), picked AS MATERIALIZED (
    SELECT id, kind, row_number() OVER (PARTITION BY kind, opt_out_list, contact ORDER BY chain, seq) AS nth
    FROM next WHERE now
), claimed AS (
    UPDATE heed.outbox o
    SET state = 'claimed', attempts = o.attempts + 1, claimed_until = $2,
        lead = n.kind = 'sync_optout' AND n.nth = 1,
        tried_since = CASE WHEN o.error = 'locked_optout' THEN $1 ELSE o.tried_since END
    FROM picked n
    WHERE o.id = n.id AND coalesce(o.state, '') = 'planned'
    RETURNING o.*
)
SELECT c.id::text, c.chain, c.seq, c.kind, c.program, c.contact, c.identity, coalesce(c.opt_out_list, ''),
       coalesce(c.purpose, ''), coalesce(c.rule, ''), coalesce(c.body, ''), c.expires_at, c.attempts, coalesce(c.error, '') = '` + outbox.LeftToComparison + `'
FROM claimed c
-- A person's texts in the order of speaking: what they said first is answered first.
ORDER BY c.contact, c.said_at, c.chain, c.seq`

// The register is read after the claim, by a statement of its own: the claim's snapshot may be older than a STOP that
// was recorded, listed and settled while the claim waited for its locks.
const consentsOf = `
WITH asked AS (%s)
SELECT a.contact, k.program, ` + followed + `
FROM (SELECT contact, contact AS known_as FROM asked
      -- Where nobody ever was forgotten, that is asked once and not for each contact.
      UNION ALL SELECT contact, heed.pseudonym(contact) FROM asked WHERE heed.pseudonym('') IS NOT NULL) a
-- OFFSET keeps the planner to the key: of a register of some thousand people it would read all.
CROSS JOIN LATERAL (SELECT * FROM heed.consent WHERE contact = a.known_as OFFSET 0) k
GROUP BY a.contact, k.program`

// followed is the state that AWS's lists follow, over the rows k of a contact and program. A hold is between heed and the
// person: the lists follow what they said before it, if they said anything. Who was forgotten and is back has two rows of
// a program; what was said last counts, and of one moment the opt-out, as in heed.sending.
const followed = `CASE
    WHEN max(greatest(k.opted_out_at, CASE WHEN k.state = 'opted_out' THEN k.since END))
        >= coalesce(max(greatest(k.opted_in_at, CASE WHEN k.state = 'opted_in' THEN k.since END)), '-infinity') THEN 'opted_out'
    WHEN max(greatest(k.opted_in_at, CASE WHEN k.state = 'opted_in' THEN k.since END)) IS NOT NULL THEN 'opted_in'
    ELSE 'held' END`

var (
	consentsOfChains   = fmt.Sprintf(consentsOf, `SELECT DISTINCT o.contact FROM heed.outbox o WHERE o.chain = ANY ($1::text[])`)
	consentsOfContacts = fmt.Sprintf(consentsOf, `SELECT DISTINCT contact FROM unnest($1::text[]) AS u (contact)`)
)

// ClaimChains claims what is due of the given chains until a time, in one round trip.
func (s *Store) ClaimChains(ctx context.Context, chains []string, now, until time.Time) ([]outbox.Action, error) {
	return s.claim(func() ([]outbox.Action, register, error) {
		var actions []outbox.Action
		consents := register{}
		batch := &pgx.Batch{}
		batch.Queue(claimChains, now, until, chains).Query(func(rows pgx.Rows) error {
			var err error
			actions, err = pgx.CollectRows(rows, scanAction)
			return err
		})
		batch.Queue(consentsOfChains, chains).Query(consents.collect)
		err := s.send(ctx, batch)
		return actions, consents, err
	})
}

// ClaimDue claims what is due of at most limit chains: what people wait for first, then the longest waiting.
func (s *Store) ClaimDue(ctx context.Context, limit int, now, until time.Time) ([]outbox.Action, error) {
	return s.claim(func() ([]outbox.Action, register, error) {
		consents := register{}
		rows, err := s.pool.Query(ctx, claimDue, now, until, limit)
		if err != nil {
			return nil, nil, err
		}
		actions, err := pgx.CollectRows(rows, scanAction)
		if err != nil || len(actions) == 0 {
			return nil, nil, err
		}
		var contacts []string
		for _, a := range actions {
			contacts = append(contacts, string(a.Contact))
		}
		if rows, err = s.pool.Query(ctx, consentsOfContacts, contacts); err == nil {
			err = consents.collect(rows)
		}
		return actions, consents, err
	})
}

var (
	claimChains = fmt.Sprintf(claimActions, `wanted AS (SELECT unnest($3::text[]) AS chain)`)
	claimDue    = fmt.Sprintf(claimActions, `wanted AS (
    -- Words to the application have a claim of their own (words.go).
    SELECT chain FROM heed.outbox WHERE state = 'planned' AND not_before <= $1 AND kind <> 'publish'
    -- What an import or a comparison with AWS's lists has planned may be many thousand: nobody's reply waits for it.
    GROUP BY chain ORDER BY chain ^@ 'reconcile/', chain ^@ 'change/', min(not_before) LIMIT $3)`)
)

// register is the consent of some people: contact to program to state.
type register map[sms.Phone]map[string]string

func (r register) collect(rows pgx.Rows) error {
	var contact sms.Phone
	var program, state string
	_, err := pgx.ForEachRow(rows, []any{&contact, &program, &state}, func() error {
		if r[contact] == nil {
			r[contact] = map[string]string{}
		}
		r[contact][program] = state
		return nil
	})
	return err
}

// claim runs a claim again when it lost a race that a new statement sees.
func (s *Store) claim(once func() ([]outbox.Action, register, error)) ([]outbox.Action, error) {
	const tries = 4
	for try := 1; ; try++ {
		actions, consents, err := once()
		var pg *pgconn.PgError
		switch {
		case err == nil:
			for i := range actions {
				actions[i].Consents = consents[actions[i].Contact]
			}
			return actions, nil
		case try < tries && errors.As(err, &pg) && (pg.Code == "23505" || pg.Code == "40P01"):
			// Another worker claimed the same number on the same list a moment before, too late for this statement to
			// see. A new one sees it and leaves that number alone.
			continue
		}
		return nil, err
	}
}

// Consents is the register of a contact as of now: program to state.
func (s *Store) Consents(ctx context.Context, contact sms.Phone) (map[string]string, error) {
	rows, err := s.pool.Query(ctx, consentsOfContacts, []string{string(contact)})
	consents := register{}
	if err == nil {
		err = consents.collect(rows)
	}
	if err != nil {
		return nil, fmt.Errorf("read the register: %w", err)
	}
	if consents[contact] == nil {
		return map[string]string{}, nil
	}
	return consents[contact], nil
}

func scanAction(row pgx.CollectableRow) (outbox.Action, error) {
	var a outbox.Action
	var expires *time.Time
	err := row.Scan(&a.ID, &a.Chain, &a.Seq, &a.Kind, &a.Program, &a.Contact, &a.Identity, &a.List,
		&a.Purpose, &a.Rule, &a.Body, &expires, &a.Attempts, &a.Left)
	if expires != nil {
		a.ExpiresAt = *expires
	}
	return a, err
}

// settleActions writes outcomes. A worker that outlived its claim writes only what it alone can know: that a reply
// did go out, or an event. An event that is on the bus leaves no copy of its words behind.
const settleActions = settle + `
SELECT count(*) FROM settled`

const settle = `
WITH outcome AS (
    SELECT * FROM unnest($1::text[]::uuid[], $2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::int4[], $8::text[])
        AS x (id, state, not_before, aws_message_id, error, attempts, did)
), settled AS (
    UPDATE heed.outbox o
    SET state = x.state, not_before = coalesce(x.not_before, o.not_before), claimed_until = NULL, lead = false,
        aws_message_id = coalesce(nullif(x.aws_message_id, ''), o.aws_message_id), error = nullif(x.error, ''), did = nullif(x.did, ''),
        settled_at = CASE WHEN x.state <> 'planned' THEN $7::timestamptz END,
        body = CASE WHEN o.kind = 'publish' AND x.state = 'done' THEN NULL ELSE o.body END,
        -- A step that was only held back was not tried.
        attempts = o.attempts - CASE WHEN x.state = 'planned' AND x.error IN ('waits_for_the_step_before', 'deadline') THEN 1 ELSE 0 END
    FROM outcome x
    WHERE o.id = x.id
      AND (o.state = 'claimed' AND o.attempts = x.attempts
           OR o.kind = 'reply' AND x.state = 'done' AND o.state IN ('unknown', 'lost', 'claimed')
           OR o.kind = 'publish' AND x.state = 'done' AND o.state = 'planned')
    RETURNING o.id
)`

// refusedID is the id of the message that stands for a reply o which AWS refused: AWS gave it none.
const refusedID = `'refused-' || o.id`

// settleRefused settles, and makes a message of each reply that AWS refused: nothing else ever tells of it. It is told
// where, and only where, the outcome is: by the same statement.
const settleRefused = settle + `, refused AS (
    INSERT INTO heed.message (message_id, requested_at, contact, identity, program, status, status_rank, status_at, aws_status, event_type,
        is_final, failed_at, failure_status, failure_reason, context, outbox_id, updated_at)
    SELECT ` + refusedID + `, $7, o.contact, o.identity, o.program, $9, $10, $7, '', '', true, $7, r.word, x.error, r.context, o.id, $7
    FROM settled JOIN heed.outbox o USING (id) JOIN outcome x USING (id)
    JOIN unnest($11::text[]::uuid[], $12::text[], $13::text[]::jsonb[]) AS r (id, word, context) USING (id)
), mark AS (
    INSERT INTO heed.rollup_mark (bucket) SELECT heed.quarter_of($7) WHERE EXISTS (SELECT FROM settled JOIN unnest($11::text[]::uuid[]) AS r (id) USING (id))
)
SELECT count(*) FROM settled`

// lockMarked locks what markAWS is to write, before it looks: an UPDATE that has to wait for a row decides on the rest by
// what was so when it began. A text that is being recorded meanwhile, or the settling of the person's other list, is so
// either seen by it or comes after it.
const lockMarked = `
SELECT FROM heed.consent c
JOIN (SELECT DISTINCT u.*, heed.pseudonym(u.contact) AS known_as FROM unnest($1::text[], $2::text[]) AS u (program, contact) OFFSET 0) x
  ON c.program = x.program AND c.contact IN (x.contact, x.known_as)
ORDER BY c.program, c.contact FOR NO KEY UPDATE OF c`

// markAWS writes into the register whether AWS's list agrees, where the person has not said something else since.
var markAWS = `
UPDATE heed.consent c
SET aws_state = x.aws_state,
    -- AWS does not say when the 30 days began. The first refusal bounds it; a later one must not move it.
    aws_locked_until = CASE WHEN x.until IS NOT NULL AND c.aws_locked_until > $6 THEN c.aws_locked_until ELSE x.until END
FROM (SELECT u.*, heed.pseudonym(u.contact) AS known_as
      FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[]) AS u (program, contact, state, aws_state, until) OFFSET 0) x
WHERE c.program = x.program AND c.contact IN (x.contact, x.known_as)
  AND (SELECT ` + followed + ` FROM heed.consent k WHERE k.program = x.program AND k.contact IN (x.contact, x.known_as)) = x.state -- as the claim read it
  AND (x.aws_state <> 'in_sync' OR ` + nothingLeft("o.contact = x.contact AND o.program = c.program", "x.state", "") + `)`

// nothingLeft is the condition that a person is in step with every list: none of some actions o of theirs waits, but to
// take somebody off a list who is to be on it by state, what the lists follow, or has left it since; and none failed
// without having succeeded since. Where the comparison has looked, what waits for it does not count, nor what failed and
// began to be tried before tried, since when the relay still does; tried is "" elsewhere.
func nothingLeft(actions, state, tried string) string {
	moot := `o.error IN ('locked_optout', '` + outbox.LeftToComparison + `') AND (` + state + ` = 'opted_out' OR EXISTS (
                SELECT FROM heed.outbox since WHERE ` + sameListDone + ` AND since.did = 'not_listed' AND since.settled_at >= o.created_at))`
	failed := stillFailed
	if tried != "" {
		moot += ` OR o.error = '` + outbox.LeftToComparison + `'`
		failed += ` AND ` + triedSince + ` > ` + tried
	}
	return `NOT EXISTS (
      SELECT FROM heed.outbox o
      WHERE ` + actions + ` AND o.kind = 'sync_optout'
        AND (coalesce(o.state, '') = 'claimed' OR coalesce(o.state, '') = 'planned' AND (` + moot + `) IS NOT TRUE OR ` + failed + `))`
}

const (
	// sameListDone is the condition that another action, since, for the number and list of an action o is done.
	sameListDone = `since.contact = o.contact AND since.opt_out_list = o.opt_out_list AND since.kind = 'sync_optout' AND since.state = 'done'`
	// stillFailed is the condition that an action o failed and none has succeeded since. One that left the list alone is no
	// success: it did not speak to AWS.
	stillFailed = `o.state = 'failed' AND NOT EXISTS (
                SELECT FROM heed.outbox since WHERE ` + sameListDone + ` AND since.did IS DISTINCT FROM 'left_alone' AND since.settled_at >= o.settled_at)`
	// triedSince is when the tries of an action o began. What AWS held back for its 30 days was not tried meanwhile.
	triedSince = `coalesce(o.tried_since, o.created_at)`
)

// recordRefusals makes a refused send evidence: AWS's list knows of an opt-out that the register does not. Where a list
// merely lags behind the register (pending, locked), for whatever program, it is no news; nor where it did when AWS was
// asked, and has been told by another worker before the refusal came to be written down. What that leaves out by mistake
// the comparison finds on the list.
var recordRefusals = `
WITH refused AS (
    -- The number was listed before the person spoke: a START behind the refused answer outweighs it.
    SELECT DISTINCT ON (x.program, x.contact) x.*, o.said_at
    FROM unnest($1::text[], $2::text[], $3::text[], $5::timestamptz[]) AS x (program, contact, outbox_id, asked_at)
    JOIN heed.outbox o ON o.id = x.outbox_id::uuid
    LEFT JOIN heed.consent c ON c.program = x.program AND c.contact = x.contact
    WHERE (c.program IS NULL OR c.state IN ('held', 'opted_in') AND c.aws_state = 'in_sync')
      -- An opt-out that was taken back, in this program or in another that the list follows: it has not followed yet, or
      -- could not, and is tried again.
      AND NOT EXISTS (SELECT FROM heed.outbox o WHERE o.contact = x.contact AND o.kind = 'sync_optout'
                        AND (coalesce(o.state, '') IN ('planned', 'claimed') OR o.settled_at > x.asked_at - $6::interval OR ` + stillFailed + `))
    ORDER BY x.program, x.contact, o.said_at
), event AS (
    INSERT INTO heed.consent_event (program, contact, state, said_at, source, evidence, actor, recorded_at)
    SELECT program, contact, 'opted_out', said_at, 'send_refused',
           jsonb_build_object('outbox_id', outbox_id, 'reason', 'DESTINATION_PHONE_NUMBER_OPTED_OUT'), 'aws', $4
    FROM refused ORDER BY program
    RETURNING id, program, contact, state, said_at
), follows AS (
    -- AWS has told of the program's own list. Under sender scope one STOP stops all.
    SELECT r.program, r.contact, r.outbox_id, r.said_at, l.list, row_number() OVER (PARTITION BY r.program, r.contact ORDER BY l.list) AS seq
    FROM refused r CROSS JOIN LATERAL (
        SELECT DISTINCT p.value ->> 'optOutList' AS list
        FROM (SELECT ` + settings + ` AS settings) s, jsonb_each(s.settings -> 'programs') p
        WHERE s.settings ->> 'scope' = 'sender' AND p.value ->> 'optOutList' <> ''
          AND p.value ->> 'optOutList' IS DISTINCT FROM s.settings -> 'programs' -> r.program ->> 'optOutList') l
)` + joinRegister(func(row string) string {
	return `CASE WHEN EXISTS (SELECT FROM follows f WHERE f.program = ` + row + `.program AND f.contact = ` + row + `.contact) THEN 'pending' ELSE 'in_sync' END`
}) + `, planned AS (
    INSERT INTO heed.outbox (chain, seq, kind, program, contact, identity, opt_out_list, not_before, said_at, created_at)
    SELECT 'refused/' || f.outbox_id, f.seq, 'sync_optout', f.program, f.contact, o.identity, f.list, $4, f.said_at, $4
    FROM follows f JOIN heed.outbox o ON o.id = f.outbox_id::uuid
    ON CONFLICT (chain, seq) DO NOTHING
)
SELECT count(*) FROM register`

// Settle writes the outcomes of a claim in one round trip.
func (s *Store) Settle(ctx context.Context, outcomes []outbox.Outcome, now time.Time) error {
	err := s.retry(ctx, func() error {
		batch := &pgx.Batch{}
		// Refusals first: they look at the register as it was while the send was refused.
		queueRefusals(batch, outcomes, now)
		queueOutcomes(batch, outcomes, now)
		queueMarks(batch, outcomes, now)
		return s.send(ctx, batch)
	})
	if err != nil {
		return fmt.Errorf("settle actions: %w", err)
	}
	return nil
}

func queueOutcomes(batch *pgx.Batch, outcomes []outbox.Outcome, now time.Time) {
	n := len(outcomes)
	ids, states, notBefore := make([]string, n), make([]string, n), make([]*time.Time, n)
	messages, errs, attempts, did := make([]string, n), make([]string, n), make([]int32, n), make([]string, n)
	for i, o := range outcomes {
		ids[i], states[i], notBefore[i] = o.Action.ID, string(o.State), nullable(o.NotBefore)
		messages[i], errs[i], attempts[i], did[i] = o.MessageID, o.Error, int32(o.Action.Attempts), string(o.Did)
	}
	args := []any{ids, states, notBefore, messages, errs, attempts, now, did}
	var refused, words, contexts []string
	for _, o := range outcomes {
		if o.Refusal != "" {
			refused, words, contexts = append(refused, o.Action.ID), append(words, o.Refusal), append(contexts, object(outbox.ContextOf(o.Action)))
		}
	}
	if len(refused) == 0 {
		batch.Queue(settleActions, args...)
		return
	}
	batch.Queue(settleRefused, append(args, string(sms.StatusRefused), int16(sms.RankRefused), refused, words, contexts)...)
}

// queueMarks says of each person how far AWS's lists have come. A locked list outweighs one that agrees.
func queueMarks(batch *pgx.Batch, outcomes []outbox.Outcome, now time.Time) {
	type who struct{ program, contact string }
	index := map[who]int{}
	var programs, contacts, states, aws []string
	var until []*time.Time
	for _, o := range outcomes {
		a := o.Action
		state, known := a.Consents[a.Program]
		if a.Kind != outbox.SyncOptOut || !known || (o.State != outbox.Done && o.LockedUntil.IsZero()) {
			continue
		}
		w := who{a.Program, string(a.Contact)}
		i, seen := index[w]
		if !seen {
			i = len(programs)
			index[w] = i
			programs, contacts, states = append(programs, a.Program), append(contacts, string(a.Contact)), append(states, state)
			aws, until = append(aws, "in_sync"), append(until, nil)
		}
		if !o.LockedUntil.IsZero() {
			aws[i], until[i] = "locked", &o.LockedUntil
		}
	}
	if len(programs) > 0 {
		batch.Queue(lockMarked, programs, contacts)
		batch.Queue(markAWS, programs, contacts, states, aws, until, now)
	}
}

func queueRefusals(batch *pgx.Batch, outcomes []outbox.Outcome, now time.Time) {
	var programs, contacts, ids []string
	var asked []time.Time
	for _, o := range outcomes {
		if o.OptedOut {
			programs, contacts, ids = append(programs, o.Action.Program), append(contacts, string(o.Action.Contact)), append(ids, o.Action.ID)
			asked = append(asked, o.AskedAt)
		}
	}
	if len(programs) > 0 {
		batch.Queue(lockContacts, contacts)
		batch.Queue(recordRefusals, programs, contacts, ids, now, asked, reconcile.Settling)
	}
}
