package simulator

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
)

// SendTextMessage accepts a text and lays out its course of delivery events. A destination on the opt-out list of the
// sending identity is ConflictException DESTINATION_PHONE_NUMBER_OPTED_OUT, in self-managed mode too, and a MessageType
// other than the number's MESSAGE_TYPE_MISMATCH; an unknown identity, configuration set or protect configuration
// ResourceNotFoundException; a price above MaxPrice ValidationException PRICE_OVER_THRESHOLD. What the effective protect
// configuration blocks is ConflictException DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION or
// DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE, as with the other sends; in the sandbox a destination that
// is not verified DESTINATION_PHONE_NUMBER_NOT_VERIFIED. A text longer than the service takes is accepted and ends as TEXT_INVALID_MESSAGE. From an RCS agent it is an RCS message
// (API_SendTextMessage, sms-limitations-character).
func (s *Simulator) SendTextMessage(ctx context.Context, in *pinpointsmsvoicev2.SendTextMessageInput) (*pinpointsmsvoicev2.SendTextMessageOutput, error) {
	return serve(ctx, s, in, func(now time.Time) (*pinpointsmsvoicev2.SendTextMessageOutput, error) {
		if in.MessageBody == nil {
			// Optional in the model, but there is nothing to send without it.
			return nil, missing("MessageBody")
		}
		id, err := s.send(sending{
			channel: ChannelText, to: in.DestinationPhoneNumber, identity: in.OriginationIdentity, body: in.MessageBody,
			messageType: in.MessageType, keyword: in.Keyword, set: in.ConfigurationSetName, context: in.Context,
			timeToLive: in.TimeToLive, feedback: in.MessageFeedbackEnabled, protect: in.ProtectConfigurationId,
			dryRun: in.DryRun, maxPrice: in.MaxPrice, maxPriceMember: "MaxPrice",
			price: func(m *Message) float64 { return priceOf(m.To).total(m.Parts) },
		}, now)
		if err != nil {
			return nil, err
		}
		return &pinpointsmsvoicev2.SendTextMessageOutput{MessageId: id}, nil
	})
}
