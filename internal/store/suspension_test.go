package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/heedsms/heed/internal/store"
)

func lift(t testing.TB, s *store.Store, now time.Time) int {
	t.Helper()
	n, err := s.LiftSuspensions(context.Background(), now)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Each row: what happened around the event that says that the number is invalid (at noon), and whether the person may
// be texted once the relay has looked.
func TestSignsOfLife(t *testing.T) {
	t.Parallel()
	at := func(minute int) time.Time { return noon().Add(time.Duration(minute) * time.Minute) }
	text := func(minute int) func(*testing.T, *store.Store) {
		return func(t *testing.T, s *store.Store) {
			say(t, texts(s, strictAWS(t, rulesYAML), func() time.Time { return at(minute) }), spoken{"t" + fmt.Sprint(minute), ann, acme, "HOURS", at(minute)})
		}
	}
	event := func(message, kind, status string, minute int) func(*testing.T, *store.Store) {
		return func(t *testing.T, s *store.Store) {
			mustWork(t, events(s).Work(context.Background(), records(told(message, kind, status, true, acme, ann, at(minute)))))
		}
	}
	invalid := event("m", "TEXT_INVALID", "INVALID", 0)
	for _, c := range []struct {
		sentence string
		steps    []func(*testing.T, *store.Store)
		reason   string
		lifted   string
	}{
		{"nothing since", []func(*testing.T, *store.Store){invalid}, "invalid_number", "()"},
		{"a text since", []func(*testing.T, *store.Store){invalid, text(1)}, "no_record", "(text)"},
		{"a text before", []func(*testing.T, *store.Store){text(-1), invalid}, "invalid_number", "()"},
		{"a text since that was recorded first", []func(*testing.T, *store.Store){text(1), invalid}, "no_record", "(text)"},
		{"a message that arrived since", []func(*testing.T, *store.Store){invalid, event("n", "TEXT_DELIVERED", "DELIVERED", 1)}, "no_record", "(delivery)"},
		{"a message that a carrier took since", []func(*testing.T, *store.Store){invalid, event("n", "TEXT_SUCCESSFUL", "SUCCESSFUL", 1)}, "no_record", "(delivery)"},
		{"a message that arrived before", []func(*testing.T, *store.Store){invalid, event("n", "TEXT_DELIVERED", "DELIVERED", -1)}, "invalid_number", "()"},
		{"a failure since", []func(*testing.T, *store.Store){invalid, event("n", "TEXT_UNREACHABLE", "UNREACHABLE", 1)}, "invalid_number", "()"},
		{"invalid once more after the text", []func(*testing.T, *store.Store){invalid, text(1), event("n", "TEXT_INVALID", "INVALID", 2)}, "invalid_number", "()\n(text)"},
		{"a block on top is an opt-out", []func(*testing.T, *store.Store){invalid, event("n", "TEXT_BLOCKED", "BLOCKED", 1)}, "invalid_number", "()"},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			apply(t, s, rulesYAML)
			for _, step := range c.steps {
				step(t, s)
			}
			lift(t, s, at(10))
			if got := scan[string](t, s, `SELECT reason FROM heed.can_send($1, 'alerts')`, ann); got != c.reason {
				t.Errorf("can_send says %s, want %s", got, c.reason)
			}
			if got := dump(t, s, `SELECT lifted_by FROM heed.suspension`); got != c.lifted {
				t.Errorf("lifted by %s, want %s", got, c.lifted)
			}
			if n := lift(t, s, at(11)); n != 0 {
				t.Errorf("lifted %d a second time", n)
			}
		})
	}
}

// A reply answers a text, and a text is a sign of life: whoever is suspended and writes is answered.
func TestSuspendedAreAnswered(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, rulesYAML)
	mustWork(t, events(s).Work(context.Background(), records(told("m", "TEXT_INVALID", "INVALID", true, acme, ann, noon()))))
	aws := strictAWS(t, rulesYAML)
	say(t, texts(s, aws, noon), spoken{"1", ann, acme, "HOURS", noon()})
	if len(aws.sent()) != 1 {
		t.Errorf("sent %q", aws.sent())
	}
}

// An operator lifts it, once; what AWS says of the time before, however late, does not suspend again, and what it says
// of the time after does.
func TestResume(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx := context.Background()
	at := func(minute int) time.Time { return noon().Add(time.Duration(minute) * time.Minute) }
	invalid := func(message string, minute int) {
		mustWork(t, events(s).Work(ctx, records(told(message, "TEXT_INVALID", "INVALID", true, acme, ann, at(minute)))))
	}
	resume := func(minute, want int) {
		t.Helper()
		if n, err := s.Resume(ctx, ann, "tess", "called her", at(minute)); err != nil || n != want {
			t.Errorf("resumed %d, want %d: %v", n, want, err)
		}
	}
	reason := func(want string) {
		t.Helper()
		if got := scan[string](t, s, `SELECT reason FROM heed.can_send($1, 'alerts')`, ann); got != want {
			t.Errorf("can_send says %s, want %s", got, want)
		}
	}
	invalid("m1", 0)
	invalid("m2", 1)
	resume(10, 2)
	resume(11, 0)
	reason("no_record")
	invalid("m3", 9) // late
	invalid("m1", 0) // again
	reason("no_record")
	if got := dump(t, s, `SELECT message_id, lifted_by, lifted_at FROM heed.suspension`); got != `(m1,tess,"2026-11-20 12:10:00+00")
(m2,tess,"2026-11-20 12:10:00+00")
(m3,tess,"2026-11-20 12:10:00+00")` {
		t.Errorf("suspensions\n%s", got)
	}
	invalid("m4", 12)
	reason("invalid_number")
	if got := scan[string](t, s, `SELECT reason FROM heed.can_send_at($1, 'alerts', $2)`, ann, at(5)); got != "invalid_number" {
		t.Errorf("then it was %s", got)
	}
}

// Events and texts in any order, with the relay looking in between: the same suspensions end at the same moments.
func TestSuspensionsConverge(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx := context.Background()
	run := func(rt *rapid.T, steps []int) string {
		if _, err := s.Pool().Exec(ctx, `TRUNCATE heed.inbound, heed.outbox, heed.delivery_event, heed.message, heed.suspension`); err != nil {
			rt.Fatal(err)
		}
		looks := noon()
		for _, step := range steps {
			at := noon().Add(time.Duration(step/4) * time.Minute)
			switch step % 4 {
			case 0:
				mustWork(rt, events(s).Work(ctx, records(told("bad"+fmt.Sprint(step%8), "TEXT_INVALID", "INVALID", true, acme, ann, at))))
			case 1:
				mustWork(rt, events(s).Work(ctx, records(told("good"+fmt.Sprint(step), "TEXT_DELIVERED", "DELIVERED", true, acme, ann, at))))
			case 2:
				say(rt, texts(s, &world{listed: map[string]bool{}}, noon), spoken{fmt.Sprint(step), ann, acme, "hello", at})
			default:
				looks = looks.Add(time.Hour)
				lift(t, s, looks)
			}
		}
		lift(t, s, looks.Add(time.Hour))
		return dump(t, s, `SELECT message_id, since, lifted_at IS NULL FROM heed.suspension`)
	}
	rapid.Check(t, func(rt *rapid.T) {
		steps := rapid.SliceOfN(rapid.IntRange(0, 27), 1, 8).Draw(rt, "steps")
		want := run(rt, steps)
		if got := run(rt, rapid.Permutation(steps).Draw(rt, "order")); got != want {
			rt.Fatalf("got\n%s\nwant\n%s", got, want)
		}
	})
}
