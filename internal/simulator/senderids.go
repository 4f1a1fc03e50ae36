package simulator

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/heedsms/heed/internal/sms"
)

// senderID is a name to send from in one country. Nobody can text it.
type senderID struct {
	name, country, arn string
	messageTypes       []types.MessageType
	protected          bool
	registration       *string // of a sender id that was registered
	created            time.Time
}

// id is what the ARN ends with. The same name in two countries is two sender ids.
func (i *senderID) id() string { return senderIDKey(i.name, i.country) }

func senderIDKey(name, country string) string { return name + "/" + country }

// Countries that take no sender ids (page sender-id names the first three as examples; the table is longer), and
// those that take registered ones only (page registrations-country, without Australia, Finland, Ireland, Kenya and the
// United Kingdom, where one can be registered but need not be).
const (
	withoutSenderIDs    = "US CA CN BR MX NZ"
	withRegisteredIDs   = "BY EG IN ID JO KZ KW PH QA RU SA SG LK TH TR AE VN ZM"
	genericSenderID     = "NOTICE" // what shared routes show where the country takes sender ids (page phone-pool-shared-routes)
	senderIDLeasedPrice = "0.00"   // monthly, USD: sender ids cost nothing (page sender-id)
)

func takesSenderIDs(country string) bool {
	return country != "" && !slices.Contains(strings.Fields(withoutSenderIDs), country)
}

func mustRegister(country string) bool {
	return slices.Contains(strings.Fields(withRegisteredIDs), country)
}

// RequestSenderId gives the account a sender id that needs no registration. ValidationException
// SENDER_ID_NOT_SUPPORTED where the country takes none, SENDER_ID_REQUIRES_REGISTRATION where it takes registered ones
// only; one that the account has is ConflictException RESOURCE_ALREADY_EXISTS. Without MessageTypes it is for
// transactional messages: AWS does not say (API_RequestSenderId).
func (s *Simulator) RequestSenderId(ctx context.Context, in *pinpointsmsvoicev2.RequestSenderIdInput) (*pinpointsmsvoicev2.RequestSenderIdOutput, error) { //nolint:staticcheck // the name of the operation
	return serve(ctx, s, in, func(now time.Time) (*pinpointsmsvoicev2.RequestSenderIdOutput, error) {
		name, country := *in.SenderId, *in.IsoCountryCode
		switch {
		case !hasLetter(name):
			return nil, invalid("SenderId", "must contain a letter")
		case !takesSenderIDs(country):
			return nil, validation(types.ValidationExceptionReasonSenderIdNotSupported, "IsoCountryCode",
				"is a country that does not support sender IDs")
		case mustRegister(country):
			return nil, validation(types.ValidationExceptionReasonSenderIdRequiresRegistration, "IsoCountryCode",
				"is a country where sender IDs must be registered")
		case s.senderIDs[senderIDKey(name, country)] != nil:
			return nil, conflict(types.ConflictExceptionReasonResourceAlreadyExists, types.ResourceTypeSenderId, name,
				"The account has this sender ID in this country")
		}
		if err := s.checkQuota(types.AccountLimitNameSenderIds); err != nil {
			return nil, err
		}
		i := s.newSenderID(name, country, now)
		if len(in.MessageTypes) > 0 {
			i.messageTypes = in.MessageTypes
		}
		i.protected = aws.ToBool(in.DeletionProtectionEnabled)
		s.senderIDs[i.id()] = i
		f := i.information()
		return &pinpointsmsvoicev2.RequestSenderIdOutput{
			SenderIdArn: f.SenderIdArn, SenderId: f.SenderId, IsoCountryCode: f.IsoCountryCode, MessageTypes: f.MessageTypes,
			MonthlyLeasingPrice: f.MonthlyLeasingPrice, Registered: f.Registered,
			DeletionProtectionEnabled: f.DeletionProtectionEnabled, Tags: in.Tags,
		}, nil
	})
}

func (s *Simulator) newSenderID(name, country string, now time.Time) *senderID {
	return &senderID{
		name: name, country: country, arn: s.arn(types.ResourceTypeSenderId, senderIDKey(name, country)), created: now,
		messageTypes: []types.MessageType{types.MessageTypeTransactional},
	}
}

// DescribeSenderIds tells of the sender ids with these names and countries, or of all. One that does not exist is
// ResourceNotFoundException; Owner and sender ids together are a ValidationException (API_DescribeSenderIds).
func (s *Simulator) DescribeSenderIds(ctx context.Context, in *pinpointsmsvoicev2.DescribeSenderIdsInput) (*pinpointsmsvoicev2.DescribeSenderIdsOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.DescribeSenderIdsOutput, error) {
		if err := ownerAlone(in.Owner, "SenderIds", len(in.SenderIds)); err != nil {
			return nil, err
		}
		var wanted []string
		for _, w := range in.SenderIds {
			i, err := s.senderID(*w.SenderId, *w.IsoCountryCode)
			if err != nil {
				return nil, err
			}
			wanted = append(wanted, i.id())
		}
		ids, next, err := describe(listing[*senderID]{
			all: s.senderIDs, wanted: wanted,
			find: func(id string) (*senderID, error) { return s.senderIDs[id], nil },
			key:  (*senderID).id,
			keep: func(i *senderID) bool { return in.Owner != types.OwnerShared && passes(in.Filters, i.filterValues) },
		}, (*senderID).information, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		return &pinpointsmsvoicev2.DescribeSenderIdsOutput{SenderIds: ids, NextToken: next}, nil
	})
}

// UpdateSenderId sets deletion protection (API_UpdateSenderId).
func (s *Simulator) UpdateSenderId(ctx context.Context, in *pinpointsmsvoicev2.UpdateSenderIdInput) (*pinpointsmsvoicev2.UpdateSenderIdOutput, error) { //nolint:staticcheck // the name of the operation
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.UpdateSenderIdOutput, error) {
		i, err := s.senderID(*in.SenderId, *in.IsoCountryCode)
		if err != nil {
			return nil, err
		}
		if in.DeletionProtectionEnabled != nil {
			i.protected = *in.DeletionProtectionEnabled
		}
		f := i.information()
		return &pinpointsmsvoicev2.UpdateSenderIdOutput{
			SenderIdArn: f.SenderIdArn, SenderId: f.SenderId, IsoCountryCode: f.IsoCountryCode, MessageTypes: f.MessageTypes,
			MonthlyLeasingPrice: f.MonthlyLeasingPrice, Registered: f.Registered, RegistrationId: f.RegistrationId,
			DeletionProtectionEnabled: f.DeletionProtectionEnabled,
		}, nil
	})
}

// ReleaseSenderId gives a sender id back. Deletion protection is ConflictException DELETION_PROTECTION_ENABLED, a pool
// that it sits in SENDER_ID_ASSOCIATED_TO_POOL (API_ReleaseSenderId; the latter by the name of the reason).
func (s *Simulator) ReleaseSenderId(ctx context.Context, in *pinpointsmsvoicev2.ReleaseSenderIdInput) (*pinpointsmsvoicev2.ReleaseSenderIdOutput, error) { //nolint:staticcheck // the name of the operation
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.ReleaseSenderIdOutput, error) {
		i, err := s.senderID(*in.SenderId, *in.IsoCountryCode)
		if err != nil {
			return nil, err
		}
		if i.protected {
			return nil, conflict(types.ConflictExceptionReasonDeletionProtectionEnabled, types.ResourceTypeSenderId, i.name,
				"Deletion protection is enabled")
		}
		for _, p := range s.pools {
			if slices.Contains(p.members, i.arn) {
				return nil, conflict(types.ConflictExceptionReasonSenderIdAssociatedToPool, types.ResourceTypeSenderId, i.name,
					"The sender ID is associated with the pool "+p.id)
			}
		}
		delete(s.senderIDs, i.id())
		f := i.information()
		return &pinpointsmsvoicev2.ReleaseSenderIdOutput{
			SenderIdArn: f.SenderIdArn, SenderId: f.SenderId, IsoCountryCode: f.IsoCountryCode, MessageTypes: f.MessageTypes,
			MonthlyLeasingPrice: f.MonthlyLeasingPrice, Registered: f.Registered, RegistrationId: f.RegistrationId,
		}, nil
	})
}

// senderID finds a sender id by its name or ARN and its country. An ARN of another country than the one named is
// ValidationException COUNTRY_CODE_MISMATCH.
func (s *Simulator) senderID(ref, country string) (*senderID, error) {
	if !strings.HasPrefix(ref, "arn:") {
		if i, exists := s.senderIDs[senderIDKey(ref, country)]; exists {
			return i, nil
		}
		return nil, notFound(types.ResourceTypeSenderId, ref)
	}
	i, err := lookup(s, s.senderIDs, types.ResourceTypeSenderId, ref)
	if err == nil && i.country != country {
		err = countryMismatch("IsoCountryCode")
	}
	return i, err
}

func countryMismatch(member string) error {
	return validation(types.ValidationExceptionReasonCountryCodeMismatch, member,
		"is not the country of the origination identity")
}

func (i *senderID) information() types.SenderIdInformation {
	return types.SenderIdInformation{
		SenderIdArn: aws.String(i.arn), SenderId: aws.String(i.name), IsoCountryCode: aws.String(i.country),
		MessageTypes: slices.Clone(i.messageTypes), MonthlyLeasingPrice: aws.String(senderIDLeasedPrice),
		DeletionProtectionEnabled: i.protected, Registered: i.registration != nil, RegistrationId: i.registration,
	}
}

func (i *senderID) filterValues(name string) []string {
	switch types.SenderIdFilterName(name) {
	case types.SenderIdFilterNameSenderId:
		return []string{i.name}
	case types.SenderIdFilterNameIsoCountryCode:
		return []string{i.country}
	case types.SenderIdFilterNameMessageType:
		return texts(i.messageTypes)
	case types.SenderIdFilterNameDeletionProtectionEnabled:
		return []string{strconv.FormatBool(i.protected)}
	case types.SenderIdFilterNameRegistered:
		return []string{strconv.FormatBool(i.registration != nil)}
	}
	return nil
}

// from is the sender id as the sender of a message, in its own country only. It has no opt-out list, so Default holds.
func (i *senderID) from(to sms.Phone) (sender, error) {
	if i.country != countryOf(to) {
		return sender{}, invalidForCountry("is a sender ID of another country than the destination's")
	}
	return sender{
		identity: sms.Identity(i.name), optOutList: defaultOptOutList, country: i.country, messageType: i.messageTypes[0],
		kind: kindSenderID,
	}, nil
}

func hasLetter(text string) bool {
	return strings.ContainsAny(strings.ToUpper(text), "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
}
