package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// example runs a script of examples/ against a running double and returns what it wrote. Without its tools it skips at
// home and fails where everything must run.
func example(t *testing.T, d runningDouble, script string, tools ...string) string {
	t.Helper()
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err == nil {
			continue
		}
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is absent", tool)
		}
		t.Skipf("%s is absent", tool)
	}
	cmd := exec.CommandContext(t.Context(), filepath.Join("..", "..", "examples", script))
	nothing := filepath.Join(t.TempDir(), "nothing")
	cmd.Env = append(os.Environ(), "DOUBLE="+d.url, "AWS_CONFIG_FILE="+nothing, "AWS_SHARED_CREDENTIALS_FILE="+nothing)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", script, err, out)
	}
	return string(out)
}

// The plain AWS CLI sets everything up; STOP refuses the next text and START lets it through again. The events of what was
// sent, and the texts that were not AWS's to answer, are published.
func TestTwoWayExample(t *testing.T) {
	t.Parallel()
	d := simulated(t)
	out := example(t, d, "two-way.sh", "aws", "curl", "sh")
	_, phone, _ := strings.Cut(out, "The phone shows\n")
	want := []string{
		"Your table is ready.", "We are open from 9 to 5.", "You are opted out and will receive no further texts from this number.",
		"Acme: you get our texts again. Reply STOP to end.", "Your table waits for you.",
	}
	for i, line := range strings.Split(strings.TrimSpace(phone), "\n") {
		if i >= len(want) || strings.TrimSpace(line) != want[i] {
			t.Errorf("the phone shows %q", line)
		}
	}
	if !strings.Contains(out, "(ConflictException)") {
		t.Errorf("nothing was refused:\n%s", out)
	}
	published := d.out.String()
	for what, times := range map[string]int{"TEXT_QUEUED": 2, "TEXT_SUCCESSFUL": 2, "TEXT_DELIVERED": 2, "messageBody": 2} {
		if got := strings.Count(published, what); got != times {
			t.Errorf("%s was published %d times, want %d", what, got, times)
		}
	}
}
