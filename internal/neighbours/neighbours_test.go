package neighbours_test

import (
	"io"
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/s3"
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
	if _, err := client.ChangeMessageVisibilityBatch(t.Context(), &sqs.ChangeMessageVisibilityBatchInput{QueueUrl: url, Entries: []sqstypes.ChangeMessageVisibilityBatchRequestEntry{
		{Id: aws.String("0"), ReceiptHandle: first[1].ReceiptHandle, VisibilityTimeout: 0},
	}}); err != nil {
		t.Fatal(err)
	}
	if again := receive(); len(again) != 1 || *again[0].Body != "two" {
		t.Errorf("shown again are %v", again)
	}
	attributes, err := client.GetQueueAttributes(t.Context(), &sqs.GetQueueAttributesInput{QueueUrl: url, AttributeNames: []sqstypes.QueueAttributeName{"All"}})
	if err != nil || attributes.Attributes["ApproximateNumberOfMessages"] != "0" || attributes.Attributes["ApproximateNumberOfMessagesNotVisible"] != "2" {
		t.Errorf("%v %v", attributes, err)
	}
}

// The SDK lists a bucket page by page from behind a key, and reads objects whose keys need escaping.
func TestBucket(t *testing.T) {
	t.Parallel()
	a, cfg := account(t)
	for _, key := range []string{"in/a", "in/b c+d#e", "in/c", "out/a"} {
		a.PutObject("archive", key, []byte("of "+key))
	}
	client := s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle, o.DisableLogOutputChecksumValidationSkipped = true, true })
	var keys []string
	pages := s3.NewListObjectsV2Paginator(client, &s3.ListObjectsV2Input{Bucket: aws.String("archive"), Prefix: aws.String("in/"), MaxKeys: aws.Int32(1), StartAfter: aws.String("in/a")})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range page.Contents {
			keys = append(keys, *o.Key)
		}
	}
	if len(keys) != 2 || keys[0] != "in/b c+d#e" || keys[1] != "in/c" {
		t.Errorf("listed are %q", keys)
	}
	out, err := client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("archive"), Key: aws.String("in/b c+d#e")})
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(out.Body); err != nil || string(body) != "of in/b c+d#e" {
		t.Errorf("%q %v", body, err)
	}
	for bucket, key := range map[string]string{"archive": "none", "none": "in/a"} {
		if _, err := client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: &bucket, Key: &key}); err == nil {
			t.Errorf("%s/%s was read", bucket, key)
		}
	}
}
