package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// example runs a script of examples/ against a running double and returns what it wrote. Without its tools it skips at
// home and fails where everything must run.
func example(t *testing.T, d runningDouble, script string, tools ...string) string {
	t.Helper()
	for _, tool := range tools {
		needs(t, tool)
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
	var shown []string
	for line := range strings.Lines(phone) {
		shown = append(shown, strings.TrimSpace(line))
	}
	if diff := cmp.Diff(want, shown); diff != "" {
		t.Error(diff)
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
