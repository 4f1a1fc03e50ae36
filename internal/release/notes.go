package main

import (
	"fmt"
	"os"
	"strings"
)

type notesCommand struct {
	Version   string `arg:"" help:"The release, as v0.1.0."`
	Changelog string `default:"CHANGELOG.md" type:"existingfile" help:"The changelog."`
}

// Run prints the notes. A release of which the changelog says nothing is a fault.
func (c notesCommand) Run() error {
	text, err := os.ReadFile(c.Changelog)
	if err != nil {
		return err
	}
	notes := notesOf(string(text), c.Version)
	if notes == "" {
		return fmt.Errorf("%s says nothing of %s: it needs a heading “## %s”", c.Changelog, c.Version, strings.TrimPrefix(c.Version, "v"))
	}
	_, err = fmt.Println(notes)
	return err
}

// notesOf is what stands between a version's heading and the next, as “## [0.1.0] - 2026-12-01” or “## 0.1.0”.
func notesOf(changelog, version string) string {
	version = strings.TrimPrefix(version, "v")
	var kept []string
	inside := false
	for line := range strings.Lines(changelog) {
		if heading, ok := strings.CutPrefix(line, "## "); ok {
			words := strings.Fields(heading)
			inside = len(words) > 0 && strings.Trim(words[0], "[]") == version
			continue
		}
		if inside {
			kept = append(kept, line)
		}
	}
	return strings.TrimSpace(strings.Join(kept, ""))
}
