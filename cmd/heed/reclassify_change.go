package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/heedsms/heed/internal/keywords"
	"github.com/heedsms/heed/internal/optout"
	"github.com/heedsms/heed/internal/program"
)

// judged is what a text is taken to mean.
type judged struct {
	Program string `json:"program"`
	Verdict string `json:"verdict"`
	Reason  string `json:"reason"`
	Matched string `json:"matched"`
}

// consent is what a verdict does to consent.
func (j judged) consent() string {
	switch j.Verdict {
	case program.VerdictOptOut, program.VerdictOptIn, string(optout.Unclear):
		return j.Verdict
	}
	return "none"
}

// change is a text that would be decided otherwise.
type change struct {
	SaidAt    time.Time `json:"said_at"`
	Contact   string    `json:"contact"`
	Identity  string    `json:"identity"`
	ID        string    `json:"inbound_message_id"`
	Variant   string    `json:"variant"`
	Direction string    `json:"direction"`
	Was       judged    `json:"was"`
	Now       judged    `json:"now"`
	Text      string    `json:"text"`
}

// compare says in which direction a decision would change, "" when it would not, and what that does to the person.
// The same verdict by another reason is no change; the same consent for another program is.
func compare(was, now judged) (direction string, bits byte) {
	from, to := was.consent(), now.consent()
	moved := was.Program != now.Program && to != "none"
	switch {
	case from == to && was.Verdict == now.Verdict && !moved:
		return "", 0
	case from == to && to == "none":
		return was.Verdict + " -> " + now.Verdict, 0
	}
	if to == program.VerdictOptOut {
		bits |= optedOut
	}
	if from == program.VerdictOptOut {
		bits |= noLongerOptedOut
	}
	if to == string(optout.Unclear) {
		bits |= held
	}
	return from + " -> " + to, bits
}

// tell writes one change: whole as JSON, else as a line with the beginning of the person's own words.
func (r *replay) tell(c change, said []string) error {
	if r.command.JSON {
		return r.encode(c)
	}
	name := c.Now.Program
	if c.Was.Program != c.Now.Program {
		name = c.Was.Program + " -> " + c.Now.Program
	}
	words := c.Text
	if len(said) > 0 {
		words = keywords.Clean(said[0]).Own
	}
	const most = 60
	if letters := []rune(words); len(letters) > most {
		words = string(letters[:most-1]) + "…"
	}
	_, err := fmt.Fprintf(r.lines, "%s  %-15s  %s  %s/%s -> %s/%s  matched %s  text %s\n", c.SaidAt.Format(time.RFC3339), printable(c.Contact), name,
		c.Was.Verdict, c.Was.Reason, c.Now.Verdict, c.Now.Reason, strconv.Quote(cmp.Or(c.Now.Matched, c.Was.Matched)), strconv.Quote(words))
	return err
}

func (r *replay) encode(v any) error {
	out := json.NewEncoder(r.lines)
	out.SetEscapeHTML(false)
	return out.Encode(v)
}

// printable keeps what a stranger wrote from steering the operator's terminal. It is for numbers, which may be any
// text; words are quoted.
func printable(s string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsPrint(c) {
			return c
		}
		return unicode.ReplacementChar
	}, s)
}

// inWords says what a direction comes to.
func inWords(direction string) string {
	done := map[string]string{program.VerdictOptOut: "opted out", program.VerdictOptIn: "opted in", string(optout.Unclear): "held or asked"}
	from, to, _ := strings.Cut(direction, " -> ")
	switch was, is := done[from], done[to]; {
	case was == "" && is == "":
		return "consent stays"
	case was == "":
		return "would have been " + is
	case is == "":
		return "would not have been " + was
	case was == is:
		return "would have been " + is + " for another program"
	default:
		return "would have been " + is + ", not " + was
	}
}

// sum writes the summary.
func (r *replay) sum() error {
	out, gone, on := r.People.count(optedOut), r.People.count(noLongerOptedOut), r.People.count(held)
	if r.command.JSON {
		type persons struct {
			OptedOut         int `json:"opted_out"`
			NoLongerOptedOut int `json:"no_longer_opted_out"`
			Held             int `json:"held"`
		}
		type summary struct {
			Since          time.Time `json:"since"`
			Until          time.Time `json:"until"`
			RulesetVersion int64     `json:"ruleset_version"` // 0: a file
			counts
			People persons `json:"people"`
		}
		if err := r.encode(map[string]summary{"summary": {r.Since, r.Until, r.rules.Version, r.Counts, persons{out, gone, on}}}); err != nil {
			return err
		}
		return r.lines.Flush()
	}
	fmt.Fprintf(r.lines, "%d texts from %s to %s: %d would be decided otherwise\n", r.Counts.Texts, r.Since.Format(time.RFC3339), r.Until.Format(time.RFC3339), r.Counts.Changed)
	for _, direction := range slices.Sorted(maps.Keys(r.Counts.ByDirection)) {
		fmt.Fprintf(r.lines, "  %6d  %-20s  %s\n", r.Counts.ByDirection[direction], direction, inWords(direction))
	}
	if r.Counts.Changed > 0 {
		fmt.Fprintf(r.lines, "people: %d would be opted out, %d no longer opted out, %d held\n", out, gone, on)
	}
	return r.lines.Flush()
}
