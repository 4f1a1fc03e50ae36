package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/heedsms/heed/internal/consent"
)

type consentReview struct {
	List   reviewList   `cmd:"" help:"List the texts that wait for a decision."`
	Decide reviewDecide `cmd:"" help:"Decide what a text means."`
	Undo   reviewUndo   `cmd:"" help:"Take a decision back: the text waits again."`
}

type reviewList struct {
	Program string `help:"Only this program." placeholder:"P"`
	Decided bool   `help:"Those that were decided, the newest first."`
	Limit   int    `default:"50" help:"At most so many." placeholder:"N"`
	JSON    bool   `name:"json" help:"As JSON, a text a line."`
}

// Help is shown by heed consent review list --help.
func (reviewList) Help() string {
	return `A text that a reasonable person might read as a request to stop holds: its sender is not texted until somebody decides. Here are those texts, the longest waiting first. Who said STOP or START since has left the queue.

  heed consent review list
  heed consent review list --decided --json
  heed consent review decide 1234 --as opt_out --reason "clearly fed up"`
}

// Run lists the queue.
func (c reviewList) Run(ctx context.Context, t terminal) error {
	if c.Limit < 1 {
		return wrongUse("--limit is %d: at least 1", c.Limit)
	}
	db, err := openStore(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	if c.Program != "" {
		rules, _, err := rulesInForce(ctx, t, db, time.Now())
		if err != nil {
			return err
		}
		if _, err := knownProgram(ctx, db, rules, c.Program); err != nil {
			return err
		}
	}
	questions, err := db.Questions(ctx, consent.Queue{Program: c.Program, Decided: c.Decided, Limit: c.Limit})
	if err != nil {
		return err
	}
	if c.JSON {
		for _, q := range questions {
			if err := writeJSON(t.out, q); err != nil {
				return err
			}
		}
		return nil
	}
	if len(questions) == 0 {
		fmt.Fprintln(t.out, "nothing waits for a decision")
		return nil
	}
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	if c.Decided {
		fmt.Fprintln(w, "ID\tDECIDED\tAS\tBY\tPROGRAM\tCONTACT\tNOW\tTEXT\tWHY")
	} else {
		fmt.Fprintln(w, "ID\tSAID\tPROGRAM\tCONTACT\tREAD AS\tTEXT")
	}
	for _, q := range questions {
		if c.Decided {
			fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\t%s\t%q\t%s\n", q.ID, inUTC(q.DecidedAt), q.Decision, q.DecidedBy, q.Program, q.Contact, orDash(q.Standing), q.Text, q.Why)
		} else {
			fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%q\n", q.ID, inUTC(&q.SaidAt), q.Program, q.Contact, q.Reason, q.Text)
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if len(questions) == c.Limit {
		fmt.Fprintf(t.err, "heed: only the first %d are shown: --limit shows more\n", c.Limit)
	}
	return nil
}

type reviewDecide struct {
	ID     int64  `arg:"" help:"The text's id in the queue."`
	As     string `required:"" enum:"opt_out,none" help:"opt_out: it asks to stop. none: it does not." placeholder:"opt_out|none"`
	Reason string `required:"" help:"Why: kept with the decision." placeholder:"WORDS"`
	Actor  string `help:"Who decides. Without it, who is logged in." placeholder:"NAME"`
	JSON   bool   `name:"json" help:"As JSON."`
}

// Help is shown by heed consent review decide --help.
func (reviewDecide) Help() string {
	return `opt_out completes the hold: the person is opted out since they wrote the text, and AWS's lists follow. none releases it: where they stood before the text is where they stand again. Whatever they said since outweighs either.

  heed consent review decide 1234 --as opt_out --reason "clearly fed up"
  heed consent review decide 1235 --as none --reason "asks about the bus stop"`
}

// Run decides.
func (c reviewDecide) Run(ctx context.Context, t terminal) error {
	return decide(ctx, t, consent.Decision{ID: c.ID, As: c.As, Reason: c.Reason, Actor: actorOf(c.Actor)}, c.JSON)
}

type reviewUndo struct {
	ID     int64  `arg:"" help:"The text's id in the queue."`
	Reason string `required:"" help:"Why: kept with the decision." placeholder:"WORDS"`
	Actor  string `help:"Who takes it back. Without it, who is logged in." placeholder:"NAME"`
	JSON   bool   `name:"json" help:"As JSON."`
}

// Help is shown by heed consent review undo --help.
func (reviewUndo) Help() string {
	return `The decision stays in the ledger, and so does that it was taken back. The text holds again. Where it had put the person on AWS's opt-out list, the next comparison takes them off (heed reconcile); AWS allows that once in 30 days for a number.

  heed consent review undo 1234 --reason "read the wrong line"`
}

// Run takes a decision back.
func (c reviewUndo) Run(ctx context.Context, t terminal) error {
	return decide(ctx, t, consent.Decision{ID: c.ID, As: "undo", Reason: c.Reason, Actor: actorOf(c.Actor)}, c.JSON)
}

func decide(ctx context.Context, t terminal, d consent.Decision, asJSON bool) error {
	if strings.TrimSpace(d.Reason) == "" {
		return wrongUse("--reason is empty")
	}
	now := time.Now()
	db, err := openStore(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	question, err := db.Question(ctx, d.ID)
	if errors.Is(err, consent.ErrNoQuestion) {
		fmt.Fprintf(t.err, "heed: no text of the review queue has the id %d: see heed consent review list\n", d.ID)
		return errNo
	}
	if err != nil {
		return err
	}
	rules, _, err := rulesInForce(ctx, t, db, now)
	if err != nil {
		return err
	}
	if p, ok := rules.Named(question.Program); ok {
		d.Lists = rules.ListsOf(p)
	}
	changed, err := db.Decide(ctx, d, now)
	if err != nil {
		return err
	}
	if question, err = db.Question(ctx, d.ID); err != nil {
		return err
	}
	if asJSON {
		return writeJSON(t.out, struct {
			Changed bool `json:"changed"`
			consent.Question
		}{changed, question})
	}
	stands := question.Standing
	if stands == "" {
		stands = "unknown, as before they wrote"
	}
	if !changed {
		fmt.Fprintf(t.out, "nothing to do: it stands so already; the contact is %s\n", stands)
		return nil
	}
	fmt.Fprintf(t.out, "recorded: %q is %s; the contact is %s\n", question.Text, map[string]string{"opt_out": "a request to stop", "none": "no request to stop", "undo": "open again"}[d.As], stands)
	return nil
}
