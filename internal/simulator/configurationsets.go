package simulator

import (
	"context"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
)

type configurationSet struct {
	name, arn    string
	destinations []*types.EventDestination // in the order in which they were made
	messageType  types.MessageType         // of messages that name none; empty for no default
	senderID     string                    // the default, or empty
	feedback     *bool                     // the default, or nil
	protect      string                    // id of its protect configuration, or empty
	created      time.Time
}

// CreateConfigurationSet makes a set without destinations. ConflictException RESOURCE_ALREADY_EXISTS for a name in use,
// ServiceQuotaExceededException for the 26th set (API_CreateConfigurationSet, page quotas).
func (s *Simulator) CreateConfigurationSet(ctx context.Context, in *pinpointsmsvoicev2.CreateConfigurationSetInput) (*pinpointsmsvoicev2.CreateConfigurationSetOutput, error) {
	return serve(ctx, s, in, func(now time.Time) (*pinpointsmsvoicev2.CreateConfigurationSetOutput, error) {
		name := *in.ConfigurationSetName
		if _, exists := s.sets[name]; exists {
			return nil, conflict(types.ConflictExceptionReasonResourceAlreadyExists, types.ResourceTypeConfigurationSet, name,
				"A configuration set of this name exists")
		}
		if err := s.checkQuota(types.AccountLimitNameConfigurationSets); err != nil {
			return nil, err
		}
		set := &configurationSet{name: name, arn: s.arn(types.ResourceTypeConfigurationSet, name), created: now}
		s.sets[name] = set
		return &pinpointsmsvoicev2.CreateConfigurationSetOutput{
			ConfigurationSetArn: &set.arn, ConfigurationSetName: &set.name, CreatedTimestamp: &set.created, Tags: in.Tags,
		}, nil
	})
}

// DeleteConfigurationSet removes a set with its destinations (API_DeleteConfigurationSet).
func (s *Simulator) DeleteConfigurationSet(ctx context.Context, in *pinpointsmsvoicev2.DeleteConfigurationSetInput) (*pinpointsmsvoicev2.DeleteConfigurationSetOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.DeleteConfigurationSetOutput, error) {
		set, err := s.set(*in.ConfigurationSetName)
		if err != nil {
			return nil, err
		}
		delete(s.sets, set.name)
		i := set.information()
		return &pinpointsmsvoicev2.DeleteConfigurationSetOutput{
			ConfigurationSetArn: &set.arn, ConfigurationSetName: &set.name, CreatedTimestamp: &set.created,
			EventDestinations: i.EventDestinations, DefaultMessageType: i.DefaultMessageType, DefaultSenderId: i.DefaultSenderId,
			DefaultMessageFeedbackEnabled: i.DefaultMessageFeedbackEnabled,
		}, nil
	})
}

// DescribeConfigurationSets tells of the named sets or of all. A name that does not exist is
// ResourceNotFoundException (API_DescribeConfigurationSets).
func (s *Simulator) DescribeConfigurationSets(ctx context.Context, in *pinpointsmsvoicev2.DescribeConfigurationSetsInput) (*pinpointsmsvoicev2.DescribeConfigurationSetsOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.DescribeConfigurationSetsOutput, error) {
		configurationSets, next, err := describe(listing[*configurationSet]{
			all: s.sets, wanted: in.ConfigurationSetNames, find: s.set,
			key:  func(x *configurationSet) string { return x.name },
			keep: func(x *configurationSet) bool { return passes(in.Filters, x.filterValues) },
		}, (*configurationSet).information, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		return &pinpointsmsvoicev2.DescribeConfigurationSetsOutput{ConfigurationSets: configurationSets, NextToken: next}, nil
	})
}

// setOf is the configuration set of a send, one without settings where it names none.
func (s *Simulator) setOf(ref *string) (*configurationSet, error) {
	if ref == nil {
		return &configurationSet{}, nil
	}
	return s.set(*ref)
}

// set finds a configuration set by its name or ARN.
func (s *Simulator) set(ref string) (*configurationSet, error) {
	return lookup(s, s.sets, types.ResourceTypeConfigurationSet, ref)
}

func (c *configurationSet) information() types.ConfigurationSetInformation {
	return types.ConfigurationSetInformation{
		ConfigurationSetArn: aws.String(c.arn), ConfigurationSetName: aws.String(c.name),
		CreatedTimestamp: aws.Time(c.created), EventDestinations: c.copies(), DefaultSenderId: optional(c.senderID), DefaultMessageType: c.messageType,
		DefaultMessageFeedbackEnabled: c.feedback, ProtectConfigurationId: optional(c.protect),
	}
}

func (c *configurationSet) copies() []types.EventDestination {
	all := []types.EventDestination{}
	for _, d := range c.destinations {
		all = append(all, *d)
	}
	return all
}

func (c *configurationSet) filterValues(name string) []string {
	switch types.ConfigurationSetFilterName(name) {
	case types.ConfigurationSetFilterNameDefaultMessageType:
		return []string{string(c.messageType)}
	case types.ConfigurationSetFilterNameDefaultSenderId:
		return []string{c.senderID}
	case types.ConfigurationSetFilterNameDefaultMessageFeedbackEnabled:
		return []string{strconv.FormatBool(aws.ToBool(c.feedback))}
	case types.ConfigurationSetFilterNameProtectConfigurationId:
		return []string{c.protect}
	}
	var values []string
	for _, d := range c.destinations {
		switch types.ConfigurationSetFilterName(name) {
		case types.ConfigurationSetFilterNameEventDestinationName:
			values = append(values, *d.EventDestinationName)
		case types.ConfigurationSetFilterNameMatchingEventTypes:
			for _, t := range d.MatchingEventTypes {
				values = append(values, string(t))
			}
		}
	}
	return values
}
