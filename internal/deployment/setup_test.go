package deployment

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"

	heedsql "github.com/heedsms/heed/sql"
)

// An administrator makes the roles before the first migration, which may mostly make none: docs/setup.md names all that
// migrations grant something to.
func TestRoles(t *testing.T) {
	t.Parallel()
	migrations, err := heedsql.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	setup := text(t, "docs/setup.md")
	found := 0
	err = fs.WalkDir(migrations, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(migrations, path)
		for _, m := range regexp.MustCompile(`CREATE ROLE (\w+) NOLOGIN`).FindAllStringSubmatch(string(b), -1) {
			if found++; !strings.Contains(setup, "\n"+m[0]+";") {
				t.Errorf("docs/setup.md makes no role %s, which %s needs", m[1], path)
			}
		}
		return err
	})
	if err != nil || found < 3 {
		t.Errorf("%d roles: %v", found, err)
	}
}
