package report_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/heedsms/heed/internal/report"
)

// docs/reports.md is what people go by who write queries: each report stands there under its name, with its columns as
// they are.
func TestDocumentation(t *testing.T) {
	t.Parallel()
	read, err := os.ReadFile("../../docs/reports.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(read)
	for _, spec := range report.Specs() {
		var want strings.Builder
		fmt.Fprintf(&want, "## %s: `%s`\n\n%s\n", spec.Title, spec.Name, spec.Description)
		if len(spec.Dimensions) > 0 {
			fmt.Fprintf(&want, "\nBy `%s`. When nothing is said: `%s`.\n", strings.Join(spec.Dimensions, "`, `"), strings.Join(spec.Default, "`, `"))
		}
		want.WriteString("\n| column | kind | |\n| --- | --- | --- |\n")
		for _, c := range spec.Measures() {
			kind := string(c.Kind)
			if c.Unit != "" {
				kind += ", " + c.Unit
			}
			fmt.Fprintf(&want, "| `%s` | %s | %s |\n", c.Name, kind, c.Description)
		}
		if !strings.Contains(page, want.String()) {
			t.Errorf("docs/reports.md lacks, or has otherwise:\n%s", &want)
		}
		for _, c := range spec.Columns {
			if row := fmt.Sprintf("| `%s` | %s |\n", c.Name, c.Description); c.Dimension && !strings.Contains(page, row) {
				t.Errorf("docs/reports.md lacks, or has otherwise:\n%s", row)
			}
		}
		if !strings.Contains(page, "heed."+spec.Function+"(") || !strings.Contains(page, "heed report "+spec.Name) {
			t.Errorf("docs/reports.md has no example of %s", spec.Name)
		}
	}
}
