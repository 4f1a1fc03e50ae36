package simulator

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
)

// maxVersionsPerDay is a quota that the reason REGISTRATION_VERSIONS_CREATED_PER_DAY names and no page gives: the
// double's choice, over the past 24 hours.
const maxVersionsPerDay = 10

// registrationVersion is one filling-in of the form.
type registrationVersion struct {
	number   int64
	status   types.RegistrationVersionStatus
	history  types.RegistrationVersionStatusHistory
	values   map[string]fieldValue // by the path of the field
	denials  []Denial
	upcoming []reviewStep // what the clock does to it, if nobody decides
}

func newRegistrationVersion(number int64, now time.Time) *registrationVersion {
	v := &registrationVersion{number: number, values: map[string]fieldValue{}}
	v.enter(types.RegistrationVersionStatusDraft, now)
	return v
}

// CreateRegistrationVersion opens a new draft; the version before it can only be read from then on. The draft is
// empty, it takes over no values (page rcs-country-launch). While the current version is a draft or under review, and
// once the registration is closed, it is ConflictException CREATE_REGISTRATION_VERSION_NOT_ALLOWED
// (API_CreateRegistrationVersion).
func (s *Simulator) CreateRegistrationVersion(ctx context.Context, in *pinpointsmsvoicev2.CreateRegistrationVersionInput) (*pinpointsmsvoicev2.CreateRegistrationVersionOutput, error) {
	return serve(ctx, s, in, func(now time.Time) (*pinpointsmsvoicev2.CreateRegistrationVersionOutput, error) {
		r, err := s.registration(*in.RegistrationId, now)
		if err != nil {
			return nil, err
		}
		if r.closed || r.current().inReview() || r.current().status == types.RegistrationVersionStatusDraft {
			return nil, r.conflict(types.ConflictExceptionReasonCreateRegistrationVersionNotAllowed,
				fmt.Sprintf("The current version is %s", r.current().status))
		}
		if r.draftedSince(now.Add(-24*time.Hour)) >= maxVersionsPerDay {
			return nil, quotaExceeded(types.ServiceQuotaExceededExceptionReasonRegistrationVersionsCreatedPerDay)
		}
		v := newRegistrationVersion(r.current().number+1, now)
		r.versions = append(r.versions, v)
		i := v.information()
		return &pinpointsmsvoicev2.CreateRegistrationVersionOutput{
			RegistrationArn: aws.String(r.arn), RegistrationId: aws.String(r.id), VersionNumber: i.VersionNumber,
			RegistrationVersionStatus: i.RegistrationVersionStatus, RegistrationVersionStatusHistory: i.RegistrationVersionStatusHistory,
		}, nil
	})
}

func (r *registration) draftedSince(since time.Time) int {
	drafted := 0
	for _, v := range r.versions {
		if v.history.DraftTimestamp.After(since) {
			drafted++
		}
	}
	return drafted
}

// DescribeRegistrationVersions tells of the versions with these numbers, or of all, with the reasons of a denial. A
// number that the registration does not have is ValidationException UNKNOWN_REGISTRATION_VERSION
// (API_DescribeRegistrationVersions).
func (s *Simulator) DescribeRegistrationVersions(ctx context.Context, in *pinpointsmsvoicev2.DescribeRegistrationVersionsInput) (*pinpointsmsvoicev2.DescribeRegistrationVersionsOutput, error) {
	return serve(ctx, s, in, func(now time.Time) (*pinpointsmsvoicev2.DescribeRegistrationVersionsOutput, error) {
		r, err := s.registration(*in.RegistrationId, now)
		if err != nil {
			return nil, err
		}
		key := func(v *registrationVersion) string { return fmt.Sprintf("%06d", v.number) }
		wanted := map[string]*registrationVersion{}
		for _, v := range r.versions {
			if len(in.VersionNumbers) == 0 || slices.Contains(in.VersionNumbers, v.number) {
				wanted[key(v)] = v
			}
		}
		for _, number := range in.VersionNumbers {
			if _, err := r.version(&number, "VersionNumbers"); err != nil {
				return nil, err
			}
		}
		versions, next, err := describe(listing[*registrationVersion]{
			all: wanted, key: key,
			keep: func(v *registrationVersion) bool { return passes(in.Filters, v.filterValues) },
		}, (*registrationVersion).information, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		return &pinpointsmsvoicev2.DescribeRegistrationVersionsOutput{
			RegistrationArn: aws.String(r.arn), RegistrationId: aws.String(r.id), RegistrationVersions: versions, NextToken: next,
		}, nil
	})
}

// DiscardRegistrationVersion gives the current draft up. A version that is no draft is ConflictException
// DISCARD_REGISTRATION_VERSION_NOT_ALLOWED (API_DiscardRegistrationVersion).
func (s *Simulator) DiscardRegistrationVersion(ctx context.Context, in *pinpointsmsvoicev2.DiscardRegistrationVersionInput) (*pinpointsmsvoicev2.DiscardRegistrationVersionOutput, error) {
	return serve(ctx, s, in, func(now time.Time) (*pinpointsmsvoicev2.DiscardRegistrationVersionOutput, error) {
		r, err := s.registration(*in.RegistrationId, now)
		if err != nil {
			return nil, err
		}
		v := r.current()
		if v.status != types.RegistrationVersionStatusDraft {
			return nil, r.conflict(types.ConflictExceptionReasonDiscardRegistrationVersionNotAllowed,
				fmt.Sprintf("The current version is %s", v.status))
		}
		v.enter(types.RegistrationVersionStatusDiscarded, now)
		i := v.information()
		return &pinpointsmsvoicev2.DiscardRegistrationVersionOutput{
			RegistrationArn: aws.String(r.arn), RegistrationId: aws.String(r.id), VersionNumber: i.VersionNumber,
			RegistrationVersionStatus: i.RegistrationVersionStatus, RegistrationVersionStatusHistory: i.RegistrationVersionStatusHistory,
		}, nil
	})
}

// SubmitRegistrationVersion hands the draft in for review. One that was handed in before is ConflictException
// REGISTRATION_ALREADY_SUBMITTED. A discarded one, and a draft that lacks a required field, the upload of an
// attachment or an association that must come before, is SUBMIT_REGISTRATION_VERSION_NOT_ALLOWED, as people report
// (API_SubmitRegistrationVersion, page registrations-sms-cli).
func (s *Simulator) SubmitRegistrationVersion(ctx context.Context, in *pinpointsmsvoicev2.SubmitRegistrationVersionInput) (*pinpointsmsvoicev2.SubmitRegistrationVersionOutput, error) {
	return serve(ctx, s, in, func(now time.Time) (*pinpointsmsvoicev2.SubmitRegistrationVersionOutput, error) {
		r, err := s.registration(*in.RegistrationId, now)
		if err != nil {
			return nil, err
		}
		v := r.current()
		if v.history.SubmittedTimestamp != nil {
			return nil, r.conflict(types.ConflictExceptionReasonRegistrationAlreadySubmitted, "The version was submitted before")
		}
		if lack := s.lack(r, now); lack != "" {
			return nil, r.conflict(types.ConflictExceptionReasonSubmitRegistrationVersionNotAllowed, lack)
		}
		v.enter(types.RegistrationVersionStatusSubmitted, now)
		v.upcoming = reviewOf(r.form, in.AwsReview, now)
		i := v.information()
		return &pinpointsmsvoicev2.SubmitRegistrationVersionOutput{
			RegistrationArn: aws.String(r.arn), RegistrationId: aws.String(r.id), VersionNumber: i.VersionNumber,
			RegistrationVersionStatus: i.RegistrationVersionStatus, RegistrationVersionStatusHistory: i.RegistrationVersionStatusHistory,
			AwsReview: in.AwsReview,
		}, nil
	})
}

// lack says why the current version cannot be submitted, or is empty.
func (s *Simulator) lack(r *registration, now time.Time) string {
	v := r.current()
	if r.closed || v.status != types.RegistrationVersionStatusDraft {
		return "The registration has no draft to submit"
	}
	for _, field := range sorted(r.form.fields) {
		value, given := v.values[field.path]
		if !given && field.requirement == types.FieldRequirementRequired {
			return "Missing required field " + field.path
		}
		if value.attachment != nil && !s.uploaded(*value.attachment, now) {
			return "The attachment of " + field.path + " is not uploaded"
		}
	}
	for _, a := range r.form.associations {
		if a.when == types.RegistrationAssociationBehaviorAssociateBeforeSubmit && r.count(a.resource) == 0 {
			return "Missing association with a resource of type " + a.resource
		}
	}
	return ""
}

// version finds a version by its number; without one it is the current version.
func (r *registration) version(number *int64, member string) (*registrationVersion, error) {
	if number == nil {
		return r.current(), nil
	}
	for _, v := range r.versions {
		if v.number == *number {
			return v, nil
		}
	}
	return nil, validation(types.ValidationExceptionReasonUnknownRegistrationVersion, member,
		fmt.Sprintf("is not known: %d", *number))
}

func (v *registrationVersion) information() types.RegistrationVersionInformation {
	history := v.history
	i := types.RegistrationVersionInformation{
		VersionNumber: aws.Int64(v.number), RegistrationVersionStatus: v.status, RegistrationVersionStatusHistory: &history,
	}
	for _, d := range v.denials {
		i.DeniedReasons = append(i.DeniedReasons, types.RegistrationDeniedReasonInformation{
			Reason: aws.String(d.Reason), ShortDescription: aws.String(d.Description),
		})
	}
	return i
}

func (v *registrationVersion) filterValues(name string) []string {
	if types.RegistrationVersionFilterName(name) == types.RegistrationVersionFilterNameRegistrationVersionStatus {
		return []string{string(v.status)}
	}
	return nil
}
