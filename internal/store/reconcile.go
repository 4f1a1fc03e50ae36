package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/heedsms/heed/internal/reconcile"
	"github.com/heedsms/heed/internal/sms"
)

// pass is the pass over a list, held by a lock of its connection: who is killed lets go of it.
type pass struct {
	store *Store
	conn  *pgxpool.Conn
	list  reconcile.List
	dry   bool
	// pending are the next who may be said to agree, in order. Whoever goes on with the pass reads them again.
	pending []string
}

// The lock of a pass: one for the pass that counts, one for the dry run.
const (
	tryLock = `SELECT pg_try_advisory_lock(1751475557, hashtext($1 || CASE WHEN $2 THEN ' dry run' ELSE '' END))`
	unlock  = `SELECT pg_advisory_unlock(1751475557, hashtext($1 || CASE WHEN $2 THEN ' dry run' ELSE '' END))`
)

// HoldPass takes hold of the pass over a list. Nil: another worker has it.
func (s *Store) HoldPass(ctx context.Context, list reconcile.List, dryRun bool) (reconcile.Pass, error) {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return nil, fmt.Errorf("hold the pass: %w", err)
	}
	var mine bool
	if err := conn.QueryRow(ctx, tryLock, list.Name, dryRun).Scan(&mine); err != nil || !mine {
		conn.Release()
		if err != nil {
			return nil, fmt.Errorf("hold the pass: %w", err)
		}
		return nil, nil //nolint:nilnil // no pass and no fault: another worker has it
	}
	return &pass{store: s, conn: conn, list: list, dry: dryRun}, nil
}

// Release lets the next worker have the pass.
func (p *pass) Release() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if _, err := p.conn.Exec(ctx, unlock, p.list.Name, p.dry); err != nil {
		_ = p.conn.Conn().Close(ctx) // the lock goes with the connection
	}
	p.conn.Release()
}

const progressColumns = `started_at, finished_at, coalesce(next_token, ''), after IS NOT NULL, coalesce(after, ''), ` + hasCompared + `, pages, numbers, counts::text`

// hasCompared says that a pass has compared everybody.
const hasCompared = `coalesce(compared = started_at, false)`

func scanProgress(row pgx.Row) (reconcile.Progress, error) {
	var p reconcile.Progress
	var finished *time.Time
	var counts string
	if err := row.Scan(&p.StartedAt, &finished, &p.Token, &p.Read, &p.After, &p.Compared, &p.Pages, &p.Numbers, &counts); err != nil {
		return p, err
	}
	if finished != nil {
		p.FinishedAt = *finished
	}
	p.Counts = map[reconcile.Decision]int{}
	return p, json.Unmarshal([]byte(counts), &p.Counts)
}

// Progress is how far the pass has come, or the last one came; false: there was none.
func (p *pass) Progress(ctx context.Context) (reconcile.Progress, bool, error) {
	progress, err := scanProgress(p.conn.QueryRow(ctx, `SELECT `+progressColumns+` FROM heed.reconcile WHERE list = $1 AND dry_run = $2`, p.list.Name, p.dry))
	if errors.Is(err, pgx.ErrNoRows) {
		return progress, false, nil
	}
	if err == nil && progress.Finished() {
		err = p.conn.QueryRow(ctx, openActions, passChain(p.list.Name, progress.StartedAt)).Scan(&progress.Open)
	}
	if err != nil {
		return progress, false, fmt.Errorf("read the pass: %w", err)
	}
	return progress, true, nil
}

const openActions = `
SELECT EXISTS (SELECT FROM heed.outbox
               WHERE chain ^@ $1 AND state IN ('planned', 'claimed') AND error IS DISTINCT FROM 'locked_optout')`

const (
	beginPass = `
INSERT INTO heed.reconcile AS r (list, dry_run, started_at) VALUES ($1, $2, $3)
ON CONFLICT (list, dry_run) DO UPDATE
SET started_at = excluded.started_at, finished_at = NULL, next_token = NULL, after = NULL, compared = NULL, pages = 0, numbers = 0, counts = '{}'
RETURNING ` + progressColumns
	clearSeen = `DELETE FROM heed.reconcile_seen WHERE list = $1 AND dry_run = $2`
)

// Begin begins anew.
func (p *pass) Begin(ctx context.Context, now time.Time) (reconcile.Progress, error) {
	var progress reconcile.Progress
	batch := &pgx.Batch{}
	batch.Queue(clearSeen, p.list.Name, p.dry)
	batch.Queue(beginPass, p.list.Name, p.dry, now).QueryRow(func(row pgx.Row) (err error) {
		progress, err = scanProgress(row)
		return err
	})
	if err := p.conn.SendBatch(ctx, batch).Close(); err != nil {
		return progress, fmt.Errorf("begin the pass: %w", err)
	}
	return progress, nil
}

// NoList ends the pass over a list that AWS does not have. Whoever is to be on it is left to the day when there is one.
func (p *pass) NoList(ctx context.Context, from reconcile.Progress, now time.Time) (reconcile.Progress, error) {
	to := from
	to.FinishedAt, to.Counts = now, map[reconcile.Decision]int{reconcile.NoList: 1}
	return p.step(ctx, from, func(tx pgx.Tx) (reconcile.Progress, error) {
		_, err := tx.Exec(ctx, clearSeen, p.list.Name, p.dry)
		return to, err
	})
}

// see keeps the numbers of a page, and gives those that no page before had: a page may begin where the list has moved.
const see = `
INSERT INTO heed.reconcile_seen (list, dry_run, contact) SELECT $1, $2, unnest($3::text[])
ON CONFLICT DO NOTHING RETURNING contact`

// Page decides on a page of AWS's.
func (p *pass) Page(ctx context.Context, from reconcile.Progress, entries []reconcile.Entry, next string,
	decide func(reconcile.Entry, reconcile.Known) reconcile.Verdict, now time.Time,
) (reconcile.Progress, error) {
	contacts := make([]string, len(entries))
	for i, e := range entries {
		contacts[i] = string(e.Contact)
	}
	return p.step(ctx, from, func(tx pgx.Tx) (reconcile.Progress, error) {
		fresh := map[sms.Phone]bool{}
		known, err := p.known(ctx, tx, contacts, func(batch *pgx.Batch) {
			batch.Queue(see, p.list.Name, p.dry, contacts).Query(func(rows pgx.Rows) error {
				var contact sms.Phone
				_, err := pgx.ForEachRow(rows, []any{&contact}, func() error { fresh[contact] = true; return nil })
				return err
			})
		})
		if err != nil {
			return from, err
		}
		to := p.moved(from)
		var w work
		for _, e := range entries {
			if !fresh[e.Contact] {
				continue
			}
			delete(fresh, e.Contact)
			to.Numbers++
			w.add(e.Contact, decide(e, known[e.Contact]), &to)
			w.evidence(p.list.Name, e)
		}
		to.Pages, to.Token, to.Read = from.Pages+1, next, next == ""
		return to, p.write(ctx, tx, w, from.StartedAt, now)
	})
}

// restAtOnce is how many of those who may be absent are looked at in one transaction. Their texts wait for it.
const restAtOnce = 200

// absentees are contacts whom the register has opted out where it belongs on the list, and whom no page had. Only
// numbers that AWS can have on a list.
var absentees = `
SELECT DISTINCT c.contact FROM heed.consent c
WHERE c.state = 'opted_out' AND c.contact > $3 AND (c.program = ANY ($4::text[]) OR $5) AND ` + listable("c.contact") + `
  AND NOT EXISTS (SELECT FROM heed.reconcile_seen s WHERE s.list = $1 AND s.dry_run = $2 AND s.contact = c.contact)
ORDER BY c.contact LIMIT $6`

// Rest decides on the next of those who are absent from AWS's list. Behind the last of them everybody was compared.
func (p *pass) Rest(ctx context.Context, from reconcile.Progress, decide func(reconcile.Known) reconcile.Verdict, now time.Time) (reconcile.Progress, error) {
	return p.step(ctx, from, func(tx pgx.Tx) (reconcile.Progress, error) {
		rows, err := tx.Query(ctx, absentees, p.list.Name, p.dry, from.After, append([]string{}, p.list.Keepers...), p.list.Sender, restAtOnce)
		if err != nil {
			return from, err
		}
		contacts, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return from, err
		}
		known, err := p.known(ctx, tx, contacts, func(*pgx.Batch) {})
		if err != nil {
			return from, err
		}
		to := p.moved(from)
		var w work
		for _, c := range contacts {
			if v := decide(known[sms.Phone(c)]); v.Decision != reconcile.Agreed { // the person came back this very moment
				w.add(sms.Phone(c), v, &to)
			}
			to.After = c
		}
		if len(contacts) < restAtOnce {
			to.Compared, to.After = true, ""
		}
		return to, p.write(ctx, tx, w, from.StartedAt, now)
	})
}

const (
	// agreeAtOnce is how many are said to agree in one transaction. Their texts wait for it, and with one of these those of
	// its program, whose events are a chain.
	agreeAtOnce = 2000
	// pendingAtOnce is how many are looked for at once: where few of the register are pending, each look reads all of it.
	pendingAtOnce = 50 * agreeAtOnce
)

const (
	pendingContacts = `
SELECT DISTINCT c.contact FROM heed.consent c
WHERE c.aws_state = 'pending' AND c.contact > $3 AND c.contact NOT LIKE '#%' AND (c.program = ANY ($1::text[]) OR $2)
ORDER BY c.contact LIMIT $4`

	// lockPending locks what agree is to write, before it looks, as lockMarked does. Whom somebody writes to at this moment
	// the next pass speaks of: nobody waits for them.
	lockPending = `
SELECT c.program, c.contact FROM heed.consent c
WHERE c.aws_state = 'pending' AND c.contact = ANY ($3::text[]) AND (c.program = ANY ($1::text[]) OR $2)
ORDER BY c.program, c.contact FOR NO KEY UPDATE OF c SKIP LOCKED`
)

// agree says of those who were left to this pass (an import of a million people plans no call for each) that AWS's list
// agrees with them, if the pass has planned nothing for them. Only of what was recorded before it began: each of these
// was compared. Not of those whom it left to the next pass or to the relay ([reconcile.InFlight], [reconcile.Failing]):
// what was said or done a moment before counts, and on this list what another program planned. What failed and was given
// up is the comparison's to plan again. Under sender scope every list has to have compared them.
var agree = `
UPDATE heed.consent c SET aws_state = 'in_sync', aws_locked_until = NULL
FROM unnest($1::text[], $2::text[]) AS w (program, contact), heed.consent_event e
WHERE c.program = w.program AND c.contact = w.contact AND c.aws_state = 'pending' AND e.id = c.event_id AND e.recorded_at < $3
  AND NOT ($7 AND EXISTS (SELECT FROM heed.reconcile r WHERE r.list <> $4 AND NOT r.dry_run AND (r.finished_at IS NULL AND NOT ` + hasCompared + ` OR r.started_at <= greatest(e.recorded_at, c.since + $5::interval))))
  AND NOT EXISTS (SELECT FROM heed.consent k WHERE k.contact = c.contact AND greatest(k.since, k.opted_in_at, k.opted_out_at, k.held_at) > $3 - $5::interval)
  AND NOT EXISTS (SELECT FROM heed.outbox o WHERE o.contact = c.contact AND o.opt_out_list = $4 AND o.kind = 'sync_optout' AND o.settled_at > $3 - $5::interval)
  AND ` + nothingLeft("o.contact = c.contact AND (o.program = c.program OR o.opt_out_list = $4)", "c.state", "$3 - $6::interval")

// Agree says of the next who stand as pending that AWS's list agrees with them, where the pass found it so. Behind the
// last of them it has ended. Who was forgotten is left out: what is still planned for them bears their number, which the
// register does not know any more.
func (p *pass) Agree(ctx context.Context, from reconcile.Progress, now time.Time) (reconcile.Progress, error) {
	keepers := append([]string{}, p.list.Keepers...)
	if len(p.pending) == 0 && !p.dry {
		rows, err := p.conn.Query(ctx, pendingContacts, keepers, p.list.Sender, from.After, pendingAtOnce)
		if err == nil {
			p.pending, err = pgx.CollectRows(rows, pgx.RowTo[string])
		}
		if err != nil {
			return from, fmt.Errorf("look for who is pending: %w", err)
		}
	}
	contacts := p.pending[:min(len(p.pending), agreeAtOnce)]
	to, err := p.step(ctx, from, func(tx pgx.Tx) (reconcile.Progress, error) {
		to := p.moved(from)
		if len(contacts) == 0 {
			to.FinishedAt, to.After = now, ""
			_, err := tx.Exec(ctx, clearSeen, p.list.Name, p.dry)
			return to, err
		}
		to.After = contacts[len(contacts)-1]
		rows, err := tx.Query(ctx, lockPending, keepers, p.list.Sender, contacts)
		if err != nil {
			return from, err
		}
		var programs, locked []string
		var program, contact string
		if _, err := pgx.ForEachRow(rows, []any{&program, &contact}, func() error {
			programs, locked = append(programs, program), append(locked, contact)
			return nil
		}); err != nil {
			return from, err
		}
		_, err = tx.Exec(ctx, agree, programs, locked, from.StartedAt, p.list.Name, reconcile.Settling, forgetFailedSync, p.list.Sender)
		return to, err
	})
	if err == nil {
		p.pending = p.pending[len(contacts):]
	}
	return to, err
}

// moved is the progress that a step starts from, with counts of its own.
func (p *pass) moved(from reconcile.Progress) reconcile.Progress {
	to := from
	to.Counts = map[reconcile.Decision]int{}
	for d, n := range from.Counts {
		to.Counts[d] = n
	}
	return to
}

const moveOn = `
UPDATE heed.reconcile
SET finished_at = $7, next_token = nullif($8, ''), after = CASE WHEN $9 THEN $10 END, compared = CASE WHEN $11 THEN started_at END,
    pages = $12, numbers = $13, counts = $14::jsonb
WHERE list = $1 AND dry_run = $2 AND started_at = $3 AND pages = $4 AND coalesce(after, '') = $5 AND ` + hasCompared + ` = $6 AND finished_at IS NULL`

// step does one step of the pass: all of it, or nothing.
func (p *pass) step(ctx context.Context, from reconcile.Progress, do func(tx pgx.Tx) (reconcile.Progress, error)) (reconcile.Progress, error) {
	to := from
	err := p.store.retry(ctx, func() error {
		return pgx.BeginFunc(ctx, p.conn, func(tx pgx.Tx) error {
			var err error
			if to, err = do(tx); err != nil {
				return err
			}
			counts, err := json.Marshal(to.Counts, json.Deterministic(true))
			if err != nil {
				return err
			}
			tag, err := tx.Exec(ctx, moveOn, p.list.Name, p.dry, from.StartedAt, from.Pages, from.After, from.Compared,
				nullable(to.FinishedAt), to.Token, to.Read, to.After, to.Compared, to.Pages, to.Numbers, string(counts))
			if err == nil && tag.RowsAffected() == 0 {
				err = errors.New("another worker moved the pass: is there a proxy between heed and Postgres that shares sessions?")
			}
			return err
		})
	})
	if err != nil {
		return from, fmt.Errorf("go on with the pass: %w", err)
	}
	return to, nil
}
