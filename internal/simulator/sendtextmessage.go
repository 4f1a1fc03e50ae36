package simulator

import (
	"context"
	"maps"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/heedsms/heed/internal/sms"
)

// defaultTimeToLive is how long AWS tries when the request does not say (API_SendTextMessage).
const defaultTimeToLive = 72 * time.Hour

// SendTextMessage accepts a text and lays out its course of delivery events. A destination on the opt-out list of the
// sending identity is ConflictException DESTINATION_PHONE_NUMBER_OPTED_OUT, in self-managed mode too; an unknown
// identity, configuration set or protect configuration ResourceNotFoundException; a price above MaxPrice
// ValidationException PRICE_OVER_THRESHOLD; in the sandbox a destination that is not verified ConflictException
// DESTINATION_PHONE_NUMBER_NOT_VERIFIED. A text longer than the service takes is accepted and ends as
// TEXT_INVALID_MESSAGE. A dry run is checked and leaves nothing behind (API_SendTextMessage, sms-limitations-character).
func (s *Simulator) SendTextMessage(ctx context.Context, in *pinpointsmsvoicev2.SendTextMessageInput) (*pinpointsmsvoicev2.SendTextMessageOutput, error) {
	return serve(ctx, s, in, func(now time.Time) (*pinpointsmsvoicev2.SendTextMessageOutput, error) {
		if in.MessageBody == nil {
			// Optional in the model, but there is nothing to send without it.
			return nil, missing("MessageBody")
		}
		to := sms.ParsePhone(*in.DestinationPhoneNumber)
		from, err := s.sender(aws.ToString(in.OriginationIdentity), to)
		if err != nil {
			return nil, err
		}
		m, err := s.compose(in, from, to, now)
		if err != nil {
			return nil, err
		}
		if err := s.checkSandbox(to); err != nil {
			return nil, err
		}
		if err := s.maySend(in, from, m); err != nil {
			return nil, err
		}
		if in.DryRun {
			return &pinpointsmsvoicev2.SendTextMessageOutput{MessageId: &m.ID}, nil
		}
		if err := s.checkRecipientRate(to, now); err != nil {
			return nil, err
		}
		s.keep(m)
		s.schedule(m, from)
		return &pinpointsmsvoicev2.SendTextMessageOutput{MessageId: &m.ID}, nil
	})
}

// compose makes the message of a request.
func (s *Simulator) compose(in *pinpointsmsvoicev2.SendTextMessageInput, from sender, to sms.Phone, now time.Time) (*Message, error) {
	count := countParts(*in.MessageBody)
	m := &Message{
		ID: s.newUUID(), To: to, From: from.identity, Requested: aws.ToString(in.OriginationIdentity), Pool: from.pool,
		Body: *in.MessageBody, Context: maps.Clone(in.Context), MessageType: in.MessageType,
		Keyword: aws.ToString(in.Keyword), TimeToLive: defaultTimeToLive, Parts: count.parts, Unicode: count.unicode,
		At: now, awaitsFeedback: aws.ToBool(in.MessageFeedbackEnabled),
	}
	if m.MessageType == "" {
		m.MessageType = from.messageType
	}
	if in.TimeToLive != nil {
		m.TimeToLive = time.Duration(*in.TimeToLive) * time.Second
	}
	if in.ConfigurationSetName != nil {
		set, err := s.set(*in.ConfigurationSetName)
		if err != nil {
			return nil, err
		}
		m.ConfigurationSet = set.name
	}
	m.Outcome = outcome(courseOf(m))
	return m, nil
}

// maySend holds a message against what depends on the state of the account.
func (s *Simulator) maySend(in *pinpointsmsvoicev2.SendTextMessageInput, from sender, m *Message) error {
	if in.ProtectConfigurationId != nil {
		return notFound(types.ResourceTypeProtectConfiguration, *in.ProtectConfigurationId)
	}
	if list, ok := s.lists[from.optOutList]; ok {
		if _, listed := list.entries[m.To]; listed {
			return conflict(types.ConflictExceptionReasonDestinationPhoneNumberOptedOut,
				types.ResourceTypeOptedOutNumber, string(m.To), "The destination phone number is opted out")
		}
	}
	if in.MaxPrice != nil {
		most, err := strconv.ParseFloat(*in.MaxPrice, 64)
		if err != nil {
			return invalid("MaxPrice", "must be a price in USD")
		}
		if priceOf(m.To).total(m.Parts) > most {
			return validation(types.ValidationExceptionReasonPriceOverThreshold, "MaxPrice", "is below the price of the message")
		}
	}
	return nil
}
