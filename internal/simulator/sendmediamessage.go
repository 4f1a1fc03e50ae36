package simulator

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
)

// SendMediaMessage accepts a media message: exactly one file of S3, with a text or without. The identity is required; one
// without the capability MMS is ConflictException NUMBER_CAPABILITIES_MISMATCH. The rest is as with SendTextMessage. The
// double does not look into S3: files are faulty by destination (API_SendMediaMessage).
func (s *Simulator) SendMediaMessage(ctx context.Context, in *pinpointsmsvoicev2.SendMediaMessageInput) (*pinpointsmsvoicev2.SendMediaMessageOutput, error) {
	return serve(ctx, s, in, func(now time.Time) (*pinpointsmsvoicev2.SendMediaMessageOutput, error) {
		if in.MediaUrls == nil {
			// Optional in the model; what makes it a media message is its file.
			return nil, missing("MediaUrls")
		}
		id, err := s.send(sending{
			channel: ChannelMedia, to: in.DestinationPhoneNumber, identity: in.OriginationIdentity, body: in.MessageBody,
			mediaURLs: in.MediaUrls, set: in.ConfigurationSetName, context: in.Context,
			timeToLive: in.TimeToLive, feedback: in.MessageFeedbackEnabled, protect: in.ProtectConfigurationId,
			dryRun: in.DryRun, maxPrice: in.MaxPrice, maxPriceMember: "MaxPrice",
			price: func(*Message) float64 { return mediaPrice.total(1) },
		}, now)
		if err != nil {
			return nil, err
		}
		return &pinpointsmsvoicev2.SendMediaMessageOutput{MessageId: id}, nil
	})
}
