package store

import (
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/heedsms/heed/internal/delivery"
)

// today is a day whose partitions may be written by their names. Nearly all events are of today, and for Postgres to find
// the partition of a row, and what belongs to it, costs each statement as much as some rows do (docs/performance.md).
type today struct {
	day        time.Time // its midnight, UTC
	statements eventStatements
}

// holds says whether all of a batch goes into the partitions of the day.
func (t *today) holds(b delivery.Batch) bool {
	of := func(at time.Time) bool { return !at.Before(t.day) && at.Before(t.day.Add(24*time.Hour)) }
	for _, e := range b.Events {
		if !of(e.OccurredAt) {
			return false
		}
	}
	for _, m := range b.States {
		if !of(m.RequestedAt) {
			return false
		}
	}
	return true
}

// partitionsOfDay says whether a day has its partitions, and whether this role may write to them by their names, for which
// a right to the tables as a whole is not enough.
const partitionsOfDay = `
SELECT count(*) = 2 FROM pg_inherits
WHERE (inhparent, inhrelid) IN (('heed.delivery_event'::regclass, to_regclass($1::text)), ('heed.message'::regclass, to_regclass($2::text)))
  AND has_table_privilege(inhrelid, 'SELECT') AND has_table_privilege(inhrelid, 'INSERT') AND has_table_privilege(inhrelid, 'UPDATE')`

// queueToday asks whether today's partitions may be written by their names. It goes with the question for a newer ruleset,
// and as often: who detaches the partition of the running day by hand finds events of up to that long in it.
func (s *Store) queueToday(batch *pgx.Batch, now time.Time) {
	day := now.UTC().Truncate(24 * time.Hour)
	suffix := day.Format("_p20060102")
	events, messages := "heed.delivery_event"+suffix, "heed.message"+suffix
	batch.Queue(partitionsOfDay, events, messages).QueryRow(func(row pgx.Row) error {
		var there bool
		if err := row.Scan(&there); err != nil || !there {
			s.today.Store(nil)
			return err
		}
		if known := s.today.Load(); known == nil || !known.day.Equal(day) {
			s.today.Store(&today{day, eventStatementsOf(events, messages)})
		}
		return nil
	})
}

// onItsDay records a batch of today by today's statements, any other by those for all days, and so too where today's
// partitions turn out not to be what they were.
func (s *Store) onItsDay(b delivery.Batch, record func(*eventStatements) error) error {
	if t := s.today.Load(); t != nil && t.holds(b) {
		err := record(&t.statements)
		if !isOfTable(err) {
			return err
		}
		s.today.CompareAndSwap(t, nil)
	}
	return record(&allDays)
}

// isOfTable says whether an error may be the fault of the partition and not of the rows: it was dropped, a right was taken
// away, it is for other days than its name says. It may be another table's: then the next try says it again.
func isOfTable(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (strings.HasPrefix(pg.Code, "42") || pg.Code == "23514")
}
