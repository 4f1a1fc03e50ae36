package program

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// parseDuration reads Go's durations and days in front of them: 7d, 1d12h, 90m. A day is 24 hours.
func parseDuration(s string) (time.Duration, error) {
	days, rest, found := strings.Cut(s, "d")
	if !found {
		return time.ParseDuration(s)
	}
	const most = 3650
	n, err := strconv.Atoi(days)
	if err != nil || n < 0 || n > most {
		return 0, fmt.Errorf("days in %q", s)
	}
	d := time.Duration(n) * 24 * time.Hour
	if rest == "" {
		return d, nil
	}
	more, err := time.ParseDuration(rest)
	if err != nil {
		return 0, fmt.Errorf("after days in %q: %w", s, err)
	}
	return d + more, nil
}

// nearest is the name that was probably meant: the same but for case, dashes and underscores, or two slips of the
// hand away. It is "" if none is near.
func nearest(s string, names []string) string {
	best, least := "", 3
	for _, name := range names {
		d := distance(squash(s), squash(name))
		if d < least && d < len(name) {
			best, least = name, d
		}
	}
	return best
}

func squash(s string) string {
	if len(s) > 40 {
		s = s[:40]
	}
	return strings.NewReplacer("_", "", "-", "").Replace(strings.ToLower(s))
}

// distance is the Levenshtein distance in bytes.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
