package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/heedsms/heed/internal/store"
	"github.com/heedsms/heed/internal/upkeep"
)

// deliveredAt is the receipt of a message.
func deliveredAt(id string, at time.Time) string {
	return fmt.Sprintf(`{"eventType":"TEXT_DELIVERED","eventTimestamp":%d,"messageId":"%s","messageRequestTimestamp":%d,"messageStatus":"DELIVERED"}`,
		at.UnixMilli(), id, at.UnixMilli())
}

// underWay begins a transaction of somebody else; it ends with the test at the latest.
func underWay(t *testing.T, s *store.Store, statement string, args ...any) pgx.Tx {
	t.Helper()
	ctx := context.Background()
	tx, err := s.Pool().Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tx.Rollback(ctx) })
	if _, err := tx.Exec(ctx, statement, args...); err != nil {
		t.Fatal(err)
	}
	return tx
}

type maintained struct {
	upkeep.Maintained
	err error
}

// maintain runs beside the test.
func maintain(s *store.Store, now time.Time, keep upkeep.Kept) <-chan maintained {
	done := make(chan maintained, 1)
	go func() {
		m, err := s.Maintain(context.Background(), now, keep)
		done <- maintained{m, err}
	}()
	return done
}

// noonIn is a noon for which no partition was made yet, as messages are timed by the real clock.
func noonIn(days int) time.Time {
	return time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, days).Add(12 * time.Hour)
}

// A day that has rows in the default partition gets its own one while writers are at work on those rows: none is
// lost, none stays behind.
func TestPartitionIsMadeBesideAWriter(t *testing.T) {
	t.Parallel()
	day := noonIn(20)
	for _, c := range []struct {
		sentence, statement string
		args                []any
		query, want         string
	}{
		{
			"an event is being added", `INSERT INTO heed.delivery_event (message_id, event_type, occurred_at, requested_at, aws_status, status, is_final, received_at)
				VALUES ('new', 'TEXT_DELIVERED', $1, $1, 'DELIVERED', 'delivered', true, $1)`,
			[]any{day},
			`SELECT message_id FROM heed.delivery_event`, "(known)\n(new)",
		},
		{
			"a message is being changed", `UPDATE heed.message SET country = 'US' WHERE message_id = 'known'`, nil,
			`SELECT message_id, country FROM heed.message`, "(known,US)",
		},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			ctx := context.Background()
			mustWork(t, events(s).Work(ctx, records(deliveredAt("known", day))))
			writer := underWay(t, s, c.statement, c.args...)
			done := maintain(s, day, keepAll)
			untilSomebodyWaits(t, s)
			if err := writer.Commit(ctx); err != nil {
				t.Fatal(err)
			}
			m := <-done
			if m.Busy { // a machine that stood still for two seconds
				m = <-maintain(s, day, keepAll)
			}
			if m.err != nil || m.PartitionsMade == 0 {
				t.Errorf("%+v, want partitions and no error", m)
			}
			if got := dump(t, s, c.query); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
			if n := scan[int](t, s, `SELECT (SELECT count(*) FROM heed.delivery_event_default) + (SELECT count(*) FROM heed.message_default)`); n != 0 {
				t.Errorf("%d rows are left in the default partitions", n)
			}
		})
	}
}

// An event on its way to the default partition while its own is attached is tried again, not set aside: the fault is
// not in it.
func TestEventMeetsItsNewPartition(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx := context.Background()
	day := noonIn(40)
	maker := underWay(t, s, `SELECT heed.make_partitions($1::date, $1::date)`, day)
	done := make(chan []error, 1)
	go func() { done <- events(s).Work(ctx, records(deliveredAt("m", day))) }()
	untilSomebodyWaits(t, s)
	if err := maker.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	mustWork(t, <-done)
	if got := dump(t, s, `SELECT reason, error FROM heed.parked`); got != "" {
		t.Errorf("a sound event was parked: %s", got)
	}
	if got, want := dump(t, s, `SELECT message_id, status FROM heed.message`), "(m,delivered)"; got != want {
		t.Errorf("messages %s, want %s", got, want)
	}
}

// Upkeep that meets a long report or a long write gives up after some seconds, says that it was busy and has done no
// harm; the writers that queued up behind its lock go on while the other is still at it.
func TestMaintainGivesUp(t *testing.T) {
	t.Parallel()
	today := time.Now().UTC()
	for _, c := range []struct {
		sentence, statement string
		now                 time.Time
		keep                upkeep.Kept
	}{
		{
			"a report reads a day that retention drops", fmt.Sprintf(`SELECT count(*) FROM heed.message_p%s`, today.Format("20060102")),
			today.AddDate(0, 0, 10), keepAWeek,
		},
		{
			"a report reads all messages while partitions are made", `SELECT count(*) FROM heed.message`,
			today.AddDate(0, 0, 10), keepAll,
		},
		{
			"messages are being counted", `SELECT pg_advisory_xact_lock_shared(hashtextextended('heed.make_partitions', 0))`,
			today.AddDate(0, 0, 10), keepAll,
		},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			report := underWay(t, s, c.statement)
			done := maintain(s, c.now, c.keep)
			untilSomebodyWaits(t, s)
			patient, cancel := context.WithTimeout(context.Background(), 20*time.Second)
			defer cancel()
			// Of a day in the default partition: it needs what both lock.
			mustWork(t, events(s).Work(patient, records(deliveredAt("m", noonIn(60)))))
			if m := <-done; m.err != nil || !m.Busy {
				t.Errorf("beside the report: %+v, want busy and no error", m)
			}
			if err := report.Rollback(context.Background()); err != nil {
				t.Fatal(err)
			}
			m, err := s.Maintain(context.Background(), c.now, c.keep)
			if err != nil || m.Busy {
				t.Errorf("after the report: %+v %v, want the work done", m, err)
			}
			if c.keep != keepAll && m.PartitionsDropped == 0 {
				t.Errorf("after the report nothing was dropped: %+v", m)
			}
		})
	}
}

// Upkeep and a writer that hold each a row which the other wants: one gives way, and where it is upkeep, that is no fault.
func TestMaintainGivesWay(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx := context.Background()
	old := noonIn(-60) // older than any partition
	mustWork(t, events(s).Work(ctx, records(deliveredAt("first", old))))
	mustWork(t, events(s).Work(ctx, records(deliveredAt("second", old))))
	if _, err := s.Maintain(ctx, time.Now(), keepAll); err != nil { // the partitions are made
		t.Fatal(err)
	}
	const touch = `UPDATE heed.message SET country = 'US' WHERE message_id = $1`
	writer := underWay(t, s, touch, "second")
	done := maintain(s, time.Now(), keepAWeek)
	untilSomebodyWaits(t, s)
	_, lost := writer.Exec(ctx, touch, "first")
	if m := <-done; m.err != nil || m.Busy == (lost != nil) {
		t.Errorf("upkeep %+v, the writer %v: want one of them to give way, and no error of upkeep", m, lost)
	}
}
