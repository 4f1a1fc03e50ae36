package simulator

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
)

// poolMember is an identity as a pool sees it.
type poolMember struct {
	kind         types.ResourceType
	id, arn      string
	country      string // empty for an RCS agent, which belongs to none
	number       string // E.164 or short code, of a phone number only
	capabilities []types.NumberCapability
	messageTypes []types.MessageType // what it can send; none means everything
	settings     *inboundSettings    // nil for a sender id, which nobody can text
	pool         *string             // where its pool is noted; nil for a sender id, which may be in several
	taken        func() error        // says in which other pool it is
}

// poolMember finds a phone number, RCS agent or sender id by its id or ARN. A sender id by its name needs a country. A
// country that is not the identity's is ValidationException COUNTRY_CODE_MISMATCH: the page says only that an identity
// has one.
func (s *Simulator) poolMember(ref string, country *string) (poolMember, error) {
	m, err := s.poolMemberIn(ref, country)
	if err == nil && country != nil && m.country != "" && m.country != *country {
		err = countryMismatch("IsoCountryCode")
	}
	return m, err
}

func (s *Simulator) poolMemberIn(ref string, country *string) (poolMember, error) {
	if n, err := s.phoneNumber(ref); err == nil {
		return n.member(), nil
	}
	if a, err := s.agent(ref); err == nil {
		return a.member(), nil
	}
	if i, err := lookup(s, s.senderIDs, types.ResourceTypeSenderId, ref); err == nil {
		return i.member(), nil
	}
	kind := kindOfIdentity(ref)
	if kind != types.ResourceTypeSenderId || strings.HasPrefix(ref, "arn:") {
		return poolMember{}, notFound(kind, ref)
	}
	if country == nil {
		return poolMember{}, missing("IsoCountryCode")
	}
	i, err := s.senderID(ref, *country)
	if err != nil {
		return poolMember{}, err
	}
	return i.member(), nil
}

// kindOfIdentity is what a reference would name, for the error that it names nothing.
func kindOfIdentity(ref string) types.ResourceType {
	switch {
	case strings.HasPrefix(ref, "rcs-"), strings.Contains(ref, ":rcs-agent/"):
		return types.ResourceTypeRcsAgent
	case strings.Contains(ref, ":sender-id/"), isSenderID(ref) && !strings.HasPrefix(ref, "phone-"):
		return types.ResourceTypeSenderId
	}
	return types.ResourceTypePhoneNumber
}

func (n *phoneNumber) member() poolMember {
	return poolMember{
		kind: types.ResourceTypePhoneNumber, id: n.id, arn: n.arn, country: n.country, number: string(n.number),
		capabilities: n.capabilities, messageTypes: []types.MessageType{n.messageType},
		settings: &n.inboundSettings, pool: &n.pool, taken: n.inPool,
	}
}

func (a *rcsAgent) member() poolMember {
	return poolMember{
		kind: types.ResourceTypeRcsAgent, id: a.id, arn: a.arn, capabilities: []types.NumberCapability{types.NumberCapabilityRcs},
		settings: &a.inboundSettings, pool: &a.pool, taken: a.inPool,
	}
}

func (i *senderID) member() poolMember {
	return poolMember{
		kind: types.ResourceTypeSenderId, id: i.name, arn: i.arn, country: i.country,
		capabilities: []types.NumberCapability{types.NumberCapabilitySms}, messageTypes: i.messageTypes,
	}
}

// conflict is a ConflictException about the member.
func (m poolMember) conflict(reason types.ConflictExceptionReason, message string) error {
	return conflict(reason, m.kind, m.id, message)
}

// fits says whether the member can be in a pool of this message type.
func (m poolMember) fits(t types.MessageType) bool {
	return len(m.messageTypes) == 0 || slices.Contains(m.messageTypes, t)
}

// membersOf are the members of a pool, sorted by ARN.
func (s *Simulator) membersOf(p *pool) []poolMember {
	var members []poolMember
	for _, arn := range slices.Sorted(slices.Values(p.members)) {
		m, err := s.poolMemberIn(arn, nil)
		if err == nil { // who is in a pool cannot be released
			members = append(members, m)
		}
	}
	return members
}

// AssociateOriginationIdentity puts a phone number, sender id or RCS agent into a pool. A number or agent that is in a
// pool, or whose message type, opt-out list, two-way, self-managed settings or keywords differ from the pool's, is
// ConflictException with the reason that says which. A sender id may be in several pools and has none of these but a
// message type (API_AssociateOriginationIdentity).
func (s *Simulator) AssociateOriginationIdentity(ctx context.Context, in *pinpointsmsvoicev2.AssociateOriginationIdentityInput) (*pinpointsmsvoicev2.AssociateOriginationIdentityOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.AssociateOriginationIdentityOutput, error) {
		m, err := s.poolMember(*in.OriginationIdentity, in.IsoCountryCode)
		if err != nil {
			return nil, err
		}
		p, err := s.join(*in.PoolId, m)
		if err != nil {
			return nil, err
		}
		return &pinpointsmsvoicev2.AssociateOriginationIdentityOutput{
			PoolArn: &p.arn, PoolId: &p.id, OriginationIdentity: &m.id, OriginationIdentityArn: &m.arn,
			IsoCountryCode: optional(m.country),
		}, nil
	})
}

// join puts an identity into a pool, if it may.
func (s *Simulator) join(ref string, m poolMember) (*pool, error) {
	p, err := s.pool(ref)
	if err != nil {
		return nil, err
	}
	if slices.Contains(p.members, m.arn) {
		return nil, m.conflict(types.ConflictExceptionReasonResourceAlreadyAssociated,
			"The origination identity is associated with this pool already")
	}
	if m.pool != nil && *m.pool != "" {
		return nil, m.taken()
	}
	var reason types.ConflictExceptionReason
	differs := false
	if m.settings != nil {
		reason, differs = m.settings.mismatch(p.inboundSettings)
	}
	if !m.fits(p.messageType) {
		reason, differs = types.ConflictExceptionReasonMessageTypeMismatch, true
	}
	if differs {
		return nil, m.conflict(reason, "The configuration of the origination identity does not match that of the pool")
	}
	p.add(m)
	return p, nil
}

func (p *pool) add(m poolMember) {
	p.members = append(p.members, m.arn)
	if m.pool != nil {
		*m.pool = p.id
	}
}

// DisassociateOriginationIdentity takes an identity out of a pool. ConflictException
// PHONE_NUMBER_NOT_ASSOCIATED_TO_POOL if it is not in it, LAST_PHONE_NUMBER if it is the only one: there are no other
// reasons for sender ids and RCS agents (API_DisassociateOriginationIdentity).
func (s *Simulator) DisassociateOriginationIdentity(ctx context.Context, in *pinpointsmsvoicev2.DisassociateOriginationIdentityInput) (*pinpointsmsvoicev2.DisassociateOriginationIdentityOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.DisassociateOriginationIdentityOutput, error) {
		p, err := s.pool(*in.PoolId)
		if err != nil {
			return nil, err
		}
		m, err := s.poolMember(*in.OriginationIdentity, in.IsoCountryCode)
		switch {
		case err != nil:
			return nil, err
		case !slices.Contains(p.members, m.arn):
			return nil, m.conflict(types.ConflictExceptionReasonPhoneNumberNotAssociatedToPool,
				"The origination identity is not associated with the pool")
		case len(p.members) == 1:
			return nil, m.conflict(types.ConflictExceptionReasonLastPhoneNumber,
				"The origination identity is the last one of the pool")
		}
		if m.pool != nil {
			*m.pool = ""
		}
		p.members = slices.DeleteFunc(p.members, func(arn string) bool { return arn == m.arn })
		return &pinpointsmsvoicev2.DisassociateOriginationIdentityOutput{
			PoolArn: &p.arn, PoolId: &p.id, OriginationIdentity: &m.id, OriginationIdentityArn: &m.arn,
			IsoCountryCode: optional(m.country),
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
		members := slices.DeleteFunc(s.membersOf(p), func(m poolMember) bool { return !passes(in.Filters, m.filterValues) })
		members, next, err := page(members, func(m poolMember) string { return m.arn }, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		out := &pinpointsmsvoicev2.ListPoolOriginationIdentitiesOutput{
			PoolArn: &p.arn, PoolId: &p.id, NextToken: next, OriginationIdentities: []types.OriginationIdentityMetadata{},
		}
		for _, m := range members {
			out.OriginationIdentities = append(out.OriginationIdentities, types.OriginationIdentityMetadata{
				OriginationIdentity: aws.String(m.id), OriginationIdentityArn: aws.String(m.arn),
				IsoCountryCode: optional(m.country), NumberCapabilities: slices.Clone(m.capabilities),
				PhoneNumber: optional(m.number),
			})
		}
		return out, nil
	})
}

func (m poolMember) filterValues(name string) []string {
	switch types.PoolOriginationIdentitiesFilterName(name) {
	case types.PoolOriginationIdentitiesFilterNameIsoCountryCode:
		return []string{m.country}
	case types.PoolOriginationIdentitiesFilterNameNumberCapability:
		return texts(m.capabilities)
	}
	return nil
}
