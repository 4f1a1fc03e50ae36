package simulator

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/heedsms/heed/internal/sms"
)

// inboundPayload is what AWS publishes for a text that came in (page two-way-sms-payload).
type inboundPayload struct {
	Origination string `json:"originationNumber"`
	Destination string `json:"destinationNumber"`
	Keyword     string `json:"messageKeyword,omitempty"`
	Body        string `json:"messageBody"`
	ID          string `json:"inboundMessageId"`
	Previous    string `json:"previousPublishedMessageId,omitempty"`
}

// Text is a person texting one of our identities. It returns AWS's inboundMessageId, or an error when nobody has the
// number.
//
// Where the identity is managed, AWS answers a matching keyword itself and acts on it: STOP and its synonyms put the
// person on the opt-out list with EndUserOptedOut, an OPT_IN keyword takes them off it. Where it is self-managed, AWS
// does nothing but publish. The pool of a number decides, if it is in one. Without two-way nothing is published.
//
// AWS publishes what its own HELP and STOP did not answer, and those too with [Options.PublishManaged]; custom
// keywords it both answers and publishes.
func (s *Simulator) Text(ctx context.Context, from sms.Phone, to sms.Identity, body string) (inboundMessageID string, err error) {
	s.mu.Lock()
	now := s.begin()
	at, err := s.receiver(to)
	if err == nil {
		err = s.unkept()
	}
	if err != nil {
		s.mu.Unlock()
		return "", err
	}
	match, matched := at.settings.match(body)
	p := inboundPayload{
		Origination: string(from), Destination: string(at.identity), Body: body, ID: s.passingUUID(),
		Keyword: "KEYWORD_" + s.options.AccountID,
	}
	if matched {
		p.Keyword = match.word
	}
	if last := s.lastTo(from, func(m *Message) bool { return m.From == at.identity || m.FellBackTo == at.identity }); last != nil {
		p.Previous = last.ID
	}
	answered := matched && !at.settings.selfManaged
	if answered {
		s.answer(at, from, match, now)
		s.record(now, "Text", from, to, body)
	}
	publish := !answered || !match.compliance || s.options.PublishManaged
	s.mu.Unlock()
	if publish {
		s.publishInbound(ctx, at, p)
	}
	return p.ID, nil
}

// Typing is a person typing to an RCS agent (page rcs-events). The number has no plus there.
func (s *Simulator) Typing(ctx context.Context, from sms.Phone, to sms.Identity) (inboundMessageID string, err error) {
	const noColon = "2006-01-02T15:04:05.000-0700" // the offset is +0000, which RFC 3339 would not write
	at := s.Now().UTC().Format(noColon)
	number := strings.TrimPrefix(string(from), "+")
	return s.interact(ctx, number, to, number+"-"+at, map[string]any{"type": "RCS_TYPING", "receivedAt": at})
}

// Tap is a person tapping a suggestion that an RCS agent showed (page rcs-events).
func (s *Simulator) Tap(ctx context.Context, from sms.Phone, to sms.Identity, text, postbackData string) (inboundMessageID string, err error) {
	body := map[string]any{"type": "SUGGESTION", "text": text, "postbackData": postbackData}
	return s.Interact(ctx, from, to, body)
}

// Interact is any other RCS event: body becomes the JSON text in messageBody, as with media, locations and
// conversations (pages rcs-inbound-media, rcs-events).
func (s *Simulator) Interact(ctx context.Context, from sms.Phone, to sms.Identity, body any) (inboundMessageID string, err error) {
	return s.interact(ctx, strings.TrimPrefix(string(from), "+"), to, s.uuid(), body)
}

func (s *Simulator) interact(ctx context.Context, from string, to sms.Identity, id string, body any) (string, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return "", fmt.Errorf("writing the body of an RCS event: %w", err)
	}
	s.mu.Lock()
	at, err := s.receiver(to)
	s.mu.Unlock()
	if err != nil {
		return "", err
	}
	s.publishInbound(ctx, at, inboundPayload{Origination: from, Destination: string(at.identity), Body: string(text), ID: id})
	return id, nil
}

func (s *Simulator) publishInbound(ctx context.Context, at receiver, p inboundPayload) {
	topic := aws.ToString(at.settings.channelARN)
	if !at.settings.twoWay || !strings.HasPrefix(topic, "arn:") {
		return // one-way, or Amazon Connect, which the double does not play
	}
	message, err := json.Marshal(p)
	if err != nil {
		panic(fmt.Sprintf("simulator: writing an inbound payload: %v", err)) // texts only: it cannot fail
	}
	s.Publish(ctx, topic, string(message))
}

// receiver is the identity that a text came to, with the settings that hold for it.
type receiver struct {
	identity sms.Identity
	pool     string
	settings inboundSettings
}

// receiver finds a number, by itself or its id, or an RCS agent. The caller holds the lock.
func (s *Simulator) receiver(to sms.Identity) (receiver, error) {
	n, byID := s.numbers[string(to)]
	if !byID {
		n = s.byNumber(to)
	}
	if n != nil {
		r := receiver{identity: n.number, pool: n.pool, settings: n.inboundSettings}
		if p, pooled := s.pools[n.pool]; pooled {
			r.settings = p.inboundSettings
		}
		return r, nil
	}
	if a, ok := s.agents[string(to)]; ok {
		r := receiver{identity: sms.Identity(a.id), pool: a.pool, settings: a.inboundSettings}
		if p, pooled := s.pools[a.pool]; pooled {
			r.settings = p.inboundSettings
		}
		return r, nil
	}
	return receiver{}, fmt.Errorf("texting %q: nobody has this number", to.Masked())
}

// answer is AWS acting on a keyword and replying to it. The confirmation of STOP goes out although the person is on
// the list by then. The caller holds the lock.
func (s *Simulator) answer(at receiver, to sms.Phone, match keywordMatch, now time.Time) {
	if list, ok := s.lists[at.settings.optOutList]; ok {
		switch match.action {
		case types.KeywordActionOptOut:
			list.put(to, now, true)
		case types.KeywordActionOptIn:
			// Nothing says that the 30 days between deletions hold for a person's own START.
			list.remove(to, now)
		}
	}
	count := countParts(match.message)
	s.keep(&Message{
		ID: s.newUUID(), Channel: ChannelText, To: to, From: at.identity, Pool: at.pool, Body: match.message,
		MessageType: types.MessageTypeTransactional, TimeToLive: 72 * time.Hour,
		Parts: count.parts, Unicode: count.unicode, At: now, Automatic: true, Outcome: types.EventTypeTextDelivered,
	})
}
