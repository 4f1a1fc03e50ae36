package main

import (
	"context"
	_ "embed"
	"fmt"
	"io"
	"time"

	"github.com/heedsms/heed/internal/localdb"
)

type demoCommand struct {
	Verbose bool `short:"v" help:"Show the workers' logs as well."`
}

// Help is shown by heed demo --help.
func (demoCommand) Help() string {
	return `Nothing is needed but a Postgres: the one of DATABASE_URL (a throw-away database is made beside what is there), or the binaries of this machine, or docker. Nothing leaves this machine. The exit code is 1 when anything is not as promised.

  heed demo`
}

//go:embed demo.yaml
var demoRules []byte

// Run plays the demo.
func (c demoCommand) Run(ctx context.Context, t terminal) error {
	begun := time.Now()
	server, err := localdb.Start(ctx, localdb.Options{})
	if err != nil {
		return err
	}
	defer server.Stop() //nolint:errcheck,contextcheck // it is thrown away with what it held, interrupted or not
	s, err := newStage(ctx, server, t, c.Verbose)
	if err != nil {
		return err
	}
	defer s.close()
	s.say("heed demo: people text, AWS reports, Postgres remembers.")
	s.say("Postgres: %s. AWS: a local double, spoken to by the real SDK over HTTP.\n", server.Describe())
	for _, scene := range scenes() {
		s.say("%s", line(scene.title))
		if err := scene.play(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", scene.title, err)
		}
	}
	if err := countAnew(ctx, terminal{err: io.Discard}, s.db, 0); err != nil {
		return err
	}
	kept, err := s.tellPromises(ctx)
	if err != nil {
		return err
	}
	if err := s.tellTables(ctx); err != nil {
		return err
	}
	if err := s.tellReport(ctx); err != nil {
		return err
	}
	if !kept {
		s.say("\nNot everything is as promised: see the lines marked ✗.")
		return errNo
	}
	s.say("\nAll as promised, in %.1f s. To try your own words: heed classify \"please stop\".", time.Since(begun).Seconds())
	return nil
}
