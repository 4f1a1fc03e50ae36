package page

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/heedsms/heed/internal/consent"
	"github.com/heedsms/heed/internal/report"
	"github.com/heedsms/heed/internal/sms"
)

// aPage is how many entries of a conversation are shown at once.
const aPage = 40

// contact is a person's page.
type contact struct {
	frame
	Contact   string
	Standings []standing
	Moments   []moment // the oldest first, as people read
	Foreign   bool     // some of them were sent by other applications
	Older     string   // the address of what came before
	Newest    bool     // nothing newer is left out
}

// standing says whether a person may be texted for a program.
type standing struct {
	Program, Word, Kind, Why string
}

// moment is one thing of a conversation.
type moment struct {
	// Side is theirs, ours, between, or day: a line that says which day begins.
	Side string
	Kind string // of a line between: good, bad, warn, or ""
	At   time.Time
	Body string
	// Unseen is what to say in place of a body that heed does not know, Foreign that another application sent it.
	Unseen  string
	Foreign bool
	Line    string // of a line between
	Tags    []tag
	Tick    string // open, taken, there, failed, unknown; "" where nothing was sent
	State   string
	Facts   []string
	Link    string // the message's own page
}

// tag is a word beside a text.
type tag struct{ Word, Kind string }

func (p Page) contact(w http.ResponseWriter, r *http.Request) {
	number := string(sms.ParsePhone(r.PathValue("contact")))
	f := p.frame(r.Context(), r, number, "")
	f.Asked = number
	q := report.TimelineQuery{Contact: number, Limit: aPage}
	if word := r.URL.Query().Get("before"); word != "" {
		if err := q.After.UnmarshalText([]byte(word)); err != nil {
			p.write(w, r, http.StatusBadRequest, "lost", lost{frame: f, Heading: "There is no such place in this conversation", Why: "The address may be cut short."})
			return
		}
	}
	timeline, err := p.Conversations.Timeline(r.Context(), q)
	if err != nil {
		p.broken(w, r, "read a conversation", err)
		return
	}
	var programs []string
	for _, e := range timeline.Entries {
		if e.Program != "" && !slices.Contains(programs, e.Program) {
			programs = append(programs, e.Program)
		}
	}
	standings, err := p.Conversations.Standings(r.Context(), sms.Phone(number), programs, "")
	if err != nil {
		p.broken(w, r, "read where a contact stands", err)
		return
	}
	if len(timeline.Entries) == 0 && q.After.IsZero() && len(standings) == 0 {
		p.write(w, r, http.StatusNotFound, "lost", lost{
			frame: f, Heading: "Nothing is known of this number",
			Why: "They never wrote, nothing is recorded of their consent, and no message to them is kept.", Hints: searchHints(),
		})
		return
	}
	page := contact{frame: f, Contact: number, Newest: q.After.IsZero()}
	for _, s := range standings {
		page.Standings = append(page.Standings, stands(s, f.Zone))
	}
	page.Moments = conversation(timeline.Entries, len(standings) > 1, f)
	page.Foreign = slices.ContainsFunc(page.Moments, func(m moment) bool { return m.Foreign })
	if !timeline.Next.IsZero() {
		word, err := timeline.Next.MarshalText()
		if err != nil {
			p.broken(w, r, "write a place in a conversation", err)
			return
		}
		v := url.Values{"before": {string(word)}}
		if f.Zone != time.UTC {
			v.Set("zone", f.Zone.String())
		}
		page.Older = "/contacts/" + url.PathEscape(number) + "?" + v.Encode()
	}
	p.write(w, r, http.StatusOK, "contact", page)
}

func stands(s consent.Standing, zone *time.Location) standing {
	why, ok := map[string]string{
		"opted_in":            "They opted in",
		"no_record":           "Nothing is recorded that forbids it",
		"opted_out":           "They opted out",
		"opted_out_elsewhere": "They opted out of another program, and one opt-out stops all",
		"held":                "A text may be a request to stop; nobody has decided yet",
		"invalid_number":      "AWS says that the number does not exist",
		"opt_in_required":     "The program requires an opt-in, and there is none",
	}[s.Reason]
	if !ok {
		why = s.Reason
	}
	if s.Since != nil {
		why += " on " + s.Since.In(zone).Format("2 Jan 2006, 15:04")
	}
	switch {
	case s.AWS == "pending":
		why += ". AWS's opt-out list does not follow yet"
	case s.AWSLockedUntil != nil:
		why += ". AWS keeps the number on its opt-out list until " + s.AWSLockedUntil.In(zone).Format("2 Jan 2006")
	}
	one := standing{Program: s.Program, Word: "May be texted", Kind: "good", Why: why + "."}
	switch {
	case !s.Allowed && s.Reason == "held":
		one.Word, one.Kind = "Held", "warn"
	case !s.Allowed:
		one.Word, one.Kind = "Not to be texted", "bad"
	}
	return one
}

// conversation puts the entries, the newest first, as people read, with a line before each day. Where the person knows
// several programs, each entry names its own.
func conversation(entries []report.TimelineEntry, several bool, f frame) []moment {
	var all []moment
	var before string
	for _, e := range slices.Backward(entries) {
		at := e.At.In(f.Zone)
		if today := at.Format("Monday, 2 January 2006"); today != before {
			all = append(all, moment{Side: "day", At: at, Line: today})
			before = today
		}
		m := moment{At: at}
		switch {
		case e.Text != nil:
			m.text(e.Text)
		case e.Reply != nil:
			m.reply(e.Reply, f)
		case e.Message != nil:
			m.message(e.Message, f)
		case e.Consent != nil:
			m.consent(e.Program, e.Consent)
		}
		if several && e.Program != "" && e.Consent == nil {
			m.Facts = append(m.Facts, e.Program)
		}
		all = append(all, m)
	}
	return all
}

func (m *moment) text(t *report.TimelineText) {
	m.Side, m.Body = "theirs", t.Body
	switch {
	case t.Verdict == "event":
		m.Unseen = "An event, no words" // of which kind, the tags say; its body is AWS's JSON
	case t.Removed:
		m.Unseen = "The words were removed by retention"
	case t.Body == "":
		m.Unseen = "No words"
	}
	kind := map[string]string{"opt_out": "bad", "opt_in": "good", "unclear": "warn", "keyword": "link", "help": "link"}[t.Verdict]
	m.Tags = append(m.Tags, tag{spoken(t.Verdict), kind}, tag{spoken(t.Reason), ""})
	if t.Matched != "" {
		m.Tags = append(m.Tags, tag{"on “" + t.Matched + "”", ""})
	}
}

func (m *moment) reply(r *report.TimelineReply, f frame) {
	m.Side, m.Body = "ours", r.Body
	if r.Body == "" {
		m.Unseen = "The words were removed by retention"
	}
	m.Tags = append(m.Tags, tag{"heed: " + spoken(cmp.Or(r.Purpose, "reply")), "link"})
	if r.Rule != "" {
		m.Facts = append(m.Facts, r.Rule)
	}
	if r.MessageID != "" {
		m.Link = f.Link("/messages/" + url.PathEscape(r.MessageID))
	}
	if why, withheld := strings.CutPrefix(r.Error, "withheld: "); withheld {
		m.Tick, m.State = "failed", "not sent: "+spoken(why)
		return
	}
	if r.Delivery != nil {
		m.delivery(r.Delivery, f.Zone)
		return
	}
	m.Tick, m.State = "unknown", r.State
	switch r.State {
	case "planned", "claimed":
		m.Tick, m.State = "open", "about to be sent"
	case "done":
		m.Tick, m.State = "open", "AWS has it"
	case "failed":
		m.Tick, m.State = "failed", "AWS refused it: "+r.Error
	case "expired":
		m.Tick, m.State = "failed", "not sent: it was too late"
	case "unknown":
		m.State = "may have gone out; it is never sent again"
	case "lost":
		m.State = "may have gone out; AWS never told"
	}
}

func (m *moment) message(t *report.TimelineMessage, f frame) {
	m.Side, m.Unseen, m.Foreign = "ours", "Another application's message", true
	switch {
	case t.Campaign != "" && t.Template != "":
		m.Unseen = "Campaign " + t.Campaign + ", template " + t.Template
	case t.Campaign != "":
		m.Unseen = "Campaign " + t.Campaign
	case t.Template != "":
		m.Unseen = "Template " + t.Template
	}
	m.Link = f.Link("/messages/" + url.PathEscape(t.MessageID))
	m.delivery(&t.Delivery, f.Zone)
}

// delivery says how far a message came.
func (m *moment) delivery(d *report.Delivery, zone *time.Location) {
	at := func(t *time.Time) string {
		if t == nil {
			return ""
		}
		if here := t.In(zone); here.Format(time.DateOnly) != m.At.Format(time.DateOnly) {
			return here.Format(" 2 Jan, 15:04")
		}
		return t.In(zone).Format(" 15:04")
	}
	m.State = spoken(d.Status)
	switch d.Status {
	case "read":
		m.Tick, m.State = "there", "read"+at(d.ReadAt)
	case "delivered":
		m.Tick, m.State = "there", "delivered"+at(d.DeliveredAt)
	case "accepted":
		m.Tick, m.State = "taken", "taken by the carrier"+at(d.AcceptedAt)
	case "queued", "sent":
		m.Tick, m.State = "open", spoken(d.Status)+", no last word yet"
	case "unknown", "no_receipt":
		m.Tick = "unknown"
	default:
		m.Tick, m.State = "failed", d.Status+at(d.FailedAt)
		if d.FailureReason != "" {
			m.State += ": " + d.FailureReason
		}
	}
}

func (m *moment) consent(program string, c *report.TimelineConsent) {
	m.Side = "between"
	switch c.State {
	case "opted_out":
		m.Kind, m.Line = "bad", "Opted out of "+program
	case "opted_in":
		m.Kind, m.Line = "good", "Opted in to "+program
	case "held":
		m.Kind, m.Line = "warn", "Held for "+program+": it may be a request to stop"
		if c.Decides != 0 {
			m.Line = "Held for " + program + " again: a decision was taken back"
		}
	case "released":
		m.Line = "Decided for " + program + ": it was no request to stop"
	default:
		m.Line = fmt.Sprintf("%s: %s", program, c.State)
	}
	by, ok := map[string]string{
		"keyword":          "by a keyword",
		"natural_language": "in their own words",
		"operator":         "by an operator",
		"import":           "by an import",
		"aws":              "by AWS's opt-out list",
		"send_refused":     "AWS refused a message to them",
		"api":              "by your application",
		"review":           "by the review queue",
	}[c.Source]
	if !ok {
		by = c.Source
	}
	m.Facts = append(m.Facts, by)
	if c.Actor != "" && c.Actor != "contact" {
		m.Facts = append(m.Facts, c.Actor)
	}
	m.Facts = append(m.Facts, fmt.Sprintf("event %d", c.EventID))
}

// spoken is a name of heed as people say it.
func spoken(name string) string { return strings.ReplaceAll(name, "_", " ") }
