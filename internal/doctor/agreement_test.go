package doctor_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heedsms/heed/internal/doctor"
	"github.com/heedsms/heed/internal/plan"
	"github.com/heedsms/heed/internal/program"
)

// How the numbers are set up, against heed.yaml: what is told, as "code identity".
func TestAgreement(t *testing.T) {
	t.Parallel()
	const doc = `
version: 1
programs:
  a:
    brand: A
    optOutList: arn:aws:sms-voice:us-east-1:111122223333:opt-out-list/la
    identities: ["+12065550100", pool-1, "24680"]
    pools: {pool-1: ["+12065550101", "+12065550102"]}
  b:
    brand: B
    identities: ["+12065550110"]
    answers: aws
`
	rules, findings := program.Parse("heed.yaml", []byte(doc))
	if rules == nil {
		t.Fatal(findings)
	}
	good := plan.Inbound{OptOutList: "la", SelfManaged: true, TwoWay: true}
	managed := plan.Inbound{OptOutList: "Default", TwoWay: true}
	numbers := func(change ...func(n []plan.Identity)) []plan.Identity {
		all := []plan.Identity{
			{ID: "phone-0", Number: "+12065550100", Inbound: good},
			{ID: "phone-1", Number: "+12065550101", Pool: "pool-1", Inbound: managed}, // its pool counts
			{ID: "phone-2", Number: "+12065550102", Pool: "pool-1", Inbound: good},
			{ID: "phone-3", Number: "24680", Inbound: good},
			{ID: "phone-4", Number: "+12065550110", Inbound: managed},
			{ID: "phone-5", Number: "+12065550199", Inbound: managed}, // of somebody else
		}
		for i := range all {
			all[i].Kind = plan.Number
		}
		for _, c := range change {
			c(all)
		}
		return all
	}
	set := func(i int, in plan.Inbound) func([]plan.Identity) {
		return func(n []plan.Identity) { n[i].Inbound = in }
	}
	keywords := func(i int, words ...string) func([]plan.Identity) {
		return func(n []plan.Identity) {
			n[i].Keywords = map[string]plan.Keyword{"STOP": {Action: "OPT_OUT"}}
			for _, w := range words {
				n[i].Keywords[w] = plan.Keyword{Message: w}
			}
		}
	}
	joined := good
	joined.Keywords = map[string]plan.Keyword{"JOIN": {Message: "JOIN"}}
	for _, c := range []struct {
		sentence string
		numbers  []plan.Identity
		pool     plan.Inbound
		want     []string
	}{
		{"as heed.yaml says: nothing", numbers(), good, nil},
		{"another list", numbers(set(0, plan.Inbound{OptOutList: "Default", SelfManaged: true, TwoWay: true})), good, []string{"list_differs +12065550100"}},
		{"heed answers, and so does AWS", numbers(set(3, plan.Inbound{OptOutList: "la", TwoWay: true})), good, []string{"mode_differs 24680", "mixed_modes "}},
		{"nobody answers", numbers(set(4, plan.Inbound{OptOutList: "Default", SelfManaged: true, TwoWay: true})), good, []string{"mode_differs +12065550110"}},
		{"nobody hears", numbers(set(4, plan.Inbound{OptOutList: "Default"})), good, []string{"no_two_way +12065550110"}},
		{
			"the pool is AWS-managed, whatever its numbers are", numbers(),
			plan.Inbound{OptOutList: "la", TwoWay: true},
			[]string{"mode_differs pool-1", "mixed_modes "},
		},
		{"keywords on a number that sits in a pool", numbers(keywords(2, "JOIN")), good, []string{"keywords_on_pooled +12065550102"}},
		{"the same keywords on the number and its pool", numbers(keywords(2, "JOIN")), joined, nil},
		{"a number that the account does not have", numbers()[1:], good, []string{"not_in_account +12065550100"}},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			t.Parallel()
			pool := plan.Identity{Kind: plan.Pool, ID: "pool-1", Number: "pool-1", Inbound: c.pool}
			found := &plan.Found{Identities: append([]plan.Identity{pool}, c.numbers...)}
			var got []string
			for _, f := range doctor.Agreement(found, doctor.Setup{Rules: rules}) {
				got = append(got, f.Code+" "+f.About)
				if f.Text == "" || f.Program == "" {
					t.Errorf("%+v says too little", f)
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
