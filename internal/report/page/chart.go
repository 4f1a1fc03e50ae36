package page

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// day is what became of the messages of one day.
type day struct {
	Date                                       time.Time
	Messages, Succeeded, Failed, Unknown, Open int64
}

// Rate is the share of the messages whose end is known that succeeded; false where the end of none is.
func (d day) Rate() (float64, bool) {
	closed := d.Succeeded + d.Failed + d.Unknown
	return float64(d.Succeeded) / float64(max(closed, 1)), closed > 0
}

// chart is the drawing of messages by day: bars of what became of them, and above them the line of the delivery rate.
// It has no size of its own: it fills the width that there is.
type chart struct {
	Name          string // of its pattern: one page may hold several
	Width, Height int
	Left, Right   float64 // between which days are drawn
	Base          float64 // where bars stand
	Bars          []bar
	Counts, Dates []mark
	Rates         []mark // the scale of the line
	// Line is the rate of days in which every message has ended, Tail that of days which can still change.
	Line, Tail string
	Dots       []mark
}

// bar is a piece of a day's bar.
type bar struct {
	Kind                string // yes, no, unknown, open
	X, Y, Width, Height float64
}

// mark is a word at a place.
type mark struct {
	X, Y float64
	Text string
}

const (
	rateTop, rateBottom = 14.0, 66.0
	barsTop             = 88.0
)

// drawDays draws days, which stand in the order of time, width wide.
func drawDays(name string, days []day, width int) chart {
	c := chart{Name: name, Width: width, Height: 288, Left: 38, Right: float64(width) - 2, Base: 262}
	if len(days) == 0 {
		return c
	}
	most := int64(0)
	for _, d := range days {
		most = max(most, d.Messages)
	}
	step, top := scale(most)
	for at := int64(0); at <= top; at += step {
		c.Counts = append(c.Counts, mark{c.Left - 7, round(c.Base - (c.Base-barsTop)*float64(at)/float64(top)), short(at)})
	}
	slot := (c.Right - c.Left) / float64(len(days))
	thick := math.Min(slot*0.72, 44)
	for i, d := range days {
		x, y := c.Left+slot*(float64(i)+0.5), c.Base
		for _, part := range []struct {
			kind  string
			count int64
		}{{"yes", d.Succeeded}, {"unknown", d.Unknown}, {"no", d.Failed}, {"open", d.Open}} {
			if part.count <= 0 {
				continue
			}
			// What is there is seen, be it ever so little.
			tall := math.Max((c.Base-barsTop)*float64(part.count)/float64(top), 1)
			y -= tall
			c.Bars = append(c.Bars, bar{part.kind, round(x - thick/2), round(y), round(thick), round(tall)})
		}
	}
	c.dates(days, slot)
	c.rate(days, slot)
	return c
}

// dates writes as many dates as there is room for, the newest always.
func (c *chart) dates(days []day, slot float64) {
	every := max(int(math.Ceil(52/slot)), 1)
	for i := len(days) - 1; i >= 0; i -= every {
		x := c.Left + slot*(float64(i)+0.5)
		if x < c.Left+14 && len(days) > 1 {
			break
		}
		c.Dates = append(c.Dates, mark{round(math.Min(x, c.Right-18)), c.Base + 18, days[i].Date.Format("2 Jan")})
	}
}

// rate draws the line. Its scale begins where it is of use: rates are mostly near the top.
func (c *chart) rate(days []day, slot float64) {
	low := 1.0
	for _, d := range days {
		if r, ok := d.Rate(); ok {
			low = math.Min(low, r)
		}
	}
	floor := math.Max(math.Floor(low*10-0.5)/10, 0)
	at := func(r float64) float64 { return round(rateBottom - (rateBottom-rateTop)*(r-floor)/(1-floor)) }
	c.Rates = []mark{{c.Left - 7, rateTop, "100%"}, {c.Left - 7, rateBottom, fmt.Sprintf("%.0f%%", floor*100)}}
	var line, tail strings.Builder
	var before *mark // the last point, where its neighbour joins it
	open := false
	for i, d := range days {
		r, ok := d.Rate()
		if !ok {
			before = nil
			continue
		}
		here := mark{X: round(c.Left + slot*(float64(i)+0.5)), Y: at(r)}
		path := &line
		if d.Open > 0 || open {
			path = &tail
		}
		if before == nil {
			c.Dots = append(c.Dots, here)
		} else {
			fmt.Fprintf(path, "M%g %gL%g %g", before.X, before.Y, here.X, here.Y)
		}
		before, open = &here, d.Open > 0
	}
	c.Line, c.Tail = line.String(), tail.String()
}

// scale gives the distance of the lines of a scale that holds most, and its end: three to six lines at round numbers.
func scale(most int64) (step, top int64) {
	most = max(most, 4)
	step = 1
	for i := 0; most/step > 5; i++ {
		step = step * []int64{2, 5, 2}[i%3] / []int64{1, 2, 1}[i%3]
	}
	return step, (most + step - 1) / step * step
}

func round(x float64) float64 { return math.Round(x*10) / 10 }
