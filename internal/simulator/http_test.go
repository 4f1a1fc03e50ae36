package simulator_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/heedsms/heed/internal/simulator"
)

func post(t *testing.T, h http.Handler, operation, body string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(body))
	r.Header.Set("X-Amz-Target", "PinpointSMSVoiceV2."+operation)
	r.Header.Set("Content-Type", "application/x-amz-json-1.0")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// Answers and errors as bytes on the wire.
func TestWire(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, operation, body string
		status                int
		errorType, want       string
	}{
		// A time is a number of seconds; what is absent is left out.
		{
			"answer", "CreateOptOutList", `{"OptOutListName":"a"}`, 200, "",
			`{"CreatedTimestamp":1795176000.000,"OptOutListArn":"arn:aws:sms-voice:us-east-1:111122223333:opt-out-list/a","OptOutListName":"a"}`,
		},
		// A false answer is said, not left out; members nobody knows and nulls are ignored.
		{
			"false", "PutOptedOutNumber", `{"OptOutListName":"Default","OptedOutNumber":"+14255550101","New":{"a":[1]},"Tags":null}`, 200, "",
			`{"EndUserOptedOut":false,"OptOutListArn":"arn:aws:sms-voice:us-east-1:111122223333:opt-out-list/Default",` +
				`"OptOutListName":"Default","OptedOutNumber":"+14255550101","OptedOutTimestamp":1795176000.000}`,
		},
		// An error has its type in the body and in a header, and its members.
		{
			"conflict", "CreateOptOutList", `{"OptOutListName":"Default"}`, 400, "ConflictException",
			`{"Message":"An opt-out list of this name exists","Reason":"RESOURCE_ALREADY_EXISTS","ResourceId":"Default",` +
				`"ResourceType":"opt-out-list","__type":"ConflictException"}`,
		},
		{
			"validation", "CreateOptOutList", ``, 400, "ValidationException",
			`{"Fields":[{"Message":"is required","Name":"OptOutListName"}],"Message":"1 validation error detected: ` +
				`OptOutListName is required","Reason":"MISSING_PARAMETER","__type":"ValidationException"}`,
		},
		{
			"unknown operation", "SendPigeon", `{}`, 400, "UnknownOperationException",
			`{"Message":"The operation \"SendPigeon\" is not known","__type":"UnknownOperationException"}`,
		},
		{
			"not an operation", "Handler", `{}`, 400, "UnknownOperationException",
			`{"Message":"The operation \"Handler\" is not known","__type":"UnknownOperationException"}`,
		},
		{
			"malformed", "CreateOptOutList", `{"OptOutListName":`, 400, "SerializationException",
			`{"Message":"reading the request as a JSON object: unexpected EOF","__type":"SerializationException"}`,
		},
		{
			"two values", "CreateOptOutList", `{} {}`, 400, "SerializationException",
			`{"Message":"reading the request: more than one JSON value","__type":"SerializationException"}`,
		},
		{
			"wrong type", "CreateOptOutList", `{"OptOutListName":7}`, 400, "SerializationException",
			`{"Message":"OptOutListName: json.Number does not fit a member of type string","__type":"SerializationException"}`,
		},
		{
			"wrong type in a list", "DescribeOptOutLists", `{"OptOutListNames":[true]}`, 400, "SerializationException",
			`{"Message":"OptOutListNames: bool does not fit a member of type string","__type":"SerializationException"}`,
		},
		{
			"fraction", "DescribeOptOutLists", `{"MaxResults":1.5}`, 400, "SerializationException",
			`{"Message":"MaxResults: reading a number: strconv.ParseInt: parsing \"1.5\": invalid syntax","__type":"SerializationException"}`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := post(t, start(t, simulator.Options{}).Handler(), test.operation, test.body)
			if w.Code != test.status || w.Header().Get("X-Amzn-ErrorType") != test.errorType ||
				w.Header().Get("Content-Type") != "application/x-amz-json-1.0" || w.Header().Get("X-Amzn-RequestId") == "" {
				t.Errorf("status %d, headers %v", w.Code, w.Header())
			}
			if diff := cmp.Diff(test.want, strings.TrimSpace(w.Body.String())); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Anything but a POST to / is not the API.
func TestOnlyPost(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	start(t, simulator.Options{}).Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
	if w.Code != http.StatusNotFound {
		t.Error(w.Code)
	}
}

// Every operation refuses a request that lacks a required member, and names it.
func TestRequiredMembers(t *testing.T) {
	t.Parallel()
	model, err := os.ReadFile("model.tsv")
	must(t, err)
	required := map[string]map[string]bool{}
	for line := range strings.Lines(string(model)) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		if operation, member, ok := strings.Cut(f[0], "Input."); ok && len(f) > 1 && f[1] == "required" {
			if required[operation] == nil {
				required[operation] = map[string]bool{}
			}
			required[operation][member] = true
		}
	}
	d := start(t, simulator.Options{})
	if len(d.Operations()) < 28 {
		t.Errorf("%d operations", len(d.Operations()))
	}
	for _, operation := range d.Operations() {
		w := post(t, d.Handler(), operation, `{}`)
		if len(required[operation]) == 0 {
			// An attachment comes in one of two ways, and the model requires neither.
			if strings.Contains(w.Body.String(), "ValidationException") && operation != "CreateRegistrationAttachment" {
				t.Errorf("%s: %s", operation, w.Body)
			}
			continue
		}
		var answer struct {
			Reason string
			Fields []struct{ Name string }
		}
		must(t, json.Unmarshal(w.Body.Bytes(), &answer))
		if answer.Reason != "MISSING_PARAMETER" || len(answer.Fields) != 1 || !required[operation][answer.Fields[0].Name] {
			t.Errorf("%s: %s", operation, w.Body)
		}
	}
}
