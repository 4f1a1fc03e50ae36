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

// maxEventDestinations is how many a configuration set may have (API_CreateEventDestination).
const maxEventDestinations = 5

// CreateEventDestination adds a destination to a set: exactly one of CloudWatch Logs, Firehose and SNS, else
// ValidationException; more than five are ServiceQuotaExceededException; TEXT_SENT is refused as unsupported; a name in
// use is ConflictException RESOURCE_ALREADY_EXISTS (API_CreateEventDestination).
func (s *Simulator) CreateEventDestination(ctx context.Context, in *pinpointsmsvoicev2.CreateEventDestinationInput) (*pinpointsmsvoicev2.CreateEventDestinationOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.CreateEventDestinationOutput, error) {
		set, err := s.set(*in.ConfigurationSetName)
		if err != nil {
			return nil, err
		}
		d := &types.EventDestination{
			EventDestinationName: in.EventDestinationName, Enabled: aws.Bool(true), MatchingEventTypes: in.MatchingEventTypes,
			CloudWatchLogsDestination: in.CloudWatchLogsDestination, SnsDestination: in.SnsDestination,
			KinesisFirehoseDestination: in.KinesisFirehoseDestination,
		}
		if err := checkDestination(d); err != nil {
			return nil, err
		}
		name := *in.EventDestinationName
		if set.destination(name) != nil {
			return nil, conflict(types.ConflictExceptionReasonResourceAlreadyExists, types.ResourceTypeEventDestination, name,
				"An event destination of this name exists")
		}
		if len(set.destinations) >= maxEventDestinations {
			return nil, quotaExceeded(types.ServiceQuotaExceededExceptionReasonEventDestinationsPerConfigurationSet)
		}
		set.destinations = append(set.destinations, d)
		shown := *d
		return &pinpointsmsvoicev2.CreateEventDestinationOutput{
			ConfigurationSetArn: &set.arn, ConfigurationSetName: &set.name, EventDestination: &shown,
		}, nil
	})
}

// UpdateEventDestination changes a destination. Its type cannot change: ConflictException
// EVENT_DESTINATION_MISMATCH (API_UpdateEventDestination).
func (s *Simulator) UpdateEventDestination(ctx context.Context, in *pinpointsmsvoicev2.UpdateEventDestinationInput) (*pinpointsmsvoicev2.UpdateEventDestinationOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.UpdateEventDestinationOutput, error) {
		set, d, err := s.destination(*in.ConfigurationSetName, *in.EventDestinationName)
		if err != nil {
			return nil, err
		}
		changed := *d
		if in.Enabled != nil {
			changed.Enabled = in.Enabled
		}
		if in.MatchingEventTypes != nil {
			changed.MatchingEventTypes = in.MatchingEventTypes
		}
		if in.CloudWatchLogsDestination != nil {
			changed.CloudWatchLogsDestination = in.CloudWatchLogsDestination
		}
		if in.KinesisFirehoseDestination != nil {
			changed.KinesisFirehoseDestination = in.KinesisFirehoseDestination
		}
		if in.SnsDestination != nil {
			changed.SnsDestination = in.SnsDestination
		}
		if kindsOf(&changed) > 1 {
			return nil, conflict(types.ConflictExceptionReasonEventDestinationMismatch, types.ResourceTypeEventDestination,
				*d.EventDestinationName, "The type of an event destination cannot be changed")
		}
		if err := checkDestination(&changed); err != nil {
			return nil, err
		}
		*d = changed
		return &pinpointsmsvoicev2.UpdateEventDestinationOutput{
			ConfigurationSetArn: &set.arn, ConfigurationSetName: &set.name, EventDestination: &changed,
		}, nil
	})
}

// DeleteEventDestination removes one destination (API_DeleteEventDestination).
func (s *Simulator) DeleteEventDestination(ctx context.Context, in *pinpointsmsvoicev2.DeleteEventDestinationInput) (*pinpointsmsvoicev2.DeleteEventDestinationOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.DeleteEventDestinationOutput, error) {
		set, d, err := s.destination(*in.ConfigurationSetName, *in.EventDestinationName)
		if err != nil {
			return nil, err
		}
		set.destinations = slices.DeleteFunc(set.destinations, func(other *types.EventDestination) bool { return other == d })
		return &pinpointsmsvoicev2.DeleteEventDestinationOutput{
			ConfigurationSetArn: &set.arn, ConfigurationSetName: &set.name, EventDestination: d,
		}, nil
	})
}

func (s *Simulator) destination(setRef, name string) (*configurationSet, *types.EventDestination, error) {
	set, err := s.set(setRef)
	if err != nil {
		return nil, nil, err
	}
	if d := set.destination(name); d != nil {
		return set, d, nil
	}
	return nil, nil, notFound(types.ResourceTypeEventDestination, name)
}

func (c *configurationSet) destination(name string) *types.EventDestination {
	for _, d := range c.destinations {
		if *d.EventDestinationName == name {
			return d
		}
	}
	return nil
}

func kindsOf(d *types.EventDestination) int {
	n := 0
	if d.CloudWatchLogsDestination != nil {
		n++
	}
	if d.KinesisFirehoseDestination != nil {
		n++
	}
	if d.SnsDestination != nil {
		n++
	}
	return n
}

func checkDestination(d *types.EventDestination) error {
	switch kindsOf(d) {
	case 0:
		return validation(types.ValidationExceptionReasonMissingParameter, "SnsDestination",
			"or another destination is required")
	case 1:
	default:
		return validation(types.ValidationExceptionReasonParametersCannotBeUsedTogether, "SnsDestination",
			"and other destinations cannot be used together")
	}
	if slices.Contains(d.MatchingEventTypes, types.EventTypeTextSent) {
		return invalid("MatchingEventTypes", "TEXT_SENT is not supported")
	}
	return nil
}

// wants says whether a destination takes an event of this type.
func wants(d *types.EventDestination, eventType string) bool {
	if !aws.ToBool(d.Enabled) {
		return false
	}
	channel, _, _ := strings.Cut(eventType, "_")
	return slices.ContainsFunc(d.MatchingEventTypes, func(t types.EventType) bool {
		return t == types.EventTypeAll || string(t) == channel+"_ALL" || string(t) == eventType
	})
}
