package simulator

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// Every kind of member that the SDK's inputs have goes over the wire and back: texts, enums, numbers, truths, times to
// the millisecond, bytes, lists, maps and structs.
func TestWireBothWays(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]any{
		"texts, numbers, maps": &pinpointsmsvoicev2.SendTextMessageInput{
			DestinationPhoneNumber: aws.String("+14255550101"), MessageType: types.MessageTypePromotional,
			TimeToLive: aws.Int32(60), DryRun: true, Context: map[string]string{"a": "1"},
		},
		"times": &pinpointsmsvoicev2.PutProtectConfigurationRuleSetNumberOverrideInput{
			ExpirationTimestamp: aws.Time(time.Date(2026, 11, 20, 12, 0, 0, 123e6, time.UTC)),
		},
		"bytes": &pinpointsmsvoicev2.CreateRegistrationAttachmentInput{AttachmentBody: []byte{0, 0xff, 'a'}},
		"lists and structs": &pinpointsmsvoicev2.CreateEventDestinationInput{
			MatchingEventTypes: []types.EventType{types.EventTypeAll, "RCS_ALL"},
			SnsDestination:     &types.SnsDestination{TopicArn: aws.String("arn:aws:sns:us-east-1:111122223333:a")},
		},
		"lists of structs": &pinpointsmsvoicev2.CreateOptOutListInput{
			Tags: []types.Tag{{Key: aws.String("k"), Value: aws.String("")}},
		},
		"maps of structs": &pinpointsmsvoicev2.UpdateProtectConfigurationCountryRuleSetInput{
			CountryRuleSetUpdates: map[string]types.ProtectConfigurationCountryRuleSetInformation{
				"US": {ProtectStatus: types.ProtectStatusAllow},
			},
		},
	} {
		body, err := json.Marshal(encodeMembers(reflect.ValueOf(in).Elem()))
		if err != nil {
			t.Fatal(err)
		}
		back := reflect.New(reflect.TypeOf(in).Elem())
		if err := decodeMembers(body, back.Elem()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(in, back.Interface(), cmpopts.IgnoreUnexported(
			pinpointsmsvoicev2.SendTextMessageInput{}, pinpointsmsvoicev2.PutProtectConfigurationRuleSetNumberOverrideInput{},
			pinpointsmsvoicev2.CreateRegistrationAttachmentInput{}, pinpointsmsvoicev2.CreateEventDestinationInput{},
			pinpointsmsvoicev2.CreateOptOutListInput{}, pinpointsmsvoicev2.UpdateProtectConfigurationCountryRuleSetInput{},
			types.SnsDestination{}, types.Tag{}, types.ProtectConfigurationCountryRuleSetInformation{},
		)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// What does not fit is an error, wherever it lies.
func TestWireMismatch(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		in   any
		body string
	}{
		"text for a list":       {&pinpointsmsvoicev2.CreateEventDestinationInput{}, `{"MatchingEventTypes":"ALL"}`},
		"list for a text":       {&pinpointsmsvoicev2.CreateEventDestinationInput{}, `{"EventDestinationName":[]}`},
		"text for a struct":     {&pinpointsmsvoicev2.CreateEventDestinationInput{}, `{"SnsDestination":"topic"}`},
		"number for a truth":    {&pinpointsmsvoicev2.SendTextMessageInput{}, `{"DryRun":1}`},
		"truth for a number":    {&pinpointsmsvoicev2.SendTextMessageInput{}, `{"TimeToLive":true}`},
		"number in a map":       {&pinpointsmsvoicev2.SendTextMessageInput{}, `{"Context":{"a":1}}`},
		"number too large":      {&pinpointsmsvoicev2.SendTextMessageInput{}, `{"TimeToLive":3000000000}`},
		"no base64":             {&pinpointsmsvoicev2.CreateRegistrationAttachmentInput{}, `{"AttachmentBody":"%"}`},
		"list for bytes":        {&pinpointsmsvoicev2.CreateRegistrationAttachmentInput{}, `{"AttachmentBody":[1]}`},
		"text for a time":       {&pinpointsmsvoicev2.PutProtectConfigurationRuleSetNumberOverrideInput{}, `{"ExpirationTimestamp":"2026"}`},
		"struct for a time":     {&pinpointsmsvoicev2.PutProtectConfigurationRuleSetNumberOverrideInput{}, `{"ExpirationTimestamp":{}}`},
		"a list as the request": {&pinpointsmsvoicev2.SendTextMessageInput{}, `[]`},
	} {
		if err := decodeMembers([]byte(test.body), reflect.ValueOf(test.in).Elem()); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
