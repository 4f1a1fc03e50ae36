package simulator_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// pythonCaller calls by boto3 or the AWS CLI, in a process of its own that runs testdata/clients.py.
type pythonCaller struct {
	client string // boto3 or cli
	in     io.Writer
	out    *bufio.Scanner
}

// newPythonCaller starts the process, or skips where boto3 and the CLI are absent.
func newPythonCaller(t *testing.T, url, name string) *pythonCaller {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), "python3", "-c", "import boto3, awscli").CombinedOutput(); err != nil {
		absent(t, "boto3 or awscli for python3: "+string(out))
	}
	nothing := filepath.Join(t.TempDir(), "nothing")
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), "python3", "-W", "ignore", "testdata/clients.py")
	cmd.Env = append(os.Environ(), "AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2="+url, "AWS_REGION=us-east-1",
		"AWS_DEFAULT_REGION=us-east-1", "AWS_ACCESS_KEY_ID=dev", "AWS_SECRET_ACCESS_KEY=dev", "AWS_MAX_ATTEMPTS=1",
		"AWS_EC2_METADATA_DISABLED=true", "AWS_PAGER=", "AWS_CONFIG_FILE="+nothing, "AWS_SHARED_CREDENTIALS_FILE="+nothing)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	in, err := cmd.StdinPipe()
	must(t, err)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	t.Cleanup(func() {
		_ = in.Close()
		if err := cmd.Wait(); err != nil {
			t.Errorf("testdata/clients.py: %v\n%s", err, stderr.String())
		}
	})
	scanner := bufio.NewScanner(out)
	scanner.Buffer(nil, 16<<20)
	return &pythonCaller{client: map[string]string{"boto3": "boto3", "AWS CLI": "cli"}[name], in: in, out: scanner}
}

// ask sends a line and reads one.
func (c *pythonCaller) ask(question, answer any) error {
	line, err := json.Marshal(question)
	if err != nil {
		return err
	}
	if _, err := c.in.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("asking testdata/clients.py: %w", err)
	}
	if !c.out.Scan() {
		return errors.Join(errors.New("testdata/clients.py has ended"), c.out.Err())
	}
	return json.Unmarshal(c.out.Bytes(), answer)
}

func (c *pythonCaller) call(_ context.Context, operation string, input map[string]any) outcome {
	var got struct {
		Broken string
		Answer map[string]any
		Error  *struct {
			Code, Reason, ResourceType string
			Fields                     []struct{ Name string }
		}
	}
	question := map[string]any{"client": c.client, "operation": operation, "input": input}
	if err := c.ask(question, &got); err != nil {
		return outcome{broken: err}
	}
	switch {
	case got.Broken != "":
		return outcome{broken: errors.New(got.Broken)}
	case got.Error == nil:
		return outcome{answer: got.Answer}
	}
	o := outcome{class: got.Error.Code, reason: got.Error.Reason}
	if o.reason == "" {
		o.reason = got.Error.ResourceType
	}
	if len(got.Error.Fields) > 0 {
		o.member = got.Error.Fields[0].Name
	}
	return o
}

// declaredErrors are the exceptions that the service model declares, by operation: testdata/errors.tsv, which is held
// against the botocore of this machine where that is the one it was written from.
func declaredErrors(t *testing.T) map[string][]string {
	t.Helper()
	const file = "testdata/errors.tsv"
	t.Run("declared errors", func(t *testing.T) {
		var model struct {
			Version string
			Errors  map[string][]string
		}
		c := newPythonCaller(t, "http://127.0.0.1:1", "boto3")
		must(t, c.ask(map[string]string{"client": "model"}, &model))
		lines := []string{"# botocore " + model.Version}
		for operation, errs := range model.Errors {
			lines = append(lines, operation+"\t"+strings.Join(errs, " "))
		}
		written := strings.Join(sortedAfterFirst(lines), "\n") + "\n"
		if updating() {
			must(t, os.WriteFile(file, []byte(written), 0o600))
		}
		committed, err := os.ReadFile(file)
		must(t, err)
		if ours, _, _ := strings.Cut(string(committed), "\n"); ours != lines[0] {
			t.Skipf("%s is of %s, this machine has %s", file, ours, lines[0])
		}
		if diff := cmp.Diff(written, string(committed)); diff != "" {
			t.Error(diff)
		}
	})
	text, err := os.ReadFile(file)
	must(t, err)
	declared := map[string][]string{}
	for line := range strings.Lines(string(text)) {
		if operation, errs, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok {
			declared[operation] = strings.Fields(errs)
		}
	}
	return declared
}
