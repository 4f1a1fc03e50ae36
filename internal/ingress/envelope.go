package ingress

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
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
	// data are the Firehose records as they came, to be handed back.
	data [][]byte
	// records walks the payloads. An error of the walk means that the rest could not be read at all (S3 out of
	// reach), not that a record is bad.
	records iter.Seq2[Record, error]
}

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
}

type logEvent struct {
	ID        string `json:"id"`
	Timestamp int64  `json:"timestamp"`
	Message   string `json:"message"`
}

// open is the one switch over what Lambda can hand to heed.
func (d *decoder) open(payload []byte) envelope {
	var e event
	if err := json.Unmarshal(payload, &e, lenient()); err != nil && len(e.Records)+len(e.FirehoseRecords) > 0 {
		// One record is not of the expected shape. The others are opened one by one.
		if repaired, ok := reopen(payload); ok {
			e = repaired
		}
	}
	switch {
	case len(e.Records) > 0 && e.Records[0].Source == "aws:sqs":
		return d.sqs(e.Records)
	case len(e.Records) > 0 && e.Records[0].SNSSource == "aws:sns":
		return d.sns(e.Records)
	case len(e.Records) > 0 && e.Records[0].S3 != nil:
		return d.s3(e.Records)
	case len(e.FirehoseRecords) > 0 && e.FirehoseRecords[0].RecordID != "":
		return d.firehose(e.FirehoseRecords)
	case e.AWSLogs != nil:
		return d.logs(e.AWSLogs.Data)
	case e.DetailType != "":
		return d.eventBridge(e)
	}
	return d.bare(payload)
}

// reopen reads the records of an event one at a time, so that one of an unexpected shape stands alone.
func reopen(payload []byte) (event, bool) {
	var raw struct {
		Records  []jsontext.Value `json:"Records"`
		Firehose []jsontext.Value `json:"records"`
	}
	if err := json.Unmarshal(payload, &raw, lenient()); err != nil {
		return event{}, false
	}
	var e event
	for _, v := range raw.Records {
		var r lambdaRecord
		if err := json.Unmarshal(v, &r, lenient()); err != nil {
			r.Body = string(v)
		}
		e.Records = append(e.Records, r)
	}
	for _, v := range raw.Firehose {
		var r firehoseRecord
		if err := json.Unmarshal(v, &r, lenient()); err != nil && r.RecordID != "" {
			r.Data = bytes.Clone(v)
		}
		e.FirehoseRecords = append(e.FirehoseRecords, r)
	}
	return e, true
}

func (d *decoder) sqs(records []lambdaRecord) envelope {
	e := envelope{source: SQS, items: make([]string, len(records))}
	for i, r := range records {
		e.items[i] = r.MessageID
	}
	e.records = func(yield func(Record, error) bool) {
		for i, r := range records {
			sent, _ := strconv.ParseInt(r.Attributes.SentTimestamp, 10, 64)
			rec := Record{Source: SQS, ID: r.MessageID, Body: []byte(r.Body), item: i}
			if sent > 0 {
				rec.SaidAt = time.UnixMilli(sent).UTC()
			}
			if !d.unwrap(rec, 0, yield) {
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
				rec.Body, rec.Malformed = []byte(r.Body), "an SNS record without its message"
			}
			if !d.unwrap(rec, 0, yield) {
				return
			}
		}
	}}
}

func (d *decoder) s3(records []lambdaRecord) envelope {
	return envelope{source: S3, records: func(yield func(Record, error) bool) {
		for i, r := range records {
			if r.S3 == nil {
				continue // s3:TestEvent and its kin name no object
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
		e.items[i], e.data[i] = r.RecordID, r.Data
	}
	e.records = func(yield func(Record, error) bool) {
		for i, r := range records {
			rec := Record{Source: Firehose, ID: r.RecordID, Body: r.Data, item: i}
			if r.Arrival > 0 {
				rec.SaidAt = time.UnixMilli(r.Arrival).UTC()
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
		d.unwrap(Record{Source: Logs, ID: idOf(data), Body: data}, 0, yield)
	}}
}

func (d *decoder) eventBridge(e event) envelope {
	return envelope{source: EventBridge, records: func(yield func(Record, error) bool) {
		yield(Record{Source: EventBridge, ID: e.ID, Body: e.Detail, SaidAt: timestamp(e.Time)}, nil)
	}}
}

func (d *decoder) bare(payload []byte) envelope {
	return envelope{source: Bare, records: func(yield func(Record, error) bool) {
		d.unwrap(Record{Source: Bare, ID: idOf(payload), Body: payload}, 0, yield)
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
