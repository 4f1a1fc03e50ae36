package main

import (
	"bufio"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/heedsms/heed/internal/inbound"
	"github.com/heedsms/heed/internal/optout"
	"github.com/heedsms/heed/internal/program"
	"github.com/heedsms/heed/internal/sms"
	"github.com/heedsms/heed/internal/store"
)

type reclassifyCommand struct {
	Since        string `required:"" help:"Replay texts said from then on: a time (RFC 3339), a date (UTC), or how long ago (7d, 24h)." placeholder:"T"`
	Until        string `help:"And before this. Without it, now." placeholder:"T"`
	File         string `help:"The heed.yaml to replay. Without it the newest version in the database." placeholder:"heed.yaml"`
	Program      string `help:"Only texts that were recorded under this program, or would be." placeholder:"P"`
	DryRun       bool   `help:"Change nothing. This is always so."`
	JSON         bool   `name:"json" help:"Changes as JSON, a line each; the last line is the summary."`
	Resume       string `help:"Keep the position in this file, and go on from it when it is there." placeholder:"FILE"`
	Progress     bool   `help:"Tell the progress even where standard error is no terminal."`
	FailOnChange bool   `help:"Exit with 1 when a text would be decided otherwise."`
}

// Help is shown by heed reclassify --help.
func (reclassifyCommand) Help() string {
	return `Reads recorded texts again, by the rules of the file, and lists those that would be decided otherwise: by another verdict, or with an opt-out or opt-in for another program. Nothing is changed; a person whose consent should be another is set right with heed consent set.

Each text is judged by itself. The summary counts people with at least one such text; what else they said, before or after, may have opted them out all the same. The exit code is 0 whatever is found, 1 with --fail-on-change and a change.

With --resume the position is kept after each page of texts. When the replay is interrupted, the same command goes on from there. The file is removed when the replay ends.

  heed reclassify --since 7d --file heed.yaml
  heed reclassify --since 2026-11-01 --until 2026-11-08 --program acme-alerts --json | jq -r 'select(.direction == "none -> opt_out") | .text'
  heed reclassify --since 2026-01-01 --file heed.yaml --resume replay.position >> changes.txt`
}

// pageOfTexts is how many texts are read at a time; it bounds what is held in memory, and what is read again after
// an interruption.
const pageOfTexts = 1000

// Run replays the texts.
func (c reclassifyCommand) Run(ctx context.Context, t terminal) error {
	now := time.Now()
	begin, err := c.begin(now)
	if err != nil {
		return err
	}
	db, err := openStore(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	rules, fingerprint, err := c.rules(ctx, t, db, now)
	if err != nil {
		return err
	}
	begin.Ruleset = fingerprint
	r := &replay{command: c, rules: rules, db: db, terminal: t, lines: bufio.NewWriter(t.out), started: now, told: now, position: begin}
	if err := r.goOn(); err != nil {
		return err
	}
	if !c.DryRun {
		fmt.Fprintln(t.err, "heed: nothing is changed, with --dry-run or without: a replay only tells")
	}
	if _, ok := rules.Named(c.Program); c.Program != "" && !ok {
		fmt.Fprintf(t.err, "heed: the ruleset has no program %s: only texts that were recorded under it are read\n", c.Program)
	}
	if err := r.run(ctx); err != nil {
		return err
	}
	if c.FailOnChange && r.Counts.Changed > 0 {
		return errNo
	}
	return nil
}

// begin is the position before the first text.
func (c reclassifyCommand) begin(now time.Time) (position, error) {
	p := position{SinceWord: c.Since, UntilWord: c.Until, Program: c.Program, Until: now.UTC().Truncate(time.Microsecond)}
	var err error
	if p.Since, err = moment(c.Since, now); err != nil {
		return p, wrongUse("--since: %w", err)
	}
	if c.Until != "" {
		if p.Until, err = moment(c.Until, now); err != nil {
			return p, wrongUse("--until: %w", err)
		}
	}
	if !p.Since.Before(p.Until) {
		return p, wrongUse("there is no time between %s and %s: --since has to be before --until, which is now where it is not given",
			p.Since.Format(time.RFC3339), p.Until.Format(time.RFC3339))
	}
	p.After = store.Place{SaidAt: p.Since}
	return p, nil
}

// moment reads a time as people write it: RFC 3339, a date, or how long ago.
func moment(word string, now time.Time) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if at, err := time.Parse(layout, word); err == nil {
			return at.UTC().Truncate(time.Microsecond), nil // Postgres has no finer ones
		}
	}
	const mostDays = 100_000
	rest, days := word, 0
	if number, after, ok := strings.Cut(word, "d"); ok {
		var err error
		if days, err = strconv.Atoi(number); err != nil || days < 0 || days > mostDays {
			return time.Time{}, notTime(word)
		}
		rest = cmp.Or(after, "0")
	}
	ago, err := time.ParseDuration(rest)
	if err != nil || ago < 0 {
		return time.Time{}, notTime(word)
	}
	return now.UTC().AddDate(0, 0, -days).Add(-ago).Truncate(time.Microsecond), nil
}

func notTime(word string) error {
	return fmt.Errorf("%q is not a time: write 2026-11-20T12:00:00Z, 2026-11-20 (midnight, UTC), or how long ago: 7d, 24h, 1d12h", word)
}

// rules reads and compiles the ruleset to replay. The fingerprint is that of all that decides: the document, and
// heed's own lists of words.
func (c reclassifyCommand) rules(ctx context.Context, t terminal, db *store.Store, now time.Time) (*program.Ruleset, string, error) {
	var rules *program.Ruleset
	var document []byte
	var err error
	if c.File != "" {
		var findings []program.Finding
		if rules, findings, document, err = readRules(c.File); err == nil && rules == nil {
			tellFindings(terminal{out: t.err}, findings, false)
			err = errNo
		}
	} else if rules, document, err = rulesInForce(ctx, t, db, now); err == nil && document == nil {
		fmt.Fprintln(t.err, "heed: no ruleset was ever applied: texts are read by the compliance words of all locales and no keywords")
	}
	if err != nil {
		return nil, "", err
	}
	sum := sha256.Sum256(document)
	return rules, hex.EncodeToString(sum[:]) + " " + optout.ListVersion, nil
}

// replay is a replay under way.
type replay struct {
	position
	terminal
	command reclassifyCommand
	rules   *program.Ruleset
	db      *store.Store
	lines   *bufio.Writer

	started, told time.Time
	before        int // texts of earlier runs
}

// run replays page by page to the end of the range. What a page has to say is written before the position moves past
// it: a process that is killed between the two says a page twice, never not at all.
func (r *replay) run(ctx context.Context) error {
	for {
		page, err := r.db.PastTexts(ctx, r.After, r.Until, pageOfTexts)
		if ctx.Err() != nil {
			return r.interrupted()
		}
		if err != nil {
			return err
		}
		if len(page) == 0 {
			break
		}
		for _, text := range page {
			if err := r.judge(text); err != nil {
				return err
			}
		}
		if err := r.lines.Flush(); err != nil {
			return fmt.Errorf("write the changes: %w", err)
		}
		r.After = page[len(page)-1].Place
		if err := r.save(); err != nil {
			return err
		}
		r.progress()
	}
	if err := r.sum(); err != nil {
		return fmt.Errorf("write the summary: %w", err)
	}
	return r.forget()
}

// interrupted ends a replay that was told to stop.
func (r *replay) interrupted() error {
	if r.command.Resume == "" {
		return fmt.Errorf("interrupted after %d texts; with --resume FILE the same command could go on from here", r.Counts.Texts)
	}
	if err := r.save(); err != nil { // of a replay that had no page yet there is no file
		return err
	}
	return fmt.Errorf("interrupted after %d texts: the same command goes on from %s", r.Counts.Texts, r.command.Resume)
}

// progress tells how far the replay is, every few seconds, to who is there to see it.
func (r *replay) progress() {
	const every = 3 * time.Second
	now := time.Now()
	if now.Sub(r.told) < every || !r.command.Progress && !isTerminal(r.err) {
		return
	}
	r.told = now
	rate := float64(r.Counts.Texts-r.before) / now.Sub(r.started).Seconds()
	fmt.Fprintf(r.err, "heed: %d texts, %.0f a second, at %s\n", r.Counts.Texts, rate, r.After.SaidAt.Format(time.DateOnly))
}

// judge reads one text again and tells it when it would be decided otherwise.
func (r *replay) judge(text store.PastText) error {
	in := asReceived(text)
	d := inbound.Decide(r.rules, &in, text.SaidAt)
	if r.Program != "" && text.Program != r.Program && d.Program != r.Program {
		return nil
	}
	r.Counts.Texts++
	was := judged{text.Program, text.Verdict, text.Reason, text.Matched}
	now := judged{d.Program, d.Verdict, d.Reason, d.Matched}
	direction, bits := compare(was, now)
	if direction == "" {
		return nil
	}
	r.Counts.Changed++
	r.Counts.ByDirection[direction]++
	r.People.add(text.Contact, bits)
	return r.tell(change{text.SaidAt, text.Contact, text.Identity, text.ID, text.Variant, direction, was, now, text.Body}, in.Said)
}

// asReceived is a text as the worker had it. A payload that cannot be read any more (an operator's import, words
// removed on request) is made anew of what the columns hold, so that what stands for a tapped suggestion in the body
// is still read as one.
func asReceived(text store.PastText) sms.Inbound {
	in, err := sms.ParseInbound([]byte(text.Raw))
	if err != nil {
		// Strings cannot fail to marshal.
		payload, _ := json.Marshal(map[string]string{
			"originationNumber": text.Contact, "destinationNumber": text.Identity, "messageBody": text.Body, "inboundMessageId": text.ID,
		})
		if in, err = sms.ParseInbound(payload); err != nil {
			in = sms.Inbound{ID: text.ID, Variant: sms.Variant(text.Variant), Contact: sms.Phone(text.Contact), Identity: sms.Identity(text.Identity), Body: text.Body, Said: []string{text.Body}}
		}
	}
	return in
}
