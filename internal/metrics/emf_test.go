package metrics_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/heedsms/heed/internal/metrics"
	"github.com/heedsms/heed/internal/metrics/emftest"
)

func noon() time.Time { return time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC) }

func written(s *metrics.Set) string {
	var out bytes.Buffer
	(&metrics.Writer{Out: &out, Now: noon}).Write(s)
	return out.String()
}

// What stands in the log, to the letter.
func TestDocument(t *testing.T) {
	t.Parallel()
	var s metrics.Set
	s.Count(metrics.MessagesFailed, 2, metrics.Labels{Program: "alerts", Status: "blocked", Reason: "SPAM"})
	s.Count(metrics.EventsNew, 0, metrics.Labels{})
	s.Count(metrics.EventsReceived, 3, metrics.Labels{Program: "not a dimension of this one"})
	s.Observe(metrics.EventLag, 1500*time.Millisecond)
	s.Observe(metrics.EventLag, -time.Second)
	s.Observe(metrics.OutboxOldest, 1500*time.Millisecond)
	s.Gauge(metrics.OutboxDue, 0)
	want := `{"_aws":{"Timestamp":1795176000000,"CloudWatchMetrics":[{"Namespace":"heed","Dimensions":[[],["Program"],["Status"],["Program","Status"],["Reason"]],"Metrics":[` +
		`{"Name":"MessagesFailed","Unit":"Count"}]}]},"Program":"alerts","Status":"blocked","Reason":"SPAM","MessagesFailed":2}` + "\n" +
		`{"_aws":{"Timestamp":1795176000000,"CloudWatchMetrics":[{"Namespace":"heed","Dimensions":[[]],"Metrics":[` +
		`{"Name":"EventsReceived","Unit":"Count"},{"Name":"EventLag","Unit":"Milliseconds"},{"Name":"OutboxOldest","Unit":"Seconds"},{"Name":"OutboxDue","Unit":"Count"}]}]},` +
		`"EventsReceived":3,"EventLag":[1500,0],"OutboxOldest":1,"OutboxDue":0}` + "\n"
	if got := written(&s); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// A document holds at most a hundred values of a metric; the counts beside them are written once.
func TestManyValues(t *testing.T) {
	t.Parallel()
	var s metrics.Set
	for i := range 250 {
		s.Observe(metrics.EventLag, time.Duration(i)*time.Millisecond)
	}
	s.Count(metrics.EventsNew, 250, metrics.Labels{})
	log := written(&s)
	p, err := emftest.Read([]byte(log))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(log, "\n"); n != 3 || len(p["heed/EventLag"]) != 250 || p.Sum("heed/EventLag") != 250*249/2 || p.Sum("heed/EventsNew") != 250 {
		t.Errorf("%d lines, %d values, sum %v, new %v", n, len(p["heed/EventLag"]), p.Sum("heed/EventLag"), p.Sum("heed/EventsNew"))
	}
}

// Whatever is counted under whatever labels: documents that CloudWatch takes, sums that are right, and no label that
// could be the number or the words of a person.
func TestAnySet(t *testing.T) {
	t.Parallel()
	programs := []string{"alerts", "Acme.2", "24680", strings.Repeat("p", 64)}
	odd := []string{"", " ", "+14255550101", "14255550101", "Stop it", "\"", "\\", "né", "a\nb", ":x", strings.Repeat("p", 65), "\xff"}
	rapid.Check(t, func(t *rapid.T) {
		var s metrics.Set
		label := rapid.SampledFrom(append(append([]string{}, programs...), odd...))
		want := map[string]float64{}
		for range rapid.IntRange(0, 30).Draw(t, "steps") {
			n := rapid.SampledFrom([]metrics.Name{metrics.EventsNew, metrics.OptOuts, metrics.MessagesFailed, metrics.RepliesFailed}).Draw(t, "metric")
			more := rapid.IntRange(0, 5).Draw(t, "more")
			l := metrics.Labels{Program: label.Draw(t, "program"), Status: "blocked", Reason: label.Draw(t, "reason")}
			s.Count(n, more, l)
			if more > 0 {
				for _, set := range published(n, plain(l.Program, programs), plain(l.Reason, programs)) {
					want["heed/"+string(n)+set] += float64(more)
				}
			}
		}
		log := written(&s)
		got, err := emftest.Read([]byte(log))
		if err != nil {
			t.Fatal(err)
		}
		for name := range got {
			if got.Sum(name) != want[name] {
				t.Errorf("%s is %v, want %v", name, got.Sum(name), want[name])
			}
		}
		if len(got) != len(want) {
			t.Errorf("%d metrics, want %d:\n%s", len(got), len(want), log)
		}
	})
}

// plain is the label where it may be one.
func plain(label string, programs []string) string {
	for _, p := range programs {
		if label == p {
			return label
		}
	}
	return "other"
}

func published(n metrics.Name, program, reason string) []string {
	switch n {
	case metrics.OptOuts:
		return []string{"", fmt.Sprintf("{Program=%s}", program)}
	case metrics.MessagesFailed:
		return []string{"", fmt.Sprintf("{Program=%s}", program), "{Status=blocked}", fmt.Sprintf("{Program=%s,Status=blocked}", program), fmt.Sprintf("{Reason=%s}", reason)}
	case metrics.RepliesFailed:
		return []string{"", fmt.Sprintf("{Reason=%s}", reason)}
	}
	return []string{""}
}

// Without a writer nothing is written, and nobody has to ask.
func TestOff(t *testing.T) {
	t.Parallel()
	var s metrics.Set
	s.Count(metrics.EventsNew, 1, metrics.Labels{})
	var off *metrics.Writer
	off.Write(&s)
	if log := written(&metrics.Set{}); log != "" {
		t.Errorf("an empty set wrote %q", log)
	}
}
