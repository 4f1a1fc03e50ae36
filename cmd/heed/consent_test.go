package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Each row: a command, its exit code, and what standard output (or error) has to hold. They run one after another on one
// database, as an operator would.
func TestConsentCommands(t *testing.T) {
	h := newHistory(t)
	h.say(t, pastText{"1", ann, acme, "STOP", day(1)}, pastText{"2", bob, acme, "this is harassment", day(2)})
	heads := filepath.Join(t.TempDir(), "heads.json")
	var id string
	if err := h.db.Pool().QueryRow(context.Background(), `SELECT id::text FROM heed.consent_event WHERE state = 'held'`).Scan(&id); err != nil {
		t.Fatal(err)
	}
	program := h.old.Programs[0].Name
	for _, c := range []struct {
		command string
		code    int
		want    []string
	}{
		{"get (425)555-0101x", 2, []string{"no phone number"}},
		{"get 425-555-0101", 2, []string{"with its country"}},
		{"get 0171-1234567", 2, []string{"with its country"}},
		{"get 1(425)555-0101", 0, []string{program, "no", "opted_out", "2026-11-02 12:00:00Z"}},
		{"get " + ann + " --check", 1, []string{"opted_out"}},
		{"get " + ann + " --program nonesuch", 2, []string{`there is no program "nonesuch"`, program}},
		{"get " + ann + " --known-at 1d", 2, []string{"--known-at goes with --at"}},
		{"get " + ann + " --at 2026-11-02T11:59:59Z --check", 0, []string{"yes", "no_record"}},
		{"get " + ann + " --at 2026-11-02T12:00:00Z", 0, []string{"opted_out"}},
		{"get +14255550199 --json", 0, []string{`"allowed":true`, `"reason":"no_record"`}},
		{"history " + ann, 0, []string{`"STOP"`, "keyword", "opt_out_word"}},
		{"history +14255550199", 1, []string{"nothing is recorded"}},
		{"set " + ann + " --program " + program + " --state opted_in --reason form --said-at 2026-11-01T00:00:00Z --dry-run", 0, []string{"change nothing", "opted_out since"}},
		{"set " + ann + " --program " + program + " --state opted_in --reason form --said-at 2036-11-01", 2, []string{"in the future"}},
		{"set 425-555-0101 --program " + program + " --state opted_out --reason call", 2, []string{"its country"}},
		{"set 1(425)555-0101 --program " + program + " --state opted_out --reason call", 2, []string{"its country"}},
		{"set +49(0)1711234567 --program " + program + " --state opted_out --reason call", 2, []string{"its country"}},
		{"set " + ann + " --program " + program + " --state opted_out --reason call --dry-run", 0, []string{"would be recorded of " + ann}},
		{"forget 425-555-0101 --reason 4711", 2, []string{"its country"}},
		{"resume 425-555-0101 --reason called", 2, []string{"its country"}},
		{"set " + ann + " --program " + program + " --state asleep --reason form", 2, []string{"must be one of"}},
		{"set " + ann + " --program " + program + " --state opted_in --reason form --said-at 2026-11-01T00:00:00Z", 0, []string{"something else later: opted_out"}},
		{"set " + ann + " --program " + program + " --state opted_in --reason form --said-at 2026-11-01T00:00:00Z", 0, []string{"recorded before"}},
		{"set " + ann + " --program " + program + " --state opted_in --reason counter --said-at 2026-11-05T00:00:00Z --actor zoe --json", 0, []string{`"recorded":true`, `"state":"opted_in"`}},
		{"history " + ann, 0, []string{"zoe", "counter", "operator"}},
		{"scope", 0, []string{"scope program"}},
		{"scope --preview sender", 0, []string{"newly blocked"}},
		{"scope --list", 2, []string{"goes with --preview"}},
		{"review list", 0, []string{id, "this is harassment"}},
		{"review list --program nonesuch", 2, []string{`there is no program "nonesuch"`}},
		{"review decide 999 --as none --reason x", 1, []string{"999"}},
		{"review decide " + id + " --as maybe --reason x", 2, []string{"must be one of"}},
		{"review decide " + id + " --as opt_out --reason rude", 0, []string{"a request to stop", "opted_out"}},
		{"review decide " + id + " --as opt_out --reason rude", 0, []string{"nothing to do"}},
		{"review list", 0, []string{"nothing waits"}},
		{"review list --decided --json", 0, []string{`"decision":"opt_out"`, "rude"}},
		{"review undo " + id + " --reason mistaken", 0, []string{"open again", "held"}},
		{"review list", 0, []string{"this is harassment"}},
		{"rebuild --check", 0, []string{"what the ledger comes to: 2 rows"}},
		{"verify --heads " + heads, 0, []string{"verified: 6 events in 1 chain"}},
		{"verify --program nonesuch", 2, []string{`no program "nonesuch"`}},
		{"verify --against " + heads, 0, []string{"verified"}},
	} {
		code, out, errs := heed(t, "", append([]string{"consent"}, strings.Fields(c.command)...)...)
		if code != c.code {
			t.Errorf("%s: exit %d, want %d\n%s%s", c.command, code, c.code, out, errs)
		}
		for _, want := range c.want {
			if !strings.Contains(out+errs, want) {
				t.Errorf("%s: no %q in\n%s%s", c.command, want, out, errs)
			}
		}
	}
}

// An edit by a superuser is found, and told where it is.
func TestConsentVerifyFindsAnEdit(t *testing.T) {
	h := newHistory(t)
	h.say(t, pastText{"1", ann, acme, "STOP", day(1)}, pastText{"2", bob, acme, "STOP", day(2)})
	heads := filepath.Join(t.TempDir(), "heads.json")
	if code, out, errs := heed(t, "", "consent", "verify", "--heads", heads); code != 0 {
		t.Fatal(code, out, errs)
	}
	tx, err := h.db.Pool().Begin(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{`SET LOCAL session_replication_role = replica`, `UPDATE heed.consent_event SET state = 'opted_in' WHERE contact = '` + ann + `'`} {
		if _, err := tx.Exec(context.Background(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(context.Background()); err != nil {
		t.Fatal(err)
	}
	code, out, _ := heed(t, "", "consent", "verify")
	if code != 1 || !strings.Contains(out, "event 1 of the chain (id ") || !strings.Contains(out, "edited") {
		t.Errorf("exit %d:\n%s", code, out)
	}
	code, out, _ = heed(t, "", "consent", "verify", "--json", "--against", heads)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	var sum verified
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &sum); err != nil || code != 1 || sum.Verified || sum.Findings != 1 || sum.Events != 2 {
		t.Errorf("exit %d, %v:\n%s", code, err, out)
	}
	if code, out, _ := heed(t, "", "consent", "rebuild", "--check"); code != 1 || !strings.Contains(out, "differs") {
		t.Errorf("rebuild --check: exit %d:\n%s", code, out)
	}
	if err := os.WriteFile(heads, []byte("nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := heed(t, "", "consent", "verify", "--against", heads); code != 2 || !strings.Contains(errs, "holds no heads") {
		t.Errorf("a file that holds no heads: exit %d: %s", code, errs)
	}
}
