// Package metrics writes what the functions count as CloudWatch's embedded metric format: lines of JSON on standard
// output, which CloudWatch Logs turns into metrics. No call is made and no right is needed.
//
// The format: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
package metrics

import (
	"io"
	"strconv"
	"time"
)

// Namespace is where CloudWatch lists the metrics.
const Namespace = "heed"

// What one document may hold, by the specification.
const (
	mostMetrics = 100
	mostValues  = 100
)

// Writer writes sets as documents, a line each. A nil writer writes nothing. Several goroutines may use one if they may
// use its Out.
type Writer struct {
	Out io.Writer
	Now func() time.Time
}

// Write writes a set, in as many documents as it takes. What the log does not take is lost, as a line of it would be.
func (w *Writer) Write(s *Set) {
	if w == nil {
		return
	}
	at := w.Now().UnixMilli()
	for left := s.all; len(left) > 0; {
		var line []byte
		line, left = document(left, at)
		// One write a line, so that none is torn by another that is printed meanwhile.
		_, _ = w.Out.Write(line)
	}
}

// document writes of what is left as much as one document may hold, and returns the rest.
func document(left []series, at int64) (line []byte, rest []series) {
	g := left[0].group
	var now []series
	for _, s := range left {
		if s.group != g || len(now) == mostMetrics {
			rest = append(rest, s)
			continue
		}
		if len(s.values) > mostValues {
			more := s
			s.values, more.values = s.values[:mostValues], s.values[mostValues:]
			rest = append(rest, more)
		}
		now = append(now, s)
	}
	return write(g, now, at), rest
}

// write writes names and labels as they are: none has a character that JSON would want escaped.
func write(g group, all []series, at int64) []byte {
	out := append(make([]byte, 0, 1024), `{"_aws":{"Timestamp":`...)
	out = strconv.AppendInt(out, at, 10)
	out = append(out, `,"CloudWatchMetrics":[{"Namespace":"`+Namespace+`","Dimensions":`...)
	out = append(out, g.by.sets()...)
	out = append(out, `,"Metrics":[`...)
	for i, s := range all {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, `{"Name":"`...)
		out = append(out, s.name...)
		out = append(out, `","Unit":"`...)
		out = append(out, definitions[s.name].unit...)
		out = append(out, `"}`...)
	}
	out = append(out, `]}]}`...)
	out = appendLabel(out, `,"Program":"`, g.Program)
	out = appendLabel(out, `,"Status":"`, g.Status)
	out = appendLabel(out, `,"Reason":"`, g.Reason)
	for _, s := range all {
		out = append(out, `,"`...)
		out = append(out, s.name...)
		out = append(out, `":`...)
		out = appendValues(out, s.values)
	}
	return append(out, "}\n"...)
}

func appendLabel(out []byte, name, value string) []byte {
	if value == "" {
		return out
	}
	return append(append(append(out, name...), value...), '"')
}

func appendValues(out []byte, values []int64) []byte {
	if len(values) == 1 {
		return strconv.AppendInt(out, values[0], 10)
	}
	out = append(out, '[')
	for i, v := range values {
		if i > 0 {
			out = append(out, ',')
		}
		out = strconv.AppendInt(out, v, 10)
	}
	return append(out, ']')
}
