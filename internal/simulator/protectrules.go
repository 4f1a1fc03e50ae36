package simulator

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/heedsms/heed/internal/sms"
)

// numberOverride is the rule for one destination, which wins over that of its country.
type numberOverride struct {
	number  sms.Phone
	action  types.ProtectConfigurationRuleOverrideAction
	expires *time.Time // nil: never
	created time.Time
}

// holds says whether the rule has not expired. An expired one stays listed until it is deleted: AWS does not say.
func (o *numberOverride) holds(now time.Time) bool { return o.expires == nil || now.Before(*o.expires) }

// ruleSet is the rule of every country that the double knows or that has one, for a capability.
func (p *protectConfiguration) ruleSet(capability types.NumberCapability) map[string]types.ProtectConfigurationCountryRuleSetInformation {
	all := map[string]types.ProtectConfigurationCountryRuleSetInformation{}
	for country := range calling().code {
		all[country] = types.ProtectConfigurationCountryRuleSetInformation{ProtectStatus: types.ProtectStatusAllow}
	}
	for country, status := range p.rules[capability] {
		all[country] = types.ProtectConfigurationCountryRuleSetInformation{ProtectStatus: status}
	}
	return all
}

// GetProtectConfigurationCountryRuleSet tells the rule of each country for one capability
// (API_GetProtectConfigurationCountryRuleSet).
func (s *Simulator) GetProtectConfigurationCountryRuleSet(ctx context.Context, in *pinpointsmsvoicev2.GetProtectConfigurationCountryRuleSetInput) (*pinpointsmsvoicev2.GetProtectConfigurationCountryRuleSetOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.GetProtectConfigurationCountryRuleSetOutput, error) {
		p, err := s.protect(*in.ProtectConfigurationId)
		if err != nil {
			return nil, err
		}
		return &pinpointsmsvoicev2.GetProtectConfigurationCountryRuleSetOutput{
			ProtectConfigurationArn: &p.arn, ProtectConfigurationId: &p.id, NumberCapability: in.NumberCapability,
			CountryRuleSet: p.ruleSet(in.NumberCapability),
		}, nil
	})
}

// UpdateProtectConfigurationCountryRuleSet sets the rules of some countries for one capability and leaves the others
// (API_UpdateProtectConfigurationCountryRuleSet).
func (s *Simulator) UpdateProtectConfigurationCountryRuleSet(ctx context.Context, in *pinpointsmsvoicev2.UpdateProtectConfigurationCountryRuleSetInput) (*pinpointsmsvoicev2.UpdateProtectConfigurationCountryRuleSetOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.UpdateProtectConfigurationCountryRuleSetOutput, error) {
		p, err := s.protect(*in.ProtectConfigurationId)
		if err != nil {
			return nil, err
		}
		if p.rules[in.NumberCapability] == nil {
			p.rules[in.NumberCapability] = map[string]types.ProtectStatus{}
		}
		for country, rule := range in.CountryRuleSetUpdates {
			p.rules[in.NumberCapability][country] = rule.ProtectStatus
		}
		return &pinpointsmsvoicev2.UpdateProtectConfigurationCountryRuleSetOutput{
			ProtectConfigurationArn: &p.arn, ProtectConfigurationId: &p.id, NumberCapability: in.NumberCapability,
			CountryRuleSet: p.ruleSet(in.NumberCapability),
		}, nil
	})
}

// PutProtectConfigurationRuleSetNumberOverride makes or changes the rule for one destination. An expiry that is over
// already is a ValidationException: the page does not say
// (API_PutProtectConfigurationRuleSetNumberOverride).
func (s *Simulator) PutProtectConfigurationRuleSetNumberOverride(ctx context.Context, in *pinpointsmsvoicev2.PutProtectConfigurationRuleSetNumberOverrideInput) (*pinpointsmsvoicev2.PutProtectConfigurationRuleSetNumberOverrideOutput, error) {
	return serve(ctx, s, in, func(now time.Time) (*pinpointsmsvoicev2.PutProtectConfigurationRuleSetNumberOverrideOutput, error) {
		p, err := s.protect(*in.ProtectConfigurationId)
		if err != nil {
			return nil, err
		}
		o := &numberOverride{
			number: sms.ParsePhone(*in.DestinationPhoneNumber), action: in.Action, expires: in.ExpirationTimestamp, created: now,
		}
		if !o.holds(now) {
			return nil, invalid("ExpirationTimestamp", "must be in the future")
		}
		if before, exists := p.overrides[o.number]; exists {
			o.created = before.created
		}
		p.overrides[o.number] = o
		i := o.information()
		return &pinpointsmsvoicev2.PutProtectConfigurationRuleSetNumberOverrideOutput{
			ProtectConfigurationArn: &p.arn, ProtectConfigurationId: &p.id, DestinationPhoneNumber: i.DestinationPhoneNumber,
			Action: i.Action, CreatedTimestamp: i.CreatedTimestamp, ExpirationTimestamp: i.ExpirationTimestamp,
			IsoCountryCode: i.IsoCountryCode,
		}, nil
	})
}

// DeleteProtectConfigurationRuleSetNumberOverride takes the rule for one destination away. A destination without one
// is ResourceNotFoundException (API_DeleteProtectConfigurationRuleSetNumberOverride).
func (s *Simulator) DeleteProtectConfigurationRuleSetNumberOverride(ctx context.Context, in *pinpointsmsvoicev2.DeleteProtectConfigurationRuleSetNumberOverrideInput) (*pinpointsmsvoicev2.DeleteProtectConfigurationRuleSetNumberOverrideOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.DeleteProtectConfigurationRuleSetNumberOverrideOutput, error) {
		p, err := s.protect(*in.ProtectConfigurationId)
		if err != nil {
			return nil, err
		}
		o, exists := p.overrides[sms.ParsePhone(*in.DestinationPhoneNumber)]
		if !exists {
			return nil, notFound(types.ResourceTypeProtectConfiguration, *in.DestinationPhoneNumber)
		}
		delete(p.overrides, o.number)
		i := o.information()
		return &pinpointsmsvoicev2.DeleteProtectConfigurationRuleSetNumberOverrideOutput{
			ProtectConfigurationArn: &p.arn, ProtectConfigurationId: &p.id, DestinationPhoneNumber: i.DestinationPhoneNumber,
			Action: i.Action, CreatedTimestamp: i.CreatedTimestamp, ExpirationTimestamp: i.ExpirationTimestamp,
			IsoCountryCode: i.IsoCountryCode,
		}, nil
	})
}

// ListProtectConfigurationRuleSetNumberOverrides tells the rules for single destinations. The values of the filters by
// time are RFC 3339 or seconds since the epoch, else ValidationException INVALID_FILTER_VALUES: the page gives no form
// (API_ListProtectConfigurationRuleSetNumberOverrides).
func (s *Simulator) ListProtectConfigurationRuleSetNumberOverrides(ctx context.Context, in *pinpointsmsvoicev2.ListProtectConfigurationRuleSetNumberOverridesInput) (*pinpointsmsvoicev2.ListProtectConfigurationRuleSetNumberOverridesOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.ListProtectConfigurationRuleSetNumberOverridesOutput, error) {
		p, err := s.protect(*in.ProtectConfigurationId)
		if err != nil {
			return nil, err
		}
		all := map[string]types.ProtectConfigurationRuleSetNumberOverride{}
		for number, o := range p.overrides {
			passed, err := o.passes(in.Filters)
			if err != nil {
				return nil, err
			}
			if passed {
				all[string(number)] = o.information()
			}
		}
		number := func(o types.ProtectConfigurationRuleSetNumberOverride) string { return *o.DestinationPhoneNumber }
		overrides, next, err := page(sorted(all), number, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		return &pinpointsmsvoicev2.ListProtectConfigurationRuleSetNumberOverridesOutput{
			ProtectConfigurationArn: &p.arn, ProtectConfigurationId: &p.id, RuleSetNumberOverrides: overrides, NextToken: next,
		}, nil
	})
}

func (o *numberOverride) information() types.ProtectConfigurationRuleSetNumberOverride {
	return types.ProtectConfigurationRuleSetNumberOverride{
		DestinationPhoneNumber: aws.String(string(o.number)), Action: o.action, CreatedTimestamp: aws.Time(o.created),
		ExpirationTimestamp: o.expires, IsoCountryCode: optional(countryOf(o.number)),
	}
}

// passes says whether the rule passes every filter: for each, whether one of its values fits.
func (o *numberOverride) passes(filters []types.ProtectConfigurationRuleSetNumberOverrideFilterItem) (bool, error) {
	for _, f := range filters {
		fits := false
		for _, value := range f.Values {
			fit, err := o.fits(f.Name, value)
			if err != nil {
				return false, err
			}
			fits = fits || fit
		}
		if !fits {
			return false, nil
		}
	}
	return true, nil
}

func (o *numberOverride) fits(name types.ProtectConfigurationRuleSetNumberOverrideFilterName, value string) (bool, error) {
	switch name {
	case types.ProtectConfigurationRuleSetNumberOverrideFilterNameIsoCountryCode:
		return countryOf(o.number) == value, nil
	case types.ProtectConfigurationRuleSetNumberOverrideFilterNameAction:
		return string(o.action) == value, nil
	case types.ProtectConfigurationRuleSetNumberOverrideFilterNameDestinationPhoneNumberBeginsWith:
		return strings.HasPrefix(strings.TrimPrefix(string(o.number), "+"), strings.TrimPrefix(value, "+")), nil
	}
	at, err := filterTime(value)
	switch name {
	case types.ProtectConfigurationRuleSetNumberOverrideFilterNameExpiresBefore:
		return o.expires != nil && o.expires.Before(at), err
	case types.ProtectConfigurationRuleSetNumberOverrideFilterNameExpiresAfter:
		return o.expires == nil || o.expires.After(at), err
	case types.ProtectConfigurationRuleSetNumberOverrideFilterNameCreatedBefore:
		return o.created.Before(at), err
	}
	return o.created.After(at), err
}

func filterTime(value string) (time.Time, error) {
	if seconds, err := strconv.ParseInt(value, 10, 64); err == nil {
		return time.Unix(seconds, 0), nil
	}
	at, err := time.Parse(time.RFC3339, value)
	if err != nil {
		return at, validation(types.ValidationExceptionReasonInvalidFilterValues, "Filters", "must have times as values")
	}
	return at, nil
}

// protection is what the effective protect configuration says of one message. The zero value is none.
type protection struct {
	configuration string
	status        types.ProtectStatus
	overridden    bool // by a rule for this destination
}

// protectionOf finds the effective protect configuration of a send and what it says of the destination: that of the
// request, else that of the configuration set, else the account's default (page protect-configuration). A rule for the
// destination wins over that of its country.
func (s *Simulator) protectionOf(requested *string, set *configurationSet, capability types.NumberCapability, to sms.Phone) (protection, error) {
	ref := s.defaultProtect
	switch {
	case requested != nil:
		ref = *requested
	case set.protect != "":
		ref = set.protect
	case ref == "":
		return protection{}, nil
	}
	p, err := s.protect(ref)
	if err != nil {
		return protection{}, err
	}
	verdict := protection{configuration: p.id, status: types.ProtectStatusAllow}
	if o, exists := p.overrides[to]; exists && o.holds(s.now()) {
		verdict.status, verdict.overridden = types.ProtectStatus(o.action), true
	} else if status, ruled := p.rules[capability][countryOf(to)]; ruled {
		verdict.status = status
	}
	return verdict, nil
}

// lets says whether even suspicious traffic passes: the configuration allows it, or only watches.
func (v protection) lets() bool {
	return v.configuration != "" && v.status != types.ProtectStatusFilter
}

// shown is what events tell of it. MONITOR and FILTER judge what they see; the one destination that they find
// suspicious is [DestinationProtected]. It is blocked in an account without protect configurations too, then by the one
// of AWS's sample.
func (v protection) shown(to sms.Phone) (*protectConfig, *protectVerdict) {
	if v.configuration == "" {
		v = protection{configuration: "protect-00112233445566778899aabbccddeeff", status: types.ProtectStatusFilter}
	}
	config := &protectConfig{ID: v.configuration, Status: string(v.status)}
	switch {
	case v.status != types.ProtectStatusFilter && v.status != types.ProtectStatusMonitor:
		return config, nil
	case to == DestinationProtected:
		return config, &protectVerdict{"BLOCK", map[string]string{"blockReason": "AIT_SUSPECTED"}}
	}
	return config, &protectVerdict{Recommendation: "ALLOW"}
}

// refusal is the error of a send that the configuration blocks. MONITOR and FILTER let it through: what they find
// shows in its events.
func (v protection) refusal() error {
	if v.status != types.ProtectStatusBlock {
		return nil
	}
	if v.overridden {
		return conflict(types.ConflictExceptionReasonDestinationPhoneNumberBlockedByProtectNumberOverride,
			types.ResourceTypeProtectConfiguration, v.configuration, "The destination phone number is blocked by a number override")
	}
	return conflict(types.ConflictExceptionReasonDestinationCountryBlockedByProtectConfiguration,
		types.ResourceTypeProtectConfiguration, v.configuration, "The destination country is blocked by the protect configuration")
}
