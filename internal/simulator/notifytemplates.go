package simulator

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
)

// notifyTemplates are AWS's own templates. The form of the ids and the variable code are those of the page
// notify-send-messages; the words and the other variables are the double's.
func (s *Simulator) notifyTemplates() map[string]types.NotifyTemplateInformation {
	both := []types.NumberCapability{types.NumberCapabilitySms, types.NumberCapabilityVoice}
	sms := both[:1]
	tiers := []types.NotifyConfigurationTier{types.NotifyConfigurationTierBasic, types.NotifyConfigurationTierAdvanced}
	brand := types.TemplateVariableMetadata{
		Type: types.TemplateVariableTypeString, Required: true, Source: types.TemplateVariableSourceSystem,
		Description: aws.String("The display name of the notify configuration"),
	}
	code := types.TemplateVariableMetadata{
		Type: types.TemplateVariableTypeString, Required: true, Source: types.TemplateVariableSourceCustomer,
		Description: aws.String("The code"), Sample: aws.String("123456"), MaxLength: aws.Int32(10), Pattern: aws.String("[A-Za-z0-9-]+"),
	}
	minutes := types.TemplateVariableMetadata{
		Type: types.TemplateVariableTypeInteger, Source: types.TemplateVariableSourceCustomer, DefaultValue: aws.String("10"),
		Description: aws.String("How long the code is valid, in minutes"), Sample: aws.String("10"),
		MinValue: aws.Int32(1), MaxValue: aws.Int32(60),
	}
	all := map[string]types.NotifyTemplateInformation{}
	add := func(id, language, content string, channels []types.NumberCapability, access []types.NotifyConfigurationTier) {
		t := types.NotifyTemplateInformation{
			TemplateId: aws.String(id), TemplateType: types.NotifyTemplateTypeOtpVerification, Version: aws.Int32(1),
			Status: types.NotifyTemplateStatusActive, LanguageCode: aws.String(language), Content: aws.String(content),
			Channels: channels, TierAccess: access, SupportedCountries: strings.Fields(basicNotifyCountries),
			Variables:        map[string]types.TemplateVariableMetadata{"brandName": brand, "code": code},
			CreatedTimestamp: aws.Time(s.started),
		}
		if strings.Contains(content, "{{minutes}}") {
			t.Variables["minutes"] = minutes
		}
		if slices.Contains(channels, types.NumberCapabilityVoice) {
			t.SupportedVoiceIds = []types.VoiceId{types.VoiceIdJoanna, types.VoiceIdMatthew}
		}
		all[id] = t
	}
	add("notify-code-verification-english-001", "en", "{{brandName}}: your verification code is {{code}}.", both, tiers)
	add("notify-code-verification-english-002", "en",
		"{{brandName}}: your verification code is {{code}}. It expires in {{minutes}} minutes.", sms, tiers)
	add("notify-code-verification-french-001", "fr", "{{brandName}} : votre code de validation est {{code}}.", both, tiers)
	add("notify-code-verification-spanish-001", "es", "{{brandName}}: su código de verificación es {{code}}.", both, tiers[1:])
	return all
}

// notifyTemplate finds a template by its id.
func (s *Simulator) notifyTemplate(id string) (types.NotifyTemplateInformation, error) {
	t, exists := s.notifyTemplates()[id]
	if !exists {
		return t, notFound(types.ResourceTypeNotifyTemplate, id)
	}
	return t, nil
}

// DescribeNotifyTemplates tells of the templates with these ids, or of all. One that does not exist is
// ResourceNotFoundException (API_DescribeNotifyTemplates).
func (s *Simulator) DescribeNotifyTemplates(ctx context.Context, in *pinpointsmsvoicev2.DescribeNotifyTemplatesInput) (*pinpointsmsvoicev2.DescribeNotifyTemplatesOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.DescribeNotifyTemplatesOutput, error) {
		notifyTemplates, next, err := describe(listing[types.NotifyTemplateInformation]{
			all: s.notifyTemplates(), wanted: in.TemplateIds, find: s.notifyTemplate,
			key: func(x types.NotifyTemplateInformation) string { return *x.TemplateId },
			keep: func(x types.NotifyTemplateInformation) bool {
				return passes(in.Filters, func(name string) []string { return templateFilterValues(x, name) })
			},
		}, itself, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		return &pinpointsmsvoicev2.DescribeNotifyTemplatesOutput{NotifyTemplates: notifyTemplates, NextToken: next}, nil
	})
}

func templateFilterValues(t types.NotifyTemplateInformation, name string) []string {
	switch types.NotifyTemplateFilterName(name) {
	case types.NotifyTemplateFilterNameTemplateType:
		return []string{string(t.TemplateType)}
	case types.NotifyTemplateFilterNameChannels:
		return texts(t.Channels)
	case types.NotifyTemplateFilterNameTierAccess:
		return texts(t.TierAccess)
	case types.NotifyTemplateFilterNameSupportedCountries:
		return t.SupportedCountries
	case types.NotifyTemplateFilterNameLanguageCode:
		return []string{*t.LanguageCode}
	case types.NotifyTemplateFilterNameSupportedVoiceIds:
		return texts(t.SupportedVoiceIds)
	}
	return nil
}

// resolved is the body of a template with its variables. A required one that is absent is ValidationException
// MISSING_PARAMETER; one that the template does not have, that is AWS's to fill or that breaks its limits
// INVALID_PARAMETER. AWS names no reasons.
func resolved(t types.NotifyTemplateInformation, displayName string, values map[string]string) (string, error) {
	for name := range values {
		if t.Variables[name].Source != types.TemplateVariableSourceCustomer {
			return "", invalid("TemplateVariables", "must be variables of the template: "+name+" is not")
		}
	}
	body := *t.Content
	for name, v := range t.Variables {
		value, given := values[name]
		switch {
		case v.Source == types.TemplateVariableSourceSystem:
			value = displayName
		case !given && v.DefaultValue != nil:
			value = *v.DefaultValue
		case !given:
			return "", missing("TemplateVariables")
		case !fitsVariable(v, value):
			return "", invalid("TemplateVariables", "must fit the limits of the template: "+name+" does not")
		}
		body = strings.ReplaceAll(body, "{{"+name+"}}", value)
	}
	return body, nil
}

func fitsVariable(v types.TemplateVariableMetadata, value string) bool {
	if v.Type == types.TemplateVariableTypeInteger {
		n, err := strconv.ParseInt(value, 10, 32)
		return err == nil && n >= int64(*v.MinValue) && n <= int64(*v.MaxValue)
	}
	return utf8.RuneCountInString(value) <= int(*v.MaxLength) && regexp.MustCompile(`\A(?:`+*v.Pattern+`)\z`).MatchString(value)
}
