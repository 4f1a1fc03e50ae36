package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	api "github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"

	"github.com/heedsms/heed/internal/consent"
	"github.com/heedsms/heed/internal/delivery"
	"github.com/heedsms/heed/internal/eum"
	"github.com/heedsms/heed/internal/inbound"
	"github.com/heedsms/heed/internal/ingress"
	"github.com/heedsms/heed/internal/localdb/dbtest"
	"github.com/heedsms/heed/internal/optout"
	"github.com/heedsms/heed/internal/outbox"
	"github.com/heedsms/heed/internal/program"
	"github.com/heedsms/heed/internal/reconcile"
	"github.com/heedsms/heed/internal/roster"
	"github.com/heedsms/heed/internal/simulator"
	"github.com/heedsms/heed/internal/sms"
	"github.com/heedsms/heed/internal/store"
	"github.com/heedsms/heed/internal/upkeep"
)

// Two programs share a list, one of them asks whoever is unclear; a third has a list of its own. One number is
// toll-free: what carriers block there is evidence.
const converging = `
version: 1
consent: {scope: SCOPE}
programs:
  a:
    brand: A
    optOutList: la
    identities: ["+12065550100", "+18885550100"]
    keywords:
      - {words: [JOIN], match: first_word, action: opt_in, reply: "Welcome to {{.Brand}}."}
  b: {brand: B, optOutList: la, identities: ["+12065550101"], unclear: UNCLEAR}
  c: {brand: C, optOutList: lc, identities: ["+12065550102"], answers: ANSWERS}
`

// sentences are what people text, and what a person would take it for.
var sentences = []struct {
	text    string
	meaning meaning
	// byAWS: a number that AWS manages opts them out by itself.
	byAWS bool
}{
	{"STOP", saidStop, true},
	{" Stop. ", saidStop, false},
	{"please stop texting me", saidStop, false},
	{"START", saidIn, false},
	{"start", saidIn, false},
	{"this is harassment", saidUnclear, false},
	{"HELP", saidNothing, false},
	{"what are your hours?", saidNothing, false},
}

// setup is three programs with their database. It serves one history after the other.
type setup struct {
	name    string
	doc     string
	rules   *inbound.InForce
	db      *store.Store
	managed bool // AWS answers for c
	sender  bool
}

func setUp(t *testing.T, scope, answers, unclear string) *setup {
	t.Helper()
	s := &setup{name: fmt.Sprintf("scope %s, c is answered by %s, unclear: %s", scope, answers, unclear), managed: answers == "aws", sender: scope == "sender"}
	s.doc = strings.NewReplacer("SCOPE", scope, "ANSWERS", answers, "UNCLEAR", unclear).Replace(converging)
	rules, findings := program.Parse("heed.yaml", []byte(s.doc))
	if rules == nil {
		t.Fatal(findings)
	}
	s.rules = inbound.NewInForce(rules, "")
	db, err := store.Open(t.Context(), store.Options{URL: dbtest.New(t), Connections: 4})
	must(t, err)
	t.Cleanup(db.Close)
	s.db = db
	_, _, err = db.ApplyRuleset(t.Context(), []byte(s.doc), rules.Settings(), "test", now.AddDate(-1, 0, 0))
	must(t, err)
	return s
}

// world is one history: people, operators, AWS and its other users, and the workers between them.
type world struct {
	*setup
	*rapid.T
	ctx    context.Context
	clock  atomic.Int64 // nanoseconds since now
	double *simulator.Simulator
	aws    outbox.AWS
	pages  reconcile.AWS
	log    *slog.Logger

	folk []sms.Phone
	told people
	// waiting are texts that AWS published and nobody has taken yet, taken those that may come again.
	waiting, taken []ingress.Record
	publishes      bool // AWS publishes what it answers itself
	alone          bool // nobody but heed has changed a list, and heed has planned all that follows
	rationed       bool // an import has left lists to be compared
	keep           upkeep.Kept
	did            []string
}

const twoWay = "arn:aws:sns:us-east-1:111122223333:two-way"

// begin empties the database and makes a new double.
func (s *setup) begin(ctx context.Context, rt *rapid.T) *world {
	w := &world{setup: s, T: rt, ctx: ctx, told: people{}, alone: true, log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	empty := "SET session_replication_role = replica;" // no trigger keeps the ledger
	for _, table := range []string{
		"inbound", "consent", "outbox", "consent_event", "consent_chain", "message", "delivery_event", "reconcile", "reconcile_seen",
		"suspension", "forgotten", "pseudonym_key", "parked",
	} {
		empty += "DELETE FROM heed." + table + ";"
	}
	_, err := s.db.Pool().Exec(ctx, empty+"SET session_replication_role = DEFAULT")
	w.must(err)
	w.publishes = rapid.Bool().Draw(rt, "AWS publishes what it answers")
	limits := &simulator.Limits{PerSecond: map[string]int{"PutOptedOutNumber": 10, "DeleteOptedOutNumber": 10, "DescribeOptedOutNumbers": 1}}
	w.double = simulator.New(simulator.Options{
		Now: w.now, PublishManaged: w.publishes, Limits: limits,
		OptInLock:    simulator.OptInLock(rapid.IntRange(0, 2).Draw(rt, "the error of the 30 days")),
		VisibleAfter: rapid.SampledFrom([]time.Duration{0, 0, 10 * time.Minute}).Draw(rt, "AWS's lists show late"),
	})
	for _, p := range s.rules.Programs {
		for _, id := range p.Identities {
			w.double.AddNumber(simulator.NumberSpec{Number: id, TwoWayTopic: twoWay, SelfManaged: p.Answers == program.AnswersHeed, OptOutList: p.OptOutList})
		}
	}
	w.double.Subscribe(twoWay, func(_ context.Context, n simulator.Notification) {
		w.waiting = append(w.waiting, ingress.Record{Source: ingress.SQS, ID: n.MessageID, Body: []byte(n.Message), SaidAt: n.Timestamp})
	})
	cfg := aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String("http://double"), HTTPClient: wire{w.double.Handler()},
		Credentials: credentials.NewStaticCredentialsProvider("dev", "dev", ""),
	}
	pace := func(perSecond int) eum.Pace {
		return eum.Pace{PerSecond: perSecond, Now: w.now, Sleep: func(_ context.Context, d time.Duration) error { w.advance(d); return nil }}
	}
	w.aws, w.pages = eum.Paced(cfg, pace(10)), eum.NewAccount(cfg, pace(1))
	for i := range 3 {
		w.folk = append(w.folk, sms.Phone(fmt.Sprintf("+1425555010%d", i)))
	}
	w.keep.Outbox = rapid.SampledFrom([]time.Duration{0, 0, 400 * 24 * time.Hour}).Draw(rt, "the outbox is kept")
	return w
}

// String names it in a report.
func (s *setup) String() string { return s.name }

func (w *world) now() time.Time { return now.Add(time.Duration(w.clock.Load())) }

func (w *world) advance(d time.Duration) { w.clock.Add(int64(d)) }

func (w *world) note(format string, args ...any) {
	w.did = append(w.did, fmt.Sprintf("%s  ", w.now().Sub(now).Truncate(time.Millisecond))+fmt.Sprintf(format, args...))
}

func (w *world) must(err error) {
	if err != nil {
		w.Helper()
		w.wrong("%v", err)
	}
}

// wrong ends a history, with all that happened in it.
func (w *world) wrong(format string, args ...any) {
	w.Helper()
	w.Fatalf(format+"\n%s\n%s", append(args, strings.Join(w.did, "\n"), w.tables())...)
}

func (w *world) tables() string {
	var b strings.Builder
	for _, q := range []string{
		`SELECT concat_ws(' ', program, contact, state, since, aws_state, aws_locked_until, 'in', opted_in_at, 'out', opted_out_at, 'held', held_at) FROM heed.consent ORDER BY 1`,
		`SELECT concat_ws(' ', id, program, contact, state, said_at, source, recorded_at, of_event) FROM heed.consent_event ORDER BY id`,
		`SELECT concat_ws(' ', chain, seq, kind, program, contact, opt_out_list, purpose, state, error, did, not_before, created_at, settled_at) FROM heed.outbox ORDER BY created_at, chain, seq`,
	} {
		rows, err := w.db.Pool().Query(w.ctx, q)
		if err != nil {
			return err.Error()
		}
		var line string
		for rows.Next() {
			if rows.Scan(&line) == nil {
				b.WriteString(line + "\n")
			}
		}
		b.WriteString("\n")
	}
	for _, c := range w.double.Calls() {
		switch in := c.Input.(type) {
		case *api.PutOptedOutNumberInput:
			fmt.Fprintln(&b, c.At.Sub(now), c.Operation, *in.OptOutListName, *in.OptedOutNumber, c.Err)
		case *api.DeleteOptedOutNumberInput:
			fmt.Fprintln(&b, c.At.Sub(now), c.Operation, *in.OptOutListName, *in.OptedOutNumber, c.Err)
		}
	}
	return b.String()
}

// mortal draws how long a worker lives, and what AWS does to it.
func (w *world) mortal() *life {
	l := &life{left: -1}
	if rapid.IntRange(0, 3).Draw(w.T, "dies") == 0 {
		l.left = rapid.IntRange(0, 12).Draw(w.T, "after steps")
	}
	if rapid.IntRange(0, 3).Draw(w.T, "AWS is unwell") == 0 {
		l.faults = rapid.SliceOfN(rapid.SampledFrom([]string{"", "throttled", "server error", "answer lost"}), 1, 5).Draw(w.T, "faults")
	}
	return l
}

func immortal() *life { return &life{left: -1} }

func (w *world) executor(l *life) *outbox.Executor {
	// One at a time: the clock is everybody's.
	return &outbox.Executor{Store: mortalStore{w.db, l}, AWS: mortalAWS{w.aws, l}, Log: w.log, Now: w.now, Parallel: 1, Lease: 30 * time.Second}
}

func (w *world) someone() sms.Phone { return rapid.SampledFrom(w.folk).Draw(w.T, "who") }

func (w *world) programName() string {
	return rapid.SampledFrom([]string{"a", "b", "c"}).Draw(w.T, "program")
}

// earlier is a time that somebody speaks of: mostly this moment.
func (w *world) earlier() time.Time {
	back := rapid.SampledFrom([]time.Duration{0, 0, time.Second, 10 * time.Minute, 3 * time.Hour, 40 * 24 * time.Hour}).Draw(w.T, "so long ago")
	return w.now().Add(-back).Truncate(time.Second)
}

func (w *world) say(who sms.Phone, program string, at time.Time, m meaning) *statement {
	s := &statement{program: program, at: at, meaning: m}
	w.told.of(who).said = append(w.told.of(who).said, s)
	return s
}

// text is a person who texts one of the numbers.
func (w *world) text() {
	who := w.someone()
	to := rapid.SampledFrom([]string{"a+12065550100", "a+18885550100", "b+12065550101", "c+12065550102"}).Draw(w.T, "to")
	s := rapid.SampledFrom(sentences).Draw(w.T, "text")
	name, number := to[:1], sms.Identity(to[1:])
	words, m := s.text, s.meaning
	if name == "a" && rapid.IntRange(0, 5).Draw(w.T, "the keyword") == 0 {
		words, m = "join me", saidIn
	}
	if m == saidUnclear {
		w.advance(time.Second) // each has a moment of its own, by which the queue's decision is found
	}
	before := len(w.waiting)
	managed := name == "c" && w.managed
	_, err := w.double.Text(w.ctx, who, number, words)
	w.must(err)
	unseen := len(w.waiting) == before
	if unseen != (managed && s.byAWS && !w.publishes || managed && words == "HELP" && !w.publishes) {
		w.wrong("%q to %s: published is %t", words, name, !unseen)
	}
	if managed && s.byAWS {
		w.alone = false
	}
	w.note("%s texts %s (%s): %q, published %t", who, name, number, words, !unseen)
	if unseen {
		if m != saidNothing {
			w.say(who, name, w.now(), m).unseen = true
		}
		return
	}
	said := &w.waiting[len(w.waiting)-1]
	if !managed && m != saidUnclear {
		said.SaidAt = said.SaidAt.Add(time.Duration(rapid.SampledFrom([]int{0, 0, 0, -40, -1, 1, 40}).Draw(w.T, "its clock is off")) * time.Second)
	}
	t := w.told.of(who)
	t.texts[name] = append(t.texts[name], said.SaidAt)
	if m != saidNothing {
		w.say(who, name, said.SaidAt, m)
	}
}

// deliver hands some texts to a worker: in any order, together or not, some once more.
func (w *world) deliver() {
	var batch []ingress.Record
	for range rapid.IntRange(1, 3).Draw(w.T, "records") {
		switch {
		case len(w.waiting) > 0 && rapid.IntRange(0, 5).Draw(w.T, "new") > 0:
			i := rapid.IntRange(0, len(w.waiting)-1).Draw(w.T, "which")
			batch = append(batch, w.waiting[i])
		case len(w.taken) > 0:
			batch = append(batch, rapid.SampledFrom(w.taken).Draw(w.T, "again"))
		}
	}
	if len(batch) > 0 {
		w.hand(batch, w.mortal())
	}
}

func (w *world) hand(batch []ingress.Record, l *life) {
	handler := &inbound.Handler{
		Store: mortalStore{w.db, l}, Rules: &inbound.Rules{Documents: w.db, Log: w.log}, Executor: w.executor(l), Log: w.log, Now: w.now,
	}
	errs := handler.Work(w.ctx, batch)
	for i, r := range batch {
		w.note("delivered %s %s: %v", r.SaidAt.Sub(now), r.Body, errs[i])
		if !killed(errs[i]) {
			w.wrong("%v", errs[i])
		}
		known := func(o ingress.Record) bool { return o.ID == r.ID }
		if errs[i] == nil && slices.ContainsFunc(w.waiting, known) {
			w.waiting = slices.DeleteFunc(w.waiting, known)
			w.taken = append(w.taken, r)
		}
	}
}

// change draws what somebody says that a person said.
func (w *world) change() consent.Change {
	who, name, at := w.someone(), w.programName(), w.earlier()
	m := rapid.SampledFrom([]meaning{saidStop, saidStop, saidIn, saidUnclear}).Draw(w.T, "state")
	if m == saidUnclear {
		w.advance(time.Second)
		at = w.now().Add(-500 * time.Millisecond)
	}
	w.say(who, name, at, m)
	return consent.Change{Program: name, Contact: who, State: optout.State(m), SaidAt: at}
}

// operator records what somebody said, once or twice.
func (w *world) operator() {
	c := w.change()
	p, _ := w.rules.Named(c.Program)
	c.Source, c.Actor, c.Lists, c.Evidence = "operator", "zoe", w.rules.ListsOf(p), map[string]any{"reason": "said so"}
	w.note("operator: %s %s %s since %s", c.Contact, c.Program, c.State, c.SaidAt.Sub(now))
	for range rapid.IntRange(1, 2).Draw(w.T, "times") {
		_, err := w.db.RecordConsent(w.ctx, []consent.Change{c}, w.now())
		w.must(err)
	}
}

// imports brings a list of several people, once or twice. Where its calls are rationed, comparing the lists does the rest.
func (w *world) imports() {
	lanes := make([][]*roster.Entry, store.ImportLanes)
	for line := range rapid.IntRange(1, 5).Draw(w.T, "rows") {
		c := w.change()
		lane := store.ImportLane(c.Contact)
		lanes[lane] = append(lanes[lane], &roster.Entry{
			Line: line + 2, Program: c.Program, Contact: c.Contact, State: c.State, SaidAt: c.SaidAt, Evidence: `{"file": "list.csv"}`,
		})
		w.note("import: %s %s %s since %s", c.Contact, c.Program, c.State, c.SaidAt.Sub(now))
	}
	how := store.Import{Actor: "zoe", MostCalls: rapid.SampledFrom([]int{0, 1, 100}).Draw(w.T, "calls"), CallEvery: time.Second, FirstCall: w.now(), Lists: map[string][]string{}}
	for _, p := range w.rules.Programs {
		how.Lists[p.Name] = w.rules.ListsOf(p)
	}
	if how.MostCalls < 100 {
		w.alone, w.rationed = false, true
	}
	for range rapid.IntRange(1, 2).Draw(w.T, "times") {
		for lane, entries := range lanes {
			if len(entries) == 0 {
				continue
			}
			slices.SortStableFunc(entries, func(a, b *roster.Entry) int { return strings.Compare(string(a.Contact), string(b.Contact)) })
			for _, e := range entries {
				e.Outcome = ""
			}
			how.Lane = lane
			_, err := w.db.ImportConsent(w.ctx, entries, how, w.now())
			w.must(err)
		}
	}
}

// review decides on a text of the queue, or takes a decision back.
func (w *world) review() {
	questions, err := w.db.Questions(w.ctx, consent.Queue{Decided: rapid.Bool().Draw(w.T, "decided before"), Limit: 10})
	w.must(err)
	questions = slices.DeleteFunc(questions, func(q consent.Question) bool { return !sms.Phone(q.Contact).Dialable() })
	if len(questions) == 0 {
		return
	}
	q := questions[rapid.IntRange(0, len(questions)-1).Draw(w.T, "question")]
	as := rapid.SampledFrom([]string{"opt_out", "none", "none", "undo"}).Draw(w.T, "as")
	p, _ := w.rules.Named(q.Program)
	_, err = w.db.Decide(w.ctx, consent.Decision{ID: q.ID, As: as, Reason: "because", Actor: "zoe", Lists: w.rules.ListsOf(p)}, w.now())
	w.must(err)
	w.note("review of %s %s of %s: %s", q.Contact, q.Program, q.SaidAt.Sub(now), as)
	for _, s := range w.told.of(sms.Phone(q.Contact)).said {
		if s.program == q.Program && s.at.Equal(q.SaidAt) && s.meaning == saidUnclear {
			s.decided = as != "undo"
			s.decision = map[string]meaning{"opt_out": saidStop, "none": saidNothing}[as]
			return
		}
	}
	w.wrong("nobody said %+v", q)
}

// others is somebody at AWS's console, or another application.
func (w *world) others() {
	who, list := w.someone(), rapid.SampledFrom([]string{"la", "lc"}).Draw(w.T, "list")
	t := w.told.of(who)
	w.alone = false
	if rapid.IntRange(0, 2).Draw(w.T, "takes off") > 0 {
		_, err := w.double.PutOptedOutNumber(w.ctx, &api.PutOptedOutNumberInput{OptOutListName: &list, OptedOutNumber: aws.String(string(who))})
		w.note("somebody lists %s on %s: %v", who, list, err)
		if err == nil {
			t.listed[list] = append(t.listed[list], w.now())
		}
		return
	}
	_, err := w.double.DeleteOptedOutNumber(w.ctx, &api.DeleteOptedOutNumberInput{OptOutListName: &list, OptedOutNumber: aws.String(string(who))})
	w.note("somebody takes %s off %s: %v", who, list, err)
	if err == nil {
		t.unlisted[list] = true
		t.lose(list, w.rules.ProgramsOnList(list), w.now())
	}
}

// relay is a minute of the relay.
func (w *world) relay(l *life) outbox.Summary {
	rules := &inbound.Rules{Documents: w.db, Log: w.log}
	relay := &upkeep.Relay{
		Store: mortalStore{w.db, l}, Executor: w.executor(l), Questions: rules.Questions, Batch: 3, Keep: w.keep, Log: w.log, Now: w.now,
		Settings: func(ctx context.Context, now time.Time) (outbox.Settings, error) { return rules.Current(ctx, now) },
	}
	report, err := relay.Run(w.ctx)
	if !killed(err) {
		w.wrong("%v", err)
	}
	w.note("relay: %+v, died %t", report.Actions, l.died)
	return report.Actions
}

// reconcile goes on with the passes and begins the next when they are over; what is planned is done at once or left to
// the relay.
func (w *world) reconcile(l *life, restart, atOnce bool) []reconcile.Result {
	runner := &reconcile.Runner{Store: mortalStore{w.db, l}, AWS: mortalPages{w.pages, l}, Log: w.log, Now: w.now}
	results, err := runner.Run(w.ctx, reconcile.Lists(w.rules.Ruleset), restart)
	if !killed(err) {
		w.wrong("%v", err)
	}
	for _, r := range results {
		w.note("reconcile %s: %v, died %t", r.List, r.Counts, l.died)
		for atOnce && r.Finished() && !l.died {
			chains, err := w.db.DueOfPass(w.ctx, r.List, r.StartedAt, w.now(), 50)
			w.must(err)
			if len(chains) == 0 {
				break
			}
			if _, err = w.executor(l).RunChains(w.ctx, chains, w.rules); !killed(err) {
				w.wrong("%v", err)
			}
		}
	}
	return results
}

// blocked is a carrier that keeps a text of the toll-free number from somebody.
func (w *world) blocked() {
	who, at := w.someone(), w.earlier()
	body := fmt.Appendf(nil, `{"eventType":"TEXT_CARRIER_BLOCKED","eventTimestamp":%d,"isFinal":true,"originationPhoneNumber":"+18885550100","destinationPhoneNumber":%q,
"messageId":"blocked-%d-%s","messageRequestTimestamp":%d,"messageStatus":"CARRIER_BLOCKED"}`, at.UnixMilli(), who, len(w.did), who, at.UnixMilli())
	handler := &delivery.Handler{Store: w.db, Log: w.log, Now: w.now}
	for range rapid.IntRange(1, 2).Draw(w.T, "times") {
		for _, err := range handler.Work(w.ctx, []ingress.Record{{Source: ingress.SNS, ID: fmt.Sprint("event-", len(w.did)), Body: body}}) {
			w.must(err)
		}
	}
	w.say(who, "a", at, saidStop)
	w.note("a carrier blocks %s since %s", who, at.Sub(now))
}

// forget erases a person. Their texts are not delivered again.
func (w *world) forget() {
	who := w.someone()
	done, err := w.db.Forget(w.ctx, store.Forgetting{Contact: who, By: "zoe", Reason: "request 1"}, w.now())
	w.must(err)
	w.note("forget %s: %+v", who, done)
	w.taken = slices.DeleteFunc(w.taken, func(r ingress.Record) bool { return strings.Contains(string(r.Body), string(who)) })
	if done.Nothing() {
		return
	}
	t := w.told.of(who)
	t.forgotten = true
	for _, c := range w.double.Calls() {
		in, put := c.Input.(*api.PutOptedOutNumberInput)
		if put && c.Err == nil && aws.ToString(in.OptedOutNumber) == string(who) && w.double.OptedOut(aws.ToString(in.OptOutListName), who) {
			t.disowned[*in.OptOutListName] = append(t.disowned[*in.OptOutListName], c.At)
		}
	}
}

// rebuild writes the register anew from the ledger, which changes nothing that anybody is told.
func (w *world) rebuild() {
	var contacts []string
	for _, p := range w.folk {
		contacts = append(contacts, string(p))
	}
	before := w.register()
	_, err := w.db.RebuildRegister(w.ctx, contacts)
	w.must(err)
	if after := w.register(); !slices.Equal(before, after) {
		w.wrong("the register had drifted: %q, and was made %q", before, after)
	}
}

func (w *world) register() []string {
	rows, err := w.db.Pool().Query(w.ctx, `SELECT concat_ws(' ', program, contact, state, since) FROM heed.consent ORDER BY 1`)
	w.must(err)
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	w.must(err)
	return all
}

func (w *world) pass() {
	w.advance(rapid.SampledFrom([]time.Duration{
		time.Second, 5 * time.Second, time.Minute, 10 * time.Minute, time.Hour, 25 * time.Hour, 31 * 24 * time.Hour,
	}).Draw(w.T, "time passes"))
}

var errRefused = errors.New("refused")

// send is an application that texts somebody without asking heed.
func (w *world) send(from sms.Identity, to sms.Phone) error {
	_, err := w.double.SendTextMessage(w.ctx, &api.SendTextMessageInput{
		OriginationIdentity: aws.String(string(from)), DestinationPhoneNumber: aws.String(string(to)), MessageBody: aws.String("offer"), DryRun: true,
	})
	if err != nil && strings.Contains(err.Error(), "opted out") {
		return errRefused
	}
	w.must(err)
	return nil
}
