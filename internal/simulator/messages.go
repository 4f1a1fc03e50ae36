package simulator

import (
	"maps"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/heedsms/heed/internal/sms"
)

// Message is one text that went out, as it was sent.
type Message struct {
	// ID is AWS's message id, the answer of SendTextMessage.
	ID string
	// To is the person.
	To sms.Phone
	// From is the identity that the person sees: a number, short code, sender id or RCS agent.
	From sms.Identity
	// Requested is the OriginationIdentity of the request, as written. Empty when AWS chose.
	Requested string
	// Pool is the id of the pool that From was chosen from, or empty.
	Pool string
	// Body is the text.
	Body string
	// Context is the Context of the request, which delivery events bring back.
	Context map[string]string
	// ConfigurationSet is the set's name, or empty: then nobody hears of the delivery.
	ConfigurationSet string
	// MessageType is TRANSACTIONAL or PROMOTIONAL.
	MessageType types.MessageType
	// Keyword is the short code's program keyword of the request, or empty.
	Keyword string
	// TimeToLive is how long AWS tries: 72 hours unless the request says less.
	TimeToLive time.Duration
	// Parts is how many SMS the text takes, Unicode whether it needs UCS-2.
	Parts   int
	Unicode bool
	// At is when it was accepted.
	At time.Time
	// Automatic says that AWS sent it by itself, in answer to a keyword.
	Automatic bool
	// Outcome is the event type with which its course ends, such as TEXT_DELIVERED.
	Outcome types.EventType
	// Feedback is what PutMessageFeedback said. Empty when feedback is off or still awaited; FAILED once an hour went
	// by without any (page message-feedback).
	Feedback types.MessageFeedbackStatus

	awaitsFeedback bool
	protect        protection
}

// feedbackWindow is how long AWS waits for PutMessageFeedback (page message-feedback).
const feedbackWindow = time.Hour

// Sent is every send that the API accepted, oldest first. AWS's own keyword answers are not in it.
func (s *Simulator) Sent() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	var sent []Message
	for _, m := range s.messages {
		if !m.Automatic {
			sent = append(sent, m.shown(s.now()))
		}
	}
	return sent
}

// Inbox is what a person's phone shows: every text that reached it, AWS's own keyword answers included, oldest first.
// Whether the events that tell of it were delivered already does not matter.
func (s *Simulator) Inbox(phone sms.Phone) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	var inbox []Message
	for _, m := range s.byRecipient[phone] {
		if m.reached() {
			inbox = append(inbox, m.shown(s.now()))
		}
	}
	return inbox
}

// reached says whether the handset got the message.
func (m *Message) reached() bool {
	return m.Automatic || m.Outcome == types.EventTypeTextDelivered || m.Outcome == types.EventTypeTextSuccessful
}

func (m *Message) shown(now time.Time) Message {
	c := *m
	c.Context = maps.Clone(m.Context)
	if c.awaitsFeedback && c.Feedback == "" && now.Sub(c.At) >= feedbackWindow {
		c.Feedback = types.MessageFeedbackStatusFailed
	}
	return c
}

// keep remembers a message. The caller holds the lock.
func (s *Simulator) keep(m *Message) {
	s.messages = append(s.messages, m)
	s.byID[m.ID] = m
	s.byRecipient[m.To] = append(s.byRecipient[m.To], m)
}

// lastTo is the newest message to a person that fits, or nil. The caller holds the lock.
func (s *Simulator) lastTo(phone sms.Phone, fits func(*Message) bool) *Message {
	all := s.byRecipient[phone]
	for i := len(all) - 1; i >= 0; i-- {
		if fits(all[i]) {
			return all[i]
		}
	}
	return nil
}
