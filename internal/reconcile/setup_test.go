package reconcile_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heedsms/heed/internal/program"
	"github.com/heedsms/heed/internal/reconcile"
)

// How the numbers are set up, against heed.yaml: what is told, as "code identity".
func TestSetup(t *testing.T) {
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
	good := reconcile.Settings{List: "la", SelfManaged: true, TwoWay: true}
	managed := reconcile.Settings{List: "Default", TwoWay: true}
	numbers := func(change ...func(n []reconcile.Number)) []reconcile.Number {
		all := []reconcile.Number{
			{ID: "phone-0", Number: "+12065550100", Settings: good},
			{ID: "phone-1", Number: "+12065550101", Pool: "pool-1", Settings: managed}, // its pool counts
			{ID: "phone-2", Number: "+12065550102", Pool: "pool-1", Settings: good},
			{ID: "phone-3", Number: "24680", Settings: good},
			{ID: "phone-4", Number: "+12065550110", Settings: managed},
			{ID: "phone-5", Number: "+12065550199", Settings: managed}, // of somebody else
		}
		for _, c := range change {
			c(all)
		}
		return all
	}
	set := func(i int, s reconcile.Settings) func([]reconcile.Number) {
		return func(n []reconcile.Number) { n[i].Settings = s }
	}
	for _, c := range []struct {
		sentence string
		numbers  []reconcile.Number
		pool     reconcile.Settings
		keywords map[string][]string
		want     []string
	}{
		{"as heed.yaml says: nothing", numbers(), good, nil, nil},
		{"another list", numbers(set(0, reconcile.Settings{List: "Default", SelfManaged: true, TwoWay: true})), good, nil, []string{"list_differs +12065550100", "mixed_lists "}},
		{"heed answers, and so does AWS", numbers(set(3, reconcile.Settings{List: "la", TwoWay: true})), good, nil, []string{"mode_differs 24680", "mixed_modes "}},
		{"nobody answers", numbers(set(4, reconcile.Settings{List: "Default", SelfManaged: true, TwoWay: true})), good, nil, []string{"mode_differs +12065550110"}},
		{"nobody hears", numbers(set(4, reconcile.Settings{List: "Default"})), good, nil, []string{"no_two_way +12065550110"}},
		{
			"the pool is AWS-managed, whatever its numbers are", numbers(),
			reconcile.Settings{List: "la", TwoWay: true},
			nil,
			[]string{"mode_differs +12065550101", "mode_differs +12065550102", "mixed_modes "},
		},
		{"keywords on a number that sits in a pool", numbers(), good, map[string][]string{"phone-2": {"JOIN"}}, []string{"keywords_on_pooled +12065550102"}},
		{"a number that the account does not have", numbers()[1:], good, nil, []string{"not_in_account +12065550100"}},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, f := range reconcile.Setup(rules, c.numbers, map[string]reconcile.Settings{"pool-1": c.pool}, c.keywords) {
				got = append(got, f.Code+" "+f.Identity)
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
