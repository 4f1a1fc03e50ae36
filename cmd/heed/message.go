package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/heedsms/heed/internal/bundle"
	"github.com/heedsms/heed/internal/report"
)

type messageCommand struct {
	ID   string `arg:"" help:"The message's id, as AWS gave it to the sender."`
	Text bool   `help:"Also the words: what the person wrote and what heed answered."`
	Zone string `help:"Write times in this zone. JSON keeps UTC." placeholder:"America/New_York"`
	JSON bool   `name:"json" help:"The whole answer as JSON."`
}

// Help is shown by heed message --help.
func (messageCommand) Help() string {
	return `First how far the message has come and what is known of it; then what AWS told of it, event by event, each by how long after the request it happened and how long it took to get here. Of a reply of heed also why it was sent: its program and rule, and the text that it answers.

A reply that AWS refused has an id of heed's own, refused- and the id of its row in the outbox: heed explain and the reports show it.

The exit code is 1 when nothing is known of the message.

  heed message b2f0a1de-91a4-4c3c-8a1e-5b7e9c2d4f60
  heed message b2f0a1de-91a4-4c3c-8a1e-5b7e9c2d4f60 --text --zone America/Los_Angeles
  heed message refused-0b54a6f6-9d0c-4a34-9d0e-6a1c6f1f7a11
  heed message b2f0a1de-91a4-4c3c-8a1e-5b7e9c2d4f60 --json | jq '.events[] | {event_type, lag_seconds}'`
}

// Run tells what is known.
func (c messageCommand) Run(ctx context.Context, t terminal) error {
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		return wrongUse("--zone: %w", err)
	}
	id := strings.TrimSpace(c.ID)
	if id == "" {
		return wrongUse("an id is needed")
	}
	db, err := openStore(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	m, err := db.Message(ctx, id)
	if errors.Is(err, report.ErrNoMessage) {
		fmt.Fprintf(t.err, "heed: nothing is known of message %s: it may be older than messages are kept (HEED_KEEP_MESSAGES_DAYS), no event of it may have come yet, or its configuration set has no event destination\n", printable(id))
		return errNo
	}
	if err != nil {
		return err
	}
	if !c.Text {
		m.WithoutWords()
	}
	if c.JSON {
		return writeJSON(t.out, m)
	}
	out := bufio.NewWriter(t.out)
	course{out, bundle.Zone{Location: zone}}.tell(m)
	return written(out.Flush())
}

// course writes a message for a terminal. Errors of the writer show when it is flushed.
type course struct {
	out  io.Writer
	zone bundle.Zone
}

func (l course) tell(m *report.Message) {
	fmt.Fprintf(l.out, "Message %s: %s\n", printable(m.ID), printable(standing(m)))
	l.facts(m)
	if m.Reply != nil {
		l.reply(m.Reply)
	}
	l.events(m)
	for _, e := range m.Earlier {
		fmt.Fprintln(l.out, "\nAn earlier one of the same id:")
		l.tell(e)
	}
}

// standing is a status for people.
func standing(m *report.Message) string {
	switch {
	case m.Status == "refused":
		return "refused by AWS, it never went out"
	case m.Status == "no_receipt":
		return "no receipt: AWS stopped telling of it"
	case len(m.Events) == 0 && m.Reply != nil:
		return m.Status + ": AWS took it, and has not told of it yet"
	case m.Final && m.NoReceiptAt != nil:
		return m.Status + ", after heed had given up waiting"
	case m.Final:
		return m.Status
	}
	return m.Status + ", and more is to come"
}

// fact writes one line, if there is anything to say.
func (l course) fact(name, value string) {
	if value != "" {
		fmt.Fprintf(l.out, "  %-12s %s\n", name, printable(value))
	}
}

func (l course) facts(m *report.Message) {
	l.fact("to", cmp.Or(m.Contact, "(not known, or forgotten on request)"))
	l.fact("from", m.Identity)
	l.fact("program", m.Program)
	l.fact("campaign", m.Campaign)
	l.fact("tenant", m.Tenant)
	l.fact("template", m.Template)
	if m.FailureStatus != "" || m.FailureReason != "" {
		l.fact("failure", joined(": ", m.FailureStatus, m.FailureReason))
	}
	l.fact("carrier", joined(", ", m.Carrier, joined("-", m.MCC, m.MNC), m.Country))
	var parts string
	if m.Parts > 0 {
		parts = "parts: " + strconv.Itoa(m.Parts)
	}
	l.fact("kind", joined(", ", m.MessageType, m.Encoding, parts))
	var price, fee string
	if m.Price != "" {
		price = m.Price + " USD"
	}
	if m.CarrierFee != "" {
		fee = "carrier fee " + m.CarrierFee + " USD"
	}
	l.fact("price", joined(", ", price, fee))
	var context []string
	for _, key := range slices.Sorted(maps.Keys(m.Context)) {
		context = append(context, key+": "+m.Context[key])
	}
	l.fact("context", strings.Join(context, "; "))
}

func (l course) reply(r *report.MessageReply) {
	l.fact("heed's reply", r.OutboxID)
	l.fact("purpose", strings.ReplaceAll(r.Purpose, "_", " "))
	l.fact("rule", r.Rule)
	if r.State != "" && r.State != "done" {
		l.fact("outbox", joined(": ", r.State, r.Error))
	}
	l.words("says", r.Body)
	a := r.Answers
	if a == nil {
		return
	}
	said := "text " + a.InboundMessageID
	if a.Identity != "" {
		said += " to " + a.Identity
	}
	if a.SaidAt != nil {
		said += fmt.Sprintf(", said %s: %s, because %s", l.zone.Write(*a.SaidAt), a.Verdict, a.Reason)
	}
	l.fact("answers", said)
	l.words("words", a.Body)
}

// words are a stranger's, or an operator's: quoted, so that they steer no terminal.
func (l course) words(name, words string) {
	if words != "" {
		fmt.Fprintf(l.out, "  %-12s %s\n", name, strconv.Quote(words))
	}
}

func (l course) events(m *report.Message) {
	asked := "AWS was asked to send it"
	switch {
	case m.Status == "refused":
		asked = "AWS refused to send it"
	case len(m.Events) == 0:
		asked = "AWS took it"
	}
	fmt.Fprintf(l.out, "\n%s  %s\n", l.zone.Write(m.RequestedAt), asked)
	for _, e := range m.Events {
		said := fmt.Sprintf("%s (%s)", cmp.Or(e.AWSStatus, e.Type), e.Status)
		if e.Final {
			said += ", final"
		}
		about := joined(", ", e.Description, e.Carrier, e.Country)
		if about != "" {
			said += ": " + about
		}
		if len(e.Extra) > 0 {
			said += "; besides " + compact(e.Extra)
		}
		fmt.Fprintf(l.out, "%*s  %s  [%s]\n", len("2006-01-02 15:04:05 UTC"), after(e.OccurredAt.Sub(m.RequestedAt)), printable(said), "here "+after(e.ReceivedAt.Sub(e.OccurredAt)))
	}
	if m.NoReceiptAt != nil {
		fmt.Fprintf(l.out, "%*s  heed gave up waiting for a last word\n", len("2006-01-02 15:04:05 UTC"), after(m.NoReceiptAt.Sub(m.RequestedAt)))
	}
}

// joined puts together what is known.
func joined(by string, words ...string) string {
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), by)
}

func compact(of json.RawMessage) string { return strings.Join(strings.Fields(string(of)), " ") }

// after is how long after something else a thing happened, or before it, as coarse as people read it.
func after(d time.Duration) string {
	sign := "+"
	if d < 0 {
		sign, d = "-", -d
	}
	const day = 24 * time.Hour
	switch {
	case d < time.Second:
		return fmt.Sprintf("%s%d ms", sign, d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%s%.1f s", sign, d.Truncate(100*time.Millisecond).Seconds())
	case d < time.Hour:
		return fmt.Sprintf("%s%d min %d s", sign, d/time.Minute, d%time.Minute/time.Second)
	case d < day:
		return fmt.Sprintf("%s%d h %d min", sign, d/time.Hour, d%time.Hour/time.Minute)
	}
	return fmt.Sprintf("%s%d d %d h", sign, d/day, d%day/time.Hour)
}
