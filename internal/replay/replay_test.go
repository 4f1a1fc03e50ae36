package replay_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/heedsms/heed/internal/delivery"
	"github.com/heedsms/heed/internal/inbound"
	"github.com/heedsms/heed/internal/localdb/dbtest"
	"github.com/heedsms/heed/internal/parking"
	"github.com/heedsms/heed/internal/program"
	"github.com/heedsms/heed/internal/replay"
	"github.com/heedsms/heed/internal/sms"
	"github.com/heedsms/heed/internal/store"
	heedsql "github.com/heedsms/heed/sql"
)

func TestMain(m *testing.M) {
	dbtest.Main(m, func(ctx context.Context, url string) error {
		_, err := heedsql.Migrate(ctx, url)
		return err
	})
}

const rulesYAML = `
version: 1
programs:
  alerts:
    brand: Acme
    optOutList: acme
    identities: ["+12065550100"]
    doubleOptIn: {text: "Acme: reply YES to be texted."}
    keywords:
      - {words: [JOIN], action: opt_in}
      - {words: [ORDER], action: forward}
`

func noon() time.Time { return time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC) }

func open(t testing.TB) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), store.Options{URL: dbtest.New(t), Connections: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	rules, findings := program.Parse("heed.yaml", []byte(rulesYAML))
	if rules == nil {
		t.Fatal(findings)
	}
	if _, _, err := s.ApplyRuleset(context.Background(), []byte(rulesYAML), rules.Settings(), "test", noon()); err != nil {
		t.Fatal(err)
	}
	return s
}

func over(s replay.Store, objects map[string]string, now time.Time) *replay.Replay {
	return &replay.Replay{
		Store: s, Rules: &inbound.Rules{Documents: s.(inbound.Documents), Log: slog.New(slog.DiscardHandler)},
		Objects: memory(objects), Now: func() time.Time { return now },
	}
}

// memory is a bucket.
type memory map[string]string

func (m memory) Open(_ context.Context, _, key string) (io.ReadCloser, error) {
	body, ok := m[key]
	if !ok {
		return nil, errors.New("no such object")
	}
	return io.NopCloser(strings.NewReader(body)), nil
}

// listed gives the objects behind the position.
func (m memory) listed(pos *replay.Position, save func()) *replay.Objects {
	names := slices.Sorted(maps.Keys(m))
	names = slices.DeleteFunc(names, func(n string) bool { return n <= pos.After })
	return &replay.Objects{
		Bucket: "archive", Position: pos, Save: func() error { save(); return nil },
		Names: func(context.Context) (name string, err error) {
			if len(names) > 0 {
				name, names = names[0], names[1:]
			}
			return name, nil
		},
	}
}

// queue is a dead-letter queue. A letter that was received is hidden until it is released, or time passes.
type queue struct {
	letters []replay.Letter
	hidden  map[string]bool
}

func (q *queue) Receive(context.Context, time.Duration) (some []replay.Letter, err error) {
	for _, l := range q.letters {
		if len(some) < 10 && !q.hidden[l.ID] {
			q.hidden[l.ID] = true
			some = append(some, l)
		}
	}
	return some, nil
}

func (q *queue) Delete(_ context.Context, letters []replay.Letter) error {
	q.letters = slices.DeleteFunc(q.letters, func(l replay.Letter) bool {
		return slices.ContainsFunc(letters, func(d replay.Letter) bool { return d.ID == l.ID })
	})
	return nil
}

func (q *queue) Release(_ context.Context, letters []replay.Letter) error {
	for _, l := range letters {
		delete(q.hidden, l.ID)
	}
	return nil
}

// mortal is a store whose process dies at one of its writes, before it or after.
type mortal struct {
	*store.Store
	left  int // writes; the last is the end
	after bool
	die   context.CancelFunc
}

var errDead = errors.New("the process is dead")

func (m *mortal) write(do func() error) error {
	switch m.left--; {
	case m.left > 0:
		return do()
	case m.left == 0 && m.after:
		if err := do(); err != nil {
			return err
		}
	}
	m.die()
	return errDead
}

func (m *mortal) RecordInbound(ctx context.Context, b inbound.Batch) (c inbound.Counts, err error) {
	err = m.write(func() error { c, err = m.Store.RecordInbound(ctx, b); return err })
	return c, err
}

func (m *mortal) RecordEvents(ctx context.Context, b delivery.Batch) (c delivery.Counts, err error) {
	err = m.write(func() error { c, err = m.Store.RecordEvents(ctx, b); return err })
	return c, err
}

func (m *mortal) Replayed(ctx context.Context, taken []int64, again []parking.Row, now time.Time) error {
	return m.write(func() error { return m.Store.Replayed(ctx, taken, again, now) })
}

func textOf(id, contact, body string) string {
	return fmt.Sprintf(`{"originationNumber":%q,"destinationNumber":"+12065550100","messageBody":%q,"inboundMessageId":%q}`, contact, body, id)
}

func notified(message string, at time.Time) string {
	return fmt.Sprintf(`{"Type":"Notification","MessageId":"n","TopicArn":"arn:t","Message":%q,"Timestamp":%q}`, message, at.Format(time.RFC3339Nano))
}

func eventOf(n int) string {
	kind, status, final := "TEXT_SENT", "SENT", false
	if n%2 == 1 {
		kind, status, final = "TEXT_DELIVERED", "DELIVERED", true
	}
	if n%14 == 13 {
		kind, status = "TEXT_INVALID", "INVALID"
	}
	at := noon().Add(time.Duration(n/2) * time.Second).UnixMilli()
	return fmt.Sprintf(`{"eventType":%q,"eventTimestamp":%d,"isFinal":%t,"originationPhoneNumber":"+12065550100","destinationPhoneNumber":"+1425555%04d","messageId":"m-%d","messageRequestTimestamp":%d,"messageStatus":%q}`,
		kind, at+int64(n%2)*1000, final, n/2%5000, n/2, at, status)
}

// history is what there is to be replayed: an archive, a queue, and what is parked.
type history struct {
	archive memory
	letters []replay.Letter
	parked  []string
}

func newHistory() history {
	h := history{archive: memory{}}
	n := 0
	for i, size := range []int{3, 0, 1300, 7, 1} {
		var b bytes.Buffer
		for range size {
			b.WriteString(eventOf(n))
			n++
			if n%3 == 0 {
				b.WriteString("\nnot JSON\n"[:1+9*(n%2)]) // now and then a bad line
			}
		}
		h.archive[fmt.Sprintf("events/%d", i)] = b.String()
	}
	people, words := []string{"+14255550101", "+14255550102", "+14255550103"}, []string{"STOP", "START", "HELP", "hello", "JOIN", "yes"}
	for i := range 20 {
		body := notified(textOf(fmt.Sprintf("t-%d", i), people[i%3], words[i*7%6]), noon().Add(time.Duration(i*13%20)*time.Minute))
		switch i % 10 {
		case 8:
			body = notified(eventOf(3000+i), noon())
		case 9:
			body = "not JSON"
		}
		h.letters = append(h.letters, replay.Letter{ID: fmt.Sprintf("l-%d", i), Body: body, Sent: noon()})
	}
	for i := range 10 {
		switch i % 5 {
		case 0:
			h.parked = append(h.parked, textOf(fmt.Sprintf("p-%d", i), people[i%3], "STOP"))
		case 1:
			h.parked = append(h.parked, textOf(fmt.Sprintf("p-%d", i), people[i%3], "START"))
		case 2:
			h.parked = append(h.parked, eventOf(4000+i))
		case 3:
			h.parked = append(h.parked, "\xff\xfe", "{")
		default:
			h.parked = append(h.parked, notified(textOf(fmt.Sprintf("p-%d", i), people[i%3], "hello"), noon()))
		}
	}
	return h
}

// state is all that a replay writes, but for what is drawn by lot: ids, salts, and the hashes over them.
func state(t testing.TB, s *store.Store) map[string]string {
	t.Helper()
	all := map[string]string{}
	for name, columns := range map[string]string{
		"inbound": "*", "delivery_event": "*", "message": "*",
		"consent_event": "program, contact, state, said_at, source, inbound_message_id, evidence, actor, recorded_at",
		"consent":       "program, contact, state, since, opted_in_at, opted_out_at, held_at, aws_state",
		"outbox":        "chain, seq, kind, program, contact, purpose, body, state, error, not_before, expires_at, said_at, created_at, settled_at",
		"parked":        "source, source_id, reason, error, body, parked_at, replayed_at",
		"suspension":    "contact, reason, since, message_id, evidence",
		"rollup_mark":   "DISTINCT bucket, duplicates",
	} {
		var got string
		if err := s.Pool().QueryRow(context.Background(), `SELECT coalesce(string_agg(x::text, E'\n' ORDER BY x::text COLLATE "C"), '') FROM (SELECT `+columns+` FROM heed.`+name+`) x`).Scan(&got); err != nil {
			t.Fatal(err)
		}
		all[name] = got
	}
	return all
}

// life replays everything, one process after another, each of which dies as it is told to; the last lives. It returns the
// number of processes.
func (h history) life(t testing.TB, s *store.Store, deaths []int) int {
	t.Helper()
	for i, body := range h.parked {
		p := parking.New("firehose", fmt.Sprint(i), "old", "", []byte(body), noon())
		if _, err := s.Pool().Exec(context.Background(), `INSERT INTO heed.parked (source, source_id, reason, body, encoding, parked_at) VALUES ($1, $2, $3, $4, $5, $6)`,
			p.Source, p.SourceID, p.Reason, p.Body, p.Encoding, p.At); err != nil {
			t.Fatal(err)
		}
	}
	now := noon().Add(24 * time.Hour)
	var saved replay.Position
	letters := slices.Clone(h.letters)
	for lives := 0; ; lives++ {
		ctx, die := context.WithCancel(context.Background())
		m := &mortal{Store: s, left: 1 << 30, die: die}
		if lives < len(deaths) {
			m.left, m.after = 1+deaths[lives]/2, deaths[lives]%2 == 1
		}
		q := &queue{letters: letters, hidden: map[string]bool{}}
		pos := saved
		var sum replay.Summary
		r := over(m, h.archive, now)
		for _, source := range []replay.Source{
			&replay.Letters{Queue: q, Name: "dead"},
			h.archive.listed(&pos, func() { saved = pos; saved.Again = slices.Clone(pos.Again) }),
			&replay.Parked{Store: m, Filter: parking.Filter{Until: noon().Add(time.Hour)}, Now: r.Now},
		} {
			if err := r.Run(ctx, source, &sum); err != nil && ctx.Err() == nil {
				t.Fatal(err)
			}
		}
		letters = q.letters
		alive := ctx.Err() == nil
		die()
		if alive {
			if len(letters) > 0 || len(pos.Again) > 0 || sum.Failed > 0 {
				t.Fatalf("left are %d letters, objects %v, %+v", len(letters), pos.Again, sum)
			}
			return lives + 1
		}
	}
}

// Wherever a replay is killed, before a write or after it, and however often: the one that comes to its end leaves the same
// tables as one that nobody disturbed.
func TestKilledAnywhere(t *testing.T) {
	t.Parallel()
	h := newHistory()
	undisturbed := open(t)
	h.life(t, undisturbed, nil)
	want := state(t, undisturbed)
	for name, part := range want {
		if part == "" {
			t.Errorf("the history writes nothing to %s", name)
		}
	}
	killed := func(deaths ...int) (lives int) {
		t.Helper()
		s := open(t)
		defer s.Close()
		lives = h.life(t, s, deaths)
		if diff := cmp.Diff(want, state(t, s)); diff != "" {
			t.Fatalf("killed at %v, it is not the same (-undisturbed +killed):\n%s", deaths, diff)
		}
		return lives
	}
	points := 0
	for killed(points) > 1 { // each write, before and after, until the replay has no more of them
		points++
	}
	for seed := range 5 {
		killed(rapid.SliceOfN(rapid.IntRange(0, points), 2, 5).Example(seed)...)
	}
	t.Logf("killed at %d points", points)
	if points < 20 {
		t.Errorf("there are %d points only", points)
	}
}

// Whoever was forgotten does not come back with the archive; a text of theirs may be a STOP, and is recorded.
func TestForgottenStayForgotten(t *testing.T) {
	t.Parallel()
	s := open(t)
	archive := memory{"a": eventOf(0) + eventOf(1) + eventOf(2)}
	run := func(objects memory) (sum replay.Summary) {
		t.Helper()
		if err := over(s, objects, noon().Add(time.Hour)).Run(context.Background(), objects.listed(&replay.Position{}, func() {}), &sum); err != nil {
			t.Fatal(err)
		}
		return sum
	}
	run(archive)
	const gone = "+14255550000" // of the first two events
	if _, err := s.Forget(context.Background(), store.Forgetting{Contact: sms.Phone(gone), By: "test", Reason: "asked"}, noon().Add(2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	before := state(t, s)
	if sum := run(archive); sum.Forgotten != 2 || sum.EventsKnown != 1 {
		t.Errorf("told is %+v", sum)
	}
	if diff := cmp.Diff(before, state(t, s)); diff != "" {
		t.Errorf("the number is back:\n%s", diff)
	}
	if sum := run(memory{"b": notified(textOf("1", gone, "STOP"), noon())}); sum.TextsForgotten != 1 || sum.ConsentChanges != 1 {
		t.Errorf("told of a STOP is %+v", sum)
	}
}

// A yes is an answer only to a question that went out: what was too late to ask was not asked.
func TestYesToWhatWasNeverAsked(t *testing.T) {
	t.Parallel()
	const ann = "+14255550101"
	for _, c := range []struct {
		sentence string
		now      time.Time
		want     string
	}{
		{"both are replayed a day later", noon().Add(24 * time.Hour), ""},
		{"the question goes out, for JOIN was said just now", noon().Add(time.Minute), "opted_in"},
	} {
		s := open(t)
		for _, text := range []string{
			notified(textOf("1", ann, "JOIN"), noon()), notified(textOf("2", ann, "yes"), noon().Add(2*time.Minute)),
		} {
			var sum replay.Summary
			objects := memory{"a": text}
			if err := over(s, objects, c.now).Run(context.Background(), objects.listed(&replay.Position{}, func() {}), &sum); err != nil || !sum.Clean() {
				t.Fatal(err, sum)
			}
		}
		var got string
		if err := s.Pool().QueryRow(context.Background(), `SELECT coalesce(max(state), '') FROM heed.consent`).Scan(&got); err != nil || got != c.want {
			t.Errorf("%s: consent is %q, want %q (%v)", c.sentence, got, c.want, err)
		}
	}
}

// A START that claims a time at which it cannot have been said opts nobody in who said STOP since.
func TestTimesThatCannotBe(t *testing.T) {
	t.Parallel()
	const ann = "+14255550101"
	start := textOf("1", ann, "START")
	for _, c := range []struct {
		sentence string
		source   func(s *store.Store) replay.Source
		saidAt   time.Time // what the operator says
		left     bool
	}{
		{"its envelope is of next year", func(*store.Store) replay.Source {
			return memory{"a": notified(start, noon().AddDate(1, 0, 0))}.listed(&replay.Position{}, func() {})
		}, time.Time{}, true},
		{"it was parked before the operator says that it was said", func(s *store.Store) replay.Source {
			return &replay.Parked{Store: s, Filter: parking.Filter{Until: noon().Add(time.Hour)}, Now: noon}
		}, noon().Add(-time.Minute), true},
		{"it was said before it was parked", func(s *store.Store) replay.Source {
			return &replay.Parked{Store: s, Filter: parking.Filter{Until: noon().Add(time.Hour)}, Now: noon}
		}, noon().Add(-4 * time.Hour), false},
	} {
		s := open(t)
		item := parking.New("sqs", "m", "not_inbound", "x", []byte(start), noon().Add(-3*time.Hour))
		if _, err := s.RecordInbound(context.Background(), inbound.Batch{Parked: []parking.Item{item}, At: item.At}); err != nil {
			t.Fatal(err)
		}
		objects := memory{"a": notified(textOf("2", ann, "STOP"), noon().Add(-2*time.Hour)), "b": notified(start, noon().AddDate(1, 0, 0))}
		var sum replay.Summary
		if err := over(s, objects, noon()).Run(context.Background(), memory{"a": objects["a"]}.listed(&replay.Position{}, func() {}), &sum); err != nil || sum.ConsentChanges != 1 {
			t.Fatal(err, sum)
		}
		sum = replay.Summary{}
		r := over(s, memory{"a": objects["b"]}, noon())
		r.SaidAt = c.saidAt
		if err := r.Run(context.Background(), c.source(s), &sum); err != nil || sum.Clean() == c.left {
			t.Errorf("%s: %+v %v", c.sentence, sum, err)
		}
		var got string
		if err := s.Pool().QueryRow(context.Background(), `SELECT state FROM heed.consent`).Scan(&got); err != nil || got != "opted_out" {
			t.Errorf("%s: she is %s %v", c.sentence, got, err)
		}
	}
}

// handing is a queue that hands out what it is told to, time after time.
type handing struct {
	queue
	next [][]replay.Letter
}

func (h *handing) Receive(context.Context, time.Duration) (some []replay.Letter, err error) {
	if len(h.next) > 0 {
		some, h.next = h.next[0], h.next[1:]
	}
	return some, nil
}

// A letter that stays, and is shown again before the replay is over, does not keep it from those behind it.
func TestLettersBehindOneThatStays(t *testing.T) {
	t.Parallel()
	s := open(t)
	stays := replay.Letter{ID: "stays", Body: textOf("1", "+14255550101", "START")} // nobody knows when
	stop := replay.Letter{ID: "stop", Body: textOf("2", "+14255550102", "STOP"), Sent: noon()}
	q := &handing{queue: queue{letters: []replay.Letter{stays, stop}, hidden: map[string]bool{}}, next: [][]replay.Letter{{stays}, {stays}, {stop}, {stays}}}
	var sum replay.Summary
	if err := over(s, nil, noon()).Run(context.Background(), &replay.Letters{Queue: q, Name: "dead"}, &sum); err != nil || sum.TextsNew != 1 || sum.Untimed != 1 || len(q.letters) != 1 {
		t.Errorf("%+v %v, left are %+v", sum, err, q.letters)
	}
	forever := &handing{next: slices.Repeat([][]replay.Letter{{stays}}, 1000)}
	if err := over(s, nil, noon()).Run(context.Background(), &replay.Letters{Queue: forever, Name: "dead"}, &sum); err != nil || len(forever.next) < 990 {
		t.Errorf("%v: a queue that hides nothing is asked %d times", err, 1000-len(forever.next))
	}
}

// What people texted long ago is not answered, and is none of the replies that are counted: a text of today is.
func TestOldTextsUseNoLimit(t *testing.T) {
	t.Parallel()
	s := open(t)
	var texts strings.Builder
	for i := range 50 {
		texts.WriteString(notified(textOf(fmt.Sprint(i), "+14255550101", "HELP"), noon().Add(time.Duration(i)*time.Minute)))
	}
	now := noon().Add(24 * time.Hour)
	texts.WriteString(notified(textOf("today", "+14255550101", "HELP"), now.Add(-time.Minute)))
	var sum replay.Summary
	objects := memory{"a": texts.String()}
	if err := over(s, objects, now).Run(context.Background(), objects.listed(&replay.Position{}, func() {}), &sum); err != nil || sum.Planned != 1 || sum.Withheld != 50 {
		t.Errorf("%+v %v", sum, err)
	}
}

// A text for the application is promised to it, however late, where an application listens.
func TestForwarded(t *testing.T) {
	t.Parallel()
	for _, publishes := range []bool{true, false} {
		s := open(t)
		objects := memory{"a": notified(textOf("1", "+14255550101", "ORDER"), noon())}
		r := over(s, objects, noon().Add(24*time.Hour))
		r.Publishes = publishes
		var sum replay.Summary
		if err := r.Run(context.Background(), objects.listed(&replay.Position{}, func() {}), &sum); err != nil {
			t.Fatal(err)
		}
		var planned bool
		if err := s.Pool().QueryRow(context.Background(), `SELECT EXISTS (SELECT FROM heed.outbox WHERE kind = 'publish' AND state = 'planned')`).Scan(&planned); err != nil || planned != publishes {
			t.Errorf("an application listens: %t, and something is promised to it: %t (%v)", publishes, planned, err)
		}
	}
}

// Where nothing can be kept any more a replay gives up at once, and takes nothing for done.
func TestGivesUp(t *testing.T) {
	t.Parallel()
	s := open(t)
	letters := make([]replay.Letter, 40)
	for i := range letters {
		letters[i] = replay.Letter{ID: fmt.Sprint(i), Body: eventOf(i), Sent: noon()}
	}
	q := &queue{letters: letters, hidden: map[string]bool{}}
	r := over(&mortal{Store: s, die: func() {}}, nil, noon())
	var sum replay.Summary
	source := &replay.Letters{Queue: q, Name: "dead"}
	err := r.Run(context.Background(), source, &sum)
	if err == nil || !strings.Contains(err.Error(), "nothing is kept any more") || sum.Inputs != 30 || len(q.letters) != len(letters) {
		t.Errorf("%v, %+v, left are %d", err, sum, len(q.letters))
	}
	if err := source.Close(context.Background()); err != nil || len(q.hidden) != 0 {
		t.Errorf("hidden are still %d (%v)", len(q.hidden), err)
	}
}

// The rate is kept.
func TestRate(t *testing.T) {
	t.Parallel()
	s := open(t)
	objects := memory{"a": eventOf(0) + eventOf(1) + eventOf(2) + eventOf(3) + eventOf(4) + eventOf(5)}
	r := over(s, objects, noon())
	r.Rate = 4
	started := time.Now()
	var sum replay.Summary
	if err := r.Run(context.Background(), objects.listed(&replay.Position{}, func() {}), &sum); err != nil || sum.EventsNew != 6 {
		t.Fatal(err, sum)
	}
	// A second's worth goes at once.
	if took := time.Since(started); took < 500*time.Millisecond {
		t.Errorf("six records at four a second took %s", took)
	}
}

// The hour in a key, and which hours a span of time needs.
func TestHours(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]string{
		"events/2026/11/20/07/stream-1-2026-11-20-07-00-00-x": "2026-11-20T07:00:00Z", "2026/11/20/23/x": "2026-11-20T23:00:00Z",
		"failed/processing-failed/2026/11/20/00/x": "2026-11-20T00:00:00Z", "events/2026/11/20/x": "", "events/2026/13/20/07/x": "", "12026/11/20/07/x": "",
	} {
		at, ok := replay.Hour(key)
		if got := at.Format(time.RFC3339); ok != (want != "") || ok && got != want {
			t.Errorf("%s: %s %t", key, got, ok)
		}
	}
	since, until := noon(), noon().Add(time.Hour)
	for hour, want := range map[int]bool{9: false, 10: false, 11: true, 12: true, 13: true, 14: false} {
		if at := noon().Add(time.Duration(hour-12) * time.Hour); replay.Within(at, since, until) != want {
			t.Errorf("hour %d is needed: %t", hour, !want)
		}
	}
	if !replay.Within(noon(), time.Time{}, time.Time{}) {
		t.Error("no bound is a bound")
	}
}
