package ingress

import (
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/heedsms/heed/internal/sms/walk"
)

// quick reads the two events that come by the thousand, an SQS batch and a Firehose batch of the expected shape, in
// one pass. Whatever is odd about one it leaves alone: the decoder reads it again, with all its care.
func quick(payload []byte) (event, bool) {
	q := quickReader{Walker: walk.New(payload), bodies: make([]byte, 0, len(payload))}
	q.Object(func(name []byte) {
		switch string(name) {
		case "Records":
			q.Array(q.message)
		case "records":
			q.Array(q.delivered)
		case "invocationId", "deliveryStreamArn", "sourceKinesisStreamArn", "region":
			q.Raw()
		default:
			q.odd = true
			q.Raw()
		}
	})
	if !q.Done() || q.odd || (len(q.event.Records) == 0) == (len(q.event.FirehoseRecords) == 0) {
		return event{}, false
	}
	Share(len(q.event.Records), func(i int) {
		r := &q.event.Records[i]
		r.notified, r.sent, r.isNotification = notification(r.body)
	})
	return q.event, true
}

type quickReader struct {
	*walk.Walker
	event   event
	bodies  []byte // all bodies, one behind the other: no string is longer unquoted than quoted
	scratch []byte
	odd     bool
}

// message reads one SQS message.
func (q *quickReader) message() {
	var r lambdaRecord
	q.Object(func(name []byte) {
		switch string(name) {
		case "messageId":
			r.MessageID = q.String()
		case "body":
			from := len(q.bodies)
			q.bodies = q.AppendString(q.bodies)
			r.body = q.bodies[from:len(q.bodies):len(q.bodies)]
		case "eventSource":
			r.Source = q.String()
		case "attributes":
			q.Object(func(name []byte) {
				if string(name) == "SentTimestamp" {
					r.Attributes.SentTimestamp = q.String()
					return
				}
				q.Raw()
			})
		case "EventSource", "Sns", "s3":
			q.odd = true
			q.Raw()
		default:
			q.Raw()
		}
	})
	q.odd = q.odd || r.Source != "aws:sqs" || r.isHollow()
	q.event.Records = append(q.event.Records, r)
}

// delivered reads one Firehose record.
func (q *quickReader) delivered() {
	var r firehoseRecord
	var err error
	q.Object(func(name []byte) {
		switch string(name) {
		case "recordId":
			r.RecordID = q.String()
		case "approximateArrivalTimestamp":
			r.Arrival, err = strconv.ParseInt(string(q.Raw()), 10, 64)
			q.odd = q.odd || err != nil
		case "data":
			q.scratch = q.AppendString(q.scratch[:0])
			r.Data, err = base64.StdEncoding.AppendDecode(make([]byte, 0, base64.StdEncoding.DecodedLen(len(q.scratch))), q.scratch)
			// base64 skips line ends, which have no place here.
			q.odd = q.odd || err != nil || strings.ContainsAny(string(q.scratch), "\r\n")
		default:
			q.Raw()
		}
	})
	q.odd = q.odd || r.RecordID == "" || r.Data == nil
	q.event.FirehoseRecords = append(q.event.FirehoseRecords, r)
}

// notification is the SNS envelope in the body of an SQS message, read in one pass like the event around it.
func notification(body []byte) (message []byte, sent string, ok bool) {
	var kind, topic string
	w := walk.New(body)
	w.Object(func(name []byte) {
		switch string(name) {
		case "Type":
			kind = w.String()
		case "TopicArn":
			topic = w.String()
		case "Message":
			message = w.AppendString(make([]byte, 0, 1024))
		case "Timestamp":
			sent = w.String()
		default:
			w.Raw()
		}
	})
	return message, sent, w.Done() && kind == "Notification" && topic != ""
}

// single is the one JSON object that a record consists of, if it is that.
func single(body []byte) ([]byte, bool) {
	if len(body) == 0 || body[0] != '{' {
		return nil, false
	}
	w := walk.New(body)
	value := w.Raw()
	return value, w.Done()
}
