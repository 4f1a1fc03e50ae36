package metrics

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// docs/metrics.md is what alarms are made by: it has a row for every metric, with its unit and its dimensions, and no
// other row.
func TestDocumentation(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	written := map[dimensions]string{alone: "–", byProgram: "–, (Program)", byFailure: "–, (Program), (Status), (Program, Status), (Reason)", byReason: "–, (Reason)"}
	documented := map[Name]bool{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([A-Za-z]+)` \\| (\\w+) \\| ([^|]+) \\|").FindAllSubmatch(page, -1) {
		name := Name(row[1])
		d, known := definitions[name]
		if !known || documented[name] {
			t.Errorf("%s is no metric, or has two rows", name)
		}
		if string(row[2]) != string(d.unit) || string(row[3]) != written[d.by] {
			t.Errorf("%s is written as %s with dimensions %s, the page says %s with %s", name, d.unit, written[d.by], row[2], row[3])
		}
		documented[name] = true
	}
	for name := range definitions {
		if !documented[name] {
			t.Errorf("%s has no row in docs/metrics.md", name)
		}
	}
}

// Every name in the code has a definition, under the same word, and is used by somebody.
func TestNames(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("names.go")
	if err != nil {
		t.Fatal(err)
	}
	var code strings.Builder
	for _, file := range []string{"../delivery/measure.go", "../inbound/measure.go", "../outbox/measure.go", "../upkeep/gauges.go"} {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		code.Write(b)
	}
	names := regexp.MustCompile(`(?m)^\t(\w+)\s+Name = "(\w+)"`).FindAllSubmatch(source, -1)
	for _, m := range names {
		if name := string(m[1]); name != string(m[2]) || definitions[Name(name)].unit == "" || !strings.Contains(code.String(), "metrics."+name+",") {
			t.Errorf("%s is called %s, has no definition, or nobody writes it", name, m[2])
		}
	}
	if len(names) != len(definitions) {
		t.Errorf("%d names, %d definitions", len(names), len(definitions))
	}
}
