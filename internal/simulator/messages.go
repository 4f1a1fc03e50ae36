package simulator

import (
	"maps"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/heedsms/heed/internal/sms"
)

// Channel is the way on which a message goes, in the word with which its event types begin.
type Channel string

// The channels. What an RCS agent sends by SendTextMessage is RCS.
const (
	ChannelText  Channel = "TEXT"
	ChannelVoice Channel = "VOICE"
	ChannelMedia Channel = "MEDIA"
	ChannelRCS   Channel = "RCS"
)

// Message is one text, call or media message that went out, as it was sent.
type Message struct {
	// ID is AWS's message id, the answer of the send.
	ID string
	// Channel is how it went.
	Channel Channel
	// To is the person.
	To sms.Phone
	// From is the identity that the person sees: a number, short code, sender id or RCS agent.
	From sms.Identity
	// FellBackTo is the number from which a message of an RCS agent went out as SMS, or empty.
	FellBackTo sms.Identity
	// Requested is the OriginationIdentity of the request, as written. Empty when AWS chose.
	Requested string
	// Pool is the id of the pool that From was chosen from, or empty.
	Pool string
	// Body is the text, or what a call says.
	Body string
	// MediaURLs are the files of a media message.
	MediaURLs []string
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
	// Parts is how many SMS the text takes, one for calls and media; Unicode whether a text needs UCS-2.
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
	for _, m := range s.messages.all() {
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
	switch m.Outcome {
	case types.EventTypeTextDelivered, types.EventTypeTextSuccessful, types.EventTypeMediaDelivered,
		types.EventTypeMediaSuccessful, types.EventTypeVoiceCompleted, eventRCSDelivered, eventRCSRead:
		return true
	}
	return m.Automatic
}

func (m *Message) shown(now time.Time) Message {
	c := *m
	c.Context, c.MediaURLs = maps.Clone(m.Context), slices.Clone(m.MediaURLs)
	if c.awaitsFeedback && c.Feedback == "" && now.Sub(c.At) >= feedbackWindow {
		c.Feedback = types.MessageFeedbackStatusFailed
	}
	return c
}

// keep remembers a message, and forgets the oldest where there are too many. The caller holds the lock.
func (s *Simulator) keep(m *Message) {
	s.byID[m.ID] = m
	s.byRecipient[m.To] = append(s.byRecipient[m.To], m)
	if oldest, forgotten := s.messages.add(m); forgotten {
		s.forget(oldest)
	}
}

// forget loses the oldest message. The caller holds the lock.
func (s *Simulator) forget(oldest *Message) {
	delete(s.byID, oldest.ID)
	others := s.byRecipient[oldest.To]
	others[0] = nil // the slice's array outlives the cut
	if others = others[1:]; len(others) == 0 {
		delete(s.byRecipient, oldest.To)
	} else {
		s.byRecipient[oldest.To] = others
	}
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
