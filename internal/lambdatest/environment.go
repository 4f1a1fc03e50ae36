package lambdatest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// initTimeout is how long Lambda lets a function start.
const initTimeout = 10 * time.Second

// environment is one process with the Runtime API that it talks to. It serves one process only, so that nothing a
// dead one still had under way can be taken for its successor's.
type environment struct {
	config Config
	cmd    *exec.Cmd
	words  *lastWords
	server *http.Server

	began  time.Time
	ready  chan struct{} // closed at the first request for an event
	failed chan error    // what the process reports instead
	events chan *event   // from Invoke to the process
	exited chan struct{} // closed when the process is gone

	mu      sync.Mutex
	exitErr error
	cold    time.Duration
	current *event // what the process works on
}

func startEnvironment(ctx context.Context, config Config) (*environment, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listening: %w", err)
	}
	e := &environment{
		config: config, words: &lastWords{},
		ready: make(chan struct{}), failed: make(chan error, 1), events: make(chan *event), exited: make(chan struct{}),
	}
	e.server = &http.Server{Handler: e.routes(), ReadHeaderTimeout: initTimeout}
	e.cmd = exec.Command(config.Binary) //nolint:noctx // it lives longer than any one call
	e.cmd.Env = environ(config, listener.Addr().String())
	e.cmd.Stdout, e.cmd.Stderr = e.words.passing(config.Stdout, false), e.words.passing(config.Stderr, true)
	// A grandchild that still holds the output must not keep us.
	e.cmd.WaitDelay = time.Second
	e.began = time.Now()
	if err := e.cmd.Start(); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	go func() { _ = e.server.Serve(listener) }()
	go e.watch()
	return e, nil
}

// environ is what Lambda sets, then the caller's own, which wins.
func environ(config Config, address string) []string {
	return append([]string{
		"AWS_LAMBDA_RUNTIME_API=" + address,
		"AWS_LAMBDA_FUNCTION_NAME=" + config.Name,
		"AWS_LAMBDA_FUNCTION_VERSION=$LATEST",
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE=256",
		"AWS_LAMBDA_INITIALIZATION_TYPE=on-demand",
		"AWS_LAMBDA_LOG_GROUP_NAME=/aws/lambda/" + config.Name,
		"AWS_LAMBDA_LOG_STREAM_NAME=local",
		"AWS_EXECUTION_ENV=AWS_Lambda_provided.al2023",
		"AWS_REGION=us-east-1",
		"AWS_DEFAULT_REGION=us-east-1",
		"_HANDLER=bootstrap",
		"LANG=en_US.UTF-8",
		"TZ=:UTC",
		"PATH=/usr/local/bin:/usr/bin:/bin",
	}, config.Env...)
}

func (e *environment) watch() {
	err := e.cmd.Wait()
	_ = e.server.Close()
	e.mu.Lock()
	e.exitErr = err
	e.mu.Unlock()
	close(e.exited)
}

// kill ends the process, if it runs, and waits until it is gone.
func (e *environment) kill() {
	_ = e.cmd.Process.Kill()
	<-e.exited
}

func (e *environment) ended() bool {
	select {
	case <-e.exited:
		return true
	default:
		return false
	}
}

// crash tells how the process ended, with what it said last. Only for a process that is gone.
func (e *environment) crash() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return fmt.Errorf("%w (%s): %s", ErrCrashed, e.cmd.ProcessState, e.words)
}

func (e *environment) coldStart() time.Duration {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.cold
}

func (e *environment) awaitInit(ctx context.Context) error {
	timer := time.NewTimer(initTimeout)
	defer timer.Stop()
	select {
	case <-e.ready:
		return nil
	case err := <-e.failed:
		return err
	case <-e.exited:
		select {
		case err := <-e.failed: // said before it went
			return err
		default:
			return e.crash()
		}
	case <-timer.C:
		return fmt.Errorf("%w: it asked for no event within %s", ErrTimedOut, initTimeout)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// invoke hands an event to the process and waits for the answer. It reports whether the process took the event.
func (e *environment) invoke(ctx context.Context, payload []byte) (answer []byte, taken bool, err error) {
	ev := newEvent(payload)
	select {
	case e.events <- ev:
	case <-e.exited:
		return nil, false, e.crash()
	case <-ctx.Done():
		return nil, false, ctx.Err()
	}
	timer := time.NewTimer(e.config.Timeout)
	defer timer.Stop()
	select {
	case result := <-ev.result:
		return result.answer, true, result.err
	case <-e.exited:
		select {
		case result := <-ev.result: // said before it went
			return result.answer, true, result.err
		default:
			return nil, true, e.crash()
		}
	case <-timer.C:
		e.kill()
		return nil, true, fmt.Errorf("%w after %s", ErrTimedOut, e.config.Timeout)
	case <-ctx.Done():
		e.kill()
		return nil, true, ctx.Err()
	}
}

// lastWords keeps the end of what a process says, for the error when it dies.
type lastWords struct {
	mu   sync.Mutex
	kept []byte
}

const lastWordsSize = 2 << 10

func (w *lastWords) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.TrimSpace(string(w.kept))
}

// passing returns a writer for one of the process's outputs. They share a lock, because a caller may well give the
// same buffer for both.
func (w *lastWords) passing(to io.Writer, keep bool) io.Writer {
	if to == nil {
		to = io.Discard
	}
	return writerFunc(func(b []byte) (int, error) {
		w.mu.Lock()
		defer w.mu.Unlock()
		if keep {
			w.kept = append(w.kept, b...)
			w.kept = w.kept[max(0, len(w.kept)-lastWordsSize):]
		}
		return to.Write(b)
	})
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }
