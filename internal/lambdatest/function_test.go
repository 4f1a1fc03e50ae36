package lambdatest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/heedsms/heed/internal/lambdatest"
)

// binary is the function under testdata, built once for all tests.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "lambdatest")
	if err == nil {
		binary = filepath.Join(dir, "bootstrap")
		err = lambdatest.Build(context.Background(), ".", "./testdata/echo", binary)
	}
	code := 1
	if err == nil {
		code = m.Run()
	} else {
		fmt.Fprintln(os.Stderr, err)
	}
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

func start(t *testing.T, config lambdatest.Config) *lambdatest.Function {
	t.Helper()
	config.Binary = binary
	f, err := lambdatest.Start(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

type answer struct {
	Text        string
	MillisLeft  int64
	Request     string
	Function    string
	Environment int
}

func invoke(t *testing.T, f *lambdatest.Function, payload string) (answer, error) {
	t.Helper()
	got, err := f.Invoke(t.Context(), []byte(payload))
	if err != nil {
		return answer{}, err
	}
	var a answer
	if err := json.Unmarshal(got, &a); err != nil {
		t.Fatalf("%s: %v", got, err)
	}
	return a, nil
}

// echoes fails the test unless the function answers.
func echoes(t *testing.T, f *lambdatest.Function) answer {
	t.Helper()
	a, err := invoke(t, f, `{"text":"hello"}`)
	if err != nil || a.Text != "hello" {
		t.Errorf("answer %+v, error %v", a, err)
	}
	return a
}

func TestEcho(t *testing.T) {
	t.Parallel()
	f := start(t, lambdatest.Config{Timeout: 20 * time.Second, Name: "parrot"})
	first, second := echoes(t, f), echoes(t, f)
	if first.MillisLeft < 15_000 || first.MillisLeft > 20_000 {
		t.Errorf("the deadline is %d ms away, want just under 20 s", first.MillisLeft)
	}
	if first.Function != "parrot" {
		t.Errorf("the function is called %q", first.Function)
	}
	if first.Request == "" || first.Request == second.Request {
		t.Errorf("request ids %q and %q", first.Request, second.Request)
	}
	if f.Starts() != 1 || f.Pid() == 0 {
		t.Errorf("%d starts, pid %d", f.Starts(), f.Pid())
	}
	if cold := f.ColdStart(); cold <= 0 || cold > 5*time.Second {
		t.Errorf("cold start %s", cold)
	}
	t.Logf("cold start %s", f.ColdStart())
}

func TestTheEnvironmentIsTheFunctionsOwn(t *testing.T) {
	t.Setenv("SECRET_OF_THIS_MACHINE", "x")
	bare := echoes(t, start(t, lambdatest.Config{}))
	more := echoes(t, start(t, lambdatest.Config{Env: []string{"ONE=1", "TWO=2", "AWS_REGION=eu-west-1"}}))
	if more.Environment-bare.Environment != 2 {
		t.Errorf("%d variables, then %d", bare.Environment, more.Environment)
	}
}

func TestAnErrorIsReportedAndTheProcessLivesOn(t *testing.T) {
	t.Parallel()
	f := start(t, lambdatest.Config{})
	_, err := invoke(t, f, `{"do":"fail","text":"no such number"}`)
	reported, ok := errors.AsType[*lambdatest.InvokeError](err)
	if !ok || reported.Message != "no such number" || reported.Type != "errorString" {
		t.Errorf("error %#v", err)
	}
	echoes(t, f)
	if f.Starts() != 1 {
		t.Errorf("%d starts, want 1", f.Starts())
	}
}

// After each of these the process is gone, and the next event gets a fresh one.
func TestAProcessThatEndsIsReplaced(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, payload string
		check         func(error) bool
	}{
		{"a panic is reported first", `{"do":"panic","text":"oh no"}`, func(err error) bool {
			reported, ok := errors.AsType[*lambdatest.InvokeError](err)
			return ok && reported.Message == "oh no"
		}},
		{"an exit is a crash, with its last words", `{"do":"exit","text":"farewell"}`, func(err error) bool {
			return errors.Is(err, lambdatest.ErrCrashed) && strings.Contains(err.Error(), "exit status 7") &&
				strings.Contains(err.Error(), "farewell")
		}},
		{"a hang is killed", `{"do":"hang"}`, func(err error) bool { return errors.Is(err, lambdatest.ErrTimedOut) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := start(t, lambdatest.Config{Timeout: 700 * time.Millisecond})
			if _, err := invoke(t, f, test.payload); !test.check(err) {
				t.Errorf("error %v", err)
			}
			echoes(t, f)
			if f.Starts() != 2 {
				t.Errorf("%d starts, want 2", f.Starts())
			}
		})
	}
}

func TestKillInTheMiddleOfAnEvent(t *testing.T) {
	t.Parallel()
	f := start(t, lambdatest.Config{Timeout: time.Minute})
	time.AfterFunc(100*time.Millisecond, f.Kill)
	if _, err := invoke(t, f, `{"do":"hang"}`); !errors.Is(err, lambdatest.ErrCrashed) {
		t.Errorf("error %v", err)
	}
	if f.Pid() != 0 {
		t.Errorf("pid %d after kill", f.Pid())
	}
	echoes(t, f)
	f.Kill() // between two events
	echoes(t, f)
	if f.Starts() != 3 {
		t.Errorf("%d starts, want 3", f.Starts())
	}
}

func TestAnEndedContextEndsTheEvent(t *testing.T) {
	t.Parallel()
	f := start(t, lambdatest.Config{Timeout: time.Minute})
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := f.Invoke(ctx, []byte(`{"do":"hang"}`)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
	echoes(t, f)
}

func TestABinaryThatDoesNotStart(t *testing.T) {
	t.Parallel()
	_, err := lambdatest.Start(t.Context(), lambdatest.Config{Binary: binary, Env: []string{"FAIL_AT_START=1"}})
	if !errors.Is(err, lambdatest.ErrCrashed) || !strings.Contains(err.Error(), "DATABASE_URL is not set") {
		t.Errorf("error %v", err)
	}
	if _, err := lambdatest.Start(t.Context(), lambdatest.Config{Binary: "no/such/file"}); err == nil {
		t.Error("started a file that is not there")
	}
}

func TestEventsWaitForTheirTurn(t *testing.T) {
	t.Parallel()
	var out lockedBuffer
	f := start(t, lambdatest.Config{Stdout: &out})
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if _, err := f.Invoke(context.Background(), []byte(`{"text":"at once"}`)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	if got := strings.Count(out.String(), "echo at once\n"); got != 20 {
		t.Errorf("%d lines printed, want 20", got)
	}
	if _, err := f.Invoke(t.Context(), nil); !errors.Is(err, lambdatest.ErrClosed) {
		t.Errorf("after close: error %v", err)
	}
}

type lockedBuffer struct {
	mu   sync.Mutex
	text strings.Builder
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
