package simulator

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
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
	// PartsPerSecond is message parts a second from one identity, by the type of the number, SENDER_ID for a sender id. A
	// type that is not listed has no limit; dry runs from one that is have 5 a second of their own (API_SendTextMessage).
	// A message of more parts than that goes out when nothing else did in the past second.
	PartsPerSecond map[string]int
}

// dryRunsPerSecond is the rate of parts in dry runs (API_SendTextMessage).
const dryRunsPerSecond = 5

// AWSLimits are the default quotas of a new account (page quotas of the user guide; sms-limitations-mps for the
// one message a second to one recipient, which cannot be raised, and for parts a second). A 10DLC number has what its
// campaign has and a long code what its country has: the least that AWS names stands for them.
func AWSLimits() *Limits {
	return &Limits{
		PerSecond: map[string]int{
			"PutMessageFeedback": 20, "PutOptedOutNumber": 10, "DeleteOptedOutNumber": 10, "ListTagsForResource": 10,
		},
		Others:       1,
		PerRecipient: 1,
		PartsPerSecond: map[string]int{
			string(types.NumberTypeShortCode): 100, string(types.NumberTypeTollFree): 3, string(types.NumberTypeTenDlc): 1,
			string(types.NumberTypeLongCode): 10, string(types.NumberTypeSimulator): 1, kindSenderID: 10,
		},
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
	return s.count("operation "+operation, 1, most, now)
}

func (s *Simulator) checkRecipientRate(to sms.Phone, now time.Time) error {
	if s.options.Limits == nil {
		return nil
	}
	return s.count("recipient "+string(to), 1, s.options.Limits.PerRecipient, now)
}

func (s *Simulator) checkPartsRate(from sender, parts int, dryRun bool, now time.Time) error {
	if s.options.Limits == nil || s.options.Limits.PartsPerSecond[from.kind] == 0 {
		return nil
	}
	if dryRun {
		return s.count("dry run "+string(from.identity), parts, dryRunsPerSecond, now)
	}
	return s.count("identity "+string(from.identity), parts, s.options.Limits.PartsPerSecond[from.kind], now)
}

// counted is how many of something there were at one time.
type counted struct {
	at     time.Time
	number int
}

// count notes that number of what, unless with them the past second had more than allowed.
func (s *Simulator) count(what string, number, most int, now time.Time) error {
	if most == 0 {
		return nil
	}
	s.forgetRates(now)
	recent := recentOf(s.rates[what], now)
	sum := 0
	for _, c := range recent {
		sum += c.number
	}
	if sum > 0 && sum+number > most {
		s.rates[what] = recent
		return throttled()
	}
	s.rates[what] = append(recent, counted{now, number})
	return nil
}

// forgetRates drops, once a second, what lies further back: there may be as many recipients as there are people.
func (s *Simulator) forgetRates(now time.Time) {
	if now.Sub(s.ratesForgotten) < time.Second {
		return
	}
	s.ratesForgotten = now
	for what, all := range s.rates {
		if len(recentOf(all, now)) == 0 {
			delete(s.rates, what)
		}
	}
}

// recentOf are the counts of the past second.
func recentOf(all []counted, now time.Time) []counted {
	for len(all) > 0 && now.Sub(all[0].at) >= time.Second {
		all = all[1:]
	}
	return all
}
