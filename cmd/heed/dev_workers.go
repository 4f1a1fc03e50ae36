package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/heedsms/heed/internal/lambdatest"
	"github.com/heedsms/heed/internal/simulator"
)

// workers are the three functions, by whatever runs them.
type workers struct {
	inbound, events, relay simulator.Function
	// kill ends the worker for texts with SIGKILL; nil where it is no process of its own.
	kill func()
	// close ends them.
	close func()
}

// ownWorkers are the handlers of this process.
func ownWorkers(s *stage) workers {
	return workers{
		inbound: s.inbound.Invoke, events: s.events.Invoke, close: func() {},
		relay: func(ctx context.Context, _ []byte) ([]byte, error) {
			report, err := s.relay.Run(ctx)
			if err != nil {
				return nil, err
			}
			return json.Marshal(report)
		},
	}
}

// binaryWorkers are the Lambda binaries of a directory, each a process behind a Runtime API, as in Lambda: DIR/inbound,
// DIR/events and DIR/relay, each with its bootstrap.
func binaryWorkers(ctx context.Context, dir string, s *stage, logs io.Writer) (w workers, err error) {
	functions := map[string]*lambdatest.Function{}
	w.close = func() {
		for _, f := range functions {
			_ = f.Close() // it is killed: there is nothing to lose
		}
	}
	for _, name := range []string{"inbound", "events", "relay"} {
		binary, err := filepath.Abs(filepath.Join(dir, name, "bootstrap"))
		if err == nil {
			_, err = os.Stat(binary)
		}
		if err != nil {
			w.close()
			return w, wrongUse("--functions %s: %w (make dev builds them)", dir, err)
		}
		functions[name], err = lambdatest.Start(ctx, lambdatest.Config{
			Binary: binary, Name: "heed-" + name, Timeout: 30 * time.Second, Stdout: logs, Stderr: logs,
			Env: []string{
				"DATABASE_URL=" + s.url, "AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2=" + s.endpoint, "AWS_ACCESS_KEY_ID=dev", "AWS_SECRET_ACCESS_KEY=dev",
				"HEED_METRICS=off", "HEED_RECONCILE_EVERY=0", "CONFIGURATION_SET=" + demoProgram,
			},
		})
		if err != nil {
			delete(functions, name)
			w.close()
			return w, fmt.Errorf("start the %s worker: %w", name, err)
		}
	}
	w.inbound, w.events, w.relay = functions["inbound"].Invoke, functions["events"].Invoke, functions["relay"].Invoke
	w.kill = functions["inbound"].Kill
	return w, nil
}
