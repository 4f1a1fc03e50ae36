package program

import (
	"fmt"
	"time"

	"go.yaml.in/yaml/v3"
)

// counts says whether a rule counts for a text said at a time. Where the time is not known every rule does.
func (r *Rule) counts(saidAt time.Time) bool {
	return saidAt.IsZero() ||
		(r.From.IsZero() || !saidAt.Before(r.From)) && (r.Until.IsZero() || saidAt.Before(r.Until))
}

// dated says whether there are times at which the rule does not count.
func (r *Rule) dated() bool { return !r.From.IsZero() || !r.Until.IsZero() }

// outlasts says whether the rule counts whenever another does.
func (r *Rule) outlasts(other *Rule) bool {
	early := r.From.IsZero() || !other.From.IsZero() && !r.From.After(other.From)
	late := r.Until.IsZero() || !other.Until.IsZero() && !r.Until.Before(other.Until)
	return early && late
}

// ParseMoment reads a date or a date with a time, as RFC 3339 writes them. A date is its midnight in UTC.
func ParseMoment(s string) (time.Time, error) {
	if day, err := time.Parse(time.DateOnly, s); err == nil {
		return day, nil
	}
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is not a date such as 2026-11-27, nor one with a time such as 2026-11-27T09:00:00-08:00", s)
	}
	return at, nil
}

func (r *reader) moment(n *yaml.Node, where string) time.Time {
	s := r.text(n, where)
	if n.Kind != yaml.ScalarNode {
		return time.Time{}
	}
	at, err := ParseMoment(s)
	if err != nil {
		r.add(Error, "bad_date", n.Line, fmt.Sprintf("%s: %v", where, err), "",
			"write a day (midnight in UTC), or a day, T, a time and its zone")
	}
	return at
}
