package simulator

import (
	"encoding/json"
	"reflect"
	"time"
)

// entry is one line of the file that keeps the calls of a double: a call that changed the account, events that were
// delivered, or settings that hold from there on.
type entry struct {
	// Change is the number of a call, counted from 1: its ids are drawn by it.
	Change int `json:"change,omitempty"`
	// At is the double's time of the call.
	At time.Time `json:"at,omitzero"`
	// Call is the method of [Simulator], With its arguments, a context aside. An input of the SDK is in the wire form.
	Call string            `json:"call,omitempty"`
	With []json.RawMessage `json:"with,omitempty"`
	// Delivered has for each event the number of the call that it is of. Those of one call go in the order of time.
	Delivered []int `json:"delivered,omitempty"`

	Settings *settings `json:"settings,omitempty"`
}

// settings are the [Options] that may differ from start to start and decide what the calls come to.
type settings struct {
	MaxMessages int  `json:"maxMessages"`
	RCSEvents   bool `json:"rcsEvents"`
}

func settingsOf(o Options) settings {
	return settings{MaxMessages: o.MaxMessages, RCSEvents: o.RCSEvents}
}

// begin starts a call that may change the account, and gives its time. What the call draws, its ids above all, comes
// from the seed and the number of calls that changed something before it, and from nothing else: not from calls that
// were refused or only read, nor from deliveries. So the same is drawn when [Open] repeats it. The caller holds the lock.
func (s *Simulator) begin() time.Time {
	s.source.Seed(s.options.Seed, uint64(s.changes)+1)
	return s.now()
}

// record ends a call that changed the account: it is written down with the time and the arguments of the method, in the
// order in which calls got the lock. A call that was refused is not, and must have changed nothing. Where it cannot be
// written, the calls after it are refused: see unkept. The caller holds the lock since begin.
func (s *Simulator) record(now time.Time, call string, arguments ...any) {
	s.changes++
	if s.file == nil {
		return
	}
	e := entry{Change: s.changes, At: now.UTC(), Call: call}
	for _, argument := range arguments {
		if v := reflect.ValueOf(argument); v.Kind() == reflect.Pointer {
			argument = encodeMembers(v.Elem())
		}
		e.With = append(e.With, mustJSON(argument))
	}
	s.file.write(e)
}

// recordDelivered writes down that events need not be delivered again. The caller holds the lock.
func (s *Simulator) recordDelivered(events []*waiting) {
	var e entry
	for _, w := range events {
		if w.deliver == nil {
			e.Delivered = append(e.Delivered, w.change)
		}
	}
	if s.file != nil && e.Delivered != nil {
		s.file.write(e)
	}
}

// unkept is why changes are refused: the double is closed, or could not keep the one before. The caller holds the lock.
func (s *Simulator) unkept() error {
	if s.file == nil {
		return nil
	}
	return s.file.err
}
