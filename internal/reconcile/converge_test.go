package reconcile_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/heedsms/heed/internal/ledger"
	"github.com/heedsms/heed/internal/reconcile"
	"github.com/heedsms/heed/internal/sms"
	"github.com/heedsms/heed/internal/store"
)

// Whatever people text, operators record, others do to AWS's lists, and wherever workers die: when the world calms
// down, ledger, register and AWS's lists agree, and nobody who said stop last can be sent to (issue: done when 1).
func TestAnyHistoryConverges(t *testing.T) {
	t.Parallel()
	setups := []*setup{
		setUp(t, "program", "heed", "ask"), setUp(t, "sender", "heed", "hold"), setUp(t, "program", "aws", "hold"), setUp(t, "sender", "aws", "ask"),
	}
	rapid.Check(t, func(rt *rapid.T) {
		w := rapid.SampledFrom(setups).Draw(rt, "programs").begin(context.Background(), rt)
		for range rapid.IntRange(3, 25).Draw(rt, "length") {
			w.happen()
		}
		w.calm()
		if w.alone {
			w.listed()
		}
		w.agree()
		w.lists("in the end")
		w.proven()
		w.listened()
	})
}

// happen is one more event of a history.
func (w *world) happen() {
	switch rapid.SampledFrom([]string{
		"text", "text", "text", "text", "deliver", "deliver", "deliver", "operator", "import", "review", "others", "others",
		"relay", "relay", "reconcile", "reconcile", "blocked", "time", "time", "time", "rebuild", "forget",
	}).Draw(w.T, "what happens") {
	case "text":
		w.text()
	case "deliver":
		w.deliver()
	case "operator":
		w.operator()
	case "import":
		w.imports()
	case "review":
		w.review()
	case "others":
		w.others()
	case "relay":
		w.relay(w.mortal())
	case "reconcile":
		w.reconcile(w.mortal(), rapid.IntRange(0, 4).Draw(w.T, "anew") == 0, rapid.Bool().Draw(w.T, "at once"))
	case "blocked":
		w.blocked()
	case "time":
		w.pass()
	case "rebuild":
		w.rebuild()
	case "forget":
		if rapid.IntRange(0, 2).Draw(w.T, "really") == 0 {
			w.forget()
		}
	}
}

// calm is that every text arrives, and the relay comes by until nothing is left to do: after AWS's 30 days for each
// list, too.
func (w *world) calm() {
	w.note("the world calms down")
	for len(w.waiting) > 0 {
		n := min(rapid.IntRange(1, 3).Draw(w.T, "records"), len(w.waiting))
		w.hand(slices.Clone(rapid.Permutation(w.waiting).Draw(w.T, "in any order")[:n]), immortal())
	}
	for range 4 {
		for _, d := range []time.Duration{time.Minute, time.Hour, 25 * time.Hour, 31 * 24 * time.Hour} {
			w.advance(d)
			w.relay(immortal())
		}
		if n, err := w.open(); err == nil && n == 0 {
			return
		}
	}
}

// agree is that register and lists are compared until a pass finds nothing to do.
func (w *world) agree() {
	for range 8 {
		w.advance(31 * 24 * time.Hour)
		w.relay(immortal())
		drift, began := false, w.now().Truncate(time.Microsecond)
		for _, r := range w.reconcile(immortal(), false, true) {
			if !r.Finished() || r.Busy {
				w.wrong("the pass over %s did not end", r.List)
			}
			drift = drift || r.StartedAt.Before(began) // it went on with one that somebody died over
			for d, n := range r.Counts {
				drift = drift || n > 0 && d != reconcile.Agreed
			}
		}
		if !drift {
			return
		}
	}
	w.wrong("reconciling finds something to do for ever")
}

// listed says that whoever is opted out is on the lists where it counts. With the relay alone nothing more is promised:
// it takes off only who texted so, the others wait for the comparison.
func (w *world) listed() {
	w.Helper()
	w.compare("with the relay alone", true)
}

// lists are as the register has them: on a list is who is opted out where it counts, and nobody else.
func (w *world) lists(when string) {
	w.Helper()
	w.compare(when, false)
	if n, err := w.open(); err != nil || n > 0 {
		w.wrong("%s: %d actions are open: %v", when, n, err)
	}
}

func (w *world) compare(when string, putsOnly bool) {
	w.Helper()
	for _, list := range reconcile.Lists(w.rules.Ruleset) {
		for _, who := range w.folk {
			consents, err := w.db.Consents(w.ctx, who)
			w.must(err)
			want := false
			for name, state := range consents {
				want = want || state == "opted_out" && (list.Sender || slices.Contains(list.Keepers, name))
			}
			got := w.double.OptedOut(list.Name, who)
			if want && !got && w.outOfReach(w.told.of(who)) {
				continue
			}
			if got != want && (want || !putsOnly) {
				w.wrong("%s: %s on %s is %t, the register says %v", when, who, list.Name, got, consents)
			}
		}
	}
}

// outOfReach: of who was forgotten heed keeps a keyed hash, and there is no number to put on a list. What was planned is
// done first; what others did to the lists, and what an import has left to be compared, cannot be put right.
func (w *world) outOfReach(t *told) bool {
	return t.forgotten && (w.rationed || len(t.unlisted)+len(t.listed) > 0)
}

func (w *world) open() (n int, err error) {
	err = w.db.Pool().QueryRow(w.ctx, `SELECT (SELECT count(*) FROM heed.outbox WHERE state IN ('planned', 'claimed'))
		+ (SELECT count(*) FROM heed.consent WHERE aws_state <> 'in_sync' AND contact LIKE '+%' AND NOT $1)`, w.rationed).Scan(&n)
	return n, err
}

// proven: the register is what the ledger comes to, and nobody has edited the ledger.
func (w *world) proven() {
	_, err := w.db.CompareRegister(w.ctx, func(d store.Drift) error { return fmt.Errorf("drift: %+v", d) })
	w.must(err)
	var walk *ledger.Verifier
	err = w.db.WalkLedger(w.ctx, "", func(heads []ledger.Head) { walk = ledger.NewVerifier(heads, nil) },
		func(l *ledger.Link) error { return faulty(walk.Walk(l)) })
	w.must(err)
	w.must(faulty(walk.Close()))
}

func faulty(found []ledger.Finding) error {
	if len(found) > 0 {
		return fmt.Errorf("the ledger: %+v", found)
	}
	return nil
}

// listened: who said stop last cannot be sent to, neither by whoever asks heed nor by whoever does not. Who said start
// last can be, unless others had a word in it.
func (w *world) listened() {
	keepers, reach := map[string][]string{}, map[string][]string{}
	for _, l := range reconcile.Lists(w.rules.Ruleset) {
		keepers[l.Name] = l.Keepers
	}
	for _, p := range w.rules.Programs {
		reach[p.Name] = w.rules.ListsOf(p)
	}
	for _, who := range w.folk {
		t := w.told.of(who)
		for _, p := range w.rules.Programs {
			stopped, unsure := w.stopped(t, p.Name)
			var allowed bool
			var reason string
			w.must(w.db.Pool().QueryRow(w.ctx, `SELECT allowed, reason FROM heed.can_send($1, $2)`, who, p.Name).Scan(&allowed, &reason))
			last, since := t.last(p.Name)
			for _, number := range p.Identities {
				refused := w.send(sms.Identity(number), who) != nil
				switch {
				case stopped && (allowed || !refused && !w.outOfReach(t)):
					w.wrong("%s said stop to %s (last %s since %s): can_send %t %s, AWS refuses %t", who, p.Name, last, since.Sub(now), allowed, reason, refused)
				case last == saidUnclear && allowed && !t.forgotten:
					w.wrong("%s was unclear to %s, and can be sent to", who, p.Name)
				case last != saidUnclear && !stopped && !unsure && !t.contestable(keepers, reach[p.Name]) && (!allowed || refused && !w.elsewhere(t, p.OptOutList)):
					w.wrong("%s said %q last to %s, since %s: can_send %t %s, AWS refuses %t", who, last, p.Name, since.Sub(now), allowed, reason, refused)
				}
			}
		}
	}
}

// stopped says whether their last word to a program, or under sender scope to any, is stop; unsure, whether silence may
// have made a stop of what was unclear.
func (w *world) stopped(t *told, program string) (stopped, unsure bool) {
	for _, p := range w.rules.Programs {
		if p.Name == program || w.sender {
			last, _ := t.last(p.Name)
			stopped = stopped || last == saidStop
			unsure = unsure || last == saidUnclear
		}
	}
	return stopped, unsure
}

// elsewhere says whether another program that shares the list keeps them on it.
func (w *world) elsewhere(t *told, list string) bool {
	return slices.ContainsFunc(w.rules.ProgramsOnList(list), func(name string) bool {
		last, _ := t.last(name)
		return last == saidStop || last == saidUnclear
	})
}
