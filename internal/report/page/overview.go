package page

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/heedsms/heed/internal/report"
)

// overview is the first page: all reports in brief.
type overview struct {
	frame
	Choice  choice
	Fault   string // what of the address could not be read
	AsOf    time.Time
	Open    int64
	Days    string
	Chips   []chip
	Selects []selection
	Figures []figure
	Nothing nothing
	panels
}

// nothing says why there is nothing to see, if so.
type nothing int

const (
	something nothing = iota
	noneHere          // no message of these days and filters
	noneEver          // no message was ever counted
)

// chip is a filter that is on.
type chip struct{ Name, Value, Without string }

// selection is a filter that can be set.
type selection struct {
	Name, Chosen string
	Values       []string
}

// Label is its name for people.
func (s selection) Label() string { return strings.ToUpper(s.Name[:1]) + s.Name[1:] }

// figure is one of the numbers at the top.
type figure struct {
	Name, Value, Under string
	Kind               string // "" or bad
}

// panel is what every part of the page has.
type panel struct {
	ID, Title, Lead string
	CSV, JSON       string // where the API has it
	Fault           string // why it cannot be shown
	Unfiltered      string // filters that it does not follow
	More            int64  // rows that are not shown
	// AsOf is as of when it is true, where it is counted less often than messages and is older; else zero.
	AsOf time.Time
}

// asked are the answers that the overview is made of.
type asked struct {
	days, before, places, failures, cost, unicode, optouts, campaigns, keywords, legs, latency, inbound, health *answer
	// options are what there is to choose from, by dimension; country and carrier are of one answer.
	options map[string]*answer
}

// ask asks first what is counted already. The rest reads people's texts and consent as they are: where that is slow, it
// keeps nothing else waiting for a connection.
func ask(q *questions, c choice) asked {
	a := asked{
		days:     q.ask(c, "delivery", "day", nil),
		before:   q.ask(c.before(), "delivery", "", nil),
		places:   q.ask(c, "delivery", "country,carrier", nil),
		failures: q.ask(c, "failures", "status,failure_status,failure_reason", nil),
		cost:     q.ask(c, "cost", "country", nil),
		legs:     q.ask(c, "latency", "leg", nil),
		latency:  q.ask(c, "latency", "country,carrier,leg", nil),
		options:  map[string]*answer{},
	}
	for name, by := range map[string]string{"program": "program", "campaign": "campaign", "country": "country,carrier", "carrier": "country,carrier"} {
		a.options[name] = q.ask(c.anyOf(), "delivery", by, nil)
	}
	a.health = q.ask(c, "health", "", nil)
	a.unicode = q.ask(c, "unicode", "campaign,character_class", nil)
	a.optouts = q.ask(c, "optouts", "", nil)
	a.campaigns = q.ask(c, "optouts", "campaign", nil)
	a.keywords = q.ask(c, "optouts", "keyword", nil)
	a.inbound = q.ask(c, "inbound", "verdict", nil)
	return a
}

func (p Page) overview(w http.ResponseWriter, r *http.Request) {
	c, fault := readChoice(r.URL.Query(), p.Now())
	status := http.StatusOK
	o := overview{Choice: c, Days: c.days()}
	if fault != nil {
		o.Fault, status = sentence(fault), http.StatusBadRequest
	}
	var q questions
	a := ask(&q, c)
	q.run(r.Context(), p.Reports, p.Patience)
	for i, one := range q.answers {
		if one.fault != nil {
			p.Log.ErrorContext(r.Context(), "a report of the page cannot be read", append(told(one.fault), "report", q.asked[i].Report, "by", q.asked[i].By)...)
		}
	}
	if !slices.ContainsFunc(q.answers, func(a *answer) bool { return a.fault == nil }) {
		p.broken(w, r, "the reports of the page cannot be read", a.days.fault)
		return
	}
	o.frame = p.frame(r.Context(), r, "Overview", "overview")
	o.frame.Zone = c.Zone
	o.AsOf = a.days.asOf
	o.choices(c, a)
	o.Figures, o.Open = figures(c, a)
	o.panels = panelsOf(c, a)
	o.Failures.older(a.failures.asOf.In(c.Zone), o.AsOf)
	o.Latency.older(a.latency.asOf.In(c.Zone), o.AsOf)
	switch {
	case a.days.fault != nil || len(a.days.rows) > 0:
	case a.days.asOf.IsZero() || (len(a.options["program"].rows) == 0 && a.before.asOf.IsZero()):
		o.Nothing = noneEver
	default:
		o.Nothing = noneHere
	}
	p.write(w, r, status, "overview", o)
}

// sentence is an error for people.
func sentence(err error) string {
	text := err.Error()
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

// mostOptions is how long a list to choose from may be.
const mostOptions = 200

// choices are the filters that are on, and those that could be.
func (o *overview) choices(c choice, a asked) {
	for _, name := range filters() {
		chosen := c.Filters[name]
		if chosen != "" {
			o.Chips = append(o.Chips, chip{name, chosen, c.with(name, "")})
		}
		rows := byCount(together(a.options[name].rows, name), "messages")
		values := make([]string, 0, len(rows)+1)
		for _, r := range rows[:min(len(rows), mostOptions)] {
			values = append(values, cmp.Or(r.text(name), notKnown))
		}
		if chosen != "" && !slices.Contains(values, chosen) {
			values = append(values, chosen)
		}
		slices.Sort(values)
		// A single value is no choice, unless it is one already.
		if len(values) > 1 || chosen != "" {
			o.Selects = append(o.Selects, selection{name, chosen, values})
		}
	}
}

// total is what the rows of the days come to.
func total(rows []row) day {
	var sum day
	for _, r := range rows {
		d := dayOf(r)
		sum.Messages += d.Messages
		sum.Succeeded += d.Succeeded
		sum.Failed += d.Failed
		sum.Unknown += d.Unknown
		sum.Open += d.Open
	}
	return sum
}

func dayOf(r row) day {
	date, _ := r["day"].(time.Time)
	return day{date, r.count("messages"), r.count("succeeded"), r.count("failed"), r.count("unknown"), r.count("open")}
}

// figures are the numbers at the top, and how many messages are open.
func figures(c choice, a asked) ([]figure, int64) {
	now, then := total(a.days.rows), total(a.before.rows)
	unread := func(f figure, from *answer) figure {
		if from.fault != nil {
			return figure{Name: f.Name, Value: "–", Under: "could not be read", Kind: "bad"}
		}
		return f
	}
	earlier := fmt.Sprintf("the %d days before", c.Length())
	if c.Length() == 1 {
		earlier = "the day before"
	}
	messages := figure{Name: "Messages", Value: number(now.Messages)}
	if then.Messages > 0 && now.Messages > 0 {
		messages.Under = change(float64(now.Messages)/float64(then.Messages)-1) + " on " + earlier
	}
	rate := figure{Name: "Delivery rate", Value: "–", Under: "none has ended"}
	if r, ok := now.Rate(); ok {
		rate.Value, rate.Under = percent(r), "of those that ended"
		if before, ok := then.Rate(); ok {
			rate.Under = points(r-before) + " on " + earlier
		}
	}
	failed := figure{Name: "Failed", Value: number(now.Failed)}
	if now.Unknown > 0 {
		failed.Under = number(now.Unknown) + " more: outcome unknown"
	}
	open := figure{Name: "Open", Value: number(now.Open), Under: "all have ended"}
	if now.Open > 0 {
		open.Under = "may still change"
	}
	list := []figure{
		unread(messages, a.days), unread(rate, a.days), unread(open, a.days), unread(failed, a.days), unread(spent(a.cost.rows), a.cost),
		unread(c.widened(leaving(a.optouts.rows), "optouts"), a.optouts), unread(c.widened(toHandset(a.legs.rows), "latency"), a.legs),
	}
	return list, now.Open
}

// widened says of a figure which filters it does not follow.
func (c choice) widened(f figure, name string) figure {
	spec, _ := report.Named(name) // ask has found it
	if names := c.beyond(spec); len(names) > 0 {
		f.Under = "not filtered by " + words(names)
	}
	return f
}

func spent(rows []row) figure {
	f := figure{Name: "Cost", Value: "–", Under: "no price is known"}
	var sum float64
	var priced, messages int64
	for _, r := range rows {
		v, _ := r.known("total")
		sum += v
		priced += r.count("priced")
		messages += r.count("messages")
	}
	if priced > 0 {
		f.Value, f.Under = dollars(sum), "US dollars, with fees"
		if priced < messages {
			f.Under = fmt.Sprintf("US dollars, of %s priced", number(priced))
		}
	}
	return f
}

func leaving(rows []row) figure {
	f := figure{Name: "Opt-out rate", Value: "–", Under: "no message, no rate"}
	if len(rows) > 0 {
		f.Value = rows[0].write("opt_out_rate", percent)
		f.Under = counted(rows[0].count("people"), "person", "people") + " opted out"
	}
	return f
}

func toHandset(rows []row) figure {
	f := figure{Name: "To the handset", Value: "–", Under: "no receipt of a handset"}
	for _, r := range rows {
		if r.text("leg") == "handset" && r.count("messages") > 0 {
			f.Value, f.Under = r.write("p50", seconds), "median; p90 "+r.write("p90", seconds)
		}
	}
	return f
}

// change writes by how much something grew.
func change(by float64) string {
	switch {
	case by > 9.995:
		return fmt.Sprintf("×%.0f", by+1)
	case by >= 0.0005:
		return fmt.Sprintf("+%.1f%%", by*100)
	case by <= -0.0005:
		return fmt.Sprintf("−%.1f%%", -by*100)
	}
	return "±0%"
}

// points writes the difference of two shares.
func points(by float64) string {
	switch {
	case by >= 0.0005:
		return fmt.Sprintf("+%.1f points", by*100)
	case by <= -0.0005:
		return fmt.Sprintf("−%.1f points", -by*100)
	}
	return "±0 points"
}

func counted(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return number(n) + " " + many
}

// byCount puts the rows with the most first.
func byCount(rows []row, measure string) []row {
	sorted := slices.Clone(rows)
	slices.SortStableFunc(sorted, func(a, b row) int {
		x, _ := a.known(measure)
		y, _ := b.known(measure)
		return cmp.Compare(y, x)
	})
	return sorted
}

// panel begins a part of the page.
func (c choice) panel(id, name, by, title, lead string, more url.Values, a *answer) panel {
	spec, _ := report.Named(name) // ask has found it, or the answer is its fault
	v := c.parameters(spec, by, more)
	v.Set("format", "csv")
	csv := "/v1/reports/" + name + "?" + v.Encode()
	v.Set("format", "json")
	p := panel{ID: id, Title: title, Lead: lead, CSV: csv, JSON: "/v1/reports/" + name + "?" + v.Encode()}
	if a.fault != nil {
		p.Fault = complaint(a.fault)
	}
	if names := c.beyond(spec); len(names) > 0 && spec.Period {
		p.Unfiltered = "Not filtered by " + words(names) + ": it is not known here."
	}
	return p
}

// older notes as of when a part is true, where that is not the time at the head of the page.
func (p *panel) older(asOf, head time.Time) {
	if !asOf.IsZero() && asOf.Truncate(time.Minute).Before(head.Truncate(time.Minute)) {
		p.AsOf = asOf
	}
}

// drawing is a day as the chart in the browser reads it.
type drawing struct {
	Label     string   `json:"label"`
	Short     string   `json:"short"`
	Messages  int64    `json:"messages"`
	Succeeded int64    `json:"succeeded"`
	Failed    int64    `json:"failed"`
	Unknown   int64    `json:"unknown"`
	Open      int64    `json:"open"`
	Rate      *float64 `json:"rate"`
}

func drawings(days []day) (string, error) {
	all := make([]drawing, len(days))
	for i, d := range days {
		all[i] = drawing{d.Date.Format("Mon 2 Jan 2006"), d.Date.Format("2 Jan"), d.Messages, d.Succeeded, d.Failed, d.Unknown, d.Open, nil}
		if rate, ok := d.Rate(); ok {
			all[i].Rate = &rate
		}
	}
	text, err := json.Marshal(all)
	return string(text), err
}

// together adds up what became of messages by one thing.
func together(rows []row, name string) []row {
	var all []row
	at := map[string]row{}
	for _, r := range rows {
		sum, ok := at[r.text(name)]
		if !ok {
			sum = row{name: r.text(name)}
			at[r.text(name)] = sum
			all = append(all, sum)
		}
		for _, measure := range []string{"messages", "open", "succeeded", "failed", "unknown"} {
			sum[measure] = sum.count(measure) + r.count(measure)
		}
	}
	return all
}

// everyDay gives a row for each day asked for: a day without messages is a day.
func everyDay(c choice, rows []row) []day {
	known := map[time.Time]day{}
	for _, r := range rows {
		d := dayOf(r)
		known[d.Date] = d
	}
	days := make([]day, 0, c.Length())
	for at := c.From; !at.After(c.To); at = at.AddDate(0, 0, 1) {
		d := known[at]
		d.Date = at
		days = append(days, d)
	}
	return days
}
