package doctor_test

import (
	"strings"
	"testing"
	"time"

	"github.com/heedsms/heed/internal/doctor"
	"github.com/heedsms/heed/internal/plan"
	"github.com/heedsms/heed/internal/program"
	"github.com/heedsms/heed/internal/vitals"
)

// codes are those of findings, with spaces between them.
func codes(findings []doctor.Finding) string {
	var all []string
	for _, f := range findings {
		all = append(all, f.Code)
	}
	return strings.Join(all, " ")
}

// What no test can plant in a real database: each row changes one that is sound.
func TestDatabase(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		sentence string
		change   func(d *vitals.Database)
		want     string
	}{
		{"sound", func(*vitals.Database) {}, ""},
		{"the oldest server that will do", func(d *vitals.Database) { d.Version = 140000 }, ""},
		{"a server that is too old", func(d *vitals.Database) { d.Version = 130022 }, "postgres_old"},
		{"a clock a little off", func(d *vitals.Database) { d.Clock = now.Add(4 * time.Second) }, ""},
		{"a clock behind", func(d *vitals.Database) { d.Clock = now.Add(-6 * time.Second) }, "clock_skew"},
		{"a server on which no roles could be made", func(d *vitals.Database) { d.Absent = []string{"heed_worker", "heed_reader"} }, "role_absent role_absent"},
		{"several rights of one role", func(d *vitals.Database) {
			d.Lacking = []vitals.Grant{{Role: "heed_worker", Right: "INSERT", On: "heed.inbound"}, {Role: "heed_worker", Right: "USAGE", On: "SCHEMA heed"}}
		}, "rights_missing"},
		{"a relay that has never run, and what it left undone besides", func(d *vitals.Database) {
			d.Counted, d.Due, d.DueSince, d.Days["message"] = time.Time{}, 7, now.Add(-time.Hour), now
		}, "relay_stopped"},
		{"rows in a default partition because no days are made", func(d *vitals.Database) {
			d.Days["message"], d.Stray["message"] = now.AddDate(0, 0, -1), 5
		}, "partitions_missing"},
		{"what is due is not yet late", func(d *vitals.Database) { d.Due, d.DueSince = 7, now.Add(-time.Minute) }, ""},
		{"a schema that is behind, whatever is in it", func(d *vitals.Database) { d.Schema, d.Ruleset, d.Counted = 2, 0, time.Time{} }, "migrations_missing"},
	} {
		d := &vitals.Database{
			Host: "db", Version: 150018, User: "u", Clock: now, Asked: now, Schema: 3, Ruleset: 1, Counted: now.Add(-time.Minute),
			Days: map[string]time.Time{"message": now.AddDate(0, 0, 14)}, Stray: map[string]int64{"message": 0},
		}
		c.change(d)
		findings := doctor.Database(d, doctor.Wanted{Names: doctor.Names{File: "heed.yaml", Stack: "heed"}, Migrations: []int64{1, 2, 3}, Now: now})
		if got := codes(findings); got != c.want {
			t.Errorf("%s: %q, want %q", c.sentence, got, c.want)
		}
		for _, f := range findings {
			if f.Text == "" || f.Mend == "" {
				t.Errorf("%s: %+v says too little", c.sentence, f)
			}
		}
	}
}

// What AWS lets nobody set up, and may come to all the same.
func TestNumbers(t *testing.T) {
	t.Parallel()
	rules, findings := program.Parse("heed.yaml", []byte("version: 1\nprograms: {a: {brand: A, identities: [pool-1], pools: {pool-1: [\"+12065550100\", \"+12065550101\"]}}}\n"))
	if rules == nil {
		t.Fatal(findings)
	}
	in := plan.Inbound{TwoWay: true, SelfManaged: true, Protected: true, Keywords: map[string]plan.Keyword{
		"HELP": {Action: "AUTOMATIC_RESPONSE", Message: "A: Msg frequency varies. Msg & data rates may apply. Reply STOP to end."},
		"STOP": {Action: "AUTOMATIC_RESPONSE", Message: "A: You are opted out and will get no more messages. Reply START to return."},
	}}
	found := &plan.Found{Identities: []plan.Identity{
		{Kind: plan.Pool, ID: "pool-1", Number: "pool-1", Inbound: in},
		{Kind: plan.Number, ID: "phone-1", Number: "+12065550100", Pool: "pool-1", Status: "ACTIVE", Inbound: in},
		{Kind: plan.Number, ID: "phone-2", Number: "+12065550101", Pool: "pool-1", Status: "ACTIVE", Inbound: in},
	}}
	got := doctor.Numbers(found, doctor.Setup{Rules: rules})
	if codes(got) != "stop_action" || got[0].About != "pool-1" {
		t.Errorf("of a pool whose STOP opts nobody out it says %+v: once, and of the pool", got)
	}
	found.Identities[0].Status, found.Identities[0].SelfManaged = "CREATING", false
	if got := doctor.Numbers(found, doctor.Setup{Rules: rules}); !strings.HasPrefix(codes(got[:1]), "not_active") || got[0].About != "pool-1" || strings.Contains(codes(got), "mode_differs") {
		t.Errorf("of a pool that is not active yet it says %+v: that, and not what follows", got)
	}
}

// A right that is lacking on several resources is told once, with the others that are lacking there.
func TestRights(t *testing.T) {
	t.Parallel()
	var denials []vitals.Denial
	for _, on := range []string{"arn:a", "arn:b"} {
		for _, action := range []string{"sms-voice:X", "sms-voice:Y"} {
			denials = append(denials, vitals.Denial{Principal: "role", Action: action, Resource: on})
		}
	}
	denials = append(denials, vitals.Denial{Principal: "me", Action: "iam:PassRole", Resource: "arn:c"})
	got := doctor.Rights(denials, "me", doctor.Names{Stack: "heed"})
	if codes(got) != "function_denied operator_denied" || !strings.Contains(got[0].Text, "sms-voice:X, sms-voice:Y on arn:a, arn:b:") {
		t.Errorf("%+v", got)
	}
}
