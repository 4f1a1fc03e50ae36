package simulator

import (
	"context"
	"time"
)

// asynchronousRetries are the pauses after which Lambda tries an asynchronous event again (page
// invocation-async-error-handling).
var asynchronousRetries = []time.Duration{time.Minute, 2 * time.Minute}

// SubscribeFunction gives each notification of a topic to a function, as SNS and Lambda do it without a queue between: an
// event that ends in an error is tried twice more, after one and after two further minutes on the double's clock, and
// then goes to the dead letters, or is lost where there are none.
func (s *Simulator) SubscribeFunction(topicARN string, fn Function, deadLetters *Queue) {
	s.Subscribe(topicARN, func(ctx context.Context, n Notification) {
		s.invoke(ctx, fn, n.SNSLambdaEvent(), asynchronousRetries, deadLetters)
	})
}

// invoke tries an event once and sees to the next try.
func (s *Simulator) invoke(ctx context.Context, fn Function, payload []byte, pauses []time.Duration, deadLetters *Queue) {
	_, err := fn(ctx, payload)
	switch {
	case err == nil:
	case len(pauses) > 0:
		s.mu.Lock()
		s.waiting.add(&waiting{at: s.now().Add(pauses[0]), deliver: func(ctx context.Context) {
			s.invoke(ctx, fn, payload, pauses[1:], deadLetters)
		}})
		s.mu.Unlock()
	case deadLetters != nil:
		deadLetters.Send(string(payload))
	}
}
