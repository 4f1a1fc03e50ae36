package doctor

import (
	"fmt"
	"slices"

	"github.com/heedsms/heed/internal/plan"
)

// The codes of configuration sets, beside those of what [plan.Compare] finds.
const (
	NoSet = "no_set"
)

// Destinations judges whether what becomes of replies is told to heed: the configuration set of each program, and where
// its events go.
func Destinations(found *plan.Found, w Setup) []Finding {
	findings := slices.DeleteFunc(drift(found, w), func(f Finding) bool { return !ofSets(f.Code) })
	for _, program := range w.wanted().Setless {
		findings = append(findings, Finding{
			Code: NoSet, Severity: Advice, Program: program, Text: "has no configuration set, and the deployment none: nothing is ever heard of what became of its replies",
			Mend: fmt.Sprintf("name one as configurationSet: in %s, then %s", w.File, w.apply()),
		})
	}
	return findings
}
