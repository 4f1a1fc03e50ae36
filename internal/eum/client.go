// Package eum speaks to AWS End User Messaging SMS (the pinpoint-sms-voice-v2 API) in heed's words.
package eum

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"

	"github.com/heedsms/heed/internal/outbox"
	"github.com/heedsms/heed/internal/sms"
)

// Client calls the API. Its errors are those of the SDK, wrapped; internal/fault understands them.
type Client struct {
	api *pinpointsmsvoicev2.Client
	// lists is how calls for opt-out lists are retried.
	lists func(*pinpointsmsvoicev2.Options)
	// patience bounds a call for an opt-out list.
	patience time.Duration
}

// callTimeout bounds one try of one call. A claim must outlive its calls, and a Lambda its claims.
const callTimeout = 10 * time.Second

// New makes a client of an AWS config. It connects to nothing. Endpoints are the SDK's own affair:
// AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2 and its kin are honoured.
func New(cfg aws.Config) *Client {
	return &Client{
		api: pinpointsmsvoicev2.NewFromConfig(cfg), lists: func(*pinpointsmsvoicev2.Options) {}, patience: callTimeout,
	}
}

// retryThrottlingOnly is the retryer of sends. SendTextMessage has no idempotency token, and the SDK's standard
// retryer repeats it after timeouts and 5xx answers, when the text may be on its way already. A throttled call is
// the one kind of failure of which AWS says that it was not accepted. It is waited for up to five seconds, in which the
// person may say stop: so each try asks whether the text is still to go out.
func retryThrottlingOnly(still func(context.Context) error) func(*pinpointsmsvoicev2.Options) {
	standard := retry.NewStandard(func(s *retry.StandardOptions) {
		s.MaxAttempts = 3
		s.MaxBackoff = 3 * time.Second
		s.RateLimiter = ratelimit.None
		s.Retryables = []retry.IsErrorRetryable{retry.IsErrorRetryableFunc(isThrottling)}
	})
	return func(o *pinpointsmsvoicev2.Options) { o.Retryer = asking{standard, still} }
}

// asking is the SDK's retryer with a question before each try.
type asking struct {
	*retry.Standard
	still func(context.Context) error
}

// GetAttemptToken asks whether one try may be made.
func (r asking) GetAttemptToken(ctx context.Context) (func(error) error, error) {
	if r.still != nil {
		if err := r.still(ctx); err != nil {
			return nil, err
		}
	}
	return r.Standard.GetAttemptToken(ctx)
}

func isThrottling(err error) aws.Ternary {
	var throttled *types.ThrottlingException
	return aws.BoolTernary(errors.As(err, &throttled))
}

// SendText sends one text and returns AWS's message id: accepted, not delivered.
func (c *Client) SendText(ctx context.Context, t outbox.Text) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*callTimeout)
	defer cancel()
	in := &pinpointsmsvoicev2.SendTextMessageInput{
		DestinationPhoneNumber: aws.String(string(t.To)),
		OriginationIdentity:    aws.String(string(t.From)),
		MessageBody:            aws.String(t.Body),
		// A reply to somebody's text is transactional whatever the program sells.
		MessageType: types.MessageTypeTransactional,
		Context:     t.Context,
	}
	if t.ConfigurationSet != "" {
		in.ConfigurationSetName = aws.String(t.ConfigurationSet)
	}
	if t.TimeToLive > 0 {
		in.TimeToLive = aws.Int32(seconds(t.TimeToLive))
	}
	out, err := c.api.SendTextMessage(ctx, in, retryThrottlingOnly(t.Still))
	if err != nil {
		return "", fmt.Errorf("send a text: %w", err)
	}
	return aws.ToString(out.MessageId), nil
}

// seconds is a time to live as AWS takes it: 5 seconds to 72 hours (API_SendTextMessage).
func seconds(d time.Duration) int32 {
	const least, most = 5, 72 * 60 * 60
	return int32(min(max(d/time.Second, least), most))
}

// PutOptedOut puts a number on an opt-out list. Doing it again is no error.
func (c *Client) PutOptedOut(ctx context.Context, list string, contact sms.Phone) error {
	ctx, cancel := context.WithTimeout(ctx, c.patience)
	defer cancel()
	_, err := c.api.PutOptedOutNumber(ctx, &pinpointsmsvoicev2.PutOptedOutNumberInput{
		OptOutListName: aws.String(list), OptedOutNumber: aws.String(string(contact)),
	}, c.lists)
	if err != nil {
		return fmt.Errorf("put a number on opt-out list %s: %w", list, err)
	}
	return nil
}

// DeleteOptedOut takes a number off an opt-out list. AWS allows it once in 30 days for a number, and answers
// ResourceNotFoundException when the number is not on the list.
func (c *Client) DeleteOptedOut(ctx context.Context, list string, contact sms.Phone) error {
	ctx, cancel := context.WithTimeout(ctx, c.patience)
	defer cancel()
	_, err := c.api.DeleteOptedOutNumber(ctx, &pinpointsmsvoicev2.DeleteOptedOutNumberInput{
		OptOutListName: aws.String(list), OptedOutNumber: aws.String(string(contact)),
	}, c.lists)
	if err != nil {
		return fmt.Errorf("take a number off opt-out list %s: %w", list, err)
	}
	return nil
}

// PutFeedback says that a message was received (PutMessageFeedback). Saying it again is no error; a message that AWS does
// not know is ResourceNotFoundException.
func (c *Client) PutFeedback(ctx context.Context, messageID string) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	_, err := c.api.PutMessageFeedback(ctx, &pinpointsmsvoicev2.PutMessageFeedbackInput{
		MessageId: aws.String(messageID), MessageFeedbackStatus: types.MessageFeedbackStatusReceived,
	})
	if err != nil {
		return fmt.Errorf("give feedback on a message: %w", err)
	}
	return nil
}
