package simulator

import (
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
)

// reviewStep is a status that a version enters when its time comes.
type reviewStep struct {
	at     time.Time
	status types.RegistrationVersionStatus
}

// reviewOf is the course of a review that nobody decides: SUBMITTED, AWS_REVIEWING if that was asked for, REVIEWING,
// APPROVED at the end of the time that the form's review takes.
func reviewOf(form registrationType, awsReview bool, now time.Time) []reviewStep {
	steps := []reviewStep{
		{now.Add(form.review / 4), types.RegistrationVersionStatusReviewing},
		{now.Add(form.review), types.RegistrationVersionStatusApproved},
	}
	if awsReview {
		first := reviewStep{now.Add(form.review / 8), types.RegistrationVersionStatusAwsReviewing}
		steps = slices.Insert(steps, 0, first)
	}
	return steps
}

// review brings the current version to where it is by now.
func (r *registration) review(now time.Time) {
	v := r.current()
	for len(v.upcoming) > 0 && !v.upcoming[0].at.After(now) {
		step := v.upcoming[0]
		v.upcoming = v.upcoming[1:]
		r.enter(v, step.status, step.at)
	}
}

// enter gives a version a new status. Approval archives the version that was in force before.
func (r *registration) enter(v *registrationVersion, status types.RegistrationVersionStatus, at time.Time) {
	if before := r.approved(); before != nil && status == types.RegistrationVersionStatusApproved {
		before.enter(types.RegistrationVersionStatusArchived, at)
	}
	v.enter(status, at)
}

// enter notes the new status with its time. REQUIRES_OFFLINE_REVIEW has no time of its own in the SDK.
func (v *registrationVersion) enter(status types.RegistrationVersionStatus, at time.Time) {
	v.status = status
	h := &v.history
	switch status {
	case types.RegistrationVersionStatusDraft:
		h.DraftTimestamp = aws.Time(at)
	case types.RegistrationVersionStatusSubmitted:
		h.SubmittedTimestamp = aws.Time(at)
	case types.RegistrationVersionStatusAwsReviewing:
		h.AwsReviewingTimestamp = aws.Time(at)
	case types.RegistrationVersionStatusReviewing:
		h.ReviewingTimestamp = aws.Time(at)
	case types.RegistrationVersionStatusRequiresAuthentication:
		h.RequiresAuthenticationTimestamp = aws.Time(at)
	case types.RegistrationVersionStatusApproved:
		h.ApprovedTimestamp = aws.Time(at)
	case types.RegistrationVersionStatusDenied:
		h.DeniedTimestamp = aws.Time(at)
	case types.RegistrationVersionStatusRevoked:
		h.RevokedTimestamp = aws.Time(at)
	case types.RegistrationVersionStatusArchived:
		h.ArchivedTimestamp = aws.Time(at)
	case types.RegistrationVersionStatusDiscarded:
		h.DiscardedTimestamp = aws.Time(at)
	}
}

// inReview says whether a version is out of its owner's hands.
func (v *registrationVersion) inReview() bool {
	switch v.status {
	case types.RegistrationVersionStatusSubmitted, types.RegistrationVersionStatusAwsReviewing,
		types.RegistrationVersionStatusReviewing, types.RegistrationVersionStatusRequiresAuthentication:
		return true
	}
	return false
}

// Denial is one reason why a version of a registration was denied.
type Denial struct {
	// Field is the path of the field that is at fault, whose value then tells the Description as its DeniedReason.
	// Empty means the version as a whole.
	Field string
	// Reason is the reviewer's short code, Description a sentence.
	Reason, Description string
}

// DecideRegistration is a reviewer's word on a registration, by id or ARN. The version under review can become
// REVIEWING, REQUIRES_AUTHENTICATION, APPROVED or DENIED, the version in force REVOKED; any other change is an error.
// Denials are kept with DENIED and REVOKED. From then on the clock moves the version no further: without this call it
// approves every version in the end.
//
// The double does not publish the event Registration Status Change, which AWS puts on EventBridge.
func (s *Simulator) DecideRegistration(registrationID string, status types.RegistrationVersionStatus, denials ...Denial) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.begin()
	r, err := s.registration(registrationID, now)
	if err != nil {
		return fmt.Errorf("deciding a registration: %w", err)
	}
	v := r.current()
	if inForce := r.approved(); inForce != nil && status == types.RegistrationVersionStatusRevoked {
		v = inForce
	}
	if !v.mayBecome(status) || r.closed {
		return fmt.Errorf("deciding registration %s: a version that is %s cannot become %s", r.id, v.status, status)
	}
	v.upcoming = nil
	v.denials = nil
	if status == types.RegistrationVersionStatusDenied || status == types.RegistrationVersionStatusRevoked {
		v.denials = slices.Clone(denials)
	}
	r.enter(v, status, now)
	s.record(now, "DecideRegistration", r.id, status, denials)
	return nil
}

func (v *registrationVersion) mayBecome(status types.RegistrationVersionStatus) bool {
	switch status {
	case types.RegistrationVersionStatusReviewing, types.RegistrationVersionStatusRequiresAuthentication,
		types.RegistrationVersionStatusApproved, types.RegistrationVersionStatusDenied:
		return v.inReview()
	case types.RegistrationVersionStatusRevoked:
		return v.status == types.RegistrationVersionStatusApproved
	}
	return false
}
