package neighbours

import (
	"crypto/md5" //nolint:gosec // the digest that SQS itself gives with a message
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// queue is one queue of SQS.
type queue struct {
	name       string
	attributes map[string]string
	messages   []*queued
}

// queued is a message in a queue.
type queued struct {
	id, body  string
	sent      time.Time
	hidden    time.Time // nobody receives it before
	received  int
	receipt   string
	firstRead time.Time
}

// AddQueue gives the account a queue and returns its URL. Attributes are added to those that every queue has.
func (a *AWS) AddQueue(name string, attributes map[string]string) (url string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	q := &queue{name: name, attributes: map[string]string{
		"QueueArn": a.arn("sqs", name), "VisibilityTimeout": "30", "MessageRetentionPeriod": "345600",
	}}
	for key, value := range attributes {
		q.attributes[key] = value
	}
	a.queues[name] = q
	return fmt.Sprintf("https://sqs.%s.amazonaws.com/%s/%s", a.options.Region, a.options.AccountID, name)
}

// Send puts messages into a queue, by its URL or name.
func (a *AWS) Send(url string, bodies ...string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	q := a.queue(url)
	for _, body := range bodies {
		a.serial++
		q.messages = append(q.messages, &queued{id: fmt.Sprintf("00000000-0000-4000-8000-%012d", a.serial), body: body, sent: a.options.Now()})
	}
}

// Bodies are what a queue holds, hidden messages too.
func (a *AWS) Bodies(url string) []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	var bodies []string
	for _, m := range a.queue(url).messages {
		bodies = append(bodies, m.body)
	}
	return bodies
}

// queue finds one by its URL or name; nil if there is none. The caller holds the lock.
func (a *AWS) queue(url string) *queue { return a.queues[url[strings.LastIndex(url, "/")+1:]] }

// sqs serves GetQueueAttributes, ReceiveMessage, DeleteMessage, DeleteMessageBatch and ChangeMessageVisibilityBatch, AWS
// JSON 1.0.
func (a *AWS) sqs(w http.ResponseWriter, r *http.Request) {
	var in struct {
		QueueURL            string `json:"QueueUrl"`
		MaxNumberOfMessages int
		VisibilityTimeout   *int
		ReceiptHandle       string
		Entries             []struct {
			ID                string `json:"Id"`
			ReceiptHandle     string
			VisibilityTimeout int
		}
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		refuseJSON(w, "SerializationException", err.Error())
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	q := a.queue(in.QueueURL)
	if q == nil {
		refuseJSON(w, "QueueDoesNotExist", "The specified queue does not exist.")
		return
	}
	now := a.options.Now()
	switch action := strings.TrimPrefix(r.Header.Get("X-Amz-Target"), "AmazonSQS."); action {
	case "GetQueueAttributes":
		answerJSON(w, map[string]any{"Attributes": q.described(now)})
	case "ReceiveMessage":
		answerJSON(w, map[string]any{"Messages": a.receive(q, max(in.MaxNumberOfMessages, 1), in.VisibilityTimeout, now)})
	case "DeleteMessage":
		q.remove(in.ReceiptHandle)
		answerJSON(w, map[string]any{})
	case "DeleteMessageBatch":
		done := []map[string]string{}
		for _, e := range in.Entries {
			q.remove(e.ReceiptHandle)
			done = append(done, map[string]string{"Id": e.ID})
		}
		answerJSON(w, map[string]any{"Successful": done, "Failed": []any{}})
	case "ChangeMessageVisibilityBatch":
		done := []map[string]string{}
		for _, e := range in.Entries {
			q.hide(e.ReceiptHandle, now.Add(time.Duration(e.VisibilityTimeout)*time.Second))
			done = append(done, map[string]string{"Id": e.ID})
		}
		answerJSON(w, map[string]any{"Successful": done, "Failed": []any{}})
	default:
		refuseJSON(w, "UnsupportedOperation", "the stand-in knows no "+action)
	}
}

// described are the attributes of a queue with its numbers of messages.
func (q *queue) described(now time.Time) map[string]string {
	all := map[string]string{}
	for key, value := range q.attributes {
		all[key] = value
	}
	hidden := 0
	for _, m := range q.messages {
		if m.hidden.After(now) {
			hidden++
		}
	}
	all["ApproximateNumberOfMessages"] = strconv.Itoa(len(q.messages) - hidden)
	all["ApproximateNumberOfMessagesNotVisible"] = strconv.Itoa(hidden)
	return all
}

// receive takes messages that nobody has, and hides them for a while. The caller holds the lock.
func (a *AWS) receive(q *queue, most int, visibility *int, now time.Time) []map[string]any {
	seconds, _ := strconv.Atoi(q.attributes["VisibilityTimeout"])
	if visibility != nil {
		seconds = *visibility
	}
	taken := []map[string]any{}
	for _, m := range q.messages {
		if len(taken) == most {
			break
		}
		if m.hidden.After(now) {
			continue
		}
		a.serial++
		if m.received++; m.received == 1 {
			m.firstRead = now
		}
		m.hidden, m.receipt = now.Add(time.Duration(seconds)*time.Second), fmt.Sprintf("receipt-%d", a.serial)
		sum := md5.Sum([]byte(m.body)) //nolint:gosec // as above
		taken = append(taken, map[string]any{
			"MessageId": m.id, "ReceiptHandle": m.receipt, "Body": m.body, "MD5OfBody": hex.EncodeToString(sum[:]),
			"Attributes": map[string]string{
				"ApproximateReceiveCount": strconv.Itoa(m.received), "SentTimestamp": strconv.FormatInt(m.sent.UnixMilli(), 10),
				"ApproximateFirstReceiveTimestamp": strconv.FormatInt(m.firstRead.UnixMilli(), 10),
			},
		})
	}
	return taken
}

func (q *queue) remove(receipt string) {
	for i, m := range q.messages {
		if m.receipt == receipt && receipt != "" {
			q.messages = append(q.messages[:i], q.messages[i+1:]...)
			return
		}
	}
}

// hide keeps a message from being received until then.
func (q *queue) hide(receipt string, until time.Time) {
	for _, m := range q.messages {
		if m.receipt == receipt {
			m.hidden = until
		}
	}
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
