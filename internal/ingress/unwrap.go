package ingress

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// The bounds of what is unpacked in memory. AWS's own limits are far below: 6 MB an invocation, 1 MB a log batch.
const (
	maxUnpacked = 64 << 20
	maxValue    = 16 << 20
	maxDepth    = 4
	// maxMalformed is how many bad lines of one stream are set aside one by one.
	maxMalformed = 100
)

type decoder struct {
	ctx    context.Context
	opener Opener
	late   func() bool // the deadline is near: open nothing more
	// depth is how deep inside the event this reads. What is packed may hold itself.
	depth int
}

// below reads what lies inside a record.
func (d *decoder) below(depth int) *decoder {
	return &decoder{ctx: d.ctx, opener: d.opener, late: d.late, depth: depth + 1}
}

// unwrap opens what may lie inside a record: an SNS envelope, a gzipped batch of log events, an EventBridge event,
// an S3 notification, or one inside the other, as queues and streams are wired in practice; what Firehose could not
// hand on; and an event of Lambda that somebody saved in a file.
func (d *decoder) unwrap(rec Record, depth int, yield func(Record, error) bool) bool {
	if rec.Malformed != "" || depth > maxDepth {
		return yield(rec, nil)
	}
	if isGzip(rec.Body) {
		unpacked, err := gunzip(rec.Body)
		if err != nil {
			rec.Malformed = "gzip: " + err.Error()
			return yield(rec, nil)
		}
		rec.Body = unpacked
	}
	if !mayNest(rec.Body) {
		return yield(rec, nil)
	}
	if message, sent, ok := notification(rec.Body, make([]byte, 0, usualMessage)); ok {
		return d.unwrapNotification(rec, message, sent, depth, yield)
	}
	var e event
	if err := json.Unmarshal(rec.Body, &e, lenient()); err != nil {
		return yield(rec, nil) // the parser of the payload says what is wrong with it
	}
	switch {
	case e.Type == "Notification" && e.TopicARN != "":
		return d.unwrapNotification(rec, []byte(e.Message), timestamp(e.Timestamp), depth, yield)
	case e.MessageType == "CONTROL_MESSAGE", e.Event == "s3:TestEvent":
		return true // AWS asking whether the subscription, or the queue, is reachable
	case e.MessageType == "DATA_MESSAGE":
		return d.logEvents(rec, e.LogEvents, depth, yield)
	case e.DetailType != "" && len(e.Detail) > 0:
		inner := rec
		inner.Body = bytes.Clone(e.Detail)
		if t := timestamp(e.Time); !t.IsZero() {
			inner.SaidAt = t
		}
		return yield(inner, nil)
	case e.ErrorCode != "" && len(e.RawData) > 0:
		inner := rec
		if inner.Body = e.RawData; e.Arrived > 0 {
			inner.SaidAt = time.UnixMilli(e.Arrived).UTC()
		}
		return d.below(depth).concatenated(inner, yield)
	case len(e.Records) > 0 && e.Records[0].S3 != nil:
		for _, r := range e.Records {
			if r.S3 != nil && !d.below(depth).object(r.S3, rec.item, yield) {
				return false
			}
		}
		return true
	}
	if saved, ok := d.below(depth).batch(e); ok {
		for inner, err := range saved.records {
			if inner.item = rec.item; !yield(inner, err) {
				return false
			}
		}
		return true
	}
	return yield(rec, nil)
}

func (d *decoder) unwrapNotification(rec Record, message []byte, sent time.Time, depth int, yield func(Record, error) bool) bool {
	rec.Body = message
	if !sent.IsZero() {
		rec.SaidAt = sent
	}
	return d.unwrap(rec, depth+1, yield)
}

func (d *decoder) logEvents(rec Record, events []logEvent, depth int, yield func(Record, error) bool) bool {
	for n, e := range events {
		inner := Record{Source: rec.Source, ID: e.ID, Body: []byte(e.Message), item: rec.item}
		if e.Timestamp > 0 {
			inner.SaidAt = time.UnixMilli(e.Timestamp).UTC()
		}
		if inner.ID == "" {
			inner.ID = numbered(rec.ID, n)
		}
		if !d.unwrap(inner, depth+1, yield) {
			return false
		}
	}
	return true
}

// marks are what every envelope inside a record has and no payload of ours does: a search of the bytes is a tenth of
// a parse.
var marks = []string{`"TopicArn"`, `"detail-type"`, `"logEvents"`, `"Records"`, `"s3:TestEvent"`, `"rawData"`, `"records"`, `"awslogs"`}

// bare is how AWS begins its payloads, and no envelope begins so.
var bare = []string{`{"eventType":`, `{"originationNumber":`, `{"contentType":`}

// mayNest goes from quote to quote, once for all marks.
func mayNest(body []byte) bool {
	for _, beginning := range bare {
		if len(body) >= len(beginning) && string(body[:len(beginning)]) == beginning {
			return false
		}
	}
	for {
		i := bytes.IndexByte(body, '"')
		if i < 0 || i+1 == len(body) {
			return false
		}
		switch body = body[i:]; body[1] {
		case 'T', 'd', 'l', 'R', 's', 'r', 'a':
			for _, mark := range marks {
				if len(body) >= len(mark) && string(body[:len(mark)]) == mark {
					return true
				}
			}
		}
		body = body[1:]
	}
}

func isGzip(b []byte) bool { return len(b) > 2 && b[0] == 0x1f && b[1] == 0x8b }

var errTooLarge = errors.New("larger than heed unpacks in memory")

func gunzip(b []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	out, err := io.ReadAll(io.LimitReader(r, maxUnpacked+1))
	if err != nil {
		return nil, err
	}
	if len(out) > maxUnpacked {
		return nil, errTooLarge
	}
	return out, nil
}

// concatenated opens a record that holds none, one or several JSON values, with or without newlines between them.
func (d *decoder) concatenated(rec Record, yield func(Record, error) bool) bool {
	if rec.Malformed != "" {
		return yield(rec, nil)
	}
	if isGzip(rec.Body) {
		unpacked, err := gunzip(rec.Body)
		if err != nil {
			rec.Malformed = "gzip: " + err.Error()
			return yield(rec, nil)
		}
		rec.Body = unpacked
	}
	if value, ok := single(rec.Body); ok {
		rec.Body = value
		return d.unwrap(rec, d.depth, yield)
	}
	n := 0
	return values(bytes.NewReader(rec.Body), func(v value, err error) bool {
		if err != nil {
			return yield(rec, err)
		}
		inner := rec
		inner.Body, inner.Malformed = v.body, v.malformed
		// A record with one value keeps the record's id, so that a replay from elsewhere finds it again.
		if v.offset > 0 {
			inner.ID = numbered(rec.ID, n)
		}
		n++
		return d.unwrap(inner, d.depth, yield)
	})
}

// object reads the objects that Firehose wrote to S3: concatenated payloads, maybe gzipped.
func (d *decoder) object(o *s3Object, item int, yield func(Record, error) bool) bool {
	key, err := unescapeKey(o.Object.Key)
	if err != nil {
		key = o.Object.Key
	}
	where := o.Bucket.Name + "/" + key
	// What stays whole in its object is set aside by its name.
	aside := func(why string) bool {
		return yield(Record{Source: S3, ID: where, Body: []byte("s3://" + where), item: item, Malformed: why}, nil)
	}
	switch {
	case err != nil:
		return aside("the object's key cannot be read")
	case d.opener == nil:
		return aside("no notification of S3 is expected here")
	case d.late():
		return yield(Record{item: item}, errDeadline)
	}
	body, err := d.opener.Open(d.ctx, o.Bucket.Name, key)
	if err != nil {
		return yield(Record{item: item}, fmt.Errorf("open s3://%s: %w", where, err))
	}
	defer body.Close()
	unreadable := func(err error) bool {
		if isCorrupt(err) {
			return aside("gzip: " + err.Error()) // as it is today it will be tomorrow
		}
		return yield(Record{item: item}, fmt.Errorf("read s3://%s: %w", where, err))
	}
	stream, err := plain(body)
	if err != nil {
		return unreadable(err)
	}
	return values(stream, func(v value, err error) bool {
		if err != nil {
			return unreadable(err)
		}
		rec := Record{Source: S3, ID: where + "@" + strconv.FormatInt(v.offset, 10), Body: v.body, Malformed: v.malformed, item: item}
		if v.tooLarge {
			// It stays whole in its object; the row says where.
			rec.Body = []byte("s3://" + rec.ID)
		}
		return d.unwrap(rec, d.depth, yield)
	})
}

type value struct {
	body      []byte
	offset    int64
	malformed string
	tooLarge  bool
}

// values splits a stream of JSON values. What is not JSON is handed on as malformed up to the end of its line, and
// the values behind it are read as if it were not there.
func values(r io.Reader, yield func(value, error) bool) bool {
	var base int64
	malformed := 0
	guard := &guarded{r: r}
	for {
		dec := jsontext.NewDecoder(guard, jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))
		var err error
		for {
			guard.left = maxValue
			var v jsontext.Value
			if v, err = dec.ReadValue(); err != nil {
				break
			}
			if !yield(value{body: bytes.Clone(v), offset: base + dec.InputOffset() - int64(len(v))}, nil) {
				return false
			}
		}
		rest := bufio.NewReaderSize(io.MultiReader(bytes.NewReader(bytes.Clone(dec.UnreadBuffer())), guard.r), 64<<10)
		at := base + dec.InputOffset()
		var syntactic *jsontext.SyntacticError
		switch {
		case errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
			return true
		case errors.Is(err, errTooLarge):
		case errors.As(err, &syntactic), errors.Is(err, io.ErrUnexpectedEOF):
		default:
			return yield(value{}, err)
		}
		if malformed > maxMalformed {
			// This is not a stream of JSON with a bad line in it. The rest is set aside as one.
			remaining, rerr := io.ReadAll(io.LimitReader(rest, maxValue))
			if rerr != nil {
				return yield(value{}, rerr)
			}
			return yield(value{body: remaining, offset: at, malformed: "not JSON", tooLarge: len(remaining) == maxValue}, nil)
		}
		line, more, rerr := readLine(rest)
		if rerr != nil {
			return yield(value{}, rerr)
		}
		if trimmed := bytes.TrimSpace(line.kept); len(trimmed) > 0 || line.tooLong {
			malformed++
			v := value{body: trimmed, offset: at, malformed: "not JSON", tooLarge: line.tooLong}
			if line.tooLong {
				v.malformed = errTooLarge.Error()
			}
			if !yield(v, nil) {
				return false
			}
		}
		if !more {
			return true
		}
		base, guard = at+line.length, &guarded{r: rest}
	}
}
