package optout

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// said is one thing a person said.
type said struct {
	state State
	at    time.Time
}

func TestState(t *testing.T) {
	at := func(minute int) time.Time { return noon.Add(time.Duration(minute) * time.Minute) }
	for _, test := range []struct {
		why   string
		said  []said
		want  State
		since time.Time
	}{
		{"nothing said", nil, Unknown, time.Time{}},
		{"STOP", []said{{OptedOut, at(1)}}, OptedOut, at(1)},
		{"START", []said{{OptedIn, at(1)}}, OptedIn, at(1)},
		{"STOP, then START", []said{{OptedOut, at(1)}, {OptedIn, at(2)}}, OptedIn, at(2)},
		{"a START that arrives after a STOP and was said before it", []said{{OptedOut, at(2)}, {OptedIn, at(1)}}, OptedOut, at(2)},
		{"both in the same instant: STOP wins", []said{{OptedIn, at(1)}, {OptedOut, at(1)}}, OptedOut, at(1)},
		{"something unclear", []said{{OptedIn, at(1)}, {Held, at(2)}}, Held, at(2)},
		{"something unclear in the same instant as START", []said{{Held, at(1)}, {OptedIn, at(1)}}, Held, at(1)},
		{"START after something unclear", []said{{Held, at(1)}, {OptedIn, at(2)}}, OptedIn, at(2)},
		{"something unclear after STOP weakens nothing", []said{{OptedOut, at(1)}, {Held, at(2)}}, OptedOut, at(1)},
		{"nor does it before", []said{{Held, at(1)}, {OptedOut, at(2)}}, OptedOut, at(2)},
		{"STOP, START, unclear", []said{{OptedOut, at(1)}, {OptedIn, at(2)}, {Held, at(3)}}, Held, at(3)},
		{"an unknown state changes nothing", []said{{OptedOut, at(1)}, {"paused", at(2)}}, OptedOut, at(1)},
	} {
		state, since := register(test.said).State()
		if state != test.want || !since.Equal(test.since) {
			t.Errorf("%s: %s since %v, want %s since %v", test.why, state, since, test.want, test.since)
		}
	}
}

// What a person said in any order, some of it twice, split over any number of workers, ends in one register.
func TestAnyOrderRepetitionAndSplitGiveTheSameRegister(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOfN(drawSaid(), 0, 12).Draw(t, "said")
		want := register(all)

		repeated := append(append([]said{}, all...), all[:rapid.IntRange(0, len(all)).Draw(t, "again")]...)
		shuffled := rapid.Permutation(repeated).Draw(t, "order")
		workers := make([]Register, rapid.IntRange(1, 4).Draw(t, "workers"))
		for _, s := range shuffled {
			w := rapid.IntRange(0, len(workers)-1).Draw(t, "worker")
			workers[w] = workers[w].With(s.state, s.at)
		}
		var got Register
		for _, w := range workers {
			got = got.Join(w)
		}
		if got != want {
			t.Fatalf("%v in the order %v gives %+v, want %+v", all, shuffled, got, want)
		}
	})
}

func TestJoinIsASemilattice(t *testing.T) {
	draw := rapid.Custom(func(t *rapid.T) Register { return register(rapid.SliceOfN(drawSaid(), 0, 5).Draw(t, "said")) })
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := draw.Draw(t, "a"), draw.Draw(t, "b"), draw.Draw(t, "c")
		if a.Join(b) != b.Join(a) {
			t.Fatal("not commutative")
		}
		if a.Join(b).Join(c) != a.Join(b.Join(c)) {
			t.Fatal("not associative")
		}
		if a.Join(a) != a || a.Join(Register{}) != a {
			t.Fatal("not idempotent, or the empty register is not neutral")
		}
	})
}

// The promise to the person: after the latest STOP, only a START said later than it ends the opt-out.
func TestOnlyALaterStartUndoesAStop(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOfN(drawSaid(), 1, 12).Draw(t, "said")
		var lastOut, lastIn time.Time
		for _, s := range all {
			if s.state == OptedOut && s.at.After(lastOut) {
				lastOut = s.at
			}
			if s.state == OptedIn && s.at.After(lastIn) {
				lastIn = s.at
			}
		}
		state, _ := register(all).State()
		if inForce := !lastOut.IsZero() && !lastIn.After(lastOut); inForce != (state == OptedOut) {
			t.Fatalf("%v gives %s", all, state)
		}
	})
}

func register(all []said) Register {
	var r Register
	for _, s := range all {
		r = r.With(s.state, s.at)
	}
	return r
}

// drawSaid draws from few instants, so that ties are common, in several time zones, so that equal instants differ
// as Go values.
func drawSaid() *rapid.Generator[said] {
	zones := []*time.Location{time.UTC, time.FixedZone("west", -8*3600), time.FixedZone("east", 9*3600)}
	return rapid.Custom(func(t *rapid.T) said {
		return said{
			rapid.SampledFrom([]State{OptedIn, OptedOut, Held}).Draw(t, "state"),
			noon.Add(time.Duration(rapid.IntRange(0, 4).Draw(t, "minute")) * time.Minute).In(rapid.SampledFrom(zones).Draw(t, "zone")),
		}
	})
}
