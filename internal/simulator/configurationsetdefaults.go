package simulator

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
)

// SetDefaultSenderId sets the sender id that texts of a configuration set go out from where the country takes sender
// ids and the account has neither a number nor a sender id for it. The account need not have it
// (API_SetDefaultSenderId).
func (s *Simulator) SetDefaultSenderId(ctx context.Context, in *pinpointsmsvoicev2.SetDefaultSenderIdInput) (*pinpointsmsvoicev2.SetDefaultSenderIdOutput, error) { //nolint:staticcheck // the name of the operation
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.SetDefaultSenderIdOutput, error) {
		set, err := s.set(*in.ConfigurationSetName)
		if err != nil {
			return nil, err
		}
		if !hasLetter(*in.SenderId) {
			return nil, invalid("SenderId", "must contain a letter")
		}
		set.senderID = *in.SenderId
		return &pinpointsmsvoicev2.SetDefaultSenderIdOutput{
			ConfigurationSetArn: &set.arn, ConfigurationSetName: &set.name, SenderId: in.SenderId,
		}, nil
	})
}

// DeleteDefaultSenderId unsets it and tells which it was. A set without one is ResourceNotFoundException: the page
// names the exception and no case (API_DeleteDefaultSenderId).
func (s *Simulator) DeleteDefaultSenderId(ctx context.Context, in *pinpointsmsvoicev2.DeleteDefaultSenderIdInput) (*pinpointsmsvoicev2.DeleteDefaultSenderIdOutput, error) { //nolint:staticcheck // the name of the operation
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.DeleteDefaultSenderIdOutput, error) {
		set, err := s.set(*in.ConfigurationSetName)
		if err != nil {
			return nil, err
		}
		if set.senderID == "" {
			return nil, notFound(types.ResourceTypeSenderId, set.name)
		}
		before := set.senderID
		set.senderID = ""
		return &pinpointsmsvoicev2.DeleteDefaultSenderIdOutput{
			ConfigurationSetArn: &set.arn, ConfigurationSetName: &set.name, SenderId: &before,
		}, nil
	})
}

// SetDefaultMessageFeedbackEnabled says whether messages of a set await feedback when the send does not say
// (API_SetDefaultMessageFeedbackEnabled).
func (s *Simulator) SetDefaultMessageFeedbackEnabled(ctx context.Context, in *pinpointsmsvoicev2.SetDefaultMessageFeedbackEnabledInput) (*pinpointsmsvoicev2.SetDefaultMessageFeedbackEnabledOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.SetDefaultMessageFeedbackEnabledOutput, error) {
		set, err := s.set(*in.ConfigurationSetName)
		if err != nil {
			return nil, err
		}
		set.feedback = aws.Bool(*in.MessageFeedbackEnabled)
		return &pinpointsmsvoicev2.SetDefaultMessageFeedbackEnabledOutput{
			ConfigurationSetArn: &set.arn, ConfigurationSetName: &set.name, MessageFeedbackEnabled: in.MessageFeedbackEnabled,
		}, nil
	})
}
