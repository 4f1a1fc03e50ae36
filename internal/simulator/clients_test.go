package simulator_test

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/heedsms/heed/internal/simulator"
)

// tool runs one of AWS's own clients against the double and returns what it wrote.
func tool(t *testing.T, d double, stdin, name string, args ...string) (output string, failed bool) {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		absent(t, name)
	}
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Stdin = strings.NewReader(stdin)
	cmd.Env = append(os.Environ(), "AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2="+d.url, "AWS_REGION=us-east-1",
		"AWS_DEFAULT_REGION=us-east-1", "AWS_ACCESS_KEY_ID=dev", "AWS_SECRET_ACCESS_KEY=dev", "AWS_MAX_ATTEMPTS=1",
		"AWS_EC2_METADATA_DISABLED=true", "AWS_PAGER=", "AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null")
	out, err := cmd.CombinedOutput()
	return strings.TrimSpace(string(out)), err != nil
}

// absent skips at home and fails where everything must run.
func absent(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is absent", what)
	}
	t.Skipf("%s is absent", what)
}

// The aws CLI: an answer, a refusal with its reason, and a list.
func TestAWSCLI(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	cli := func(args ...string) string {
		t.Helper()
		out, _ := tool(t, d, "", "aws", append([]string{"pinpoint-sms-voice-v2", "--output", "text"}, args...)...)
		return out
	}
	if out := cli("send-text-message", "--destination-phone-number", person, "--origination-identity", ourNumber,
		"--message-body", "hello", "--context", "outbox=42"); len(d.Sent()) != 1 || out != d.Sent()[0].ID {
		t.Errorf("send: %s", out)
	}
	_, err := d.Text(t.Context(), person, ourNumber, "STOP")
	must(t, err)
	if out := cli("send-text-message", "--destination-phone-number", person, "--origination-identity", ourNumber,
		"--message-body", "hello"); !strings.Contains(out, "(ConflictException)") || !strings.Contains(out, "The destination phone number is opted out") {
		t.Errorf("refused send: %s", out)
	}
	out := cli("describe-opted-out-numbers", "--opt-out-list-name", "Default", "--query",
		"OptedOutNumbers[].[OptedOutNumber,EndUserOptedOut]")
	if diff := cmp.Diff(person+"\tTrue", out); diff != "" {
		t.Error(diff)
	}
}

// botoScript sees typed errors with their members, times and pages as boto3 gives them.
const botoScript = `
import boto3, botocore
c = boto3.client("pinpoint-sms-voice-v2", config=botocore.config.Config(parameter_validation=False))
number = c.describe_phone_numbers()["PhoneNumbers"][0]["PhoneNumberId"]
print(c.put_keyword(OriginationIdentity=number, Keyword="join", KeywordMessage="Welcome")["KeywordAction"])
print(c.put_opted_out_number(OptOutListName="Default", OptedOutNumber="+14255550101")["OptedOutTimestamp"].isoformat()[:10])
pages = c.get_paginator("describe_keywords").paginate(OriginationIdentity=number, PaginationConfig={"PageSize": 1})
print([k["Keyword"] for p in pages for k in p["Keywords"]])
try:
    c.send_text_message(DestinationPhoneNumber="+14255550101", MessageBody="hello")
except c.exceptions.ConflictException as e:
    print(e.response["Reason"], e.response["ResourceType"], e.response["ResourceId"])
try:
    c.delete_keyword(OriginationIdentity=number)
except c.exceptions.ValidationException as e:
    print(e.response["Reason"], e.response["Fields"][0]["Name"])
c.create_configuration_set(ConfigurationSetName="alerts")
print(c.create_event_destination(ConfigurationSetName="alerts", EventDestinationName="d", MatchingEventTypes=["ALL"],
    SnsDestination={"TopicArn": "arn:aws:sns:us-east-1:111122223333:sms-events"})["EventDestination"]["Enabled"])
try:
    c.list_pool_origination_identities(PoolId="pool-1")
except c.exceptions.ResourceNotFoundException as e:
    print(e.response["ResourceId"], e.response["ResponseMetadata"]["HTTPStatusCode"])
`

// boto3 talks to the double as it does to AWS.
func TestBoto3(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	if out, failed := tool(t, d, "import boto3", "python3", "-"); failed {
		absent(t, "boto3: "+out)
	}
	out, _ := tool(t, d, botoScript, "python3", "-W", "ignore", "-")
	want := fmt.Sprintf(`AUTOMATIC_RESPONSE
2026-11-20
['HELP', 'JOIN', 'STOP']
DESTINATION_PHONE_NUMBER_OPTED_OUT opted-out-number %s
MISSING_PARAMETER Keyword
True
pool-1 400`, person)
	if diff := cmp.Diff(want, out); diff != "" {
		t.Error(diff)
	}
}
