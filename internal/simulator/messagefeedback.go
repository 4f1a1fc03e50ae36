package simulator

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
)

// PutMessageFeedback says what became of a message in the real world. An unknown message is ResourceNotFoundException.
// AWS does not say what happens where feedback was not enabled; the double takes it (API_PutMessageFeedback).
func (s *Simulator) PutMessageFeedback(ctx context.Context, in *pinpointsmsvoicev2.PutMessageFeedbackInput) (*pinpointsmsvoicev2.PutMessageFeedbackOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.PutMessageFeedbackOutput, error) {
		m, err := lookup(s, s.byID, types.ResourceTypeMessage, *in.MessageId)
		if err != nil {
			return nil, err
		}
		m.Feedback = in.MessageFeedbackStatus
		return &pinpointsmsvoicev2.PutMessageFeedbackOutput{
			MessageId: &m.ID, MessageFeedbackStatus: in.MessageFeedbackStatus,
		}, nil
	})
}
