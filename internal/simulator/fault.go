package simulator

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
)

// AfterAccept is how an answer is lost although the effect happened.
type AfterAccept int

const (
	// AnswerNormally loses nothing.
	AnswerNormally AfterAccept = iota
	// CutConnection closes the connection without a byte of answer: the client cannot know what happened.
	CutConnection
	// AnswerServerError answers with InternalServerException (HTTP 500).
	AnswerServerError
)

// ErrConnectionCut is what a caller of the methods (not of HTTP) gets for [CutConnection].
var ErrConnectionCut = errors.New("simulator: connection cut after the request was accepted")

// Fault is a fault on request. Parts may be combined; Before and Throttle mean that nothing happens.
type Fault struct {
	// Times is how many calls it strikes: 0 and 1 mean one, a negative number every call until [Simulator.Heal].
	Times int
	// Delay is real time to wait before the effect, DelayAfter between effect and answer (a client's time-out
	// after acceptance). Both end early when the caller goes away.
	Delay, DelayAfter time.Duration
	// Throttle refuses the call with ThrottlingException.
	Throttle bool
	// Before refuses the call with this error. The SDK's typed errors reach HTTP clients as such, any other error
	// as InternalServerException.
	Before error
	// AfterAccept loses the answer after the effect happened.
	AfterAccept AfterAccept
}

type pendingFault struct {
	operation string
	left      int
	fault     Fault
}

// Fail makes the next calls of an operation fail. An empty operation means any. Faults strike in the order in which
// they were asked for, one a call.
func (s *Simulator) Fail(operation string, f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &pendingFault{operation: operation, left: max(f.Times, 1), fault: f})
}

// Heal forgets every fault that has not struck yet, and ends what [Simulator.SetChaos] began.
func (s *Simulator) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults, s.chaos = nil, Chaos{}
}

func (s *Simulator) takeFault(operation string) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, p := range s.faults {
		if p.operation != "" && p.operation != operation {
			continue
		}
		if p.left--; p.left == 0 && p.fault.Times >= 0 {
			s.faults = append(s.faults[:i:i], s.faults[i+1:]...)
		}
		return p.fault
	}
	return s.chaoticFault(operation)
}

// wait is real time, not the double's: it stands for the network.
func (Fault) wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
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

func (f Fault) before() error {
	if f.Throttle {
		return throttled()
	}
	return f.Before
}

func (f Fault) afterAccept() error {
	switch f.AfterAccept {
	case CutConnection:
		return ErrConnectionCut
	case AnswerServerError:
		return &types.InternalServerException{Message: aws.String("The request could not be completed")}
	}
	return nil
}
