package delivery

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/heedsms/heed/internal/sms"
)

func draw(t *rapid.T) State {
	at := func(name string) time.Time {
		return time.Date(2026, 11, 20, 12, rapid.IntRange(0, 3).Draw(t, name), 0, 0, time.UTC)
	}
	word := func(name string) string { return rapid.SampledFrom([]string{"", "A", "b", "B!"}).Draw(t, name) }
	e := sms.Event{
		MessageID: "m", RequestedAt: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC), OccurredAt: at("at"),
		Type:      rapid.SampledFrom([]string{"TEXT_X", "TEXT_Y"}).Draw(t, "type"),
		AWSStatus: rapid.SampledFrom([]string{"QUEUED", "SUCCESSFUL", "DELIVERED", "READ", "UNKNOWN", "UNREACHABLE", "BLOCKED", "NEW"}).Draw(t, "status"),
		Final:     rapid.Bool().Draw(t, "final"), Description: word("description"), Country: word("country"), Carrier: word("carrier"),
		Contact: sms.Phone(word("contact")), Identity: sms.Identity(word("identity")),
		Parts: rapid.IntRange(0, 2).Draw(t, "parts"), Price: sms.Decimal(rapid.SampledFrom([]string{"", "0", "9.5", "10", "0.00581"}).Draw(t, "price")),
		Context: rapid.MapOf(rapid.SampledFrom([]string{"a", "b", "campaign", "tpl", "heed_outbox"}),
			rapid.SampledFrom([]string{"1", "1!", "é", "0b54a6f6-9d0c-4a34-9d0e-6a1c6f1f7a11", "ffffffff-9d0c-4a34-9d0e-6a1c6f1f7a11", "~"})).Draw(t, "context"),
	}
	e.Status, e.Rank = sms.Classify(e.AWSStatus, e.Type, e.Final)
	if len(e.Context) == 0 {
		e.Context = nil
	}
	return Of(&e, word("program"), ReportKeys{Template: "tpl"})
}

func join(states ...State) State {
	sum := states[0]
	for _, s := range states[1:] {
		sum.Join(s)
	}
	return sum
}

// The fold is a join: commutative, associative, idempotent. Everything that the tables promise about order rests on
// this.
func TestJoinLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		a, b, c := draw(rt), draw(rt), draw(rt)
		for law, pair := range map[string][2]State{
			"commutative": {join(a, b), join(b, a)},
			"associative": {join(join(a, b), c), join(a, join(b, c))},
			"idempotent":  {join(a, a), a},
			"absorbing":   {join(a, b, a, b), join(a, b)},
		} {
			if diff := cmp.Diff(pair[0], pair[1]); diff != "" {
				rt.Fatalf("not %s:\n%s", law, diff)
			}
		}
	})
}

// Each row: the Context of a send, and what reports count it by.
func TestLabels(t *testing.T) {
	t.Parallel()
	const id = "0b54a6f6-9d0c-4a34-9d0e-6a1c6f1f7a11"
	long := strings.Repeat("é", 400)
	for _, c := range []struct {
		sentence string
		keys     ReportKeys
		context  map[string]string
		want     State
	}{
		{"without a word of the operator the keys are the names of the columns", ReportKeys{}, map[string]string{"campaign": "spring", "tenant": "t", "template": "x"}, State{Campaign: "spring", Tenant: "t", Template: "x"}},
		{"the operator names one", ReportKeys{Campaign: "campaign_id"}, map[string]string{"campaign": "no", "campaign_id": "spring", "tenant": "t"}, State{Campaign: "spring", Tenant: "t"}},
		{"a send without them is of none", ReportKeys{}, map[string]string{"other": "x"}, State{}},
		{"a long value is cut between two characters", ReportKeys{}, map[string]string{"campaign": "x" + long}, State{Campaign: "x" + long[:254]}},
		{"the longest that stays whole", ReportKeys{}, map[string]string{"campaign": long[:256]}, State{Campaign: long[:256]}},
		{"a reply of heed", ReportKeys{}, map[string]string{"heed_outbox": id}, State{OutboxID: id}},
		{"somebody else's key of that name", ReportKeys{}, map[string]string{"heed_outbox": "77"}, State{}},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			t.Parallel()
			s := Of(&sms.Event{Context: c.context}, "", c.keys)
			got := State{Campaign: s.Campaign, Tenant: s.Tenant, Template: s.Template, OutboxID: s.OutboxID}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
