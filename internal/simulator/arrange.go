package simulator

import (
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/heedsms/heed/internal/sms"
)

// NumberSpec describes a number that the account is to have.
type NumberSpec struct {
	// Number is the number in E.164, or a short code.
	Number sms.Identity
	// Type is its kind. Empty means SHORT_CODE for up to eight digits without a plus, TOLL_FREE by the area code,
	// else TEN_DLC for +1 and LONG_CODE elsewhere.
	Type types.NumberType
	// TwoWayTopic is the ARN of the SNS topic for texts that come in. Empty leaves two-way off.
	TwoWayTopic string
	// SelfManaged leaves HELP and STOP to the account.
	SelfManaged bool
	// OptOutList is the name of its list, made if there is none of that name. Empty means Default.
	OptOutList string
	// Capabilities are what it can send. Nil means SMS.
	Capabilities []types.NumberCapability
	// Status is where it stands. Empty means ACTIVE. It is told; the double sends from any.
	Status types.NumberStatus
	// Protected is deletion protection.
	Protected bool
}

// AddNumber gives the account a number without the ceremony of RequestPhoneNumber and UpdatePhoneNumber, and without
// their checks. It returns the phone number id. Adding a number again replaces it.
func (s *Simulator) AddNumber(spec NumberSpec) (phoneNumberID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.begin()
	if spec.Type == "" {
		spec.Type = kindOf(spec.Number)
	}
	n := s.newPhoneNumber(spec.Number, spec.Type, countryOf(sms.Phone(spec.Number)), now)
	if spec.Type == types.NumberTypeShortCode {
		n.country = "US"
	}
	if spec.Capabilities != nil {
		n.capabilities = spec.Capabilities
	}
	n.inboundSettings = s.arranged(spec.TwoWayTopic, spec.SelfManaged, spec.OptOutList, now)
	n.protected = spec.Protected
	if spec.Status != "" {
		n.status = spec.Status
	}
	if old := s.byNumber(spec.Number); old != nil {
		n.id, n.arn, n.pool, n.registration = old.id, old.arn, old.pool, old.registration
	}
	s.numbers[n.id] = n
	s.record(now, "AddNumber", spec)
	return n.id
}

// HasNumber says whether the account has a number.
func (s *Simulator) HasNumber(number sms.Identity) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.byNumber(number) != nil
}

// RCSAgentSpec describes an RCS agent that the account is to have.
type RCSAgentSpec struct {
	// ID is rcs- and 32 hex digits. Empty means a new one.
	ID sms.Identity
	// TwoWayTopic, SelfManaged and OptOutList are as in [NumberSpec].
	TwoWayTopic string
	SelfManaged bool
	OptOutList  string
	// Countries are where it is launched. Nil means US.
	Countries []string
	// Fallback is the number from which a message goes out as SMS where RCS does not reach the phone, without the
	// ceremony of a pool that has both. Empty means that it goes nowhere.
	Fallback sms.Identity
}

// AddRCSAgent gives the account an RCS agent, whatever the quota, and returns its id.
func (s *Simulator) AddRCSAgent(spec RCSAgentSpec) sms.Identity {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.begin()
	id := string(spec.ID)
	if id == "" {
		id = s.newID("rcs")
	}
	if spec.Countries == nil {
		spec.Countries = []string{"US"}
	}
	a := s.newRCSAgent(id, s.arranged(spec.TwoWayTopic, spec.SelfManaged, spec.OptOutList, now), now)
	a.fallback = spec.Fallback
	s.launch(a, spec.Countries)
	s.agents[id] = a
	s.record(now, "AddRCSAgent", spec)
	return sms.Identity(id)
}

// LaunchRCSAgent launches an agent in countries, with all their carriers, as an approved registration does.
func (s *Simulator) LaunchRCSAgent(id sms.Identity, countries ...string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.begin()
	a, err := s.agent(string(id))
	if err != nil {
		return fmt.Errorf("launch an RCS agent: %w", err)
	}
	s.launch(a, countries)
	s.record(now, "LaunchRCSAgent", a.id, countries)
	return nil
}

// launch is LaunchRCSAgent for who holds the lock.
func (s *Simulator) launch(a *rcsAgent, countries []string) {
	for _, country := range countries {
		a.launches[country] = &rcsLaunched{registration: s.newID("registration"), platform: s.newID("platform")}
	}
}

// AddSenderID gives the account a sender id, registered where the country wants that. It checks nothing.
func (s *Simulator) AddSenderID(name, country string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.begin()
	i := s.newSenderID(name, country, now)
	if mustRegister(country) {
		i.registration = aws.String(s.newID("registration"))
	}
	s.senderIDs[i.id()] = i
	s.record(now, "AddSenderID", name, country)
}

// ReviewNotifyConfiguration gives a notify configuration another status and tier, as a review of AWS does.
func (s *Simulator) ReviewNotifyConfiguration(id string, status types.NotifyConfigurationStatus, tier types.NotifyConfigurationTier) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.begin()
	c, err := s.notifyConfiguration(id)
	if err != nil {
		return fmt.Errorf("review a notify configuration: %w", err)
	}
	c.status, c.tier = status, tier
	s.record(now, "ReviewNotifyConfiguration", c.id, status, tier)
	return nil
}

// arranged are settings as a spec wants them. The caller holds the lock.
func (s *Simulator) arranged(topic string, selfManaged bool, list string, now time.Time) inboundSettings {
	if list == "" {
		list = defaultOptOutList
	}
	if _, exists := s.lists[list]; !exists {
		s.lists[list] = s.newOptOutList(list, now)
	}
	settings := newInboundSettings(list)
	settings.selfManaged = selfManaged
	if topic != "" {
		settings.twoWay, settings.channelARN = true, aws.String(topic)
	}
	return settings
}

func kindOf(number sms.Identity) types.NumberType {
	switch {
	case sms.Phone(number).ShortNumeric():
		return types.NumberTypeShortCode
	case number.IsUSTollFree():
		return types.NumberTypeTollFree
	case len(number) > 1 && number[:2] == "+1":
		return types.NumberTypeTenDlc
	}
	return types.NumberTypeLongCode
}

// Area codes whose 555-0100 to 555-0199 stand for nobody; those for toll-free numbers.
var (
	fictionAreaCodes = []string{"206", "212", "312", "415", "503", "617", "702", "808"}
	tollFreeCodes    = []string{"800", "833", "844", "855", "866", "877", "888"}
)

// freeNumber is the next number that nobody has yet: 555-01xx in North America, elsewhere the calling code and the
// same digits. Once all are out, numbers get longer than any real one. issued is how many are handed out once it is
// taken. The caller holds the lock.
func (s *Simulator) freeNumber(country string, kind types.NumberType) (free sms.Identity, issued int) {
	areas := fictionAreaCodes
	if kind == types.NumberTypeTollFree {
		areas = tollFreeCodes
	}
	for issued = s.issued; ; issued++ {
		round := issued / 100
		number := fmt.Sprintf("+%s%s55501%02d", callingCode(country), areas[round%len(areas)], issued%100)
		if again := round / len(areas); again > 0 {
			number += fmt.Sprintf("%02d", again)
		}
		if s.byNumber(sms.Identity(number)) == nil {
			return sms.Identity(number), issued + 1
		}
	}
}
