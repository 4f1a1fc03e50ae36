package outbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/heedsms/heed/internal/fault"
	"github.com/heedsms/heed/internal/metrics"
	"github.com/heedsms/heed/internal/sms"
)

// Store keeps the outbox.
type Store interface {
	// ClaimChains claims what is due of the given chains, ClaimDue of any, at most limit chains. A claim holds
	// until the given time; nobody else gets its actions before.
	ClaimChains(ctx context.Context, chains []string, now, until time.Time) ([]Action, error)
	ClaimDue(ctx context.Context, limit int, now, until time.Time) ([]Action, error)
	// Consents is the register of a contact as of now: program to state.
	Consents(ctx context.Context, contact sms.Phone) (map[string]string, error)
	// Settle writes the outcomes of a claim.
	Settle(ctx context.Context, outcomes []Outcome, now time.Time) error
}

// AWS is the API behind our words. Its errors are understood by [fault.Of].
type AWS interface {
	SendText(ctx context.Context, t Text) (messageID string, err error)
	PutOptedOut(ctx context.Context, list string, contact sms.Phone) error
	DeleteOptedOut(ctx context.Context, list string, contact sms.Phone) error
	// PutFeedback says that a message was received.
	PutFeedback(ctx context.Context, messageID string) error
}

// Text is one reply as it goes to AWS.
type Text struct {
	To   sms.Phone
	From sms.Identity
	Body string
	// Context travels with the message and comes back in its delivery events.
	Context map[string]string
	// ConfigurationSet is where its delivery events go; "" means that none come.
	ConfigurationSet string
	// TimeToLive bounds how long AWS and the carriers try; 0 leaves it to AWS (72 hours).
	TimeToLive time.Duration
	// Still, when set, is asked before each try of the call, those that follow a throttled one too. An error ends it: the
	// text must not go out any more.
	Still func(ctx context.Context) error
}

// Settings are what the executor asks of the ruleset in force.
type Settings interface {
	// Sharing names the programs whose opt-outs count on an AWS opt-out list.
	Sharing(list string, consents map[string]string) []string
	// List is the AWS opt-out list of a program; "" when it keeps none.
	List(program string) string
	// MaySend says whether somebody with these consents may be sent something for a program.
	MaySend(program string, consents map[string]string) bool
	// AWSAnswers says whether AWS itself puts people on the list, for a program of which it answers STOP.
	AWSAnswers(list string) bool
	// ConfigurationSet is where the delivery events of a program's replies go; "" means nowhere.
	ConfigurationSet(program string) string
}

// Executor does what is planned.
type Executor struct {
	Store Store
	AWS   AWS
	// Metrics is nil where nobody counts.
	Metrics *metrics.Writer
	Log     *slog.Logger
	Now     func() time.Time
	// Parallel is how many contacts are served side by side; 0 means 8.
	Parallel int
	// Lease is how long a claim holds; 0 means as long as the context, or one minute where it has no deadline.
	Lease time.Duration
	// Margin is how long before the deadline no call is begun any more; 0 means two seconds.
	Margin time.Duration
}

// Summary counts what a run did.
type Summary struct{ Claimed, Done, Deferred, Failed, Expired, Unknown int }

// RunChains does what is due of the given chains: those of the texts just recorded.
func (x *Executor) RunChains(ctx context.Context, chains []string, settings Settings) (Summary, error) {
	if len(chains) == 0 {
		return Summary{}, nil
	}
	now := x.Now()
	actions, err := x.Store.ClaimChains(ctx, chains, now, x.until(ctx, now))
	if err != nil {
		return Summary{}, fmt.Errorf("claim planned actions: %w", err)
	}
	return x.run(ctx, actions, now, settings)
}

// RunDue does what is due of anything, at most limit chains of it.
func (x *Executor) RunDue(ctx context.Context, limit int, settings Settings) (Summary, error) {
	now := x.Now()
	actions, err := x.Store.ClaimDue(ctx, limit, now, x.until(ctx, now))
	if err != nil {
		return Summary{}, fmt.Errorf("claim due actions: %w", err)
	}
	return x.run(ctx, actions, now, settings)
}

// until is how long a claim may hold: as long as the invocation that makes it can live, and a moment more. When a
// worker dies its claims lapse with the invocation it was.
func (x *Executor) until(ctx context.Context, now time.Time) time.Time {
	if deadline, ok := ctx.Deadline(); ok && x.Lease == 0 {
		return deadline.Add(time.Second)
	}
	return now.Add(cmp.Or(x.Lease, time.Minute))
}

// bounded sees to it that no call outlives its claim, and that what was done can still be written down when one hangs
// to the end.
func (x *Executor) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	if deadline, ok := ctx.Deadline(); ok {
		return context.WithDeadline(ctx, deadline.Add(-cmp.Or(x.Margin, 2*time.Second)/2))
	}
	return context.WithTimeout(ctx, cmp.Or(x.Lease, time.Minute)-time.Second)
}

// run does what was claimed. asOf is when the claim was asked for: it is no younger, however late its answer came.
func (x *Executor) run(ctx context.Context, actions []Action, asOf time.Time, settings Settings) (Summary, error) {
	if len(actions) == 0 {
		return Summary{}, nil
	}
	calls, cancel := x.bounded(ctx)
	defer cancel()
	contacts := byContact(actions)
	outcomes := make([][]Outcome, len(contacts))
	var group errgroup.Group
	group.SetLimit(cmp.Or(x.Parallel, 8))
	for i, actions := range contacts {
		group.Go(func() error {
			outcomes[i] = x.serve(calls, func() bool { return x.deadlineIsNear(ctx) }, actions, asOf, settings)
			return nil
		})
	}
	_ = group.Wait() // the goroutines return outcomes, never errors
	flat := slices.Concat(outcomes...)
	summary := summarize(flat)
	x.Log.LogAttrs(ctx, slog.LevelInfo, "actions", slog.Int("claimed", summary.Claimed), slog.Int("done", summary.Done), slog.Int("deferred", summary.Deferred),
		slog.Int("failed", summary.Failed), slog.Int("expired", summary.Expired), slog.Int("unknown", summary.Unknown))
	x.measure(flat)
	// What was done is written down even when the invocation is at its end: the calls cannot be taken back.
	settle, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := x.Store.Settle(settle, flat, x.Now()); err != nil {
		return summary, fmt.Errorf("settle %d actions: %w", len(flat), err)
	}
	return summary, nil
}

// byContact parts the claim into one sequence a person, in the order of their texts: AWS takes one message a second
// for a number, and a STOP and the START behind it must not overtake each other.
func byContact(actions []Action) [][]Action {
	index := map[sms.Phone]int{}
	var contacts [][]Action
	for _, a := range actions {
		i, ok := index[a.Contact]
		if !ok {
			i = len(contacts)
			index[a.Contact] = i
			contacts = append(contacts, nil)
		}
		contacts[i] = append(contacts[i], a)
	}
	return contacts
}

// serve does the actions of one person in order. late says that nothing new may be begun.
func (x *Executor) serve(ctx context.Context, late func() bool, actions []Action, asOf time.Time, settings Settings) []Outcome {
	outcomes := make([]Outcome, 0, len(actions))
	held := holds{chain: map[string]hold{}, agreed: map[string]bool{}}
	seen := register{asOf: asOf}
	for _, a := range confirmationsFirst(actions, settings) {
		var o Outcome
		until, waits := held.by(a, settings)
		switch {
		case !a.ExpiresAt.IsZero() && !x.Now().Before(a.ExpiresAt):
			o = Outcome{Action: a, State: Expired, Error: expired}
		case waits:
			o = Outcome{Action: a, State: Planned, NotBefore: until, Error: "waits_for_the_step_before"}
		case a.Kind == SyncOptOut && held.agreed[a.List]:
			o = Outcome{Action: a, State: Done}
		case late():
			o = Outcome{Action: a, State: Planned, NotBefore: x.Now(), Error: "deadline"}
		default:
			o = x.doFresh(ctx, a, &seen, settings)
		}
		held.note(o)
		outcomes = append(outcomes, o)
	}
	return outcomes
}

// expired is the error of what was not begun in time.
const expired = "expired"

// staleAfter is how old the executor's knowledge of a person's consent may be when it acts on it. A claim of many
// people takes its time, and calls that hang take more.
const staleAfter = 2 * time.Second

// register is what is known of a person's consent, and as of when. Until it is read anew, an action goes by what its
// claim read.
type register struct {
	asOf     time.Time
	consents map[string]string
}

// doFresh does an action by a register that is not stale.
func (x *Executor) doFresh(ctx context.Context, a Action, seen *register, settings Settings) Outcome {
	if err := x.look(ctx, &a, seen); err != nil {
		return x.unread(a)
	}
	return x.do(ctx, a, seen, settings)
}

// look reads the register anew for an action where what is known of it is stale.
func (x *Executor) look(ctx context.Context, a *Action, seen *register) error {
	// What the answer tells may be as old as the question. Where the second is slow too, Postgres is: nothing waits for it,
	// a listing least of all.
	for looks := 0; looks < 2 && x.Now().Sub(seen.asOf) > staleAfter; looks++ {
		asked := x.Now()
		consents, err := x.Store.Consents(ctx, a.Contact)
		if err != nil {
			return err
		}
		seen.asOf, seen.consents = asked, consents
	}
	if seen.consents != nil {
		a.Consents = seen.consents
	}
	return nil
}

// unread gives an action back whose register could not be read.
func (x *Executor) unread(a Action) Outcome {
	return Outcome{Action: a, State: Planned, NotBefore: x.Now().Add(firstWait), Error: "register_unread"}
}

func (x *Executor) deadlineIsNear(ctx context.Context) bool {
	if ctx.Err() != nil {
		return true
	}
	deadline, ok := ctx.Deadline()
	return ok && deadline.Sub(x.Now()) < cmp.Or(x.Margin, 2*time.Second)
}

func (x *Executor) do(ctx context.Context, a Action, seen *register, settings Settings) Outcome {
	switch a.Kind {
	case Reply:
		return x.reply(ctx, a, seen, settings)
	case SyncOptOut:
		// What AWS should say is read now, not when the action was planned: it may run twice, late, or after the
		// person changed their mind.
		want := Want(settings.Sharing(a.List, a.Consents), a.Program, a.Consents)
		if want == LeftAlone && a.Purpose == ForRelease {
			want = NotListed
		}
		// Whoever said stop to AWS is on its list and perhaps not in the register. So nobody is taken off without a look
		// at the entry, unless they just said so themselves, on a list where AWS answers nobody.
		if want == NotListed && !a.compared() && (a.Purpose != ForOptIn || settings.AWSAnswers(a.List)) {
			return leaveToComparison(a, x.Now())
		}
		var err error
		switch want {
		case Listed:
			err = x.AWS.PutOptedOut(ctx, a.List, a.Contact)
		case NotListed:
			err = x.AWS.DeleteOptedOut(ctx, a.List, a.Contact)
		}
		o := settleSync(a, want, err, x.Now())
		if o.State == Failed || o.State == Planned {
			x.report(ctx, a, err)
		}
		return o
	case Feedback:
		err := x.AWS.PutFeedback(ctx, a.Body)
		o := settleFeedback(a, err, x.Now())
		if o.Error != string(fault.NotFound) {
			x.report(ctx, a, err)
		}
		return o
	}
	return Outcome{Action: a, State: Failed, Error: "kind_not_supported"}
}

// errOvertaken ends a call before its next try.
var errOvertaken = errors.New("the register has moved")

func (x *Executor) reply(ctx context.Context, a Action, seen *register, settings Settings) Outcome {
	// The register may have moved since the reply was planned: the last look is now, and before each further try of a call
	// that is throttled, which waits for seconds.
	if why := withheld(a, settings); why != "" {
		return Outcome{Action: a, State: Expired, Error: "withheld: " + why}
	}
	var unsent *Outcome
	tries := 0
	still := func(ctx context.Context) error {
		if err := x.look(ctx, &a, seen); err != nil {
			o := x.unread(a)
			unsent = &o
			return err
		}
		next := a
		next.Attempts += tries // a further try is as good as a further claim
		if why := withheld(next, settings); why != "" {
			unsent = &Outcome{Action: a, State: Expired, Error: "withheld: " + why}
			return errOvertaken
		}
		tries++
		return nil
	}
	asked := x.Now()
	id, err := x.AWS.SendText(ctx, Text{
		To: a.Contact, From: a.Identity, Body: a.Body, Context: ContextOf(a),
		ConfigurationSet: settings.ConfigurationSet(a.Program), TimeToLive: timeToLive(a, x.Now()), Still: still,
	})
	if unsent != nil {
		return *unsent
	}
	x.report(ctx, a, err)
	o := settleReply(a, id, err, x.Now())
	o.AskedAt = asked
	// A refusal is evidence only where the register does not explain it: mostly it is heed's own listing that
	// AWS enforces.
	list := settings.List(a.Program)
	o.OptedOut = o.OptedOut && Want(settings.Sharing(list, a.Consents), a.Program, a.Consents) != Listed
	return o
}

// timeToLive keeps AWS from delivering tomorrow what is worth nothing after some minutes.
func timeToLive(a Action, now time.Time) time.Duration {
	if a.ExpiresAt.IsZero() {
		return 0
	}
	return max(a.ExpiresAt.Sub(now), 5*time.Second)
}

func (x *Executor) report(ctx context.Context, a Action, err error) {
	if err == nil {
		return
	}
	f := fault.Explain(err)
	level := slog.LevelWarn
	if f.Loud {
		level = slog.LevelError
	}
	// AWS's error text may quote the number; the reason is enough.
	x.Log.LogAttrs(ctx, level, "AWS call failed", slog.String("kind", string(a.Kind)), slog.String("program", a.Program),
		slog.String("contact", a.Contact.Masked()), slog.String("identity", a.Identity.Masked()), slog.String("outbox_id", a.ID),
		slog.String("class", string(f.Kind)), slog.String("reason", string(f.Reason)))
}

func summarize(outcomes []Outcome) Summary {
	s := Summary{Claimed: len(outcomes)}
	for _, o := range outcomes {
		switch o.State {
		case Done:
			s.Done++
		case Planned:
			s.Deferred++
		case Expired:
			s.Expired++
		case Unknown:
			s.Unknown++
		default:
			s.Failed++
		}
	}
	return s
}

// Plus adds two summaries.
func (s Summary) Plus(o Summary) Summary {
	return Summary{
		Claimed: s.Claimed + o.Claimed, Done: s.Done + o.Done, Deferred: s.Deferred + o.Deferred,
		Failed: s.Failed + o.Failed, Expired: s.Expired + o.Expired, Unknown: s.Unknown + o.Unknown,
	}
}
