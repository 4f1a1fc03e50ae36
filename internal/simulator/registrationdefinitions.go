package simulator

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
)

// DescribeRegistrationTypeDefinitions tells of the forms and of what may be tied to their registrations. A type that
// does not exist is ValidationException UNKNOWN_REGISTRATION_TYPE (API_DescribeRegistrationTypeDefinitions).
func (s *Simulator) DescribeRegistrationTypeDefinitions(ctx context.Context, in *pinpointsmsvoicev2.DescribeRegistrationTypeDefinitionsInput) (*pinpointsmsvoicev2.DescribeRegistrationTypeDefinitionsOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.DescribeRegistrationTypeDefinitionsOutput, error) {
		definitions, next, err := describe(listing[registrationType]{
			all: registrationTypes, wanted: in.RegistrationTypes,
			find: func(name string) (registrationType, error) { return typeOf(name, "RegistrationTypes") },
			key:  func(t registrationType) string { return t.name },
			keep: func(t registrationType) bool { return passes(in.Filters, t.filterValues) },
		}, registrationType.definition, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		return &pinpointsmsvoicev2.DescribeRegistrationTypeDefinitionsOutput{
			RegistrationTypeDefinitions: definitions, NextToken: next,
		}, nil
	})
}

// DescribeRegistrationSectionDefinitions tells of the sections of a form. A type or section that does not exist is
// ValidationException UNKNOWN_REGISTRATION_TYPE or UNKNOWN_REGISTRATION_SECTION
// (API_DescribeRegistrationSectionDefinitions).
func (s *Simulator) DescribeRegistrationSectionDefinitions(ctx context.Context, in *pinpointsmsvoicev2.DescribeRegistrationSectionDefinitionsInput) (*pinpointsmsvoicev2.DescribeRegistrationSectionDefinitionsOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.DescribeRegistrationSectionDefinitionsOutput, error) {
		form, err := typeOf(*in.RegistrationType, "RegistrationType")
		if err != nil {
			return nil, err
		}
		paths := map[string]string{}
		for path := range form.sections {
			paths[path] = path
		}
		sections, next, err := describe(listing[string]{
			all: paths, wanted: in.SectionPaths,
			find: func(path string) (string, error) { return path, form.checkSection(&path, "SectionPaths") },
			key:  func(path string) string { return path },
			keep: func(string) bool { return true },
		}, form.section, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		return &pinpointsmsvoicev2.DescribeRegistrationSectionDefinitionsOutput{
			RegistrationType: aws.String(form.name), RegistrationSectionDefinitions: sections, NextToken: next,
		}, nil
	})
}

// DescribeRegistrationFieldDefinitions tells of the fields of a form, of one section if it is named. A type, section
// or field that does not exist is ValidationException UNKNOWN_REGISTRATION_TYPE, UNKNOWN_REGISTRATION_SECTION or
// UNKNOWN_REGISTRATION_FIELD (API_DescribeRegistrationFieldDefinitions).
func (s *Simulator) DescribeRegistrationFieldDefinitions(ctx context.Context, in *pinpointsmsvoicev2.DescribeRegistrationFieldDefinitionsInput) (*pinpointsmsvoicev2.DescribeRegistrationFieldDefinitionsOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.DescribeRegistrationFieldDefinitionsOutput, error) {
		form, err := typeOf(*in.RegistrationType, "RegistrationType")
		if err != nil {
			return nil, err
		}
		if err := form.checkSection(in.SectionPath, "SectionPath"); err != nil {
			return nil, err
		}
		fields, next, err := describe(listing[formField]{
			all: form.fields, wanted: in.FieldPaths,
			find: func(path string) (formField, error) { return form.field(path, "FieldPaths") },
			key:  func(f formField) string { return f.path },
			keep: func(f formField) bool { return in.SectionPath == nil || f.section() == *in.SectionPath },
		}, formField.definition, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		return &pinpointsmsvoicev2.DescribeRegistrationFieldDefinitionsOutput{
			RegistrationType: aws.String(form.name), RegistrationFieldDefinitions: fields, NextToken: next,
		}, nil
	})
}

// typeOf finds a registration type for a member of a request.
func typeOf(name, member string) (registrationType, error) {
	form, known := registrationTypes[name]
	if !known {
		return form, validation(types.ValidationExceptionReasonUnknownRegistrationType, member, "is not known: "+name)
	}
	return form, nil
}

// checkSection says whether the form has a section, if one is named.
func (t registrationType) checkSection(path *string, member string) error {
	if path == nil {
		return nil
	}
	if _, known := t.sections[*path]; !known {
		return validation(types.ValidationExceptionReasonUnknownRegistrationSection, member, "is not known: "+*path)
	}
	return nil
}

func (t registrationType) field(path, member string) (formField, error) {
	field, known := t.fields[path]
	if !known {
		return field, validation(types.ValidationExceptionReasonUnknownRegistrationField, member, "is not known: "+path)
	}
	return field, nil
}

func (t registrationType) definition() types.RegistrationTypeDefinition {
	d := types.RegistrationTypeDefinition{
		RegistrationType: aws.String(t.name), DisplayHints: &types.RegistrationTypeDisplayHints{Title: aws.String(t.title)},
	}
	for _, a := range t.associations {
		d.SupportedAssociations = append(d.SupportedAssociations, types.SupportedAssociation{
			ResourceType: aws.String(a.resource), IsoCountryCode: optional(a.country),
			AssociationBehavior: a.when, DisassociationBehavior: a.end,
		})
	}
	return d
}

func (t registrationType) section(path string) types.RegistrationSectionDefinition {
	title := t.sections[path]
	return types.RegistrationSectionDefinition{
		SectionPath:  aws.String(path),
		DisplayHints: &types.RegistrationSectionDisplayHints{Title: aws.String(title), ShortDescription: aws.String(title)},
	}
}

func (t registrationType) filterValues(name string) []string {
	var values []string
	for _, a := range t.associations {
		switch types.RegistrationTypeFilterName(name) {
		case types.RegistrationTypeFilterNameSupportedAssociationResourceType:
			values = append(values, a.resource)
		case types.RegistrationTypeFilterNameSupportedAssociationIsoCountryCode:
			values = append(values, a.country)
		}
	}
	return values
}
