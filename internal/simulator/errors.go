package simulator

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
)

// AWS's errors, built in one place so that each carries what the SDK's type can hold (types/errors.go).

func validation(reason types.ValidationExceptionReason, member, message string) error {
	return &types.ValidationException{
		Message: aws.String(fmt.Sprintf("1 validation error detected: %s %s", member, message)),
		Reason:  reason,
		Fields:  []types.ValidationExceptionField{{Name: aws.String(member), Message: aws.String(message)}},
	}
}

// invalid is the usual ValidationException, reason INVALID_PARAMETER.
func invalid(member, message string) error {
	return validation(types.ValidationExceptionReasonInvalidParameter, member, message)
}

func missing(member string) error {
	return validation(types.ValidationExceptionReasonMissingParameter, member, "is required")
}

func conflict(reason types.ConflictExceptionReason, kind types.ResourceType, id, message string) error {
	return &types.ConflictException{
		Message: aws.String(message), Reason: reason, ResourceType: kind, ResourceId: aws.String(id),
	}
}

func notFound(kind types.ResourceType, id string) error {
	return &types.ResourceNotFoundException{
		Message:      aws.String(fmt.Sprintf("The %s %q was not found", kind, id)),
		ResourceType: kind, ResourceId: aws.String(id),
	}
}

func quotaExceeded(reason types.ServiceQuotaExceededExceptionReason) error {
	return &types.ServiceQuotaExceededException{
		Message: aws.String(fmt.Sprintf("The quota %s is reached", reason)), Reason: reason,
	}
}

func throttled() error { return &types.ThrottlingException{Message: aws.String("Rate exceeded")} }
