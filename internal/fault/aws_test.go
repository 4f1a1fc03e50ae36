package fault_test

import (
	"cmp"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"

	"github.com/heedsms/heed/internal/fault"
)

// client is the SDK's own client, one try a call, of the API at this address.
func client(address string) *pinpointsmsvoicev2.Client {
	return pinpointsmsvoicev2.New(pinpointsmsvoicev2.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(address), RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""),
	})
}

// answered is the error that the SDK makes of an answer.
func answered(t *testing.T, status int, body string) error {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}))
	defer server.Close()
	_, err := client(server.URL).SendTextMessage(t.Context(), &pinpointsmsvoicev2.SendTextMessageInput{DestinationPhoneNumber: aws.String("+14255550101")})
	if err == nil {
		t.Fatalf("no error of %d %s", status, body)
	}
	return fmt.Errorf("send a text: %w", err)
}

func exception(name, reason string) string {
	return fmt.Sprintf(`{"__type":"com.amazonaws.pinpointsmsvoicev2#%s","Message":"m","Reason":%q}`, name, reason)
}

// Each error of the API, as the SDK hands it over.
func TestAWSErrors(t *testing.T) {
	t.Parallel()
	const (
		conflict, validation, quota = "ConflictException", "ValidationException", "ServiceQuotaExceededException"
		denied, missing             = "AccessDeniedException", "ResourceNotFoundException"
	)
	for _, row := range []struct {
		why             string
		exception, word string
		kind            fault.Kind
		reason          fault.Reason
		loud            bool
	}{
		{"too fast, of which AWS says that it was not accepted", "ThrottlingException", "", fault.Retryable, fault.Throttled, false},
		{"a fault of AWS: it may have been accepted", "InternalServerException", "", fault.Ambiguous, fault.ServerError, false},

		{"one event of a call, for a fault of the service", "InternalFailure", "", fault.Ambiguous, fault.ServerError, false},
		{"the same by its other name", "InternalException", "", fault.Ambiguous, fault.ServerError, false},
		{"an event whose detail is no JSON: never, and the others of the call may be well", "MalformedDetail", "", fault.Poison, "malformed_detail", true},
		{"an event that is none", "InvalidArgument", "", fault.Poison, "invalid_argument", true},
		{"an event that no call takes", "EventTooLarge", "", fault.Poison, "too_large", true},

		{"the person opted out: no incident, but to be recorded", conflict, "DESTINATION_PHONE_NUMBER_OPTED_OUT", fault.Permanent, fault.OptedOut, false},
		{"the account is still in the sandbox", conflict, "DESTINATION_PHONE_NUMBER_NOT_VERIFIED", fault.Permanent, "sandbox", true},
		{"the account's own rule about a country", conflict, "DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION", fault.Permanent, "protect_country", false},
		{"the account's own rule about a number", conflict, "DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE", fault.Permanent, "protect_number", false},
		{"nothing to send from", conflict, "NO_ORIGINATION_IDENTITIES_FOUND", fault.Permanent, "no_origination_identities_found", true},
		{"the set-up", conflict, "MESSAGE_TYPE_MISMATCH", fault.Permanent, "message_type_mismatch", true},
		{"the set-up", conflict, "NUMBER_CAPABILITIES_MISMATCH", fault.Permanent, "number_capabilities_mismatch", true},
		{"the set-up, which may mend itself", conflict, "RESOURCE_NOT_ACTIVE", fault.Permanent, "resource_not_active", true},
		{"the set-up", conflict, "NOTIFY_CONFIGURATION_NOT_ACTIVE", fault.Permanent, "notify_configuration_not_active", true},
		{"the set-up", conflict, "KEYWORD_MISMATCH", fault.Permanent, "keyword_mismatch", true},
		{"a number that left its list within 30 days", validation, "PHONE_NUMBER_CANNOT_BE_OPTED_IN", fault.Permanent, fault.LockedOptOut, false},
		{"the same, by another candidate for the word", conflict, "RESOURCE_DELETION_NOT_ALLOWED", fault.Permanent, fault.LockedOptOut, false},
		{"the same, by the third", conflict, "RESOURCE_MODIFICATION_NOT_ALLOWED", fault.Permanent, fault.LockedOptOut, false},
		{"a conflict of next year", conflict, "TOO_MANY_MOONS", fault.Permanent, "too_many_moons", true},
		{"a conflict without a reason", conflict, "", fault.Permanent, "conflict", true},

		{"the month's money is spent", quota, "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT", fault.Permanent, "spend_limit", true},
		{"for media", quota, "MONTHLY_SPEND_LIMIT_REACHED_FOR_MEDIA", fault.Permanent, "spend_limit", true},
		{"for voice", quota, "MONTHLY_SPEND_LIMIT_REACHED_FOR_VOICE", fault.Permanent, "spend_limit", true},
		{"for Notify", quota, "MONTHLY_SPEND_LIMIT_REACHED_FOR_NOTIFY", fault.Permanent, "spend_limit", true},
		{"for RCS, which the SDK does not know yet", quota, "MONTHLY_SPEND_LIMIT_REACHED_FOR_RCS", fault.Permanent, "spend_limit", true},
		{"tomorrow it goes again", quota, "DAILY_DESTINATION_CALL_LIMIT", fault.Retryable, "daily_limit", false},
		{"tomorrow it goes again", quota, "DAILY_NOTIFY_TIER_MESSAGE_LIMIT", fault.Retryable, "daily_limit", false},
		{"a quota of next year", quota, "MOONS_PER_ACCOUNT", fault.Permanent, "moons_per_account", true},

		{"a number that is none", validation, "INVALID_PARAMETER", fault.Permanent, "invalid_parameter", false},
		{"a number that no list takes", validation, "CANNOT_ADD_OPTED_OUT_NUMBER", fault.Permanent, "cannot_add_opted_out_number", false},
		{"dearer than allowed", validation, "PRICE_OVER_THRESHOLD", fault.Permanent, "price_over_threshold", true},
		{"not from here to there", validation, "INVALID_IDENTITY_FOR_DESTINATION_COUNTRY", fault.Permanent, "identity_country", false},
		{"a country that is off", validation, "COUNTRY_NOT_ENABLED", fault.Permanent, "country_not_enabled", true},
		{"a country that is blocked", validation, "DESTINATION_COUNTRY_BLOCKED", fault.Permanent, "country_blocked", false},
		{"a sender id that is not registered", validation, "SENDER_ID_NOT_REGISTERED", fault.Permanent, "sender_id_not_registered", true},
		{"a number that does not send abroad", validation, "INTERNATIONAL_SENDING_NOT_SUPPORTED", fault.Permanent, "international_sending_not_supported", true},
		{"a channel that is off", validation, "CHANNEL_NOT_ENABLED", fault.Permanent, "channel_not_enabled", true},
		{"without a reason", validation, "", fault.Permanent, "validation", true},

		{"not there: the number, the list or the configuration set", missing, "", fault.Permanent, fault.NotFound, true},
		{"no right", denied, "", fault.Permanent, "access_denied", true},
		{"the account is off", denied, "ACCOUNT_DISABLED", fault.Permanent, "account_disabled", true},
		{"the account's name is bad", denied, "INSUFFICIENT_ACCOUNT_REPUTATION", fault.Permanent, "account_reputation", true},

		{"an exception of next year, refused", "MoonException", "", fault.Permanent, "moonexception", true},
		{"credentials that ended: new ones come", "ExpiredTokenException", "", fault.Retryable, "credentials", true},
	} {
		status := http.StatusBadRequest
		if row.exception == "InternalServerException" {
			status = http.StatusInternalServerError
		}
		err := answered(t, status, exception(row.exception, row.word))
		want := fault.Fault{Kind: row.kind, Reason: row.reason, Loud: row.loud, Word: cmp.Or(row.word, row.exception)}
		if got := fault.Explain(err); got != want || fault.Of(err) != row.kind {
			t.Errorf("%s: %s %s is %+v, want %+v", row.why, row.exception, row.word, got, want)
		}
	}
}

// Every reason that the SDK knows is final unless it says otherwise: none is retried in a loop, none is taken for
// something that may have happened.
func TestEveryReasonIsFinal(t *testing.T) {
	t.Parallel()
	reasons := map[string][]error{}
	for _, r := range types.ConflictExceptionReason("").Values() {
		reasons[string(r)] = append(reasons[string(r)], &types.ConflictException{Reason: r})
	}
	for _, r := range types.ValidationExceptionReason("").Values() {
		reasons[string(r)] = append(reasons[string(r)], &types.ValidationException{Reason: r})
	}
	for _, r := range types.ServiceQuotaExceededExceptionReason("").Values() {
		reasons[string(r)] = append(reasons[string(r)], &types.ServiceQuotaExceededException{Reason: r})
	}
	for _, r := range types.AccessDeniedExceptionReason("").Values() {
		reasons[string(r)] = append(reasons[string(r)], &types.AccessDeniedException{Reason: r})
	}
	if len(reasons) < 80 {
		t.Fatalf("only %d reasons", len(reasons))
	}
	for word, errs := range reasons {
		want := fault.Permanent
		if strings.HasPrefix(word, "DAILY_") {
			want = fault.Retryable
		}
		for _, err := range errs {
			if f := fault.Explain(err); f.Kind != want || f.Reason == "" || f.Reason == fault.Unknown {
				t.Errorf("%s of %T is %+v, want %s", word, err, f, want)
			}
		}
	}
}

// What no exception names is read by the status of the answer.
func TestAnswersWithoutAnException(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		why    string
		status int
		body   string
		want   fault.Kind
	}{
		{"a fault of AWS without a name", 500, `{}`, fault.Ambiguous},
		{"a page of a gateway", 502, `<html>Bad Gateway</html>`, fault.Ambiguous},
		{"unavailable", 503, `Service Unavailable`, fault.Ambiguous},
		{"a gateway that waited in vain", 504, ``, fault.Ambiguous},
		{"an exception of next year, on AWS's side", 500, exception("MoonException", ""), fault.Ambiguous},
		{"a page of a proxy that lets nobody through", 403, `<html>Forbidden</html>`, fault.Permanent},
		{"an endpoint that is none", 404, `not found`, fault.Permanent},
		{"too fast, by the status alone", 429, `slow down`, fault.Retryable},
		{"too fast, by a name of next year", 429, exception("MoonException", ""), fault.Retryable},
		{"a server that may have read it before it gave up", 408, `timeout`, fault.Ambiguous},
		{"taken, but the answer cannot be read", 200, `<html>`, fault.Ambiguous},
	} {
		if got := fault.Of(answered(t, row.status, row.body)); got != row.want {
			t.Errorf("%s: %d %s is %s, want %s", row.why, row.status, row.body, got, row.want)
		}
	}
}
