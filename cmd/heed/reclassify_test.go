package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heedsms/heed/internal/inbound"
	"github.com/heedsms/heed/internal/localdb"
	"github.com/heedsms/heed/internal/localdb/dbtest"
	"github.com/heedsms/heed/internal/program"
	"github.com/heedsms/heed/internal/sms"
	"github.com/heedsms/heed/internal/store"
)

// The words are colours: whatever heed learns to read as a request, it will not be these.
const (
	oldRules = `
version: 1
programs:
  alerts:
    brand: Acme
    identities: ["+12065550100"]
    keywords:
      - {words: [PURPLE], match: whole, action: opt_out}
      - {words: [ORANGE], match: whole, reply: "Orange"}
`
	newRules = `
version: 1
programs:
  alerts:
    brand: Acme
    identities: ["+12065550100"]
    keywords:
      - {words: [GREEN], match: contains_word, action: opt_out}
`
)

// history is a database with texts that were decided by the old rules, and a file with the new ones.
type history struct {
	db   *store.Store
	file string
	old  *program.Ruleset
}

func newHistory(t *testing.T) *history {
	t.Helper()
	url := dbtest.New(t) // before the variable is set: it would be taken for the server of the tests
	t.Setenv("DATABASE_URL", url)
	ctx := context.Background()
	db, err := store.Open(ctx, store.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	rules, findings := program.Parse("heed.yaml", []byte(oldRules))
	if rules == nil {
		t.Fatal(findings)
	}
	if rules.Version, _, err = db.ApplyRuleset(ctx, []byte(oldRules), rules.Settings(), "test", day(0)); err != nil {
		t.Fatal(err)
	}
	return &history{db: db, old: rules, file: write(t, newRules)}
}

func write(t *testing.T, content string) (file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "heed.yaml")
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// day is noon of a day of November 2026.
func day(n int) time.Time { return time.Date(2026, 11, 1+n, 12, 0, 0, 0, time.UTC) }

type pastText struct {
	id, contact, identity, body string
	at                          time.Time
}

// say records texts as the worker does.
func (h *history) say(t *testing.T, texts ...pastText) {
	t.Helper()
	b := inbound.Batch{At: day(0)}
	for _, x := range texts {
		in, err := sms.ParseInbound(fmt.Appendf(nil, `{"originationNumber":%q,"destinationNumber":%q,"messageBody":%q,"inboundMessageId":%q}`,
			x.contact, x.identity, x.body, x.id))
		if err != nil {
			t.Fatal(err)
		}
		b.Entries = append(b.Entries, inbound.Entry{Inbound: in, Decision: inbound.Decide(h.old, &in, x.at), SaidAt: x.at, RulesetVersion: h.old.Version})
	}
	if _, err := h.db.RecordInbound(context.Background(), b); err != nil {
		t.Fatal(err)
	}
}

const (
	ann    = "+14255550101"
	bob    = "+14255550102"
	acme   = "+12065550100"
	agent  = "rcs-00112233445566778899aabbccddeeff"
	colour = "My favourite colour, since you ask, has always been green and never any other one"
)

// ordinary are texts in both directions, and texts that stay as they are.
func (h *history) ordinary(t *testing.T) {
	t.Helper()
	h.say(t,
		pastText{"1", ann, acme, colour, day(1)},
		pastText{"2", bob, acme, "purple", day(2)},
		pastText{"3", ann, acme, "It is\ngreen", day(3)},
		pastText{"4", bob, acme, "STOP", day(3)},
		pastText{"5", bob, acme, "hello", day(4)},
		pastText{"6", ann, acme, "orange", day(5)},
		pastText{"7", ann, acme, "green", day(9)}, // after the range
	)
}

type lastLine struct {
	Summary struct {
		Texts       int            `json:"texts"`
		Changed     int            `json:"changed"`
		ByDirection map[string]int `json:"by_direction"`
		People      map[string]int `json:"people"`
	} `json:"summary"`
}

// told takes the output of --json apart.
func told(t *testing.T, out string) (changes []change, summary lastLine) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(out), "\n")
	for _, line := range lines[:len(lines)-1] {
		var c change
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		changes = append(changes, c)
	}
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &summary); err != nil {
		t.Fatalf("%s: %v", out, err)
	}
	return changes, summary
}

func TestReclassifyTellsBothDirections(t *testing.T) {
	h := newHistory(t)
	h.ordinary(t)
	code, out, errs := heed(t, "", "reclassify", "--dry-run", "--since", "2026-11-01", "--until", "2026-11-08T00:00:00Z", "--file", h.file)
	want := `2026-11-02T12:00:00Z  +14255550101     alerts  none/no_match -> opt_out/rule  matched "green"  text "My favourite colour, since you ask, has always been green a…"
2026-11-03T12:00:00Z  +14255550102     alerts  opt_out/rule -> none/no_match  matched "purple"  text "purple"
2026-11-04T12:00:00Z  +14255550101     alerts  none/no_match -> opt_out/rule  matched "green"  text "It is\ngreen"
2026-11-06T12:00:00Z  +14255550101     alerts  keyword/program_keyword -> none/no_match  matched "orange"  text "orange"
6 texts from 2026-11-01T00:00:00Z to 2026-11-08T00:00:00Z: 4 would be decided otherwise
       1  keyword -> none       consent stays
       2  none -> opt_out       would have been opted out
       1  opt_out -> none       would not have been opted out
people: 1 would be opted out, 1 no longer opted out, 0 held
`
	if diff := cmp.Diff(want, out); code != 0 || errs != "" || diff != "" {
		t.Errorf("exit %d, says %q\n%s", code, errs, diff)
	}
}

func TestReclassifyAsJSON(t *testing.T) {
	h := newHistory(t)
	h.ordinary(t)
	code, out, errs := heed(t, "", "reclassify", "--json", "--since", "2026-11-01", "--until", "2026-11-08", "--file", h.file, "--fail-on-change")
	if code != 1 || !strings.Contains(errs, "nothing is changed") {
		t.Errorf("exit %d with --fail-on-change and without --dry-run, says %q", code, errs)
	}
	changes, last := told(t, out)
	if len(changes) != 4 {
		t.Fatalf("%d changes: %s", len(changes), out)
	}
	want := change{
		SaidAt: day(1), Contact: ann, Identity: acme, ID: "1", Variant: "sms", Direction: "none -> opt_out", Text: colour,
		Was: judged{Program: "alerts", Verdict: "none", Reason: "no_match"}, Now: judged{"alerts", "opt_out", "rule", "green"},
	}
	if diff := cmp.Diff(want, changes[0]); diff != "" {
		t.Error(diff)
	}
	s := last.Summary
	if s.Texts != 6 || s.Changed != 4 || s.ByDirection["opt_out -> none"] != 1 || s.People["opted_out"] != 1 || s.People["no_longer_opted_out"] != 1 || s.People["held"] != 0 {
		t.Errorf("the summary is %+v", s)
	}
}

// Nothing in the database is another after a replay, and under the rules that decided, nothing would be.
func TestReclassifyByTheRulesInForceChangesNothing(t *testing.T) {
	h := newHistory(t)
	h.ordinary(t)
	const all = `SELECT md5(string_agg(r, '' ORDER BY r)) FROM (SELECT i::text r FROM heed.inbound i UNION ALL SELECT c::text FROM heed.consent c
		UNION ALL SELECT e::text FROM heed.consent_event e UNION ALL SELECT o::text FROM heed.outbox o UNION ALL SELECT v::text FROM heed.ruleset v) x`
	var before, after string
	if err := h.db.Pool().QueryRow(context.Background(), all).Scan(&before); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"--since", "2026-11-01", "--fail-on-change"}, {"--since", "2026-11-01", "--file", h.file}} {
		until := []string{"reclassify", "--until", "2026-12-01"}
		if code, out, errs := heed(t, "", append(until, args...)...); code != 0 {
			t.Errorf("%v: exit %d\n%s%s", args, code, out, errs)
		}
	}
	if err := h.db.Pool().QueryRow(context.Background(), all).Scan(&after); err != nil || before != after {
		t.Errorf("the database changed: %v", err)
	}
}

// Each row: a text of a kind of its own, and the directions that the replay tells.
func TestReclassifyReadsAsTheWorkerDoes(t *testing.T) {
	h := newHistory(t)
	moved := `
version: 1
programs:
  shop:
    brand: Shop
    identities: ["+12065550100"]
    keywords: [{words: [GREEN], match: whole, action: opt_out}, {words: [PURPLE], match: whole, action: opt_out}]
  rich:
    brand: Rich
    identities: ["rcs-00112233445566778899aabbccddeeff"]
    keywords: [{words: [GREEN], match: whole, action: opt_out}]
`
	h.say(t,
		pastText{"1", ann, agent, `{"type":"suggestion","postbackData":"green","text":"Tap"}`, day(1)},
		pastText{"2", ann, agent, `{"type":"suggestion","postbackData":"green","text":"Tap"}`, day(2)},
		pastText{"3", bob, acme, "green", day(3)},
		pastText{"4", bob, acme, "purple", day(4)},
		pastText{"5", bob, acme, "hello", day(5)},
	)
	if _, err := h.db.Pool().Exec(context.Background(), `UPDATE heed.inbound SET raw = 'gone' WHERE inbound_message_id IN ('2', '3')`); err != nil {
		t.Fatal(err)
	}
	file := write(t, moved)
	for _, c := range []struct {
		sentence, program string
		texts             int
		want              string
	}{
		{
			"a tapped suggestion, one without its payload, a text without its payload, a consent that counts for another program", "", 5,
			"1 none -> opt_out,2 none -> opt_out,3 none -> opt_out,4 opt_out -> opt_out",
		},
		{"texts that go to a program from now on are its texts", "rich", 2, "1 none -> opt_out,2 none -> opt_out"},
		{"and so are those that went to it", "alerts", 3, "3 none -> opt_out,4 opt_out -> opt_out"},
	} {
		args := []string{"reclassify", "--json", "--since", "2026-11-01", "--until", "2026-12-01", "--file", file}
		if c.program != "" {
			args = append(args, "--program", c.program)
		}
		code, out, errs := heed(t, "", args...)
		changes, last := told(t, out)
		var got []string
		for _, x := range changes {
			got = append(got, x.ID+" "+x.Direction)
		}
		if strings.Join(got, ",") != c.want || last.Summary.Texts != c.texts || code != 0 {
			t.Errorf("%s: exit %d, %q of %d texts\n%s", c.sentence, code, got, last.Summary.Texts, errs)
		}
	}
}

// interrupting is an output that interrupts the command at its first write.
type interrupting struct {
	bytes.Buffer
	interrupt context.CancelFunc
}

func (w *interrupting) Write(p []byte) (int, error) {
	w.interrupt()
	return w.Buffer.Write(p)
}

// A replay that was interrupted goes on where it was: each text is told once, though all were said at one moment, and
// the summary is that of a replay in one go. A range that is told from now is still the same range a moment later.
func TestReclassifyGoesOn(t *testing.T) {
	h := newHistory(t)
	const texts, persons = 2*pageOfTexts + 500, 700
	hourAgo := time.Now().Add(-time.Hour)
	var all []pastText
	for i := range texts {
		all = append(all, pastText{fmt.Sprintf("i%04d", i), fmt.Sprintf("+1425555%04d", i%persons), acme, "green", hourAgo})
	}
	h.say(t, all...)
	file := filepath.Join(t.TempDir(), "position")
	args := []string{"reclassify", "--json", "--since", "1d", "--file", h.file, "--resume", file}

	ctx, interrupt := context.WithCancel(context.Background())
	interrupt()
	var out, errs bytes.Buffer
	if code := run(ctx, args, terminal{nil, &out, &errs}); code != 1 || !strings.Contains(errs.String(), "interrupted after 0 texts: the same command goes on from "+file) {
		t.Errorf("interrupted before the first page: exit %d, says %s", code, &errs)
	}
	ctx, interrupt = context.WithCancel(context.Background())
	defer interrupt()
	first := interrupting{interrupt: interrupt}
	errs.Reset()
	code := run(ctx, args, terminal{nil, &first, &errs})
	done := strings.Count(first.String(), "\n")
	if code != 1 || done == 0 || done >= texts || !strings.Contains(errs.String(), fmt.Sprintf("interrupted after %d texts", done)) {
		t.Errorf("interrupted in the middle: exit %d after %d texts, says %s", code, done, &errs)
	}
	code, rest, says := heed(t, "", args...)
	if code != 0 || !strings.Contains(says, fmt.Sprintf("%d texts are done", done)) {
		t.Errorf("going on: exit %d, says %s", code, says)
	}
	changes, last := told(t, first.String()+rest)
	seen := map[string]int{}
	for _, c := range changes {
		seen[c.ID]++
	}
	if len(changes) != texts || len(seen) != texts {
		t.Errorf("%d texts were told %d times, want %d once", len(seen), len(changes), texts)
	}
	if s := last.Summary; s.Texts != texts || s.Changed != texts || s.ByDirection["none -> opt_out"] != texts || s.People["opted_out"] != persons {
		t.Errorf("the summary is %+v", s)
	}
	if left, err := filepath.Glob(file + "*"); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// A position of another replay is refused with what to do, and stays as it is.
func TestReclassifyRefusesPositions(t *testing.T) {
	h := newHistory(t)
	h.ordinary(t)
	file := filepath.Join(t.TempDir(), "position")
	args := func(since, until, rules string, more ...string) []string {
		return append([]string{"reclassify", "--since", since, "--until", until, "--file", rules, "--resume", file}, more...)
	}
	ctx, interrupt := context.WithCancel(context.Background())
	interrupt()
	run(ctx, args("2026-11-01", "2026-11-08", h.file), terminal{nil, &bytes.Buffer{}, &bytes.Buffer{}})
	kept, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		sentence string
		args     []string
		says     string
	}{
		{"another ruleset", args("2026-11-01", "2026-11-08", write(t, oldRules)), "another ruleset"},
		{"another beginning", args("2026-11-02", "2026-11-08", h.file), `another range, --since "2026-11-01"`},
		{"another end", args("2026-11-01", "2026-11-09", h.file), `--until "2026-11-08": give the same, or remove it`},
		{"another program", args("2026-11-01", "2026-11-08", h.file, "--program", "alerts"), `begun with --program ""`},
		{"a file of something else", append(args("2026-11-01", "2026-11-08", h.file), "--resume", h.file), "is not a position"},
	} {
		code, out, errs := heed(t, "", c.args...)
		if code != 2 || !strings.Contains(errs, c.says) || out != "" {
			t.Errorf("%s: exit %d, says %q %q, want %q", c.sentence, code, errs, out, c.says)
		}
	}
	if after, err := os.ReadFile(file); err != nil || !bytes.Equal(kept, after) {
		t.Errorf("the position changed: %v", err)
	}
	if rules, err := os.ReadFile(h.file); err != nil || string(rules) != newRules {
		t.Errorf("the ruleset changed: %v", err)
	}
	// The same moments in other words are the same range.
	if code, _, errs := heed(t, "", args("2026-11-01T00:00:00Z", "2026-11-08T01:00:00+01:00", h.file)...); code != 0 {
		t.Errorf("the same range: exit %d, %s", code, errs)
	}
}

// Each row: how the command is called, with which exit code it ends, and what it says.
func TestReclassifyTellsWhatIsWrong(t *testing.T) {
	server := dbtest.Server(t)
	bad := write(t, "version: 1\nprograms:\n  a:\n    identitys: []\n")
	for _, c := range []struct {
		sentence, database string
		args               []string
		code               int
		says               string
	}{
		{"no database", "", []string{"--since", "7d"}, 2, "set DATABASE_URL"},
		{"no beginning", "", nil, 2, "--since"},
		{"a beginning that is no time", "", []string{"--since", "yesterday"}, 2, `"yesterday" is not a time: write 2026-11-20T12:00:00Z`},
		{"a beginning to come", "", []string{"--since=-24h"}, 2, "is not a time"},
		{"an end that is no time", "", []string{"--since", "7d", "--until", "1dx"}, 2, "--until"},
		{"an end before the beginning", "", []string{"--since", "7d", "--until", "8d"}, 2, "--since has to be before --until"},
		{"a database without the schema", "empty", []string{"--since", "7d"}, 1, "run heed migrate"},
		{"without the schema, and a file", "empty", []string{"--since", "7d", "--file", "demo.yaml"}, 1, "run heed migrate"},
		{"a file with errors", "migrated", []string{"--since", "7d", "--file", bad}, 1, "heed.yaml:4"},
		{"no such file", "migrated", []string{"--since", "7d", "--file", "nowhere.yaml"}, 2, "nowhere.yaml"},
		{"no ruleset and no texts", "migrated", []string{"--since", "1d12h"}, 0, "no ruleset was ever applied"},
		{"a program that nobody knows", "migrated", []string{"--since", "7d", "--file", "demo.yaml", "--program", "acme"}, 0, "has no program acme"},
	} {
		url := ""
		switch c.database {
		case "empty":
			name := localdb.TempName()
			var err error
			if url, err = server.CreateDatabase(context.Background(), name, ""); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = server.DropDatabase(context.Background(), name) })
		case "migrated":
			url = dbtest.New(t)
		}
		t.Setenv("DATABASE_URL", url)
		code, out, errs := heed(t, "", append([]string{"reclassify"}, c.args...)...)
		if code != c.code || !strings.Contains(errs, c.says) {
			t.Errorf("%s: exit %d, want %d with %q\n%s%s", c.sentence, code, c.code, c.says, out, errs)
		}
	}
}

// Each row: what was, what would be, the direction, and what it does to the person.
func TestCompare(t *testing.T) {
	t.Parallel()
	of := func(name, verdict string) judged { return judged{Program: name, Verdict: verdict} }
	for _, c := range []struct {
		was, now  judged
		direction string
		bits      byte
		inWords   string
	}{
		{of("a", "none"), of("a", "none"), "", 0, ""},
		{of("a", "none"), of("b", "none"), "", 0, ""},
		{of("a", "help"), of("a", "keyword"), "help -> keyword", 0, "consent stays"},
		{of("a", "keyword"), of("a", "opt_out"), "none -> opt_out", optedOut, "would have been opted out"},
		{of("a", "opt_out"), of("a", "reaction"), "opt_out -> none", noLongerOptedOut, "would not have been opted out"},
		{of("a", "opt_out"), of("b", "opt_out"), "opt_out -> opt_out", optedOut | noLongerOptedOut, "would have been opted out for another program"},
		{of("a", "opt_out"), of("a", "unclear"), "opt_out -> unclear", noLongerOptedOut | held, "would have been held or asked, not opted out"},
		{of("a", "unclear"), of("a", "none"), "unclear -> none", 0, "would not have been held or asked"},
		{of("a", "opt_in"), of("a", "none"), "opt_in -> none", 0, "would not have been opted in"},
	} {
		direction, bits := compare(c.was, c.now)
		if direction != c.direction || bits != c.bits || direction != "" && inWords(direction) != c.inWords {
			t.Errorf("%v, %v: %q %b %q, want %q %b %q", c.was, c.now, direction, bits, inWords(direction), c.direction, c.bits, c.inWords)
		}
	}
}
