package simulator

import (
	"context"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
)

// Chaos is how often what goes wrong. Each member is a probability from 0 to 1, drawn from the seed for each call and
// for each delivery to each subscriber. Faults that [Simulator.Fail] asked for come first.
type Chaos struct {
	// Operations are the operations that it strikes. Nil means all.
	Operations []string
	// Throttle refuses a call with ThrottlingException.
	Throttle float64
	// ServerError answers a call with InternalServerException; nothing happened.
	ServerError float64
	// LoseAnswer answers a call that had its effect with InternalServerException, or cuts the connection, by halves.
	LoseAnswer float64
	// Hang holds the answer to a call that had its effect for HangFor, in real time: longer than the client waits.
	Hang    float64
	HangFor time.Duration

	// Lose loses a delivery for good. SNS and Firehose do not, for a receiver that works.
	Lose float64
	// Duplicate makes a delivery twice.
	Duplicate float64
	// Delay puts a delivery off by up to DelayUpTo on the double's clock. What comes meanwhile overtakes it; it goes
	// out with [Simulator.Deliver] or [Simulator.Advance], or with AutoDeliver at a later send.
	Delay     float64
	DelayUpTo time.Duration
	// Redeliver hands a message of a [Queue] out again although it was deleted, once its visibility timeout is over.
	Redeliver float64
}

// SetChaos lets things go wrong from now on. The zero value ends it, as [Simulator.Heal] does; deliveries that were
// put off still come.
func (s *Simulator) SetChaos(c Chaos) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.chaos = c
}

// strikes draws whether something of this probability happens. The caller holds the lock.
func (s *Simulator) strikes(probability float64) bool {
	return probability > 0 && s.passing.Float64() < probability
}

// redelivers draws whether a message comes again that is being deleted.
func (s *Simulator) redelivers() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.strikes(s.chaos.Redeliver)
}

// chaoticFault draws the fault of a call. The caller holds the lock.
func (s *Simulator) chaoticFault(operation string) Fault {
	c := s.chaos
	switch {
	case c.Operations != nil && !slices.Contains(c.Operations, operation):
		return Fault{}
	case s.strikes(c.Throttle):
		return Fault{Throttle: true}
	case s.strikes(c.ServerError):
		return Fault{Before: &types.InternalServerException{Message: aws.String("The request could not be completed")}}
	case s.strikes(c.LoseAnswer):
		if s.strikes(0.5) {
			return Fault{AfterAccept: CutConnection}
		}
		return Fault{AfterAccept: AnswerServerError}
	case s.strikes(c.Hang):
		return Fault{DelayAfter: c.HangFor}
	}
	return Fault{}
}

// pass hands one delivery over as far as chaos lets it: once, twice, later or not at all.
func (s *Simulator) pass(ctx context.Context, deliver func(context.Context)) {
	s.mu.Lock()
	copies, at := 1, s.now()
	switch {
	case s.strikes(s.chaos.Lose):
		copies = 0
	case s.strikes(s.chaos.Duplicate):
		copies = 2
	}
	later := 0
	for range copies {
		if s.strikes(s.chaos.Delay) {
			off := time.Duration(s.passing.Float64() * float64(s.chaos.DelayUpTo))
			s.waiting.add(&waiting{at: at.Add(off), deliver: deliver})
			later++
		}
	}
	s.mu.Unlock()
	for range copies - later {
		deliver(ctx)
	}
}
