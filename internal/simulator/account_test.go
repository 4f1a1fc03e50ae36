package simulator_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"

	"github.com/heedsms/heed/internal/simulator"
)

func textLimit(dollars int64) call {
	return func(ctx context.Context, d double) error {
		_, err := d.client.SetTextMessageSpendLimitOverride(ctx, &api.SetTextMessageSpendLimitOverrideInput{MonthlyLimit: &dollars})
		return err
	}
}

func TestSpendLimitRules(t *testing.T) {
	t.Parallel()
	testRules(t, []rule{
		{"up to what the account may spend", nil, textLimit(1_000_000), "ok"},
		{"nothing at all", nil, textLimit(0), "ok"},
		{"more than the account may spend", nil, textLimit(1_000_001), "validation REQUESTED_SPEND_LIMIT_HIGHER_THAN_SERVICE_LIMIT MonthlyLimit"},
		{"less than nothing", nil, textLimit(-1), "validation INVALID_PARAMETER MonthlyLimit"},
	})
}

// A limit of one's own is told beside the account's, goes down with it, and is gone once it is taken away.
func TestSpendLimits(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	want := func(enforced, most int64, overridden bool) {
		t.Helper()
		out, err := d.client.DescribeSpendLimits(t.Context(), &api.DescribeSpendLimitsInput{})
		must(t, err)
		for _, l := range out.SpendLimits {
			if l.Name == types.SpendLimitNameTextMessageMonthlySpendLimit {
				if l.EnforcedLimit != enforced || l.MaxLimit != most || l.Overridden != overridden {
					t.Errorf("%+v, want %d of %d, its own %t", l, enforced, most, overridden)
				}
				return
			}
		}
		t.Errorf("no limit for texts in %+v", out.SpendLimits)
	}
	want(1_000_000, 1_000_000, false)
	do(t, d, textLimit(50))
	want(50, 1_000_000, true)
	d.SetMaxSpendLimit(types.SpendLimitNameTextMessageMonthlySpendLimit, 20)
	want(20, 20, true)
	_, err := d.client.DeleteTextMessageSpendLimitOverride(t.Context(), &api.DeleteTextMessageSpendLimitOverrideInput{})
	must(t, err)
	want(20, 20, false)
}

// What the account has is counted against what it may have, in pages, and its tier is what it was set to.
func TestAccountLimits(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	d.SetAccountLimit(types.AccountLimitNameOptOutLists, 3)
	do(t, d, newList("other"))
	found := map[types.AccountLimitName]types.AccountLimit{}
	pages := api.NewDescribeAccountLimitsPaginator(d.client, &api.DescribeAccountLimitsInput{MaxResults: aws.Int32(3)})
	for pages.HasMorePages() {
		out, err := pages.NextPage(t.Context())
		must(t, err)
		for _, l := range out.AccountLimits {
			found[l.Name] = l
		}
	}
	lists, numbers := found[types.AccountLimitNameOptOutLists], found[types.AccountLimitNamePhoneNumbers]
	if len(found) != len(types.AccountLimitName("").Values()) || lists.Used != 2 || lists.Max != 3 || numbers.Used != 1 || numbers.Max != 25 {
		t.Errorf("%+v", found)
	}
	for _, tier := range []simulator.AccountTier{simulator.Production, simulator.Sandbox} {
		d.SetAccountTier(tier)
		out, err := d.client.DescribeAccountAttributes(t.Context(), &api.DescribeAccountAttributesInput{})
		must(t, err)
		if len(out.AccountAttributes) != 1 || *out.AccountAttributes[0].Value != string(tier) {
			t.Errorf("%+v, want %s", out.AccountAttributes, tier)
		}
	}
}

// What DescribeAccountLimits tells is what the operations refuse by; what a test arranges is not bound by it.
func TestAccountLimitsRefuse(t *testing.T) {
	t.Parallel()
	request := invoke((*api.Client).RequestPhoneNumber, api.RequestPhoneNumberInput{
		IsoCountryCode: aws.String("US"), MessageType: types.MessageTypeTransactional, NumberType: types.RequestableNumberTypeTenDlc,
		NumberCapabilities: []types.NumberCapability{types.NumberCapabilitySms},
	})
	few := func(name types.AccountLimitName, most int64) call {
		return func(_ context.Context, d double) error { d.SetAccountLimit(name, most); return nil }
	}
	testRules(t, []rule{
		{"2nd of 1 number", []call{few(types.AccountLimitNamePhoneNumbers, 1)}, request, "quota PHONE_NUMBERS_PER_ACCOUNT"},
		{"2nd of 2 numbers", []call{few(types.AccountLimitNamePhoneNumbers, 2)}, request, "ok"},
		{"no sets", []call{few(types.AccountLimitNameConfigurationSets, 0)}, newSet("a"), "quota CONFIGURATION_SETS_PER_ACCOUNT"},
		{"26th set", repeat(25, func(i int) call { return newSet(fmt.Sprint("set-", i)) }), newSet("a"), "quota CONFIGURATION_SETS_PER_ACCOUNT"},
		{"no pools", []call{few(types.AccountLimitNamePools, 0)}, pooled, "quota POOLS_PER_ACCOUNT"},
		{"no sender ids", []call{few(types.AccountLimitNameSenderIds, 0)}, newSenderID("ACME", "GB"), "quota SENDER_IDS_PER_ACCOUNT"},
		{"arranged", []call{few(types.AccountLimitNamePhoneNumbers, 0), able}, send(person), "ok"},
	})
}
