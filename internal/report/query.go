package report

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Query is what is asked of one report.
type Query struct {
	Report string
	// From and To are the first and the last day, both included: midnight UTC of the day, whichever zone it is of.
	From, To time.Time
	By       []string
	// Zone names the time zone of the days, as in the IANA database.
	Zone string
	// Filters are by dimension the values that count; a message has to meet all of them. "" is unknown.
	Filters map[string][]string
	// Hours is how long after a message an opt-out is put down to it; Top how many reasons are told apart. 0 where
	// the report does not ask.
	Hours int
	Top   int
	// Limit is the most rows; 0: all.
	Limit int
	// Timeout is how long each statement of it may take in the database, which does not notice that a caller has gone;
	// 0: as long as it takes. It is the caller's to set, next to the deadline of the context.
	Timeout time.Duration
}

// The bounds of what can be asked, and what is meant where nothing is said.
const (
	defaultDays  = 30
	defaultHours = 24
	mostHours    = 30 * 24
	defaultTop   = 20
	mostTop      = 1000
	mostLimit    = 1_000_000
	mostValues   = 100
	mostBytes    = 200
)

// ParseQuery reads what is asked of a report: from and to (a day as 2026-11-20, today, yesterday, or how many days ago
// as 7d), by (dimensions with commas), zone, hours, top, limit, and a filter under the name of each dimension, which may
// stand there more than once. now decides which day is today. What is not said is the last 30 days in UTC, by what is
// the report's own. An error says what to write instead; it repeats no value of a filter.
func ParseQuery(spec Spec, values url.Values, now time.Time) (Query, error) {
	q := Query{Report: spec.Name, Zone: "UTC", By: slices.Clone(spec.Default), Filters: map[string][]string{}}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if err := q.read(spec, name, values[name]); err != nil {
			return Query{}, err
		}
	}
	for _, always := range spec.Always {
		if !slices.Contains(q.By, always) {
			q.By = append(q.By, always)
		}
	}
	if spec.Period {
		if err := q.period(values, now); err != nil {
			return Query{}, err
		}
	}
	if spec.Hours && q.Hours == 0 {
		q.Hours = defaultHours
	}
	if spec.Top && q.Top == 0 {
		q.Top = defaultTop
	}
	return q, nil
}

// read takes one parameter. The days are read at the end, when the zone is known.
func (q *Query) read(spec Spec, name string, given []string) error {
	if slices.Contains(spec.Dimensions, name) {
		return q.filter(name, given)
	}
	takes := map[string]bool{"from": spec.Period, "to": spec.Period, "by": len(spec.Dimensions) > 0, "zone": spec.Zoned, "hours": spec.Hours, "top": spec.Top, "limit": true}
	if !takes[name] {
		return fmt.Errorf("the report %s has no %q: it takes %s", spec.Name, name, strings.Join(parameters(spec, takes), ", "))
	}
	if len(given) != 1 {
		return fmt.Errorf("%s is given %d times: once is enough", name, len(given))
	}
	var err error
	switch word := given[0]; name {
	case "by":
		q.By, err = dimensionsOf(spec, word)
	case "zone":
		q.Zone, err = zone(word)
	case "hours":
		q.Hours, err = atMost("hours", word, mostHours)
	case "top":
		q.Top, err = atMost("top", word, mostTop)
	case "limit":
		q.Limit, err = atMost("limit", word, mostLimit)
	}
	return err
}

func parameters(spec Spec, takes map[string]bool) []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(takes)) {
		if takes[name] {
			names = append(names, name)
		}
	}
	if len(spec.Dimensions) > 0 {
		names = append(names, "or a filter by "+strings.Join(spec.Dimensions, ", "))
	}
	return names
}

func (q *Query) filter(name string, given []string) error {
	if len(given) > mostValues {
		return fmt.Errorf("the filter by %s has %d values: at most %d", name, len(given), mostValues)
	}
	for _, v := range given {
		if len(v) > mostBytes || !utf8.ValidString(v) || strings.ContainsRune(v, 0) {
			return fmt.Errorf("a value of the filter by %s is no text of at most %d bytes", name, mostBytes)
		}
		if name == "day" {
			if _, err := time.Parse(time.DateOnly, v); err != nil {
				return fmt.Errorf("a value of the filter by day is no day: write 2026-11-20")
			}
		}
	}
	q.Filters[name] = slices.Compact(slices.Sorted(slices.Values(given)))
	return nil
}

// dimensionsOf reads a list of dimensions. An empty one counts everything together.
func dimensionsOf(spec Spec, list string) ([]string, error) {
	by := []string{}
	for word := range strings.SplitSeq(list, ",") {
		word = strings.TrimSpace(word)
		switch {
		case word == "" && list == "":
		case !slices.Contains(spec.Dimensions, word):
			return nil, fmt.Errorf("the report %s cannot be had by %q: take any of %s", spec.Name, word, strings.Join(spec.Dimensions, ", "))
		case slices.Contains(by, word):
			return nil, fmt.Errorf("%s stands twice in by", word)
		default:
			by = append(by, word)
		}
	}
	return by, nil
}

func zone(name string) (string, error) {
	// Go takes "" and "Local" for zones of its own.
	if _, err := time.LoadLocation(name); err != nil || name == "" || name == "Local" {
		return "", fmt.Errorf("%q is no time zone: write its name in the IANA database, as America/New_York or Asia/Kolkata", name)
	}
	return name, nil
}

func atMost(name, word string, most int) (int, error) {
	n, err := strconv.Atoi(word)
	if err != nil || n < 1 || n > most {
		return 0, fmt.Errorf("%s is %q: a number from 1 to %d", name, word, most)
	}
	return n, nil
}

// period reads the first and the last day.
func (q *Query) period(values url.Values, now time.Time) error {
	where, err := time.LoadLocation(q.Zone)
	if err != nil {
		return fmt.Errorf("time zone %s: %w", q.Zone, err)
	}
	y, m, d := now.In(where).Date()
	today := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	q.To = today
	if word := values.Get("to"); values.Has("to") {
		if q.To, err = Day(word, today); err != nil {
			return fmt.Errorf("to: %w", err)
		}
	}
	q.From = q.To.AddDate(0, 0, 1-defaultDays)
	if word := values.Get("from"); values.Has("from") {
		if q.From, err = Day(word, today); err != nil {
			return fmt.Errorf("from: %w", err)
		}
	}
	if q.From.After(q.To) {
		return fmt.Errorf("from is %s and to is %s: from has to be the earlier day; to is today where it is not given",
			q.From.Format(time.DateOnly), q.To.Format(time.DateOnly))
	}
	return nil
}

// Day reads a day as people write it: 2026-11-20, today, yesterday, or how many days ago: 7d.
func Day(word string, today time.Time) (time.Time, error) {
	// The years in which there were and will be texts, and that Go and Postgres both know.
	const first, last, longestAgo = 1990, 2999, 100_000
	day, err := time.Parse(time.DateOnly, word)
	ago, isAgo := strings.CutSuffix(word, "d")
	switch {
	case err == nil:
	case word == "today":
		day = today
	case word == "yesterday":
		day = today.AddDate(0, 0, -1)
	case isAgo:
		n, err := strconv.Atoi(ago)
		if err != nil || n < 0 || n > longestAgo {
			return time.Time{}, noDay(word)
		}
		day = today.AddDate(0, 0, -n)
	default:
		return time.Time{}, noDay(word)
	}
	if day.Year() < first || day.Year() > last {
		return time.Time{}, fmt.Errorf("the year of %s is out of range: write one from %d to %d", day.Format(time.DateOnly), first, last)
	}
	return day, nil
}

func noDay(word string) error {
	return fmt.Errorf("%q is no day: write 2026-11-20, today, yesterday, or how many days ago: 7d", word)
}
