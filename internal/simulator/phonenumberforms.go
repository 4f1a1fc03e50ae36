package simulator

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
)

// The SDK has four structs for a phone number, one for each operation that tells of it. information is the fullest;
// the others are filled from it.

func (n *phoneNumber) information() types.PhoneNumberInformation {
	return types.PhoneNumberInformation{
		PhoneNumberArn: aws.String(n.arn), PhoneNumberId: aws.String(n.id), PhoneNumber: aws.String(string(n.number)),
		Status: n.status, IsoCountryCode: aws.String(n.country), MessageType: n.messageType,
		NumberCapabilities: slices.Clone(n.capabilities), NumberType: n.kind, MonthlyLeasingPrice: aws.String(n.price),
		TwoWayEnabled: n.twoWay, TwoWayChannelArn: n.channelARN, TwoWayChannelRole: n.channelRole,
		SelfManagedOptOutsEnabled: n.selfManaged, OptOutListName: aws.String(n.optOutList),
		InternationalSendingEnabled: n.international, DeletionProtectionEnabled: n.protected,
		PoolId: optional(n.pool), RegistrationId: n.registration, CreatedTimestamp: aws.Time(n.created),
	}
}

func (n *phoneNumber) requested(tags []types.Tag) *pinpointsmsvoicev2.RequestPhoneNumberOutput {
	i := n.information()
	return &pinpointsmsvoicev2.RequestPhoneNumberOutput{
		PhoneNumberArn: i.PhoneNumberArn, PhoneNumberId: i.PhoneNumberId, PhoneNumber: i.PhoneNumber,
		Status: i.Status, IsoCountryCode: i.IsoCountryCode, MessageType: i.MessageType,
		NumberCapabilities: i.NumberCapabilities, NumberType: types.RequestableNumberType(i.NumberType),
		MonthlyLeasingPrice: i.MonthlyLeasingPrice, TwoWayEnabled: i.TwoWayEnabled,
		SelfManagedOptOutsEnabled: i.SelfManagedOptOutsEnabled, OptOutListName: i.OptOutListName,
		InternationalSendingEnabled: i.InternationalSendingEnabled, DeletionProtectionEnabled: i.DeletionProtectionEnabled,
		PoolId: i.PoolId, RegistrationId: i.RegistrationId, Tags: tags, CreatedTimestamp: i.CreatedTimestamp,
	}
}

func (n *phoneNumber) updated() *pinpointsmsvoicev2.UpdatePhoneNumberOutput {
	i := n.information()
	return &pinpointsmsvoicev2.UpdatePhoneNumberOutput{
		PhoneNumberArn: i.PhoneNumberArn, PhoneNumberId: i.PhoneNumberId, PhoneNumber: i.PhoneNumber,
		Status: i.Status, IsoCountryCode: i.IsoCountryCode, MessageType: i.MessageType,
		NumberCapabilities: i.NumberCapabilities, NumberType: i.NumberType, MonthlyLeasingPrice: i.MonthlyLeasingPrice,
		TwoWayEnabled: i.TwoWayEnabled, TwoWayChannelArn: i.TwoWayChannelArn, TwoWayChannelRole: i.TwoWayChannelRole,
		SelfManagedOptOutsEnabled: i.SelfManagedOptOutsEnabled, OptOutListName: i.OptOutListName,
		InternationalSendingEnabled: i.InternationalSendingEnabled, DeletionProtectionEnabled: i.DeletionProtectionEnabled,
		RegistrationId: i.RegistrationId, CreatedTimestamp: i.CreatedTimestamp,
	}
}

func (n *phoneNumber) released() *pinpointsmsvoicev2.ReleasePhoneNumberOutput {
	i := n.information()
	return &pinpointsmsvoicev2.ReleasePhoneNumberOutput{
		PhoneNumberArn: i.PhoneNumberArn, PhoneNumberId: i.PhoneNumberId, PhoneNumber: i.PhoneNumber,
		Status: types.NumberStatusDeleted, IsoCountryCode: i.IsoCountryCode, MessageType: i.MessageType,
		NumberCapabilities: i.NumberCapabilities, NumberType: i.NumberType, MonthlyLeasingPrice: i.MonthlyLeasingPrice,
		TwoWayEnabled: i.TwoWayEnabled, TwoWayChannelArn: i.TwoWayChannelArn, TwoWayChannelRole: i.TwoWayChannelRole,
		SelfManagedOptOutsEnabled: i.SelfManagedOptOutsEnabled, OptOutListName: i.OptOutListName,
		RegistrationId: i.RegistrationId, CreatedTimestamp: i.CreatedTimestamp,
	}
}

// optional is nil for an empty text, which the wire leaves out.
func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
