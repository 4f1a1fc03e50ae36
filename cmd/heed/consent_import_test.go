package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/heedsms/heed/internal/localdb/dbtest"
	"github.com/heedsms/heed/internal/store"
)

// aList writes a list.
func aList(t *testing.T, name, content string) (file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// tables are ledger and register as text.
func tables(t *testing.T, db *store.Store) (all string) {
	t.Helper()
	for _, table := range []string{"consent_event", "consent", "consent_chain", "outbox"} {
		var s string
		if err := db.Pool().QueryRow(context.Background(), `SELECT coalesce(string_agg(r::text, E'\n' ORDER BY r::text COLLATE "C"), '') FROM heed.`+table+` r`).Scan(&s); err != nil {
			t.Fatal(err)
		}
		all += s + "\n\n"
	}
	return all
}

// A list as an operator imports it: first a dry run, then for good, then again; and what stands out of it.
func TestConsentImport(t *testing.T) {
	h := newHistory(t)
	program := h.old.Programs[0].Name
	h.say(t, pastText{"1", ann, acme, "STOP", day(3)})
	before := tables(t, h.db)
	list := aList(t, "people.csv", "contact,state,said_at,reason\n"+
		ann+",opted_in,2026-11-02T12:00:00Z,\"form, signed\"\n"+
		"1 (425) 555-0177,opted_out,2026-11-02T12:00:00Z,\n"+
		"ann,opted_out,2026-11-02T12:00:00Z,\n"+
		"+14255550177,opted_out,2026-11-02T12:00:00Z,\n")
	const results = "line,contact,program,outcome,reason\n" +
		"2,+14255550101,%[1]s,overruled,opted_out since 2026-11-04T12:00:00Z\n" +
		"3,+14255550177,%[1]s,recorded,\n" +
		"4,ann,%[1]s,refused,not a phone number with its country code\n" +
		"5,+14255550177,%[1]s,duplicate,of line 3\n"
	result := func() string {
		content, err := os.ReadFile(list + ".result.csv")
		if err != nil {
			t.Fatal(err)
		}
		return string(content)
	}
	command := []string{"consent", "import", list, "--program", program, "--actor", "zoe"}
	code, out, errs := heed(t, "", append(command, "--dry-run")...)
	if want := fmt.Sprintf(results, program); code != 1 || !strings.Contains(out, "nothing was changed") || result() != want {
		t.Errorf("dry run: exit %d\n%s%s%s\nwant\n%s", code, out, errs, result(), want)
	}
	if tables(t, h.db) != before {
		t.Error("the dry run changed something")
	}
	code, out, errs = heed(t, "", append(command, "--json")...)
	var sum importSum
	if err := json.Unmarshal([]byte(out), &sum); err != nil || code != 1 || sum.Recorded != 1 || sum.Overruled != 1 || sum.Duplicate != 1 || sum.Refused != 1 || sum.Rows != 4 {
		t.Errorf("exit %d, %v\n%s%s", code, err, out, errs)
	}
	if want := fmt.Sprintf(results, program); result() != want {
		t.Errorf("%s\nwant\n%s", result(), want)
	}
	after := tables(t, h.db)
	code, out, errs = heed(t, "", append(command, "--result", "-")...)
	if code != 1 || strings.Count(out, ",unchanged,") != 3 || !strings.Contains(errs, "3 unchanged") || tables(t, h.db) != after {
		t.Errorf("again: exit %d\n%s%s", code, out, errs)
	}
	for _, c := range []struct {
		command string
		code    int
		want    string
	}{
		{"get +14255550177", 0, "opted_out"},
		{"history +14255550177", 0, "zoe"},
		{"verify", 0, "verified"},
		{"rebuild --check", 0, "what the ledger comes to"},
		{"import nonesuch.csv", 2, "nonesuch.csv"},
		{"import " + list, 2, "--program"},
		{"import " + list + " --program nonesuch --result -", 1, "no such program"},
		{"import " + list + " --program x --said-at soon", 2, "not a time"},
		{"import " + list + " --format excel", 2, "must be one of"},
	} {
		code, out, errs := heed(t, "", append([]string{"consent"}, strings.Fields(c.command)...)...)
		if code != c.code || !strings.Contains(out+errs, c.want) {
			t.Errorf("%s: exit %d, want %d and %q\n%s%s", c.command, code, c.code, c.want, out, errs)
		}
	}
}

// What is exported in heed's own format changes nothing where it came from, and makes the same register elsewhere.
func TestConsentExportRoundTrip(t *testing.T) {
	h := newHistory(t)
	h.say(t, pastText{"1", ann, acme, "STOP", day(1)}, pastText{"2", bob, acme, "this is harassment", day(2)}, pastText{"3", "ACME-SHOP", acme, "STOP", day(2)})
	file := filepath.Join(t.TempDir(), "register.csv")
	code, out, errs := heed(t, "", "consent", "export", "--output", file)
	if code != 0 || out != "" || !strings.Contains(errs, "2 rows written, 1 left out") {
		t.Fatalf("export: exit %d\n%s%s", code, out, errs)
	}
	before := tables(t, h.db)
	if code, out, errs := heed(t, "", "consent", "import", file); code != 0 || !strings.Contains(out, "2 unchanged") || tables(t, h.db) != before {
		t.Errorf("where it came from: exit %d\n%s%s", code, out, errs)
	}
	first, _ := os.ReadFile(file)

	t.Setenv("DATABASE_URL", "")
	url := dbtest.New(t)
	t.Setenv("DATABASE_URL", url)
	if code, out, errs := heed(t, "", "consent", "import", file); code != 0 || !strings.Contains(out, "2 recorded") {
		t.Fatalf("elsewhere: exit %d\n%s%s", code, out, errs)
	}
	code, out, errs = heed(t, "", "consent", "export")
	stands := func(list string) (all []string) {
		for _, line := range strings.Split(strings.TrimSpace(list), "\n") {
			all = append(all, strings.Join(strings.Split(line, ",")[:4], ",")) // not the source and the id of the event
		}
		return all
	}
	if is, want := strings.Join(stands(out), "\n"), strings.Join(stands(string(first)), "\n"); code != 0 || is != want {
		t.Errorf("exit %d %s\n%s\nwant\n%s", code, errs, is, want)
	}
	if code, out, _ := heed(t, "", "consent", "export", "--format", "aws", "--state", "held"); code != 0 || strings.Count(out, "\n") != 1 {
		t.Errorf("nobody who is held is on AWS's list: %d\n%s", code, out)
	}
}

// asCommand has the test's own binary be heed.
const asCommand = "HEED_TEST_AS_COMMAND"

// An import that is killed goes on when it is run again: nothing is missing, nothing is there twice.
func TestConsentImportKilled(t *testing.T) {
	url := dbtest.New(t)
	ctx := context.Background()
	db, err := store.Open(ctx, store.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	t.Setenv("DATABASE_URL", url)
	const people = 60_000
	var list bytes.Buffer
	list.WriteString("contact,program,state,said_at\n")
	for i := range people {
		fmt.Fprintf(&list, "+1425%07d,alerts,opted_out,2026-11-01T10:00:00Z\n", i*7919%people)
	}
	file := aList(t, "people.csv", list.String())
	count := func() (events, register int) {
		if err := db.Pool().QueryRow(ctx, `SELECT (SELECT count(*) FROM heed.consent_event), (SELECT count(*) FROM heed.consent)`).Scan(&events, &register); err != nil {
			t.Fatal(err)
		}
		return events, register
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	killed := exec.CommandContext(ctx, self, "consent", "import", file)
	killed.Env = append(os.Environ(), asCommand+"=1")
	if err := killed.Start(); err != nil {
		t.Fatal(err)
	}
	for events := 0; events == 0; events, _ = count() {
		time.Sleep(time.Millisecond)
	}
	_ = killed.Process.Kill()
	var exit *exec.ExitError
	if err := killed.Wait(); !errors.As(err, &exit) {
		t.Fatalf("it was through before it could be killed: %v", err)
	}
	half, _ := count()
	code, out, errs := heed(t, "", "consent", "import", file, "--json")
	var sum importSum
	if err := json.Unmarshal([]byte(out), &sum); err != nil || code != 0 || sum.Unchanged < half || sum.Unchanged+sum.Recorded != people {
		t.Errorf("%d were recorded when it was killed; then exit %d, %v\n%s%s", half, code, err, out, errs)
	}
	if events, register := count(); events != people || register != people {
		t.Errorf("%d events, %d people, want %d of each", events, register, people)
	}
	if code, out, errs := heed(t, "", "consent", "verify"); code != 0 {
		t.Errorf("verify: exit %d\n%s%s", code, out, errs)
	}
}

// A list that breaks off is recorded as far as it could be read.
func TestConsentImportBreaksOff(t *testing.T) {
	t.Setenv("DATABASE_URL", dbtest.New(t))
	var o, e bytes.Buffer
	list := io.MultiReader(strings.NewReader("contact,program,state,said_at\n+14255550101,alerts,opted_out,2026-11-01\n"), iotest.ErrReader(errors.New("the disk is gone")))
	code := run(context.Background(), []string{"consent", "import", "-"}, terminal{list, &o, &e})
	if code != 1 || !strings.Contains(e.String(), "the disk is gone; 1 row is recorded: the same command goes on") {
		t.Errorf("exit %d\n%s%s", code, o.String(), e.String())
	}
	if code, out, errs := heed(t, "", "consent", "export"); code != 0 || !strings.Contains(out, "+14255550101,alerts,opted_out") {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
}
