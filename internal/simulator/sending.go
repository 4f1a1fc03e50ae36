package simulator

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/heedsms/heed/internal/sms"
)

// defaultTimeToLive is how long AWS tries when the request does not say (API_SendTextMessage).
const defaultTimeToLive = 72 * time.Hour

// sending is what the operations that send have in common. Absent members are nil.
type sending struct {
	channel     Channel
	to          *string
	identity    *string
	managed     *sender // an identity of AWS's, in place of identity
	body        *string
	mediaURLs   []string
	messageType types.MessageType
	keyword     *string
	set         *string
	context     map[string]string
	timeToLive  *int32
	feedback    *bool
	protect     *string
	dryRun      bool
	unverified  bool // the sandbox does not matter: the message is a verification code
	notify      bool // it counts against the spend limit of Notify
	// maxPrice is the most that price may be, in USD, and maxPriceMember what the request calls it.
	maxPrice       *string
	maxPriceMember string
	price          func(m *Message) float64
}

// send accepts a message and lays out its course of delivery events, and returns its id. A dry run is checked and leaves
// nothing behind, no event either, on which AWS is silent. The caller holds the lock.
func (s *Simulator) send(in sending, now time.Time) (*string, error) {
	to := sms.ParsePhone(*in.to)
	set, err := s.setOf(in.set)
	if err != nil {
		return nil, err
	}
	from, err := s.senderOf(in, to, set)
	if err != nil {
		return nil, err
	}
	protect, err := s.protectionOf(in.protect, set, from.capability(in.channel), to)
	if err != nil {
		return nil, err
	}
	m := s.compose(in, from, set, to, now)
	m.apply(set, protect, in.feedback)
	if err := s.checkSandbox(to); err != nil && !in.unverified {
		return nil, err
	}
	if err := s.maySend(in, from, m); err != nil {
		return nil, err
	}
	if err := s.checkSpend(in.spendLimit(), now); err != nil {
		return nil, err
	}
	if err := s.checkPartsRate(from, m.Parts, in.dryRun, now); err != nil {
		return nil, err
	}
	if in.dryRun {
		return &m.ID, nil
	}
	if err := s.checkRecipientRate(to, now); err != nil {
		return nil, err
	}
	if s.full() {
		return nil, throttled()
	}
	course := courseOf(m, from)
	m.Outcome = outcome(course)
	if slices.ContainsFunc(course, func(st step) bool { return st.fellBack }) {
		m.FellBackTo = from.fallback
	}
	s.spentIn(now)[in.spendLimit()] += m.cost()
	s.keep(m)
	s.schedule(m, from, course)
	return &m.ID, nil
}

func (s *Simulator) senderOf(in sending, to sms.Phone, set *configurationSet) (sender, error) {
	if in.managed != nil {
		return *in.managed, nil
	}
	return s.sender(aws.ToString(in.identity), to, in.channel, set)
}

// compose makes the message of a request.
func (s *Simulator) compose(in sending, from sender, set *configurationSet, to sms.Phone, now time.Time) *Message {
	m := &Message{
		ID: s.newUUID(), Channel: in.channel, To: to, From: from.identity, Requested: aws.ToString(in.identity), Pool: from.pool,
		Body: aws.ToString(in.body), MediaURLs: in.mediaURLs, Context: maps.Clone(in.context), MessageType: cmp.Or(in.messageType, set.messageType, from.messageType),
		Keyword: aws.ToString(in.keyword), TimeToLive: defaultTimeToLive, Parts: 1,
		At: now,
	}
	if from.rcs {
		m.Channel = ChannelRCS
	}
	if in.channel == ChannelText {
		count := countParts(m.Body)
		m.Parts, m.Unicode = count.parts, count.unicode
	}
	if in.timeToLive != nil {
		m.TimeToLive = time.Duration(*in.timeToLive) * time.Second
	}
	return m
}

// apply gives a message what its configuration set and the effective protect configuration decide. What the send says
// of feedback wins over the set.
func (m *Message) apply(set *configurationSet, protect protection, feedback *bool) {
	m.ConfigurationSet, m.protect = set.name, protect
	if feedback == nil {
		feedback = set.feedback
	}
	m.awaitsFeedback = aws.ToBool(feedback)
}

// maySend holds a message against what depends on the state of the account. The opt-out list comes before the protect
// configuration: a rule that allows a number does not beat it.
func (s *Simulator) maySend(in sending, from sender, m *Message) error {
	if from.typed && m.MessageType != from.messageType {
		return conflict(types.ConflictExceptionReasonMessageTypeMismatch, types.ResourceTypePhoneNumber, string(from.identity),
			"The message type differs from that of the origination identity")
	}
	if list, ok := s.lists[from.optOutList]; ok {
		if _, listed := list.entries[m.To]; listed {
			return conflict(types.ConflictExceptionReasonDestinationPhoneNumberOptedOut,
				types.ResourceTypeOptedOutNumber, string(m.To), "The destination phone number is opted out")
		}
	}
	if err := m.protect.refusal(); err != nil {
		return err
	}
	if in.maxPrice != nil {
		most, err := strconv.ParseFloat(*in.maxPrice, 64)
		if err != nil {
			return invalid(in.maxPriceMember, "must be a price in USD")
		}
		if in.price(m) > most {
			return validation(types.ValidationExceptionReasonPriceOverThreshold, in.maxPriceMember, "is below the price of the message")
		}
	}
	return nil
}
