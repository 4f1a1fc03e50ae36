package inbound

import (
	"github.com/heedsms/heed/internal/metrics"
	"github.com/heedsms/heed/internal/program"
)

// measure writes what one piece of work came to. What people said is counted of new texts only: one that comes again was
// counted when it came first.
func (h *Handler) measure(parsed []parse, c Counts, errs []error) {
	if h.Metrics == nil {
		return
	}
	parked, returned := 0, 0
	for i, err := range errs {
		switch {
		case err != nil:
			returned++
		case parsed[i].parked != nil:
			parked++
		}
	}
	var s metrics.Set
	all := metrics.Labels{}
	s.Count(metrics.TextsReceived, len(errs), all)
	s.Count(metrics.TextsNew, c.New, all)
	s.Count(metrics.TextsParked, parked, all)
	s.Count(metrics.TextsReturned, returned, all)
	committed := h.Now()
	for _, r := range c.Recorded {
		s.Observe(metrics.TextLag, committed.Sub(r.Entry.SaidAt))
		if r.Entry.Unconfigured {
			s.Count(metrics.TextsUnconfigured, 1, all)
		}
		for _, a := range r.Entry.Actions {
			if !a.ExpiresAt.IsZero() && !committed.Before(a.ExpiresAt) {
				s.Count(metrics.ActionsExpired, 1, all) // it was too late for it when the text was read
			}
		}
		of := metrics.Labels{Program: r.Entry.Program}
		switch r.Verdict {
		case program.VerdictOptOut:
			s.Count(metrics.OptOuts, 1, of)
		case program.VerdictOptIn:
			s.Count(metrics.OptIns, 1, of)
		case program.VerdictUnclear:
			s.Count(metrics.Unclear, 1, of)
		case program.VerdictNone:
			s.Count(metrics.Unmatched, 1, of)
		}
	}
	h.Metrics.Write(&s)
}
