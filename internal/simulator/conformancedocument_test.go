package simulator_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const coverageDocument = "../../docs/simulator-coverage.md"

// updating says whether the test is to write its documents: the flag of the package's other tests.
func updating() bool { return flag.Lookup("update").Value.String() == "true" }

func sortedAfterFirst(lines []string) []string {
	slices.Sort(lines[1:])
	return lines
}

// letters are the exceptions as aws-facts and the document abbreviate them.
var letters = map[string]string{
	"AccessDeniedException": "A", "ConflictException": "C", "InternalServerException": "I", "ResourceNotFoundException": "N",
	"ServiceQuotaExceededException": "Q", "ThrottlingException": "T", "ValidationException": "V",
}

// coverage is the text of docs/simulator-coverage.md.
func coverage(t *testing.T, table conformance, declared map[string][]string, results map[string]tally) string {
	t.Helper()
	var core, refusals, calls int
	var overview, told strings.Builder
	for _, operation := range slices.Sorted(maps.Keys(table.Operations)) {
		o := table.Operations[operation]
		era := "2024"
		if o.New {
			era = "later"
		} else {
			core++
		}
		var tested, none []string
		for _, class := range declared[operation] {
			if reason, excused := o.None[class]; excused {
				none = append(none, letters[class]+": "+reason)
			} else {
				tested = append(tested, letters[class])
			}
		}
		slices.Sort(tested)
		calls += results["Go SDK"].calls[operation]
		fmt.Fprintf(&overview, "| `%s` | %s | yes | %s | %s | %d | %d | %d |\n", operation, era, strings.Join(tested, " "),
			strings.Join(none, "; "), results["AWS CLI"].calls[operation], results["boto3"].calls[operation], results["Go SDK"].calls[operation])
		for _, f := range o.Fails {
			refusals++
			class, reason, _ := strings.Cut(f.Want, " ")
			fmt.Fprintf(&told, "| `%s` | %s | %s `%s` |\n", operation, f.When, class, reason)
		}
	}
	return fmt.Sprintf(`# What the double covers

Written by a test, never by hand: %[7]sgo test ./internal/simulator -run Conformance -update%[7]s plays
[conformance.yaml](../internal/simulator/testdata/conformance.yaml) against the double over HTTP with the Go SDK, with boto3
and with the AWS CLI, and the test fails when this page says anything else. How to use the double is in
[simulator.md](simulator.md).

%[1]d operations work, the %[2]d of the API of 2024 and the %[3]d that came later: all that the SDK for Go and
the %[10]s beneath boto3 and the AWS CLI know. The three clients were given the same answers (times apart) and the same
%[4]d refusals that follow. Without any one of the %[5]d members that are required an operation answers ValidationException %[7]sMISSING_PARAMETER%[7]s that names it.

Errors: A AccessDenied, C Conflict, I InternalServer, N ResourceNotFound, Q ServiceQuotaExceeded, T Throttling, V Validation.
A and I come on request (%[7]sSimulator.Fail%[7]s, %[7]sPOST /faults%[7]s), T with limits in place. "No rule" says why an
error that the API declares is never given. The last three columns count calls: %[6]d with each client.

| operation | API of | works | errors tested | no rule | AWS CLI | boto3 | Go SDK |
| --- | --- | --- | --- | --- | --- | --- | --- |
%[8]s
## Refusals

Each was seen with all three clients. Of ResourceNotFoundException the kind of resource is told, else the reason.

| operation | when | answer |
| --- | --- | --- |
%[9]s`, len(table.Operations), core, len(table.Operations)-core, refusals, results["boto3"].missing, calls, "`",
		overview.String(), told.String(), modelVersion(t))
}

// modelVersion is the version of the service model that errors.tsv was written from, such as botocore 1.43.11.
func modelVersion(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("testdata/errors.tsv")
	must(t, err)
	first, _, _ := strings.Cut(string(text), "\n")
	return strings.TrimPrefix(first, "# ")
}

func compareDocument(t *testing.T, want string) {
	t.Helper()
	if updating() {
		must(t, os.WriteFile(coverageDocument, []byte(want), 0o600))
	}
	got, err := os.ReadFile(coverageDocument)
	must(t, err)
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("docs/simulator-coverage.md is not what the test found (run it with -update):\n%s", diff)
	}
}
