package page

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/heedsms/heed/internal/report"
)

// lives is a message's page.
type lives struct {
	frame
	Lives []life // nearly always one: AWS does not promise that an id is never used again
}

// life is what became of a message.
type life struct {
	ID, Status, Kind, Meaning string
	Asked, Body               string // of heed's own: the text that it answers, and its words
	Facts                     []fact
	Steps                     []step
}

// fact is one thing that is known of a message.
type fact struct{ Name, Value, Link string }

// step is one moment of it.
type step struct {
	At                 time.Time
	After, Title, Kind string
	Notes              []string
}

func (p Page) message(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	f := p.frame(r.Context(), r, "Message", "")
	f.Asked = id
	m, err := p.Conversations.Message(r.Context(), id)
	if errors.Is(err, report.ErrNoMessage) {
		p.write(w, r, http.StatusNotFound, "lost", lost{
			frame: f, Heading: "No message has this id",
			Why: "heed learns of a message by its first delivery event. It may not have come yet, or retention has dropped the message.", Hints: searchHints(),
		})
		return
	}
	if err != nil {
		p.broken(w, r, "read a message", err)
		return
	}
	page := lives{frame: f}
	for _, one := range append([]*report.Message{m}, m.Earlier...) {
		page.Lives = append(page.Lives, lived(one, f))
	}
	p.write(w, r, http.StatusOK, "message", page)
}

func lived(m *report.Message, f frame) life {
	l := life{ID: m.ID, Status: spoken(m.Status), Meaning: meaning(m.Status), Kind: kind(m.Status)}
	add := func(name, value string) {
		if value != "" {
			l.Facts = append(l.Facts, fact{Name: name, Value: value})
		}
	}
	if m.Contact != "" {
		l.Facts = append(l.Facts, fact{"To", m.Contact, f.Link("/contacts/" + url.PathEscape(m.Contact))})
	}
	add("From", m.Identity)
	add("Program", m.Program)
	add("Campaign", m.Campaign)
	add("Template", m.Template)
	add("Tenant", m.Tenant)
	add("Carrier", strings.TrimSpace(cmp.Or(m.Carrier, strings.Trim(m.MCC+"-"+m.MNC, "-"))))
	add("Country", m.Country)
	if m.Parts > 0 {
		add("Parts", strings.TrimSuffix(fmt.Sprintf("%d, %s", m.Parts, m.Encoding), ", "))
	}
	add("Price", amount(m.Price))
	add("Carrier fee", amount(m.CarrierFee))
	add("Type", m.MessageType)
	if m.Reply != nil {
		add("Sent by", "heed: "+spoken(cmp.Or(m.Reply.Purpose, "reply")))
		add("Rule", m.Reply.Rule)
		add("Error", m.Reply.Error)
		l.Body = m.Reply.Body
		if m.Reply.Answers != nil {
			l.Asked = m.Reply.Answers.Body
		}
	} else {
		add("Sent by", "another application")
	}
	l.Steps = steps(m)
	return l
}

// steps are the request and each word of AWS, in the order of AWS's times.
func steps(m *report.Message) []step {
	all := []step{{At: m.RequestedAt, Title: "Requested", After: "", Notes: nil}}
	for _, e := range m.Events {
		s := step{At: e.OccurredAt, After: "+" + took(m.RequestedAt, e.OccurredAt), Title: spoken(e.Status), Kind: kind(e.Status)}
		if !e.OccurredAt.After(m.RequestedAt) {
			s.After = "at once"
		}
		said := e.AWSStatus
		if e.Final {
			said += ", the last word"
		}
		s.Notes = append(s.Notes, "AWS: "+said)
		if e.Description != "" {
			s.Notes = append(s.Notes, e.Description)
		}
		if e.Lag >= late {
			s.Notes = append(s.Notes, "heed learned of it "+seconds(e.Lag)+" later")
		}
		all = append(all, s)
	}
	if m.NoReceiptAt != nil {
		all = append(all, step{At: *m.NoReceiptAt, After: "+" + took(m.RequestedAt, *m.NoReceiptAt), Title: "given up", Notes: []string{"AWS had said nothing for 72 hours and a margin"}})
	}
	slices.SortStableFunc(all[1:], func(a, b step) int { return a.At.Compare(b.At) })
	return all
}

// late is from when on it is worth saying how long an event was under way, in seconds.
const late = 120

// amount writes money as AWS wrote it.
func amount(decimal string) string {
	v, err := strconv.ParseFloat(decimal, 64)
	if err != nil {
		return ""
	}
	return "$" + strconv.FormatFloat(v, 'f', -1, 64)
}

// kind is how a status is shown.
func kind(status string) string {
	switch status {
	case "delivered", "read":
		return "good"
	case "accepted":
		return "link"
	case "expired", "undeliverable", "blocked", "invalid", "refused":
		return "bad"
	}
	return ""
}

// meaning says what a status comes to, for people.
func meaning(status string) string {
	return map[string]string{
		"queued":        "AWS has it. No last word has come yet.",
		"sent":          "AWS sent it on. No last word has come yet.",
		"accepted":      "A carrier took it. Of the handset that says nothing; on short codes no further word comes.",
		"delivered":     "The handset has it.",
		"read":          "The person opened it.",
		"expired":       "Its time to live ran out first.",
		"undeliverable": "The handset or the carrier could not be reached, or refused it.",
		"blocked":       "A carrier, the handset, a spam filter or a protect configuration blocked it.",
		"invalid":       "The number or the message is not valid.",
		"refused":       "AWS refused the send. Nothing went out and nothing was charged.",
		"unknown":       "AWS never learned what became of it, or used a word that heed does not know.",
		"no_receipt":    "AWS said nothing for 72 hours and a margin. A late word still counts.",
	}[status]
}
