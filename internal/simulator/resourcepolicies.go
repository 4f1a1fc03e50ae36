package simulator

import (
	"context"
	"encoding/json"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
)

// resourcePolicy is the policy by which a resource is shared. The double keeps it and gives it back; it has one
// account, so nobody is let in by it.
type resourcePolicy struct {
	document string
	created  time.Time
}

// PutResourcePolicy attaches a policy to a pool, phone number, sender id or opt-out list, in place of the one before.
// A text that is no JSON object with a Statement, and a resource of another kind, are ValidationException
// (API_PutResourcePolicy, which names no reasons).
func (s *Simulator) PutResourcePolicy(ctx context.Context, in *pinpointsmsvoicev2.PutResourcePolicyInput) (*pinpointsmsvoicev2.PutResourcePolicyOutput, error) {
	return serve(ctx, s, in, func(now time.Time) (*pinpointsmsvoicev2.PutResourcePolicyOutput, error) {
		on, kind, err := s.attachedTo(*in.ResourceArn)
		if err != nil {
			return nil, err
		}
		switch kind {
		case types.ResourceTypePool, types.ResourceTypePhoneNumber, types.ResourceTypeSenderId, types.ResourceTypeOptOutList:
		default:
			return nil, invalid("ResourceArn", "must be that of a pool, phone number, sender ID or opt-out list")
		}
		var document struct{ Statement any }
		if err := json.Unmarshal([]byte(*in.Policy), &document); err != nil || document.Statement == nil {
			return nil, invalid("Policy", "must be a JSON policy with a Statement")
		}
		on.policy = &resourcePolicy{document: *in.Policy, created: now}
		return &pinpointsmsvoicev2.PutResourcePolicyOutput{
			ResourceArn: in.ResourceArn, Policy: in.Policy, CreatedTimestamp: &now,
		}, nil
	})
}

// GetResourcePolicy tells of the policy of a resource. A resource without one is ResourceNotFoundException
// (API_GetResourcePolicy).
func (s *Simulator) GetResourcePolicy(ctx context.Context, in *pinpointsmsvoicev2.GetResourcePolicyInput) (*pinpointsmsvoicev2.GetResourcePolicyOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.GetResourcePolicyOutput, error) {
		on, err := s.policyOf(*in.ResourceArn)
		if err != nil {
			return nil, err
		}
		return &pinpointsmsvoicev2.GetResourcePolicyOutput{
			ResourceArn: in.ResourceArn, Policy: aws.String(on.policy.document), CreatedTimestamp: aws.Time(on.policy.created),
		}, nil
	})
}

// DeleteResourcePolicy takes the policy of a resource away. A resource without one is ResourceNotFoundException
// (API_DeleteResourcePolicy).
func (s *Simulator) DeleteResourcePolicy(ctx context.Context, in *pinpointsmsvoicev2.DeleteResourcePolicyInput) (*pinpointsmsvoicev2.DeleteResourcePolicyOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.DeleteResourcePolicyOutput, error) {
		on, err := s.policyOf(*in.ResourceArn)
		if err != nil {
			return nil, err
		}
		before := *on.policy
		on.policy = nil
		return &pinpointsmsvoicev2.DeleteResourcePolicyOutput{
			ResourceArn: in.ResourceArn, Policy: &before.document, CreatedTimestamp: &before.created,
		}, nil
	})
}

// policyOf is what hangs on a resource that has a policy.
func (s *Simulator) policyOf(arn string) (*attached, error) {
	on, _, err := s.attachedTo(arn)
	if err == nil && on.policy == nil {
		err = notFound(types.ResourceTypePolicy, arn)
	}
	return on, err
}
