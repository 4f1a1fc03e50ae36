package simulator

import (
	"context"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/heedsms/heed/internal/sms"
)

// What a configuration may send in a day (page nx-notify-scale-quotas).
const (
	basicNotifyPerDay       = 200
	notifyPerDestinationDay = 10
)

// managedNumber is AWS's own number, from which Notify sends where it has no pool and the country takes no sender ids.
const managedNumber sms.Identity = "+18885550199"

// notifySend is what the two operations have in common.
type notifySend struct {
	sending

	configuration string
	template      *string
	variables     map[string]string
	voice         types.VoiceId
}

// SendNotifyTextMessage fills a template and sends it as a text, from the configuration's pool or from an identity of
// AWS's. A configuration that is not ACTIVE is ConflictException NOTIFY_CONFIGURATION_NOT_ACTIVE; a channel or country
// that it does not have ValidationException CHANNEL_NOT_ENABLED or COUNTRY_NOT_ENABLED; in tier BASIC the 201st message
// in 24 hours, and in any tier the 11th to one person, ServiceQuotaExceededException DAILY_NOTIFY_TIER_MESSAGE_LIMIT
// (the latter has no reason of its own). The opt-out list and the protect configuration hold as with SendTextMessage
// (API_SendNotifyTextMessage, pages notify-tiers, nx-notify-scale-quotas).
func (s *Simulator) SendNotifyTextMessage(ctx context.Context, in *pinpointsmsvoicev2.SendNotifyTextMessageInput) (*pinpointsmsvoicev2.SendNotifyTextMessageOutput, error) {
	return serve(ctx, s, in, func(now time.Time) (*pinpointsmsvoicev2.SendNotifyTextMessageOutput, error) {
		id, body, template, err := s.sendNotify(notifySend{
			sending: sending{
				channel: ChannelText, to: in.DestinationPhoneNumber, set: in.ConfigurationSetName, context: in.Context,
				timeToLive: in.TimeToLive, feedback: in.MessageFeedbackEnabled, dryRun: in.DryRun, notify: true,
			},
			configuration: *in.NotifyConfigurationId, template: in.TemplateId, variables: in.TemplateVariables,
		}, now)
		if err != nil {
			return nil, err
		}
		return &pinpointsmsvoicev2.SendNotifyTextMessageOutput{MessageId: id, ResolvedMessageBody: body, TemplateId: template}, nil
	})
}

// SendNotifyVoiceMessage fills a template and says it in a call, under the rules of SendNotifyTextMessage and of calls
// (API_SendNotifyVoiceMessage).
func (s *Simulator) SendNotifyVoiceMessage(ctx context.Context, in *pinpointsmsvoicev2.SendNotifyVoiceMessageInput) (*pinpointsmsvoicev2.SendNotifyVoiceMessageOutput, error) {
	return serve(ctx, s, in, func(now time.Time) (*pinpointsmsvoicev2.SendNotifyVoiceMessageOutput, error) {
		if s.callsTo(sms.ParsePhone(*in.DestinationPhoneNumber), now) >= maxCalls {
			return nil, quotaExceeded(types.ServiceQuotaExceededExceptionReasonDailyDestinationCallLimit)
		}
		id, body, template, err := s.sendNotify(notifySend{
			sending: sending{
				channel: ChannelVoice, to: in.DestinationPhoneNumber, set: in.ConfigurationSetName, context: in.Context,
				timeToLive: in.TimeToLive, feedback: in.MessageFeedbackEnabled, dryRun: in.DryRun, notify: true,
			},
			configuration: *in.NotifyConfigurationId, template: in.TemplateId, variables: in.TemplateVariables, voice: in.VoiceId,
		}, now)
		if err != nil {
			return nil, err
		}
		return &pinpointsmsvoicev2.SendNotifyVoiceMessageOutput{MessageId: id, ResolvedMessageBody: body, TemplateId: template}, nil
	})
}

func (s *Simulator) sendNotify(in notifySend, now time.Time) (id, body, template *string, err error) {
	c, err := s.notifyConfiguration(in.configuration)
	if err != nil {
		return nil, nil, nil, err
	}
	to := sms.ParsePhone(*in.to)
	if err := c.maySend(in.channel, to, now); err != nil {
		return nil, nil, nil, err
	}
	t, err := s.templateOf(c, in)
	if err != nil {
		return nil, nil, nil, err
	}
	text, err := resolved(t, c.displayName, in.variables)
	if err != nil {
		return nil, nil, nil, err
	}
	in.body, in.messageType = &text, types.MessageTypeTransactional
	in.identity = optional(c.pool)
	if c.pool == "" {
		if in.managed, err = s.managedSender(in.channel, to); err != nil {
			return nil, nil, nil, err
		}
	}
	if id, err = s.send(in.sending, now); err != nil {
		return nil, nil, nil, err
	}
	if !in.dryRun {
		c.sent = append(c.sent, notifySent{to, now})
	}
	return id, &text, t.TemplateId, nil
}

// maySend holds a send against the configuration: its status, channels, countries and what it sent in the past day.
func (c *notifyConfiguration) maySend(channel Channel, to sms.Phone, now time.Time) error {
	country := countryOf(to)
	switch {
	case c.status != types.NotifyConfigurationStatusActive:
		return conflict(types.ConflictExceptionReasonNotifyConfigurationNotActive, types.ResourceTypeNotifyConfiguration, c.id,
			"The notify configuration is not active")
	case !slices.Contains(c.channels, capabilities[channel]):
		return validation(types.ValidationExceptionReasonChannelNotEnabled, "NotifyConfigurationId", "does not have the channel")
	case !notifyReaches(country, c.tier) || len(c.countries) > 0 && !slices.Contains(c.countries, country):
		return validation(types.ValidationExceptionReasonCountryNotEnabled, "DestinationPhoneNumber",
			"is in a country that the notify configuration does not have")
	}
	c.sent = slices.DeleteFunc(c.sent, func(m notifySent) bool { return now.Sub(m.at) >= 24*time.Hour })
	toThem := 0
	for _, m := range c.sent {
		if m.to == to {
			toThem++
		}
	}
	if toThem >= notifyPerDestinationDay || c.tier == types.NotifyConfigurationTierBasic && len(c.sent) >= basicNotifyPerDay {
		return quotaExceeded(types.ServiceQuotaExceededExceptionReasonDailyNotifyTierMessageLimit)
	}
	return nil
}

// templateOf is the template of a send, the configuration's default where the send names none.
func (s *Simulator) templateOf(c *notifyConfiguration, in notifySend) (types.NotifyTemplateInformation, error) {
	id := aws.ToString(in.template)
	if id == "" {
		id = c.template
	}
	if id == "" {
		return types.NotifyTemplateInformation{}, missing("TemplateId")
	}
	t, err := s.notifyTemplate(id)
	switch {
	case err != nil:
		return t, err
	case !slices.Contains(t.Channels, capabilities[in.channel]), !slices.Contains(t.TierAccess, c.tier):
		return t, invalid("TemplateId", "must be a template of the channel and of the tier")
	case in.voice != "" && !slices.Contains(t.SupportedVoiceIds, in.voice):
		return t, invalid("VoiceId", "must be a voice of the template")
	}
	return t, nil
}

// managedSender is an identity of AWS's: the generic sender id for texts where the country takes one, else a number. A
// country that wants a pool of one's own is ConflictException NO_ORIGINATION_IDENTITIES_FOUND. Which opt-out list AWS
// holds such sends against is not said; here it is Default.
func (s *Simulator) managedSender(channel Channel, to sms.Phone) (*sender, error) {
	refused := conflict(types.ConflictExceptionReasonNoOriginationIdentitiesFound, types.ResourceTypeNotifyConfiguration,
		s.options.AccountID, "The destination country requires an identity of your own")
	if mustRegister(countryOf(to)) {
		return nil, refused
	}
	if from, err := s.fromSharedRoute(to, channel, refused); err == nil {
		return &from, nil
	}
	return &sender{
		identity: managedNumber, optOutList: defaultOptOutList, country: "US", messageType: types.MessageTypeTransactional,
		kind: string(types.NumberTypeTollFree),
	}, nil
}
