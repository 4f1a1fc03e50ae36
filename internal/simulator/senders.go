package simulator

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/heedsms/heed/internal/sms"
)

// sender is the identity that a text goes out from.
type sender struct {
	identity    sms.Identity // what the person sees
	pool        string       // id of the pool that it was chosen from or sits in, or empty
	optOutList  string
	country     string
	messageType types.MessageType
	typed       bool   // nothing of another message type goes out
	kind        string // as in Limits.PartsPerSecond
	rcs         bool
	// Of an RCS agent: which events tell of its messages, and the number that they fall back to, or empty.
	rcsEvents bool
	fallback  sms.Identity
}

// international says whether a message leaves the identity's country.
func (f sender) international(country string) *bool {
	away := f.country != "" && country != f.country
	return &away
}

// capabilities are what a number must be able to do for a channel.
var capabilities = map[Channel]types.NumberCapability{
	ChannelText: types.NumberCapabilitySms, ChannelMedia: types.NumberCapabilityMms, ChannelVoice: types.NumberCapabilityVoice,
}

// stickyFor is how long a pool keeps sending to a person from the same number (page on pools: 25 hours after the
// last success).
const stickyFor = 25 * time.Hour

// poolOrder is the order in which a pool chooses among its kinds of numbers.
var poolOrder = []types.NumberType{
	types.NumberTypeShortCode, types.NumberTypeTenDlc, types.NumberTypeLongCode, types.NumberTypeTollFree,
	types.NumberTypeSimulator,
}

// sender finds the identity to send from: a number, its id, a pool, an RCS agent or a sender id, each by id or ARN.
// Without a reference AWS picks a number of the account; an account without one is ConflictException
// NO_ORIGINATION_IDENTITIES_FOUND. Calls and media messages go out from numbers and pools only: no sender id exists where
// AWS sends media.
func (s *Simulator) sender(ref string, to sms.Phone, channel Channel) (sender, error) {
	if ref == "" {
		return s.anySender(to, channel)
	}
	if n, err := lookup(s, s.numbers, types.ResourceTypePhoneNumber, ref); err == nil {
		return s.fromNumber(n, to, channel)
	}
	if n := s.byNumber(sms.ParseIdentity(ref)); n != nil {
		return s.fromNumber(n, to, channel)
	}
	if p, err := s.pool(ref); err == nil {
		return s.fromPool(p, to, channel)
	}
	if channel != ChannelText {
		return sender{}, notFound(types.ResourceTypePhoneNumber, ref)
	}
	if a, err := lookup(s, s.agents, types.ResourceTypeRcsAgent, ref); err == nil {
		return sender{
			identity: sms.Identity(a.id), optOutList: a.optOutList, country: "US",
			messageType: types.MessageTypeTransactional, rcs: true, rcsEvents: s.options.RCSEvents, fallback: a.fallback,
		}, nil
	}
	if isSenderID(ref) {
		return fromSenderID(ref, to)
	}
	return sender{}, notFound(types.ResourceTypePhoneNumber, ref)
}

func (s *Simulator) anySender(to sms.Phone, channel Channel) (sender, error) {
	var others *phoneNumber
	for _, n := range sorted(s.numbers) {
		if n.country == countryOf(to) {
			return s.fromNumber(n, to, channel)
		}
		others = n
	}
	if others == nil {
		return sender{}, conflict(types.ConflictExceptionReasonNoOriginationIdentitiesFound, types.ResourceTypeAccount,
			s.options.AccountID, "The account has no origination identity for the destination")
	}
	return s.fromNumber(others, to, channel)
}

// fromNumber checks what a number can do. The pool that it sits in decides on the opt-out list.
func (s *Simulator) fromNumber(n *phoneNumber, to sms.Phone, channel Channel) (sender, error) {
	if need := capabilities[channel]; !slices.Contains(n.capabilities, need) {
		return sender{}, conflict(types.ConflictExceptionReasonNumberCapabilitiesMismatch, types.ResourceTypePhoneNumber, n.id,
			fmt.Sprintf("The phone number does not have the capability %s", need))
	}
	if n.kind == types.NumberTypeSimulator && !isTestDestination(to) {
		// The error is not published. A simulator number reaches simulator destinations only (test-phone-numbers).
		return sender{}, validation(types.ValidationExceptionReasonInvalidIdentityForDestinationCountry,
			"OriginationIdentity", "is a simulator number, which reaches simulator destinations only")
	}
	from := sender{
		identity: n.number, pool: n.pool, optOutList: n.optOutList, country: n.country, messageType: n.messageType,
		typed: true, kind: string(n.kind),
	}
	if p, pooled := s.pools[n.pool]; pooled {
		from.optOutList = p.optOutList
	}
	return from, nil
}

// fromPool chooses the number that wrote to the person last, if that is recent, else by the kind of number.
func (s *Simulator) fromPool(p *pool, to sms.Phone, channel Channel) (sender, error) {
	last := s.lastTo(to, func(m *Message) bool { return m.Pool == p.id })
	if last != nil && s.now().Sub(last.At) < stickyFor {
		if n := s.byNumber(last.From); n != nil && n.pool == p.id {
			return s.fromNumber(n, to, channel)
		}
	}
	best := s.numbers[p.members[0]]
	for _, id := range p.members[1:] {
		if n := s.numbers[id]; slices.Index(poolOrder, n.kind) < slices.Index(poolOrder, best.kind) {
			best = n
		}
	}
	return s.fromNumber(best, to, channel)
}

func (s *Simulator) byNumber(number sms.Identity) *phoneNumber {
	for _, n := range s.numbers {
		if n.number == number {
			return n
		}
	}
	return nil
}

// isSenderID says whether a reference has the form of an alphanumeric sender id: at most 11 characters, a letter
// among them.
func isSenderID(ref string) bool {
	const most = 11
	return len(ref) <= most && strings.ContainsAny(strings.ToUpper(ref), "ABCDEFGHIJKLMNOPQRSTUVWXYZ") &&
		!strings.ContainsAny(ref, ":/+")
}

// fromSenderID sends without a registered sender id, where the country takes them: the US and Canada do not.
func fromSenderID(ref string, to sms.Phone) (sender, error) {
	if country := countryOf(to); country == "US" || country == "CA" {
		return sender{}, validation(types.ValidationExceptionReasonSenderIdNotSupported, "OriginationIdentity",
			"is a sender ID, which the destination country does not support")
	}
	return sender{
		identity: sms.Identity(ref), optOutList: defaultOptOutList, country: countryOf(to),
		messageType: types.MessageTypeTransactional, kind: kindSenderID,
	}, nil
}
