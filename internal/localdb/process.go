package localdb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"time"
)

// stopGrace is how long a server may take for its last checkpoint before it is killed.
const stopGrace = 15 * time.Second

// process is a child that must not outlive us.
type process struct {
	cmd    *exec.Cmd
	output *tail
	exited chan struct{} // closed once err is set
	err    error
}

// launch starts a command and watches it. Its output goes to log, if there is one, and its last lines are kept.
func launch(cmd *exec.Cmd, log io.Writer) (*process, error) {
	p := &process{cmd: cmd, output: &tail{also: log}, exited: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = p.output, p.output
	// Grandchildren hold the output open for a moment after the server itself is gone.
	cmd.WaitDelay = 2 * time.Second
	started := make(chan error)
	go func() {
		// On Linux the child is signalled when its parent ends, and its parent is the *thread* that forked it. So the
		// thread belongs to this goroutine until the child is gone; else the runtime could end it at any time.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			p.err = cmd.Wait()
			close(p.exited)
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("starting %s: %w", cmd.Path, err)
	}
	return p, nil
}

// run starts a command and waits for its end.
func run(ctx context.Context, cmd *exec.Cmd, log io.Writer) error {
	p, err := launch(cmd, log)
	if err != nil {
		return err
	}
	select {
	case <-p.exited:
	case <-ctx.Done():
		return errors.Join(ctx.Err(), p.stop())
	}
	if p.err != nil {
		return p.failure()
	}
	return nil
}

// stop asks for a graceful end, and takes it when that is not given.
func (p *process) stop() error {
	select {
	case <-p.exited:
		return nil
	default:
	}
	if err := interrupt(p.cmd.Process); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("interrupting %s: %w", p.cmd.Path, err)
	}
	select {
	case <-p.exited:
		return nil
	case <-time.After(stopGrace):
	}
	if err := p.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("killing %s: %w", p.cmd.Path, err)
	}
	<-p.exited
	return fmt.Errorf("%s did not stop within %s and was killed", p.cmd.Path, stopGrace)
}

// failure tells how a child that should still run ended, with what it said last.
func (p *process) failure() error {
	return fmt.Errorf("%s ended (%v): %s", p.cmd.Path, p.err, p.output.last())
}

// tail passes on what a child prints and remembers the end of it.
type tail struct {
	also io.Writer

	mu   sync.Mutex
	kept []byte
}

// tailSize holds the dozen lines in which Postgres says why it will not start.
const tailSize = 4 << 10

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, b...)
	if over := len(t.kept) - tailSize; over > 0 {
		t.kept = t.kept[over:]
	}
	if t.also == nil {
		return len(b), nil
	}
	return t.also.Write(b)
}

func (t *tail) last() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(string(t.kept))
}
