package simulator

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
)

// SetDefaultMessageType gives a set the type of messages that name none (API_SetDefaultMessageType).
func (s *Simulator) SetDefaultMessageType(ctx context.Context, in *pinpointsmsvoicev2.SetDefaultMessageTypeInput) (*pinpointsmsvoicev2.SetDefaultMessageTypeOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.SetDefaultMessageTypeOutput, error) {
		set, err := s.set(*in.ConfigurationSetName)
		if err != nil {
			return nil, err
		}
		set.messageType = in.MessageType
		return &pinpointsmsvoicev2.SetDefaultMessageTypeOutput{
			ConfigurationSetArn: &set.arn, ConfigurationSetName: &set.name, MessageType: set.messageType,
		}, nil
	})
}

// DeleteDefaultMessageType takes the default away and tells what it was. A set without one is
// ResourceNotFoundException: the page declares it and does not say for what (API_DeleteDefaultMessageType).
func (s *Simulator) DeleteDefaultMessageType(ctx context.Context, in *pinpointsmsvoicev2.DeleteDefaultMessageTypeInput) (*pinpointsmsvoicev2.DeleteDefaultMessageTypeOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.DeleteDefaultMessageTypeOutput, error) {
		set, err := s.set(*in.ConfigurationSetName)
		if err != nil {
			return nil, err
		}
		if set.messageType == "" {
			return nil, notFound(types.ResourceTypeConfigurationSet, set.name)
		}
		was := set.messageType
		set.messageType = ""
		return &pinpointsmsvoicev2.DeleteDefaultMessageTypeOutput{
			ConfigurationSetArn: &set.arn, ConfigurationSetName: &set.name, MessageType: was,
		}, nil
	})
}
