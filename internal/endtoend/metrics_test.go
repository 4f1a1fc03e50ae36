package endtoend

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/heedsms/heed/internal/metrics/emftest"
)

// The binaries as they are deployed print metrics that CloudWatch takes, among their logs, and of nobody; with
// HEED_METRICS=off none.
func TestMetricsInTheLogs(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	ctx := context.Background()
	report := delivered("m-metrics") // which comes twice
	run := func(env ...string) string {
		t.Helper()
		s.logs.b.Reset()
		for name, events := range map[string][][]byte{
			"inbound": {s.double.Publish(ctx, twoWay, stop("+14255550101", "metrics-1")).SNSLambdaEvent()},
			"events":  {[]byte(report), s.double.LogsEvent("/sms", false, report, "{poison")},
			"relay":   {[]byte(`{}`)},
		} {
			f := s.start(name, s.dbURL, 20*time.Second, env...)
			for _, event := range events {
				_, err := f.Invoke(ctx, event)
				must(t, err)
			}
			must(t, f.Close()) // its last lines are there only now
		}
		s.wantNobodyInTheLogs()
		return s.logs.String()
	}
	got, err := emftest.Read([]byte(run()))
	must(t, err)
	for metric, want := range map[string]float64{
		"heed/TextsReceived": 1, "heed/TextsNew": 1, "heed/OptOuts{Program=alerts}": 1, "heed/RepliesSent": 1,
		"heed/EventsReceived": 3, "heed/MessagesDelivered{Program=alerts}": 1, "heed/EventsDuplicate": 1, "heed/EventsParked": 1, "heed/OutboxUnknown": 0,
	} {
		if len(got[metric]) == 0 || got.Sum(metric) != want {
			t.Errorf("%s is %v, want %v", metric, got[metric], want)
		}
	}
	if lag := got.Sum("heed/EventLag"); lag < 0 || lag > 60_000 {
		t.Errorf("the lag is %v ms", lag)
	}
	if logs := run("HEED_METRICS=off"); strings.Contains(logs, "_aws") || !strings.Contains(logs, `"msg":"relay"`) {
		t.Errorf("metrics are off:\n%s", logs)
	}
}
