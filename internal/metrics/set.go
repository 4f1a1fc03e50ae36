package metrics

import "time"

// Labels are the values of the dimensions there are. A metric takes of them what it is published by, and the rest is
// left out. A value that no setting and no table of heed could have is written as "other": neither a number nor words
// of a person can become a metric, nor can a sender of this account make metrics without end.
type Labels struct {
	// Program is one of heed.yaml, or "default".
	Program string
	// Status is heed's word for a failure: expired, undeliverable, blocked, invalid.
	Status string
	// Reason is AWS's word for the failure of a message, or heed's for that of a call.
	Reason string
}

// Set is what one piece of work counted and measured. Its zero value is empty. It is not for several goroutines at once.
type Set struct{ all []series }

// series is one metric under one set of labels.
type series struct {
	group
	name   Name
	values []int64
}

// group is what one document holds: metrics of the same dimensions with the same values of them.
type group struct {
	Labels
	by dimensions
}

// Count adds to a count. What nothing is added to is not written: to CloudWatch that is 0 where a sum is asked for.
func (s *Set) Count(n Name, more int, l Labels) {
	if more == 0 {
		return
	}
	at := s.of(n, l)
	if len(at.values) == 0 {
		at.values = []int64{0}
	}
	at.values[0] += int64(more)
}

// Gauge writes how many there are now, 0 too.
func (s *Set) Gauge(n Name, now int) { s.of(n, Labels{}).values = []int64{int64(now)} }

// Observe writes how long something took or how old it is, in the unit of the metric. Each observation is a value of its
// own, so that CloudWatch knows percentiles. Clocks differ: less than nothing is nothing.
func (s *Set) Observe(n Name, took time.Duration) {
	value := max(took, 0) / time.Millisecond
	if definitions[n].unit == seconds {
		value = max(took, 0) / time.Second
	}
	at := s.of(n, Labels{})
	at.values = append(at.values, int64(value))
}

// of finds a series among few, or begins it.
func (s *Set) of(n Name, l Labels) *series {
	by := definitions[n].by
	g := group{by.of(l), by}
	for i := range s.all {
		if s.all[i].name == n && s.all[i].group == g {
			return &s.all[i]
		}
	}
	s.all = append(s.all, series{group: g, name: n})
	return &s.all[len(s.all)-1]
}

const (
	// longest is how long the name of a program may be.
	longest = 64
	// mostDigits are those of a short code. What is nothing but more digits is the number of a person, whoever says so.
	mostDigits = 6
)

// bounded is a value that heed.yaml or a table of heed allows, or "other". CloudWatch takes no empty value, and none but
// ASCII.
func bounded(value string) string {
	digits := 0
	for _, c := range []byte(value) {
		switch {
		case '0' <= c && c <= '9':
			digits++
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', c == '-', c == '_', c == '.':
		default:
			return "other"
		}
	}
	if value == "" || len(value) > longest || (digits == len(value) && digits > mostDigits) {
		return "other"
	}
	return value
}
