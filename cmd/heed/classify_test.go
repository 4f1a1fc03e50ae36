package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const classifyRules = `version: 1
programs:
  acme:
    brand: Acme
    identities: ["+12065550100"]
    keywords:
      - {name: holiday, words: [HOURS], reply: "Closed", from: 2026-12-24, until: 2026-12-27}
      - {name: daily, words: [HOURS], reply: "9 to 5"}
`

// What is asked for besides the verdict, and how.
func TestClassifyTells(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "heed.yaml")
	if err := os.WriteFile(file, []byte(classifyRules), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		sentence string
		args     []string
		code     int
		says     []string
		not      string
	}{
		{"the tier of a listed word", []string{"STOP"}, 0, []string{`"tier":1`}, "cleaned"},
		{"a locale that is on", []string{"--locales", "en,es", "baja"}, 0, []string{`"verdict":"opt_out"`}, ""},
		{"the same where it is off", []string{"--locales", "en", "baja"}, 0, []string{`"verdict":"none"`}, ""},
		{"an unknown locale", []string{"--locales", "tlh", "baja"}, 2, []string{"known are"}, ""},
		{"locales beside a file", []string{"--locales", "en", "--file", file, "hours"}, 2, []string{"without a file"}, ""},
		{"a rule at its time", []string{"--file", file, "--identity", "+12065550100", "--at", "2026-12-25", "hours"}, 0, []string{`"rule":"holiday"`}, ""},
		{"and before it", []string{"--file", file, "--identity", "+12065550100", "--at", "2026-12-01", "hours"}, 0, []string{`"rule":"daily"`}, ""},
		{"what is no time", []string{"--at", "noon", "hours"}, 2, []string{"--at", "2026-11-27"}, ""},
		{"a block for people", []string{"-v", "--file", file, "--identity", "+12065550100", "--at", "2026-12-25", "Hours!\n> STOP"}, 0, []string{
			`"Hours!\n> STOP"`, "  verdict    keyword (program_keyword)\n", "  rule       holiday\n", "  cleaned    hours\n", "  quoted     > STOP\n",
			"  step       tier 1, listed word:", "rules of the program: 2 of 2 match: holiday by whole", "decided: keyword by rule holiday",
		}, "{"},
		{"the same as JSON", []string{"-v", "--json", "Stop!"}, 0, []string{`"cleaned":"stop"`, `"own":"Stop!"`, `"steps":[{"tier":1,"step":"listed word"`}, "  verdict"},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			t.Parallel()
			code, out, errs := heed(t, "", append([]string{"classify"}, c.args...)...)
			if code != c.code {
				t.Errorf("exit %d, want %d", code, c.code)
			}
			for _, s := range c.says {
				if !strings.Contains(out+errs, s) {
					t.Errorf("%q is not in\n%s%s", s, out, errs)
				}
			}
			if c.not != "" && strings.Contains(out, c.not) {
				t.Errorf("%q is in\n%s", c.not, out)
			}
			if strings.HasPrefix(out, "{") && !json.Valid([]byte(out)) {
				t.Errorf("not JSON: %s", out)
			}
		})
	}
}
