package simulator

import (
	"context"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
)

// pool is a set of identities that send and receive as one. Its settings win over those of its members.
type pool struct {
	inboundSettings

	id, arn      string
	messageType  types.MessageType
	sharedRoutes bool
	protected    bool
	members      []string // ARNs, in the order in which they joined
	created      time.Time
}

// CreatePool makes a pool with one phone number, RCS agent or sender id in it and copies that identity's keywords,
// opt-out list, two-way and self-managed settings; deletion protection is not copied. A sender id has none of them: its
// pool is as a new number is. A number or agent that is in a pool already is ConflictException
// PHONE_NUMBER_ASSOCIATED_TO_POOL or RCS_AGENT_ASSOCIATED_TO_POOL, a message type other than the identity's
// MESSAGE_TYPE_MISMATCH (API_CreatePool).
func (s *Simulator) CreatePool(ctx context.Context, in *pinpointsmsvoicev2.CreatePoolInput) (*pinpointsmsvoicev2.CreatePoolOutput, error) {
	return serve(ctx, s, in, func(now time.Time) (*pinpointsmsvoicev2.CreatePoolOutput, error) {
		m, err := s.poolMember(*in.OriginationIdentity, in.IsoCountryCode)
		switch {
		case err != nil:
			return nil, err
		case m.pool != nil && *m.pool != "":
			return nil, m.taken()
		case !m.fits(in.MessageType):
			return nil, m.conflict(types.ConflictExceptionReasonMessageTypeMismatch,
				"The message type of the pool differs from that of the origination identity")
		}
		if err := s.checkQuota(types.AccountLimitNamePools); err != nil {
			return nil, err
		}
		settings := newInboundSettings(defaultOptOutList)
		if m.settings != nil {
			settings = m.settings.copied()
		}
		id := s.newID("pool")
		p := &pool{
			inboundSettings: settings, id: id, arn: s.arn(types.ResourceTypePool, id), messageType: in.MessageType,
			protected: aws.ToBool(in.DeletionProtectionEnabled), created: now,
		}
		p.add(m)
		s.pools[p.id] = p
		i := p.information()
		return &pinpointsmsvoicev2.CreatePoolOutput{
			PoolArn: i.PoolArn, PoolId: i.PoolId, Status: i.Status, MessageType: i.MessageType,
			TwoWayEnabled: i.TwoWayEnabled, TwoWayChannelArn: i.TwoWayChannelArn, TwoWayChannelRole: i.TwoWayChannelRole,
			SelfManagedOptOutsEnabled: i.SelfManagedOptOutsEnabled, OptOutListName: i.OptOutListName,
			SharedRoutesEnabled: i.SharedRoutesEnabled, DeletionProtectionEnabled: i.DeletionProtectionEnabled,
			Tags: in.Tags, CreatedTimestamp: i.CreatedTimestamp,
		}, nil
	})
}

// DescribePools tells of the pools with these ids or ARNs, or of all. One that does not exist is
// ResourceNotFoundException; Owner and ids together are a ValidationException (API_DescribePools).
func (s *Simulator) DescribePools(ctx context.Context, in *pinpointsmsvoicev2.DescribePoolsInput) (*pinpointsmsvoicev2.DescribePoolsOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.DescribePoolsOutput, error) {
		if err := ownerAlone(in.Owner, "PoolIds", len(in.PoolIds)); err != nil {
			return nil, err
		}
		pools, next, err := describe(listing[*pool]{
			all: s.pools, wanted: in.PoolIds, find: s.pool,
			key:  func(x *pool) string { return x.id },
			keep: func(x *pool) bool { return in.Owner != types.OwnerShared && passes(in.Filters, x.filterValues) },
		}, (*pool).information, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		return &pinpointsmsvoicev2.DescribePoolsOutput{Pools: pools, NextToken: next}, nil
	})
}

// UpdatePool changes the settings of a pool, under the rules of UpdatePhoneNumber (API_UpdatePool).
func (s *Simulator) UpdatePool(ctx context.Context, in *pinpointsmsvoicev2.UpdatePoolInput) (*pinpointsmsvoicev2.UpdatePoolOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.UpdatePoolOutput, error) {
		p, err := s.pool(*in.PoolId)
		if err != nil {
			return nil, err
		}
		settings, err := s.changed(p.inboundSettings, inboundChange{
			twoWay: in.TwoWayEnabled, selfManaged: in.SelfManagedOptOutsEnabled,
			channelARN: in.TwoWayChannelArn, channelRole: in.TwoWayChannelRole, optOutList: in.OptOutListName,
		})
		if err != nil {
			return nil, err
		}
		p.inboundSettings = settings
		if in.SharedRoutesEnabled != nil {
			p.sharedRoutes = *in.SharedRoutesEnabled
		}
		if in.DeletionProtectionEnabled != nil {
			p.protected = *in.DeletionProtectionEnabled
		}
		i := p.information()
		return &pinpointsmsvoicev2.UpdatePoolOutput{
			PoolArn: i.PoolArn, PoolId: i.PoolId, Status: i.Status, MessageType: i.MessageType,
			TwoWayEnabled: i.TwoWayEnabled, TwoWayChannelArn: i.TwoWayChannelArn, TwoWayChannelRole: i.TwoWayChannelRole,
			SelfManagedOptOutsEnabled: i.SelfManagedOptOutsEnabled, OptOutListName: i.OptOutListName,
			SharedRoutesEnabled: i.SharedRoutesEnabled, DeletionProtectionEnabled: i.DeletionProtectionEnabled,
			CreatedTimestamp: i.CreatedTimestamp,
		}, nil
	})
}

// DeletePool drops a pool and frees its members. Deletion protection is ConflictException
// DELETION_PROTECTION_ENABLED, a notify configuration that sends from it POOL_ASSOCIATED_TO_NOTIFY_CONFIGURATION
// (API_DeletePool; the latter by the name of the reason).
func (s *Simulator) DeletePool(ctx context.Context, in *pinpointsmsvoicev2.DeletePoolInput) (*pinpointsmsvoicev2.DeletePoolOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.DeletePoolOutput, error) {
		p, err := s.pool(*in.PoolId)
		if err != nil {
			return nil, err
		}
		if p.protected {
			return nil, conflict(types.ConflictExceptionReasonDeletionProtectionEnabled, types.ResourceTypePool, p.id,
				"Deletion protection is enabled")
		}
		if s.notifyUses(p) {
			return nil, conflict(types.ConflictExceptionReasonPoolAssociatedToNotifyConfiguration, types.ResourceTypePool, p.id,
				"The pool is associated with a notify configuration")
		}
		for _, m := range s.membersOf(p) {
			if m.pool != nil {
				*m.pool = ""
			}
		}
		delete(s.pools, p.id)
		i := p.information()
		return &pinpointsmsvoicev2.DeletePoolOutput{
			PoolArn: i.PoolArn, PoolId: i.PoolId, Status: types.PoolStatusDeleting, MessageType: i.MessageType,
			TwoWayEnabled: i.TwoWayEnabled, TwoWayChannelArn: i.TwoWayChannelArn, TwoWayChannelRole: i.TwoWayChannelRole,
			SelfManagedOptOutsEnabled: i.SelfManagedOptOutsEnabled, OptOutListName: i.OptOutListName,
			SharedRoutesEnabled: i.SharedRoutesEnabled, CreatedTimestamp: i.CreatedTimestamp,
		}, nil
	})
}

// pool finds a pool by its id or ARN.
func (s *Simulator) pool(ref string) (*pool, error) {
	return lookup(s, s.pools, types.ResourceTypePool, ref)
}

func (p *pool) information() types.PoolInformation {
	return types.PoolInformation{
		PoolArn: aws.String(p.arn), PoolId: aws.String(p.id), Status: types.PoolStatusActive, MessageType: p.messageType,
		TwoWayEnabled: p.twoWay, TwoWayChannelArn: p.channelARN, TwoWayChannelRole: p.channelRole,
		SelfManagedOptOutsEnabled: p.selfManaged, OptOutListName: aws.String(p.optOutList),
		SharedRoutesEnabled: p.sharedRoutes, DeletionProtectionEnabled: p.protected, CreatedTimestamp: aws.Time(p.created),
	}
}

func (p *pool) filterValues(name string) []string {
	switch types.PoolFilterName(name) {
	case types.PoolFilterNameStatus:
		return []string{string(types.PoolStatusActive)}
	case types.PoolFilterNameMessageType:
		return []string{string(p.messageType)}
	case types.PoolFilterNameSharedRoutesEnabled:
		return []string{strconv.FormatBool(p.sharedRoutes)}
	case types.PoolFilterNameDeletionProtectionEnabled:
		return []string{strconv.FormatBool(p.protected)}
	}
	return p.inboundSettings.filterValues(name)
}
