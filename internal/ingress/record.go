// Package ingress takes AWS's envelopes off and puts the answers on: SNS, SQS (with the SNS envelope or raw),
// Firehose transformation, CloudWatch Logs subscription, EventBridge, S3 notification, or a bare payload. What comes
// out is the same for all of them, a sequence of [Record]s; what a source expects as its answer is known here only.
package ingress

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"time"
)

// Source is the kind of envelope that a record came in.
type Source string

// The sources, named as in the parked table.
const (
	SNS         Source = "sns"
	SQS         Source = "sqs"
	Firehose    Source = "firehose"
	Logs        Source = "logs"
	EventBridge Source = "eventbridge"
	S3          Source = "s3"
	Bare        Source = "bare"
)

// Record is one payload, freed of its envelope.
type Record struct {
	Source Source
	// ID is stable over redeliveries: the source's own id of the record, with a number behind it where one record
	// holds several payloads.
	ID string
	// Body is the payload, or the whole record where it could not be opened (see Malformed).
	Body []byte
	// SaidAt is the best time that the envelope has for when the payload was made: the SNS Timestamp, else the SQS
	// SentTimestamp. Zero: the envelope has none.
	SaidAt time.Time
	// Malformed says why the envelope could not be opened; "" when it could.
	Malformed string

	// item is the place of the record in its event, for the answer.
	item int
}

// idOf gives a payload that has no id of its own a stable one.
func idOf(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:16])
}

func numbered(id string, n int) string { return id + "#" + strconv.Itoa(n) }
