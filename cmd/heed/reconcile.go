package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/heedsms/heed/internal/config"
	"github.com/heedsms/heed/internal/doctor"
	"github.com/heedsms/heed/internal/eum"
	"github.com/heedsms/heed/internal/inbound"
	"github.com/heedsms/heed/internal/outbox"
	"github.com/heedsms/heed/internal/plan"
	"github.com/heedsms/heed/internal/program"
	"github.com/heedsms/heed/internal/reconcile"
	"github.com/heedsms/heed/internal/store"
)

type reconcileCommand struct {
	Lists    []string `name:"list" help:"Only this opt-out list. May be given several times; without it all of the ruleset." placeholder:"L"`
	DryRun   bool     `help:"Tell what would be done, and do nothing."`
	PlanOnly bool     `help:"Leave the calls that put numbers on lists and take them off to the relay."`
	Restart  bool     `help:"Begin anew, even where a pass over a list was interrupted."`
	NoSetup  bool     `help:"Do not look at how the numbers are set up."`
	JSON     bool     `name:"json" help:"The report as one JSON document."`
	Progress bool     `help:"Tell the progress even where standard error is no terminal."`
}

// Help is shown by heed reconcile --help.
func (reconcileCommand) Help() string {
	return `Reads every opt-out list of the ruleset from AWS, page by page, and compares it with the register. Who is listed at AWS and unknown here becomes an opt-out with source aws. Who is opted out here and not listed is put on the list; who came back is taken off it, where AWS allows it and nobody stopped since. Why, decision by decision, is in docs/reconcile.md.

AWS gives one page of 100 numbers a second, unless the account's quota was raised: HEED_AWS_CALLS_PER_SECOND, and HEED_AWS_OPTOUT_CALLS_PER_SECOND for changes of lists (10).

A pass that was interrupted goes on where it was. The relay runs the same passes by schedule (HEED_RECONCILE_EVERY); where it is at work on a list, this command passes it by.

The exit code is 1 when something remains that a person has to know: numbers that AWS holds for 30 days, calls that failed, a list that AWS does not have, numbers that are not set up as heed.yaml says; with --dry-run anything that differs.

  heed reconcile
  heed reconcile --dry-run --list acme-alerts
  heed reconcile --no-setup --json | jq '.lists[] | select(.counts.locked)'`
}

// Run compares, and carries out what follows.
func (c reconcileCommand) Run(ctx context.Context, t terminal) error {
	var settings struct {
		Pace    config.Pace
		Sending config.Sending
	}
	if err := config.Load(&settings); err != nil {
		return usageError{err}
	}
	account, err := awsAccount(ctx)
	if err != nil {
		return err
	}
	db, err := openStore(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	log := slog.New(slog.NewTextHandler(io.Discard, nil)) // the report says it all
	inForce, err := (&inbound.Rules{Documents: db, Log: log}).Current(ctx, time.Now())
	if err != nil {
		return err
	}
	lists, err := c.lists(inForce.Ruleset)
	if err != nil {
		return err
	}
	r := &reconciling{
		command: c, terminal: t, db: db, rules: inForce, told: time.Now(),
		account: eum.NewAccount(account, paceOf(settings.Pace.Calls)),
		runner:  &reconcile.Runner{Store: db, DryRun: c.DryRun, Log: log, Now: time.Now},
	}
	r.runner.AWS, r.runner.Tell = r.account, r.reading
	r.hire(account, settings.Pace.OptOutCalls, settings.Sending.Parallel, log)
	return r.run(ctx, lists)
}

func paceOf(perSecond int) eum.Pace { return eum.Pace{PerSecond: perSecond, Now: time.Now} }

// lists are those of the ruleset, or those that were asked for.
func (c reconcileCommand) lists(rules *program.Ruleset) ([]reconcile.List, error) {
	all := reconcile.Lists(rules)
	if len(c.Lists) == 0 {
		return all, nil
	}
	var chosen []reconcile.List
	for _, name := range c.Lists {
		i := slices.IndexFunc(all, func(l reconcile.List) bool { return l.Name == name })
		if i < 0 {
			return nil, wrongUse("no program of the ruleset in force keeps the opt-out list %s", name)
		}
		chosen = append(chosen, all[i])
	}
	return chosen, nil
}

// reconciling is a reconciliation under way.
type reconciling struct {
	terminal
	command  reconcileCommand
	db       *store.Store
	rules    *inbound.InForce
	account  *eum.Account
	runner   *reconcile.Runner
	executor *outbox.Executor
	lease    time.Duration
	told     time.Time
}

// atOnce is how many numbers are claimed together. Small: a process that is killed leaves as many to the end of its
// claim.
const atOnce = 20

// hire sets up who calls AWS. A claim holds as long as its calls take at their pace, and some seconds.
func (r *reconciling) hire(account aws.Config, perSecond, parallel int, log *slog.Logger) {
	const spare = 8 * time.Second
	r.lease = spare + atOnce*(time.Second+time.Second/10)/time.Duration(perSecond)
	r.executor = &outbox.Executor{
		Store: r.db, AWS: eum.Paced(account, paceOf(perSecond)), Log: log, Now: time.Now, Parallel: parallel, Lease: r.lease,
	}
}

// listReport is what is told of one list.
type listReport struct {
	reconcile.Result
	// Planned is what became of what the pass planned; with --dry-run there is nothing.
	Planned *store.Planned `json:"planned,omitempty"`
	Locked  store.Locked   `json:"locked"`
}

type reconcileReport struct {
	DryRun bool           `json:"dry_run"`
	Lists  []listReport   `json:"lists"`
	Setup  []setupFinding `json:"setup"`
}

// setupFinding is something about the set-up at AWS that keeps lists or answers from being what heed.yaml says. heed
// doctor says more of it.
type setupFinding struct {
	Code    string `json:"code"`
	Program string `json:"program"`
	// Identity is the number or pool that it is about; "" for the program as a whole.
	Identity string `json:"identity,omitempty"`
	Text     string `json:"text"`
}

func (r *reconciling) run(ctx context.Context, lists []reconcile.List) error {
	if len(lists) == 0 {
		fmt.Fprintln(r.err, "heed: no program of the ruleset in force keeps an opt-out list (optOutList)")
	}
	results, err := r.runner.Run(ctx, lists, r.command.Restart)
	report := reconcileReport{DryRun: r.command.DryRun, Setup: []setupFinding{}, Lists: []listReport{}}
	for _, result := range results {
		done := listReport{Result: result}
		if !r.command.DryRun && !result.Busy && !result.StartedAt.IsZero() {
			planned, failed := r.carryOut(ctx, result)
			done.Planned, err = &planned, errors.Join(err, failed)
		}
		if err == nil {
			done.Locked, err = r.db.LockedOn(ctx, result.List)
		}
		report.Lists = append(report.Lists, done)
	}
	if ctx.Err() != nil {
		return errors.New("interrupted: the same command goes on from here")
	}
	if !r.command.NoSetup {
		findings, failed := r.setup(ctx)
		report.Setup, err = append(report.Setup, findings...), errors.Join(err, failed)
	}
	if told := r.tell(report); told != nil {
		return fmt.Errorf("write the report: %w", told)
	}
	if err != nil {
		return err
	}
	if report.remains() {
		return errNo
	}
	return nil
}

// carryOut does what a pass has planned, until nothing is due. What a dead worker had claimed is waited for.
func (r *reconciling) carryOut(ctx context.Context, result reconcile.Result) (store.Planned, error) {
	for !r.command.PlanOnly {
		chains, err := r.db.DueOfPass(ctx, result.List, result.StartedAt, time.Now(), atOnce)
		if err != nil {
			return store.Planned{}, err
		}
		if len(chains) > 0 {
			if _, err := r.executor.RunChains(ctx, chains, r.rules); err != nil {
				return store.Planned{}, err
			}
		}
		planned, err := r.db.PlannedOfPass(ctx, result.List, result.StartedAt)
		if err != nil {
			return planned, err
		}
		r.doing(result.List, planned)
		if len(chains) > 0 {
			continue
		}
		if planned.ClaimedUntil == nil || time.Until(*planned.ClaimedUntil) > 2*r.lease {
			return planned, nil
		}
		if err := pause(ctx, time.Until(*planned.ClaimedUntil)); err != nil {
			return planned, err
		}
		if _, err := r.db.Recover(ctx, time.Now()); err != nil {
			return planned, err
		}
	}
	return r.db.PlannedOfPass(ctx, result.List, result.StartedAt)
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(max(d, 0) + 100*time.Millisecond):
		return nil
	}
}

// setup looks at how the numbers of the programs are set up.
func (r *reconciling) setup(ctx context.Context) ([]setupFinding, error) {
	found, err := plan.Read(ctx, eum.Setup{Account: r.account}, r.rules.Ruleset, nil)
	if err != nil {
		return nil, err
	}
	var findings []setupFinding
	for _, f := range doctor.Agreement(&found, doctor.Setup{Rules: r.rules.Ruleset}) {
		findings = append(findings, setupFinding{f.Code, f.Program, f.About, f.Text})
	}
	return findings, nil
}

// remains says whether something is left that a person has to know.
func (r reconcileReport) remains() bool {
	for _, l := range r.Lists {
		for d, n := range l.Counts {
			final := d == reconcile.Locked || d == reconcile.Failing || d == reconcile.Stray || d == reconcile.NoList
			if n > 0 && (final || r.DryRun && d.Drift()) {
				return true
			}
		}
		if l.Locked.Numbers > 0 || l.Planned != nil && len(l.Planned.Failed) > 0 {
			return true
		}
	}
	return len(r.Setup) > 0
}

// reading tells how far the passes are, every few seconds, to who is there to see it.
func (r *reconciling) reading(result reconcile.Result) {
	if r.tellNow() {
		what := fmt.Sprintf("%d numbers in %d pages", result.Numbers, result.Pages)
		if result.Read {
			what += ", looking for who is absent"
		}
		fmt.Fprintf(r.err, "heed: %s: %s\n", result.List, what)
	}
}

func (r *reconciling) doing(list string, p store.Planned) {
	if r.tellNow() {
		fmt.Fprintf(r.err, "heed: %s: %d put, %d taken off, %d to do\n", list, p.Put, p.Removed, p.Waiting)
	}
}

func (r *reconciling) tellNow() bool {
	const every = 3 * time.Second
	now := time.Now()
	if now.Sub(r.told) < every || !r.command.Progress && !isTerminal(r.err) {
		return false
	}
	r.told = now
	return true
}

// tell writes the report.
func (r *reconciling) tell(report reconcileReport) error {
	if r.command.JSON {
		return writeReport(r.out, report)
	}
	for _, l := range report.Lists {
		if err := tellList(r.out, l); err != nil {
			return err
		}
	}
	for _, f := range report.Setup {
		if _, err := fmt.Fprintf(r.out, "set-up: %s %s %s [%s]\n", f.Program, cmp.Or(f.Identity, "as a whole:"), f.Text, f.Code); err != nil {
			return err
		}
	}
	return nil
}
