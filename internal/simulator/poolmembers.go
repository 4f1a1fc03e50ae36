package simulator

import (
	"context"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
)

// AssociateOriginationIdentity puts a phone number into a pool. A number that is in a pool, or whose message type,
// opt-out list, two-way, self-managed settings or keywords differ from the pool's, is ConflictException with the
// reason that says which (API_AssociateOriginationIdentity).
func (s *Simulator) AssociateOriginationIdentity(ctx context.Context, in *pinpointsmsvoicev2.AssociateOriginationIdentityInput) (*pinpointsmsvoicev2.AssociateOriginationIdentityOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.AssociateOriginationIdentityOutput, error) {
		n, err := lookup(s, s.numbers, types.ResourceTypePhoneNumber, *in.OriginationIdentity)
		if err != nil {
			return nil, err
		}
		if err := s.join(*in.PoolId, n); err != nil {
			return nil, err
		}
		p := s.pools[n.pool]
		return &pinpointsmsvoicev2.AssociateOriginationIdentityOutput{
			PoolArn: &p.arn, PoolId: &p.id, OriginationIdentity: &n.id, OriginationIdentityArn: &n.arn,
			IsoCountryCode: aws.String(n.country),
		}, nil
	})
}

// join puts a number into a pool, if it may.
func (s *Simulator) join(ref string, n *phoneNumber) error {
	p, err := s.pool(ref)
	if err != nil {
		return err
	}
	if n.pool == p.id {
		return conflict(types.ConflictExceptionReasonResourceAlreadyAssociated, types.ResourceTypePhoneNumber, n.id,
			"The phone number is associated with this pool already")
	}
	if n.pool != "" {
		return n.inPool()
	}
	reason, differs := n.mismatch(p.inboundSettings)
	if n.messageType != p.messageType {
		reason, differs = types.ConflictExceptionReasonMessageTypeMismatch, true
	}
	if differs {
		return conflict(reason, types.ResourceTypePhoneNumber, n.id,
			"The configuration of the phone number does not match that of the pool")
	}
	n.pool = p.id
	p.members = append(p.members, n.id)
	return nil
}

// DisassociateOriginationIdentity takes a phone number out of a pool. ConflictException
// PHONE_NUMBER_NOT_ASSOCIATED_TO_POOL if it is not in it, LAST_PHONE_NUMBER if it is the only one
// (API_DisassociateOriginationIdentity).
func (s *Simulator) DisassociateOriginationIdentity(ctx context.Context, in *pinpointsmsvoicev2.DisassociateOriginationIdentityInput) (*pinpointsmsvoicev2.DisassociateOriginationIdentityOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.DisassociateOriginationIdentityOutput, error) {
		p, err := s.pool(*in.PoolId)
		if err != nil {
			return nil, err
		}
		n, err := lookup(s, s.numbers, types.ResourceTypePhoneNumber, *in.OriginationIdentity)
		switch {
		case err != nil:
			return nil, err
		case n.pool != p.id:
			return nil, conflict(types.ConflictExceptionReasonPhoneNumberNotAssociatedToPool, types.ResourceTypePhoneNumber,
				n.id, "The phone number is not associated with the pool")
		case len(p.members) == 1:
			return nil, conflict(types.ConflictExceptionReasonLastPhoneNumber, types.ResourceTypePhoneNumber, n.id,
				"The phone number is the last one of the pool")
		}
		n.pool = ""
		p.members = slices.DeleteFunc(p.members, func(id string) bool { return id == n.id })
		return &pinpointsmsvoicev2.DisassociateOriginationIdentityOutput{
			PoolArn: &p.arn, PoolId: &p.id, OriginationIdentity: &n.id, OriginationIdentityArn: &n.arn,
			IsoCountryCode: aws.String(n.country),
		}, nil
	})
}

// ListPoolOriginationIdentities tells of the members of a pool (API_ListPoolOriginationIdentities).
func (s *Simulator) ListPoolOriginationIdentities(ctx context.Context, in *pinpointsmsvoicev2.ListPoolOriginationIdentitiesInput) (*pinpointsmsvoicev2.ListPoolOriginationIdentitiesOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.ListPoolOriginationIdentitiesOutput, error) {
		p, err := s.pool(*in.PoolId)
		if err != nil {
			return nil, err
		}
		var members []*phoneNumber
		for _, id := range slices.Sorted(slices.Values(p.members)) {
			if n := s.numbers[id]; passes(in.Filters, n.filterValues) {
				members = append(members, n)
			}
		}
		members, next, err := page(members, func(n *phoneNumber) string { return n.id }, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		out := &pinpointsmsvoicev2.ListPoolOriginationIdentitiesOutput{
			PoolArn: &p.arn, PoolId: &p.id, NextToken: next, OriginationIdentities: []types.OriginationIdentityMetadata{},
		}
		for _, n := range members {
			out.OriginationIdentities = append(out.OriginationIdentities, types.OriginationIdentityMetadata{
				OriginationIdentity: aws.String(n.id), OriginationIdentityArn: aws.String(n.arn),
				IsoCountryCode: aws.String(n.country), NumberCapabilities: slices.Clone(n.capabilities),
				PhoneNumber: aws.String(string(n.number)),
			})
		}
		return out, nil
	})
}
