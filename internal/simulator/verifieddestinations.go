package simulator

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/heedsms/heed/internal/sms"
)

// verifiedDestinationStays is how long a number stays at least (page sandbox).
const verifiedDestinationStays = 24 * time.Hour

// verifiedDestination is a number that an account in the sandbox may send to, once its owner gave the code back.
type verifiedDestination struct {
	id, arn string
	number  sms.Phone
	agent   *string // id of an RCS agent
	status  types.VerificationStatus
	created time.Time

	code     string      // the last one sent, or empty
	codeSent []time.Time // when codes were sent, in the past day
}

// CreateVerifiedDestinationNumber adds a number, PENDING until its code is verified. More than 10 are
// ServiceQuotaExceededException. The page does not say what a number that is there already is: ConflictException
// RESOURCE_ALREADY_EXISTS, unless it is for another RCS agent (API_CreateVerifiedDestinationNumber).
func (s *Simulator) CreateVerifiedDestinationNumber(ctx context.Context, in *pinpointsmsvoicev2.CreateVerifiedDestinationNumberInput) (*pinpointsmsvoicev2.CreateVerifiedDestinationNumberOutput, error) {
	return serve(ctx, s, in, func(now time.Time) (*pinpointsmsvoicev2.CreateVerifiedDestinationNumberOutput, error) {
		id := s.newID("verified-destination-number")
		d := &verifiedDestination{
			id: id, arn: s.arn(types.ResourceTypeVerifiedDestinationNumber, id), number: sms.ParsePhone(*in.DestinationPhoneNumber),
			status: types.VerificationStatusPending, created: now,
		}
		if in.RcsAgentId != nil {
			agent, err := lookup(s, s.agents, types.ResourceTypeRcsAgent, *in.RcsAgentId)
			if err != nil {
				return nil, err
			}
			d.agent = aws.String(agent.id)
		}
		for _, other := range s.verified {
			if other.number == d.number && aws.ToString(other.agent) == aws.ToString(d.agent) {
				return nil, other.conflict(types.ConflictExceptionReasonResourceAlreadyExists, "The destination number exists")
			}
		}
		if err := s.checkQuota(types.AccountLimitNameVerifiedDestinationNumbers); err != nil {
			return nil, err
		}
		s.verified[id] = d
		i := d.information()
		return &pinpointsmsvoicev2.CreateVerifiedDestinationNumberOutput{
			VerifiedDestinationNumberArn: i.VerifiedDestinationNumberArn, VerifiedDestinationNumberId: i.VerifiedDestinationNumberId,
			DestinationPhoneNumber: i.DestinationPhoneNumber, Status: i.Status, RcsAgentId: i.RcsAgentId,
			CreatedTimestamp: i.CreatedTimestamp, Tags: in.Tags,
		}, nil
	})
}

// DescribeVerifiedDestinationNumbers tells of the numbers with these ids, ARNs or digits, or of all. One that does not
// exist is ResourceNotFoundException (API_DescribeVerifiedDestinationNumbers). Ids and digits together give both.
func (s *Simulator) DescribeVerifiedDestinationNumbers(ctx context.Context, in *pinpointsmsvoicev2.DescribeVerifiedDestinationNumbersInput) (*pinpointsmsvoicev2.DescribeVerifiedDestinationNumbersOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.DescribeVerifiedDestinationNumbersOutput, error) {
		wanted := append([]string(nil), in.VerifiedDestinationNumberIds...)
		for _, number := range in.DestinationPhoneNumbers {
			found := s.verifiedByNumber(sms.ParsePhone(number))
			if len(found) == 0 {
				return nil, notFound(types.ResourceTypeVerifiedDestinationNumber, number)
			}
			for _, d := range found {
				wanted = append(wanted, d.id)
			}
		}
		numbers, next, err := describe(listing[*verifiedDestination]{
			all: s.verified, wanted: wanted, find: s.verifiedDestination,
			key:  func(d *verifiedDestination) string { return d.id },
			keep: func(d *verifiedDestination) bool { return passes(in.Filters, d.filterValues) },
		}, (*verifiedDestination).information, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		return &pinpointsmsvoicev2.DescribeVerifiedDestinationNumbersOutput{
			VerifiedDestinationNumbers: numbers, NextToken: next,
		}, nil
	})
}

// DeleteVerifiedDestinationNumber removes a number. In the first 24 hours it cannot be removed (page sandbox); the
// reason of the ConflictException, RESOURCE_DELETION_NOT_ALLOWED, is the double's choice
// (API_DeleteVerifiedDestinationNumber).
func (s *Simulator) DeleteVerifiedDestinationNumber(ctx context.Context, in *pinpointsmsvoicev2.DeleteVerifiedDestinationNumberInput) (*pinpointsmsvoicev2.DeleteVerifiedDestinationNumberOutput, error) {
	return serve(ctx, s, in, func(now time.Time) (*pinpointsmsvoicev2.DeleteVerifiedDestinationNumberOutput, error) {
		d, err := s.verifiedDestination(*in.VerifiedDestinationNumberId)
		if err != nil {
			return nil, err
		}
		if now.Sub(d.created) < verifiedDestinationStays {
			return nil, d.conflict(types.ConflictExceptionReasonResourceDeletionNotAllowed,
				"The destination number was added less than 24 hours ago")
		}
		delete(s.verified, d.id)
		i := d.information()
		return &pinpointsmsvoicev2.DeleteVerifiedDestinationNumberOutput{
			VerifiedDestinationNumberArn: i.VerifiedDestinationNumberArn, VerifiedDestinationNumberId: i.VerifiedDestinationNumberId,
			DestinationPhoneNumber: i.DestinationPhoneNumber, CreatedTimestamp: i.CreatedTimestamp,
		}, nil
	})
}

// checkSandbox refuses a destination that an account in the sandbox may not send to (page sandbox). The numbers with
// a fate of their own are free for all.
func (s *Simulator) checkSandbox(to sms.Phone) error {
	if s.tier != Sandbox || isTestDestination(to) {
		return nil
	}
	for _, d := range s.verifiedByNumber(to) {
		if d.status == types.VerificationStatusVerified {
			return nil
		}
	}
	return conflict(types.ConflictExceptionReasonDestinationPhoneNumberNotVerified,
		types.ResourceTypeVerifiedDestinationNumber, string(to), "The destination phone number is not verified")
}

// verifiedDestination finds a number by its id or ARN.
func (s *Simulator) verifiedDestination(ref string) (*verifiedDestination, error) {
	return lookup(s, s.verified, types.ResourceTypeVerifiedDestinationNumber, ref)
}

// verifiedByNumber are the entries of a number: more than one if it is there for RCS agents too.
func (s *Simulator) verifiedByNumber(number sms.Phone) []*verifiedDestination {
	var found []*verifiedDestination
	for _, d := range sorted(s.verified) {
		if d.number == number {
			found = append(found, d)
		}
	}
	return found
}

func (d *verifiedDestination) conflict(reason types.ConflictExceptionReason, message string) error {
	return conflict(reason, types.ResourceTypeVerifiedDestinationNumber, d.id, message)
}

func (d *verifiedDestination) information() types.VerifiedDestinationNumberInformation {
	return types.VerifiedDestinationNumberInformation{
		VerifiedDestinationNumberArn: aws.String(d.arn), VerifiedDestinationNumberId: aws.String(d.id),
		DestinationPhoneNumber: aws.String(string(d.number)), Status: d.status, RcsAgentId: d.agent,
		CreatedTimestamp: aws.Time(d.created),
	}
}

func (d *verifiedDestination) filterValues(name string) []string {
	switch types.VerifiedDestinationNumberFilterName(name) {
	case types.VerifiedDestinationNumberFilterNameStatus:
		return []string{string(d.status)}
	case types.VerifiedDestinationNumberFilterNameRcsAgentId:
		return []string{aws.ToString(d.agent)}
	}
	return nil
}
