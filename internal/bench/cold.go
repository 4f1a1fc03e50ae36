package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/heedsms/heed/internal/lambdatest"
)

// coldResult is how long a start takes, and how large what has to be loaded is.
type coldResult struct {
	hello, events time.Duration
	sizes         []binarySize
}

type binarySize struct {
	name  string
	bytes int64
}

// coldStarts measures from exec to the first request for an event: cmd/events and a function that does nothing, built
// alike, in turns. There is no database and no AWS to reach.
func coldStarts(ctx context.Context, short bool, tell func(string)) (coldResult, error) {
	var result coldResult
	root, err := moduleRoot(ctx)
	if err != nil {
		return result, err
	}
	dir, err := os.MkdirTemp("", "heed-bench-")
	if err != nil {
		return result, fmt.Errorf("make a directory: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	tell("cold: building")
	hello, events := filepath.Join(dir, "hello"), filepath.Join(dir, "events")
	err = errors.Join(
		lambdatest.Build(ctx, root, "./internal/bench/testdata/hello", hello),
		lambdatest.Build(ctx, root, "./cmd/events", events))
	if err != nil {
		return result, err
	}
	for _, name := range []string{"inbound", "events"} {
		size, err := deployedSize(ctx, root, name, dir)
		if err != nil {
			return result, err
		}
		result.sizes = append(result.sizes, binarySize{name, size})
	}
	address, err := closedPort(ctx)
	if err != nil {
		return result, err
	}
	rounds := 50
	if short {
		rounds = 15
	}
	tell("cold: starting")
	var times [2][]time.Duration
	for round := range rounds + 1 {
		for i, binary := range []string{hello, events} {
			took, err := startOnce(ctx, binary, "postgres://nobody@"+address+"/none")
			if err != nil {
				return result, err
			}
			// The first start reads the file from the disk.
			if round > 0 {
				times[i] = append(times[i], took)
			}
		}
	}
	result.hello, result.events = median(times[0]), median(times[1])
	return result, nil
}

func startOnce(ctx context.Context, binary, database string) (time.Duration, error) {
	f, err := lambdatest.Start(ctx, lambdatest.Config{Binary: binary, Env: []string{"DATABASE_URL=" + database}})
	if err != nil {
		return 0, err
	}
	took := f.ColdStart()
	return took, f.Close()
}

// deployedSize builds a command as it is deployed, with the flags of the Makefile.
func deployedSize(ctx context.Context, root, name, dir string) (int64, error) {
	out := filepath.Join(dir, name+"-arm64")
	cmd := exec.CommandContext(ctx, "go", "build", "-tags", "lambda.norpc", "-trimpath", "-buildvcs=false",
		"-ldflags", "-s -w -buildid=", "-o", out, "./cmd/"+name)
	cmd.Dir, cmd.Env = root, append(os.Environ(), "GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0")
	if output, err := cmd.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("build cmd/%s for arm64: %w\n%s", name, err, output)
	}
	info, err := os.Stat(out)
	if err != nil {
		return 0, fmt.Errorf("measure cmd/%s: %w", name, err)
	}
	return info.Size(), nil
}

// moduleRoot is the folder of go.mod. The bench builds from source, so it runs where the source is.
func moduleRoot(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return "", fmt.Errorf("find the module: %w", err)
	}
	return string(out[:len(out)-1]), nil
}

// closedPort is an address where nobody listens.
func closedPort(ctx context.Context) (string, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	return l.Addr().String(), l.Close()
}
