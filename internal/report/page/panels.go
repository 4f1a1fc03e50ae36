package page

import (
	"cmp"
	"slices"
	"time"
)

// panels are the parts of the overview below the figures.
type panels struct {
	Delivery  deliveryPanel
	Countries outcomePanel
	Carriers  outcomePanel
	Failures  failurePanel
	Cost      costPanel
	Unicode   unicodePanel
	Campaigns optoutPanel
	Keywords  optoutPanel
	Latency   latencyPanel
	Inbound   inboundPanel
	Health    healthPanel
}

// How many rows a part shows, one that stands beside another and one that is wide. The API has the others.
const (
	shown     = 6
	shownWide = 10
)

func panelsOf(c choice, a asked) panels {
	return panels{
		Delivery:  delivery(c, a.days),
		Countries: outcomes(c, a.places, together(a.places.rows, "country"), "countries", "country", "By country", "country"),
		Carriers:  outcomes(c, a.places, a.places.rows, "carriers", "country,carrier", "By carrier", "carrier"),
		Failures:  failures(c, a.failures),
		Cost:      costs(c, a.cost),
		Unicode:   unicode(c, a.unicode),
		Campaigns: optouts(c, a.campaigns, "optouts", "campaign", "Opt-outs by campaign", "Who opted out, by the last message to them in the 24 hours before."),
		Keywords:  optouts(c, a.keywords, "keywords", "keyword", "Opt-outs by what was said", "The words by which people opted out, as heed matched them."),
		Latency:   latencies(c, a.latency),
		Inbound:   inbound(c, a.inbound),
		Health:    health(c, a.health),
	}
}

// cut leaves the first rows, and says how many others there are.
func cut[T any](p *panel, rows []T, most int) []T {
	if len(rows) > most {
		p.More = int64(len(rows) - most)
		return rows[:most]
	}
	return rows
}

type deliveryPanel struct {
	panel
	Broad, Slim chart
	Data        string // for the chart in the browser
	Table       []dayRow
}

type dayRow struct {
	day
	Share string
}

func delivery(c choice, a *answer) deliveryPanel {
	d := deliveryPanel{panel: c.panel("delivery", "delivery", "day", "Delivery over time", "", nil, a)}
	if len(a.rows) == 0 {
		return d
	}
	days := everyDay(c, a.rows)
	d.Broad, d.Slim = drawDays("broad", days, 1080), drawDays("slim", days, 340)
	var err error
	if d.Data, err = drawings(days); err != nil {
		d.Fault = "The chart cannot be drawn."
	}
	for _, one := range slices.Backward(days) {
		line := dayRow{one, "–"}
		if r, ok := one.Rate(); ok {
			line.Share = percent(r)
		}
		d.Table = append(d.Table, line)
	}
	return d
}

// outcomePanel is what became of messages by one thing.
type outcomePanel struct {
	panel
	What string
	Rows []outcomeRow
}

type outcomeRow struct {
	Name, Beside string
	Link         string // the overview of it alone
	day
	Share string
	Parts []piece
}

// piece is a piece of a bar that is 1000 wide.
type piece struct {
	Kind     string
	X, Width float64
}

func outcomes(c choice, a *answer, all []row, id, by, title, what string) outcomePanel {
	o := outcomePanel{panel: c.panel(id, "delivery", by, title, "", nil, a), What: what}
	rows := byCount(all, "messages")
	var most int64
	for _, r := range rows {
		most = max(most, r.count("messages"))
	}
	for _, r := range cut(&o.panel, rows, shown) {
		name := cmp.Or(r.text(what), notKnown)
		line := outcomeRow{Name: name, day: dayOf(r), Share: "–"}
		if what == "carrier" {
			line.Beside = r.text("country")
		}
		if c.Filters[what] != name {
			line.Link = c.with(what, name)
		}
		if rate, ok := line.Rate(); ok {
			line.Share = percent(rate)
		}
		at := 0.0
		for _, part := range []struct {
			kind  string
			count int64
		}{{"yes", line.Succeeded}, {"unknown", line.Unknown}, {"no", line.Failed}, {"open", line.Open}} {
			if wide := 1000 * float64(part.count) / float64(max(most, 1)); wide > 0 {
				line.Parts = append(line.Parts, piece{part.kind, round(at), round(wide)})
				at += wide
			}
		}
		o.Rows = append(o.Rows, line)
	}
	return o
}

type failurePanel struct {
	panel
	Rows []failureRow
}

type failureRow struct {
	Status, AWS, Reason, Share string
	Messages                   int64
	Width                      float64 // of 1000
}

func failures(c choice, a *answer) failurePanel {
	f := failurePanel{panel: c.panel("failures", "failures", "status,failure_status,failure_reason", "Why messages failed",
		"AWS's word and description of the first failure. Days are of UTC.", nil, a)}
	for _, r := range cut(&f.panel, byCount(a.rows, "messages"), shownWide) {
		share, _ := r.known("share")
		f.Rows = append(f.Rows, failureRow{
			r.text("status"), r.text("failure_status"), r.text("failure_reason"), percent(share), r.count("messages"), round(1000 * share),
		})
	}
	return f
}

type costPanel struct {
	panel
	Rows []costRow
}

type costRow struct {
	Name                             string
	Parts, Fee, Total, Lost, PerHead string
}

func costs(c choice, a *answer) costPanel {
	p := costPanel{panel: c.panel("cost", "cost", "country", "Cost by country",
		"As AWS wrote it, in US dollars. For nothing: what was charged for messages that failed, or whose outcome is unknown.", nil, a)}
	for _, r := range cut(&p.panel, byCount(a.rows, "total"), shown) {
		p.Rows = append(p.Rows, costRow{
			Name: cmp.Or(r.text("country"), notKnown), Parts: r.write("parts_per_message", decimal), Fee: r.write("carrier_fee", dollars), Total: r.write("total", dollars),
			Lost: r.write("undelivered_charged", dollars), PerHead: r.write("cost_per_delivered", dollars),
		})
	}
	return p
}

type unicodePanel struct {
	panel
	Rows []unicodeRow
}

type unicodeRow struct {
	Campaign, Characters, Cost, Extra string
	Messages                          int64
}

func unicode(c choice, a *answer) unicodePanel {
	p := unicodePanel{panel: c.panel("unicode", "unicode", "campaign,character_class", "What Unicode costs",
		"One character outside the GSM alphabet makes a whole text Unicode: 70 characters a part, not 160. What the texts would have cost without is an estimate.", nil, a)}
	rows := slices.DeleteFunc(byCount(a.rows, "extra_cost"), func(r row) bool { return r.count("unicode_messages") == 0 })
	for _, r := range cut(&p.panel, rows, shown) {
		p.Rows = append(p.Rows, unicodeRow{
			Campaign: cmp.Or(r.text("campaign"), notKnown), Characters: r.text("character_class"),
			Cost: r.write("unicode_cost", dollars), Extra: r.write("extra_cost", dollars), Messages: r.count("unicode_messages"),
		})
	}
	return p
}

// optoutPanel is who left, by one thing.
type optoutPanel struct {
	panel
	What string
	Rows []optoutRow
}

type optoutRow struct {
	Name, Rate       string
	People, Messages int64
	Width            float64 // of 1000, by people
}

func optouts(c choice, a *answer, id, what, title, lead string) optoutPanel {
	p := optoutPanel{panel: c.panel(id, "optouts", what, title, lead, nil, a), What: what}
	rows := slices.DeleteFunc(byCount(a.rows, "people"), func(r row) bool { return r.count("people") == 0 })
	for _, r := range cut(&p.panel, rows, shown) {
		name := cmp.Or(r.text(what), notKnown)
		if what == "campaign" && r.text(what) == "" {
			name = "(no campaign)"
		}
		p.Rows = append(p.Rows, optoutRow{
			name, r.write("opt_out_rate", percent), r.count("people"), r.count("messages"),
			round(1000 * float64(r.count("people")) / float64(rows[0].count("people"))),
		})
	}
	return p
}

type latencyPanel struct {
	panel
	Rows []latencyRow
}

// latencyRow is how long messages to one carrier took to come to it, and on to the handset.
type latencyRow struct {
	Name, Beside     string
	Messages         int64
	Carrier, Handset [3]string // p50, p90, p99
}

func latencies(c choice, a *answer) latencyPanel {
	p := latencyPanel{panel: c.panel("latency", "latency", "country,carrier,leg", "How long messages took",
		"From the request, by AWS's own times. The handset's leg is known where carriers send receipts. Days are of UTC.", nil, a)}
	type key struct{ country, carrier string }
	at := map[key]int{}
	var all []latencyRow
	for _, r := range byCount(a.rows, "messages") {
		k := key{r.text("country"), r.text("carrier")}
		i, ok := at[k]
		if !ok {
			i = len(all)
			at[k] = i
			all = append(all, latencyRow{Name: cmp.Or(k.carrier, notKnown), Beside: k.country, Carrier: unknownLeg(), Handset: unknownLeg()})
		}
		leg := [3]string{r.write("p50", seconds), r.write("p90", seconds), r.write("p99", seconds)}
		all[i].Messages = max(all[i].Messages, r.count("messages"))
		if r.text("leg") == "handset" {
			all[i].Handset = leg
		} else {
			all[i].Carrier = leg
		}
	}
	p.Rows = cut(&p.panel, all, shownWide)
	return p
}

func unknownLeg() [3]string { return [3]string{"–", "–", "–"} }

type inboundPanel struct {
	panel
	Texts int64
	Rows  []inboundRow
}

type inboundRow struct {
	Verdict, Meaning, Share string
	Texts, People           int64
	Width                   float64 // of 1000
}

func inbound(c choice, a *answer) inboundPanel {
	p := inboundPanel{panel: c.panel("inbound", "inbound", "verdict", "What people wrote", "What heed took their texts to mean.", nil, a)}
	for _, r := range a.rows {
		p.Texts += r.count("texts")
	}
	for _, r := range byCount(a.rows, "texts") {
		share := float64(r.count("texts")) / float64(max(p.Texts, 1))
		p.Rows = append(p.Rows, inboundRow{r.text("verdict"), verdict(r.text("verdict")), percent(share), r.count("texts"), r.count("people"), round(1000 * share)})
	}
	return p
}

type healthPanel struct {
	panel
	Look []healthRow // what somebody should look at
	Fine []healthRow
}

type healthRow struct {
	Measure, Detail, Value, Meaning string
	Since                           time.Time
}

func health(c choice, a *answer) healthPanel {
	p := healthPanel{panel: c.panel("health", "health", "", "Health of the data", "", nil, a)}
	for _, r := range a.rows {
		line := healthRow{Measure: r.text("measure"), Detail: r.text("detail"), Meaning: r.text("meaning")}
		line.Since, _ = r["since"].(time.Time)
		if unit := r.text("unit"); unit == "s" {
			line.Value = r.write("value", seconds)
		} else {
			line.Value = r.write("value", decimal) + " " + unit
		}
		if r.text("state") == "attention" {
			p.Look = append(p.Look, line)
		} else {
			p.Fine = append(p.Fine, line)
		}
	}
	return p
}

// verdict says what a verdict is, for people.
func verdict(word string) string {
	return map[string]string{
		"opt_out":  "asked to stop",
		"opt_in":   "asked to begin",
		"help":     "asked for help",
		"keyword":  "a keyword of yours",
		"unclear":  "may be a request to stop",
		"reaction": "a like or another reaction",
		"event":    "an event, no text",
		"none":     "nothing that heed answers",
	}[word]
}
