package store_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/heedsms/heed/internal/store"
)

// mustExec runs statements of the operator's.
func mustExec(t testing.TB, s *store.Store, statements string, args ...any) {
	t.Helper()
	if _, err := s.Pool().Exec(context.Background(), statements, args...); err != nil {
		t.Fatal(err)
	}
}

// aDay is a day that has partitions, at a time of the clock.
func aDay(t testing.TB, s *store.Store, hour, minute int) time.Time {
	t.Helper()
	day := noonIn(60)
	mustExec(t, s, `SELECT heed.make_partitions($1::date, $1::date + 1)`, day)
	return day.Truncate(24 * time.Hour).Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
}

// byName is how many statements were prepared that write to a partition.
const byName = `SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%INTO heed.delivery\_event\_p% AS t%' AND statement LIKE '%INTO heed.message\_p% AS t%'`

// whereTheyAre is the days of the partitions that hold rows.
const whereTheyAre = `
SELECT right(tableoid::regclass::text, 8) AS of, message_id FROM heed.delivery_event
UNION ALL SELECT right(tableoid::regclass::text, 8), message_id FROM heed.message`

// A batch of today goes into today's partitions by their names, for the role of the functions too; what is of another day,
// or of two, into the tables as a whole. All of it stands in the partitions of its days.
func TestTodayIsWrittenByName(t *testing.T) {
	t.Parallel()
	owner := open(t)
	worker := asMember(t, owner, "heed_worker")
	ctx := context.Background()
	conn, err := worker.Pool().Acquire(ctx) // three of four: what is prepared is asked of the connection that it is prepared on
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	for range 2 {
		c, err := worker.Pool().Acquire(ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Release()
	}
	now := aDay(t, owner, 23, 59)
	midnight := now.Add(time.Minute)
	h := events(worker)
	h.Now = func() time.Time { return now }
	for _, c := range []struct {
		sentence string
		bodies   []string
		prepared int64
	}{
		{"two days", []string{deliveredAt("a", now), deliveredAt("b", midnight)}, 0},
		{"asked for yesterday", []string{requestedAt("c", now.AddDate(0, 0, -1), now)}, 0},
		{"tomorrow", []string{deliveredAt("d", midnight)}, 0},
		{"today", []string{deliveredAt("e", now), deliveredAt("f", midnight.Add(-time.Millisecond))}, 1},
		{"today's first moment", []string{deliveredAt("g", midnight.AddDate(0, 0, -1))}, 1},
	} {
		mustWork(t, h.Work(ctx, records(c.bodies...)))
		if got := scan[int64](t, worker, byName); got != c.prepared {
			t.Errorf("%s: %d statements by name, want %d", c.sentence, got, c.prepared)
		}
	}
	now = midnight
	mustWork(t, h.Work(ctx, records(deliveredAt("h", midnight))))
	if got := scan[int64](t, worker, byName); got != 2 {
		t.Errorf("the next day: %d statements by name, want 2", got)
	}
	day := func(at time.Time) string { return at.Format("20060102") }
	today, tomorrow := day(midnight.Add(-time.Hour)), day(midnight)
	want := "(" + today + ",a)\n(" + today + ",a)\n(" + today + ",c)\n(" + today + ",e)\n(" + today + ",e)\n(" + today + ",f)\n(" + today + ",f)\n(" +
		today + ",g)\n(" + today + ",g)\n(" + tomorrow + ",b)\n(" + tomorrow + ",b)\n(" + tomorrow + ",d)\n(" + tomorrow + ",d)\n(" + tomorrow +
		",h)\n(" + tomorrow + ",h)\n(_default,c)"
	if got := dump(t, owner, whereTheyAre); got != want {
		t.Errorf("the rows stand in\n%s\nwant\n%s", got, want)
	}
}

// requestedAt is a receipt of a message that was asked for earlier.
func requestedAt(id string, requested, at time.Time) string {
	return fmt.Sprintf(`{"eventType":"TEXT_DELIVERED","eventTimestamp":%d,"messageId":"%s","messageRequestTimestamp":%d,"messageStatus":"DELIVERED"}`,
		at.UnixMilli(), id, requested.UnixMilli())
}

// Whatever becomes of today's partitions behind a worker's back, its events are kept, none is parked, and the next ones too.
func TestTodayIsNotWhatItWas(t *testing.T) {
	t.Parallel()
	alone := func(now time.Time) string { return deliveredAt("behind its back", now) }
	withEvidence := func(now time.Time) string { // which takes more statements
		e := strings.ReplaceAll(deliveredTo("behind its back", "+14255550101", now), "DELIVERED", "INVALID")
		return strings.Replace(e, "{", `{"isFinal":true,`, 1)
	}
	for _, c := range []struct {
		sentence, statement string // DAY is today
		next                func(now time.Time) string
		found, suspended    string
	}{
		{"dropped", `DROP TABLE heed.message_pDAY`, alone, "(3)", "(0)"},
		{"a right is taken away", `REVOKE UPDATE ON heed.message_pDAY FROM heed_worker`, withEvidence, "(4)", "(1)"},
		{
			"of other days than its name says", `ALTER TABLE heed.message DETACH PARTITION heed.message_pDAY; DELETE FROM heed.message_pDAY;
ALTER TABLE heed.message ATTACH PARTITION heed.message_pDAY FOR VALUES FROM ('1999-01-01') TO ('1999-01-02')`, withEvidence, "(3)", "(1)",
		},
		{"detached, without its key", `ALTER TABLE heed.message DETACH PARTITION heed.message_pDAY; ALTER TABLE heed.message_pDAY DROP CONSTRAINT message_pDAY_pkey`, alone, "(3)", "(0)"},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			t.Parallel()
			owner := open(t)
			worker := asMember(t, owner, "heed_worker")
			now := aDay(t, owner, 12, 0)
			h := events(worker)
			h.Now = func() time.Time { return now }
			ctx := context.Background()
			mustWork(t, h.Work(ctx, records(deliveredAt("before", now))))
			mustExec(t, owner, strings.ReplaceAll(c.statement, "DAY", now.Format("20060102")))
			mustWork(t, h.Work(ctx, records(c.next(now))))
			mustWork(t, h.Work(ctx, records(deliveredAt("the one after it", now))))
			now = now.Add(time.Minute)
			mustWork(t, h.Work(ctx, records(deliveredAt("later", now))))
			if got := dump(t, owner, `SELECT count(*) FROM heed.message`); got != c.found {
				t.Errorf("%s messages, want %s", got, c.found)
			}
			if got := dump(t, owner, `SELECT count(*) FROM heed.delivery_event`); got != "(4)" {
				t.Errorf("%s events, want 4", got)
			}
			if got := dump(t, owner, `SELECT count(*) FROM heed.suspension`); got != c.suspended {
				t.Errorf("%s numbers suspended, want %s", got, c.suspended)
			}
			if got := dump(t, owner, `SELECT reason, error FROM heed.parked`); got != "" {
				t.Errorf("parked: %s", got)
			}
		})
	}
}

// A partition that was detached by hand has no new rows once the worker has looked again.
func TestDetachedTodayIsLeftAlone(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx := context.Background()
	now := aDay(t, s, 12, 0)
	h := events(s)
	h.Now = func() time.Time { return now }
	mustWork(t, h.Work(ctx, records(deliveredAt("before", now))))
	mustExec(t, s, `ALTER TABLE heed.message DETACH PARTITION heed.message_p`+now.Format("20060102"))
	now = now.Add(-time.Second) // a clock that goes back makes nobody wait
	mustWork(t, h.Work(ctx, records(deliveredAt("after", now))))
	if got, want := dump(t, s, `SELECT m.message_id, c.relname FROM heed.message m JOIN pg_class c ON c.oid = m.tableoid`), "(after,message_default)"; got != want {
		t.Errorf("messages %s, want %s", got, want)
	}
}

// Who changes the tables as a whole waits for a batch that goes into a partition by its name, and the batch never for them:
// both lock the tables before the partitions.
func TestTodayBesideAChangeOfTheTable(t *testing.T) {
	t.Parallel()
	owner := open(t)
	now := aDay(t, owner, 12, 0)
	// The batch waits before its first row is checked.
	mustExec(t, owner, `
CREATE FUNCTION stall() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NEW; END $$;
CREATE TRIGGER stall BEFORE INSERT ON heed.message FOR EACH ROW EXECUTE FUNCTION stall()`)
	h := events(asMember(t, owner, "heed_worker")) // on a connection that has not met the partition
	h.Now = func() time.Time { return now }
	stall := underWay(t, owner, `SELECT pg_advisory_xact_lock(1)`)
	batch := aside(func() { mustWork(t, h.Work(context.Background(), records(deliveredAt("m", now)))) })
	untilSomebodyWaits(t, owner)
	change := aside(func() { mustExec(t, owner, `ALTER TABLE heed.message ADD COLUMN more integer`) })
	untilTwoWait(t, owner, change)
	commit(t, stall)
	<-batch
	<-change
}
