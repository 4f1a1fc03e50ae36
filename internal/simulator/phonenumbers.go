package simulator

import (
	"context"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/heedsms/heed/internal/sms"
)

type phoneNumber struct {
	inboundSettings

	id, arn       string
	number        sms.Identity
	country       string
	messageType   types.MessageType
	capabilities  []types.NumberCapability
	kind          types.NumberType
	status        types.NumberStatus
	price         string // monthly, USD
	international bool
	protected     bool
	pool          string // id, or empty
	registration  *string
	created       time.Time
}

// RequestPhoneNumber rents a number, active at once, from the ranges that are kept for fiction where the double knows
// one. SIMULATOR numbers exist in the US only (page test-phone-numbers). With PoolId the number joins the pool under
// the rules of AssociateOriginationIdentity, with RegistrationId it is tied to the registration under those of
// CreateRegistrationAssociation (API_RequestPhoneNumber).
func (s *Simulator) RequestPhoneNumber(ctx context.Context, in *pinpointsmsvoicev2.RequestPhoneNumberInput) (*pinpointsmsvoicev2.RequestPhoneNumberOutput, error) {
	return serve(ctx, s, in, func(now time.Time) (*pinpointsmsvoicev2.RequestPhoneNumberOutput, error) {
		kind := types.NumberType(in.NumberType)
		if kind == types.NumberTypeSimulator && *in.IsoCountryCode != "US" {
			return nil, invalid("IsoCountryCode", "must be US for a SIMULATOR number")
		}
		list := aws.ToString(in.OptOutListName)
		if list == "" {
			list = defaultOptOutList
		}
		found, err := s.optOutList(list)
		if err != nil {
			return nil, err
		}
		if err := s.checkQuota(types.AccountLimitNamePhoneNumbers); err != nil {
			return nil, err
		}
		number, issued := s.freeNumber(*in.IsoCountryCode, kind)
		n := s.newPhoneNumber(number, kind, *in.IsoCountryCode, now)
		n.inboundSettings = newInboundSettings(found.name)
		n.messageType, n.capabilities = in.MessageType, in.NumberCapabilities
		n.international, n.protected = aws.ToBool(in.InternationalSendingEnabled), aws.ToBool(in.DeletionProtectionEnabled)
		var r *registration
		if in.RegistrationId != nil {
			if r, err = s.registration(*in.RegistrationId, now); err != nil {
				return nil, err
			}
			if err := s.mayAssociate(r, n.associable(), "RegistrationId"); err != nil {
				return nil, err
			}
		}
		if pool := aws.ToString(in.PoolId); pool != "" {
			if _, err := s.join(pool, n.member()); err != nil {
				return nil, err
			}
		}
		if r != nil {
			r.associate(n.associable())
		}
		s.numbers[n.id], s.issued = n, issued
		return n.requested(in.Tags), nil
	})
}

func (s *Simulator) newPhoneNumber(number sms.Identity, kind types.NumberType, country string, now time.Time) *phoneNumber {
	id := s.newID("phone")
	return &phoneNumber{
		inboundSettings: newInboundSettings(defaultOptOutList),
		id:              id, arn: s.arn(types.ResourceTypePhoneNumber, id),
		number: number, kind: kind, status: types.NumberStatusActive, country: country, price: "1.00", created: now,
		messageType:  types.MessageTypeTransactional,
		capabilities: []types.NumberCapability{types.NumberCapabilitySms},
	}
}

// DescribePhoneNumbers tells of the numbers with these ids or ARNs, or of all. One that does not exist is
// ResourceNotFoundException; Owner and ids together are a ValidationException (API_DescribePhoneNumbers).
func (s *Simulator) DescribePhoneNumbers(ctx context.Context, in *pinpointsmsvoicev2.DescribePhoneNumbersInput) (*pinpointsmsvoicev2.DescribePhoneNumbersOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.DescribePhoneNumbersOutput, error) {
		if err := ownerAlone(in.Owner, "PhoneNumberIds", len(in.PhoneNumberIds)); err != nil {
			return nil, err
		}
		phoneNumbers, next, err := describe(listing[*phoneNumber]{
			all: s.numbers, wanted: in.PhoneNumberIds, find: s.phoneNumber,
			key:  func(x *phoneNumber) string { return x.id },
			keep: func(x *phoneNumber) bool { return in.Owner != types.OwnerShared && passes(in.Filters, x.filterValues) },
		}, (*phoneNumber).information, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		return &pinpointsmsvoicev2.DescribePhoneNumbersOutput{PhoneNumbers: phoneNumbers, NextToken: next}, nil
	})
}

// UpdatePhoneNumber changes settings. While the number sits in a pool it is ConflictException
// PHONE_NUMBER_ASSOCIATED_TO_POOL; two-way must be on before self-managed opt-outs (API_UpdatePhoneNumber).
func (s *Simulator) UpdatePhoneNumber(ctx context.Context, in *pinpointsmsvoicev2.UpdatePhoneNumberInput) (*pinpointsmsvoicev2.UpdatePhoneNumberOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.UpdatePhoneNumberOutput, error) {
		n, err := s.phoneNumber(*in.PhoneNumberId)
		if err != nil {
			return nil, err
		}
		if n.pool != "" {
			return nil, n.inPool()
		}
		settings, err := s.changed(n.inboundSettings, inboundChange{
			twoWay: in.TwoWayEnabled, selfManaged: in.SelfManagedOptOutsEnabled,
			channelARN: in.TwoWayChannelArn, channelRole: in.TwoWayChannelRole, optOutList: in.OptOutListName,
		})
		if err != nil {
			return nil, err
		}
		n.inboundSettings = settings
		if in.InternationalSendingEnabled != nil {
			n.international = *in.InternationalSendingEnabled
		}
		if in.DeletionProtectionEnabled != nil {
			n.protected = *in.DeletionProtectionEnabled
		}
		return n.updated(), nil
	})
}

// ReleasePhoneNumber gives a number back for good. Deletion protection and membership in a pool are ConflictException
// (API_ReleasePhoneNumber), and so is a registration under review, which lets go of nothing:
// DISASSOCIATE_REGISTRATION_NOT_ALLOWED (page registrations-sms-cli). Any other registration loses the number.
func (s *Simulator) ReleasePhoneNumber(ctx context.Context, in *pinpointsmsvoicev2.ReleasePhoneNumberInput) (*pinpointsmsvoicev2.ReleasePhoneNumberOutput, error) {
	return serve(ctx, s, in, func(now time.Time) (*pinpointsmsvoicev2.ReleasePhoneNumberOutput, error) {
		n, err := s.phoneNumber(*in.PhoneNumberId)
		switch {
		case err != nil:
			return nil, err
		case n.protected:
			return nil, conflict(types.ConflictExceptionReasonDeletionProtectionEnabled, types.ResourceTypePhoneNumber, n.id,
				"Deletion protection is enabled")
		case n.pool != "":
			return nil, n.inPool()
		}
		if r, tied := s.registrations[aws.ToString(n.registration)]; tied {
			if r.review(now); r.current().inReview() {
				return nil, conflict(types.ConflictExceptionReasonDisassociateRegistrationNotAllowed,
					types.ResourceTypePhoneNumber, n.id, "The registration "+r.id+" is under review")
			}
			r.disassociate(n)
		}
		delete(s.numbers, n.id)
		return n.released(), nil
	})
}

func (n *phoneNumber) inPool() error {
	return conflict(types.ConflictExceptionReasonPhoneNumberAssociatedToPool, types.ResourceTypePhoneNumber, n.id,
		"The phone number is associated with the pool "+n.pool)
}

func (n *phoneNumber) filterValues(name string) []string {
	switch types.PhoneNumberFilterName(name) {
	case types.PhoneNumberFilterNameStatus:
		return []string{string(n.status)}
	case types.PhoneNumberFilterNameIsoCountryCode:
		return []string{n.country}
	case types.PhoneNumberFilterNameMessageType:
		return []string{string(n.messageType)}
	case types.PhoneNumberFilterNameNumberCapability:
		return texts(n.capabilities)
	case types.PhoneNumberFilterNameNumberType:
		return []string{string(n.kind)}
	case types.PhoneNumberFilterNameDeletionProtectionEnabled:
		return []string{strconv.FormatBool(n.protected)}
	}
	return n.inboundSettings.filterValues(name)
}

// filterValues serves the filters that numbers and pools have in common.
func (b inboundSettings) filterValues(name string) []string {
	switch types.PhoneNumberFilterName(name) {
	case types.PhoneNumberFilterNameTwoWayEnabled:
		return []string{strconv.FormatBool(b.twoWay)}
	case types.PhoneNumberFilterNameSelfManagedOptOutsEnabled:
		return []string{strconv.FormatBool(b.selfManaged)}
	case types.PhoneNumberFilterNameOptOutListName:
		return []string{b.optOutList}
	case types.PhoneNumberFilterNameTwoWayChannelArn:
		return []string{aws.ToString(b.channelARN)}
	}
	return nil
}

// phoneNumber finds a phone number by its id or ARN.
func (s *Simulator) phoneNumber(ref string) (*phoneNumber, error) {
	return lookup(s, s.numbers, types.ResourceTypePhoneNumber, ref)
}
