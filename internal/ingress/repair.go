package ingress

import (
	"bytes"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// isHollow says whether a record lacks what its source promises.
func (r lambdaRecord) isHollow() bool {
	return r.Body == "" && len(r.body) == 0 && r.SNS == nil && r.S3 == nil
}

// reopen reads the records of an event member by member, so that one of an unexpected shape stands alone: it keeps
// its id, to be answered for, and is handed on whole, to be set aside.
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
		e.Records = append(e.Records, reopenRecord(v))
	}
	for _, v := range raw.Firehose {
		e.FirehoseRecords = append(e.FirehoseRecords, reopenFirehose(v))
	}
	return e, len(e.Records)+len(e.FirehoseRecords) > 0
}

func reopenRecord(v jsontext.Value) lambdaRecord {
	var parts struct {
		SNSSource  jsontext.Value `json:"EventSource"`
		Source     jsontext.Value `json:"eventSource"`
		MessageID  jsontext.Value `json:"messageId"`
		Body       jsontext.Value `json:"body"`
		Attributes jsontext.Value `json:"attributes"`
		SNS        jsontext.Value `json:"Sns"`
		S3         jsontext.Value `json:"s3"`
	}
	_ = json.Unmarshal(v, &parts, lenient()) // not even an object: nothing is read of it
	var r lambdaRecord
	read(parts.SNSSource, &r.SNSSource)
	read(parts.Source, &r.Source)
	read(parts.MessageID, &r.MessageID)
	read(parts.Attributes, &r.Attributes)
	read(parts.Body, &r.Body)
	if !read(parts.SNS, &r.SNS) {
		r.SNS = nil
	}
	if !read(parts.S3, &r.S3) {
		r.S3 = nil
	}
	if r.isHollow() {
		r.whole = bytes.Clone(v)
	}
	return r
}

func reopenFirehose(v jsontext.Value) firehoseRecord {
	var parts struct {
		RecordID jsontext.Value `json:"recordId"`
		Arrival  jsontext.Value `json:"approximateArrivalTimestamp"`
		Data     jsontext.Value `json:"data"`
	}
	isObject := json.Unmarshal(v, &parts, lenient()) == nil
	var r firehoseRecord
	read(parts.RecordID, &r.RecordID)
	read(parts.Arrival, &r.Arrival)
	if !read(parts.Data, &r.Data) || !isObject {
		r.Data, r.whole = nil, bytes.Clone(v)
	}
	return r
}

// read reads a member into its field, and says whether what is there could be read. What is not there can.
func read(v jsontext.Value, into any) bool {
	return len(v) == 0 || json.Unmarshal(v, into, lenient()) == nil
}
