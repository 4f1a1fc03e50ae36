package neighbours_test

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	snstypes "github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
)

// The SDK learns who calls, and that credentials are not valid.
func TestCaller(t *testing.T) {
	t.Parallel()
	a, cfg := account(t)
	client := sts.NewFromConfig(cfg)
	out, err := client.GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
	if err != nil || *out.Account != "111122223333" || *out.Arn != "arn:aws:iam::111122223333:user/operator" {
		t.Errorf("%+v %v", out, err)
	}
	a.RefuseCredentials()
	var refused smithy.APIError
	if _, err := client.GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{}); !errors.As(err, &refused) || refused.ErrorCode() != "InvalidClientTokenId" {
		t.Errorf("with credentials that are not valid: %v", err)
	}
}

// A right that was taken is denied in a simulation, and who has no right to simulate hears so.
func TestSimulate(t *testing.T) {
	t.Parallel()
	a, cfg := account(t)
	const role = "arn:aws:iam::111122223333:role/path/worker"
	a.AddRole(role)
	a.Deny(role, "sms-voice:SendTextMessage")
	client := iam.NewFromConfig(cfg)
	named, err := client.GetRole(t.Context(), &iam.GetRoleInput{RoleName: aws.String("worker")})
	if err != nil || *named.Role.Arn != role {
		t.Fatalf("%+v %v", named, err)
	}
	ask := &iam.SimulatePrincipalPolicyInput{
		PolicySourceArn: aws.String(role), ActionNames: []string{"sms-voice:SendTextMessage", "sms-voice:PutMessageFeedback"}, ResourceArns: []string{"arn:a", "arn:b"},
	}
	out, err := client.SimulatePrincipalPolicy(t.Context(), ask)
	if err != nil || len(out.EvaluationResults) != 4 || out.EvaluationResults[0].EvalDecision != types.PolicyEvaluationDecisionTypeImplicitDeny ||
		out.EvaluationResults[1].EvalDecision != types.PolicyEvaluationDecisionTypeAllowed || *out.EvaluationResults[3].EvalResourceName != "arn:b" {
		t.Errorf("%+v %v", out, err)
	}
	a.Deny("arn:aws:iam::111122223333:user/operator", "iam:SimulatePrincipalPolicy")
	var refused smithy.APIError
	if _, err := client.SimulatePrincipalPolicy(t.Context(), ask); !errors.As(err, &refused) || refused.ErrorCode() != "AccessDenied" {
		t.Errorf("without the right: %v", err)
	}
}

// A topic has its attributes and its subscriptions, each with the form in which it gets messages.
func TestTopic(t *testing.T) {
	t.Parallel()
	a, cfg := account(t)
	arn := a.AddTopic("texts", map[string]string{"Policy": `{"Statement": []}`})
	a.Subscribe(arn, "sqs", "arn:aws:sqs:us-east-1:111122223333:texts", true)
	client := sns.NewFromConfig(cfg)
	got, err := client.GetTopicAttributes(t.Context(), &sns.GetTopicAttributesInput{TopicArn: &arn})
	if err != nil || got.Attributes["Policy"] != `{"Statement": []}` || got.Attributes["TopicArn"] != arn {
		t.Errorf("%+v %v", got, err)
	}
	listed, err := client.ListSubscriptionsByTopic(t.Context(), &sns.ListSubscriptionsByTopicInput{TopicArn: &arn})
	if err != nil || len(listed.Subscriptions) != 1 || *listed.Subscriptions[0].Protocol != "sqs" {
		t.Fatalf("%+v %v", listed, err)
	}
	one, err := client.GetSubscriptionAttributes(t.Context(), &sns.GetSubscriptionAttributesInput{SubscriptionArn: listed.Subscriptions[0].SubscriptionArn})
	if err != nil || one.Attributes["RawMessageDelivery"] != "true" {
		t.Errorf("%+v %v", one, err)
	}
	var absent *snstypes.NotFoundException
	if _, err := client.GetTopicAttributes(t.Context(), &sns.GetTopicAttributesInput{TopicArn: aws.String(arn + "x")}); !errors.As(err, &absent) {
		t.Errorf("a topic that is not there: %v", err)
	}
}
