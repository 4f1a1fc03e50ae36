package simulator

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
)

// SetAccountLimit gives the account another quota of a kind of resource, as DescribeAccountLimits tells it. It refuses
// nothing: what the double refuses it says at each operation.
func (s *Simulator) SetAccountLimit(name types.AccountLimitName, most int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.begin()
	s.quotas[name] = most
	s.record(now, "SetAccountLimit", name, most)
}

// newQuotas are the quotas of an account whose quotas nobody raised: 25 of each kind (page quotas).
func newQuotas() map[types.AccountLimitName]int64 {
	quotas := map[types.AccountLimitName]int64{}
	for _, name := range types.AccountLimitName("").Values() {
		quotas[name] = maxOptOutLists
	}
	return quotas
}

// DescribeAccountLimits tells how many of each kind of resource the account has, and may have
// (API_DescribeAccountLimits).
func (s *Simulator) DescribeAccountLimits(ctx context.Context, in *pinpointsmsvoicev2.DescribeAccountLimitsInput) (*pinpointsmsvoicev2.DescribeAccountLimitsOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.DescribeAccountLimitsOutput, error) {
		used := map[types.AccountLimitName]int{
			types.AccountLimitNamePhoneNumbers: len(s.numbers), types.AccountLimitNamePools: len(s.pools),
			types.AccountLimitNameConfigurationSets: len(s.sets), types.AccountLimitNameOptOutLists: len(s.lists),
			types.AccountLimitNameSenderIds: len(s.senderIDs),
		}
		all := map[string]types.AccountLimit{}
		for name, most := range s.quotas {
			all[string(name)] = types.AccountLimit{Name: name, Used: int64(used[name]), Max: most}
		}
		limits, next, err := page(sorted(all), func(l types.AccountLimit) string { return string(l.Name) }, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		return &pinpointsmsvoicev2.DescribeAccountLimitsOutput{AccountLimits: limits, NextToken: next}, nil
	})
}
