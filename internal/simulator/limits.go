package simulator

import (
	"time"

	"github.com/heedsms/heed/internal/sms"
)

// Limits are request rates, counted on the double's clock over the past second. Who exceeds one gets
// ThrottlingException, which like AWS's says neither which limit nor for how long.
type Limits struct {
	// PerSecond is requests a second by operation. An operation that is not listed has Others.
	PerSecond map[string]int
	// Others is requests a second for each other operation. 0 means no limit.
	Others int
	// PerRecipient is accepted sends a second to one destination number. 0 means no limit.
	PerRecipient int
}

// AWSLimits are the default quotas of a new account (page quotas of the user guide; sms-limitations-mps for the
// one message a second to one recipient, which cannot be raised).
func AWSLimits() *Limits {
	return &Limits{
		PerSecond: map[string]int{
			"PutMessageFeedback": 20, "PutOptedOutNumber": 10, "DeleteOptedOutNumber": 10, "ListTagsForResource": 10,
		},
		Others:       1,
		PerRecipient: 1,
	}
}

// SetLimits puts other limits in place. Nil means none.
func (s *Simulator) SetLimits(l *Limits) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.options.Limits = l
}

func (s *Simulator) checkRate(operation string, now time.Time) error {
	l := s.options.Limits
	if l == nil {
		return nil
	}
	most, ok := l.PerSecond[operation]
	if !ok {
		most = l.Others
	}
	return s.count("operation "+operation, most, now)
}

func (s *Simulator) checkRecipientRate(to sms.Phone, now time.Time) error {
	if s.options.Limits == nil {
		return nil
	}
	return s.count("recipient "+string(to), s.options.Limits.PerRecipient, now)
}

// count notes one more of what, unless the past second already has as many as allowed.
func (s *Simulator) count(what string, most int, now time.Time) error {
	if most == 0 {
		return nil
	}
	recent := s.rates[what]
	for len(recent) > 0 && now.Sub(recent[0]) >= time.Second {
		recent = recent[1:]
	}
	if len(recent) >= most {
		s.rates[what] = recent
		return throttled()
	}
	s.rates[what] = append(recent, now)
	return nil
}
