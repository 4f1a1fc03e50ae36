package localdb

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// findBinaries returns the directory that holds both initdb and postgres, or "" when there is none. A PGBIN that
// does not hold them is an error: the operator meant something by it.
func findBinaries(ctx context.Context) (string, error) {
	if bin := os.Getenv("PGBIN"); bin != "" {
		if !holdsPostgres(bin) {
			return "", fmt.Errorf("PGBIN is %s, which does not hold both initdb and postgres", bin)
		}
		return bin, nil
	}
	candidates := append(onPath(), fromConfig(ctx))
	candidates = append(candidates, newestFirst(installed())...)
	for _, bin := range candidates {
		if bin != "" && holdsPostgres(bin) {
			return bin, nil
		}
	}
	return "", nil
}

// onPath follows links: Homebrew and some packagers put only links on the PATH.
func onPath() []string {
	var dirs []string
	for _, name := range []string{"postgres", "initdb"} {
		found, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		if target, err := filepath.EvalSymlinks(found); err == nil {
			dirs = append(dirs, filepath.Dir(target))
		}
	}
	return dirs
}

func fromConfig(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, "pg_config", "--bindir").Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

// installed lists where the usual packages put a server that they leave off the PATH.
func installed() []string {
	patterns := []string{
		"/usr/lib/postgresql/*/bin",                          // Debian, Ubuntu
		"/usr/pgsql-*/bin",                                   // Fedora, RHEL from the PostgreSQL project
		"/usr/libexec/postgresql*",                           // Alpine
		"/opt/homebrew/opt/postgresql@*/bin",                 // Homebrew on Apple silicon
		"/usr/local/opt/postgresql@*/bin",                    // Homebrew on Intel
		"/Applications/Postgres.app/Contents/Versions/*/bin", // Postgres.app
		`C:\Program Files\PostgreSQL\*\bin`,
	}
	var dirs []string
	for _, pattern := range patterns {
		found, err := filepath.Glob(pattern)
		if err == nil {
			dirs = append(dirs, found...)
		}
	}
	return dirs
}

// newestFirst orders by the last number in the path, so that 16 comes before 9.6 and before 15.
func newestFirst(dirs []string) []string {
	number := regexp.MustCompile(`\d+(\.\d+)?`)
	version := func(dir string) float64 {
		found := number.FindAllString(dir, -1)
		if len(found) == 0 {
			return 0
		}
		v, err := strconv.ParseFloat(found[len(found)-1], 64)
		if err != nil {
			return 0
		}
		return v
	}
	slices.SortStableFunc(dirs, func(a, b string) int { return cmp.Compare(version(b), version(a)) })
	return dirs
}

func holdsPostgres(dir string) bool {
	for _, name := range []string{"initdb", "postgres"} {
		info, err := os.Stat(filepath.Join(dir, executable(name)))
		if err != nil || info.IsDir() {
			return false
		}
	}
	return true
}

func executable(name string) string {
	if runtime.GOOS == "windows" {
		return name + ".exe"
	}
	return name
}
