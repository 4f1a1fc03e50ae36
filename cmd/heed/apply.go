package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/heedsms/heed/internal/plan"
	"github.com/heedsms/heed/internal/store"
)

type applyCommand struct {
	stackFlags

	File         string        `arg:"" help:"The heed.yaml."`
	Local        bool          `help:"Write the ruleset to the database and leave AWS as it is."`
	Yes          bool          `help:"Do it without asking. Dangerous changes need --accept-danger too."`
	AcceptDanger bool          `help:"Do what is dangerous as well."`
	Settle       time.Duration `default:"30s" help:"How long to wait for AWS to show what was changed." placeholder:"D"`
	JSON         bool          `name:"json" help:"What was planned, done and left as one JSON document. Needs --yes."`
}

// Help is shown by heed apply --help.
func (applyCommand) Help() string {
	return `Shows what heed plan shows, asks, and does it: one call a second, in an order that is safe at each step, the ruleset last. The workers take it up within seconds. Nothing changes when all is as the file says; with errors in the file nothing is read.

A failure ends it and says what was done, what was not, and why. The same command goes on from there: what is done is found done. Two operators cannot apply at once.

Dangerous changes (who hears people's texts, who answers them, another opt-out list, keywords that somebody made) are asked for by a question of their own, or need --accept-danger. With --yes and without it nothing is done when there are any.

With --local the ruleset is written to the database and AWS is left as it is.

The exit code is 0 when all is as the file says, 1 when something is left, was refused or not wanted, 2 when the command was called wrongly.

  heed apply heed.yaml
  heed apply heed.yaml --yes --accept-danger --json
  DATABASE_URL=postgres://localhost/heed heed apply --local heed.yaml`
}

// Run makes AWS and the database what the file says.
func (c applyCommand) Run(ctx context.Context, t terminal) error {
	switch {
	case c.Local:
		return c.local(ctx, t)
	case c.JSON && !c.Yes:
		return wrongUse("--json cannot ask: add --yes")
	case !c.Yes && !isTerminal(t.in):
		return wrongUse("standard input is no terminal to ask on: add --yes, and --accept-danger for what is dangerous")
	}
	s, err := readSetUp(ctx, t, c.stackFlags, c.File)
	if err != nil {
		return err
	}
	if s.db, err = openStore(ctx); err != nil {
		return err
	}
	defer s.db.Close()
	right, err := hold(ctx, t, s.db)
	if err != nil {
		return err
	}
	defer right.Release(ctx)
	a := &applying{command: c, terminal: t, setUp: s, right: right}
	return a.run(ctx)
}

// hold takes the right to apply, which one operator has at a time.
func hold(ctx context.Context, t terminal, db *store.Store) (*store.Applying, error) {
	right, err := db.HoldApply(ctx, actorOf(""), time.Now())
	var other *store.AppliedByOtherError
	if errors.As(err, &other) {
		fmt.Fprintf(t.err, "heed: %s\nheed: nothing was done: try again when they are done\n", printable(other.Error()))
		return nil, errNo
	}
	return right, err
}

// local puts the file in force and asks nothing of AWS.
func (c applyCommand) local(ctx context.Context, t terminal) error {
	rules, findings, document, err := readRules(c.File)
	if err != nil {
		return err
	}
	tellFindings(terminal{out: t.err}, findings, false)
	if rules == nil {
		return errNo
	}
	db, err := openStore(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	// Else it would be undone by who is at it with another file, whose ruleset comes last.
	right, err := hold(ctx, t, db)
	if err != nil {
		return err
	}
	defer right.Release(ctx)
	version, isNew, err := db.ApplyRuleset(ctx, document, rules.Settings(), actorOf(""), time.Now())
	if err != nil {
		return err
	}
	if !isNew {
		fmt.Fprintf(t.out, "version %d is in force and the same: nothing to do\n", version)
		return nil
	}
	fmt.Fprintf(t.out, "version %d is in force: %d programs\n", version, len(rules.Programs))
	return nil
}

// applying is a plan under way.
type applying struct {
	*setUp
	terminal

	command applyCommand
	right   *store.Applying
	report  applyReport
}

// applyReport is what heed apply --json tells.
type applyReport struct {
	Plan planReport `json:"plan"`
	// Done is how many steps of the plan were done.
	Done int `json:"done"`
	// Version is the ruleset's that was put in force, 0 for none.
	Version int64 `json:"version,omitempty"`
	// Error says why it stopped, and Explanation what AWS's refusal means.
	Error       string `json:"error,omitempty"`
	Explanation string `json:"explanation,omitempty"`
	// After is what differs afterwards; absent where nothing was done.
	After *planReport `json:"after,omitempty"`
}

func (a *applying) run(ctx context.Context) error {
	p, err := a.compare(ctx, a.terminal)
	if err != nil {
		return err
	}
	a.report.Plan = planReport{p, summaryOf(p)}
	if !a.command.JSON {
		if err := tellPlan(a.terminal, p); err != nil {
			return fmt.Errorf("write the plan: %w", err)
		}
	}
	if len(p.Steps) > 0 {
		if !a.wanted(ctx, p) {
			return a.end(errNo)
		}
		if err := a.do(ctx, p); err != nil {
			return a.end(err)
		}
		if p, err = a.settle(ctx); err != nil {
			return a.end(err)
		}
		a.report.After = &planReport{p, summaryOf(p)}
		if err := a.tellAfter(p); err != nil {
			return err
		}
	}
	if !p.Empty() {
		return a.end(errNo)
	}
	return a.end(nil)
}

// end tells what a program reads, whatever happened.
func (a *applying) end(err error) error {
	if !a.command.JSON {
		return err
	}
	if err != nil && !errors.Is(err, errNo) {
		a.report.Error = err.Error()
	}
	if told := writeReport(a.out, a.report); told != nil {
		return fmt.Errorf("write the report: %w", told)
	}
	return err
}

// wanted says whether to go on: by the flags, or by what is answered.
func (a *applying) wanted(ctx context.Context, p plan.Plan) bool {
	dangers := p.Dangers()
	if a.command.Yes {
		if len(dangers) > 0 && !a.command.AcceptDanger {
			fmt.Fprintf(a.err, "heed: nothing was done: %s dangerous; --accept-danger does all\n", counted(int64(len(dangers)), "change is", "changes are"))
			return false
		}
		return true
	}
	if a.command.AcceptDanger {
		dangers = nil
	}
	return asked(ctx, a.in, a.out, dangers)
}

// do carries the plan out and tells each step.
func (a *applying) do(ctx context.Context, p plan.Plan) error {
	runner := plan.Runner{
		AWS: a.account, Held: a.right.Held,
		PutInForce: func(ctx context.Context) (int64, error) {
			version, _, err := a.db.ApplyRuleset(ctx, a.document, a.rules.Settings(), actorOf(""), time.Now())
			return version, err
		},
		Done: func(n int, s plan.Step) {
			a.report.Done = n
			line := fmt.Sprintf("[%d/%d] %s", n, len(p.Steps), stepName(s))
			switch {
			case !a.command.JSON:
				fmt.Fprintln(a.out, line)
			case isTerminal(a.err):
				fmt.Fprintln(a.err, "heed:", line)
			}
		},
	}
	var err error
	a.report.Version, err = runner.Apply(ctx, p)
	var stopped *plan.StoppedError
	if errors.As(err, &stopped) {
		a.report.Explanation = stopped.Explanation()
		a.tellStopped(ctx, stopped)
	}
	return err
}

// stepName is what a step is about, in a line.
func stepName(s plan.Step) string {
	var parts []string
	for _, c := range s.Changes {
		parts = append(parts, string(c.Op)+" "+cmp.Or(c.Field, c.To, newThing))
	}
	return printable(s.Changes[0].What + ": " + strings.Join(parts, ", "))
}

// tellStopped says how things stand, and how to go on.
func (a *applying) tellStopped(ctx context.Context, e *plan.StoppedError) {
	if ctx.Err() != nil {
		fmt.Fprintln(a.err, "heed: interrupted")
	}
	if e.Explanation() != "" {
		fmt.Fprintf(a.err, "heed: %s\n", e.Explanation())
	}
	for _, s := range e.Remaining {
		fmt.Fprintf(a.err, "heed: not done: %s\n", stepName(s))
	}
	if names := e.Switched(); names != "" {
		fmt.Fprintf(a.err, "heed: changed already, while the ruleset is still that of before: %s. What people text is recorded; whom it concerns and what is answered goes by the old ruleset. If this takes long: heed apply --local %s\n", names, a.command.File)
	}
	fmt.Fprintf(a.err, "heed: %s done; the same command does the rest\n", counted(int64(len(e.Done)), "step is", "steps are"))
}

// settle reads again until nothing is to be done, or AWS has had its time to show what was.
func (a *applying) settle(ctx context.Context) (plan.Plan, error) {
	const between = 5 * time.Second
	for until := time.Now().Add(a.command.Settle); ; {
		p, err := a.compare(ctx, a.terminal)
		if err != nil || len(p.Steps) == 0 || time.Until(until) < between {
			return p, err
		}
		if err := pause(ctx, between); err != nil {
			return p, err
		}
	}
}

// tellAfter says what is left.
func (a *applying) tellAfter(p plan.Plan) error {
	if a.command.JSON {
		return nil
	}
	if a.report.Version > 0 {
		fmt.Fprintf(a.out, "\nversion %d is in force: %d programs\n", a.report.Version, len(a.rules.Programs))
	}
	if slices.ContainsFunc(a.report.Plan.Steps, hears) && a.report.Version > 0 {
		fmt.Fprintf(a.out, "What was texted before that went by the ruleset of before; heed reclassify --since 1h --file %s --dry-run lists what this one would decide otherwise.\n", a.command.File)
	}
	fmt.Fprintln(a.out)
	if p.Empty() {
		fmt.Fprintln(a.out, "Read again: all is as heed.yaml says.")
		return nil
	}
	if len(p.Steps) > 0 {
		fmt.Fprintf(a.out, "Read again: AWS does not show all of it after %s, or somebody else changes it. This is what differs:\n\n", a.command.Settle)
	} else {
		fmt.Fprintln(a.out, "Read again: this is left.")
		fmt.Fprintln(a.out)
	}
	if err := tellPlan(a.terminal, p); err != nil {
		return fmt.Errorf("write what is left: %w", err)
	}
	return nil
}

// hears says whether a step lets heed hear people whom it did not hear before.
func hears(s plan.Step) bool {
	u, ok := s.Action.(plan.UpdateIdentity)
	return ok && u.Channel != ""
}
