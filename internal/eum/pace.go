package eum

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"golang.org/x/time/rate"
)

// Pace is how fast AWS is called by who has much to call and no hurry. Every try of a call takes its turn, those that
// the SDK repeats too.
type Pace struct {
	// PerSecond is calls a second of one kind, AWS's quota for the account; less than 1 counts as 1.
	PerSecond int
	// Now is the clock. Sleep waits, or says why it could not; nil waits in real time.
	Now   func() time.Time
	Sleep func(ctx context.Context, d time.Duration) error
}

// Paced is a client whose calls for opt-out lists keep to a pace. Sends do not: their quota is another, and a reply
// waits for nothing.
func Paced(cfg aws.Config, p Pace) *Client {
	c := New(cfg)
	c.lists, c.patience = p.options(), 3*callTimeout // the turn is waited for within it
	return c
}

// options make a call wait for its turn. All calls with these options wait in one line.
func (p Pace) options() func(*pinpointsmsvoicev2.Options) {
	b := bucket{limiter: rate.NewLimiter(rate.Every(p.between()), 1), pace: p}
	if b.pace.Sleep == nil {
		b.pace.Sleep = sleep
	}
	standard := retry.NewStandard(func(s *retry.StandardOptions) {
		s.MaxAttempts = 6
		s.RateLimiter = ratelimit.None
	})
	return func(o *pinpointsmsvoicev2.Options) { o.Retryer = inTurn{standard, b} }
}

// between is the time from one call to the next. AWS counts when a call arrives, and none takes exactly as long as the
// one before: a twentieth more keeps two from arriving within the time of one.
func (p Pace) between() time.Duration {
	return (time.Second + time.Second/20) / time.Duration(max(p.PerSecond, 1))
}

// inTurn is the SDK's retryer with a bucket before each try.
type inTurn struct {
	*retry.Standard
	bucket bucket
}

// GetAttemptToken waits for the turn of one try.
func (r inTurn) GetAttemptToken(ctx context.Context) (func(error) error, error) {
	return func(error) error { return nil }, r.bucket.take(ctx)
}

// bucket holds one token, and gets a new one each time the pace allows.
type bucket struct {
	limiter *rate.Limiter
	pace    Pace
}

func (b bucket) take(ctx context.Context) error {
	now := b.pace.Now()
	return b.pace.Sleep(ctx, b.limiter.ReserveN(now, 1).DelayFrom(now))
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
