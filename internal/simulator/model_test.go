package simulator

import (
	"flag"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var updateModel = flag.Bool("update", false, "rewrite model.tsv from the botocore on this machine")

// The table of constraints says what botocore's service model says. Another botocore than the table was made from may
// know more; then there is nothing to compare.
func TestModelAgreesWithBotocore(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "python3", "testdata/model.py").Output()
	if err != nil {
		absentTool(t, "python3 with botocore: %v", err)
	}
	if *updateModel {
		if err := os.WriteFile("model.tsv", out, 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	ours, _, _ := strings.Cut(modelTSV, "\n")
	theirs, _, _ := strings.Cut(string(out), "\n")
	if ours != theirs {
		t.Skipf("model.tsv is of %s, this machine has %s", ours, theirs)
	}
	if diff := cmp.Diff(strings.Split(string(out), "\n"), strings.Split(modelTSV, "\n")); diff != "" {
		t.Error(diff)
	}
}

// absentTool skips at home and fails where everything must run.
func absentTool(t *testing.T, format string, args ...any) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}

// Every constraint of an operation that is served names a member that the SDK's struct has, so none goes unchecked by
// a spelling.
func TestModelNamesMembersOfTheSDK(t *testing.T) {
	t.Parallel()
	for name, op := range New(Options{}).operations {
		for path := range model() {
			member, ok := strings.CutPrefix(path, name+"Input.")
			if !ok {
				continue
			}
			member = strings.TrimRight(strings.NewReplacer("[]", "", "{key}", "", "{value}", "").Replace(member), " ")
			if _, exists := op.input.FieldByName(member); !exists {
				t.Errorf("%s: the SDK has no such member", path)
			}
		}
	}
}

// What a pattern with look-around means in Go's terms.
func TestPatterns(t *testing.T) {
	t.Parallel()
	notBlank, trimmed := compile(`(?!\s*$)[\s\S]+`), compile(`(?!\s)^[\s\S]+(?<!\s)`)
	for text, want := range map[string][2]bool{
		"":         {false, false},
		" \n":      {false, false},
		"a":        {true, true},
		" a":       {true, false},
		"a\n":      {true, false},
		"a \n b":   {true, true},
		"\u00e9\n": {true, false},
	} {
		got := [2]bool{notBlank.MatchString(text), trimmed.MatchString(text)}
		if got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

// An operation is a method with the SDK's types, and only that.
func TestOperationsAreFound(t *testing.T) {
	t.Parallel()
	s := New(Options{})
	found := s.Operations()
	for _, name := range []string{"PutKeyword", "SendTextMessage", "UpdateEventDestination"} {
		if _, ok := s.operations[name]; !ok {
			t.Errorf("%s is not among %v", name, found)
		}
	}
	for _, name := range found {
		if method, ok := reflect.TypeFor[*Simulator]().MethodByName(name); !ok || method.Type.NumIn() != 3 {
			t.Errorf("%s is no operation", name)
		}
	}
}
