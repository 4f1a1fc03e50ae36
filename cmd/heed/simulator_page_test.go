package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// runBlock finds the blocks of a page that say that they are run.
var runBlock = regexp.MustCompile("(?s)<!-- run -->\n```([a-z]+)\n(.*?)```")

// Whoever copies a block of docs/simulator.md gets what the page promises: each that says so runs against heed simulate.
func TestSimulatorPageRuns(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "simulator.md"))
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(bin, "heed"), ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	blocks := runBlock.FindAllStringSubmatch(string(page), -1)
	if len(blocks) < 5 {
		t.Errorf("found only %d blocks", len(blocks))
	}
	for _, block := range blocks {
		language, text := block[1], block[2]
		first, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
		t.Run(language+" "+first, func(t *testing.T) {
			t.Parallel()
			d := simulated(t)
			name := map[string]string{"sh": "block.sh", "python": "block.py", "go": "block.go"}[language]
			file := filepath.Join(t.TempDir(), name)
			text := strings.ReplaceAll(text, "http://127.0.0.1:4579", d.url)
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			command := map[string][]string{"sh": {"sh", "-e"}, "python": {"python3", "-W", "ignore"}, "go": {"go", "run"}}[language]
			if command == nil {
				t.Fatalf("nobody knows how to run %s", language)
			}
			needs(t, command[0])
			if strings.Contains(text, "\naws ") {
				needs(t, "aws")
			}
			cmd := exec.CommandContext(t.Context(), command[0], append(command[1:], file)...)
			nothing := filepath.Join(t.TempDir(), "nothing")
			cmd.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"),
				"AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2="+d.url, "AWS_ACCESS_KEY_ID=dev", "AWS_SECRET_ACCESS_KEY=dev",
				"AWS_REGION=us-east-1", "AWS_PAGER=", "AWS_CONFIG_FILE="+nothing, "AWS_SHARED_CREDENTIALS_FILE="+nothing)
			if out, err := cmd.CombinedOutput(); err != nil {
				if strings.Contains(string(out), "No module named 'boto3'") {
					needs(t, "boto3")
				}
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// needs skips at home without a tool, and fails where everything must run.
func needs(t *testing.T, tool string) {
	t.Helper()
	if _, err := exec.LookPath(tool); err == nil {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is absent", tool)
	}
	t.Skipf("%s is absent", tool)
}
