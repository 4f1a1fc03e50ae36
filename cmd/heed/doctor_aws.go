package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	snstypes "github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/heedsms/heed/internal/doctor"
	"github.com/heedsms/heed/internal/vitals"
)

// callerOf asks AWS who calls it.
func callerOf(ctx context.Context, account aws.Config) (vitals.Caller, error) {
	out, err := sts.NewFromConfig(account).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return vitals.Caller{}, err
	}
	return vitals.Caller{Account: aws.ToString(out.Account), ARN: aws.ToString(out.Arn), Region: account.Region}, nil
}

// principalOf is the user or role whose policies count for a caller; "" for the account's root, which has none. The ARN
// of a session leaves out its role's path, so IAM is asked for that.
func principalOf(ctx context.Context, account aws.Config, c vitals.Caller) (string, error) {
	_, resource, _ := strings.Cut(c.ARN, ":"+c.Account+":")
	kind, name, _ := strings.Cut(resource, "/")
	switch kind {
	case "user", "role":
		return c.ARN, nil
	case "root":
		return "", nil
	case "assumed-role":
		role, _, _ := strings.Cut(name, "/")
		out, err := iam.NewFromConfig(account).GetRole(ctx, &iam.GetRoleInput{RoleName: &role})
		if err != nil {
			return "", fmt.Errorf("look up the role of the session: %w", err)
		}
		return aws.ToString(out.Role.Arn), nil
	}
	return "", fmt.Errorf("%s is neither a user nor a role's session", c.ARN)
}

// simulate asks IAM which of some rights a principal lacks.
func simulate(ctx context.Context, account aws.Config, principal string, needs []doctor.Need) ([]vitals.Denial, error) {
	client := iam.NewFromConfig(account)
	var denials []vitals.Denial
	for _, n := range needs {
		in := &iam.SimulatePrincipalPolicyInput{PolicySourceArn: &principal, ActionNames: n.Actions, ResourceArns: n.Resources}
		for key, value := range n.Context {
			in.ContextEntries = append(in.ContextEntries, iamtypes.ContextEntry{
				ContextKeyName: aws.String(key), ContextKeyType: iamtypes.ContextKeyTypeEnumString, ContextKeyValues: []string{value},
			})
		}
		pages := iam.NewSimulatePrincipalPolicyPaginator(client, in)
		for pages.HasMorePages() {
			out, err := pages.NextPage(ctx)
			if err != nil {
				return denials, err
			}
			for _, r := range out.EvaluationResults {
				denials = append(denials, deniedBy(principal, r)...)
			}
		}
	}
	return denials, nil
}

// deniedBy reads one result. Of several resources AWS tells in one or the other of two places.
func deniedBy(principal string, r iamtypes.EvaluationResult) []vitals.Denial {
	action := aws.ToString(r.EvalActionName)
	if len(r.ResourceSpecificResults) == 0 {
		if r.EvalDecision == iamtypes.PolicyEvaluationDecisionTypeAllowed {
			return nil
		}
		return []vitals.Denial{{Principal: principal, Action: action, Resource: cmp.Or(aws.ToString(r.EvalResourceName), "*")}}
	}
	var denials []vitals.Denial
	for _, s := range r.ResourceSpecificResults {
		if s.EvalResourceDecision != iamtypes.PolicyEvaluationDecisionTypeAllowed {
			denials = append(denials, vitals.Denial{Principal: principal, Action: action, Resource: aws.ToString(s.EvalResourceName)})
		}
	}
	return denials
}

// topicOf reads a topic with its subscriptions.
func topicOf(ctx context.Context, account aws.Config, arn string) (vitals.Topic, error) {
	client := sns.NewFromConfig(account)
	t := vitals.Topic{ARN: arn}
	out, err := client.GetTopicAttributes(ctx, &sns.GetTopicAttributesInput{TopicArn: &arn})
	var absent *snstypes.NotFoundException
	if errors.As(err, &absent) {
		return t, nil
	}
	if err != nil {
		return t, err
	}
	t.Exists, t.Policy, t.Key = true, out.Attributes["Policy"], out.Attributes["KmsMasterKeyId"]
	t.FIFO = out.Attributes["FifoTopic"] == "true"
	pages := sns.NewListSubscriptionsByTopicPaginator(client, &sns.ListSubscriptionsByTopicInput{TopicArn: &arn})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return t, err
		}
		for _, s := range page.Subscriptions {
			sub := vitals.Subscription{ARN: aws.ToString(s.SubscriptionArn), Protocol: aws.ToString(s.Protocol), Endpoint: aws.ToString(s.Endpoint)}
			if sub.Protocol == "sqs" && strings.HasPrefix(sub.ARN, "arn:") {
				attributes, err := client.GetSubscriptionAttributes(ctx, &sns.GetSubscriptionAttributesInput{SubscriptionArn: s.SubscriptionArn})
				if err != nil {
					return t, err
				}
				sub.Raw = attributes.Attributes["RawMessageDelivery"] == "true"
			}
			t.Subscriptions = append(t.Subscriptions, sub)
		}
	}
	return t, nil
}

// queueOf reads a queue's settings and how many messages it holds.
func queueOf(ctx context.Context, account aws.Config, url string) (vitals.Queue, error) {
	q := vitals.Queue{URL: url}
	out, err := sqs.NewFromConfig(account).GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{
		QueueUrl: &url, AttributeNames: []sqstypes.QueueAttributeName{sqstypes.QueueAttributeNameAll},
	})
	var absent *sqstypes.QueueDoesNotExist
	if errors.As(err, &absent) {
		return q, nil
	}
	if err != nil {
		return q, err
	}
	number := func(name sqstypes.QueueAttributeName) int64 {
		n, _ := strconv.ParseInt(out.Attributes[string(name)], 10, 64) // SQS writes them; an absent one is 0
		return n
	}
	q.Exists, q.Redriven = true, out.Attributes[string(sqstypes.QueueAttributeNameRedrivePolicy)] != ""
	q.Waiting, q.UnderWay = number(sqstypes.QueueAttributeNameApproximateNumberOfMessages), number(sqstypes.QueueAttributeNameApproximateNumberOfMessagesNotVisible)
	q.Visibility = time.Duration(number(sqstypes.QueueAttributeNameVisibilityTimeout)) * time.Second
	return q, nil
}

func sortedKeys[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }
