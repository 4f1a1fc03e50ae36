package deployment

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"

	"github.com/heedsms/heed/internal/stack"
	heedsql "github.com/heedsms/heed/sql"
)

// source is a queue that feeds a function.
type source struct {
	name, queue, function string
	properties            object
}

func sources(t *testing.T, template object) []source {
	t.Helper()
	var all []source
	for name, f := range functions(t, template) {
		for event, e := range fields(f["Events"]) {
			if at(e, "Type") == "SQS" {
				p := fields(at(e, "Properties"))
				all = append(all, source{name + " " + event, owner(p["Queue"]), name, p})
			}
		}
	}
	for name, p := range of(template, "AWS::Lambda::EventSourceMapping") {
		all = append(all, source{name, owner(p["EventSourceArn"]), word(at(p["FunctionName"], "!Ref")), p})
	}
	if len(all) != 2 {
		t.Fatalf("%d queues feed functions", len(all))
	}
	return all
}

// owner is the resource of an attribute.
func owner(v any) string {
	name, _, _ := strings.Cut(word(at(v, "!GetAtt")), ".")
	return name
}

func number(t *testing.T, v any) int {
	t.Helper()
	n, err := strconv.Atoi(word(v))
	if err != nil {
		t.Fatalf("%v is no number", v)
	}
	return n
}

// What a function could not keep goes back alone, waits longer than six tries take, and ends in a queue for the dead
// that keeps it as long as AWS allows.
func TestQueues(t *testing.T) {
	t.Parallel()
	tpl := template(t)
	queues := of(tpl, "AWS::SQS::Queue")
	for _, s := range sources(t, tpl) {
		if !slices.Equal(words(s.properties["FunctionResponseTypes"]), []string{"ReportBatchItemFailures"}) {
			t.Errorf("%s: the whole batch comes back for one record", s.name)
		}
		queue := queues[s.queue]
		window := 0
		if w := s.properties["MaximumBatchingWindowInSeconds"]; w != nil {
			window = number(t, w)
		}
		timeout := number(t, functions(t, tpl)[s.function]["Timeout"])
		if visible := number(t, queue["VisibilityTimeout"]); visible < 6*timeout+window {
			t.Errorf("%s: seen again after %d s; the function has %d s and the window %d s", s.queue, visible, timeout, window)
		}
		dead := owner(at(queue, "RedrivePolicy", "deadLetterTargetArn"))
		if queues[dead] == nil || word(at(queues[dead], "MessageRetentionPeriod")) != "1209600" {
			t.Errorf("%s: no queue for its dead letters that keeps them for 14 days", s.queue)
		}
		if at(s.properties, "ScalingConfig", "MaximumConcurrency", "!Ref") == nil {
			t.Errorf("%s: nothing bounds how many connections a flood opens", s.name)
		}
		if number(t, at(queue, "RedrivePolicy", "maxReceiveCount")) < 5 {
			t.Errorf("%s: an outage of minutes makes dead letters", s.queue)
		}
	}
	for name := range queues {
		if at(tpl, "Resources", name, "DeletionPolicy") != "RetainExceptOnCreate" || at(tpl, "Resources", name, "UpdateReplacePolicy") != "Retain" {
			t.Errorf("%s goes with the stack, and people's words with it", name)
		}
	}
}

// A topic's message arrives in its envelope, whose time orders a STOP and a START, and what the queue refuses is kept
// where the queue's own dead letters lie.
func TestSubscriptions(t *testing.T) {
	t.Parallel()
	tpl := template(t)
	let := map[[2]string]bool{} // topic and queue
	for _, p := range of(tpl, "AWS::SQS::QueuePolicy") {
		walk(p, func(m object) {
			if m["Effect"] == "Allow" {
				let[[2]string{word(at(m, "Condition", "ArnEquals", "aws:SourceArn", "!Ref")), owner(m["Resource"])}] = true
			}
		})
	}
	found := 0
	for name, s := range of(tpl, "AWS::SNS::Subscription") {
		if s["Protocol"] != "sqs" {
			continue
		}
		found++
		topic, queue, dead := word(at(s["TopicArn"], "!Ref")), owner(s["Endpoint"]), owner(at(s, "RedrivePolicy", "deadLetterTargetArn"))
		if s["RawMessageDelivery"] != "false" {
			t.Errorf("%s leaves the time out", name)
		}
		if dead == "" || dead != owner(at(of(tpl, "AWS::SQS::Queue")[queue], "RedrivePolicy", "deadLetterTargetArn")) {
			t.Errorf("%s: what %s refuses ends in %q", name, queue, dead)
		}
		if !let[[2]string{topic, queue}] || !let[[2]string{topic, dead}] {
			t.Errorf("%s: %s may not send into %s or %s", name, topic, queue, dead)
		}
	}
	if found != 2 {
		t.Errorf("%d subscriptions", found)
	}
}

// What a deletion of the stack must not take with it: who has opted out, what applications send with, the archive.
func TestKept(t *testing.T) {
	t.Parallel()
	resources := fields(template(t)["Resources"])
	for _, name := range []string{"OptOutList", "ConfigurationSet", "ArchiveBucket"} {
		if at(resources[name], "DeletionPolicy") != "RetainExceptOnCreate" || at(resources[name], "UpdateReplacePolicy") != "Retain" {
			t.Errorf("%s goes with the stack", name)
		}
	}
}

// In a Region that does not know these types they can be taken out of the file: nothing refers to them.
func TestRegionsWithoutTheTypes(t *testing.T) {
	t.Parallel()
	tpl := template(t)
	for _, name := range []string{"ConfigurationSet", "OptOutList"} {
		if slices.Contains(referred(tpl), name) || strings.Contains(text(t, "template.yaml"), "${"+name+"}") {
			t.Errorf("something refers to %s", name)
		}
	}
}

// Event destinations name types that there are.
func TestEventTypes(t *testing.T) {
	t.Parallel()
	known := append(types.EventType("").Values(), "RCS_ALL", "RCS_QUEUED", "RCS_SENT", "RCS_DELIVERED", "RCS_READ", "RCS_FAILED",
		"RCS_TTL_EXPIRED", "RCS_PROTECT_BLOCKED", "RCS_FALLEN_BACK_TO_SMS") // later than the SDK
	found := 0
	walk(template(t), func(m object) {
		for _, name := range words(m["MatchingEventTypes"]) {
			if found++; !slices.Contains(known, types.EventType(name)) {
				t.Errorf("no event type %s", name)
			}
		}
	})
	if found < 2 {
		t.Errorf("%d event types", found)
	}
}

// The stack tells what the command line reads.
func TestOutputs(t *testing.T) {
	t.Parallel()
	outputs := fields(template(t)["Outputs"])
	for _, name := range append(stack.Outputs(), "NextStep", "ReportsUrl") {
		if outputs[name] == nil {
			t.Errorf("no output %s", name)
		}
	}
	for name, o := range outputs {
		if word(at(o, "Description")) == "" || strings.Contains(name, "_") {
			t.Errorf("output %s has no description", name)
		}
	}
}

// The custom resource asks for the newest schema, and every function that uses the database waits for it.
func TestSchema(t *testing.T) {
	t.Parallel()
	tpl := template(t)
	newest, err := heedsql.Newest()
	if err != nil {
		t.Fatal(err)
	}
	if got := word(at(tpl, "Resources", "Schema", "Properties", "SchemaVersion")); got != strconv.FormatInt(newest, 10) {
		t.Errorf("template.yaml asks for schema %s, the newest migration is %d", got, newest)
	}
	for name, f := range functions(t, tpl) {
		waits := slices.Contains(referred(f["Tags"]), "Schema")
		if waits == (name == "MigrateFunction") {
			t.Errorf("%s waits for the schema: %t", name, waits)
		}
	}
	timeout := number(t, functions(t, tpl)["MigrateFunction"]["Timeout"])
	if patience := number(t, at(tpl, "Resources", "Schema", "Properties", "ServiceTimeout")); patience <= timeout {
		t.Errorf("CloudFormation gives up after %d s, the function has %d s", patience, timeout)
	}
}

// A password or a token is in no setting, and no parameter takes one.
func TestNoSecrets(t *testing.T) {
	t.Parallel()
	tpl := template(t)
	for name, p := range fields(tpl["Parameters"]) {
		if strings.Contains(strings.ToLower(name), "password") || (strings.Contains(name, "Token") && at(p, "NoEcho") != "true") {
			t.Errorf("parameter %s", name)
		}
	}
	walk(tpl, func(m object) {
		for name := range fields(m["Variables"]) {
			if strings.Contains(name, "PASSWORD") || name == "DATABASE_URL" {
				t.Errorf("setting %s", name)
			}
		}
		for _, v := range m {
			if strings.Contains(word(v), "{{resolve:secretsmanager") {
				t.Errorf("%v puts a secret where describe calls show it", v)
			}
		}
	})
}
