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

// associable is what may be tied to a registration: a phone number, another registration, an RCS agent, or what is a
// sender id. One of the first two is set, or neither for the others.
type associable struct {
	types.RegistrationAssociationMetadata

	kind         types.ResourceType
	number       *phoneNumber
	registration *registration
}

// CreateRegistrationAssociation ties a number, a brand or an RCS agent to a registration, under the rules of its
// type: see mayAssociate (API_CreateRegistrationAssociation).
func (s *Simulator) CreateRegistrationAssociation(ctx context.Context, in *pinpointsmsvoicev2.CreateRegistrationAssociationInput) (*pinpointsmsvoicev2.CreateRegistrationAssociationOutput, error) {
	return serve(ctx, s, in, func(now time.Time) (*pinpointsmsvoicev2.CreateRegistrationAssociationOutput, error) {
		r, err := s.registration(*in.RegistrationId, now)
		if err != nil {
			return nil, err
		}
		resource, err := s.associable(*in.ResourceId, now)
		if err != nil {
			return nil, err
		}
		if err := s.mayAssociate(r, resource, "ResourceId"); err != nil {
			return nil, err
		}
		r.associate(resource)
		return &pinpointsmsvoicev2.CreateRegistrationAssociationOutput{
			RegistrationArn: aws.String(r.arn), RegistrationId: aws.String(r.id), RegistrationType: aws.String(r.form.name),
			ResourceArn: resource.ResourceArn, ResourceId: resource.ResourceId, ResourceType: resource.ResourceType,
			IsoCountryCode: resource.IsoCountryCode, PhoneNumber: resource.PhoneNumber,
		}, nil
	})
}

// associable finds what a reference names, a sender id by ARN or by its name. A sender id can be named and fits no type:
// AWS ties it at the approval, ASSOCIATE_ON_APPROVAL (API_SupportedAssociation).
func (s *Simulator) associable(ref string, now time.Time) (associable, error) {
	if n, err := s.phoneNumber(ref); err == nil {
		return n.associable(), nil
	}
	if r, err := s.registration(ref, now); err == nil {
		return associable{
			kind: types.ResourceTypeRegistration, registration: r,
			RegistrationAssociationMetadata: types.RegistrationAssociationMetadata{
				ResourceArn: aws.String(r.arn), ResourceId: aws.String(r.id), ResourceType: aws.String(r.form.name),
			},
		}, nil
	}
	if a, err := lookup(s, s.agents, types.ResourceTypeRcsAgent, ref); err == nil {
		return associable{
			kind: types.ResourceTypeRcsAgent,
			RegistrationAssociationMetadata: types.RegistrationAssociationMetadata{
				ResourceArn: aws.String(a.arn), ResourceId: aws.String(a.id), ResourceType: aws.String(rcsAgentResource),
			},
		}, nil
	}
	for _, i := range sorted(s.senderIDs) {
		if ref == i.arn || ref == i.name {
			return associable{
				kind: types.ResourceTypeSenderId,
				RegistrationAssociationMetadata: types.RegistrationAssociationMetadata{
					ResourceArn: aws.String(i.arn), ResourceId: aws.String(i.name), ResourceType: aws.String(kindSenderID),
					IsoCountryCode: aws.String(i.country),
				},
			}, nil
		}
	}
	return associable{}, notFound(types.ResourceTypePhoneNumber, ref)
}

func (n *phoneNumber) associable() associable {
	return associable{
		kind: types.ResourceTypePhoneNumber, number: n,
		RegistrationAssociationMetadata: types.RegistrationAssociationMetadata{
			ResourceArn: aws.String(n.arn), ResourceId: aws.String(n.id), ResourceType: aws.String(string(n.kind)),
			IsoCountryCode: aws.String(n.country), PhoneNumber: aws.String(string(n.number)),
		},
	}
}

// mayAssociate says whether a resource may be tied to a registration. A resource that the type does not take is
// ValidationException INVALID_REGISTRATION_ASSOCIATION of the request's member; the pages name the other reasons and
// not when each is given:
//
//   - RESOURCE_ALREADY_ASSOCIATED: it is tied to this registration;
//   - PHONE_NUMBER_ASSOCIATED_TO_REGISTRATION: the number is tied to another one;
//   - RCS_AGENT_ALREADY_ASSOCIATED_TO_REGISTRATION_TYPE: the agent is tied to another one of this type;
//   - PHONE_NUMBER_NOT_IN_REGISTRATION_REGION: the number is of another country than the type wants (the API's pages
//     say "country or region" of countries);
//   - REGISTRATION_ALREADY_SUBMITTED: it belongs before the submission, which is over;
//   - REGISTRATION_NOT_COMPLETE: it belongs after the approval, or is a brand without its own;
//   - RESOURCE_NOT_ACTIVE: the registration is closed;
//   - ServiceQuotaExceededException: the type takes no more of its kind.
func (s *Simulator) mayAssociate(r *registration, resource associable, member string) error {
	i := slices.IndexFunc(r.form.associations, func(a formAssociation) bool { return a.resource == *resource.ResourceType })
	if i < 0 {
		return validation(types.ValidationExceptionReasonInvalidRegistrationAssociation, member,
			fmt.Sprintf("is of type %s, which a registration of type %s does not take", *resource.ResourceType, r.form.name))
	}
	rule := r.form.associations[i]
	if err := s.checkFree(r, resource); err != nil {
		return err
	}
	if resource.number != nil && resource.number.country != rule.country {
		return resource.conflict(types.ConflictExceptionReasonPhoneNumberNotInRegistrationRegion,
			"The phone number is not in the country of the registration")
	}
	if err := r.checkTime(rule.when); err != nil {
		return err
	}
	if brand := resource.registration; brand != nil && brand.approved() == nil {
		return brand.conflict(types.ConflictExceptionReasonRegistrationNotComplete, "The registration is not complete")
	}
	switch {
	case r.count(rule.resource) < rule.most:
		return nil
	case resource.number != nil:
		return quotaExceeded(types.ServiceQuotaExceededExceptionReasonPhoneNumbersPerRegistration)
	}
	return quotaExceeded(types.ServiceQuotaExceededExceptionReasonAssociationsPerRegistration)
}

// checkFree refuses what is tied already.
func (s *Simulator) checkFree(r *registration, resource associable) error {
	if r.has(*resource.ResourceId) {
		return resource.conflict(types.ConflictExceptionReasonResourceAlreadyAssociated,
			"The resource is associated with this registration already")
	}
	for _, other := range sorted(s.registrations) {
		switch {
		case !other.has(*resource.ResourceId):
		case resource.kind == types.ResourceTypePhoneNumber:
			return resource.conflict(types.ConflictExceptionReasonPhoneNumberAssociatedToRegistration,
				"The phone number is associated with "+other.id)
		case resource.kind == types.ResourceTypeRcsAgent && other.form.name == r.form.name:
			return resource.conflict(types.ConflictExceptionReasonRcsAgentAlreadyAssociatedToRegistrationType,
				"The RCS agent is associated with "+other.id)
		}
	}
	return nil
}

// checkTime refuses what comes too early or too late in the life of the registration.
func (r *registration) checkTime(when types.RegistrationAssociationBehavior) error {
	status := r.status()
	switch {
	case r.closed:
		return r.conflict(types.ConflictExceptionReasonResourceNotActive, "The registration is closed")
	case when == types.RegistrationAssociationBehaviorAssociateAfterComplete && r.approved() == nil:
		return r.conflict(types.ConflictExceptionReasonRegistrationNotComplete, "The registration is not complete")
	case when == types.RegistrationAssociationBehaviorAssociateBeforeSubmit &&
		status != types.RegistrationStatusCreated && status != types.RegistrationStatusRequiresUpdates:
		return r.conflict(types.ConflictExceptionReasonRegistrationAlreadySubmitted, "The registration was submitted before")
	}
	return nil
}

func (r *registration) associate(resource associable) {
	r.associations = append(r.associations, resource.RegistrationAssociationMetadata)
	if resource.number != nil {
		resource.number.registration = aws.String(r.id)
	}
}

// disassociate unties a number that is given back. A registration whose type says DISASSOCIATE_ALL_CLOSES_REGISTRATION
// is closed once nothing is left (API_SupportedAssociation; RegistrationStatus CLOSED).
func (r *registration) disassociate(n *phoneNumber) {
	r.associations = slices.DeleteFunc(r.associations, func(a types.RegistrationAssociationMetadata) bool {
		return *a.ResourceId == n.id
	})
	for _, rule := range r.form.associations {
		if rule.resource == string(n.kind) && r.count(rule.resource) == 0 &&
			rule.end == types.RegistrationDisassociationBehaviorDisassociateAllClosesRegistration {
			r.closed = true
		}
	}
}

// count is how many resources of a type are tied to the registration.
func (r *registration) count(resourceType string) int {
	n := 0
	for _, a := range r.associations {
		if *a.ResourceType == resourceType {
			n++
		}
	}
	return n
}

func (a associable) conflict(reason types.ConflictExceptionReason, message string) error {
	return conflict(reason, a.kind, *a.ResourceId, message)
}

// ListRegistrationAssociations tells what is tied to a registration (API_ListRegistrationAssociations).
func (s *Simulator) ListRegistrationAssociations(ctx context.Context, in *pinpointsmsvoicev2.ListRegistrationAssociationsInput) (*pinpointsmsvoicev2.ListRegistrationAssociationsOutput, error) {
	return serve(ctx, s, in, func(now time.Time) (*pinpointsmsvoicev2.ListRegistrationAssociationsOutput, error) {
		r, err := s.registration(*in.RegistrationId, now)
		if err != nil {
			return nil, err
		}
		type metadata = types.RegistrationAssociationMetadata
		all := map[string]metadata{}
		for _, a := range r.associations {
			all[*a.ResourceId] = a
		}
		associations, next, err := describe(listing[metadata]{
			all: all, key: func(a metadata) string { return *a.ResourceId },
			keep: func(a metadata) bool {
				return passes(in.Filters, func(name string) []string { return associationFilterValues(a, name) })
			},
		}, func(a metadata) metadata { return a }, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		return &pinpointsmsvoicev2.ListRegistrationAssociationsOutput{
			RegistrationArn: aws.String(r.arn), RegistrationId: aws.String(r.id), RegistrationType: aws.String(r.form.name),
			RegistrationAssociations: associations, NextToken: next,
		}, nil
	})
}

func associationFilterValues(a types.RegistrationAssociationMetadata, name string) []string {
	switch types.RegistrationAssociationFilterName(name) {
	case types.RegistrationAssociationFilterNameResourceType:
		return []string{*a.ResourceType}
	case types.RegistrationAssociationFilterNameIsoCountryCode:
		return []string{aws.ToString(a.IsoCountryCode)}
	}
	return nil
}
