package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/heedsms/heed/internal/inbound"
	"github.com/heedsms/heed/internal/parking"
	replays "github.com/heedsms/heed/internal/replay"
	"github.com/heedsms/heed/internal/store"
)

type replayCommand struct {
	Source string   `required:"" enum:"parked,dlq,s3,file" help:"Where the inputs are: parked, dlq, s3 or file." placeholder:"WHERE"`
	Files  []string `arg:"" optional:"" help:"Of --source file: files, patterns, or - for standard input." placeholder:"FILE"`
	DryRun bool     `help:"Count what would be replayed, and write nothing."`
	Rate   int      `default:"2000" help:"At most so many records a second; 0 as fast as it goes." placeholder:"N"`
	Limit  int      `help:"Stop after so many records." placeholder:"N"`
	JSON   bool     `name:"json" help:"The summary as JSON."`
	Resume string   `help:"Of s3 and file: keep the position in this file, and go on from it when it is there." placeholder:"FILE"`
	SaidAt string   `help:"When texts were said whose envelope does not tell: a time (RFC 3339), a date (UTC), or how long ago." placeholder:"T"`
	Since  string   `help:"Of parked and s3: what arrived from then on: a time (RFC 3339), a date (UTC), or how long ago (7d, 24h)." placeholder:"T"`
	Until  string   `help:"And before this." placeholder:"T"`
	Reason []string `help:"Of parked: only with this reason. May be given several times." placeholder:"WORD"`
	ID     []int64  `name:"id" help:"Of parked: only the row with this id. May be given several times." placeholder:"N"`
	DLQ    string   `name:"dlq" enum:"inbound,events,both" default:"both" help:"Of dlq: which of the stack's two, inbound or events; without it both." placeholder:"WHICH"`
	Queue  []string `help:"Of dlq: the URL of another queue instead. May be given several times." placeholder:"URL"`
	Bucket string   `help:"Of s3: the bucket. Without it the stack's archive." placeholder:"NAME"`
	Prefix string   `default:"events/" help:"Of s3: how keys begin. failed/ is what no function took." placeholder:"PREFIX"`
	stackFlags
}

// Help is shown by heed replay --help.
func (replayCommand) Help() string {
	return `Feeds inputs to the same code as the functions run. What was recorded before stays as it is, so a replay can be run again, over more than is needed, and after any interruption.

A replay records and plans; it calls nobody. AWS's opt-out lists follow within a minute, by the relay. A text counts from when it was said: a STOP of last week does not undo the START of yesterday. Nobody gets a stale answer: a confirmation of STOP goes out within five minutes of the STOP, every other reply within the hour, or never. Where it is not known when a text was said, it is left where it is until --said-at tells.

From dlq it receives until the queue is empty, and deletes what is recorded or parked. What cannot be kept stays.

From parked it reads heed.parked, and marks what is taken. What cannot be read this time either stays.

From s3 it reads the archive in the order of its keys. --since and --until are of arrival, by the hour in the key, and take an hour more at either end.

From file it reads payloads or events as they were saved, one behind the other, packed (gzip) or not.

The exit code is 0 when all was taken, 1 when something was parked or left, 2 for wrong use. More in docs/replay.md.

  heed replay --source dlq --dry-run
  heed replay --source dlq --dlq inbound
  heed replay --source parked --reason not_inbound --since 7d
  heed replay --source s3 --since 2026-11-01 --until 2026-11-08 --resume replay.position
  heed replay --source s3 --prefix failed/ --since 24h
  heed replay --source file --said-at 2026-11-20T12:00:00Z texts.jsonl.gz`
}

// Run replays.
func (c replayCommand) Run(ctx context.Context, t terminal) error {
	started := time.Now()
	span, err := c.read(started)
	if err != nil {
		return err
	}
	db, err := openStore(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	publishes, err := db.Publishes(ctx)
	if err != nil {
		return err
	}
	tell := every(t, 3*time.Second)
	run := &replayRun{
		replayCommand: c, span: span, db: db, terminal: t,
		replay: &replays.Replay{
			Store: db, Rules: &inbound.Rules{Documents: db, Log: slog.New(slog.DiscardHandler)}, Publishes: publishes,
			DryRun: c.DryRun, Rate: c.Rate, Limit: c.Limit, SaidAt: span.said, Now: time.Now,
			Tell: func(s replays.Summary) {
				tell(func() string {
					return fmt.Sprintf("%d records, %.0f a second", s.Inputs, float64(s.Inputs)/time.Since(started).Seconds())
				})
			},
		},
	}
	switch c.Source {
	case "parked":
		err = run.parked(ctx)
	case "dlq":
		err = run.letters(ctx)
	case "s3":
		err = run.archive(ctx)
	default:
		err = run.files(ctx)
	}
	if ctx.Err() != nil {
		err = fmt.Errorf("interrupted after %d records: the same command goes on from there", run.sum.Inputs)
		if c.Resume == "" && (c.Source == "s3" || c.Source == "file") {
			err = fmt.Errorf("interrupted after %d records: the same command begins anew, which changes nothing of what is recorded; with --resume FILE it would go on from there", run.sum.Inputs)
		}
	}
	var usage usageError
	if errors.As(err, &usage) {
		return err
	}
	if told := run.tell(time.Since(started)); told != nil {
		return told
	}
	if err != nil {
		return err
	}
	if !c.DryRun && !run.sum.Clean() {
		return errNo
	}
	return nil
}

// span is the times that were given.
type span struct{ since, until, said time.Time }

// read reads the times, and refuses what does not go together.
func (c replayCommand) read(now time.Time) (s span, err error) {
	for _, f := range []struct {
		flag  string
		given bool
		with  string
	}{
		{"files", len(c.Files) > 0, "file"},
		{"--reason", len(c.Reason) > 0, "parked"},
		{"--id", len(c.ID) > 0, "parked"},
		{"--queue", len(c.Queue) > 0, "dlq"},
		{"--bucket", c.Bucket != "", "s3"},
		{"--since", c.Since != "", "parked or s3"},
		{"--until", c.Until != "", "parked or s3"},
		{"--resume", c.Resume != "", "s3 or file"},
	} {
		if f.given && !slices.Contains(strings.Split(f.with, " or "), c.Source) {
			return s, wrongUse("%s: only with --source %s", f.flag, f.with)
		}
	}
	switch {
	case c.Source == "file" && len(c.Files) == 0:
		return s, wrongUse("--source file: name the files, or - for standard input")
	case c.DryRun && c.Resume != "":
		return s, wrongUse("--resume: a dry run keeps no position")
	case c.Rate < 0 || c.Limit < 0:
		return s, wrongUse("--rate and --limit are no less than 0")
	}
	if s.since, err = momentOr(c.Since, now, time.Time{}); err != nil {
		return s, wrongUse("--since: %w", err)
	}
	if s.until, err = momentOr(c.Until, now, time.Time{}); err != nil {
		return s, wrongUse("--until: %w", err)
	}
	if s.said, err = momentOr(c.SaidAt, now, time.Time{}); err != nil {
		return s, wrongUse("--said-at: %w", err)
	}
	switch {
	case !s.until.IsZero() && !s.since.Before(s.until):
		return s, wrongUse("there is no time between %s and %s: --since has to be before --until", s.since.Format(time.RFC3339), s.until.Format(time.RFC3339))
	case s.said.After(now):
		return s, wrongUse("--said-at: %s is in the future", s.said.Format(time.RFC3339))
	}
	return s, nil
}

// replayRun is a replay under way.
type replayRun struct {
	replayCommand
	span
	terminal
	db     *store.Store
	replay *replays.Replay
	sum    replays.Summary
}

func (r *replayRun) parked(ctx context.Context) error {
	// What is parked while this runs was just looked at.
	f := parking.Filter{Reasons: r.Reason, IDs: r.ID, Since: r.since, Until: time.Now()}
	if !r.until.IsZero() && r.until.Before(f.Until) {
		f.Until = r.until
	}
	r.replay.Objects = replays.FileOpener{}
	return r.replay.Run(ctx, &replays.Parked{Store: r.db, Filter: f, Now: time.Now}, &r.sum)
}

func (r *replayRun) files(ctx context.Context) error {
	files, err := expand(r.Files)
	if err != nil {
		return err
	}
	if r.Resume != "" && slices.Contains(files, "-") {
		return wrongUse("--resume: standard input cannot be gone on with")
	}
	r.replay.Objects = replays.FileOpener{Stdin: r.in, File: func(path string) (io.ReadCloser, error) { return os.Open(path) }}
	return r.objects(ctx, replays.Objects{Bucket: replays.Files, Origin: replays.FileOrigin()}, func(after string) (func(context.Context) (string, error), error) {
		left := files
		if i := slices.Index(files, after); i >= 0 {
			left = files[i+1:]
		}
		return func(context.Context) (name string, err error) {
			if len(left) > 0 {
				name, left = left[0], left[1:]
			}
			return name, nil
		}, nil
	})
}

// expand finds the files that patterns mean.
func expand(patterns []string) (files []string, err error) {
	for _, p := range patterns {
		found := []string{p}
		if strings.ContainsAny(p, "*?[") {
			if found, err = filepath.Glob(p); err != nil || len(found) == 0 {
				return nil, wrongUse("no file is meant by %q", p)
			}
		}
		for _, f := range found {
			if info, err := os.Stat(f); f != "-" && (err != nil || info.IsDir()) {
				return nil, wrongUse("%s is no file that can be read", f)
			}
			if !slices.Contains(files, f) {
				files = append(files, f)
			}
		}
	}
	return files, nil
}
