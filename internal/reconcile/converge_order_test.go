package reconcile_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/heedsms/heed/internal/consent"
	"github.com/heedsms/heed/internal/delivery"
	"github.com/heedsms/heed/internal/ingress"
	"github.com/heedsms/heed/internal/optout"
	"github.com/heedsms/heed/internal/roster"
	"github.com/heedsms/heed/internal/sms"
	"github.com/heedsms/heed/internal/store"
)

// word is something that was said, however it comes to heed.
type word struct {
	by      string // text, operator, import, carrier
	who     sms.Phone
	program string
	text    string
	state   optout.State
	at      time.Time
}

var homes = map[string]string{"a": "+12065550100", "b": "+12065550101", "c": "+12065550102"}

func words(rt *rapid.T) []word {
	one := rapid.Custom(func(rt *rapid.T) word {
		back := rapid.SampledFrom([]time.Duration{0, time.Second, 2 * time.Second, 10 * time.Minute, 40 * 24 * time.Hour}).Draw(rt, "so long ago")
		return word{
			by:      rapid.SampledFrom([]string{"text", "text", "text", "operator", "import", "carrier"}).Draw(rt, "by"),
			who:     rapid.SampledFrom([]sms.Phone{"+14255550100", "+14255550101"}).Draw(rt, "who"),
			program: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(rt, "program"),
			text:    rapid.SampledFrom(sentences).Draw(rt, "text").text,
			state:   rapid.SampledFrom([]optout.State{optout.OptedOut, optout.OptedIn, optout.Held}).Draw(rt, "state"),
			at:      now.Add(-back),
		}
	})
	return rapid.SliceOfN(one, 1, 6).Draw(rt, "words")
}

// hear takes in one of the words; false: the worker died, and it comes again.
func (w *world) hear(i int, x word, l *life) bool {
	w.note("%d: %+v", i, x)
	p, _ := w.rules.Named(x.program)
	switch x.by {
	case "operator":
		_, err := w.db.RecordConsent(w.ctx, []consent.Change{{
			Program: x.program, Contact: x.who, State: x.state, SaidAt: x.at, Source: "operator", Actor: "zoe", Lists: w.rules.ListsOf(p),
		}}, w.now())
		w.must(err)
	case "import":
		how := store.Import{
			Lane: store.ImportLane(x.who), Actor: "zoe", MostCalls: 100, FirstCall: w.now(), Lists: map[string][]string{x.program: w.rules.ListsOf(p)},
		}
		e := &roster.Entry{Line: 2, Program: x.program, Contact: x.who, State: x.state, SaidAt: x.at, Evidence: `{}`}
		_, err := w.db.ImportConsent(w.ctx, []*roster.Entry{e}, how, w.now())
		w.must(err)
	case "carrier":
		body := fmt.Appendf(nil, `{"eventType":"TEXT_BLOCKED","eventTimestamp":%d,"isFinal":true,"originationPhoneNumber":"+18885550100","destinationPhoneNumber":%q,
"messageId":"m%d","messageRequestTimestamp":%[1]d,"messageStatus":"BLOCKED"}`, x.at.UnixMilli(), x.who, i)
		w.must((&delivery.Handler{Store: w.db, Log: w.log, Now: w.now}).Work(w.ctx, []ingress.Record{{Source: ingress.SNS, ID: fmt.Sprint("e", i), Body: body}})[0])
	default:
		body := fmt.Appendf(nil, `{"originationNumber":%q,"destinationNumber":%q,"messageBody":%q,"inboundMessageId":"i%d"}`, x.who, homes[x.program], x.text, i)
		r := ingress.Record{Source: ingress.SQS, ID: fmt.Sprint("r", i), Body: body, SaidAt: x.at}
		w.waiting = append(w.waiting, r)
		w.hand([]ingress.Record{r}, l)
		return len(w.waiting) == 0
	}
	return true
}

// standing is what the register says of everybody, when the lists agree with it.
func (w *world) standing() []string {
	w.calm()
	w.listed()
	w.agree()
	w.lists("in the end")
	w.proven()
	return w.register()
}

// Only when something was said counts: not the order in which it comes, nor how often, nor who dies over it, nor what
// relay and reconciliation do meanwhile. In particular nothing that heed did to a list is ever taken for a person's word.
func TestOrderOfArrivalDoesNotMatter(t *testing.T) {
	t.Parallel()
	setups := []*setup{setUp(t, "program", "heed", "hold"), setUp(t, "sender", "heed", "hold")}
	rapid.Check(t, func(rt *rapid.T) {
		s := rapid.SampledFrom(setups).Draw(rt, "scope")
		said := words(rt)
		w := s.begin(context.Background(), rt)
		for i, x := range said {
			w.hear(i, x, immortal())
		}
		straight := w.standing()

		w = s.begin(context.Background(), rt)
		// What heed has forgotten of its own doing after a month can be taken for another's.
		w.keep.Outbox = 0
		left := rapid.Permutation(slices.Repeat(indexes(said), 2)).Draw(rt, "order")
		for len(left) > 0 {
			i := left[0]
			left = left[1:]
			if !w.hear(i, said[i], w.mortal()) {
				w.waiting = nil
				left = append(left, i)
			}
			switch rapid.SampledFrom([]string{"", "relay", "reconcile", "time"}).Draw(rt, "meanwhile") {
			case "relay":
				w.relay(w.mortal())
			case "reconcile":
				w.reconcile(w.mortal(), false, rapid.Bool().Draw(rt, "at once"))
			case "time":
				w.pass()
			}
		}
		if diff := cmp.Diff(straight, w.standing()); diff != "" {
			w.wrong("another order ends elsewhere (-straight +other):\n%s", diff)
		}
	})
}

func indexes(of []word) []int {
	all := make([]int, len(of))
	for i := range of {
		all[i] = i
	}
	return all
}
