package simulator

import (
	"context"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/heedsms/heed/internal/sms"
)

const (
	// maxSpokenText is how long a plain text may be that a voice says; with SSML it is the model's 6000.
	maxSpokenText = 3000
	// maxCalls is how often one recipient may be called in 24 hours.
	maxCalls     = 5
	callsCountIn = 24 * time.Hour
)

// SendVoiceMessage accepts a call that says a text. A sixth call to a recipient within 24 hours is
// ServiceQuotaExceededException DAILY_DESTINATION_CALL_LIMIT; a plain text of more than 3000 characters, or SSML of more
// than 6000, ValidationException; a number without the capability VOICE ConflictException NUMBER_CAPABILITIES_MISMATCH;
// a minute that costs more than MaxPricePerMinute ValidationException PRICE_OVER_THRESHOLD. The rest is as with
// SendTextMessage, the opt-out list too (API_SendVoiceMessage, quotas).
func (s *Simulator) SendVoiceMessage(ctx context.Context, in *pinpointsmsvoicev2.SendVoiceMessageInput) (*pinpointsmsvoicev2.SendVoiceMessageOutput, error) {
	return serve(ctx, s, in, func(now time.Time) (*pinpointsmsvoicev2.SendVoiceMessageOutput, error) {
		switch {
		case in.MessageBody == nil:
			// Optional in the model, but there is nothing to say without it.
			return nil, missing("MessageBody")
		case in.MessageBodyTextType != types.VoiceMessageBodyTextTypeSsml && utf8.RuneCountInString(*in.MessageBody) > maxSpokenText:
			return nil, invalid("MessageBody", "must have a length less than or equal to 3000 without SSML")
		case s.callsTo(sms.ParsePhone(*in.DestinationPhoneNumber), now) >= maxCalls:
			return nil, quotaExceeded(types.ServiceQuotaExceededExceptionReasonDailyDestinationCallLimit)
		}
		id, err := s.send(sending{
			channel: ChannelVoice, to: in.DestinationPhoneNumber, identity: in.OriginationIdentity, body: in.MessageBody,
			set: in.ConfigurationSetName, context: in.Context,
			timeToLive: in.TimeToLive, feedback: in.MessageFeedbackEnabled, protect: in.ProtectConfigurationId,
			dryRun: in.DryRun, maxPrice: in.MaxPricePerMinute, maxPriceMember: "MaxPricePerMinute",
			price: func(*Message) float64 { return dollars(voicePrice) },
		}, now)
		if err != nil {
			return nil, err
		}
		return &pinpointsmsvoicev2.SendVoiceMessageOutput{MessageId: id}, nil
	})
}

// callsTo is how often a recipient was called in the past 24 hours.
func (s *Simulator) callsTo(to sms.Phone, now time.Time) int {
	calls := 0
	for _, m := range slices.Backward(s.byRecipient[to]) {
		if now.Sub(m.At) >= callsCountIn {
			break
		}
		if m.Channel == ChannelVoice {
			calls++
		}
	}
	return calls
}
