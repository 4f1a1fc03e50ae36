package simulator_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/heedsms/heed/internal/simulator"
)

// budget is one of the account's spend limits with the operations that change it and the one that spends it.
type budget struct {
	kind   string
	name   types.SpendLimitName
	set    func(dollars int64) call
	forget call
	send   func(to string) call
	costs  int // hundred-thousandths of a USD that a send to the US costs
}

var budgets = []budget{
	{
		"TEXT", types.SpendLimitNameTextMessageMonthlySpendLimit, textLimit,
		invoke((*api.Client).DeleteTextMessageSpendLimitOverride, api.DeleteTextMessageSpendLimitOverrideInput{}),
		func(to string) call { return send(to) }, 881,
	},
	{
		"VOICE", types.SpendLimitNameVoiceMessageMonthlySpendLimit,
		func(dollars int64) call {
			return invoke((*api.Client).SetVoiceMessageSpendLimitOverride, api.SetVoiceMessageSpendLimitOverrideInput{MonthlyLimit: &dollars})
		},
		invoke((*api.Client).DeleteVoiceMessageSpendLimitOverride, api.DeleteVoiceMessageSpendLimitOverrideInput{}),
		func(to string) call { return ring(to) }, 1300,
	},
	{
		"MEDIA", types.SpendLimitNameMediaMessageMonthlySpendLimit,
		func(dollars int64) call {
			return invoke((*api.Client).SetMediaMessageSpendLimitOverride, api.SetMediaMessageSpendLimitOverrideInput{MonthlyLimit: &dollars})
		},
		invoke((*api.Client).DeleteMediaMessageSpendLimitOverride, api.DeleteMediaMessageSpendLimitOverrideInput{}),
		func(to string) call { return sendPhoto(to) }, 2216,
	},
	{
		"NOTIFY", types.SpendLimitNameNotifyMessageMonthlySpendLimit,
		func(dollars int64) call {
			return invoke((*api.Client).SetNotifyMessageSpendLimitOverride, api.SetNotifyMessageSpendLimitOverrideInput{MonthlyLimit: &dollars})
		},
		invoke((*api.Client).DeleteNotifyMessageSpendLimitOverride, api.DeleteNotifyMessageSpendLimitOverrideInput{}),
		func(to string) call { return notifyText(to) }, 881,
	},
}

// Each kind of message has a budget of its own for the calendar month. The send that crosses it goes out, the next does
// not, whatever was not sent costs nothing, and the first of the next month starts anew.
func TestBudgets(t *testing.T) {
	t.Parallel()
	for _, b := range budgets {
		t.Run(b.kind, func(t *testing.T) {
			t.Parallel()
			d := start(t, simulator.Options{})
			do(t, d, able, newNotify(), b.set(1))
			want := func(what, verdictWanted string, c call) {
				t.Helper()
				if got := verdict(c(t.Context(), d)); got != verdictWanted {
					t.Errorf("%s: %s, want %s", what, got, verdictWanted)
				}
			}
			reached := "quota MONTHLY_SPEND_LIMIT_REACHED_FOR_" + b.kind
			for i := range (100_000 + b.costs - 1) / b.costs {
				want("within the budget", "ok", b.send(fmt.Sprintf("+1425555%04d", 1000+i)))
			}
			want("beyond it", reached, b.send(person))
			for _, other := range budgets {
				if other.kind != b.kind {
					want("another kind, "+other.kind, "ok", other.send(person))
				}
			}
			d.Advance(10 * day) // from 20 November
			want("the same month", reached, b.send(person))
			do(t, d, b.forget)
			want("the account's own limit", "ok", b.send(person))
			do(t, d, b.set(1))
			want("the limit again", reached, b.send(person))
			d.Advance(12 * time.Hour)
			want("December", "ok", b.send(person))
			do(t, d, b.set(0))
			want("nothing at all", reached, b.send(person))
			want("more than the account's", "validation REQUESTED_SPEND_LIMIT_HIGHER_THAN_SERVICE_LIMIT MonthlyLimit", b.set(1_000_001))
			d.SetMaxSpendLimit(b.name, 5)
			do(t, d, b.forget)
			want("more than support allows", "validation REQUESTED_SPEND_LIMIT_HIGHER_THAN_SERVICE_LIMIT MonthlyLimit", b.set(6))
		})
	}
}

// A dry run is held against the budget and spends nothing of it.
func TestDryRunsSpendNothing(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	do(t, d, textLimit(1))
	dry := send(person, func(in *api.SendTextMessageInput) { in.DryRun = true })
	for range 200 {
		do(t, d, dry)
	}
	do(t, d, textLimit(0))
	if got := verdict(dry(t.Context(), d)); got != "quota MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT" {
		t.Error(got)
	}
	limits, err := d.client.DescribeSpendLimits(t.Context(), &api.DescribeSpendLimitsInput{MaxResults: aws.Int32(10)})
	must(t, err)
	if len(limits.SpendLimits) != len(budgets) {
		t.Errorf("%d limits", len(limits.SpendLimits))
	}
}
