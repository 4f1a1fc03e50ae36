package neighbours

import (
	"crypto/md5" //nolint:gosec // the digest that SQS itself gives with a message
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/heedsms/heed/internal/simulator"
)

// queue is one queue of SQS: the double's, with what SQS tells of it.
type queue struct {
	*simulator.Queue

	attributes map[string]string
}

// AddQueue gives the account a queue and returns its URL. Attributes are added to those that every queue has.
func (a *AWS) AddQueue(name string, attributes map[string]string) (url string) {
	q := &queue{attributes: map[string]string{
		"QueueArn": a.arn("sqs", name), "VisibilityTimeout": "30", "MessageRetentionPeriod": "345600",
	}}
	maps.Copy(q.attributes, attributes)
	seconds, _ := strconv.Atoi(q.attributes["VisibilityTimeout"]) // what is no number is SQS's default
	q.Queue = a.double.NewQueue(simulator.QueueOptions{ARN: q.attributes["QueueArn"], VisibilityTimeout: time.Duration(seconds) * time.Second})
	a.mu.Lock()
	defer a.mu.Unlock()
	a.queues[name] = q
	return fmt.Sprintf("https://sqs.%s.amazonaws.com/%s/%s", a.options.Region, a.options.AccountID, name)
}

// Send puts messages into a queue, by its URL or name.
func (a *AWS) Send(url string, bodies ...string) {
	for _, body := range bodies {
		a.queue(url).Send(body)
	}
}

// Bodies are what a queue holds, hidden messages too.
func (a *AWS) Bodies(url string) []string { return a.queue(url).Bodies() }

// queue finds one by its URL or name; nil if there is none.
func (a *AWS) queue(url string) *queue {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.queues[url[strings.LastIndex(url, "/")+1:]]
}

// sqs serves GetQueueAttributes, ReceiveMessage, DeleteMessage, DeleteMessageBatch and ChangeMessageVisibilityBatch, AWS
// JSON 1.0.
func (a *AWS) sqs(w http.ResponseWriter, r *http.Request) {
	type entry struct {
		ID                string `json:"Id"`
		ReceiptHandle     string
		VisibilityTimeout int
	}
	var in struct {
		QueueURL            string `json:"QueueUrl"`
		MaxNumberOfMessages int
		VisibilityTimeout   *int
		ReceiptHandle       string
		Entries             []entry
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		refuseJSON(w, "SerializationException", err.Error())
		return
	}
	q := a.queue(in.QueueURL)
	if q == nil {
		refuseJSON(w, "QueueDoesNotExist", "The specified queue does not exist.")
		return
	}
	each := func(do func(entry)) {
		done := []map[string]string{}
		for _, e := range in.Entries {
			do(e)
			done = append(done, map[string]string{"Id": e.ID})
		}
		answerJSON(w, map[string]any{"Successful": done, "Failed": []any{}})
	}
	switch action := strings.TrimPrefix(r.Header.Get("X-Amz-Target"), "AmazonSQS."); action {
	case "GetQueueAttributes":
		answerJSON(w, map[string]any{"Attributes": q.described()})
	case "ReceiveMessage":
		answerJSON(w, map[string]any{"Messages": q.receive(max(in.MaxNumberOfMessages, 1), in.VisibilityTimeout)})
	case "DeleteMessage":
		q.Delete(in.ReceiptHandle)
		answerJSON(w, map[string]any{})
	case "DeleteMessageBatch":
		each(func(e entry) { q.Delete(e.ReceiptHandle) })
	case "ChangeMessageVisibilityBatch":
		each(func(e entry) { q.Hide(e.ReceiptHandle, time.Duration(e.VisibilityTimeout)*time.Second) })
	default:
		refuseJSON(w, "UnsupportedOperation", "the stand-in knows no "+action)
	}
}

// described are the attributes of a queue with its numbers of messages.
func (q *queue) described() map[string]string {
	all := maps.Clone(q.attributes)
	visible, hidden := q.Length()
	all["ApproximateNumberOfMessages"], all["ApproximateNumberOfMessagesNotVisible"] = strconv.Itoa(visible), strconv.Itoa(hidden)
	return all
}

// receive takes messages as SQS tells them.
func (q *queue) receive(most int, visibility *int) []map[string]any {
	var records []simulator.SQSRecord
	var receipts []string
	if visibility != nil {
		records, receipts = q.ReceiveFor(most, time.Duration(*visibility)*time.Second)
	} else {
		records, receipts = q.Receive(most)
	}
	taken := []map[string]any{}
	for i, m := range records {
		sum := md5.Sum([]byte(m.Body)) //nolint:gosec // the digest that SQS itself gives with a message
		taken = append(taken, map[string]any{
			"MessageId": m.MessageID, "ReceiptHandle": receipts[i], "Body": m.Body, "MD5OfBody": hex.EncodeToString(sum[:]),
			"Attributes": map[string]string{
				"ApproximateReceiveCount": strconv.Itoa(m.ReceiveCount), "SentTimestamp": strconv.FormatInt(m.SentAt.UnixMilli(), 10),
				"ApproximateFirstReceiveTimestamp": strconv.FormatInt(m.FirstReceivedAt.UnixMilli(), 10),
			},
		})
	}
	return taken
}

// answerJSON writes what a service of the JSON protocol answers.
func answerJSON(w http.ResponseWriter, document any) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	_ = json.NewEncoder(w).Encode(document) // a client that went away has no use for it
}

// refuseJSON writes an error of the JSON protocol.
func refuseJSON(w http.ResponseWriter, code, message string) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	w.Header().Set("X-Amzn-Errortype", code)
	w.WriteHeader(http.StatusBadRequest)
	_ = json.NewEncoder(w).Encode(map[string]string{"__type": code, "message": message})
}
