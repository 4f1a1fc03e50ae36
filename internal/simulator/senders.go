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
	kind        string // of a number its type, else one of the kinds below
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

// capability is what the rules of a protect configuration are chosen by.
func (f sender) capability(channel Channel) types.NumberCapability {
	if f.rcs {
		return types.NumberCapabilityRcs
	}
	return capabilities[channel]
}

// stickyFor is how long a pool keeps sending to a person from the same number (page on pools: 25 hours after the
// last success).
const stickyFor = 25 * time.Hour

// Kinds of senders besides those of numbers.
const (
	kindRCSAgent = "RCS_AGENT"
	kindSenderID = "SENDER_ID"
)

// poolOrder is the order in which a pool chooses among its kinds of identities (page on pools).
var poolOrder = []string{
	kindRCSAgent, string(types.NumberTypeShortCode), string(types.NumberTypeTenDlc), string(types.NumberTypeLongCode),
	string(types.NumberTypeTollFree), string(types.NumberTypeSimulator), kindSenderID,
}

// sender finds the identity to send from: a number, its id, a pool, an RCS agent or a sender id, each by id or ARN.
// Without a reference AWS picks one of the account; the set's default sender id is among what it can pick. Calls and
// media messages go out from numbers and pools only: no sender id exists where AWS sends media.
func (s *Simulator) sender(ref string, to sms.Phone, channel Channel, set *configurationSet) (sender, error) {
	if ref == "" {
		return s.anySender(to, channel, set.senderID)
	}
	if n := s.byNumber(sms.ParseIdentity(ref)); n != nil {
		return s.fromNumber(n, to, channel)
	}
	if n, err := s.phoneNumber(ref); err == nil {
		return s.fromNumber(n, to, channel)
	}
	if p, err := s.pool(ref); err == nil {
		return s.fromPool(p, to, channel)
	}
	if channel != ChannelText {
		return sender{}, notFound(types.ResourceTypePhoneNumber, ref)
	}
	if a, err := s.agent(ref); err == nil {
		return s.fromAgent(a, to)
	}
	if i, err := lookup(s, s.senderIDs, types.ResourceTypeSenderId, ref); err == nil {
		return i.from(to)
	}
	if isSenderID(ref) {
		return s.fromName(ref, to)
	}
	return sender{}, notFound(kindOfIdentity(ref), ref)
}

// anySender picks for an account that names no identity: a number of the destination's country, a sender id of that
// country, the default sender id of the configuration set (API_SetDefaultSenderId), any other number, and last the
// generic sender id of shared routes. Where the country takes no sender ids and there is no number, it is
// ConflictException NO_ORIGINATION_IDENTITIES_FOUND. AWS states the order of the sender ids; that a number abroad comes
// between them is the double's.
func (s *Simulator) anySender(to sms.Phone, channel Channel, defaultSenderID string) (sender, error) {
	country := countryOf(to)
	var others *phoneNumber
	for _, n := range sorted(s.numbers) {
		if n.country == country {
			return s.fromNumber(n, to, channel)
		}
		others = n
	}
	if channel == ChannelText {
		for _, i := range sorted(s.senderIDs) {
			if i.country == country {
				return i.from(to)
			}
		}
		if defaultSenderID != "" && takesSenderIDs(country) {
			return s.fromName(defaultSenderID, to)
		}
	}
	if others != nil {
		return s.fromNumber(others, to, channel)
	}
	return s.fromSharedRoute(to, channel, conflict(types.ConflictExceptionReasonNoOriginationIdentitiesFound,
		types.ResourceTypeAccount, s.options.AccountID, "The account has no origination identity for the destination"))
}

// fromSharedRoute is AWS's own sender of texts, where there is one; else it is refused.
func (s *Simulator) fromSharedRoute(to sms.Phone, channel Channel, refused error) (sender, error) {
	from, err := s.fromName(genericSenderID, to)
	if err != nil || channel != ChannelText {
		return sender{}, refused
	}
	return from, nil
}

// fromNumber checks what a number can do. The pool that it sits in decides on the opt-out list.
func (s *Simulator) fromNumber(n *phoneNumber, to sms.Phone, channel Channel) (sender, error) {
	if need := capabilities[channel]; !slices.Contains(n.capabilities, need) {
		return sender{}, conflict(types.ConflictExceptionReasonNumberCapabilitiesMismatch, types.ResourceTypePhoneNumber, n.id,
			fmt.Sprintf("The phone number does not have the capability %s", need))
	}
	if n.kind == types.NumberTypeSimulator && !isTestDestination(to) {
		// The error is not published. A simulator number reaches simulator destinations only (test-phone-numbers).
		return sender{}, invalidForCountry("is a simulator number, which reaches simulator destinations only")
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

// fromPool chooses whoever wrote to the person last, if that is recent, else by the kind of identity, among those that
// can reach the person. Where none can, a pool with shared routes sends from one of those. An RCS agent falls back to
// the next in order that sends SMS (page rcs-sms-fallback).
func (s *Simulator) fromPool(p *pool, to sms.Phone, channel Channel) (sender, error) {
	var able []sender
	var refused error
	for _, m := range s.membersOf(p) {
		from, err := s.fromMember(m, to, channel)
		if err != nil {
			refused = err
			continue
		}
		from.pool, from.optOutList, from.messageType = p.id, p.optOutList, p.messageType
		able = append(able, from)
	}
	if len(able) == 0 && p.sharedRoutes {
		return s.fromSharedRoute(to, channel, refused)
	}
	if len(able) == 0 {
		return sender{}, refused
	}
	slices.SortStableFunc(able, func(a, b sender) int {
		return slices.Index(poolOrder, a.kind) - slices.Index(poolOrder, b.kind)
	})
	chosen := able[0]
	last := s.lastTo(to, func(m *Message) bool { return m.Pool == p.id })
	if last != nil && s.now().Sub(last.At) < stickyFor {
		if i := slices.IndexFunc(able, func(from sender) bool { return from.identity == last.From }); i >= 0 {
			chosen = able[i]
		}
	}
	if i := slices.IndexFunc(able, func(from sender) bool { return !from.rcs }); chosen.rcs && chosen.fallback == "" && i >= 0 {
		chosen.fallback = able[i].identity
	}
	return chosen, nil
}

func (s *Simulator) fromMember(m poolMember, to sms.Phone, channel Channel) (sender, error) {
	if m.kind == types.ResourceTypePhoneNumber {
		return s.fromNumber(s.numbers[m.id], to, channel)
	}
	if channel != ChannelText {
		return sender{}, m.conflict(types.ConflictExceptionReasonNumberCapabilitiesMismatch,
			"The origination identity sends texts only")
	}
	if m.kind == types.ResourceTypeRcsAgent {
		return s.fromAgent(s.agents[m.id], to)
	}
	return s.senderIDs[senderIDKey(m.id, m.country)].from(to)
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
	return len(ref) <= most && hasLetter(ref) && !strings.ContainsAny(ref, ":/+")
}

// fromName sends from a sender id by its name: that of the account in the destination's country, or none that the
// account has, where the country takes such: ValidationException SENDER_ID_NOT_SUPPORTED where it takes none,
// SENDER_ID_NOT_REGISTERED where it takes registered ones only.
func (s *Simulator) fromName(name string, to sms.Phone) (sender, error) {
	country := countryOf(to)
	if i, exists := s.senderIDs[senderIDKey(name, country)]; exists {
		return i.from(to)
	}
	if !takesSenderIDs(country) {
		return sender{}, validation(types.ValidationExceptionReasonSenderIdNotSupported, "OriginationIdentity",
			"is a sender ID, which the destination country does not support")
	}
	if mustRegister(country) {
		return sender{}, validation(types.ValidationExceptionReasonSenderIdNotRegistered, "OriginationIdentity",
			"is a sender ID that is not registered in the destination country")
	}
	return s.newSenderID(name, country, s.now()).from(to)
}

func invalidForCountry(message string) error {
	return validation(types.ValidationExceptionReasonInvalidIdentityForDestinationCountry, "OriginationIdentity", message)
}
