package page

import (
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Whatever the numbers, a drawing stays in its frame, and its bars are as tall as their share.
func TestDrawing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		counts := rapid.OneOf(rapid.Int64Range(0, 3), rapid.Int64Range(0, 1000), rapid.Int64Range(0, 90_000_000))
		days := make([]day, rapid.IntRange(1, mostDays).Draw(t, "days"))
		for i := range days {
			d := day{time.Date(2026, 1, 1+i, 0, 0, 0, 0, time.UTC), 0, counts.Draw(t, "succeeded"), counts.Draw(t, "failed"), counts.Draw(t, "unknown"), counts.Draw(t, "open")}
			d.Messages = d.Succeeded + d.Failed + d.Unknown + d.Open
			days[i] = d
		}
		width := rapid.SampledFrom([]int{340, 1080}).Draw(t, "width")
		c := drawDays("x", days, width)
		top, most := scaleOf(days)
		for _, b := range c.Bars {
			if b.X < 0 || b.X+b.Width > float64(width) || b.Y < barsTop-8 || b.Y+b.Height > c.Base+0.2 || b.Height < 0.9 || b.Width <= 0 {
				t.Fatalf("a bar outside: %+v", b)
			}
		}
		if top < most || (most > 4 && top > 2*most) {
			t.Fatalf("a scale to %d for %d", top, most)
		}
		if n := len(c.Counts); n < 2 || n > 7 {
			t.Fatalf("%d lines", n)
		}
		for i := 1; i < len(c.Dates); i++ {
			if c.Dates[i-1].X-c.Dates[i].X < 30 {
				t.Fatalf("dates at %g and %g", c.Dates[i-1].X, c.Dates[i].X)
			}
		}
		for _, m := range c.Dots {
			if m.Y < rateTop || m.Y > rateBottom || math.IsNaN(m.Y) {
				t.Fatalf("a rate outside: %+v", m)
			}
		}
		if strings.Contains(c.Line+c.Tail, "NaN") || strings.Contains(c.Line+c.Tail, "Inf") {
			t.Fatal("a line to nowhere")
		}
	})
}

func scaleOf(days []day) (top, most int64) {
	for _, d := range days {
		most = max(most, d.Messages)
	}
	_, top = scale(most)
	return top, most
}

// The tail, days that can still change, is drawn otherwise than what is settled.
func TestTail(t *testing.T) {
	t.Parallel()
	at := func(d int) time.Time { return time.Date(2026, 11, d, 0, 0, 0, 0, time.UTC) }
	c := drawDays("x", []day{
		{at(1), 10, 9, 1, 0, 0}, {at(2), 10, 10, 0, 0, 0}, {at(3), 10, 7, 1, 0, 2}, {at(4), 10, 4, 0, 0, 6},
	}, 340)
	if strings.Count(c.Line, "M") != 1 || strings.Count(c.Tail, "M") != 2 {
		t.Errorf("line %q, tail %q", c.Line, c.Tail)
	}
	open := 0
	for _, b := range c.Bars {
		if b.Kind == "open" {
			open++
		}
	}
	if open != 2 {
		t.Errorf("%d open pieces", open)
	}
}

// Numbers as people read them.
func TestWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ sentence, got, want string }{
		{"thousands stand apart", number(1234567), "1,234,567"},
		{"and few do not", number(999), "999"},
		{"a loss has a minus", number(-1234), "−1,234"},
		{"nearly all is not all", percent(0.99999), ">99.9%"},
		{"all is all", percent(1), "100%"},
		{"nearly nothing is not nothing", percent(0.00001), "<0.01%"},
		{"a small rate has its digits", percent(0.00084), "0.08%"},
		{"a share has one", percent(0.9708), "97.1%"},
		{"dollars have cents", dollars(1234.5), "$1,234.50"},
		{"a price has what it needs", dollars(0.00581), "$0.0058"},
		{"nothing costs nothing", dollars(0), "$0"},
		{"hardly anything", dollars(0.00001), "<$0.0001"},
		{"an amount as AWS wrote it", amount("0.00581"), "$0.00581"},
		{"milliseconds", seconds(0.042), "42 ms"},
		{"seconds", seconds(4.52), "4.5 s"},
		{"many seconds", seconds(61), "61 s"},
		{"minutes", seconds(600), "10 min"},
		{"hours", seconds(3 * 3600), "3.0 h"},
		{"days", seconds(72 * 3600), "3.0 days"},
		{"more by a half", change(0.5), "+50.0%"},
		{"less", change(-0.031), "−3.1%"},
		{"the same", change(0.0001), "±0%"},
		{"many times as much", change(12.4), "×13"},
		{"names are listed", words([]string{"program", "campaign", "carrier"}), "program, campaign and carrier"},
		{"thousands on a scale", short(25_000), "25k"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s, not %s", c.sentence, c.got, c.want)
		}
	}
}
