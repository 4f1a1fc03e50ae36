// Command bench measures heed on this machine and compares, within one run, with what the numbers have to be compared
// with: a handler that writes row by row, the bare statement, a Lambda function that does nothing. Ratios of one run
// mean something on any machine; the rates themselves only on this one.
//
// It exits 1 when a target is missed, with -short only when less than a third of it is reached.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/signal"
	"runtime/pprof"
	"slices"
	"strings"
	"time"

	"github.com/heedsms/heed/internal/localdb"
	heedsql "github.com/heedsms/heed/sql"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

type options struct {
	short      bool
	only       string
	batch      int
	conns      int
	seed       uint64
	scale      float64
	cpuProfile string
}

// parts are what -only takes. The last is not among what is measured without it: it takes half an hour.
var parts = []string{"events", "inbound", "import", "cansend", "cold", "large"}

func run(ctx context.Context, args []string, out, errOut io.Writer) int {
	var o options
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(errOut)
	flags.BoolVar(&o.short, "short", false, "fewer rounds; fail only when less than a third of a target is reached")
	flags.StringVar(&o.only, "only", "", "measure one part: "+strings.Join(parts, ", "))
	flags.IntVar(&o.batch, "batch", 0, "events: only this size of batch (targets need all)")
	flags.IntVar(&o.conns, "connections", 0, "events: only this number of connections")
	flags.Uint64Var(&o.seed, "seed", uint64(time.Now().UnixNano()), "seed of the load")
	flags.Float64Var(&o.scale, "scale", 1, "large: this part of the 10 million messages (targets need all)")
	flags.StringVar(&o.cpuProfile, "cpuprofile", "", "write a CPU profile of this process to a file")
	if err := flags.Parse(args); err != nil || flags.NArg() > 0 || (o.only != "" && !slices.Contains(parts, o.only)) || o.scale <= 0 {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintf(errOut, "bench: -only takes one of %s; -scale more than 0; there are no arguments\n", strings.Join(parts, ", "))
		}
		return 2
	}
	ok, err := measure(ctx, o, out, errOut)
	switch {
	case err != nil:
		fmt.Fprintln(errOut, "bench:", err)
		return 1
	case !ok:
		return 1
	}
	return 0
}

// measure does the parts that were asked for and prints each as soon as it is there. It reports whether the targets
// were reached.
func measure(ctx context.Context, o options, out, errOut io.Writer) (bool, error) {
	if o.cpuProfile != "" {
		f, err := os.Create(o.cpuProfile)
		if err != nil {
			return false, fmt.Errorf("make the profile: %w", err)
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return false, fmt.Errorf("start the profile: %w", err)
		}
		defer pprof.StopCPUProfile()
	}
	begun := time.Now()
	r := report{out: out, short: o.short}
	tell := func(what string) { fmt.Fprintf(errOut, "[%4.0fs] %s\n", time.Since(begun).Seconds(), what) }
	random := rand.New(rand.NewPCG(o.seed, 1))
	if o.only != "cold" {
		if err := withDatabase(ctx, func(server *localdb.Server, url string) error {
			if err := r.machine(ctx, server, url); err != nil {
				return err
			}
			if err := throughput(ctx, o, url, random, tell, &r); err != nil {
				return err
			}
			return large(ctx, o, server, random, tell, &r)
		}); err != nil {
			return false, err
		}
	}
	if o.only == "" || o.only == "cold" {
		cold, err := coldStarts(ctx, o.short, tell)
		if err != nil {
			return false, err
		}
		r.cold(cold)
	}
	return r.verdict(time.Since(begun)), nil
}

func throughput(ctx context.Context, o options, url string, random *rand.Rand, tell func(string), r *report) error {
	if o.only == "" || o.only == "events" {
		b := eventsBench{url: url, rand: random, short: o.short, onlyBatch: o.batch, onlyConns: o.conns, tell: tell}
		cells, err := b.run(ctx)
		if err != nil {
			return fmt.Errorf("events: %w", err)
		}
		r.events(cells)
	}
	if o.only == "" || o.only == "inbound" {
		b := inboundBench{url: url, rand: random, short: o.short, tell: tell}
		cells, err := b.run(ctx)
		if err != nil {
			return fmt.Errorf("inbound: %w", err)
		}
		r.inbound(cells)
	}
	if o.only == "" || o.only == "import" {
		b := importBench{url: url, rand: random, short: o.short, tell: tell}
		result, err := b.run(ctx)
		if err != nil {
			return fmt.Errorf("import: %w", err)
		}
		r.imported(result)
	}
	if o.only == "" || o.only == "cansend" {
		b := canSendBench{url: url, short: o.short, tell: tell}
		result, err := b.run(ctx)
		if err != nil {
			return fmt.Errorf("can_send: %w", err)
		}
		r.canSend(result)
	}
	return nil
}

// large measures a month of a busy sender: in full when it is asked for, a hundredth of it in the short run of everything.
func large(ctx context.Context, o options, server *localdb.Server, random *rand.Rand, tell func(string), r *report) error {
	if o.only != "large" && (o.only != "" || !o.short) {
		return nil
	}
	b := largeBench{server: server, rand: random, seed: o.seed, scale: o.scale, short: o.short, tell: tell}
	if o.short && o.scale == 1 {
		b.scale = 0.01
	}
	result, err := b.run(ctx)
	if err != nil {
		return fmt.Errorf("large: %w", err)
	}
	r.large(result)
	return nil
}

// withDatabase gives a migrated, empty database on a server that keeps its promises: fsync and synchronous_commit on.
func withDatabase(ctx context.Context, do func(server *localdb.Server, url string) error) (err error) {
	server, err := localdb.Start(ctx, localdb.Options{Fsync: true})
	if err != nil {
		return fmt.Errorf("start Postgres: %w", err)
	}
	defer func() { err = errors.Join(err, server.Stop()) }() //nolint:contextcheck // it ends, interrupted or not
	url, err := server.CreateDatabase(ctx, localdb.TempName(), "")
	if err != nil {
		return err
	}
	if _, err := heedsql.Migrate(ctx, url); err != nil {
		return err
	}
	return do(server, url)
}

// median is the middle one: one slow moment of the machine does not move it.
func median[T int64 | float64 | time.Duration](of []T) T {
	slices.Sort(of)
	if len(of) == 0 {
		return 0
	}
	return of[len(of)/2]
}
