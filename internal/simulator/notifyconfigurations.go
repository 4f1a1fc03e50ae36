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

// maxNotifyConfigurations is the quota of an account (page nx-notify-scale-quotas).
const maxNotifyConfigurations = 25

// The words by which an update unsets a default (API_UpdateNotifyConfiguration).
const (
	unsetTemplate = "UNSET_DEFAULT_TEMPLATE"
	unsetPool     = "UNSET_DEFAULT_POOL_FOR_NOTIFY"
)

type notifyConfiguration struct {
	notifySettings

	id, arn     string
	displayName string
	useCase     types.NotifyConfigurationUseCase
	status      types.NotifyConfigurationStatus
	tier        types.NotifyConfigurationTier
	sent        []notifySent // of the past day, dry runs aside
	created     time.Time
}

// notifySettings are what UpdateNotifyConfiguration can change.
type notifySettings struct {
	channels  []types.NumberCapability
	countries []string // none: all of the tier
	template  string   // id of the default, or empty
	pool      string   // id, or empty
	protected bool
}

type notifySent struct {
	to sms.Phone
	at time.Time
}

// CreateNotifyConfiguration makes a configuration of tier BASIC, ACTIVE at once: the double's review finds nothing. A
// channel besides SMS and VOICE, a country that is not of the tier and a template that is not for it are
// ValidationException; an unknown template or pool is ResourceNotFoundException, the 26th configuration
// ServiceQuotaExceededException NOTIFY_CONFIGURATIONS_PER_ACCOUNT (API_CreateNotifyConfiguration, page notify-tiers).
func (s *Simulator) CreateNotifyConfiguration(ctx context.Context, in *pinpointsmsvoicev2.CreateNotifyConfigurationInput) (*pinpointsmsvoicev2.CreateNotifyConfigurationOutput, error) {
	return serve(ctx, s, in, func(now time.Time) (*pinpointsmsvoicev2.CreateNotifyConfigurationOutput, error) {
		if len(s.notifies) >= maxNotifyConfigurations {
			return nil, quotaExceeded(types.ServiceQuotaExceededExceptionReasonNotifyConfigurationsPerAccount)
		}
		tier := types.NotifyConfigurationTierBasic
		settings, err := s.notifyChanged(notifySettings{}, tier, notifyChange{
			channels: in.EnabledChannels, countries: in.EnabledCountries, template: in.DefaultTemplateId, pool: in.PoolId,
			protected: in.DeletionProtectionEnabled,
		})
		if err != nil {
			return nil, err
		}
		id := s.newID("nc")
		c := &notifyConfiguration{
			notifySettings: settings, id: id, arn: s.arn(types.ResourceTypeNotifyConfiguration, id),
			displayName: *in.DisplayName, useCase: in.UseCase, status: types.NotifyConfigurationStatusActive, tier: tier, created: now,
		}
		s.notifies[id] = c
		i := c.information()
		return &pinpointsmsvoicev2.CreateNotifyConfigurationOutput{
			NotifyConfigurationArn: i.NotifyConfigurationArn, NotifyConfigurationId: i.NotifyConfigurationId,
			DisplayName: i.DisplayName, UseCase: i.UseCase, Status: i.Status, Tier: i.Tier, TierUpgradeStatus: i.TierUpgradeStatus,
			EnabledChannels: i.EnabledChannels, EnabledCountries: i.EnabledCountries, DefaultTemplateId: i.DefaultTemplateId,
			PoolId: i.PoolId, DeletionProtectionEnabled: i.DeletionProtectionEnabled, CreatedTimestamp: i.CreatedTimestamp,
			Tags: in.Tags,
		}, nil
	})
}

// DescribeNotifyConfigurations tells of the configurations with these ids or ARNs, or of all. One that does not exist is
// ResourceNotFoundException (API_DescribeNotifyConfigurations).
func (s *Simulator) DescribeNotifyConfigurations(ctx context.Context, in *pinpointsmsvoicev2.DescribeNotifyConfigurationsInput) (*pinpointsmsvoicev2.DescribeNotifyConfigurationsOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.DescribeNotifyConfigurationsOutput, error) {
		notifyConfigurations, next, err := describe(listing[*notifyConfiguration]{
			all: s.notifies, wanted: in.NotifyConfigurationIds, find: s.notifyConfiguration,
			key:  func(x *notifyConfiguration) string { return x.id },
			keep: func(x *notifyConfiguration) bool { return passes(in.Filters, x.filterValues) },
		}, (*notifyConfiguration).information, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		return &pinpointsmsvoicev2.DescribeNotifyConfigurationsOutput{NotifyConfigurations: notifyConfigurations, NextToken: next}, nil
	})
}

// UpdateNotifyConfiguration changes settings, under the rules of creation. UNSET_DEFAULT_TEMPLATE and
// UNSET_DEFAULT_POOL_FOR_NOTIFY unset (API_UpdateNotifyConfiguration).
func (s *Simulator) UpdateNotifyConfiguration(ctx context.Context, in *pinpointsmsvoicev2.UpdateNotifyConfigurationInput) (*pinpointsmsvoicev2.UpdateNotifyConfigurationOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.UpdateNotifyConfigurationOutput, error) {
		c, err := s.notifyConfiguration(*in.NotifyConfigurationId)
		if err != nil {
			return nil, err
		}
		settings, err := s.notifyChanged(c.notifySettings, c.tier, notifyChange{
			channels: in.EnabledChannels, countries: in.EnabledCountries, template: in.DefaultTemplateId, pool: in.PoolId,
			protected: in.DeletionProtectionEnabled,
		})
		if err != nil {
			return nil, err
		}
		c.notifySettings = settings
		i := c.information()
		return &pinpointsmsvoicev2.UpdateNotifyConfigurationOutput{
			NotifyConfigurationArn: i.NotifyConfigurationArn, NotifyConfigurationId: i.NotifyConfigurationId,
			DisplayName: i.DisplayName, UseCase: i.UseCase, Status: i.Status, Tier: i.Tier, TierUpgradeStatus: i.TierUpgradeStatus,
			EnabledChannels: i.EnabledChannels, EnabledCountries: i.EnabledCountries, DefaultTemplateId: i.DefaultTemplateId,
			PoolId: i.PoolId, DeletionProtectionEnabled: i.DeletionProtectionEnabled, CreatedTimestamp: i.CreatedTimestamp,
		}, nil
	})
}

// DeleteNotifyConfiguration drops a configuration. Deletion protection is ConflictException
// DELETION_PROTECTION_ENABLED (API_DeleteNotifyConfiguration).
func (s *Simulator) DeleteNotifyConfiguration(ctx context.Context, in *pinpointsmsvoicev2.DeleteNotifyConfigurationInput) (*pinpointsmsvoicev2.DeleteNotifyConfigurationOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.DeleteNotifyConfigurationOutput, error) {
		c, err := s.notifyConfiguration(*in.NotifyConfigurationId)
		if err != nil {
			return nil, err
		}
		if c.protected {
			return nil, conflict(types.ConflictExceptionReasonDeletionProtectionEnabled, types.ResourceTypeNotifyConfiguration, c.id,
				"Deletion protection is enabled")
		}
		delete(s.notifies, c.id)
		i := c.information()
		return &pinpointsmsvoicev2.DeleteNotifyConfigurationOutput{
			NotifyConfigurationArn: i.NotifyConfigurationArn, NotifyConfigurationId: i.NotifyConfigurationId,
			DisplayName: i.DisplayName, UseCase: i.UseCase, Status: i.Status, Tier: i.Tier, TierUpgradeStatus: i.TierUpgradeStatus,
			EnabledChannels: i.EnabledChannels, EnabledCountries: i.EnabledCountries, DefaultTemplateId: i.DefaultTemplateId,
			PoolId: i.PoolId, DeletionProtectionEnabled: i.DeletionProtectionEnabled, CreatedTimestamp: i.CreatedTimestamp,
		}, nil
	})
}

// notifyConfiguration finds a configuration by its id or ARN.
func (s *Simulator) notifyConfiguration(ref string) (*notifyConfiguration, error) {
	return lookup(s, s.notifies, types.ResourceTypeNotifyConfiguration, ref)
}

// notifyChange is what creation and update have in common. Nil leaves a setting as it is.
type notifyChange struct {
	channels       []types.NumberCapability
	countries      []string
	template, pool *string
	protected      *bool
}

// notifyChanged is the settings after a change.
func (s *Simulator) notifyChanged(n notifySettings, tier types.NotifyConfigurationTier, c notifyChange) (notifySettings, error) {
	if c.channels != nil {
		n.channels = c.channels
	}
	if c.countries != nil {
		n.countries = c.countries
	}
	if c.protected != nil {
		n.protected = *c.protected
	}
	for _, channel := range n.channels {
		if channel != types.NumberCapabilitySms && channel != types.NumberCapabilityVoice {
			return n, invalid("EnabledChannels", "must be SMS and VOICE")
		}
	}
	for _, country := range n.countries {
		if !notifyReaches(country, tier) {
			return n, invalid("EnabledCountries", "must be countries of the tier: "+country+" is not")
		}
	}
	switch template := aws.ToString(c.template); template {
	case "":
	case unsetTemplate:
		n.template = ""
	default:
		t, err := s.notifyTemplate(template)
		if err != nil {
			return n, err
		}
		if !slices.Contains(t.TierAccess, tier) {
			return n, invalid("DefaultTemplateId", "must be a template of the tier")
		}
		n.template = template
	}
	switch pool := aws.ToString(c.pool); pool {
	case "":
	case unsetPool:
		n.pool = ""
	default:
		p, err := s.pool(pool)
		if err != nil {
			return n, err
		}
		n.pool = p.id
	}
	return n, nil
}

// notifyUses says whether a configuration sends from a pool, which then stays.
func (s *Simulator) notifyUses(p *pool) bool {
	for _, c := range s.notifies {
		if c.pool == p.id {
			return true
		}
	}
	return false
}

func (c *notifyConfiguration) information() types.NotifyConfigurationInformation {
	upgrade := types.TierUpgradeStatusBasic
	if c.tier == types.NotifyConfigurationTierAdvanced {
		upgrade = types.TierUpgradeStatusAdvanced
	}
	var rejection *string
	if c.status == types.NotifyConfigurationStatusRejected {
		rejection = aws.String("The display name was rejected")
	}
	return types.NotifyConfigurationInformation{
		NotifyConfigurationArn: aws.String(c.arn), NotifyConfigurationId: aws.String(c.id), DisplayName: aws.String(c.displayName),
		UseCase: c.useCase, Status: c.status, RejectionReason: rejection, Tier: c.tier, TierUpgradeStatus: upgrade,
		EnabledChannels: slices.Clone(c.channels), EnabledCountries: slices.Clone(c.countries),
		DefaultTemplateId: optional(c.template), PoolId: optional(c.pool), DeletionProtectionEnabled: c.protected,
		CreatedTimestamp: aws.Time(c.created),
	}
}

func (c *notifyConfiguration) filterValues(name string) []string {
	i := c.information()
	switch types.NotifyConfigurationFilterName(name) {
	case types.NotifyConfigurationFilterNameDisplayName:
		return []string{c.displayName}
	case types.NotifyConfigurationFilterNameEnabledCountries:
		return c.countries
	case types.NotifyConfigurationFilterNameEnabledChannels:
		return texts(c.channels)
	case types.NotifyConfigurationFilterNameDefaultTemplate:
		return []string{c.template}
	case types.NotifyConfigurationFilterNameDefaultPool:
		return []string{c.pool}
	case types.NotifyConfigurationFilterNameUseCase:
		return []string{string(c.useCase)}
	case types.NotifyConfigurationFilterNameStatus:
		return []string{string(c.status)}
	case types.NotifyConfigurationFilterNameDeletionProtectionEnabled:
		return []string{strconv.FormatBool(c.protected)}
	case types.NotifyConfigurationFilterNameTierUpgradeStatus:
		return []string{string(i.TierUpgradeStatus)}
	}
	return nil
}

// basicNotifyCountries are the thirty of tier BASIC. AWS says how many they are (page notify-tiers) and lists them in
// the API only; these are the double's.
const basicNotifyCountries = "US CA GB IE FR DE ES IT PT NL BE LU AT CH DK SE NO FI IS PL CZ SK HU SI HR GR EE LV LT AU"

// notifyReaches says whether a tier sends to a country: ADVANCED to every one that the double knows.
func notifyReaches(country string, tier types.NotifyConfigurationTier) bool {
	if tier == types.NotifyConfigurationTierBasic {
		return slices.Contains(strings.Fields(basicNotifyCountries), country)
	}
	_, known := calling().code[country]
	return known
}

// ListNotifyCountries tells where Notify sends to, by tier, channel and use case. Where sender ids must be registered
// it takes a pool of one's own: the double's choice, as AWS lists those countries in the API only
// (API_ListNotifyCountries).
func (s *Simulator) ListNotifyCountries(ctx context.Context, in *pinpointsmsvoicev2.ListNotifyCountriesInput) (*pinpointsmsvoicev2.ListNotifyCountriesOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.ListNotifyCountriesOutput, error) {
		all := map[string]types.NotifyCountryInformation{}
		for country := range calling().code {
			i := notifyCountry(country)
			if (in.Tier == "" || slices.Contains(i.SupportedTiers, in.Tier)) && anyOf(in.Channels, i.SupportedChannels) &&
				anyOf(in.UseCases, i.SupportedUseCases) {
				all[country] = i
			}
		}
		code := func(i types.NotifyCountryInformation) string { return *i.IsoCountryCode }
		countries, next, err := page(sorted(all), code, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		return &pinpointsmsvoicev2.ListNotifyCountriesOutput{NotifyCountries: countries, NextToken: next}, nil
	})
}

func notifyCountry(country string) types.NotifyCountryInformation {
	tiers := []types.NotifyConfigurationTier{types.NotifyConfigurationTierAdvanced}
	if notifyReaches(country, types.NotifyConfigurationTierBasic) {
		tiers = append([]types.NotifyConfigurationTier{types.NotifyConfigurationTierBasic}, tiers...)
	}
	return types.NotifyCountryInformation{
		IsoCountryCode: aws.String(country), CountryName: aws.String(countryName(country)),
		CustomerOwnedIdentityRequired: mustRegister(country), SupportedTiers: tiers,
		SupportedChannels: []types.NumberCapability{types.NumberCapabilitySms, types.NumberCapabilityVoice},
		SupportedUseCases: []types.NotifyConfigurationUseCase{types.NotifyConfigurationUseCaseCodeVerification},
	}
}

// anyOf says whether one of the wanted is there, or nothing is wanted.
func anyOf[T comparable](wanted, there []T) bool {
	return len(wanted) == 0 || slices.ContainsFunc(wanted, func(w T) bool { return slices.Contains(there, w) })
}
