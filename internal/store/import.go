package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/heedsms/heed/internal/optout"
	"github.com/heedsms/heed/internal/roster"
	"github.com/heedsms/heed/internal/sms"
)

// ImportLanes is how many imports may go on side by side: each has people of its own.
const ImportLanes = 2

// ImportLane is the lane of a contact.
func ImportLane(contact sms.Phone) int {
	if contact == "" {
		return 0
	}
	return int(contact[len(contact)-1]) % ImportLanes // the last digit
}

// Import says how rows of a list are recorded.
type Import struct {
	// Lane is [ImportLane] of all contacts.
	Lane int
	// After is the newest event before the import began ([Store.NewestEvent]). A row that the import recorded itself is
	// a duplicate, one that was there before is known.
	After int64
	Actor string
	// Lists are, by program, the opt-out lists of AWS that follow people's consent.
	Lists map[string][]string
	// MostCalls is how many calls of AWS may be planned, CallEvery how far they stand apart, from FirstCall on. Who is
	// not reached by them waits for a reconciliation.
	MostCalls int
	CallEvery time.Duration
	FirstCall time.Time
}

// Imported is what became of rows of a list.
type Imported struct {
	roster.Verdict
	// Pending are people whose list has to follow, Planned the calls of AWS that were planned for it.
	Pending, Planned int
}

// NewestEvent is the id of the newest consent event; 0 where there is none.
func (s *Store) NewestEvent(ctx context.Context) (int64, error) {
	var id int64
	if err := s.pool.QueryRow(ctx, `SELECT coalesce(max(id), 0) FROM heed.consent_event`).Scan(&id); err != nil {
		return 0, fmt.Errorf("read the newest consent event: %w", err)
	}
	return id, nil
}

// ImportConsent records rows of a list in one transaction: ledger, chain and register, and which lists of AWS have to
// follow. The same rows again change nothing. Refused rows are passed over.
func (s *Store) ImportConsent(ctx context.Context, entries []*roster.Entry, how Import, now time.Time) (Imported, error) {
	var did Imported
	seals, err := sealEntries(entries, how.Actor)
	if err != nil {
		return did, err
	}
	once := func(everywhere bool) error {
		return s.retry(ctx, func() error {
			return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
				if err := lockImport(ctx, tx, entries, how.Lane); err != nil {
					return err
				}
				known, err := importLook{registerOf, changesOf, everywhere}.up(ctx, tx, entries, how.After)
				if err != nil {
					return err
				}
				did = judgeImport(entries, known, how)
				if len(did.New) == 0 {
					return nil
				}
				w := importWrite{entries: entries, seals: seals, how: how, now: now, did: &did, events: make([]int64, len(entries))}
				return w.all(ctx, tx)
			})
		})
	}
	var pg *pgconn.PgError
	if err = once(false); errors.As(err, &pg) && pg.Code == "23505" {
		// The ledger has an event of somebody whom the register does not know: all that they said was taken back.
		err = once(true)
	}
	if err != nil {
		return Imported{}, fmt.Errorf("import lines %d to %d: %w", entries[0].Line, entries[len(entries)-1].Line, err)
	}
	return did, nil
}

// Who imports, in lanes. Two imports of one lane wait for each other; two of different lanes have no person in common,
// so that they may share the locks that keep out everybody else ([lockContacts]).
const (
	lockImportLane     = `SELECT pg_advisory_xact_lock(1751475557, $1::int4)`
	lockContactsShared = `
SELECT count(pg_advisory_xact_lock_shared(1751475556, bucket))
FROM (SELECT DISTINCT hashtext(contact) & 1023 AS bucket FROM unnest($1::text[]) AS t (contact) ORDER BY bucket) buckets`
)

func lockImport(ctx context.Context, tx pgx.Tx, entries []*roster.Entry, lane int) error {
	_, contact := peopleOf(entries, recordable(entries))
	batch := &pgx.Batch{}
	batch.Queue(lockImportLane, lane)
	batch.Queue(lockContactsShared, contact)
	return tx.SendBatch(ctx, batch).Close()
}

// recordable are the rows that were not refused.
func recordable(entries []*roster.Entry) []int32 {
	which := make([]int32, 0, len(entries))
	for i := range entries {
		if entries[i].Outcome != roster.Refused {
			which = append(which, int32(i))
		}
	}
	return which
}

// importPlans keeps the planner to the indexes: it knows neither how many rows a parameter holds, nor that the tables
// have grown by ten thousand rows since it last looked.
const importPlans = `
SELECT set_config(name, 'off', true) FROM unnest('{enable_seqscan,enable_bitmapscan,enable_hashjoin,enable_mergejoin,jit}'::text[]) AS t (name)`

var registerOf = `
SELECT h.ord, c.state, c.since, c.event_id, c.opted_in_at, c.opted_out_at, c.held_at
FROM (` + rows(1, "ord int4, program text, contact text") + `) h
JOIN heed.consent c ON c.program = h.program AND c.contact = h.contact`

// changesOf finds the changes that the ledger has, whoever told it: a list that heed exported tells nothing new.
var changesOf = `
SELECT h.ord, bool_or(e.id <= $1)
FROM (` + rows(2, "ord int4, program text, contact text, state text, said_at timestamptz") + `) h
JOIN heed.consent_event e ON e.contact = h.contact AND e.program = h.program AND e.said_at = h.said_at AND e.state = h.state AND e.of_event IS NULL
GROUP BY h.ord`

// importLook asks what is known of rows and their people: the register first, then, of those whom it knows, the ledger.
type importLook struct {
	register, events string
	everywhere       bool // ask the ledger of all
}

func (l importLook) up(ctx context.Context, tx pgx.Tx, entries []*roster.Entry, after int64) ([]roster.Known, error) {
	known := make([]roster.Known, len(entries))
	ask := recordable(entries)
	if len(ask) == 0 {
		return known, nil
	}
	program, contact := peopleOf(entries, ask)
	batch := &pgx.Batch{}
	batch.Queue(importPlans)
	batch.Queue(l.register, ask, program, contact).Query(func(rows pgx.Rows) error {
		met, err := readRegister(rows, entries, after, known)
		if !l.everywhere {
			ask = met
		}
		return err
	})
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return nil, err
	}
	return known, l.askLedger(ctx, tx, entries, ask, after, known)
}

func peopleOf(entries []*roster.Entry, which []int32) (program, contact []string) {
	program, contact = make([]string, len(which)), make([]string, len(which))
	for n, i := range which {
		program[n], contact[n] = entries[i].Program, string(entries[i].Contact)
	}
	return program, contact
}

// readRegister notes what the register says. It gives the rows of which the ledger has to be asked: where what the
// person said last is just what the row says, it is known.
func readRegister(rows pgx.Rows, entries []*roster.Entry, after int64, known []roster.Known) (ask []int32, err error) {
	var i int32
	var state *string
	var since, in, out, held *time.Time
	var event *int64
	_, err = pgx.ForEachRow(rows, []any{&i, &state, &since, &event, &in, &out, &held}, func() error {
		k, e := &known[i], entries[i]
		k.Register = optout.Register{}.Join(optout.Register{OptedInAt: moment(in), OptedOutAt: moment(out), HeldAt: moment(held)})
		if state != nil { // rows that were not made by heed carry state and since only
			k.Register = k.Register.With(optout.State(*state), *since)
		}
		if event != nil {
			k.EventID = *event
		}
		if is, at := k.Register.State(); is == e.State && at.Equal(e.SaidAt) {
			k.Recorded, k.Before = true, k.EventID <= after
			return nil
		}
		// What was decided of a hold stands in the register, and is no event of its own to be found by.
		k.Recorded = said(k.Register, e.State).Equal(e.SaidAt)
		k.Before = k.Recorded
		ask = append(ask, i)
		return nil
	})
	return ask, err
}

// said is when the person last said this.
func said(r optout.Register, s optout.State) time.Time {
	switch s {
	case optout.OptedIn:
		return r.OptedInAt
	case optout.OptedOut:
		return r.OptedOutAt
	}
	return r.HeldAt
}

func (l importLook) askLedger(ctx context.Context, tx pgx.Tx, entries []*roster.Entry, ask []int32, after int64, known []roster.Known) error {
	if len(ask) == 0 {
		return nil
	}
	program, contact := peopleOf(entries, ask)
	state, saidAt := make([]string, len(ask)), make([]time.Time, len(ask))
	for n, i := range ask {
		state[n], saidAt[n] = string(entries[i].State), entries[i].SaidAt
	}
	rows, err := tx.Query(ctx, l.events, after, ask, program, contact, state, saidAt)
	if err != nil {
		return err
	}
	var i int32
	var before bool
	_, err = pgx.ForEachRow(rows, []any{&i, &before}, func() error {
		known[i].Recorded, known[i].Before = true, before
		return nil
	})
	return err
}

func moment(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}
