package inbound

import (
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/heedsms/heed/internal/outbox"
	"github.com/heedsms/heed/internal/program"
)

// FeedbackWithin is how long feedback is worth giving, from the moment the person spoke: AWS closes the record an hour
// after the message was sent (page message-feedback), and nobody answers before that.
const FeedbackWithin = time.Hour

// maxMessageID bounds the ids that AWS takes (API_PutMessageFeedback).
const maxMessageID = 256

// forwarded is what the application is told of a text: docs/events/text-forwarded.schema.json.
type forwarded struct {
	Version           int      `json:"version"`
	ID                string   `json:"id"`
	Program           string   `json:"program"`
	Contact           string   `json:"contact"`
	Identity          string   `json:"identity"`
	Text              string   `json:"text"`
	Rule              string   `json:"rule"`
	Keyword           string   `json:"keyword"`
	Args              []string `json:"args"`
	Verdict           string   `json:"verdict"`
	Reason            string   `json:"reason"`
	SaidAt            string   `json:"said_at"`
	InboundMessageID  string   `json:"inbound_message_id"`
	PreviousMessageID string   `json:"previous_message_id,omitempty"`
	RulesetVersion    int64    `json:"ruleset_version"`
}

// forward plans that the application is told of the text. It stands in a chain of its own: no reply waits for a bus.
func (p *plan) forward(rules *program.Ruleset, d *Decision) {
	f := forwarded{
		Version: 1, ID: "text/" + p.chain, Program: p.program.Name, Contact: string(p.in.Contact), Identity: string(p.in.Identity),
		Rule: d.Rule.Name, Keyword: d.Keyword, Args: append([]string{}, d.Args...), Verdict: d.Verdict, Reason: d.Reason,
		SaidAt: p.saidAt.UTC().Format(time.RFC3339Nano), InboundMessageID: p.in.ID, PreviousMessageID: p.in.PreviousMessageID,
		RulesetVersion: rules.Version,
	}
	if len(p.in.Said) > 0 {
		f.Text = p.in.Said[0]
	}
	detail, _ := json.Marshal(f, jsontext.AllowInvalidUTF8(true)) // texts and numbers: it cannot fail
	a := p.action(outbox.Publish)
	a.Chain, a.Seq, a.Purpose, a.Rule, a.Body = "forward/"+p.chain, 1, outbox.OfText, d.Rule.Name, string(detail)
	p.planned = append(p.planned, a)
}

// feedback plans that AWS is told of a message of ours that was received: the person answers it. One call a message,
// however often they answer.
func (p *plan) feedback() {
	id := p.in.PreviousMessageID
	if !p.program.Feedback || len(p.in.Said) == 0 || !plainID(id) {
		return
	}
	a := p.action(outbox.Feedback)
	a.Chain, a.Seq, a.Body, a.ExpiresAt = "feedback/"+id, 1, id, p.saidAt.Add(FeedbackWithin)
	p.planned = append(p.planned, a)
}

// plainID says whether AWS can have given an id.
func plainID(id string) bool {
	for _, c := range []byte(id) {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return id != "" && len(id) <= maxMessageID
}
