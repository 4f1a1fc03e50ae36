package simulator

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
)

// quotaReasons are the reasons for which a creation is refused, by the quota that is reached.
var quotaReasons = map[types.AccountLimitName]types.ServiceQuotaExceededExceptionReason{
	types.AccountLimitNamePhoneNumbers:               types.ServiceQuotaExceededExceptionReasonPhoneNumbersPerAccount,
	types.AccountLimitNamePools:                      types.ServiceQuotaExceededExceptionReasonPoolsPerAccount,
	types.AccountLimitNameConfigurationSets:          types.ServiceQuotaExceededExceptionReasonConfigurationSetsPerAccount,
	types.AccountLimitNameOptOutLists:                types.ServiceQuotaExceededExceptionReasonOptOutListsPerAccount,
	types.AccountLimitNameSenderIds:                  types.ServiceQuotaExceededExceptionReasonSenderIdsPerAccount,
	types.AccountLimitNameRegistrations:              types.ServiceQuotaExceededExceptionReasonRegistrationsPerAccount,
	types.AccountLimitNameRegistrationAttachments:    types.ServiceQuotaExceededExceptionReasonRegistrationAttachmentsPerAccount,
	types.AccountLimitNameVerifiedDestinationNumbers: types.ServiceQuotaExceededExceptionReasonVerifiedDestinationNumbersPerAccount,
}

// newQuotas are the quotas of an account whose quotas nobody raised (page quotas; API_CreateVerifiedDestinationNumber
// for the numbers of the sandbox). No page has those of registrations and attachments: they are the double's choice.
func newQuotas() map[types.AccountLimitName]int64 {
	quotas := map[types.AccountLimitName]int64{}
	for _, name := range types.AccountLimitName("").Values() {
		quotas[name] = 25
	}
	quotas[types.AccountLimitNameVerifiedDestinationNumbers] = 10
	quotas[types.AccountLimitNameRegistrations] = 100
	quotas[types.AccountLimitNameRegistrationAttachments] = 100
	return quotas
}

// SetAccountLimit gives the account another quota of a kind of resource: what DescribeAccountLimits tells, and the
// operations refuse by. What the methods of the double add, such as [Simulator.AddNumber], it does not bind.
func (s *Simulator) SetAccountLimit(name types.AccountLimitName, most int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.begin()
	s.quotas[name] = most
	s.record(now, "SetAccountLimit", name, most)
}

// checkQuota refuses one more of a kind of resource than the account may have, with ServiceQuotaExceededException. The
// caller holds the lock.
func (s *Simulator) checkQuota(name types.AccountLimitName) error {
	if int64(s.used(name)) >= s.quotas[name] {
		return quotaExceeded(quotaReasons[name])
	}
	return nil
}

// used is how many of a kind of resource the account has. The opt-out list Default is one.
func (s *Simulator) used(name types.AccountLimitName) int {
	switch name {
	case types.AccountLimitNamePhoneNumbers:
		return len(s.numbers)
	case types.AccountLimitNamePools:
		return len(s.pools)
	case types.AccountLimitNameConfigurationSets:
		return len(s.sets)
	case types.AccountLimitNameOptOutLists:
		return len(s.lists)
	case types.AccountLimitNameSenderIds:
		return len(s.senderIDs)
	case types.AccountLimitNameRegistrations:
		return len(s.registrations)
	case types.AccountLimitNameRegistrationAttachments:
		return len(s.attachments)
	case types.AccountLimitNameVerifiedDestinationNumbers:
		return len(s.verified)
	}
	return 0
}

// DescribeAccountLimits tells how many of each kind of resource the account has, and may have
// (API_DescribeAccountLimits).
func (s *Simulator) DescribeAccountLimits(ctx context.Context, in *pinpointsmsvoicev2.DescribeAccountLimitsInput) (*pinpointsmsvoicev2.DescribeAccountLimitsOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.DescribeAccountLimitsOutput, error) {
		all := map[string]types.AccountLimit{}
		for name, most := range s.quotas {
			all[string(name)] = types.AccountLimit{Name: name, Used: int64(s.used(name)), Max: most}
		}
		limits, next, err := page(sorted(all), func(l types.AccountLimit) string { return string(l.Name) }, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		return &pinpointsmsvoicev2.DescribeAccountLimitsOutput{AccountLimits: limits, NextToken: next}, nil
	})
}
