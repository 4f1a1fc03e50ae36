package program

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// docs/heed-yaml.md is what operators go by: its examples are sound, and it names every code of a finding and every
// field of the file.
func TestDocumentation(t *testing.T) {
	page, err := os.ReadFile("../../docs/heed-yaml.md")
	if err != nil {
		t.Fatal(err)
	}
	examples := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllSubmatch(page, -1)
	if len(examples) == 0 {
		t.Error("there are no examples")
	}
	for _, example := range examples {
		if _, found := Check("docs/heed-yaml.md", example[1], checkedAt); len(found) > 0 {
			t.Errorf("%s\n%v", example[1], found)
		}
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`\.add\(\w+, "([a-z_]+)"|"([a-zA-Z]+)": +(?:at\(|read\(|p\.sentText|func\(n \*yaml\.Node)`)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range named.FindAllSubmatch(source, -1) {
			name := string(m[1]) + string(m[2])
			if !regexp.MustCompile("[`.{ ]" + name + "[`:.]").Match(page) {
				t.Errorf("%s: %s is not in docs/heed-yaml.md", file, name)
			}
		}
	}
}
