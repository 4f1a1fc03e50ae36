package neighbours_test

import (
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/heedsms/heed/internal/neighbours"
)

// account serves an account and gives the SDK's settings for it.
func account(t *testing.T) (*neighbours.AWS, aws.Config) {
	t.Helper()
	a := neighbours.New(neighbours.Options{})
	server := httptest.NewServer(a)
	t.Cleanup(server.Close)
	return a, aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String(server.URL), Credentials: credentials.NewStaticCredentialsProvider("k", "s", ""),
	}
}

// The SDK reads a stack's outputs, and hears of one that is not there.
func TestStack(t *testing.T) {
	t.Parallel()
	a, cfg := account(t)
	a.SetStack("heed", map[string]string{"InboundTopicArn": "arn:x", "Other": "y"})
	client := cloudformation.NewFromConfig(cfg)
	out, err := client.DescribeStacks(t.Context(), &cloudformation.DescribeStacksInput{StackName: aws.String("heed")})
	if err != nil || len(out.Stacks) != 1 || len(out.Stacks[0].Outputs) != 2 || *out.Stacks[0].Outputs[0].OutputValue != "arn:x" {
		t.Fatalf("%+v %v", out, err)
	}
	if _, err := client.DescribeStacks(t.Context(), &cloudformation.DescribeStacksInput{StackName: aws.String("none")}); err == nil {
		t.Error("a stack that is not there was described")
	}
}

// A message that is received is hidden, and is gone once it is deleted.
func TestQueue(t *testing.T) {
	t.Parallel()
	a, cfg := account(t)
	url := aws.String(a.AddQueue("dead", nil))
	a.Send(*url, "one", "two", "three")
	client := sqs.NewFromConfig(cfg)
	receive := func() []sqstypes.Message {
		out, err := client.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: url, MaxNumberOfMessages: 2})
		if err != nil {
			t.Fatal(err)
		}
		return out.Messages
	}
	first, second, third := receive(), receive(), receive()
	if len(first) != 2 || len(second) != 1 || len(third) != 0 {
		t.Fatal(len(first), len(second), len(third))
	}
	if _, err := client.DeleteMessage(t.Context(), &sqs.DeleteMessageInput{QueueUrl: url, ReceiptHandle: first[0].ReceiptHandle}); err != nil {
		t.Fatal(err)
	}
	if left := a.Bodies(*url); len(left) != 2 || left[0] != "two" {
		t.Errorf("left are %v", left)
	}
	attributes, err := client.GetQueueAttributes(t.Context(), &sqs.GetQueueAttributesInput{QueueUrl: url, AttributeNames: []sqstypes.QueueAttributeName{"All"}})
	if err != nil || attributes.Attributes["ApproximateNumberOfMessages"] != "0" || attributes.Attributes["ApproximateNumberOfMessagesNotVisible"] != "2" {
		t.Errorf("%v %v", attributes, err)
	}
}
