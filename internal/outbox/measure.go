package outbox

import "github.com/heedsms/heed/internal/metrics"

// measure writes how claimed actions ended. What is planned again has not ended, and a reply that was withheld because
// the person has opted out since is as it should be.
func (x *Executor) measure(outcomes []Outcome) {
	if x.Metrics == nil {
		return
	}
	var s metrics.Set
	for _, o := range outcomes {
		of := metrics.Labels{Reason: o.Error}
		switch {
		case o.State == Expired && o.Error == expired:
			s.Count(metrics.ActionsExpired, 1, of)
		case o.Action.Kind == SyncOptOut && o.State == Failed:
			s.Count(metrics.OptOutListFailed, 1, of)
		case o.Action.Kind != Reply:
		case o.State == Done:
			s.Count(metrics.RepliesSent, 1, of)
		case o.State == Failed:
			s.Count(metrics.RepliesFailed, 1, of)
		case o.State == Unknown:
			s.Count(metrics.RepliesUnknown, 1, of)
		}
	}
	x.Metrics.Write(&s)
}
