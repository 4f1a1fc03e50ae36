package ingress

import (
	"context"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Opener reads an object of S3, for notifications that name one.
type Opener interface {
	Open(ctx context.Context, bucket, key string) (io.ReadCloser, error)
}

// envelope is an event of Lambda, known by the least that it must hold.
type envelope struct {
	source Source
	// items are the ids under which the source knows the records: SQS message ids, Firehose record ids.
	items []string
	// data are the Firehose records as they came, to be handed back; nil where one could not be read.
	data [][]byte
	// records walks the payloads. An error stands for an item of which the rest could not be read at all (S3 out
	// of reach), so that it has to come again; it does not say that a record is bad.
	records iter.Seq2[Record, error]
}

// fromSQS is the source that records of a queue name.
const fromSQS = "aws:sqs"

// lenient: hostile bytes inside a text cost that text a character, never its batch.
func lenient() json.Options {
	return json.JoinOptions(jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))
}

// event is every field by which an envelope is known. Lambda's own samples of each are in testdata.
type event struct {
	Records         []lambdaRecord   `json:"Records"`
	FirehoseRecords []firehoseRecord `json:"records"`
	AWSLogs         *struct {
		Data []byte `json:"data"`
	} `json:"awslogs"`
	DetailType string         `json:"detail-type"`
	Detail     jsontext.Value `json:"detail"`
	ID         string         `json:"id"`
	Time       string         `json:"time"`
	// The SNS envelope itself, as in the body of an SQS message.
	Type      string `json:"Type"`
	TopicARN  string `json:"TopicArn"`
	Message   string `json:"Message"`
	MessageID string `json:"MessageId"`
	Timestamp string `json:"Timestamp"`
	// A document of CloudWatch Logs, unpacked.
	MessageType string     `json:"messageType"`
	LogGroup    string     `json:"logGroup"`
	LogEvents   []logEvent `json:"logEvents"`
	// What S3 sends once, to see whether it may.
	Event string `json:"Event"`
	// What Firehose writes of a record that no function took, under its error prefix.
	ErrorCode string `json:"errorCode"`
	RawData   []byte `json:"rawData"`
	Arrived   int64  `json:"arrivalTimestamp"`
}

type lambdaRecord struct {
	SNSSource  string `json:"EventSource"`
	Source     string `json:"eventSource"`
	MessageID  string `json:"messageId"`
	Body       string `json:"body"`
	Attributes struct {
		SentTimestamp string `json:"SentTimestamp"`
	} `json:"attributes"`
	SNS *snsMessage `json:"Sns"`
	S3  *s3Object   `json:"s3"`

	whole []byte // the record as it came, where it is not of the expected shape
	// The same as in Body and Attributes, where it was read without a copy.
	body   []byte
	sentAt int64
	// What the body held, where it was found at once to be an SNS envelope.
	isNotification bool
	notified       []byte
	sent           time.Time
}

type snsMessage struct {
	MessageID string `json:"MessageId"`
	Message   string `json:"Message"`
	Timestamp string `json:"Timestamp"`
}

type s3Object struct {
	Bucket struct {
		Name string `json:"name"`
	} `json:"bucket"`
	Object struct {
		Key string `json:"key"`
	} `json:"object"`
}

type firehoseRecord struct {
	RecordID string `json:"recordId"`
	Arrival  int64  `json:"approximateArrivalTimestamp"`
	Data     []byte `json:"data"`

	whole []byte // the record as it came, where its data cannot be read
}

type logEvent struct {
	ID        string `json:"id"`
	Timestamp int64  `json:"timestamp"`
	Message   string `json:"message"`
}

// open is the one switch over what Lambda can hand to heed.
func (d *decoder) open(payload []byte) envelope {
	e, ok := quick(payload)
	if !ok {
		e = careful(payload)
	}
	if of, ok := d.batch(e); ok {
		return of
	}
	switch {
	case slices.ContainsFunc(e.Records, func(r lambdaRecord) bool { return r.S3 != nil }):
		return d.s3(e.Records)
	case e.DetailType != "" && len(e.Detail) > 0:
		return d.eventBridge(e, payload)
	}
	return d.bare(payload)
}

// batch knows the events that hold payloads themselves, several at a time.
func (d *decoder) batch(e event) (envelope, bool) {
	switch {
	case slices.ContainsFunc(e.Records, func(r lambdaRecord) bool { return r.Source == fromSQS }):
		return d.sqs(e.Records), true
	case slices.ContainsFunc(e.Records, func(r lambdaRecord) bool { return r.SNSSource == "aws:sns" }):
		return d.sns(e.Records), true
	case slices.ContainsFunc(e.FirehoseRecords, func(r firehoseRecord) bool { return r.RecordID != "" }):
		return d.firehose(e.FirehoseRecords), true
	case e.AWSLogs != nil && len(e.AWSLogs.Data) > 0:
		return d.logs(e.AWSLogs.Data), true
	}
	return envelope{}, false
}

// careful reads any event, one of an unexpected shape as far as it goes.
func careful(payload []byte) event {
	var e event
	err := json.Unmarshal(payload, &e, lenient())
	if err != nil && !jsontext.Value(payload).IsValid(lenient()) {
		return event{} // no event of Lambda: nothing of it is taken for one
	}
	if err != nil || slices.ContainsFunc(e.Records, lambdaRecord.isHollow) {
		if repaired, ok := reopen(payload); ok {
			return repaired
		}
	}
	return e
}

func (d *decoder) sqs(records []lambdaRecord) envelope {
	e := envelope{source: SQS, items: make([]string, len(records))}
	for i := range records {
		e.items[i] = records[i].MessageID
	}
	e.records = func(yield func(Record, error) bool) {
		for i := range records {
			r := &records[i]
			sent := r.sentAt
			if r.Attributes.SentTimestamp != "" {
				sent, _ = strconv.ParseInt(r.Attributes.SentTimestamp, 10, 64)
			}
			rec := Record{Source: SQS, ID: r.MessageID, Body: r.body, item: i}
			if r.body == nil {
				rec.Body = []byte(r.Body)
			}
			if r.whole != nil {
				rec.Body, rec.Malformed = r.whole, "an SQS message without its body"
			}
			if sent > 0 {
				rec.SaidAt = time.UnixMilli(sent).UTC()
			}
			var goOn bool
			if r.isNotification {
				goOn = d.unwrapNotification(rec, r.notified, r.sent, d.depth, yield)
			} else {
				goOn = d.unwrap(rec, d.depth, yield)
			}
			if !goOn {
				return
			}
		}
	}
	return e
}

func (d *decoder) sns(records []lambdaRecord) envelope {
	return envelope{source: SNS, records: func(yield func(Record, error) bool) {
		for i, r := range records {
			rec := Record{Source: SNS, item: i}
			if r.SNS != nil {
				rec.ID, rec.Body, rec.SaidAt = r.SNS.MessageID, []byte(r.SNS.Message), timestamp(r.SNS.Timestamp)
			} else {
				rec.ID, rec.Body, rec.Malformed = idOf(r.whole), r.whole, "an SNS record without its message"
			}
			if !d.unwrap(rec, d.depth, yield) {
				return
			}
		}
	}}
}

func (d *decoder) s3(records []lambdaRecord) envelope {
	return envelope{source: S3, records: func(yield func(Record, error) bool) {
		for i, r := range records {
			if r.S3 == nil {
				if !yield(Record{Source: S3, ID: idOf(r.whole), Body: r.whole, Malformed: "an S3 record without its object", item: i}, nil) {
					return
				}
				continue
			}
			if !d.object(r.S3, i, yield) {
				return
			}
		}
	}}
}

func (d *decoder) firehose(records []firehoseRecord) envelope {
	e := envelope{source: Firehose, items: make([]string, len(records)), data: make([][]byte, len(records))}
	for i, r := range records {
		if e.items[i], e.data[i] = r.RecordID, r.Data; r.Data == nil && r.whole == nil {
			e.data[i] = []byte{}
		}
	}
	e.records = func(yield func(Record, error) bool) {
		for i, r := range records {
			rec := Record{Source: Firehose, ID: r.RecordID, Body: r.Data, item: i}
			if r.Arrival > 0 {
				rec.SaidAt = time.UnixMilli(r.Arrival).UTC()
			}
			if r.whole != nil {
				rec.Body, rec.Malformed = r.whole, "a Firehose record without data in base64"
			}
			if !d.concatenated(rec, yield) {
				return
			}
		}
	}
	return e
}

func (d *decoder) logs(data []byte) envelope {
	return envelope{source: Logs, records: func(yield func(Record, error) bool) {
		d.unwrap(Record{Source: Logs, ID: idOf(data), Body: data}, d.depth, yield)
	}}
}

func (d *decoder) eventBridge(e event, payload []byte) envelope {
	id := e.ID
	if id == "" {
		id = idOf(payload)
	}
	return envelope{source: EventBridge, records: func(yield func(Record, error) bool) {
		yield(Record{Source: EventBridge, ID: id, Body: e.Detail, SaidAt: timestamp(e.Time)}, nil)
	}}
}

func (d *decoder) bare(payload []byte) envelope {
	return envelope{source: Bare, records: func(yield func(Record, error) bool) {
		d.unwrap(Record{Source: Bare, ID: idOf(payload), Body: payload}, d.depth, yield)
	}}
}

// timestamp reads the times of SNS and EventBridge (RFC 3339); zero when it is none.
func timestamp(s string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

func (s Source) String() string { return string(s) }

var _ fmt.Stringer = Source("")
