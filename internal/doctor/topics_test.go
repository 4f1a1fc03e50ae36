package doctor_test

import (
	"testing"

	"github.com/heedsms/heed/internal/doctor"
	"github.com/heedsms/heed/internal/plan"
	"github.com/heedsms/heed/internal/program"
	"github.com/heedsms/heed/internal/stack"
	"github.com/heedsms/heed/internal/vitals"
)

// Policies as people and tools write them, and whether AWS's SMS service may publish with them: the code of the finding.
func TestTopicPolicies(t *testing.T) {
	t.Parallel()
	const topic = "arn:aws:sns:us-east-1:111122223333:texts"
	allow := func(principal, more string) string {
		return `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": ` + principal + `, "Action": "sns:Publish", "Resource": "` + topic + `"` + more + `}]}`
	}
	const service = `{"Service": "sms-voice.amazonaws.com"}`
	ours := `, "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}`
	for _, c := range []struct{ sentence, policy, want string }{
		{"for this account", allow(service, ours), ""},
		{"keys of conditions have no case", allow(service, `, "Condition": {"StringEquals": {"AWS:SourceAccount": ["444455556666", "111122223333"]}}`), ""},
		{"by the ARN of what publishes", allow(service, `, "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:sms-voice:us-east-1:111122223333:*"}}`), ""},
		{"among other services", allow(`{"Service": ["events.amazonaws.com", "sms-voice.amazonaws.com"]}`, ours), ""},
		{"any action of any topic", `{"Statement": {"Effect": "Allow", "Principal": "*", "Action": ["SNS:*"], "Resource": ["arn:aws:sns:*:111122223333:*"]` + ours + `}}`, ""},
		{"for whichever account", allow(service, ""), "topic_open"},
		{"one statement is for this account, another for all", `{"Statement": [{"Effect": "Allow", "Principal": ` + service + `, "Action": "sns:Publish", "Resource": "*"` + ours +
			`}, {"Effect": "Allow", "Principal": ` + service + `, "Action": "sns:Publish", "Resource": "*"}]}`, "topic_open"},
		{"for another account", allow(service, `, "Condition": {"StringEquals": {"aws:SourceAccount": "444455556666"}}`), "topic_refuses"},
		{"for another account's numbers", allow(service, `, "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:sms-voice:us-east-1:444455556666:*"}}`), "topic_refuses"},
		{"another service", allow(`{"Service": "events.amazonaws.com"}`, ours), "topic_refuses"},
		{"another topic", `{"Statement": [{"Effect": "Allow", "Principal": ` + service + `, "Action": "sns:Publish", "Resource": "arn:aws:sns:us-east-1:111122223333:other"}]}`, "topic_refuses"},
		{"another action", `{"Statement": [{"Effect": "Allow", "Principal": ` + service + `, "Action": "sns:Subscribe", "Resource": "*"}]}`, "topic_refuses"},
		{"the policy that SNS makes by itself", allow(`{"AWS": "*"}`, `, "Condition": {"StringEquals": {"AWS:SourceOwner": "111122223333"}}`), "topic_refuses"},
		{"allowed and denied", `{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}, {"Effect": "Deny", "Principal": "*", "Action": "sns:Publish", "Resource": "*"}]}`, "topic_refuses"},
		{"denied without TLS, which AWS uses", `{"Statement": [{"Effect": "Allow", "Principal": ` + service + `, "Action": "sns:Publish", "Resource": "*"` + ours +
			`}, {"Effect": "Deny", "Principal": "*", "Action": "sns:Publish", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}`, ""},
		{"none", "", "topic_refuses"},
		{"no JSON", "policy", "topic_refuses"},
	} {
		way := doctor.Way{
			What: "texts", Account: "111122223333", Queue: "https://sqs.us-east-1.amazonaws.com/111122223333/q",
			Topic: vitals.Topic{ARN: topic, Exists: true, Policy: c.policy, Subscriptions: []vitals.Subscription{{Protocol: "sqs", Endpoint: "arn:aws:sqs:us-east-1:111122223333:q"}}},
		}
		if got := codes(doctor.Topic(way, doctor.Names{})); got != c.want {
			t.Errorf("%s: %q, want %q", c.sentence, got, c.want)
		}
		way.ByRole = true
		if got := codes(doctor.Topic(way, doctor.Names{})); got != "" {
			t.Errorf("%s, and AWS publishes with a role: %q", c.sentence, got)
		}
	}
}

// A topic that every number of the programs publishes to with a role needs no policy; one number without is enough.
func TestByRole(t *testing.T) {
	t.Parallel()
	rules, _ := program.Parse("heed.yaml", []byte("version: 1\nprograms: {a: {brand: A, identities: [\"+12065550100\", \"+12065550101\"]}}\n"))
	w := doctor.Setup{Rules: rules, Stack: &stack.Stack{InboundTopic: "arn:t"}}
	of := func(roles ...string) *plan.Found {
		found := &plan.Found{}
		for i, role := range roles {
			found.Identities = append(found.Identities, plan.Identity{
				Kind: plan.Number, Number: rules.Programs[0].Identities[i], Inbound: plan.Inbound{TwoWay: true, Channel: "arn:t", ChannelRole: role},
			})
		}
		return found
	}
	for want, found := range map[bool][]*plan.Found{true: {of("arn:r", "arn:r")}, false: {of(), of("arn:r", ""), of("", "")}} {
		for _, f := range found {
			if doctor.ByRole(f, w) != want {
				t.Errorf("%+v, want %t", f, want)
			}
		}
	}
}
