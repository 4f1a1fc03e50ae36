package emftest

import (
	"strings"
	"testing"
)

// The specification's own example is read; each row below breaks one of its rules.
func TestRead(t *testing.T) {
	t.Parallel()
	const sound = `{"_aws":{"Timestamp":1574109732004,"CloudWatchMetrics":[{"Namespace":"lambda-function-metrics","Dimensions":[["functionVersion"]],"Metrics":[{"Name":"time","Unit":"Milliseconds","StorageResolution":60}]}]},"functionVersion":"$LATEST","time":100,"requestId":"989ffbf8-9ace-4817-a57c-e4dd734019ee"}`
	p, err := Read([]byte("START RequestId: 1\n" + sound + "\n" + sound + "\n" + `{"level":"INFO"}` + "\n"))
	if err != nil || len(p) != 1 || p.Sum("lambda-function-metrics/time{functionVersion=$LATEST}") != 200 {
		t.Errorf("%v, %v", p, err)
	}
	for _, row := range []struct{ sentence, old, with string }{
		{"data before the object", `{"_aws"`, `2026-11-20 {"_aws"`},
		{"data behind the object", `019ee"}`, `019ee"} x`},
		{"a timestamp in seconds", `1574109732004`, `1574109732`},
		{"no timestamp", `"Timestamp":1574109732004,`, ``},
		{"a member that the specification does not have", `"Timestamp"`, `"LogGroupName":"x","Timestamp"`},
		{"no namespace", `"lambda-function-metrics"`, `" "`},
		{"no set of dimensions", `[["functionVersion"]]`, `[]`},
		{"a dimension without a value", `"functionVersion":"$LATEST",`, ``},
		{"a dimension that is a number", `"$LATEST"`, `7`},
		{"a dimension that is empty", `"$LATEST"`, `""`},
		{"a dimension that begins with a colon", `"$LATEST"`, `":x"`},
		{"a dimension that is not ASCII", `"$LATEST"`, `"é"`},
		{"31 dimensions", `["functionVersion"]`, `[` + strings.Repeat(`"functionVersion",`, 30) + `"functionVersion"]`},
		{"a unit that CloudWatch does not know", `Milliseconds`, `ms`},
		{"a resolution that CloudWatch does not have", `:60`, `:30`},
		{"a metric without a value", `"time":100,`, ``},
		{"a metric that is a text", `"time":100`, `"time":"100"`},
		{"a metric without values", `"time":100`, `"time":[]`},
		{"101 values", `"time":100`, `"time":[` + strings.Repeat("1,", 100) + `1]`},
		{"101 metrics", `{"Name":"time",`, strings.Repeat(`{"Name":"time","Unit":"Count"},`, 100) + `{"Name":"time",`},
		{"a member twice", `"time":100`, `"time":100,"time":100`},
		{"too large", `"requestId":"`, `"requestId":"` + strings.Repeat("x", mostBytes)},
	} {
		line := strings.Replace(sound, row.old, row.with, 1)
		if _, err := Read([]byte(line)); err == nil || line == sound {
			t.Errorf("%s: no breach was found", row.sentence)
		}
	}
}
