package roster

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

var (
	errNoTime     = errors.New("not a time: write 2026-11-20T12:00:00Z, 2026-11-20 12:00:00 or 2026-11-20 (both UTC), or seconds since 1970")
	errBeforeSMS  = errors.New("before 1992, when there were no texts")
	errFuture     = errors.New("in the future")
	errShortened  = errors.New("a number that a spreadsheet has shortened (like 1.42555E+10): digits are lost, make the file anew with the column as text")
	firstSMS      = time.Date(1992, 12, 3, 0, 0, 0, 0, time.UTC)
	layoutsOfTime = []string{
		time.RFC3339, "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05 Z07:00", "2006-01-02 15:04:05 UTC",
		"2006-01-02T15:04:05", time.DateTime, "2006-01-02 15:04", time.DateOnly,
	}
)

// ParseMoment reads when somebody said something: RFC 3339, a date and time or a date (both UTC), or seconds or
// milliseconds since 1970, with a fraction or without. What is finer than a microsecond is cut off: Postgres keeps no
// finer times.
func ParseMoment(word string, now time.Time) (time.Time, error) {
	at, err := parseMoment(word)
	switch {
	case err != nil:
		return time.Time{}, err
	case at.Before(firstSMS):
		return time.Time{}, errBeforeSMS
	case at.After(now.Add(clockSkew)):
		return time.Time{}, errFuture
	}
	return at.UTC().Truncate(time.Microsecond), nil
}

// clockSkew is how far another system's clock may be ahead of ours.
const clockSkew = time.Minute

func parseMoment(word string) (time.Time, error) {
	for _, layout := range layoutsOfTime {
		if at, err := time.Parse(layout, word); err == nil {
			return at, nil
		}
	}
	if isShortened(word) {
		return time.Time{}, errShortened
	}
	whole, fraction, _ := strings.Cut(word, ".")
	number, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || len(whole) > 14 || len(fraction) > 9 || strings.Trim(fraction, "0123456789") != "" {
		return time.Time{}, errNoTime
	}
	const firstMilli = 100_000_000_000 // as seconds, the year 5138
	if number >= firstMilli {
		return time.UnixMilli(number), nil
	}
	nanos, err := strconv.ParseInt((fraction + "000000000")[:9], 10, 64)
	if err != nil {
		return time.Time{}, errNoTime
	}
	return time.Unix(number, nanos), nil
}

// isShortened says whether a spreadsheet wrote a long number as a power of ten.
func isShortened(word string) bool {
	mantissa, exponent, ok := strings.Cut(strings.ToUpper(strings.TrimPrefix(word, "+")), "E")
	return ok && strings.Trim(exponent, "+0123456789") == "" && exponent != "" &&
		strings.Trim(mantissa, "0123456789.,") == "" && mantissa != ""
}
