package reconcile_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/heedsms/heed/internal/optout"
	"github.com/heedsms/heed/internal/outbox"
	"github.com/heedsms/heed/internal/reconcile"
)

// now is when the page is compared; the pass began a minute before.
var (
	now   = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	began = now.Add(-time.Minute)
)

func ago(d time.Duration) time.Time { return now.Add(-d) }

const day = 24 * time.Hour

func in(program string, at time.Time) reconcile.Consent {
	return reconcile.Consent{Program: program, Register: optout.Register{OptedInAt: at}}
}

func out(program string, at time.Time) reconcile.Consent {
	return reconcile.Consent{Program: program, Register: optout.Register{OptedOutAt: at}}
}

func held(program string, at time.Time) reconcile.Consent {
	return reconcile.Consent{Program: program, Register: optout.Register{HeldAt: at}}
}

// done is a sync that ended.
func done(program string, did outbox.Wanted, planned, settled time.Time) reconcile.Sync {
	return reconcile.Sync{Program: program, State: outbox.Done, Did: did, PlannedAt: planned, SettledAt: settled}
}

// tried is a sync whose worker died, or did not hear AWS's answer.
func tried(program string, planned time.Time) reconcile.Sync {
	return reconcile.Sync{Program: program, State: outbox.Planned, Tried: true, PlannedAt: planned, NotBefore: planned}
}

// outAndIn is who opted out and came back.
func outAndIn(program string, out, in time.Time) reconcile.Consent {
	return reconcile.Consent{Program: program, Register: optout.Register{OptedOutAt: out, OptedInAt: in}}
}

// failed is a sync that AWS refused, an hour after it was planned.
func failed(program string, planned time.Time) reconcile.Sync {
	return reconcile.Sync{Program: program, State: outbox.Failed, PlannedAt: planned, SettledAt: planned.Add(time.Hour)}
}

// relocked is an action that AWS held back for its 30 days, and that failed since.
func relocked(program string, planned, tried time.Time) reconcile.Sync {
	s := failed(program, planned)
	s.TriedSince, s.SettledAt = tried, tried.Add(time.Hour)
	return s
}

func knows(consents ...reconcile.Consent) reconcile.Known { return reconcile.Known{Consents: consents} }

func with(k reconcile.Known, syncs ...reconcile.Sync) reconcile.Known {
	k.Syncs = append(k.Syncs, syncs...)
	return k
}

func locked(c reconcile.Consent, until time.Time) reconcile.Consent {
	c.LockedUntil = until
	return c
}

var (
	own    = reconcile.List{Name: "acme", Keepers: []string{"a"}}
	shared = reconcile.List{Name: "acme", Keepers: []string{"a", "b"}}
	sender = reconcile.List{Name: "acme", Keepers: []string{"a"}, Sender: true}
)

// What AWS lists, against what heed knows.
func TestListed(t *testing.T) {
	t.Parallel()
	type verdict = reconcile.Verdict
	heedPut := done("a", outbox.Listed, ago(10*day), ago(10*day-2*time.Second))
	atPut := ago(10*day - time.Second)
	recorded := func(at time.Time, programs ...string) verdict {
		v := verdict{Decision: reconcile.Recorded}
		for _, p := range programs {
			v.Record = append(v.Record, reconcile.OptOut{Program: p, SaidAt: at})
		}
		return v
	}
	younger := func(at time.Time) verdict {
		return verdict{Decision: reconcile.Younger, Record: []reconcile.OptOut{{Program: "a", SaidAt: at}}}
	}
	for _, c := range []struct {
		sentence string
		list     reconcile.List
		at       time.Time // since when AWS lists them
		byUser   bool
		known    reconcile.Known
		want     verdict
	}{
		{"nothing is known here: AWS's list is the evidence", own, ago(day), false, knows(), recorded(ago(day), "a")},
		{"every program that keeps the list takes it to heart", shared, ago(day), true, knows(), recorded(ago(day), "a", "b")},
		{"what is known of a program with another list is no matter", own, ago(day), true, knows(in("x", ago(time.Hour))), recorded(ago(day), "a")},
		{"held, and never in: the list says what was meant", own, ago(day), true, knows(held("a", ago(2*day))), recorded(ago(day), "a")},
		{"opted out here: agreed", own, ago(day), false, knows(out("a", ago(day))), verdict{Decision: reconcile.Agreed}},
		{"opted out of the other program on the list: that is why, and this one learns nothing", shared, ago(day), true, knows(out("b", ago(day))), verdict{Decision: reconcile.Agreed}},
		{"under sender scope an opt-out of any program is why", sender, ago(day), false, knows(out("x", ago(day))), verdict{Decision: reconcile.Agreed}},
		{"under program scope it is not", own, ago(day), false, knows(out("x", ago(day))), recorded(ago(day), "a")},
		{
			"unless heed listed them for it: a list that was renamed sets nobody free", own, ago(day), false,
			with(knows(out("x", ago(day))), done("x", outbox.Listed, ago(day), ago(day))),
			verdict{Decision: reconcile.Agreed},
		},

		{"listed, then opted in: off the list", own, ago(2 * day), false, knows(in("a", ago(day))), verdict{Decision: reconcile.Remove, Sync: "a"}},
		{"their own stop, then opted in: off the list as well", own, ago(2 * day), true, knows(in("a", ago(day))), verdict{Decision: reconcile.Remove, Sync: "a"}},
		{
			"a hold is between heed and the person: the list follows the opt-in before it", own, ago(2 * day), false,
			knows(reconcile.Consent{Program: "a", Register: optout.Register{OptedInAt: ago(day), HeldAt: ago(time.Hour)}}),
			verdict{Decision: reconcile.Remove, Sync: "a"},
		},
		{"opted in, then listed: they stopped since, whoever listed them", own, ago(time.Hour), true, knows(in("a", ago(day))), younger(ago(time.Hour))},
		{"the same without AWS's flag, which is not to be trusted", own, ago(time.Hour), false, knows(in("a", ago(day))), younger(ago(time.Hour))},
		{
			"listed after the opt-in by a worker who died before it could say so: heed's own", own, ago(day), false,
			with(knows(outAndIn("a", ago(day+2*time.Second), ago(day+time.Second))), tried("a", ago(day+2*time.Second))),
			verdict{Decision: reconcile.InFlight},
		},
		{
			"the same, and AWS calls it the end user's: not heed's", own, ago(day), true,
			with(knows(outAndIn("a", ago(day+2*time.Second), ago(day+time.Second))), tried("a", ago(day+2*time.Second))), younger(ago(day)),
		},
		{
			"the same, and nobody ever opted out: heed had no reason to", own, ago(day), false,
			with(knows(in("a", ago(day+time.Second))), tried("a", ago(day+2*time.Second))), younger(ago(day)),
		},
		{
			"in the same second: the stop counts, as of the opt-in, because on a tie it wins", own, ago(day), true,
			knows(in("a", ago(day).Add(700*time.Millisecond))), younger(ago(day).Add(700 * time.Millisecond)),
		},
		{"some seconds before the opt-in: clocks differ, the stop counts", own, ago(day), true, knows(in("a", ago(day).Add(4*time.Second))), younger(ago(day).Add(4 * time.Second))},
		{"well before the opt-in: the opt-in counts", own, ago(day), true, knows(in("a", ago(day).Add(6*time.Second))), verdict{Decision: reconcile.Remove, Sync: "a"}},
		{
			"in one program back, of the other nothing known: for that one it is an opt-out, and the listing stays", shared, ago(2 * day), true,
			knows(in("a", ago(day))), recorded(ago(2*day), "b"),
		},

		{
			"heed put them there while START was on its way: its own listing, off", own, atPut, false,
			with(knows(in("a", ago(10*day))), heedPut),
			verdict{Decision: reconcile.Remove, Sync: "a"},
		},
		{
			"the same, but AWS says that they asked themselves", own, atPut, true,
			with(knows(in("a", ago(10*day))), heedPut), younger(atPut),
		},
		{
			"heed put them there, and took them off; this listing is of another day", own, ago(day), false,
			with(knows(in("a", ago(5*day))), heedPut, done("a", outbox.NotListed, ago(5*day), ago(5*day))), younger(ago(day)),
		},
		{
			"heed took them off at this very moment: that does not explain a listing", own, ago(day), false,
			with(knows(in("a", ago(day).Add(-time.Minute))), done("a", outbox.NotListed, ago(day), ago(day))), younger(ago(day)),
		},
		{
			"heed's own listing, and the other program on the list knows nothing: no opt-out of it", shared, atPut, false,
			with(knows(in("a", ago(5*day))), heedPut),
			verdict{Decision: reconcile.Remove, Sync: "a"},
		},
		{"heed's own listing, and what was behind it was taken back: a person decides", own, atPut, false, with(knows(), heedPut), verdict{Decision: reconcile.Stray}},
		{
			"the same, but an action looks into it", own, atPut, false,
			with(knows(), heedPut, reconcile.Sync{Program: "a", State: outbox.Planned, NotBefore: now}),
			verdict{Decision: reconcile.InFlight},
		},

		{"AWS said that it holds them, and until when", own, ago(20 * day), false, knows(locked(in("a", ago(day)), now.Add(9*day))), verdict{Decision: reconcile.Locked}},
		{
			"the action that waits for the day says so too", own, ago(20 * day), false,
			with(knows(in("a", ago(day))), reconcile.Sync{Program: "a", State: outbox.Planned, Locked: true, NotBefore: now.Add(9 * day)}),
			verdict{Decision: reconcile.Locked},
		},
		{"the day has come", own, ago(40 * day), false, knows(locked(in("a", ago(31*day)), ago(time.Hour))), verdict{Decision: reconcile.Remove, Sync: "a"}},
		{
			"an action is under way", own, ago(2 * day), false,
			with(knows(in("a", ago(day))), reconcile.Sync{Program: "a", State: outbox.Claimed}),
			verdict{Decision: reconcile.InFlight},
		},
		{
			"heed took them off a moment ago: AWS does not show it yet", own, ago(2 * day), false,
			with(knows(in("a", ago(day))), done("a", outbox.NotListed, ago(5*time.Minute), ago(5*time.Minute))),
			verdict{Decision: reconcile.InFlight},
		},
		{"they came back a moment ago: AWS may have seen to it itself", own, ago(2 * day), true, knows(in("a", ago(5*time.Minute))), verdict{Decision: reconcile.InFlight}},
		{
			"a call that failed yesterday is the relay's to make again", own, ago(3 * day), false,
			with(knows(in("a", ago(2*day))), failed("a", ago(2*day))),
			verdict{Decision: reconcile.Failing},
		},
		{
			"AWS held it back for 30 days, and refused it since: that is the relay's too", own, ago(50 * day), false,
			with(knows(in("a", ago(40*day))), relocked("a", ago(40*day), ago(10*day))),
			verdict{Decision: reconcile.Failing},
		},
		{
			"the relay has given that up as well", own, ago(90 * day), false,
			with(knows(in("a", ago(80*day))), relocked("a", ago(80*day), ago(50*day))),
			verdict{Decision: reconcile.Remove, Sync: "a"},
		},
		{"the relay has given it up", own, ago(50 * day), false, with(knows(in("a", ago(49*day))), failed("a", ago(40*day))), verdict{Decision: reconcile.Remove, Sync: "a"}},
		{
			"what failed has succeeded since", own, ago(4 * day), false,
			with(knows(in("a", ago(3*day))), failed("a", ago(3*day)), done("a", outbox.NotListed, ago(2*day), ago(2*day))),
			verdict{Decision: reconcile.Remove, Sync: "a"},
		},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			t.Parallel()
			got := reconcile.Listed(c.list, reconcile.Entry{Contact: "+14255550101", At: c.at, ByEndUser: c.byUser}, c.known, began, now)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Who is not on AWS's list, against what heed knows.
func TestAbsent(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sentence string
		list     reconcile.List
		known    reconcile.Known
		want     reconcile.Verdict
	}{
		{"opted out here, and AWS never heard of it", own, knows(out("a", ago(day))), reconcile.Verdict{Decision: reconcile.Missing, Sync: "a"}},
		{"opted out of another program, under sender scope", sender, knows(out("x", ago(day))), reconcile.Verdict{Decision: reconcile.Missing, Sync: "x"}},
		{"the same under program scope", own, knows(out("x", ago(day))), reconcile.Verdict{Decision: reconcile.Agreed}},
		{"heed put them there: somebody took them off", own, with(knows(out("a", ago(3*day))), done("a", outbox.Listed, ago(3*day), ago(3*day))), reconcile.Verdict{Decision: reconcile.Left, Sync: "a"}},
		{
			"AWS's list was the evidence: AWS took them off for a START, or somebody did", own,
			knows(reconcile.Consent{Program: "a", Register: optout.Register{OptedOutAt: ago(day)}, FromAWS: true}),
			reconcile.Verdict{Decision: reconcile.Left, Sync: "a"},
		},
		{"they came back the moment before", own, knows(in("a", ago(time.Second))), reconcile.Verdict{Decision: reconcile.Agreed}},
		{"they stopped a moment ago: it is on its way", own, knows(out("a", ago(time.Minute))), reconcile.Verdict{Decision: reconcile.InFlight}},
		{"heed put them there a moment ago: AWS does not show it yet", own, with(knows(out("a", ago(day))), done("a", outbox.Listed, ago(2*time.Minute), ago(time.Minute))), reconcile.Verdict{Decision: reconcile.InFlight}},
		{"an action is under way", own, with(knows(out("a", ago(day))), reconcile.Sync{Program: "a", State: outbox.Planned, NotBefore: now.Add(time.Minute)}), reconcile.Verdict{Decision: reconcile.InFlight}},
		{"AWS refused it for good", own, with(knows(out("a", ago(2*day))), failed("a", ago(2*day))), reconcile.Verdict{Decision: reconcile.Failing}},
		{
			"an action waits for the end of AWS's 30 days: nobody is free until then", own,
			with(knows(out("a", ago(day))), reconcile.Sync{Program: "a", State: outbox.Planned, Locked: true, NotBefore: now.Add(20 * day)}),
			reconcile.Verdict{Decision: reconcile.Missing, Sync: "a"},
		},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, reconcile.Absent(c.list, c.known, began, now)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// moments are times around now, often close to each other.
func moments() *rapid.Generator[time.Time] {
	return rapid.Custom(func(t *rapid.T) time.Time {
		base := rapid.SampledFrom([]time.Time{ago(40 * day), ago(day), ago(time.Hour), ago(time.Minute)}).Draw(t, "base")
		return base.Add(time.Duration(rapid.IntRange(-8000, 8000).Draw(t, "ms")) * time.Millisecond)
	})
}

func maybe(moment *rapid.Generator[time.Time]) *rapid.Generator[time.Time] {
	return rapid.OneOf(rapid.Just(time.Time{}), moment)
}

func anything(t *rapid.T) (reconcile.List, reconcile.Entry, reconcile.Known) {
	list := rapid.SampledFrom([]reconcile.List{own, shared, sender}).Draw(t, "list")
	entry := reconcile.Entry{Contact: "+14255550101", At: moments().Draw(t, "at").Truncate(time.Second), ByEndUser: rapid.Bool().Draw(t, "by end user")}
	var k reconcile.Known
	for _, program := range []string{"a", "b", "x"} {
		c := reconcile.Consent{Program: program, LockedUntil: rapid.SampledFrom([]time.Time{{}, ago(day), now.Add(day)}).Draw(t, "locked")}
		c.OptedInAt, c.OptedOutAt, c.HeldAt = maybe(moments()).Draw(t, "in"), maybe(moments()).Draw(t, "out"), maybe(moments()).Draw(t, "held")
		if state, _ := c.State(); state != optout.Unknown {
			k.Consents = append(k.Consents, c)
		}
	}
	k.Syncs = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) reconcile.Sync {
		s := reconcile.Sync{
			Program: rapid.SampledFrom([]string{"a", "b", "x"}).Draw(t, "program"), PlannedAt: moments().Draw(t, "planned"),
			State: rapid.SampledFrom([]outbox.State{outbox.Planned, outbox.Claimed, outbox.Done, outbox.Failed}).Draw(t, "state"),
			Did:   rapid.SampledFrom([]outbox.Wanted{"", outbox.Listed, outbox.NotListed, outbox.LeftAlone}).Draw(t, "did"),
		}
		s.NotBefore, s.SettledAt = s.PlannedAt, s.PlannedAt.Add(time.Second)
		return s
	}), 0, 3).Draw(t, "syncs")
	return list, entry, k
}

// Whatever is known: a listing that AWS calls the end user's and that is younger than every opt-in is never taken off;
// nobody who is opted out in a program of the list is; and what is recorded makes the register agree, so that the same
// page looked at again asks for nothing more.
func TestListedNeverSetsFreeWhoStoppedLast(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list, entry, known := anything(t)
		v := reconcile.Listed(list, entry, known, began, now)
		removes := v.Decision == reconcile.Remove || v.Decision == reconcile.Locked || v.Sync != ""
		var opted time.Time
		for _, c := range known.Consents {
			for _, keeper := range list.Keepers {
				if c.Program == keeper && c.OptedInAt.After(opted) {
					opted = c.OptedInAt
				}
			}
			state, _ := c.State()
			if removes && state == optout.OptedOut && (list.Sender || c.Program == list.Keepers[0] || c.Program == list.Keepers[len(list.Keepers)-1]) {
				t.Fatalf("%s is opted out and %s", c.Program, v.Decision)
			}
		}
		if entry.ByEndUser && entry.At.After(opted) && removes {
			t.Fatalf("their own stop of %s, opted in %s: %s", entry.At, opted, v.Decision)
		}
		again := reconcile.Known{Syncs: known.Syncs, Consents: append([]reconcile.Consent(nil), known.Consents...)}
		for _, o := range v.Record {
			again.Consents = recordIn(again.Consents, o)
			if state, _ := again.Consents[indexOf(again.Consents, o.Program)].State(); state != optout.OptedOut {
				t.Fatalf("recorded as of %s, and %s is still %s", o.SaidAt, o.Program, state)
			}
		}
		if v.Sync != "" {
			again.Syncs = append(again.Syncs, reconcile.Sync{Program: v.Sync, State: outbox.Planned, PlannedAt: now, NotBefore: now})
		}
		if second := reconcile.Listed(list, entry, again, began, now); len(second.Record) > 0 || second.Sync != "" {
			t.Fatalf("first %+v, and again %+v", v, second)
		}
	})
}

// Who said stop last is put on the list unless something is on its way, nobody else is; and once it is planned, it is not
// planned again.
func TestAbsentPutsWhoStoppedLast(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list, _, known := anything(t)
		v := reconcile.Absent(list, known, began, now)
		stopped := false
		for _, c := range known.Consents {
			if state, _ := c.State(); state == optout.OptedOut && (list.Sender || c.Program == "a" || c.Program == list.Keepers[len(list.Keepers)-1]) {
				stopped = true
			}
		}
		if stopped == (v.Decision == reconcile.Agreed) {
			t.Fatalf("stopped: %v, and %s", stopped, v.Decision)
		}
		if v.Sync == "" {
			return
		}
		known.Syncs = append(known.Syncs, reconcile.Sync{Program: v.Sync, State: outbox.Planned, PlannedAt: now, NotBefore: now})
		if again := reconcile.Absent(list, known, began, now); again.Sync != "" {
			t.Fatalf("planned, and then %+v", again)
		}
	})
}

func indexOf(consents []reconcile.Consent, program string) int {
	for i, c := range consents {
		if c.Program == program {
			return i
		}
	}
	return -1
}

func recordIn(consents []reconcile.Consent, o reconcile.OptOut) []reconcile.Consent {
	i := indexOf(consents, o.Program)
	if i < 0 {
		return append(consents, out(o.Program, o.SaidAt))
	}
	consents[i].Register = consents[i].With(optout.OptedOut, o.SaidAt)
	return consents
}
