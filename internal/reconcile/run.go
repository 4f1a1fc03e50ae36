package reconcile

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/heedsms/heed/internal/fault"
)

// AWS pages opt-out lists. Its errors are understood by [fault.Of].
type AWS interface {
	// OptedOut is one page of a list, from the token of the page before on; "" begins. next is "" on the last.
	OptedOut(ctx context.Context, list, token string) (page []Entry, next string, err error)
}

// Store keeps passes.
type Store interface {
	// HoldPass takes hold of the pass over a list until it is released. Nil: another worker has it.
	HoldPass(ctx context.Context, list List, dryRun bool) (Pass, error)
}

// Pass is the pass over one list, in the hands of one worker. Each step is one transaction: what follows from the
// decisions, and how far the pass has come.
type Pass interface {
	// Progress is how far the pass that runs has come, or the last that ended; false: there was none.
	Progress(ctx context.Context) (Progress, bool, error)
	// Begin begins anew.
	Begin(ctx context.Context, now time.Time) (Progress, error)
	// Page decides on a page of AWS's, and keeps the token of the next one; "" ends the reading.
	Page(ctx context.Context, p Progress, entries []Entry, next string, decide func(Entry, Known) Verdict, now time.Time) (Progress, error)
	// Rest decides on some of those whom the register has opted out and AWS does not list; behind the last everybody was
	// compared.
	Rest(ctx context.Context, p Progress, decide func(Known) Verdict, now time.Time) (Progress, error)
	// Agree says of some of those whom the register has as pending that the list agrees with them, where it does; behind
	// the last it ends the pass.
	Agree(ctx context.Context, p Progress, now time.Time) (Progress, error)
	// NoList ends the pass over a list that AWS does not have.
	NoList(ctx context.Context, p Progress, now time.Time) (Progress, error)
	Release()
}

// Progress is how far a pass has come.
type Progress struct {
	StartedAt  time.Time `json:"started_at"`
	FinishedAt time.Time `json:"finished_at,omitzero"`
	// Pages and Numbers are what AWS has told so far.
	Pages   int `json:"pages"`
	Numbers int `json:"numbers"`
	// Counts are numbers by decision.
	Counts map[Decision]int `json:"counts"`

	// Token is that of AWS's next page. Read says that there is none: who is absent comes next, from After on. Compared
	// says that everybody was: who agrees comes next, from After on once more.
	Token    string `json:"-"`
	Read     bool   `json:"-"`
	Compared bool   `json:"-"`
	After    string `json:"-"`
	// Open: something that the pass planned is neither done nor locked.
	Open bool `json:"-"`
}

// Finished says whether the pass has ended.
func (p Progress) Finished() bool { return !p.FinishedAt.IsZero() }

// NoList stands among the counts of a list that AWS does not have.
const NoList Decision = "no_list"

// Result is where the pass over a list stands after a run.
type Result struct {
	List string `json:"list"`
	// Busy: another worker has the pass.
	Busy bool `json:"busy,omitempty"`
	Progress
}

// Runner runs passes.
type Runner struct {
	Store Store
	AWS   AWS
	// Every is how long after the end of a pass the next may begin; 0: at once.
	Every time.Duration
	// DryRun decides and changes nothing.
	DryRun bool
	// Margin is how long before the deadline nothing new is begun. What is left is done by the next run.
	Margin time.Duration
	// Tell hears of each step.
	Tell func(Result)
	Log  *slog.Logger
	Now  func() time.Time
}

// Run goes on with the passes over some lists, or begins them: first all pages of all lists, then who is absent from
// each, because what one list tells may belong on another. restart begins anew whatever was under way. The fault of one
// list does not keep the others from being compared.
func (r *Runner) Run(ctx context.Context, lists []List, restart bool) ([]Result, error) {
	results := make([]Result, len(lists))
	errs := make([]error, 0, 2*len(lists))
	for i, list := range lists {
		results[i].List = list.Name
		errs = append(errs, r.hold(ctx, list, &results[i], func(p Pass) error { return r.read(ctx, p, list, &results[i], restart) }))
	}
	for i, list := range lists {
		if result := &results[i]; result.Read && !result.Finished() {
			errs = append(errs, r.hold(ctx, list, result, func(p Pass) error { return r.rest(ctx, p, list, result) }))
		}
	}
	return results, errors.Join(errs...)
}

func (r *Runner) hold(ctx context.Context, list List, result *Result, do func(Pass) error) error {
	pass, err := r.Store.HoldPass(ctx, list, r.DryRun)
	if err != nil {
		return fmt.Errorf("reconcile %s: %w", list.Name, err)
	}
	if pass == nil {
		result.Busy = true
		return nil
	}
	defer pass.Release()
	if err := do(pass); err != nil {
		return fmt.Errorf("reconcile %s: %w", list.Name, err)
	}
	return nil
}

// read reads AWS's pages to the last one.
func (r *Runner) read(ctx context.Context, pass Pass, list List, result *Result, restart bool) error {
	progress, known, err := pass.Progress(ctx)
	if err != nil {
		return err
	}
	result.Progress = progress
	if known && progress.Finished() && !restart && !r.isDue(progress) {
		return nil
	}
	if restart || !known || progress.Finished() {
		if result.Progress, err = pass.Begin(ctx, r.Now()); err != nil {
			return err
		}
	}
	began := result.StartedAt
	for !result.Read && !r.late(ctx) {
		entries, next, err := r.AWS.OptedOut(ctx, list.Name, result.Token)
		switch reason := fault.Explain(err).Reason; {
		case reason == fault.NotFound:
			result.Progress, err = pass.NoList(ctx, result.Progress, r.Now())
			r.ended(ctx, *result)
			return err
		case reason == invalidToken && result.Token != "":
			// A token does not live for ever, and AWS does not say how long.
			if result.Progress, err = pass.Begin(ctx, r.Now()); err != nil {
				return err
			}
			began = result.StartedAt
			continue
		case err != nil && r.late(ctx):
			return nil // the page waited for its turn until the time was over
		case err != nil:
			return err
		}
		now := r.Now()
		decide := func(e Entry, k Known) Verdict { return Listed(list, e, k, began, now) }
		if result.Progress, err = pass.Page(ctx, result.Progress, entries, next, decide, now); err != nil {
			return err
		}
		r.tell(*result)
	}
	return nil
}

// isDue says whether it is time for another pass. Who was killed after the last page has nothing to read again, only to
// do what the pass has planned.
func (r *Runner) isDue(last Progress) bool {
	const fresh = time.Hour
	wait := r.Every
	if last.Open {
		wait = max(wait, fresh)
	}
	return !r.Now().Before(last.FinishedAt.Add(wait))
}

// invalidToken is AWS's ValidationException for a page that it does not know any more, as internal/fault reads it.
const invalidToken fault.Reason = "invalid_next_token"

// rest decides on who is absent from AWS's list, and says who agrees.
func (r *Runner) rest(ctx context.Context, pass Pass, list List, result *Result) error {
	progress, _, err := pass.Progress(ctx)
	if err != nil {
		return err
	}
	// Another worker may have had the pass since its pages were read, and ended it or begun the next one.
	if result.Busy = !progress.StartedAt.Equal(result.StartedAt) || progress.Finished(); result.Busy {
		return nil
	}
	result.Progress = progress
	for !result.Finished() && !r.late(ctx) {
		now := r.Now()
		decide := func(k Known) Verdict { return Absent(list, k, result.StartedAt, now) }
		var err error
		if result.Compared {
			result.Progress, err = pass.Agree(ctx, result.Progress, now)
		} else {
			result.Progress, err = pass.Rest(ctx, result.Progress, decide, now)
		}
		if err != nil {
			if r.late(ctx) {
				return nil
			}
			return err
		}
		r.tell(*result)
	}
	if result.Finished() {
		r.ended(ctx, *result)
	}
	return nil
}

func (r *Runner) late(ctx context.Context) bool {
	deadline, ok := ctx.Deadline()
	return ctx.Err() != nil || ok && deadline.Sub(r.Now()) < r.Margin
}

func (r *Runner) tell(result Result) {
	if r.Tell != nil {
		r.Tell(result)
	}
}

func (r *Runner) ended(ctx context.Context, result Result) {
	level := slog.LevelInfo
	if result.Counts[NoList] > 0 {
		level = slog.LevelError
	}
	r.Log.LogAttrs(ctx, level, "opt-out list compared", slog.String("list", result.List), slog.Int("numbers", result.Numbers),
		slog.Int("pages", result.Pages), slog.Any("counts", result.Counts), slog.Bool("dry_run", r.DryRun))
}
