package lambdatest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// defaultTimeout is Lambda's own.
const defaultTimeout = 3 * time.Second

var (
	// ErrCrashed is returned when the process ended before it answered.
	ErrCrashed = errors.New("the function's process ended")
	// ErrTimedOut is returned when the function did not answer in time. Its process has been killed, as by Lambda.
	ErrTimedOut = errors.New("the function timed out")
	// ErrClosed is returned by [Function.Invoke] after [Function.Close].
	ErrClosed = errors.New("the function is closed")
)

// InvokeError is what a function reports instead of an answer: an error that its handler returned, or a panic, after
// which its process ends.
type InvokeError struct {
	Type    string `json:"errorType"`    // the Go type of the error or of the panic's value
	Message string `json:"errorMessage"` // its text
}

// Error tells both.
func (e *InvokeError) Error() string { return e.Type + ": " + e.Message }

// Config says what to run and how.
type Config struct {
	// Binary is the path of the bootstrap.
	Binary string
	// Env holds NAME=value entries. Beside them the process sees what Lambda sets, and nothing of this machine's
	// environment: neither credentials nor a home directory get in by accident.
	Env []string
	// Timeout is how long an event may take; 3 s when it is zero.
	Timeout time.Duration
	// Name is the function's name; "function" when it is empty.
	Name string
	// Stdout and Stderr receive what the process prints; nil drops it. Lines may come after the answer to the event
	// that caused them, but never after Close.
	Stdout, Stderr io.Writer
}

// Function is a binary that is ready for events. Its methods may be called from several goroutines; events wait for
// their turn.
type Function struct {
	config Config
	turn   chan struct{} // holds one token: whoever has it may send an event

	mu      sync.Mutex
	current *environment
	starts  int
	closed  bool
}

// Start runs the binary and returns when it asks for its first event. The context bounds the start only. A process
// that ends before, or reports that it cannot start, is an error with its last words; in the first case it wraps
// [ErrCrashed].
func Start(ctx context.Context, config Config) (*Function, error) {
	if config.Timeout == 0 {
		config.Timeout = defaultTimeout
	}
	if config.Name == "" {
		config.Name = "function"
	}
	f := &Function{config: config, turn: make(chan struct{}, 1)}
	f.turn <- struct{}{}
	if _, err := f.ready(ctx); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Invoke gives the function an event and returns its answer. The deadline that the function sees is Config.Timeout
// from now. The error is an [*InvokeError] when the function reported one, and wraps [ErrCrashed] or [ErrTimedOut]
// when there was no answer. When the context ends first, the process is killed.
func (f *Function) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	select {
	case <-f.turn:
		defer func() { f.turn <- struct{}{} }()
	case <-ctx.Done():
		return nil, fmt.Errorf("waiting to invoke %s: %w", f.config.Name, ctx.Err())
	}
	for {
		env, err := f.ready(ctx)
		if err != nil {
			return nil, err
		}
		answer, taken, err := env.invoke(ctx, payload)
		if !taken && errors.Is(err, ErrCrashed) {
			// It ended after the last event, say from a panic, and never saw this one.
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("invoking %s: %w", f.config.Name, err)
		}
		return answer, nil
	}
}

// ready returns an environment whose process runs, a fresh one if need be.
func (f *Function) ready(ctx context.Context) (*environment, error) {
	f.mu.Lock()
	env, closed := f.current, f.closed
	f.mu.Unlock()
	if closed {
		return nil, ErrClosed
	}
	if env != nil && !env.ended() {
		return env, nil
	}
	fresh, err := startEnvironment(ctx, f.config)
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w", f.config.Name, err)
	}
	f.mu.Lock()
	f.current, closed = fresh, f.closed
	f.starts++
	f.mu.Unlock()
	if closed {
		fresh.kill()
		return nil, ErrClosed
	}
	if err := fresh.awaitInit(ctx); err != nil {
		fresh.kill()
		return nil, fmt.Errorf("starting %s: %w", f.config.Name, err)
	}
	return fresh, nil
}

// Kill ends the process with SIGKILL and returns when it is gone. An event under way fails with [ErrCrashed].
func (f *Function) Kill() {
	if env := f.environment(); env != nil {
		env.kill()
	}
}

// Pid returns the process id, or 0 when no process runs.
func (f *Function) Pid() int {
	if env := f.environment(); env != nil && !env.ended() {
		return env.cmd.Process.Pid
	}
	return 0
}

// Starts returns how many processes were started so far.
func (f *Function) Starts() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.starts
}

// ColdStart returns how long the newest process took from its exec to its first request for an event.
func (f *Function) ColdStart() time.Duration {
	if env := f.environment(); env != nil {
		return env.coldStart()
	}
	return 0
}

// Close ends the process. A second call does nothing.
func (f *Function) Close() error {
	f.mu.Lock()
	f.closed = true
	f.mu.Unlock()
	f.Kill()
	return nil
}

func (f *Function) environment() *environment {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.current
}
