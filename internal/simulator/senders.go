package simulator

import (
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
	kind        string // of a number its type, else one of the kinds below
	rcs         bool
}

// capability is what the rules of a protect configuration are chosen by.
func (f sender) capability() types.NumberCapability {
	if f.rcs {
		return types.NumberCapabilityRcs
	}
	return types.NumberCapabilitySms
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
// Without a reference AWS picks one of the account; the set's default sender id is among what it can pick.
func (s *Simulator) sender(ref string, to sms.Phone, set *configurationSet) (sender, error) {
	if ref == "" {
		return s.anySender(to, set.senderID)
	}
	if n, err := lookup(s, s.numbers, types.ResourceTypePhoneNumber, ref); err == nil {
		return s.fromNumber(n, to)
	}
	if n := s.byNumber(sms.ParseIdentity(ref)); n != nil {
		return s.fromNumber(n, to)
	}
	if p, err := s.pool(ref); err == nil {
		return s.fromPool(p, to)
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
func (s *Simulator) anySender(to sms.Phone, defaultSenderID string) (sender, error) {
	country := countryOf(to)
	var others *phoneNumber
	for _, n := range sorted(s.numbers) {
		if n.country == country {
			return s.fromNumber(n, to)
		}
		others = n
	}
	for _, i := range sorted(s.senderIDs) {
		if i.country == country {
			return i.from(to)
		}
	}
	if defaultSenderID != "" && takesSenderIDs(country) {
		return s.fromName(defaultSenderID, to)
	}
	if others != nil {
		return s.fromNumber(others, to)
	}
	return s.fromSharedRoute(to, conflict(types.ConflictExceptionReasonNoOriginationIdentitiesFound,
		types.ResourceTypeAccount, s.options.AccountID, "The account has no origination identity for the destination"))
}

// fromSharedRoute is AWS's own sender, where there is one; else it is refused.
func (s *Simulator) fromSharedRoute(to sms.Phone, refused error) (sender, error) {
	if from, err := s.fromName(genericSenderID, to); err == nil {
		return from, nil
	}
	return sender{}, refused
}

// fromNumber checks what a number can do. The pool that it sits in decides on the opt-out list.
func (s *Simulator) fromNumber(n *phoneNumber, to sms.Phone) (sender, error) {
	if !slices.Contains(n.capabilities, types.NumberCapabilitySms) {
		return sender{}, conflict(types.ConflictExceptionReasonNumberCapabilitiesMismatch, types.ResourceTypePhoneNumber, n.id,
			"The phone number cannot send SMS")
	}
	if n.kind == types.NumberTypeSimulator && !isTestDestination(to) {
		// The error is not published. A simulator number reaches simulator destinations only (test-phone-numbers).
		return sender{}, invalidForCountry("is a simulator number, which reaches simulator destinations only")
	}
	from := sender{
		identity: n.number, pool: n.pool, optOutList: n.optOutList, country: n.country, messageType: n.messageType,
		kind: string(n.kind),
	}
	if p, pooled := s.pools[n.pool]; pooled {
		from.optOutList = p.optOutList
	}
	return from, nil
}

// fromPool chooses whoever wrote to the person last, if that is recent, else by the kind of identity, among those that
// can reach the person. Where none can, a pool with shared routes sends from one of those.
func (s *Simulator) fromPool(p *pool, to sms.Phone) (sender, error) {
	last := s.lastTo(to, func(m *Message) bool { return m.Pool == p.id })
	var best []sender
	var refused error
	for _, m := range s.membersOf(p) {
		from, err := s.fromMember(m, to)
		if err != nil {
			refused = err
			continue
		}
		from.pool, from.optOutList, from.messageType = p.id, p.optOutList, p.messageType
		if last != nil && last.From == from.identity && s.now().Sub(last.At) < stickyFor {
			return from, nil
		}
		best = append(best, from)
	}
	if len(best) > 0 {
		return slices.MinFunc(best, func(a, b sender) int {
			return slices.Index(poolOrder, a.kind) - slices.Index(poolOrder, b.kind)
		}), nil
	}
	if p.sharedRoutes {
		return s.fromSharedRoute(to, refused)
	}
	return sender{}, refused
}

func (s *Simulator) fromMember(m poolMember, to sms.Phone) (sender, error) {
	switch m.kind {
	case types.ResourceTypePhoneNumber:
		return s.fromNumber(s.numbers[m.id], to)
	case types.ResourceTypeRcsAgent:
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
