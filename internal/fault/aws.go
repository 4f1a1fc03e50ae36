package fault

import (
	"cmp"
	"errors"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/aws/smithy-go"
)

// awsReasons maps a reason of the SMS Voice v2 API to what it means. Reasons that are not listed are read by their
// exception ([awsCodes]): AWS adds new ones before any SDK knows them. Sources: API_SendTextMessage,
// API_DeleteOptedOutNumber, types/errors.go of the SDK.
var awsReasons = map[string]Fault{
	"DESTINATION_PHONE_NUMBER_OPTED_OUT": {Kind: Permanent, Reason: OptedOut},

	// The error for a second delete within 30 days is not published. These three are the candidates, and nothing
	// else that DeleteOptedOutNumber does can raise them.
	"PHONE_NUMBER_CANNOT_BE_OPTED_IN":   {Kind: Permanent, Reason: LockedOptOut},
	"RESOURCE_DELETION_NOT_ALLOWED":     {Kind: Permanent, Reason: LockedOptOut},
	"RESOURCE_MODIFICATION_NOT_ALLOWED": {Kind: Permanent, Reason: LockedOptOut},

	// A policy about this one recipient, not a fault of the set-up.
	"DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION":        {Kind: Permanent, Reason: "protect_country"},
	"DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE": {Kind: Permanent, Reason: "protect_number"},
	"INVALID_PARAMETER":                        {Kind: Permanent, Reason: "invalid_parameter"},
	"CANNOT_ADD_OPTED_OUT_NUMBER":              {Kind: Permanent, Reason: "cannot_add_opted_out_number"},
	"DESTINATION_COUNTRY_BLOCKED":              {Kind: Permanent, Reason: "country_blocked"},
	"INVALID_IDENTITY_FOR_DESTINATION_COUNTRY": {Kind: Permanent, Reason: "identity_country"},
	"DAILY_DESTINATION_CALL_LIMIT":             {Kind: Retryable, Reason: "daily_limit"}, // for what may wait a day
	"DAILY_NOTIFY_TIER_MESSAGE_LIMIT":          {Kind: Retryable, Reason: "daily_limit"},
	"RESOURCE_NOT_ACTIVE":                      {Kind: Permanent, Reason: "resource_not_active", Loud: true},
	"DESTINATION_PHONE_NUMBER_NOT_VERIFIED":    {Kind: Permanent, Reason: "sandbox", Loud: true},
	"MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT":     {Kind: Permanent, Reason: "spend_limit", Loud: true},
	"MONTHLY_SPEND_LIMIT_REACHED_FOR_MEDIA":    {Kind: Permanent, Reason: "spend_limit", Loud: true},
	"MONTHLY_SPEND_LIMIT_REACHED_FOR_VOICE":    {Kind: Permanent, Reason: "spend_limit", Loud: true},
	"MONTHLY_SPEND_LIMIT_REACHED_FOR_RCS":      {Kind: Permanent, Reason: "spend_limit", Loud: true},
	"MONTHLY_SPEND_LIMIT_REACHED_FOR_NOTIFY":   {Kind: Permanent, Reason: "spend_limit", Loud: true},
	"ACCOUNT_DISABLED":                         {Kind: Permanent, Reason: "account_disabled", Loud: true},
	"INSUFFICIENT_ACCOUNT_REPUTATION":          {Kind: Permanent, Reason: "account_reputation", Loud: true},
}

// awsCodes maps the exception itself, for reasons that are new or missing.
var awsCodes = map[string]Fault{
	"ThrottlingException":           {Kind: Retryable, Reason: Throttled},
	"TooManyRequestsException":      {Kind: Retryable, Reason: Throttled},
	"ConflictException":             {Kind: Permanent, Reason: "conflict", Loud: true},
	"ValidationException":           {Kind: Permanent, Reason: "validation", Loud: true},
	"ResourceNotFoundException":     {Kind: Permanent, Reason: NotFound, Loud: true},
	"ServiceQuotaExceededException": {Kind: Permanent, Reason: "quota", Loud: true},
	"AccessDeniedException":         {Kind: Permanent, Reason: "access_denied", Loud: true},
	"InternalServerException":       {Kind: Ambiguous, Reason: ServerError},

	// What PutEvents says of one event (API_PutEventsResultEntry): the first two of the service, the others of the event,
	// which will never be taken.
	"InternalFailure":   {Kind: Ambiguous, Reason: ServerError},
	"InternalException": {Kind: Ambiguous, Reason: ServerError},
	"MalformedDetail":   {Kind: Poison, Reason: "malformed_detail", Loud: true},
	"InvalidArgument":   {Kind: Poison, Reason: "invalid_argument", Loud: true},
	"EventTooLarge":     {Kind: Poison, Reason: "too_large", Loud: true}, // ours, internal/cloud

	// Credentials and signatures: refused at the door, so nothing was done, and new ones come.
	"ExpiredTokenException":       {Kind: Retryable, Reason: "credentials", Loud: true},
	"ExpiredToken":                {Kind: Retryable, Reason: "credentials", Loud: true},
	"UnrecognizedClientException": {Kind: Permanent, Reason: "credentials", Loud: true},
	"InvalidSignatureException":   {Kind: Retryable, Reason: "credentials", Loud: true},
	"NoCredentials":               {Kind: Retryable, Reason: "credentials", Loud: true}, // ours, internal/cloud
}

func ofAWS(err error, api smithy.APIError) Fault {
	reason := awsReason(err)
	f := read(err, api, reason)
	f.Word = cmp.Or(reason, api.ErrorCode())
	return f
}

func read(err error, api smithy.APIError, reason string) Fault {
	if reason != "" {
		if f, known := awsReasons[reason]; known {
			return f
		}
		if f, known := awsCodes[api.ErrorCode()]; known {
			f.Reason = Reason(strings.ToLower(reason))
			return f
		}
	}
	if f, known := awsCodes[api.ErrorCode()]; known {
		return f
	}
	if httpStatus(err) == http.StatusTooManyRequests {
		return Fault{Kind: Retryable, Reason: Throttled}
	}
	if isHTTP5xx(err) || api.ErrorFault() == smithy.FaultServer {
		return Fault{Kind: Ambiguous, Reason: ServerError}
	}
	if api.ErrorFault() == smithy.FaultClient || isHTTP4xx(err) {
		return Fault{Kind: Permanent, Reason: Reason(strings.ToLower(api.ErrorCode())), Loud: true}
	}
	return Fault{Kind: Ambiguous, Reason: Unknown}
}

// awsReason is the reason word inside an exception that has one.
func awsReason(err error) string {
	var conflict *types.ConflictException
	var validation *types.ValidationException
	var quota *types.ServiceQuotaExceededException
	var denied *types.AccessDeniedException
	switch {
	case errors.As(err, &conflict):
		return string(conflict.Reason)
	case errors.As(err, &validation):
		return string(validation.Reason)
	case errors.As(err, &quota):
		return string(quota.Reason)
	case errors.As(err, &denied):
		return string(denied.Reason)
	}
	return ""
}
