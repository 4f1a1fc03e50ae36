package delivery

import (
	"cmp"

	"github.com/heedsms/heed/internal/metrics"
	"github.com/heedsms/heed/internal/sms"
)

// measure writes what one piece of work came to. What AWS tells of a message is counted of new events only: one that
// comes again was counted when it came first.
func (h *Handler) measure(k kept, ignored int, rules *Ruleset, errs []error) {
	if h.Metrics == nil {
		return
	}
	returned := 0
	for _, err := range errs {
		if err != nil {
			returned++
		}
	}
	var s metrics.Set
	all := metrics.Labels{}
	s.Count(metrics.EventsReceived, len(errs), all)
	s.Count(metrics.EventsNew, k.NewEvents, all)
	s.Count(metrics.EventsDuplicate, len(errs)-k.NewEvents-k.parked-ignored-returned, all)
	s.Count(metrics.EventsParked, k.parked, all)
	s.Count(metrics.EventsReturned, returned, all)
	s.Count(metrics.OptedOutByCarrier, k.OptedOut, all)
	s.Count(metrics.NumbersSuspended, k.Suspended, all)
	committed := h.Now()
	for _, e := range k.New {
		s.Observe(metrics.EventLag, committed.Sub(e.OccurredAt))
		// By the ruleset alone: the Context is of whoever sends with this account, who could make programs without end.
		of := metrics.Labels{Program: cmp.Or(rules.Programs[e.Identity], noProgram)}
		switch {
		case e.Status == sms.StatusAccepted:
			s.Count(metrics.MessagesAccepted, 1, of)
		case e.Status == sms.StatusDelivered:
			s.Count(metrics.MessagesDelivered, 1, of)
		case e.Status.Failed():
			of.Status, of.Reason = string(e.Status), sms.Word(e.AWSStatus, e.Type)
			s.Count(metrics.MessagesFailed, 1, of)
		}
	}
	h.Metrics.Write(&s)
}
