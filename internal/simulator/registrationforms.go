package simulator

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
)

// The registration types that the double knows, of the many that AWS has.
const (
	brandRegistration    = "US_TEN_DLC_BRAND_REGISTRATION"
	brandVetting         = "US_TEN_DLC_BRAND_VETTING"
	campaignRegistration = "US_TEN_DLC_CAMPAIGN_REGISTRATION"
	tollFreeRegistration = "US_TOLL_FREE_REGISTRATION"
	rcsTestRegistration  = "TEST_RCS_LAUNCH_REGISTRATION"
)

// registrationType is a form and what may be tied to a registration of its kind.
type registrationType struct {
	name, title string
	// review is how long the review of a version takes here when nobody decides it. AWS names days or weeks.
	review       time.Duration
	associations []formAssociation
	sections     map[string]string // path → title
	fields       map[string]formField
}

// formAssociation is something that may be tied to a registration: a type of number, another registration's type, or
// an RCS agent.
type formAssociation struct {
	resource, country string
	when              types.RegistrationAssociationBehavior
	end               types.RegistrationDisassociationBehavior
	most              int
}

// formField is one field of a form. least and most bound the characters of a text or the choices of a select.
type formField struct {
	path, title string
	requirement types.FieldRequirement
	kind        types.FieldType
	least, most int
	pattern     string
	options     []string
}

const rcsAgentResource = "RCS_AGENT"

// registrationTypes is a small part of what DescribeRegistrationTypeDefinitions gives at AWS. The paths, kinds,
// lengths and options are those that people report of the live API; the real forms have more fields, longer lists of
// options, help texts, and fields that are required on condition of another. Here CONDITIONAL fields are taken and
// never asked for. Nobody reports how an association ends, how many there may be, how long a review takes to the
// hour, or the lengths of the toll-free form but for the opt-in description: those are the double's choice.
var registrationTypes = byTypeName(
	registrationType{
		name: brandRegistration, title: "US 10DLC brand registration", review: 24 * time.Hour,
		sections: map[string]string{"companyInfo": "Company info", "contactInfo": "Contact info"},
		fields: byPath(
			textField("companyInfo.companyName", "Legal company name", 1, 100),
			textField("companyInfo.taxIdIssuingCountry", "Country of tax registration", 2, 2).like("[A-Z]{2}"),
			textField("companyInfo.taxId", "Tax ID or business registration number", 1, 21),
			choiceField("companyInfo.legalType", "Legal form of organization",
				"PRIVATE_PROFIT", "PUBLIC_PROFIT", "NON_PROFIT", "GOVERNMENT"),
			textField("companyInfo.stockSymbol", "Stock symbol", 1, 10).conditional(),
			textField("companyInfo.businessContactEmail", "Brand verification email", 1, 100).conditional(),
			textField("companyInfo.address", "Street address", 1, 100),
			textField("companyInfo.city", "City", 1, 100),
			textField("companyInfo.state", "State or region", 1, 50),
			textField("companyInfo.zipCode", "Zip or postal code", 1, 20),
			textField("companyInfo.isoCountryCode", "Country", 2, 2).like("[A-Z]{2}"),
			textField("contactInfo.dbaName", "DBA or brand name", 1, 100),
			choiceField("contactInfo.vertical", "Vertical", verticals...),
			textField("contactInfo.website", "Company website", 1, 100),
			textField("contactInfo.supportEmail", "Support email", 1, 100),
			textField("contactInfo.supportPhoneNumber", "Support phone number", 1, 30),
		),
	},
	registrationType{
		name: brandVetting, title: "US 10DLC brand vetting", review: 48 * time.Hour, // a form without fields
		associations: []formAssociation{beforeSubmit(brandRegistration, "US", 1)},
	},
	registrationType{
		name: campaignRegistration, title: "US 10DLC campaign registration", review: 28 * 24 * time.Hour,
		associations: []formAssociation{
			beforeSubmit(brandRegistration, "US", 1),
			{
				resource: string(types.NumberTypeTenDlc), country: "US", most: 49,
				when: types.RegistrationAssociationBehaviorAssociateAfterComplete,
				end:  types.RegistrationDisassociationBehaviorDisassociateAllAllowsDeleteRegistration,
			},
		},
		sections: map[string]string{
			"campaignInfo": "Campaign info", "campaignCapabilities": "Campaign capabilities",
			"campaignUseCase": "Campaign use case", "messageSamples": "Message samples",
		},
		fields: byPath(
			textField("campaignInfo.campaignName", "Campaign description", 40, 4096),
			choiceField("campaignInfo.vertical", "Vertical", verticals...),
			textField("campaignInfo.termsAndConditionsLink", "Terms and conditions link", 1, 255).optional(),
			textField("campaignInfo.privacyPolicyLink", "Privacy policy link", 1, 255).optional(),
			textField("campaignInfo.optInWorkflow", "Opt-in workflow", 40, 2048),
			fileField("campaignInfo.optInScreenshot", "Opt-in screenshot").optional(),
			textField("campaignInfo.optInMessage", "Opt-in confirmation message", 20, 255),
			textField("campaignInfo.helpMessage", "HELP message", 20, 255),
			textField("campaignInfo.stopMessage", "STOP message", 20, 255),
			choiceField("campaignCapabilities.numberCapabilities", "Number capabilities",
				"SMS", "SMS and MMS", "SMS and VOICE", "SMS and MMS and VOICE"),
			choiceField("campaignCapabilities.messageType", "Message type", "Transactional", "Promotional").optional(),
			choiceField("campaignUseCase.useCase", "Use case", append(slices.Clone(useCases), "LOW_VOLUME", "MIXED")...),
			choiceField("campaignUseCase.subUseCases", "Sub use cases", useCases...).atMost(5).optional(),
			choiceField("campaignUseCase.subscriberOptIn", "Subscriber opt-in", "Yes"),
			choiceField("campaignUseCase.subscriberOptOut", "Subscriber opt-out", "Yes"),
			choiceField("campaignUseCase.subscriberHelp", "Subscriber help", "Yes"),
			choiceField("campaignUseCase.directLending", "Direct lending or loan arrangement", "Yes", "No"),
			choiceField("campaignUseCase.embeddedLink", "Embedded link", "Yes", "No"),
			choiceField("campaignUseCase.embeddedPhone", "Embedded phone number", "Yes", "No"),
			choiceField("campaignUseCase.ageGated", "Age-gated content", "Yes", "No"),
			textField("messageSamples.messageSample1", "Message sample 1", 20, 1024),
			textField("messageSamples.messageSample2", "Message sample 2", 20, 1024).optional(),
		),
	},
	registrationType{
		name: tollFreeRegistration, title: "US toll-free number registration", review: 15 * 24 * time.Hour,
		associations: []formAssociation{{
			resource: string(types.NumberTypeTollFree), country: "US", most: 1,
			when: types.RegistrationAssociationBehaviorAssociateBeforeSubmit,
			end:  types.RegistrationDisassociationBehaviorDisassociateAllClosesRegistration,
		}},
		sections: map[string]string{
			"companyInfo": "Company info", "contactInfo": "Contact info", "messagingUseCase": "Messaging use case",
			"messageSamples": "Message samples",
		},
		fields: byPath(
			textField("companyInfo.companyName", "Company name", 1, 500),
			choiceField("companyInfo.businessType", "Business type",
				"PRIVATE_PROFIT", "PUBLIC_PROFIT", "NON_PROFIT", "SOLE_PROPRIETOR", "GOVERNMENT"),
			textField("companyInfo.website", "Company website", 1, 500),
			textField("companyInfo.address1", "Address 1", 1, 500),
			textField("companyInfo.address2", "Address 2", 1, 500).optional(),
			textField("companyInfo.city", "City", 1, 200),
			textField("companyInfo.state", "State or province", 1, 200),
			textField("companyInfo.zipCode", "Zip or postal code", 1, 10),
			textField("companyInfo.isoCountryCode", "Country", 2, 2).like("[A-Z]{2}"),
			textField("contactInfo.firstName", "First name", 1, 500),
			textField("contactInfo.lastName", "Last name", 1, 500),
			textField("contactInfo.supportEmail", "Support email", 1, 500),
			textField("contactInfo.supportPhoneNumber", "Support phone number", 1, 500),
			choiceField("messagingUseCase.monthlyMessageVolume", "Monthly SMS volume",
				"10", "100", "1,000", "10,000", "100,000", "250,000", "500,000", "750,000", "1,000,000"),
			choiceField("messagingUseCase.useCaseCategory", "Use case category",
				"ACCOUNT_NOTIFICATIONS", "CUSTOMER_CARE", "DELIVERY_NOTIFICATIONS", "MARKETING", "ONE_TIME_PASSCODES"),
			textField("messagingUseCase.useCaseDetails", "Use case details", 1, 500),
			choiceField("messagingUseCase.optInType", "Opt-in type", "VERBAL", "DIGITAL_FORM", "PAPER_FORM", "TEXT", "QR_CODE"),
			textField("messagingUseCase.optInDescription", "Opt-in workflow description", 1, 1500),
			fileField("messagingUseCase.optInImage", "Opt-in workflow image"),
			textField("messageSamples.messageSample1", "Message sample 1", 1, 500),
		),
	},
	registrationType{
		name: rcsTestRegistration, title: "RCS testing registration", review: 10 * time.Minute,
		associations: []formAssociation{beforeSubmit(rcsAgentResource, "", 1)},
		sections:     map[string]string{"agentDetails": "Agent details"},
		fields: byPath(
			textField("agentDetails.brandName", "Brand name", 2, 65),
			textField("agentDetails.serviceName", "Service name", 1, 100),
			textField("agentDetails.senderDisplayName", "Sender display name", 1, 40),
			choiceField("agentDetails.useCase", "Use case", "OTP", "TRANSACTIONAL", "PROMOTIONAL", "MULTI_USE"),
			textField("agentDetails.agentDescription", "Agent description", 1, 100),
			fileField("agentDetails.logoImage", "Logo image"),
			fileField("agentDetails.bannerImage", "Banner image"),
			textField("agentDetails.accentColor", "Accent color", 7, 7).like("#[0-9A-Fa-f]{6}"),
			textField("agentDetails.privacyPolicyUrl", "Privacy policy URL", 1, 2048),
			textField("agentDetails.termsAndConditionsUrl", "Terms and conditions URL", 1, 2048),
		),
	},
)

var (
	verticals = []string{
		"AGRICULTURE", "COMMUNICATION", "CONSTRUCTION", "EDUCATION", "ENERGY", "ENTERTAINMENT", "FINANCIAL", "GAMBLING",
		"GOVERNMENT", "HEALTHCARE", "HOSPITALITY", "INSURANCE", "MANUFACTURING", "NGO", "REAL_ESTATE", "RETAIL", "TECHNOLOGY",
	}
	useCases = []string{
		"ACCOUNT_NOTIFICATION", "CUSTOMER_CARE", "DELIVERY_NOTIFICATION", "FRAUD_ALERT", "HIGHER_EDUCATION", "MARKETING",
		"POLLING_VOTING", "PUBLIC_SERVICE_ANNOUNCEMENT", "SECURITY_ALERT", "TWO_FACTOR_AUTHENTICATION",
	}
)

func byTypeName(all ...registrationType) map[string]registrationType {
	named := map[string]registrationType{}
	for _, t := range all {
		named[t.name] = t
	}
	return named
}

func byPath(all ...formField) map[string]formField {
	named := map[string]formField{}
	for _, f := range all {
		named[f.path] = f
	}
	return named
}

// beforeSubmit is an association that must stand before a version is submitted and ends with the registration.
func beforeSubmit(resource, country string, most int) formAssociation {
	return formAssociation{
		resource: resource, country: country, most: most,
		when: types.RegistrationAssociationBehaviorAssociateBeforeSubmit,
		end:  types.RegistrationDisassociationBehaviorDeleteRegistrationDisassociates,
	}
}

// textField, choiceField and fileField are required fields of the three kinds.

func textField(path, title string, least, most int) formField {
	return formField{
		path: path, title: title, requirement: types.FieldRequirementRequired, kind: types.FieldTypeText,
		least: least, most: most, pattern: `[\s\S]+`,
	}
}

func choiceField(path, title string, options ...string) formField {
	return formField{
		path: path, title: title, requirement: types.FieldRequirementRequired, kind: types.FieldTypeSelect,
		least: 1, most: 1, options: options,
	}
}

func fileField(path, title string) formField {
	return formField{
		path: path, title: title, requirement: types.FieldRequirementRequired, kind: types.FieldTypeAttachment,
	}
}

func (f formField) optional() formField { f.requirement = types.FieldRequirementOptional; return f }

func (f formField) conditional() formField {
	f.requirement = types.FieldRequirementConditional
	return f
}

func (f formField) like(pattern string) formField { f.pattern = pattern; return f }

func (f formField) atMost(choices int) formField { f.most = choices; return f }

// section is the path of the field's section.
func (f formField) section() string {
	section, _, _ := strings.Cut(f.path, ".")
	return section
}

// definition is the field as the API tells of it. Where AWS has a longer description there is the title again.
func (f formField) definition() types.RegistrationFieldDefinition {
	d := types.RegistrationFieldDefinition{
		FieldPath: aws.String(f.path), SectionPath: aws.String(f.section()), FieldRequirement: f.requirement, FieldType: f.kind,
		DisplayHints: &types.RegistrationFieldDisplayHints{Title: aws.String(f.title), ShortDescription: aws.String(f.title)},
	}
	switch f.kind {
	case types.FieldTypeText:
		d.TextValidation = &types.TextValidation{
			MinLength: aws.Int32(int32(f.least)), MaxLength: aws.Int32(int32(f.most)), Pattern: aws.String(f.pattern),
		}
	case types.FieldTypeSelect:
		d.SelectValidation = &types.SelectValidation{
			MinChoices: aws.Int32(int32(f.least)), MaxChoices: aws.Int32(int32(f.most)), Options: slices.Clone(f.options),
		}
	}
	return d
}

// fault says what is wrong with a value for this field, or is empty.
func (f formField) fault(value fieldValue) string {
	switch {
	case f.kind == types.FieldTypeText && value.text != nil:
		length := utf8.RuneCountInString(*value.text)
		if length < f.least || length > f.most || !compile(f.pattern).MatchString(*value.text) {
			return fmt.Sprintf("must have %d to %d characters that match %s", f.least, f.most, f.pattern)
		}
	case f.kind == types.FieldTypeSelect && len(value.choices) > 0:
		unknown := func(c string) bool { return !slices.Contains(f.options, c) }
		if len(value.choices) > f.most || slices.ContainsFunc(value.choices, unknown) {
			return fmt.Sprintf("must have %d to %d of the choices %s", f.least, f.most, strings.Join(f.options, ", "))
		}
	case f.kind == types.FieldTypeAttachment && value.attachment != nil:
	default:
		return fmt.Sprintf("must have a value of type %s", f.kind)
	}
	return ""
}
