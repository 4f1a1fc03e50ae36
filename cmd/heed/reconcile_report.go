package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/heedsms/heed/internal/reconcile"
)

// decisions are the decisions in the order in which they are told, and what is said of each.
func decisions() []struct {
	decision reconcile.Decision
	text     string
} {
	return []struct {
		decision reconcile.Decision
		text     string
	}{
		{reconcile.NoList, "AWS has no opt-out list of this name: nothing was compared"},
		{reconcile.Agreed, "agreed"},
		{reconcile.Recorded, "listed at AWS, unknown here: opt-out recorded"},
		{reconcile.Younger, "listed at AWS after the opt-in known here: opt-out recorded, listing kept"},
		{reconcile.Missing, "opted out here, not listed: to be put on the list"},
		{reconcile.Left, "opted out here, was listed and is no longer: to be put back"},
		{reconcile.Remove, "opted in here, listed from before: to be taken off"},
		{reconcile.Locked, "opted in here, held by AWS's 30 days"},
		{reconcile.Failing, "not done: AWS refused it, and the relay tries again each hour (heed.outbox says why)"},
		{reconcile.InFlight, "on their way: left for the next pass"},
		{reconcile.Stray, "listed by heed with nothing behind it any more: decide with heed consent set"},
	}
}

// tellList writes what is to be said of one list.
func tellList(w io.Writer, l listReport) error {
	var lines []string
	switch {
	case l.Busy:
		lines = append(lines, "another worker is at it")
	case l.StartedAt.IsZero():
		lines = append(lines, "not read")
	case !l.Finished():
		lines = append(lines, fmt.Sprintf("%d numbers read in %d pages; the next run goes on from there", l.Numbers, l.Pages))
	default:
		lines = append(lines, fmt.Sprintf("%d numbers at AWS, in %d pages", l.Numbers, l.Pages))
	}
	for _, d := range decisions() {
		if n := l.Counts[d.decision]; n > 0 {
			lines = append(lines, fmt.Sprintf("  %6d  %s", n, d.text))
		}
	}
	if p := l.Planned; p != nil {
		for _, outcome := range []struct {
			n    int
			text string
		}{
			{p.Put, "done: put on the list"},
			{p.Removed, "done: taken off the list"},
			{p.Moot, "done: settled by somebody else meanwhile"},
			{p.Waiting, "planned: left to the relay"},
		} {
			if outcome.n > 0 {
				lines = append(lines, fmt.Sprintf("  %6d  %s", outcome.n, outcome.text))
			}
		}
		for _, reason := range slices.Sorted(maps.Keys(p.Failed)) {
			lines = append(lines, fmt.Sprintf("  %6d  not done: %s; the relay tries again", p.Failed[reason], reason))
		}
	}
	if l.Locked.Numbers > 0 {
		lines = append(lines, fmt.Sprintf("  %6d  locked: AWS lets a number go once in 30 days; the relay tries again, from %s on", l.Locked.Numbers, l.Locked.First.UTC().Format(time.DateOnly)))
	}
	_, err := fmt.Fprintf(w, "%s: %s\n", l.List, strings.Join(lines, "\n"))
	return err
}

func writeReport(w io.Writer, report any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(report)
}
