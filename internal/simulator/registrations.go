package simulator

import (
	"context"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
)

// registration is a form that was begun. It has at least one version; the last is the current one.
type registration struct {
	id, arn      string
	form         registrationType
	versions     []*registrationVersion
	associations []types.RegistrationAssociationMetadata // in the order in which they were made
	closed       bool                                    // what it was for is gone
	created      time.Time
}

// CreateRegistration begins a registration with an empty draft. An unknown type is ValidationException
// UNKNOWN_REGISTRATION_TYPE, too many registrations ServiceQuotaExceededException (API_CreateRegistration).
func (s *Simulator) CreateRegistration(ctx context.Context, in *pinpointsmsvoicev2.CreateRegistrationInput) (*pinpointsmsvoicev2.CreateRegistrationOutput, error) {
	return serve(ctx, s, in, func(now time.Time) (*pinpointsmsvoicev2.CreateRegistrationOutput, error) {
		form, err := typeOf(*in.RegistrationType, "RegistrationType")
		if err != nil {
			return nil, err
		}
		if err := s.checkQuota(types.AccountLimitNameRegistrations); err != nil {
			return nil, err
		}
		id := s.newID("registration")
		r := &registration{
			id: id, arn: s.arn(types.ResourceTypeRegistration, id), form: form, created: now,
			versions: []*registrationVersion{newRegistrationVersion(1, now)},
		}
		s.registrations[id] = r
		i := r.information()
		return &pinpointsmsvoicev2.CreateRegistrationOutput{
			RegistrationArn: i.RegistrationArn, RegistrationId: i.RegistrationId, RegistrationType: i.RegistrationType,
			RegistrationStatus: i.RegistrationStatus, CurrentVersionNumber: i.CurrentVersionNumber,
			CreatedTimestamp: i.CreatedTimestamp, Tags: in.Tags,
		}, nil
	})
}

// DescribeRegistrations tells of the registrations with these ids or ARNs, or of all. One that does not exist is
// ResourceNotFoundException (API_DescribeRegistrations).
func (s *Simulator) DescribeRegistrations(ctx context.Context, in *pinpointsmsvoicev2.DescribeRegistrationsInput) (*pinpointsmsvoicev2.DescribeRegistrationsOutput, error) {
	return serve(ctx, s, in, func(now time.Time) (*pinpointsmsvoicev2.DescribeRegistrationsOutput, error) {
		for _, r := range s.registrations {
			r.review(now)
		}
		registrations, next, err := describe(listing[*registration]{
			all: s.registrations, wanted: in.RegistrationIds,
			find: func(ref string) (*registration, error) { return s.registration(ref, now) },
			key:  func(r *registration) string { return r.id },
			keep: func(r *registration) bool { return passes(in.Filters, r.filterValues) },
		}, (*registration).information, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		return &pinpointsmsvoicev2.DescribeRegistrationsOutput{Registrations: registrations, NextToken: next}, nil
	})
}

// DeleteRegistration drops a registration with its versions and values. While it is under review it is
// ConflictException RESOURCE_DELETION_NOT_ALLOWED (page registrations-sms-cli: no change until it is over).
// The page names no reason for what is still tied to it. The double takes RESOURCE_NOT_EMPTY where the type wants
// everything disassociated first and a version is in force, and RESOURCE_DELETION_NOT_ALLOWED for a brand that another
// registration names; one that was never approved lets its number go (API_DeleteRegistration,
// API_SupportedAssociation).
func (s *Simulator) DeleteRegistration(ctx context.Context, in *pinpointsmsvoicev2.DeleteRegistrationInput) (*pinpointsmsvoicev2.DeleteRegistrationOutput, error) {
	return serve(ctx, s, in, func(now time.Time) (*pinpointsmsvoicev2.DeleteRegistrationOutput, error) {
		r, err := s.registration(*in.RegistrationId, now)
		if err != nil {
			return nil, err
		}
		if err := s.mayDelete(r); err != nil {
			return nil, err
		}
		for _, n := range s.numbers {
			if aws.ToString(n.registration) == r.id {
				n.registration = nil
			}
		}
		delete(s.registrations, r.id)
		i := r.information()
		return &pinpointsmsvoicev2.DeleteRegistrationOutput{
			RegistrationArn: i.RegistrationArn, RegistrationId: i.RegistrationId, RegistrationType: i.RegistrationType,
			RegistrationStatus: types.RegistrationStatusDeleted, CurrentVersionNumber: i.CurrentVersionNumber,
			ApprovedVersionNumber: i.ApprovedVersionNumber, LatestDeniedVersionNumber: i.LatestDeniedVersionNumber,
			CreatedTimestamp: i.CreatedTimestamp,
		}, nil
	})
}

func (s *Simulator) mayDelete(r *registration) error {
	if r.current().inReview() && !r.closed {
		return r.conflict(types.ConflictExceptionReasonResourceDeletionNotAllowed, "The registration is under review")
	}
	for _, a := range r.associations {
		kept := func(f formAssociation) bool {
			return f.resource == *a.ResourceType && r.approved() != nil &&
				f.end != types.RegistrationDisassociationBehaviorDeleteRegistrationDisassociates
		}
		if slices.ContainsFunc(r.form.associations, kept) {
			return r.conflict(types.ConflictExceptionReasonResourceNotEmpty, "The registration has "+*a.ResourceId+" associated")
		}
	}
	for _, other := range sorted(s.registrations) {
		if other.has(r.id) {
			return r.conflict(types.ConflictExceptionReasonResourceDeletionNotAllowed, "The registration is associated with "+other.id)
		}
	}
	return nil
}

// registration finds a registration by its id or ARN, as far as its review is by now.
func (s *Simulator) registration(ref string, now time.Time) (*registration, error) {
	r, err := lookup(s, s.registrations, types.ResourceTypeRegistration, ref)
	if err == nil {
		r.review(now)
	}
	return r, err
}

// current is the newest version.
func (r *registration) current() *registrationVersion { return r.versions[len(r.versions)-1] }

// approved is the version in force, or nil.
func (r *registration) approved() *registrationVersion {
	return r.last(types.RegistrationVersionStatusApproved)
}

// last is the newest version in a status, or nil.
func (r *registration) last(status types.RegistrationVersionStatus) *registrationVersion {
	for _, v := range slices.Backward(r.versions) {
		if v.status == status {
			return v
		}
	}
	return nil
}

// has says whether a resource is tied to the registration.
func (r *registration) has(resourceID string) bool {
	return slices.ContainsFunc(r.associations, func(a types.RegistrationAssociationMetadata) bool {
		return *a.ResourceId == resourceID
	})
}

// status is that of the newest version that was submitted, in the words of registrations: a draft beside it changes
// nothing. The pages do not say what a registration is called then.
func (r *registration) status() types.RegistrationStatus {
	if r.closed {
		return types.RegistrationStatusClosed
	}
	for _, v := range slices.Backward(r.versions) {
		switch v.status {
		case types.RegistrationVersionStatusDraft, types.RegistrationVersionStatusDiscarded:
			continue
		case types.RegistrationVersionStatusApproved:
			return types.RegistrationStatusComplete
		case types.RegistrationVersionStatusDenied, types.RegistrationVersionStatusRevoked:
			return types.RegistrationStatusRequiresUpdates
		}
		return types.RegistrationStatus(v.status) // the words for a review are the same
	}
	return types.RegistrationStatusCreated
}

func (r *registration) conflict(reason types.ConflictExceptionReason, message string) error {
	return conflict(reason, types.ResourceTypeRegistration, r.id, message)
}

func (r *registration) information() types.RegistrationInformation {
	i := types.RegistrationInformation{
		RegistrationArn: aws.String(r.arn), RegistrationId: aws.String(r.id), RegistrationType: aws.String(r.form.name),
		RegistrationStatus: r.status(), CurrentVersionNumber: aws.Int64(r.current().number), CreatedTimestamp: aws.Time(r.created),
	}
	if v := r.approved(); v != nil {
		i.ApprovedVersionNumber = aws.Int64(v.number)
	}
	if v := r.last(types.RegistrationVersionStatusDenied); v != nil {
		i.LatestDeniedVersionNumber = aws.Int64(v.number)
	}
	return i
}

func (r *registration) filterValues(name string) []string {
	switch types.RegistrationFilterName(name) {
	case types.RegistrationFilterNameRegistrationStatus:
		return []string{string(r.status())}
	case types.RegistrationFilterNameRegistrationType:
		return []string{r.form.name}
	}
	return nil
}
