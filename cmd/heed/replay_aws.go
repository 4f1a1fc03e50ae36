package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"

	replays "github.com/heedsms/heed/internal/replay"
)

// letters replays dead-letter queues, one after the other.
func (r *replayRun) letters(ctx context.Context) error {
	account, err := awsAccount(ctx)
	if err != nil {
		return err
	}
	queues := r.Queue
	if len(queues) == 0 {
		s, err := r.stackFlags.read(ctx, account)
		if err != nil {
			return err
		}
		if r.DLQ != "events" {
			queues = append(queues, s.InboundDeadLetters)
		}
		if r.DLQ != "inbound" && s.EventsDeadLetters != "" {
			queues = append(queues, s.EventsDeadLetters)
		}
		if len(queues) == 0 {
			return wrongUse("--dlq events: the stack has no queue of events")
		}
	}
	r.replay.Objects = bucketOf{s3Of(account)}
	client := sqs.NewFromConfig(account)
	for _, url := range queues {
		if r.Limit > 0 && r.sum.Inputs >= r.Limit {
			break
		}
		source := &replays.Letters{Queue: dlq{client, url}, Name: url, Rate: r.Rate}
		err := r.replay.Run(ctx, source, &r.sum)
		// What stays is shown again, whatever happened: the next run, or somebody else, finds it at once.
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
		err = errors.Join(err, source.Close(closing))
		cancel()
		if err != nil {
			return err
		}
	}
	return nil
}

// dlq is a queue of SQS as a replay needs it.
type dlq struct {
	client *sqs.Client
	url    string
}

// Receive asks all servers of the queue (a long poll), so that none means none.
func (q dlq) Receive(ctx context.Context, hidden time.Duration) ([]replays.Letter, error) {
	out, err := q.client.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
		QueueUrl: &q.url, MaxNumberOfMessages: 10, WaitTimeSeconds: 3, VisibilityTimeout: int32(hidden / time.Second),
		MessageSystemAttributeNames: []sqstypes.MessageSystemAttributeName{sqstypes.MessageSystemAttributeNameSentTimestamp},
	})
	if err != nil {
		return nil, err
	}
	letters := make([]replays.Letter, len(out.Messages))
	for i, m := range out.Messages {
		sent, _ := strconv.ParseInt(m.Attributes[string(sqstypes.MessageSystemAttributeNameSentTimestamp)], 10, 64)
		letters[i] = replays.Letter{ID: aws.ToString(m.MessageId), Receipt: aws.ToString(m.ReceiptHandle), Body: aws.ToString(m.Body), Sent: time.UnixMilli(sent)}
	}
	return letters, nil
}

// Delete removes letters.
func (q dlq) Delete(ctx context.Context, letters []replays.Letter) error {
	entries := make([]sqstypes.DeleteMessageBatchRequestEntry, len(letters))
	for i, l := range letters {
		entries[i] = sqstypes.DeleteMessageBatchRequestEntry{Id: aws.String(strconv.Itoa(i)), ReceiptHandle: aws.String(l.Receipt)}
	}
	out, err := q.client.DeleteMessageBatch(ctx, &sqs.DeleteMessageBatchInput{QueueUrl: &q.url, Entries: entries})
	if err == nil && len(out.Failed) > 0 {
		err = fmt.Errorf("%d were not deleted: %s", len(out.Failed), aws.ToString(out.Failed[0].Code))
	}
	return err
}

// Release shows letters again. One whose time was up already is shown anyway.
func (q dlq) Release(ctx context.Context, letters []replays.Letter) error {
	for some := range slices.Chunk(letters, 10) {
		entries := make([]sqstypes.ChangeMessageVisibilityBatchRequestEntry, len(some))
		for i, l := range some {
			entries[i] = sqstypes.ChangeMessageVisibilityBatchRequestEntry{Id: aws.String(strconv.Itoa(i)), ReceiptHandle: aws.String(l.Receipt), VisibilityTimeout: 0}
		}
		if _, err := q.client.ChangeMessageVisibilityBatch(ctx, &sqs.ChangeMessageVisibilityBatchInput{QueueUrl: &q.url, Entries: entries}); err != nil {
			return err
		}
	}
	return nil
}

// archive replays a bucket.
func (r *replayRun) archive(ctx context.Context) error {
	account, err := awsAccount(ctx)
	if err != nil {
		return err
	}
	bucket := r.Bucket
	if bucket == "" {
		s, err := r.stackFlags.read(ctx, account)
		if err != nil {
			return err
		}
		if bucket = s.ArchiveBucket; bucket == "" {
			return wrongUse("the stack has no archive: name a bucket with --bucket")
		}
	}
	client := s3Of(account)
	r.replay.Objects = bucketOf{client}
	l := &listing{client: client, bucket: bucket, prefix: r.Prefix, span: r.span}
	err = r.objects(ctx, replays.Objects{Bucket: bucket}, func(after string) (func(context.Context) (string, error), error) {
		return l.next, l.begin(ctx, after)
	})
	if l.untimed > 0 {
		fmt.Fprintf(r.err, "heed: %s no hour in the key, left out: without --since and --until all are replayed\n", counted(int64(l.untimed), "object has", "objects have"))
	}
	return err
}

func s3Of(account aws.Config) *s3.Client {
	return s3.NewFromConfig(account, func(o *s3.Options) {
		o.DisableLogOutputChecksumValidationSkipped = true
		// At an address of its own there is no host for each bucket.
		o.UsePathStyle = o.BaseEndpoint != nil
	})
}

// bucketOf opens objects.
type bucketOf struct{ client *s3.Client }

// Open opens an object.
func (b bucketOf) Open(ctx context.Context, bucket, key string) (io.ReadCloser, error) {
	out, err := b.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key})
	if err != nil {
		return nil, err
	}
	return out.Body, nil
}

// listing is the keys of a bucket in their order, those of a span of time.
type listing struct {
	client         *s3.Client
	bucket, prefix string
	span           span
	after          string
	page           []string
	over           bool
	untimed        int // left out, because their keys tell no time
}

// begin stands behind a key. Where the hours stand right behind the prefix, what is before the span is not listed.
func (l *listing) begin(ctx context.Context, after string) error {
	l.after = after
	if l.span.since.IsZero() {
		return nil
	}
	if err := l.list(ctx, 1); err != nil {
		return err
	}
	if len(l.page) > 0 && l.isOrdered(l.page[0]) {
		l.after = max(after, l.prefix+l.span.since.Add(-2*time.Hour).Format("2006/01/02/15"))
	}
	l.page, l.over = nil, false
	return nil
}

func (l *listing) isOrdered(key string) bool {
	at, ok := replays.Hour(strings.TrimPrefix(key, l.prefix))
	return ok && strings.HasPrefix(key, l.prefix+at.Format("2006/01/02/15"))
}

// next gives the next key of the span.
func (l *listing) next(ctx context.Context) (string, error) {
	for {
		for len(l.page) > 0 {
			key := l.page[0]
			l.page, l.after = l.page[1:], key
			if l.span.since.IsZero() && l.span.until.IsZero() {
				return key, nil
			}
			hour, ok := replays.Hour(key)
			switch {
			case !ok:
				l.untimed++
			case replays.Within(hour, l.span.since, l.span.until):
				return key, nil
			case l.isOrdered(key) && !l.span.until.IsZero() && hour.After(l.span.until):
				l.page, l.over = nil, true
			}
		}
		if l.over {
			return "", nil
		}
		if err := l.list(ctx, 1000); err != nil {
			return "", err
		}
	}
}

// list reads the next page.
func (l *listing) list(ctx context.Context, most int32) error {
	in := &s3.ListObjectsV2Input{Bucket: &l.bucket, Prefix: &l.prefix, MaxKeys: aws.Int32(most)}
	if l.after != "" {
		in.StartAfter = &l.after
	}
	out, err := l.client.ListObjectsV2(ctx, in)
	if err != nil {
		return fmt.Errorf("list s3://%s/%s: %w", l.bucket, l.prefix, err)
	}
	for _, object := range out.Contents {
		l.page = append(l.page, aws.ToString(object.Key))
	}
	l.over = !cmp.Or(aws.ToBool(out.IsTruncated), false)
	return nil
}
