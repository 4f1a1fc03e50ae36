package simulator

import (
	"context"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
)

// fieldValue is what was entered in a field: one of the three.
type fieldValue struct {
	path       string
	text       *string
	choices    []string
	attachment *string // id
}

// PutRegistrationFieldValue enters a value in the current draft. In any other version it is ConflictException
// EDIT_REGISTRATION_FIELD_VALUES_NOT_ALLOWED; a field that the form does not have is ValidationException
// UNKNOWN_REGISTRATION_FIELD, a value that the field does not take FIELD_VALIDATION_FAILED. That exactly one of the
// three kinds of value is given, the page does not say (API_PutRegistrationFieldValue).
func (s *Simulator) PutRegistrationFieldValue(ctx context.Context, in *pinpointsmsvoicev2.PutRegistrationFieldValueInput) (*pinpointsmsvoicev2.PutRegistrationFieldValueOutput, error) {
	return serve(ctx, s, in, func(now time.Time) (*pinpointsmsvoicev2.PutRegistrationFieldValueOutput, error) {
		r, field, err := s.editable(*in.RegistrationId, *in.FieldPath, now)
		if err != nil {
			return nil, err
		}
		value, err := s.valueOf(in, now)
		if err != nil {
			return nil, err
		}
		if fault := field.fault(value); fault != "" {
			return nil, validation(types.ValidationExceptionReasonFieldValidationFailed, field.path, fault)
		}
		r.current().values[field.path] = value
		return &pinpointsmsvoicev2.PutRegistrationFieldValueOutput{
			RegistrationArn: aws.String(r.arn), RegistrationId: aws.String(r.id), VersionNumber: aws.Int64(r.current().number),
			FieldPath: aws.String(value.path), TextValue: value.text, SelectChoices: slices.Clone(value.choices),
			RegistrationAttachmentId: value.attachment,
		}, nil
	})
}

// valueOf is the value of a request.
func (s *Simulator) valueOf(in *pinpointsmsvoicev2.PutRegistrationFieldValueInput, now time.Time) (fieldValue, error) {
	value := fieldValue{path: *in.FieldPath, text: in.TextValue, choices: slices.Clone(in.SelectChoices)}
	var given []string
	if in.TextValue != nil {
		given = append(given, "TextValue")
	}
	if len(in.SelectChoices) > 0 {
		given = append(given, "SelectChoices")
	}
	if in.RegistrationAttachmentId != nil {
		given = append(given, "RegistrationAttachmentId")
		a, err := s.attachment(*in.RegistrationAttachmentId, now)
		if err != nil {
			return value, err
		}
		value.attachment = aws.String(a.id)
	}
	switch len(given) {
	case 0:
		return value, missing("TextValue")
	case 1:
		return value, nil
	}
	return value, validation(types.ValidationExceptionReasonParametersCannotBeUsedTogether, given[1],
		"cannot be used together with "+given[0])
}

// DeleteRegistrationFieldValue empties a field of the current draft. A required field is ValidationException
// REGISTRATION_FIELD_CANNOT_BE_DELETED, as people report; a field without a value is ResourceNotFoundException, which
// is the double's choice (API_DeleteRegistrationFieldValue).
func (s *Simulator) DeleteRegistrationFieldValue(ctx context.Context, in *pinpointsmsvoicev2.DeleteRegistrationFieldValueInput) (*pinpointsmsvoicev2.DeleteRegistrationFieldValueOutput, error) {
	return serve(ctx, s, in, func(now time.Time) (*pinpointsmsvoicev2.DeleteRegistrationFieldValueOutput, error) {
		r, field, err := s.editable(*in.RegistrationId, *in.FieldPath, now)
		if err != nil {
			return nil, err
		}
		if field.requirement == types.FieldRequirementRequired {
			return nil, validation(types.ValidationExceptionReasonRegistrationFieldCannotBeDeleted, "FieldPath",
				"is required and cannot be deleted: "+field.path)
		}
		value, given := r.current().values[field.path]
		if !given {
			return nil, notFound(types.ResourceTypeRegistration, r.id+"/"+field.path)
		}
		delete(r.current().values, field.path)
		return &pinpointsmsvoicev2.DeleteRegistrationFieldValueOutput{
			RegistrationArn: aws.String(r.arn), RegistrationId: aws.String(r.id), VersionNumber: aws.Int64(r.current().number),
			FieldPath: aws.String(value.path), TextValue: value.text, SelectChoices: slices.Clone(value.choices),
			RegistrationAttachmentId: value.attachment,
		}, nil
	})
}

// editable finds a registration whose current version is a draft, and a field of its form.
func (s *Simulator) editable(ref, path string, now time.Time) (*registration, formField, error) {
	r, err := s.registration(ref, now)
	if err != nil {
		return nil, formField{}, err
	}
	field, err := r.form.field(path, "FieldPath")
	if err != nil {
		return nil, formField{}, err
	}
	if r.closed || r.current().status != types.RegistrationVersionStatusDraft {
		return nil, formField{}, r.conflict(types.ConflictExceptionReasonEditRegistrationFieldValuesNotAllowed,
			"The current version of the registration is not a draft")
	}
	return r, field, nil
}

// DescribeRegistrationFieldValues tells what was entered in a version, the current one if none is named, with the
// reviewer's reasons. Fields without a value are left out; a version, section or field that does not exist is
// ValidationException with the reason for it (API_DescribeRegistrationFieldValues).
func (s *Simulator) DescribeRegistrationFieldValues(ctx context.Context, in *pinpointsmsvoicev2.DescribeRegistrationFieldValuesInput) (*pinpointsmsvoicev2.DescribeRegistrationFieldValuesOutput, error) {
	return serve(ctx, s, in, func(now time.Time) (*pinpointsmsvoicev2.DescribeRegistrationFieldValuesOutput, error) {
		r, err := s.registration(*in.RegistrationId, now)
		if err != nil {
			return nil, err
		}
		v, err := r.version(in.VersionNumber, "VersionNumber")
		if err != nil {
			return nil, err
		}
		if err := r.form.checkSection(in.SectionPath, "SectionPath"); err != nil {
			return nil, err
		}
		fields, next, err := describe(listing[formField]{
			all: r.form.fields, wanted: in.FieldPaths,
			find: func(path string) (formField, error) { return r.form.field(path, "FieldPaths") },
			key:  func(f formField) string { return f.path },
			keep: func(f formField) bool {
				_, given := v.values[f.path]
				return given && (in.SectionPath == nil || f.section() == *in.SectionPath)
			},
		}, v.value, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		return &pinpointsmsvoicev2.DescribeRegistrationFieldValuesOutput{
			RegistrationArn: aws.String(r.arn), RegistrationId: aws.String(r.id), VersionNumber: aws.Int64(v.number),
			RegistrationFieldValues: fields, NextToken: next,
		}, nil
	})
}

// value is what a version has in a field, as the API tells of it.
func (v *registrationVersion) value(field formField) types.RegistrationFieldValueInformation {
	value := v.values[field.path]
	i := types.RegistrationFieldValueInformation{
		FieldPath: aws.String(field.path), TextValue: value.text, SelectChoices: slices.Clone(value.choices),
		RegistrationAttachmentId: value.attachment,
	}
	for _, d := range v.denials {
		if d.Field == field.path {
			i.DeniedReason = aws.String(d.Description)
		}
	}
	return i
}
