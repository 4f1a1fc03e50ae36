package store_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/jackc/pgx/v5"

	"github.com/heedsms/heed/internal/store"
)

// deliveredTo is the receipt of a message to somebody, blockedTo a carrier's refusal of one.
func deliveredTo(id, contact string, at time.Time) string {
	return strings.Replace(deliveredAt(id, at), "{", `{"destinationPhoneNumber":"`+contact+`",`, 1)
}

func blockedTo(id, contact string, at time.Time) string {
	return strings.ReplaceAll(deliveredTo(id, contact, at), "DELIVERED", "CARRIER_BLOCKED")
}

// lockContact is what a worker holds that writes somebody's consent.
const lockContact = `SELECT pg_advisory_xact_lock(1751475556, hashtext($1) & 1023)`

// commit ends a transaction that was under way.
func commit(t testing.TB, tx pgx.Tx) {
	t.Helper()
	if err := tx.Commit(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// A mark is counted with the messages that it was written with, whenever their worker commits.
func TestBatchThatCommitsBesideTheCountIsCounted(t *testing.T) {
	t.Parallel()
	batch := func(t *testing.T, s *store.Store) {
		mustWork(t, events(s).Work(context.Background(), records(deliveredAt("known", noon()), deliveredAt("new", noon()))))
	}
	known := func(t *testing.T) *store.Store {
		s := open(t)
		mustWork(t, events(s).Work(context.Background(), records(queuedAt("known", noon()))))
		return s
	}
	t.Run("behind it", func(t *testing.T) {
		t.Parallel()
		s := known(t)
		release := stallCommitOf(t, s, "rollup_mark", "NEW.bucket IS NOT NULL")
		written := aside(func() { batch(t, s) })
		untilSomebodyWaits(t, s)
		refresh(t, s, noon()) // finds the mark of the first batch, and not yet that of the second
		release()
		<-written
		refresh(t, s, noon())
		mustAgree(t, t, s)
	})
	t.Run("in the middle of it", func(t *testing.T) {
		t.Parallel()
		s := known(t)
		refresh(t, s, noon())
		mustWork(t, events(s).Work(context.Background(), records(queuedAt("other", noon()))))
		day := underWay(t, s, `SELECT FROM heed.rollup_day FOR UPDATE`) // which the count writes when it has counted a quarter
		count := aside(func() {
			if _, err := s.RefreshDelivery(context.Background(), noon()); err != nil {
				t.Error(err)
			}
		})
		untilSomebodyWaits(t, s)
		batch(t, s)
		commit(t, day)
		<-count
		refresh(t, s, noon())
		mustAgree(t, t, s)
	})
}

// While the rows of a day move from the default partition to its own, whoever counts, or forgets somebody, waits and finds
// them. Nobody would look again.
func TestRowsThatMoveAreFound(t *testing.T) {
	t.Parallel()
	day := noonIn(20)
	for _, c := range []struct {
		sentence string
		prepare  func(t *testing.T, s *store.Store)
		do       func(ctx context.Context, s *store.Store) error
		query    string
		want     string
	}{
		{
			"messages are counted", func(*testing.T, *store.Store) {},
			func(ctx context.Context, s *store.Store) error { _, err := s.RefreshDelivery(ctx, day); return err },
			`SELECT status, sum(messages) FROM heed.delivery_day GROUP BY 1`, "(blocked,1)",
		},
		{
			"failures are counted", func(t *testing.T, s *store.Store) {
				if _, err := s.RefreshDelivery(context.Background(), day); err != nil {
					t.Fatal(err)
				}
			},
			func(ctx context.Context, s *store.Store) error {
				_, err := s.RefreshDetails(ctx, day, true)
				return err
			},
			`SELECT status, sum(messages) FROM heed.failure_day GROUP BY 1`, "(blocked,1)",
		},
		{
			"a quarter is to be counted anew", func(t *testing.T, s *store.Store) {
				if _, err := s.Pool().Exec(context.Background(), `DELETE FROM heed.rollup_mark`); err != nil {
					t.Fatal(err)
				}
			},
			func(ctx context.Context, s *store.Store) error {
				_, err := s.MarkDelivery(ctx, day.AddDate(0, 0, -1), day.AddDate(0, 0, 1))
				return err
			},
			`SELECT count(*) FROM heed.rollup_mark`, "(1)",
		},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			mustWork(t, events(s).Work(context.Background(), records(blockedTo("m", zoe, day))))
			c.prepare(t, s)
			maker := underWay(t, s, `SELECT heed.make_partitions($1::date, $1::date)`, day)
			done := aside(func() {
				if err := c.do(context.Background(), s); err != nil {
					t.Error(err)
				}
			})
			untilSomebodyWaits(t, s)
			commit(t, maker)
			<-done
			if got := dump(t, s, c.query); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
	t.Run("somebody is forgotten", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		mustWork(t, events(s).Work(context.Background(), records(deliveredTo("m", zoe, day))))
		worker := underWay(t, s, lockContact, zoe)
		forgetting := aside(func() { forget(t, s, day) })
		untilSomebodyWaits(t, s)
		maker := underWay(t, s, `SELECT heed.make_partitions($1::date, $1::date)`, day)
		commit(t, worker)
		untilSomebodyWaits(t, s)
		commit(t, maker)
		<-forgetting
		if found := mentions(t, s, zoe[1:]); len(found) > 0 {
			t.Errorf("still in %v", found)
		}
	})
}

// A hold that is placed while retention waits for a lock saves what is there, or is placed when retention is through.
func TestHoldMeetsRetention(t *testing.T) {
	t.Parallel()
	now := time.Now().UTC()
	later := now.AddDate(0, 0, 10)
	for _, c := range []struct {
		sentence, inTheWay string
		remove             func(ctx context.Context, s *store.Store) error
		left               string
	}{
		{
			"of a day of events", `SELECT FROM heed.delivery_event_p` + now.Format("20060102"),
			func(ctx context.Context, s *store.Store) error {
				_, err := s.Maintain(ctx, later, keepAWeek)
				return err
			},
			`SELECT count(*) FROM heed.delivery_event`,
		},
		{
			"of words", `SELECT FROM heed.outbox FOR UPDATE`,
			func(ctx context.Context, s *store.Store) error {
				kept := keepAll
				kept.Bodies = 24 * time.Hour
				_, err := s.Retain(ctx, later, kept)
				return err
			},
			`SELECT count(*) FROM heed.inbound WHERE body <> ''`,
		},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			ctx := context.Background()
			apply(t, s, rulesYAML)
			say(t, texts(s, &world{listed: map[string]bool{}}, func() time.Time { return now }), spoken{"1", zoe, acme, "HOURS", now})
			mustWork(t, events(s).Work(ctx, records(deliveredTo("m", zoe, now))))
			if _, err := s.Maintain(ctx, later, keepAll); err != nil { // the partitions are made
				t.Fatal(err)
			}
			other := underWay(t, s, c.inTheWay)
			removed := aside(func() {
				if err := c.remove(ctx, s); err != nil {
					t.Error(err)
				}
			})
			untilSomebodyWaits(t, s)
			placed := aside(func() {
				if _, err := s.PlaceHold(ctx, zoe, "tess", "suit", now); err != nil {
					t.Error(err)
				}
			})
			untilTwoWait(t, s, placed)
			stood := scan[int](t, s, `SELECT count(*) FROM heed.legal_hold`)
			commit(t, other)
			<-removed
			<-placed
			if left := scan[int](t, s, c.left); left != stood {
				t.Errorf("%d rows are left, where %d holds stood before they were to go", left, stood)
			}
		})
	}
}

// Of two relays that drop the same day one does, and the other finds nothing left to drop.
func TestTwoRelaysDropOneDay(t *testing.T) {
	t.Parallel()
	s := open(t)
	now := time.Now().UTC()
	later := now.AddDate(0, 0, 10)
	if _, err := s.Maintain(context.Background(), later, keepAll); err != nil {
		t.Fatal(err)
	}
	report := underWay(t, s, fmt.Sprintf(`SELECT FROM heed.delivery_event_p%s`, now.Format("20060102")))
	one, other := maintain(s, later, keepAWeek), maintain(s, later, keepAWeek)
	untilTwoWait(t, s, nil)
	commit(t, report)
	for _, m := range []maintained{<-one, <-other} {
		if m.err != nil {
			t.Errorf("%+v: %v", m.Maintained, m.err)
		}
	}
}

// A word to the application that is being planned while its person is forgotten goes when it was told.
func TestForgettingMeetsThePlanningOfWords(t *testing.T) {
	t.Parallel()
	s := openWords(t)
	apply(t, s, rulesYAML)
	h := texts(s, &world{listed: map[string]bool{}}, noon)
	say(t, h, spoken{"1", zoe, acme, "STOP", noon()})
	relay(t, s, h)
	release := stallCommit(t, s, `NEW.kind = 'publish'`)
	planning := aside(func() {
		if _, err := s.ClaimWords(context.Background(), 10, noon().Add(-time.Hour), noon(), noon().Add(time.Minute)); err != nil {
			t.Error(err)
		}
	})
	untilSomebodyWaits(t, s)
	forgetting := aside(func() { forget(t, s, noon()) })
	untilTwoWait(t, s, forgetting)
	release()
	<-planning
	<-forgetting
	if got := dump(t, s, `SELECT kind, state, forget FROM heed.outbox`); got != "(publish,claimed,t)" {
		t.Errorf("outbox %s", got)
	}
}

// A batch takes events before messages, and forgetting messages before events. Where they stop each other, the one that
// Postgres gives up is tried again.
func TestBatchAndForgettingThatStopEachOther(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx := context.Background()
	mustWork(t, events(s).Work(ctx, records(deliveredTo("m", zoe, noon()))))
	if _, err := s.Pool().Exec(ctx, `CREATE FUNCTION stall() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NEW; END $$;
		CREATE TRIGGER stall BEFORE INSERT ON heed.message FOR EACH ROW EXECUTE FUNCTION stall()`); err != nil {
		t.Fatal(err)
	}
	between := underWay(t, s, `SELECT pg_advisory_xact_lock(1)`)
	again := strings.Replace(deliveredTo("m", zoe, noon()), "{", `{"isoCountryCode":"US",`, 1)
	batch := aside(func() { mustWork(t, events(s).Work(ctx, records(again))) })
	untilSomebodyWaits(t, s)
	forgetting := aside(func() { forget(t, s, noon()) })
	untilTwoWait(t, s, forgetting)
	commit(t, between)
	<-batch
	<-forgetting
	if got := dump(t, s, `SELECT country FROM heed.message`); got != "(US)" {
		t.Errorf("messages %s", got)
	}
}

// The message that stands for a refused reply, written while its person is forgotten, names nobody: no event of AWS ever
// tells of it, so nobody would forget it later.
func TestForgettingMeetsARefusal(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, rulesYAML)
	release := stallCommit(t, s, `NEW.state = 'failed'`)
	aws := &world{listed: map[string]bool{}, fail: func(string) error { return &types.AccessDeniedException{} }}
	answering := aside(func() { say(t, texts(s, aws, noon), spoken{"1", zoe, acme, "HELP", noon()}) })
	untilSomebodyWaits(t, s)
	forgetting := aside(func() { forget(t, s, noon()) })
	untilTwoWait(t, s, forgetting)
	release()
	<-answering
	<-forgetting
	if n := scan[int](t, s, `SELECT count(*) FROM heed.message`); n != 1 {
		t.Errorf("%d messages", n)
	}
	if found := mentions(t, s, zoe[1:]); len(found) > 0 {
		t.Errorf("still in %v", found)
	}
}

// An answer that went out a moment ago is still to be reported on, although no event of it is there to show that.
func TestForgettingTellsOfEventsToCome(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sentence string
		after    time.Duration
		want     string
	}{
		{"it went out", time.Hour, "2026-11-24 12:00:00 +0000 UTC"},
		{"it went out long ago", 97 * time.Hour, "<nil>"},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			apply(t, s, rulesYAML)
			say(t, texts(s, &world{listed: map[string]bool{}}, noon), spoken{"1", zoe, acme, "HELP", noon()})
			done := forget(t, s, noon().Add(c.after))
			if got := fmt.Sprint(done.EventsUntil); got != c.want || done.Actions != 1 {
				t.Errorf("events until %s, want %s; %+v", got, c.want, done)
			}
		})
	}
}
