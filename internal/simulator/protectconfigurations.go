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

// maxProtectConfigurations is the quota of an account (page protect-configuration-create).
const maxProtectConfigurations = 25

// protectConfiguration says where messages may go. Which one holds for a send: [Simulator.protectionOf].
type protectConfiguration struct {
	id, arn   string
	protected bool
	// rules are what was set, by capability and country. A country without one is ALLOW.
	rules     map[types.NumberCapability]map[string]types.ProtectStatus
	overrides map[sms.Phone]*numberOverride
	created   time.Time
}

// CreateProtectConfiguration makes a configuration that allows everything. The 26th is ServiceQuotaExceededException
// PROTECT_CONFIGURATIONS_PER_ACCOUNT (API_CreateProtectConfiguration).
func (s *Simulator) CreateProtectConfiguration(ctx context.Context, in *pinpointsmsvoicev2.CreateProtectConfigurationInput) (*pinpointsmsvoicev2.CreateProtectConfigurationOutput, error) {
	return serve(ctx, s, in, func(now time.Time) (*pinpointsmsvoicev2.CreateProtectConfigurationOutput, error) {
		if len(s.protects) >= maxProtectConfigurations {
			return nil, quotaExceeded(types.ServiceQuotaExceededExceptionReasonProtectConfigurationsPerAccount)
		}
		id := s.newID("protect")
		p := &protectConfiguration{
			id: id, arn: s.arn(types.ResourceTypeProtectConfiguration, id), protected: aws.ToBool(in.DeletionProtectionEnabled),
			rules:     map[types.NumberCapability]map[string]types.ProtectStatus{},
			overrides: map[sms.Phone]*numberOverride{}, created: now,
		}
		s.protects[id] = p
		i := s.protectInformation(p)
		return &pinpointsmsvoicev2.CreateProtectConfigurationOutput{
			ProtectConfigurationArn: i.ProtectConfigurationArn, ProtectConfigurationId: i.ProtectConfigurationId,
			AccountDefault: i.AccountDefault, DeletionProtectionEnabled: i.DeletionProtectionEnabled,
			CreatedTimestamp: i.CreatedTimestamp, Tags: in.Tags,
		}, nil
	})
}

// DescribeProtectConfigurations tells of the configurations with these ids or ARNs, or of all. One that does not exist
// is ResourceNotFoundException (API_DescribeProtectConfigurations).
func (s *Simulator) DescribeProtectConfigurations(ctx context.Context, in *pinpointsmsvoicev2.DescribeProtectConfigurationsInput) (*pinpointsmsvoicev2.DescribeProtectConfigurationsOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.DescribeProtectConfigurationsOutput, error) {
		protectConfigurations, next, err := describe(listing[*protectConfiguration]{
			all: s.protects, wanted: in.ProtectConfigurationIds, find: s.protect,
			key: func(x *protectConfiguration) string { return x.id },
			keep: func(x *protectConfiguration) bool {
				return passes(in.Filters, func(name string) []string { return s.protectFilterValues(x, name) })
			},
		}, s.protectInformation, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		return &pinpointsmsvoicev2.DescribeProtectConfigurationsOutput{ProtectConfigurations: protectConfigurations, NextToken: next}, nil
	})
}

// UpdateProtectConfiguration sets deletion protection (API_UpdateProtectConfiguration).
func (s *Simulator) UpdateProtectConfiguration(ctx context.Context, in *pinpointsmsvoicev2.UpdateProtectConfigurationInput) (*pinpointsmsvoicev2.UpdateProtectConfigurationOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.UpdateProtectConfigurationOutput, error) {
		p, err := s.protect(*in.ProtectConfigurationId)
		if err != nil {
			return nil, err
		}
		if in.DeletionProtectionEnabled != nil {
			p.protected = *in.DeletionProtectionEnabled
		}
		i := s.protectInformation(p)
		return &pinpointsmsvoicev2.UpdateProtectConfigurationOutput{
			ProtectConfigurationArn: i.ProtectConfigurationArn, ProtectConfigurationId: i.ProtectConfigurationId,
			AccountDefault: i.AccountDefault, DeletionProtectionEnabled: i.DeletionProtectionEnabled,
			CreatedTimestamp: i.CreatedTimestamp,
		}, nil
	})
}

// DeleteProtectConfiguration drops a configuration. Deletion protection, being the account's default and being
// associated with a configuration set are ConflictException (API_DeleteProtectConfiguration).
func (s *Simulator) DeleteProtectConfiguration(ctx context.Context, in *pinpointsmsvoicev2.DeleteProtectConfigurationInput) (*pinpointsmsvoicev2.DeleteProtectConfigurationOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.DeleteProtectConfigurationOutput, error) {
		p, err := s.protect(*in.ProtectConfigurationId)
		if err != nil {
			return nil, err
		}
		refused := func(reason types.ConflictExceptionReason, message string) (*pinpointsmsvoicev2.DeleteProtectConfigurationOutput, error) {
			return nil, conflict(reason, types.ResourceTypeProtectConfiguration, p.id, message)
		}
		switch {
		case p.protected:
			return refused(types.ConflictExceptionReasonDeletionProtectionEnabled, "Deletion protection is enabled")
		case s.defaultProtect == p.id:
			return refused(types.ConflictExceptionReasonProtectConfigurationIsAccountDefault,
				"The protect configuration is the account default")
		case s.protectsASet(p):
			return refused(types.ConflictExceptionReasonProtectConfigurationAssociatedWithConfigurationSet,
				"The protect configuration is associated with a configuration set")
		}
		delete(s.protects, p.id)
		i := s.protectInformation(p)
		return &pinpointsmsvoicev2.DeleteProtectConfigurationOutput{
			ProtectConfigurationArn: i.ProtectConfigurationArn, ProtectConfigurationId: i.ProtectConfigurationId,
			AccountDefault: i.AccountDefault, DeletionProtectionEnabled: i.DeletionProtectionEnabled,
			CreatedTimestamp: i.CreatedTimestamp,
		}, nil
	})
}

// AssociateProtectConfiguration puts a configuration on a set, in place of the one before
// (API_AssociateProtectConfiguration).
func (s *Simulator) AssociateProtectConfiguration(ctx context.Context, in *pinpointsmsvoicev2.AssociateProtectConfigurationInput) (*pinpointsmsvoicev2.AssociateProtectConfigurationOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.AssociateProtectConfigurationOutput, error) {
		p, set, err := s.protectAndSet(*in.ProtectConfigurationId, *in.ConfigurationSetName)
		if err != nil {
			return nil, err
		}
		set.protect = p.id
		return &pinpointsmsvoicev2.AssociateProtectConfigurationOutput{
			ConfigurationSetArn: &set.arn, ConfigurationSetName: &set.name,
			ProtectConfigurationArn: &p.arn, ProtectConfigurationId: &p.id,
		}, nil
	})
}

// DisassociateProtectConfiguration takes a configuration off a set. One that is not on it is ConflictException
// PROTECT_CONFIGURATION_NOT_ASSOCIATED_WITH_CONFIGURATION_SET (API_DisassociateProtectConfiguration).
func (s *Simulator) DisassociateProtectConfiguration(ctx context.Context, in *pinpointsmsvoicev2.DisassociateProtectConfigurationInput) (*pinpointsmsvoicev2.DisassociateProtectConfigurationOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.DisassociateProtectConfigurationOutput, error) {
		p, set, err := s.protectAndSet(*in.ProtectConfigurationId, *in.ConfigurationSetName)
		if err != nil {
			return nil, err
		}
		if set.protect != p.id {
			return nil, conflict(types.ConflictExceptionReasonProtectConfigurationNotAssociatedWithConfigurationSet,
				types.ResourceTypeProtectConfiguration, p.id, "The protect configuration is not associated with the configuration set")
		}
		set.protect = ""
		return &pinpointsmsvoicev2.DisassociateProtectConfigurationOutput{
			ConfigurationSetArn: &set.arn, ConfigurationSetName: &set.name,
			ProtectConfigurationArn: &p.arn, ProtectConfigurationId: &p.id,
		}, nil
	})
}

func (s *Simulator) protectAndSet(protect, name string) (*protectConfiguration, *configurationSet, error) {
	p, err := s.protect(protect)
	if err != nil {
		return nil, nil, err
	}
	set, err := s.set(name)
	return p, set, err
}

// SetAccountDefaultProtectConfiguration makes a configuration the account's default, in place of the one before
// (API_SetAccountDefaultProtectConfiguration).
func (s *Simulator) SetAccountDefaultProtectConfiguration(ctx context.Context, in *pinpointsmsvoicev2.SetAccountDefaultProtectConfigurationInput) (*pinpointsmsvoicev2.SetAccountDefaultProtectConfigurationOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.SetAccountDefaultProtectConfigurationOutput, error) {
		p, err := s.protect(*in.ProtectConfigurationId)
		if err != nil {
			return nil, err
		}
		s.defaultProtect = p.id
		return &pinpointsmsvoicev2.SetAccountDefaultProtectConfigurationOutput{
			DefaultProtectConfigurationArn: &p.arn, DefaultProtectConfigurationId: &p.id,
		}, nil
	})
}

// DeleteAccountDefaultProtectConfiguration leaves the account without a default; the configuration stays. An account
// that has none is ResourceNotFoundException (API_DeleteAccountDefaultProtectConfiguration).
func (s *Simulator) DeleteAccountDefaultProtectConfiguration(ctx context.Context, in *pinpointsmsvoicev2.DeleteAccountDefaultProtectConfigurationInput) (*pinpointsmsvoicev2.DeleteAccountDefaultProtectConfigurationOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.DeleteAccountDefaultProtectConfigurationOutput, error) {
		p, exists := s.protects[s.defaultProtect]
		if !exists {
			return nil, notFound(types.ResourceTypeProtectConfiguration, s.options.AccountID)
		}
		s.defaultProtect = ""
		return &pinpointsmsvoicev2.DeleteAccountDefaultProtectConfigurationOutput{
			DefaultProtectConfigurationArn: &p.arn, DefaultProtectConfigurationId: &p.id,
		}, nil
	})
}

// protect finds a protect configuration by its id or ARN.
func (s *Simulator) protect(ref string) (*protectConfiguration, error) {
	return lookup(s, s.protects, types.ResourceTypeProtectConfiguration, ref)
}

func (s *Simulator) protectsASet(p *protectConfiguration) bool {
	for _, set := range s.sets {
		if set.protect == p.id {
			return true
		}
	}
	return false
}

func (s *Simulator) protectInformation(p *protectConfiguration) types.ProtectConfigurationInformation {
	return types.ProtectConfigurationInformation{
		ProtectConfigurationArn: aws.String(p.arn), ProtectConfigurationId: aws.String(p.id),
		AccountDefault: s.defaultProtect == p.id, DeletionProtectionEnabled: p.protected, CreatedTimestamp: aws.Time(p.created),
	}
}

func (s *Simulator) protectFilterValues(p *protectConfiguration, name string) []string {
	if types.ProtectConfigurationFilterName(name) == types.ProtectConfigurationFilterNameAccountDefault {
		return []string{strconv.FormatBool(s.defaultProtect == p.id)}
	}
	return []string{strconv.FormatBool(p.protected)}
}
