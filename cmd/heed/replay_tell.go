package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	replays "github.com/heedsms/heed/internal/replay"
)

// replayTold is the summary as JSON has it.
type replayTold struct {
	Source string `json:"source"`
	DryRun bool   `json:"dry_run"`
	replays.Summary
	Seconds float64 `json:"seconds"`
}

// tell writes the summary.
func (r *replayRun) tell(took time.Duration) error {
	if r.JSON {
		return writeJSON(r.out, replayTold{r.Source, r.DryRun, r.sum, took.Seconds()})
	}
	s := &r.sum
	var b strings.Builder
	if r.DryRun {
		fmt.Fprintf(&b, "%s, and nothing was written\n", counted(int64(s.Inputs), "record was read", "records were read"))
	} else {
		fmt.Fprintf(&b, "%s in %s\n", counted(int64(s.Inputs), "record was replayed", "records were replayed"), took.Round(time.Millisecond))
	}
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	line := func(n int, what, remark string) {
		if n > 0 {
			fmt.Fprintf(w, "  %d\t%s\t%s\n", n, what, remark)
		}
	}
	line(s.TextsNew, "texts", "new")
	line(s.TextsKnown, "texts", "recorded before")
	line(s.EventsNew, "events", "new")
	line(s.EventsKnown, "events", "recorded before")
	line(s.Ignored, "events", "of a kind that heed does not keep")
	line(s.Forgotten, "events", "of people who were forgotten since: left out")
	line(s.ConsentChanges, "changes", "of consent")
	line(s.Planned, "actions", "planned: the relay carries them out")
	line(s.Withheld, "replies", "withheld: too late, or not due")
	line(s.Unread, "inputs", "that cannot be read: they would be parked")
	for _, reason := range slices.Sorted(maps.Keys(s.Parked)) {
		line(s.Parked[reason], "inputs", "parked: "+reason)
	}
	line(s.Untimed, "texts", "left, because nobody knows when they were said: tell by --said-at")
	line(s.Failed, "records", "could not be kept")
	if err := w.Flush(); err != nil {
		return err
	}
	for _, t := range s.Troubles {
		fmt.Fprintf(&b, "left: %s: %s\n", printable(t.Name), printable(t.Why))
	}
	if more := s.Left - len(s.Troubles); more > 0 {
		fmt.Fprintf(&b, "left: %d more\n", more)
	}
	if s.TextsForgotten > 0 {
		fmt.Fprintf(&b, "note: %s of people who were forgotten. Each may hold a request to stop, so they are recorded: run heed consent forget again\n",
			counted(int64(s.TextsForgotten), "text is", "texts are"))
	}
	_, err := fmt.Fprint(r.out, b.String())
	return err
}
