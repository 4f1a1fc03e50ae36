package ingress

import (
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"github.com/heedsms/heed/internal/sms/walk"
)

// What a record takes of an event, about, in bytes: how many there are is not known before they are read.
const (
	bytesOfMessage   = 3000 // with the SNS envelope
	bytesOfDelivered = 1200
)

// smallEvent is below how many bytes an event has too few messages to share their reading.
const smallEvent = enoughToShare * bytesOfMessage

// quick reads the two events that come by the thousand, an SQS batch and a Firehose batch of the expected shape, in
// one pass. Whatever is odd about one it leaves alone: the decoder reads it again, with all its care.
func quick(payload []byte) (event, bool) {
	q := quickReader{Walker: walk.New(payload), size: len(payload)}
	q.Object(func(name []byte) {
		switch string(name) {
		case "Records":
			q.messages()
		case "records":
			q.deliveries()
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
	if q.size >= smallEvent {
		Share(len(q.event.Records), func(i int) {
			q.event.Records[i].unfold(make([]byte, 0, usualMessage))
		})
	}
	return q.event, true
}

type quickReader struct {
	*walk.Walker
	size    int // of the event, in bytes
	event   event
	bodies  []byte // bodies, one behind the other: all of a large event, of a small one those that hold no notification
	room    []byte // of a small event, for what its notifications say
	scratch []byte
	odd     bool
}

// messages reads the messages of SQS. Those of a small event are opened at once, one body in the place of the other.
// Those of a large one are opened later, on all processors: their bodies stay until then, none of which is longer
// unquoted than quoted.
func (q *quickReader) messages() {
	if q.event.Records == nil {
		q.event.Records = make([]lambdaRecord, 0, q.size/bytesOfMessage+1)
		if q.size < smallEvent {
			room := make([]byte, usualBody+q.size/4)
			q.bodies, q.room = room[:0:usualBody], room[usualBody:usualBody]
		} else {
			q.bodies = make([]byte, 0, q.size)
		}
	}
	q.Array(q.message)
}

// message reads one SQS message.
func (q *quickReader) message() {
	q.event.Records = append(q.event.Records, lambdaRecord{})
	r := &q.event.Records[len(q.event.Records)-1]
	free := len(q.bodies)
	q.Object(func(name []byte) {
		switch string(name) {
		case "messageId":
			r.MessageID = q.String()
		case "body":
			from := len(q.bodies)
			q.bodies = q.AppendString(q.bodies)
			r.body = q.bodies[from:len(q.bodies):len(q.bodies)]
		case "eventSource":
			if r.Source = ""; string(q.Bytes()) == fromSQS {
				r.Source = fromSQS
			}
		case "attributes":
			q.Object(func(name []byte) {
				if string(name) == "SentTimestamp" {
					r.sentAt, _ = strconv.ParseInt(string(q.Bytes()), 10, 64)
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
	if q.odd = q.odd || r.Source != fromSQS || r.isHollow(); q.odd || q.size >= smallEvent {
		return
	}
	if cap(q.room) < usualMessage {
		q.room = make([]byte, 0, 4*usualMessage)
	}
	if q.room = r.unfold(q.room); r.isNotification {
		r.body, q.bodies = nil, q.bodies[:free]
	}
}

// deliveries reads the records of Firehose.
func (q *quickReader) deliveries() {
	if q.event.FirehoseRecords == nil {
		q.event.FirehoseRecords = make([]firehoseRecord, 0, q.size/bytesOfDelivered+1)
	}
	q.Array(q.delivered)
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

// Most notifications are shorter, in bytes: what they say, and the whole of them.
const (
	usualMessage = 1024
	usualBody    = 3072
)

// unfold opens the SNS envelope in the body, where it is one, and returns the room behind what it says.
func (r *lambdaRecord) unfold(room []byte) []byte {
	message, sent, ok := notification(r.body, room)
	if !ok {
		return room
	}
	r.notified, r.sent, r.isNotification = message[:len(message):len(message)], sent, true
	return message[len(message):]
}

// notification is the SNS envelope in the body of an SQS message, read in one pass like the event around it. What it
// says is written into the room, or elsewhere where that is too small.
func notification(body, room []byte) (message []byte, sent time.Time, ok bool) {
	var isNotification, hasTopic bool
	w := walk.New(body)
	w.Object(func(name []byte) {
		switch string(name) {
		case "Type":
			isNotification = string(w.Bytes()) == "Notification"
		case "TopicArn":
			hasTopic = len(w.Bytes()) > 0
		case "Message":
			message = w.AppendString(room[:0])
		case "Timestamp":
			sent = timestamp(string(w.Bytes()))
		default:
			w.Raw()
		}
	})
	return message, sent, w.Done() && isNotification && hasTopic
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
