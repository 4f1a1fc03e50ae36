package replay

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"github.com/heedsms/heed/internal/delivery"
	"github.com/heedsms/heed/internal/inbound"
	"github.com/heedsms/heed/internal/ingress"
	"github.com/heedsms/heed/internal/optout"
	"github.com/heedsms/heed/internal/parking"
	"github.com/heedsms/heed/internal/sms"
)

// worker stands before the workers of the functions: it gives each record to the one whose it is.
type worker struct {
	*Replay
	sum    *Summary
	stop   context.CancelCauseFunc
	pace   *rate.Limiter // nil: none
	kept   *tally
	texts  ingress.Worker
	events ingress.Worker

	inVain int // chunks in a row of which nothing was kept

	// Of the piece under way:
	piece  *Piece
	parked map[Key]parking.Item
	why    error // the first fault
}

// chunkOf is how many records are worked at once.
const chunkOf = 1000

func (r *Replay) worker(sum *Summary, stop context.CancelCauseFunc) *worker {
	quiet := slog.New(slog.DiscardHandler)
	kept := &tally{Store: r.Store}
	texts := &inbound.Handler{Store: kept, Rules: r.Rules, Executor: leave{}, Log: quiet, Now: r.Now}
	if r.Publishes {
		texts.Publisher = leave{}
	}
	w := &worker{
		Replay: r, sum: sum, stop: stop, kept: kept, texts: texts,
		events: &delivery.Handler{Store: kept, Replays: true, Log: quiet, Now: r.Now},
	}
	if sum.Parked == nil {
		sum.Parked = map[string]int{}
	}
	if r.Rate > 0 {
		w.pace = rate.NewLimiter(rate.Limit(r.Rate), r.Rate)
	}
	return w
}

// chunk is small where the replay is slow, so that what is told of it is not late.
func (w *worker) chunk() int {
	if w.Rate > 0 {
		return min(chunkOf, w.Rate)
	}
	return chunkOf
}

func (w *worker) begin(p *Piece) { w.piece, w.parked, w.why = p, map[Key]parking.Item{}, nil }

// end says what became of the piece, by the answer of the handler.
func (w *worker) end(answer []byte, err error) Outcome {
	o := Outcome{Err: err, Parked: w.parked}
	if err == nil && len(w.piece.Origins) > 0 {
		o.Failed, o.Err = failures(answer)
	}
	w.why = cmp.Or(w.why, o.Err)
	return o
}

// trouble tells of a piece that has to come again.
func (w *worker) trouble(p *Piece) {
	if w.sum.Left++; len(w.sum.Troubles) < mostTroubles {
		w.sum.Troubles = append(w.sum.Troubles, Trouble{p.Name, fmt.Sprint(w.why)})
	}
}

// Work gives the records to their workers.
func (w *worker) Work(ctx context.Context, records []ingress.Record) []error {
	errs := make([]error, len(records))
	todo := w.pending(records)
	enough := w.Limit > 0 && w.sum.Inputs+len(todo) >= w.Limit
	if enough {
		cut := w.Limit - w.sum.Inputs
		for _, j := range todo[cut:] {
			errs[j.index] = ErrLimit
		}
		todo = todo[:cut]
	}
	if err := w.wait(ctx, len(todo)); err != nil {
		for _, j := range todo {
			errs[j.index] = err
		}
		return errs
	}
	w.sum.Inputs += len(todo)
	w.judge(ctx, records, todo, errs)
	w.note(errs, todo)
	if w.why == nil && w.piece.Reached != nil && !w.DryRun {
		if err := w.piece.Reached(lastPlace(todo)); err != nil {
			w.stop(err)
		}
	}
	if enough {
		w.stop(ErrLimit)
	}
	return errs
}

// job is a record of a chunk that is to be worked.
type job struct {
	index int
	place int64 // in its stream; 0 where it has none
	// bound: that is not when a text was said, but when it was received.
	bound bool
}

func lastPlace(todo []job) (last int64) {
	for _, j := range todo {
		last = max(last, j.place)
	}
	return last
}

// pending are the records that are not done already, with their origins put back.
func (w *worker) pending(records []ingress.Record) (todo []job) {
	for i := range records {
		at, ok := w.place(records[i].ID)
		if ok && at < w.piece.Past {
			continue
		}
		todo = append(todo, job{i, at, w.restore(&records[i])})
	}
	return todo
}

// place reads the place in the stream out of the id of a record.
func (w *worker) place(id string) (int64, bool) {
	if w.piece.Stream == "" {
		return 0, false
	}
	rest, ok := strings.CutPrefix(id, w.piece.Stream+"@")
	if !ok {
		return 0, false
	}
	rest, _, _ = strings.Cut(rest, "#")
	at, err := strconv.ParseInt(rest, 10, 64)
	return at, err == nil
}

// restore gives a record the name that it had at first, so that it is known by it again. It says whether all that is known
// of its time is when it was received.
func (w *worker) restore(r *ingress.Record) (bound bool) {
	o, more := w.origin(r.ID)
	if o.Source == "" {
		return false
	}
	r.Source = o.Source
	_, streamed := w.place(r.ID)
	if path, ok := bytes.CutPrefix(r.Body, []byte("s3://"+Files+"/")); ok && r.Malformed != "" {
		r.Body = append([]byte("file:"), path...) // what is too large stays where it is, and is told of by its name
	}
	switch {
	case o.ID != "":
		r.ID = o.ID + more
	case streamed:
		sum := sha256.Sum256(r.Body)
		r.ID = hex.EncodeToString(sum[:16])
	}
	// Nobody said it after it was received, whatever the operator says of all.
	told := !w.SaidAt.IsZero() && !w.SaidAt.After(o.At)
	if !r.SaidAt.IsZero() || told || o.At.IsZero() {
		return false
	}
	r.SaidAt = o.At
	return true
}

// origin is whence a record came, and what its id has behind that of its item, where that held several.
func (w *worker) origin(id string) (o Origin, more string) {
	item, number, several := strings.Cut(id, "#")
	if o, ok := w.piece.Origins[item]; ok {
		if several {
			more = "#" + number
		}
		return o, more
	}
	return w.piece.Whole, ""
}

// wait keeps to the rate.
func (w *worker) wait(ctx context.Context, n int) error {
	for n > 0 && w.pace != nil {
		part := min(n, w.pace.Burst())
		if err := w.pace.WaitN(ctx, part); err != nil {
			return cmp.Or(context.Cause(ctx), err)
		}
		n -= part
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

// share is what of a chunk goes to one worker.
type share struct {
	records []ingress.Record
	places  []int // of the chunk
}

func (s *share) add(r ingress.Record, place int) {
	s.records, s.places = append(s.records, r), append(s.places, place)
}

// read is a chunk, read.
type read struct {
	texts, events share
	inbound       []sms.Inbound
	delivered     []sms.Event
	ignored, bad  int
	contacts      []sms.Phone
}

// judge works what is to be done of a chunk.
func (w *worker) judge(ctx context.Context, records []ingress.Record, todo []job, errs []error) {
	all := func(err error) {
		for _, j := range todo {
			errs[j.index] = err
		}
	}
	rules, err := w.Rules.Current(ctx, w.Now())
	if err != nil {
		all(err)
		return
	}
	var c read
	for _, j := range todo {
		errs[j.index] = w.read(&c, records[j.index], j, rules)
	}
	forgotten, err := w.Store.Forgotten(ctx, c.contacts)
	if err != nil {
		all(err)
		return
	}
	c.leaveOut(forgotten, w.sum)
	if w.DryRun {
		if err := w.count(ctx, &c); err != nil {
			all(err)
		}
		return
	}
	w.kept.begin()
	failedTexts := work(ctx, w.texts, &c.texts, errs)
	failedEvents := work(ctx, w.events, &c.events, errs)
	w.tally(&c, failedTexts, failedEvents)
}

// read finds out whose a record is.
func (w *worker) read(c *read, r ingress.Record, j job, rules *inbound.InForce) error {
	if r.Malformed == "" {
		event, err := sms.ParseEvent(r.Body)
		switch {
		case err == nil:
			c.delivered, c.contacts = append(c.delivered, event), append(c.contacts, event.Contact)
			c.events.add(r, j.index)
			return nil
		case errors.Is(err, sms.ErrIgnored):
			c.ignored++
			c.events.add(r, j.index)
			return nil
		}
	}
	in, err := sms.ParseInbound(r.Body)
	if r.Malformed != "" || err != nil {
		c.bad++
		c.whose(r, j.index, err)
		return nil
	}
	if err := w.time(&r, &in, j, rules); err != nil {
		return err
	}
	if in.ID == "" {
		in.ID = string(r.Source) + ":" + r.ID // as the worker does
	}
	c.inbound, c.contacts = append(c.inbound, in), append(c.contacts, in.Contact)
	c.texts.add(r, j.index)
	return nil
}

// whose gives what cannot be read to the worker that says best what is wrong with it.
func (c *read) whose(r ingress.Record, place int, err error) {
	var reject *sms.Reject
	if errors.As(err, &reject) && reject.Reason == "not_inbound" {
		c.events.add(r, place)
		return
	}
	c.texts.add(r, place)
}

// time sees to it that a text counts from when it was said. When it was received is no earlier, so a STOP may count from
// then. But an opt-in that is said to be later than it was could undo a STOP behind it.
func (w *worker) time(r *ingress.Record, in *sms.Inbound, j job, rules *inbound.InForce) error {
	if r.SaidAt.IsZero() {
		r.SaidAt = w.SaidAt
	}
	switch {
	case r.SaidAt.IsZero():
		return ErrUntimed
	case r.SaidAt.After(w.Now().Add(inbound.MaxAhead)):
		return ErrAhead
	}
	if d := inbound.Decide(rules.Ruleset, in, r.SaidAt); j.bound && (d.Consent == optout.OptedIn || d.Confirms > 0) {
		return ErrUntimed
	}
	return nil
}

// leaveOut takes out the events of people who were forgotten since: their number would be back.
func (c *read) leaveOut(forgotten map[sms.Phone]time.Time, sum *Summary) {
	if len(forgotten) == 0 {
		return
	}
	for _, in := range c.inbound {
		if _, ok := forgotten[in.Contact]; ok {
			sum.TextsForgotten++
		}
	}
	var left share
	var delivered []sms.Event
	for i, r := range c.events.records {
		event, err := sms.ParseEvent(r.Body)
		if r.Malformed != "" || err != nil {
			left.add(r, c.events.places[i])
			continue
		}
		if at, ok := forgotten[event.Contact]; ok && event.OccurredAt.Before(at) {
			sum.Forgotten++
			continue
		}
		left.add(r, c.events.places[i])
		delivered = append(delivered, event)
	}
	c.events, c.delivered = left, delivered
}

func work(ctx context.Context, worker ingress.Worker, s *share, errs []error) (failed int) {
	if len(s.records) == 0 {
		return 0
	}
	for i, err := range worker.Work(ctx, s.records) {
		if err != nil {
			errs[s.places[i]] = err
			failed++
		}
	}
	return failed
}

// count counts what a replay would do.
func (w *worker) count(ctx context.Context, c *read) error {
	texts, err := w.Store.KnownTexts(ctx, c.inbound)
	if err != nil {
		return err
	}
	events, err := w.Store.KnownEvents(ctx, c.delivered)
	if err != nil {
		return err
	}
	w.sum.TextsKnown += texts
	w.sum.TextsNew += len(c.inbound) - texts
	w.sum.EventsKnown += events
	w.sum.EventsNew += len(c.delivered) - events
	w.sum.Ignored += c.ignored
	w.sum.Unread += c.bad
	return nil
}

// tally adds what the workers did of a chunk.
func (w *worker) tally(c *read, failedTexts, failedEvents int) {
	s, k := w.sum, w.kept
	parked := func(items []parking.Item) int {
		for _, p := range items {
			w.parked[Key{p.Source, p.SourceID}] = p
			s.Parked[p.Reason]++
		}
		return len(items)
	}
	s.TextsNew += k.texts
	s.TextsKnown += len(c.texts.records) - failedTexts - k.texts - parked(k.parkedTexts)
	s.EventsNew += len(k.events)
	s.Ignored += c.ignored
	s.EventsKnown += max(0, len(c.events.records)-failedEvents-len(k.events)-c.ignored-parked(k.parkedEvents))
	s.ConsentChanges += k.changes
	s.Planned += k.planned
	s.Withheld += k.withheld
}

// note counts what was not kept, and gives up where nothing is kept any more.
func (w *worker) note(errs []error, todo []job) {
	failed := 0
	var why error
	for _, j := range todo {
		switch err := errs[j.index]; {
		case err == nil:
			continue
		case errors.Is(err, ErrUntimed):
			w.sum.Untimed++
		default:
			failed++
			why = cmp.Or(why, err)
		}
		w.why = cmp.Or(w.why, errs[j.index])
	}
	w.sum.Failed += failed
	if failed == 0 || failed < len(todo) {
		w.inVain = 0
		return
	}
	if w.inVain++; w.inVain >= mostInVain {
		w.stop(fmt.Errorf("nothing is kept any more: %w", why))
	}
}
