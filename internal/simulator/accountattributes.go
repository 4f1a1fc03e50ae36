package simulator

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
)

// AccountTier is what an account may do: a new one is in the sandbox and texts verified numbers only (page sandbox).
type AccountTier string

// The tiers.
const (
	Production AccountTier = "PRODUCTION"
	Sandbox    AccountTier = "SANDBOX"
)

// SetAccountTier moves the account to another tier. It begins in production, or where [Options.Sandbox] says. In the
// sandbox texts go to verified destination numbers only.
func (s *Simulator) SetAccountTier(tier AccountTier) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.begin()
	s.tier = tier
	s.record(now, "SetAccountTier", tier)
}

// DescribeAccountAttributes tells of the account's tier and of its default protect configuration, if it has one (API_DescribeAccountAttributes).
func (s *Simulator) DescribeAccountAttributes(ctx context.Context, in *pinpointsmsvoicev2.DescribeAccountAttributesInput) (*pinpointsmsvoicev2.DescribeAccountAttributesOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.DescribeAccountAttributesOutput, error) {
		all := []types.AccountAttribute{{Name: types.AccountAttributeNameAccountTier, Value: aws.String(string(s.tier))}}
		if s.defaultProtect != "" {
			all = append(all, types.AccountAttribute{
				Name: types.AccountAttributeNameDefaultProtectConfigurationId, Value: aws.String(s.defaultProtect),
			})
		}
		all, next, err := page(all, func(a types.AccountAttribute) string { return string(a.Name) }, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		return &pinpointsmsvoicev2.DescribeAccountAttributesOutput{AccountAttributes: all, NextToken: next}, nil
	})
}
