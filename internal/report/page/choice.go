package page

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/heedsms/heed/internal/report"
)

// choice is what the overview is asked to show. It stands in the address, so that it can be kept and sent.
type choice struct {
	Days     int // 7, 30 or 90 up to today; 0: From and To were chosen
	From, To time.Time
	Today    time.Time
	Zone     *time.Location
	Filters  map[string]string // by dimension
	now      time.Time
}

const (
	// notKnown stands for the empty value of a dimension: in a form the empty value is no choice.
	notKnown = "(unknown)"
	// mostDays is as much as a chart can show.
	mostDays = 400
)

// filters are the dimensions by which the overview can be narrowed.
func filters() []string { return []string{"program", "campaign", "country", "carrier"} }

// readChoice reads the address. What cannot be read is said, and what is usual takes its place.
func readChoice(values url.Values, now time.Time) (choice, error) {
	c := choice{Days: 30, Zone: time.UTC, Filters: map[string]string{}, now: now}
	var fault error
	if name := values.Get("zone"); name != "" {
		zone, err := time.LoadLocation(name)
		if err != nil || name == "Local" {
			fault = fmt.Errorf("the time zone is not known: choose one of the list, or write a name of the IANA database, as America/New_York")
		} else {
			c.Zone = zone
		}
	}
	y, m, d := now.In(c.Zone).Date()
	c.Today = time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	switch word := values.Get("range"); word {
	case "", "30":
	case "7":
		c.Days = 7
	case "90":
		c.Days = 90
	case "own":
		c.Days = 0
	default:
		fault = fmt.Errorf("the range is not known: choose 7, 30 or 90 days, or your own")
	}
	if c.Days == 0 {
		if err := c.period(values); err != nil {
			fault, c.Days = err, 30
		}
	}
	if c.Days > 0 {
		c.From, c.To = c.Today.AddDate(0, 0, 1-c.Days), c.Today
	}
	for _, name := range filters() {
		if v := values.Get(name); v != "" {
			c.Filters[name] = v
		}
	}
	// Values of filters are bounded where all queries are read.
	if _, err := c.query("delivery", "", nil); err != nil && fault == nil {
		fault, c.Filters = err, map[string]string{}
	}
	return c, fault
}

// period reads the first and the last day.
func (c *choice) period(values url.Values) (err error) {
	if c.From, err = report.Day(values.Get("from"), c.Today); err != nil {
		return fmt.Errorf("the first day: %w", err)
	}
	if c.To, err = report.Day(values.Get("to"), c.Today); err != nil {
		return fmt.Errorf("the last day: %w", err)
	}
	if c.From.After(c.To) {
		return fmt.Errorf("the first day is after the last")
	}
	if c.Length() > mostDays {
		return fmt.Errorf("the page shows at most %d days; heed report and the API know no such bound", mostDays)
	}
	return nil
}

// Length is how many days it has.
func (c choice) Length() int { return int(c.To.Sub(c.From).Hours()/24) + 1 }

// before is the same for as many days before these.
func (c choice) before() choice {
	c.From, c.To = c.From.AddDate(0, 0, -c.Length()), c.From.AddDate(0, 0, -1)
	return c
}

// anyOf is the same without filters, to find what there is to choose from. For that, days of UTC will do: they are counted
// already, those of other zones are added up.
func (c choice) anyOf() choice {
	c.Filters, c.Zone = nil, time.UTC
	return c
}

// parameters are those of a report of the API about what was chosen. more are the report's own.
func (c choice) parameters(spec report.Spec, by string, more url.Values) url.Values {
	v := url.Values{}
	for name, values := range more {
		v[name] = values
	}
	if len(spec.Dimensions) > 0 {
		v.Set("by", by)
	}
	if spec.Period {
		v.Set("from", c.From.Format(time.DateOnly))
		v.Set("to", c.To.Format(time.DateOnly))
	}
	if spec.Zoned && c.Zone != time.UTC {
		v.Set("zone", c.Zone.String())
	}
	for name, value := range c.Filters {
		if slices.Contains(spec.Dimensions, name) {
			v.Set(name, known(value))
		}
	}
	return v
}

func known(value string) string {
	if value == notKnown {
		return ""
	}
	return value
}

// query is what a report is asked.
func (c choice) query(name, by string, more url.Values) (report.Query, error) {
	spec, ok := report.Named(name)
	if !ok {
		return report.Query{}, fmt.Errorf("there is no report %s", name)
	}
	return report.ParseQuery(spec, c.parameters(spec, by, more), c.now)
}

// beyond are the filters that a report cannot follow.
func (c choice) beyond(spec report.Spec) []string {
	var names []string
	for _, name := range filters() {
		if _, chosen := c.Filters[name]; chosen && !slices.Contains(spec.Dimensions, name) {
			names = append(names, name)
		}
	}
	return names
}

// address is this choice as the address of the overview.
func (c choice) address() string {
	v := url.Values{}
	switch {
	case c.Days == 0:
		v.Set("range", "own")
		v.Set("from", c.From.Format(time.DateOnly))
		v.Set("to", c.To.Format(time.DateOnly))
	case c.Days != 30:
		v.Set("range", fmt.Sprint(c.Days))
	}
	if c.Zone != time.UTC {
		v.Set("zone", c.Zone.String())
	}
	for name, value := range c.Filters {
		v.Set(name, value)
	}
	if len(v) == 0 {
		return "/"
	}
	return "/?" + v.Encode()
}

// with is the address of the overview with a filter set, or taken away where the value is "".
func (c choice) with(name, value string) string {
	others := map[string]string{}
	for n, v := range c.Filters {
		others[n] = v
	}
	others[name] = value
	if value == "" {
		delete(others, name)
	}
	c.Filters = others
	return c.address()
}

// days writes which days are shown.
func (c choice) days() string {
	from, to := c.From.Format("2 January 2006"), c.To.Format("2 January 2006")
	switch {
	case from == to:
		return to
	case c.From.Year() == c.To.Year() && c.From.Month() == c.To.Month():
		return c.From.Format("2") + " – " + to
	case c.From.Year() == c.To.Year():
		return c.From.Format("2 January") + " – " + to
	}
	return from + " – " + to
}

// Zones are the time zones that are offered: one for each region with many people, and the one that was chosen.
func (c choice) Zones() []string {
	offered := []string{
		"UTC", "America/Los_Angeles", "America/Denver", "America/Chicago", "America/New_York", "America/Toronto", "America/Mexico_City",
		"America/Bogota", "America/Sao_Paulo", "Europe/London", "Europe/Paris", "Europe/Berlin", "Europe/Madrid", "Europe/Helsinki",
		"Africa/Lagos", "Africa/Johannesburg", "Africa/Nairobi", "Asia/Dubai", "Asia/Kolkata", "Asia/Singapore", "Asia/Manila",
		"Asia/Tokyo", "Australia/Sydney", "Pacific/Auckland",
	}
	if chosen := c.Zone.String(); !slices.Contains(offered, chosen) {
		offered = append(offered, chosen)
	}
	return offered
}

// words joins names as people do.
func words(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
