package main

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// called finds calls of heed: a line of an example, or a piece of code within a sentence.
var called = regexp.MustCompile("(?m)(?:^\\s*|`)heed ([a-z][^`#\n]*)")

// word is a word of a command line, in quotes or not.
var word = regexp.MustCompile(`"[^"]*"|\S+`)

// Whoever follows the operations' pages in a bad hour is not told that there is no such command.
func TestCommandsOfTheRunbookExist(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "operations.md"))
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, match := range called.FindAllStringSubmatch(string(text), -1) {
		command, _, _ := strings.Cut(match[1], "|")
		var args []string
		for _, w := range word.FindAllString(command, -1) {
			args = append(args, strings.Trim(w, `"`))
		}
		var c commands
		parser, err := kong.New(&c, kong.Vars{"version": "", "double": defaultDouble}, kong.Writers(io.Discard, io.Discard), kong.Exit(func(int) {}))
		if err != nil {
			t.Fatal(err)
		}
		// A command is also named without its arguments.
		if _, err := parser.Parse(args); err != nil && !strings.HasPrefix(err.Error(), "expected ") && !strings.HasPrefix(err.Error(), "missing flags") {
			t.Errorf("heed %s: %v", command, err)
		}
		found++
	}
	if found < 30 {
		t.Errorf("found only %d calls of heed", found)
	}
}
