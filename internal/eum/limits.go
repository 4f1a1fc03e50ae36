package eum

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"

	"github.com/heedsms/heed/internal/vitals"
)

// Tier is AWS's word for what the account may do: SANDBOX or PRODUCTION; "" where AWS says nothing.
func (a *Account) Tier(ctx context.Context) (tier string, err error) {
	in := &pinpointsmsvoicev2.DescribeAccountAttributesInput{MaxResults: aws.Int32(mostResults)}
	err = pages(ctx, "account's attributes", func(ctx context.Context, token *string) (*string, error) {
		in.NextToken = token
		out, err := a.api.DescribeAccountAttributes(ctx, in, a.options)
		if err != nil {
			return nil, err
		}
		for _, at := range out.AccountAttributes {
			if at.Name == types.AccountAttributeNameAccountTier {
				tier = aws.ToString(at.Value)
			}
		}
		return out.NextToken, nil
	})
	return tier, err
}

// Limits are the account's quotas of numbers, pools, lists and their kin.
func (a *Account) Limits(ctx context.Context) (limits []vitals.Limit, err error) {
	in := &pinpointsmsvoicev2.DescribeAccountLimitsInput{MaxResults: aws.Int32(mostResults)}
	err = pages(ctx, "account's limits", func(ctx context.Context, token *string) (*string, error) {
		in.NextToken = token
		out, err := a.api.DescribeAccountLimits(ctx, in, a.options)
		if err != nil {
			return nil, err
		}
		for _, l := range out.AccountLimits {
			limits = append(limits, vitals.Limit{Name: string(l.Name), Used: l.Used, Max: l.Max})
		}
		return out.NextToken, nil
	})
	return limits, err
}

// Spends are what the account may spend in a month, by the kind of message. What it has spent the API does not tell.
func (a *Account) Spends(ctx context.Context) (spends []vitals.Spend, err error) {
	in := &pinpointsmsvoicev2.DescribeSpendLimitsInput{MaxResults: aws.Int32(mostResults)}
	err = pages(ctx, "account's spend limits", func(ctx context.Context, token *string) (*string, error) {
		in.NextToken = token
		out, err := a.api.DescribeSpendLimits(ctx, in, a.options)
		if err != nil {
			return nil, err
		}
		for _, l := range out.SpendLimits {
			spends = append(spends, vitals.Spend{Name: string(l.Name), Enforced: l.EnforcedLimit, Max: l.MaxLimit, Overridden: l.Overridden})
		}
		return out.NextToken, nil
	})
	return spends, err
}
