package simulator

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/heedsms/heed/internal/sms"
)

// maxRCSAgents is the quota of an account (page quotas).
const maxRCSAgents = 5

type rcsAgent struct {
	inboundSettings

	id, arn   string
	protected bool
	pool      string                  // id, or empty
	fallback  sms.Identity            // of an arranged agent, or empty
	launches  map[string]*rcsLaunched // by country
	created   time.Time
}

// rcsLaunched is a launch of an agent in a country, by a registration, with all its carriers.
type rcsLaunched struct{ registration, platform string }

func (s *Simulator) newRCSAgent(id string, settings inboundSettings, now time.Time) *rcsAgent {
	return &rcsAgent{
		inboundSettings: settings, id: id, arn: s.arn(types.ResourceTypeRcsAgent, id),
		launches: map[string]*rcsLaunched{}, created: now,
	}
}

// CreateRcsAgent makes an agent, two-way off, in state CREATED: it sends nothing before it is launched in a country,
// which [Simulator.LaunchRCSAgent] does. The sixth is ServiceQuotaExceededException RCS_AGENTS_PER_ACCOUNT. Without a
// list it has Default, as a number: AWS does not say (API_CreateRcsAgent, page rcs-country-launch).
func (s *Simulator) CreateRcsAgent(ctx context.Context, in *pinpointsmsvoicev2.CreateRcsAgentInput) (*pinpointsmsvoicev2.CreateRcsAgentOutput, error) {
	return serve(ctx, s, in, func(now time.Time) (*pinpointsmsvoicev2.CreateRcsAgentOutput, error) {
		name := defaultOptOutList
		if in.OptOutListName != nil {
			name = *in.OptOutListName
		}
		list, err := s.optOutList(name)
		if err != nil {
			return nil, err
		}
		if len(s.agents) >= maxRCSAgents {
			return nil, quotaExceeded(types.ServiceQuotaExceededExceptionReasonRcsAgentsPerAccount)
		}
		a := s.newRCSAgent(s.newID("rcs"), newInboundSettings(list.name), now)
		a.protected = aws.ToBool(in.DeletionProtectionEnabled)
		s.agents[a.id] = a
		i := a.information()
		return &pinpointsmsvoicev2.CreateRcsAgentOutput{
			RcsAgentArn: i.RcsAgentArn, RcsAgentId: i.RcsAgentId, Status: i.Status, CreatedTimestamp: i.CreatedTimestamp,
			TwoWayEnabled: i.TwoWayEnabled, TwoWayChannelArn: i.TwoWayChannelArn, TwoWayChannelRole: i.TwoWayChannelRole,
			SelfManagedOptOutsEnabled: i.SelfManagedOptOutsEnabled, OptOutListName: i.OptOutListName,
			DeletionProtectionEnabled: i.DeletionProtectionEnabled, Tags: in.Tags,
		}, nil
	})
}

// DescribeRcsAgents tells of the agents with these ids or ARNs, or of all. One that does not exist is
// ResourceNotFoundException; Owner and ids together are a ValidationException (API_DescribeRcsAgents).
func (s *Simulator) DescribeRcsAgents(ctx context.Context, in *pinpointsmsvoicev2.DescribeRcsAgentsInput) (*pinpointsmsvoicev2.DescribeRcsAgentsOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.DescribeRcsAgentsOutput, error) {
		if err := ownerAlone(in.Owner, "RcsAgentIds", len(in.RcsAgentIds)); err != nil {
			return nil, err
		}
		for _, a := range s.agents {
			s.launchApproved(a)
		}
		rcsAgents, next, err := describe(listing[*rcsAgent]{
			all: s.agents, wanted: in.RcsAgentIds, find: s.agent,
			key:  func(x *rcsAgent) string { return x.id },
			keep: func(x *rcsAgent) bool { return in.Owner != types.OwnerShared && passes(in.Filters, x.filterValues) },
		}, (*rcsAgent).information, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		return &pinpointsmsvoicev2.DescribeRcsAgentsOutput{RcsAgents: rcsAgents, NextToken: next}, nil
	})
}

// UpdateRcsAgent changes settings, under the rules of UpdatePhoneNumber: in a pool it is ConflictException
// RCS_AGENT_ASSOCIATED_TO_POOL (API_UpdateRcsAgent; that the pool keeps it from changing is by the name of the reason).
func (s *Simulator) UpdateRcsAgent(ctx context.Context, in *pinpointsmsvoicev2.UpdateRcsAgentInput) (*pinpointsmsvoicev2.UpdateRcsAgentOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.UpdateRcsAgentOutput, error) {
		a, err := s.agent(*in.RcsAgentId)
		if err != nil {
			return nil, err
		}
		if a.pool != "" {
			return nil, a.inPool()
		}
		settings, err := s.changed(a.inboundSettings, inboundChange{
			twoWay: in.TwoWayEnabled, selfManaged: in.SelfManagedOptOutsEnabled,
			channelARN: in.TwoWayChannelArn, channelRole: in.TwoWayChannelRole, optOutList: in.OptOutListName,
		})
		if err != nil {
			return nil, err
		}
		a.inboundSettings = settings
		if in.DeletionProtectionEnabled != nil {
			a.protected = *in.DeletionProtectionEnabled
		}
		i := a.information()
		return &pinpointsmsvoicev2.UpdateRcsAgentOutput{
			RcsAgentArn: i.RcsAgentArn, RcsAgentId: i.RcsAgentId, Status: i.Status, CreatedTimestamp: i.CreatedTimestamp,
			TwoWayEnabled: i.TwoWayEnabled, TwoWayChannelArn: i.TwoWayChannelArn, TwoWayChannelRole: i.TwoWayChannelRole,
			SelfManagedOptOutsEnabled: i.SelfManagedOptOutsEnabled, OptOutListName: i.OptOutListName,
			DeletionProtectionEnabled: i.DeletionProtectionEnabled,
		}, nil
	})
}

// DeleteRcsAgent drops an agent. Deletion protection is ConflictException DELETION_PROTECTION_ENABLED, a pool that it
// sits in RCS_AGENT_ASSOCIATED_TO_POOL (API_DeleteRcsAgent).
func (s *Simulator) DeleteRcsAgent(ctx context.Context, in *pinpointsmsvoicev2.DeleteRcsAgentInput) (*pinpointsmsvoicev2.DeleteRcsAgentOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.DeleteRcsAgentOutput, error) {
		a, err := s.agent(*in.RcsAgentId)
		switch {
		case err != nil:
			return nil, err
		case a.protected:
			return nil, conflict(types.ConflictExceptionReasonDeletionProtectionEnabled, types.ResourceTypeRcsAgent, a.id,
				"Deletion protection is enabled")
		case a.pool != "":
			return nil, a.inPool()
		}
		delete(s.agents, a.id)
		i := a.information()
		return &pinpointsmsvoicev2.DeleteRcsAgentOutput{
			RcsAgentArn: i.RcsAgentArn, RcsAgentId: i.RcsAgentId, Status: types.RcsAgentStatusDeleted,
			TwoWayEnabled: i.TwoWayEnabled, TwoWayChannelArn: i.TwoWayChannelArn, TwoWayChannelRole: i.TwoWayChannelRole,
			SelfManagedOptOutsEnabled: i.SelfManagedOptOutsEnabled, OptOutListName: i.OptOutListName,
			DeletionProtectionEnabled: i.DeletionProtectionEnabled, CreatedTimestamp: i.CreatedTimestamp,
		}, nil
	})
}

// DescribeRcsAgentCountryLaunchStatus tells in which countries an agent is launched
// (API_DescribeRcsAgentCountryLaunchStatus).
func (s *Simulator) DescribeRcsAgentCountryLaunchStatus(ctx context.Context, in *pinpointsmsvoicev2.DescribeRcsAgentCountryLaunchStatusInput) (*pinpointsmsvoicev2.DescribeRcsAgentCountryLaunchStatusOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.DescribeRcsAgentCountryLaunchStatusOutput, error) {
		a, err := s.agent(*in.RcsAgentId)
		if err != nil {
			return nil, err
		}
		all := map[string]types.CountryLaunchStatusInformation{}
		for country := range a.launches {
			status := a.launchStatus(country)
			if (len(in.IsoCountryCodes) == 0 || slices.Contains(in.IsoCountryCodes, country)) &&
				passes(in.Filters, func(string) []string { return []string{string(status.Status)} }) {
				all[country] = status
			}
		}
		country := func(i types.CountryLaunchStatusInformation) string { return *i.IsoCountryCode }
		countries, next, err := page(sorted(all), country, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		return &pinpointsmsvoicev2.DescribeRcsAgentCountryLaunchStatusOutput{
			RcsAgentArn: &a.arn, RcsAgentId: &a.id, CountryLaunchStatus: countries, NextToken: next,
		}, nil
	})
}

// agent finds an RCS agent by its id or ARN.
func (s *Simulator) agent(ref string) (*rcsAgent, error) {
	a, err := lookup(s, s.agents, types.ResourceTypeRcsAgent, ref)
	if err == nil {
		s.launchApproved(a)
	}
	return a, err
}

// launchApproved launches an agent where a registration that has it was approved. The form for testing names no country:
// the double launches it in the US. Reading comes here too, so nothing is drawn from the seed.
func (s *Simulator) launchApproved(a *rcsAgent) {
	const country = "US"
	for _, r := range sorted(s.registrations) {
		if !r.has(a.id) || a.launches[country] != nil {
			continue
		}
		r.review(s.now())
		if slices.ContainsFunc(r.versions, func(v *registrationVersion) bool { return v.history.ApprovedTimestamp != nil }) {
			platform := strings.Replace(r.id, "registration", "platform", 1)
			a.launches[country] = &rcsLaunched{registration: r.id, platform: platform}
		}
	}
}

func (a *rcsAgent) inPool() error {
	return conflict(types.ConflictExceptionReasonRcsAgentAssociatedToPool, types.ResourceTypeRcsAgent, a.id,
		"The RCS agent is associated with the pool "+a.pool)
}

func (a *rcsAgent) information() types.RcsAgentInformation {
	return types.RcsAgentInformation{
		RcsAgentArn: aws.String(a.arn), RcsAgentId: aws.String(a.id), Status: a.status(), PoolId: optional(a.pool),
		TwoWayEnabled: a.twoWay, TwoWayChannelArn: a.channelARN, TwoWayChannelRole: a.channelRole,
		SelfManagedOptOutsEnabled: a.selfManaged, OptOutListName: aws.String(a.optOutList),
		DeletionProtectionEnabled: a.protected, CreatedTimestamp: aws.Time(a.created),
	}
}

// status is ACTIVE from the first launch on: the double launches with all carriers at once.
func (a *rcsAgent) status() types.RcsAgentStatus {
	if len(a.launches) > 0 {
		return types.RcsAgentStatusActive
	}
	return types.RcsAgentStatusCreated
}

func (a *rcsAgent) launchStatus(country string) types.CountryLaunchStatusInformation {
	launch := a.launches[country]
	carrier := carrierOf(sms.Phone("+" + callingCode(country) + "2065550100")).name
	if carrier == "" {
		carrier = "Example Mobile"
	}
	return types.CountryLaunchStatusInformation{
		IsoCountryCode: aws.String(country), Status: types.CountryLaunchStatusActive,
		RegistrationId: aws.String(launch.registration), RcsPlatformId: aws.String(launch.platform),
		CarrierStatus: []types.CarrierStatusInformation{{
			CarrierName: aws.String(carrier), Status: types.CarrierStatusActive,
		}},
	}
}

func (a *rcsAgent) filterValues(name string) []string {
	switch types.RcsAgentFilterName(name) {
	case types.RcsAgentFilterNameStatus:
		return []string{string(a.status())}
	case types.RcsAgentFilterNameDeletionProtectionEnabled:
		return []string{strconv.FormatBool(a.protected)}
	}
	return a.inboundSettings.filterValues(name)
}

// fromAgent is the agent as the sender of a message, with the list of its pool if it sits in one. An agent that is launched
// nowhere is ConflictException RESOURCE_NOT_ACTIVE, one that is not launched in the destination's country
// ValidationException INVALID_IDENTITY_FOR_DESTINATION_COUNTRY; AWS publishes neither.
func (s *Simulator) fromAgent(a *rcsAgent, to sms.Phone) (sender, error) {
	s.launchApproved(a)
	if len(a.launches) == 0 {
		return sender{}, conflict(types.ConflictExceptionReasonResourceNotActive, types.ResourceTypeRcsAgent, a.id,
			"The RCS agent is not launched in any country")
	}
	if a.launches[countryOf(to)] == nil {
		return sender{}, invalidForCountry("is an RCS agent that is not launched in the destination country")
	}
	from := sender{
		identity: sms.Identity(a.id), pool: a.pool, optOutList: a.optOutList, country: countryOf(to),
		messageType: types.MessageTypeTransactional, kind: kindRCSAgent, rcs: true,
		rcsEvents: s.options.RCSEvents, fallback: a.fallback,
	}
	if p, pooled := s.pools[a.pool]; pooled {
		from.optOutList, from.messageType = p.optOutList, p.messageType
	}
	return from, nil
}
