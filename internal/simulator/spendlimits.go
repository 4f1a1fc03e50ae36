package simulator

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
)

// newSpendLimits are those of an account that asked for far more than the 1 USD a month of a new one: what a load test
// sends is not to end at a budget that nobody set.
func newSpendLimits() map[types.SpendLimitName]types.SpendLimit {
	const most = 1_000_000 // USD a month
	limits := map[types.SpendLimitName]types.SpendLimit{}
	for _, name := range types.SpendLimitName("").Values() {
		limits[name] = types.SpendLimit{Name: name, EnforcedLimit: most, MaxLimit: most}
	}
	return limits
}

// SetMaxSpendLimit says how much the account may spend in a month on messages of a kind, in USD: what AWS's support
// changes. A limit of its own that is higher goes down with it.
func (s *Simulator) SetMaxSpendLimit(name types.SpendLimitName, most int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.begin()
	l := s.spend[name]
	l.MaxLimit = most
	if !l.Overridden || l.EnforcedLimit > most {
		l.EnforcedLimit = most
	}
	s.spend[name] = l
	s.record(now, "SetMaxSpendLimit", name, most)
}

// DescribeSpendLimits tells how much the account may spend in a month, and what it has set itself. What was spent the
// API does not tell (API_DescribeSpendLimits).
func (s *Simulator) DescribeSpendLimits(ctx context.Context, in *pinpointsmsvoicev2.DescribeSpendLimitsInput) (*pinpointsmsvoicev2.DescribeSpendLimitsOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.DescribeSpendLimitsOutput, error) {
		all := map[string]types.SpendLimit{}
		for name, l := range s.spend {
			all[string(name)] = l
		}
		limits, next, err := page(sorted(all), func(l types.SpendLimit) string { return string(l.Name) }, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		return &pinpointsmsvoicev2.DescribeSpendLimitsOutput{SpendLimits: limits, NextToken: next}, nil
	})
}

// overrideSpend sets a limit below the account's own; one above it is ValidationException
// REQUESTED_SPEND_LIMIT_HIGHER_THAN_SERVICE_LIMIT. The caller holds the lock.
func (s *Simulator) overrideSpend(name types.SpendLimitName, wanted int64) error {
	l := s.spend[name]
	if wanted > l.MaxLimit {
		return validation(types.ValidationExceptionReasonRequestedSpendLimitHigherThanServiceLimit, "MonthlyLimit",
			fmt.Sprintf("must be less than or equal to %d", l.MaxLimit))
	}
	l.EnforcedLimit, l.Overridden = wanted, true
	s.spend[name] = l
	return nil
}

// freeSpend lets the account's own limit count again, and returns it. The caller holds the lock.
func (s *Simulator) freeSpend(name types.SpendLimitName) *int64 {
	l := s.spend[name]
	l.EnforcedLimit, l.Overridden = l.MaxLimit, false
	s.spend[name] = l
	return &l.MaxLimit
}

// SetTextMessageSpendLimitOverride sets a limit below the account's own; one above it is a ValidationException
// (API_SetTextMessageSpendLimitOverride).
func (s *Simulator) SetTextMessageSpendLimitOverride(ctx context.Context, in *pinpointsmsvoicev2.SetTextMessageSpendLimitOverrideInput) (*pinpointsmsvoicev2.SetTextMessageSpendLimitOverrideOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.SetTextMessageSpendLimitOverrideOutput, error) {
		if err := s.overrideSpend(types.SpendLimitNameTextMessageMonthlySpendLimit, *in.MonthlyLimit); err != nil {
			return nil, err
		}
		return &pinpointsmsvoicev2.SetTextMessageSpendLimitOverrideOutput{MonthlyLimit: in.MonthlyLimit}, nil
	})
}

// DeleteTextMessageSpendLimitOverride lets the account's own limit count again
// (API_DeleteTextMessageSpendLimitOverride).
func (s *Simulator) DeleteTextMessageSpendLimitOverride(ctx context.Context, in *pinpointsmsvoicev2.DeleteTextMessageSpendLimitOverrideInput) (*pinpointsmsvoicev2.DeleteTextMessageSpendLimitOverrideOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.DeleteTextMessageSpendLimitOverrideOutput, error) {
		return &pinpointsmsvoicev2.DeleteTextMessageSpendLimitOverrideOutput{
			MonthlyLimit: s.freeSpend(types.SpendLimitNameTextMessageMonthlySpendLimit),
		}, nil
	})
}

// SetVoiceMessageSpendLimitOverride sets a limit below the account's own; one above it is a ValidationException
// (API_SetVoiceMessageSpendLimitOverride).
func (s *Simulator) SetVoiceMessageSpendLimitOverride(ctx context.Context, in *pinpointsmsvoicev2.SetVoiceMessageSpendLimitOverrideInput) (*pinpointsmsvoicev2.SetVoiceMessageSpendLimitOverrideOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.SetVoiceMessageSpendLimitOverrideOutput, error) {
		if err := s.overrideSpend(types.SpendLimitNameVoiceMessageMonthlySpendLimit, *in.MonthlyLimit); err != nil {
			return nil, err
		}
		return &pinpointsmsvoicev2.SetVoiceMessageSpendLimitOverrideOutput{MonthlyLimit: in.MonthlyLimit}, nil
	})
}

// DeleteVoiceMessageSpendLimitOverride lets the account's own limit count again
// (API_DeleteVoiceMessageSpendLimitOverride).
func (s *Simulator) DeleteVoiceMessageSpendLimitOverride(ctx context.Context, in *pinpointsmsvoicev2.DeleteVoiceMessageSpendLimitOverrideInput) (*pinpointsmsvoicev2.DeleteVoiceMessageSpendLimitOverrideOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.DeleteVoiceMessageSpendLimitOverrideOutput, error) {
		return &pinpointsmsvoicev2.DeleteVoiceMessageSpendLimitOverrideOutput{
			MonthlyLimit: s.freeSpend(types.SpendLimitNameVoiceMessageMonthlySpendLimit),
		}, nil
	})
}

// SetMediaMessageSpendLimitOverride sets a limit below the account's own; one above it is a ValidationException
// (API_SetMediaMessageSpendLimitOverride).
func (s *Simulator) SetMediaMessageSpendLimitOverride(ctx context.Context, in *pinpointsmsvoicev2.SetMediaMessageSpendLimitOverrideInput) (*pinpointsmsvoicev2.SetMediaMessageSpendLimitOverrideOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.SetMediaMessageSpendLimitOverrideOutput, error) {
		if err := s.overrideSpend(types.SpendLimitNameMediaMessageMonthlySpendLimit, *in.MonthlyLimit); err != nil {
			return nil, err
		}
		return &pinpointsmsvoicev2.SetMediaMessageSpendLimitOverrideOutput{MonthlyLimit: in.MonthlyLimit}, nil
	})
}

// DeleteMediaMessageSpendLimitOverride lets the account's own limit count again
// (API_DeleteMediaMessageSpendLimitOverride).
func (s *Simulator) DeleteMediaMessageSpendLimitOverride(ctx context.Context, in *pinpointsmsvoicev2.DeleteMediaMessageSpendLimitOverrideInput) (*pinpointsmsvoicev2.DeleteMediaMessageSpendLimitOverrideOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.DeleteMediaMessageSpendLimitOverrideOutput, error) {
		return &pinpointsmsvoicev2.DeleteMediaMessageSpendLimitOverrideOutput{
			MonthlyLimit: s.freeSpend(types.SpendLimitNameMediaMessageMonthlySpendLimit),
		}, nil
	})
}

// SetNotifyMessageSpendLimitOverride sets a limit below the account's own; one above it is a ValidationException
// (API_SetNotifyMessageSpendLimitOverride).
func (s *Simulator) SetNotifyMessageSpendLimitOverride(ctx context.Context, in *pinpointsmsvoicev2.SetNotifyMessageSpendLimitOverrideInput) (*pinpointsmsvoicev2.SetNotifyMessageSpendLimitOverrideOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.SetNotifyMessageSpendLimitOverrideOutput, error) {
		if err := s.overrideSpend(types.SpendLimitNameNotifyMessageMonthlySpendLimit, *in.MonthlyLimit); err != nil {
			return nil, err
		}
		return &pinpointsmsvoicev2.SetNotifyMessageSpendLimitOverrideOutput{MonthlyLimit: in.MonthlyLimit}, nil
	})
}

// DeleteNotifyMessageSpendLimitOverride lets the account's own limit count again
// (API_DeleteNotifyMessageSpendLimitOverride).
func (s *Simulator) DeleteNotifyMessageSpendLimitOverride(ctx context.Context, in *pinpointsmsvoicev2.DeleteNotifyMessageSpendLimitOverrideInput) (*pinpointsmsvoicev2.DeleteNotifyMessageSpendLimitOverrideOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.DeleteNotifyMessageSpendLimitOverrideOutput, error) {
		return &pinpointsmsvoicev2.DeleteNotifyMessageSpendLimitOverrideOutput{
			MonthlyLimit: s.freeSpend(types.SpendLimitNameNotifyMessageMonthlySpendLimit),
		}, nil
	})
}
