package deployment

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Every alarm has its section in the runbook, and says where; no section is of an alarm that is gone.
func TestRunbook(t *testing.T) {
	t.Parallel()
	sections := regexp.MustCompile(`(?m)^### (\w+Alarm)$`).FindAllStringSubmatch(text(t, "docs/operations.md"), -1)
	var written []string
	for _, m := range sections {
		written = append(written, m[1])
	}
	alarms := of(template(t), "AWS::CloudWatch::Alarm")
	for name, a := range alarms {
		if !slices.Contains(written, name) {
			t.Errorf("docs/operations.md has no section ### %s", name)
		}
		if where := "Runbook: docs/operations.md#" + strings.ToLower(name); !strings.HasSuffix(word(a["AlarmDescription"]), where) {
			t.Errorf("%s does not end in %q", name, where)
		}
		if a["TreatMissingData"] == nil || a["AlarmActions"] == nil || a["OKActions"] == nil {
			t.Errorf("%s does not say what missing data means, or tells nobody", name)
		}
	}
	for _, name := range written {
		if alarms[name] == nil {
			t.Errorf("docs/operations.md has a section of %s, which template.yaml does not have", name)
		}
	}
	if len(alarms) != 18 {
		t.Errorf("%d alarms", len(alarms))
	}
}

// An alarm looks at what its name says: InboundAgeAlarm at InboundQueue.
func TestAlarmsWatchTheirOwn(t *testing.T) {
	t.Parallel()
	watched := map[string]string{
		"DeadLettersAlarm": "DeadLetters", "AgeAlarm": "Queue", "ErrorsAlarm": "Function", "ThrottlesAlarm": "Function", "StoppedAlarm": "Function",
		"ArchiveDeliveryAlarm": "EventsStream",
	}
	seen := 0
	for name, a := range of(template(t), "AWS::CloudWatch::Alarm") {
		var want string
		for suffix, resource := range watched {
			if of, ok := strings.CutSuffix(name, suffix); ok {
				want = of + resource
			}
		}
		walk(a, func(m object) {
			for _, d := range list(m["Dimensions"]) {
				value := at(d, "Value")
				if _, literal := value.(string); literal {
					continue
				}
				if seen++; !slices.Equal(referred(value), []string{want}) {
					t.Errorf("%s watches %v, not %s", name, referred(value), want)
				}
			}
		})
	}
	if seen < 13 {
		t.Errorf("%d dimensions", seen)
	}
}

// One text that goes back to its queue again and again rings, though nothing else fails: it may be the STOP of the day.
// With a stream alone one failure does, because nobody tries again.
func TestOneTextRings(t *testing.T) {
	t.Parallel()
	tpl := template(t)
	alarms := of(tpl, "AWS::CloudWatch::Alarm")
	for _, s := range sources(t, tpl) {
		name := strings.TrimSuffix(s.function, "Function") + "ErrorsAlarm"
		times := alarms[name]["DatapointsToAlarm"]
		if either := list(at(times, "!If")); len(either) == 3 {
			if either[0] != "BySns" || either[2] != "1" {
				t.Errorf("%s: what a stream gave up is told of after %v", name, times)
			}
			times = either[1]
		}
		seconds := (number(t, times)-1)*number(t, of(tpl, "AWS::SQS::Queue")[s.queue]["VisibilityTimeout"]) + 60
		if window := 60 * number(t, alarms[name]["EvaluationPeriods"]); window < seconds {
			t.Errorf("%s looks at %d s; a text needs %d s to fail so often", name, window, seconds)
		}
	}
}

// An alarm takes ten metrics.
func TestAlarmsAreNotTooBig(t *testing.T) {
	t.Parallel()
	for name, a := range of(template(t), "AWS::CloudWatch::Alarm") {
		if n := len(list(a["Metrics"])); n > 11 { // and an expression
			t.Errorf("%s has %d metrics", name, n-1)
		}
	}
}

// Alarms and the dashboard look at metrics that heed writes, by dimensions under which it writes them, for reasons that
// there are.
func TestMetrics(t *testing.T) {
	t.Parallel()
	written := map[string]string{} // dimensions by name
	for _, m := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\| \\w+ \\| ([^|]+) \\|").FindAllStringSubmatch(text(t, "docs/metrics.md"), -1) {
		written[m[1]] = m[2]
	}
	reasons := text(t, "internal/fault/aws.go") + text(t, "internal/fault/fault.go")
	seen := 0
	walk(template(t), func(m object) {
		if m["Namespace"] != "heed" {
			return
		}
		seen++
		name, by := word(m["MetricName"]), "–"
		for _, d := range list(m["Dimensions"]) {
			by = fmt.Sprintf("(%s)", at(d, "Name"))
			if reason := word(at(d, "Value")); by == "(Reason)" && !strings.Contains(reasons, fmt.Sprintf("%q", reason)) {
				t.Errorf("%s: no reason %s", name, reason)
			}
		}
		if !slices.Contains(regexp.MustCompile(`\([^)]*\)|–`).FindAllString(written[name], -1), by) {
			t.Errorf("%s is not written by %s: %s", name, by, written[name])
		}
	})
	body := text(t, "template.yaml")
	for _, m := range regexp.MustCompile(`\["heed", "(\w+)"|MetricName=\\"(\w+)\\"`).FindAllStringSubmatch(body, -1) {
		if seen++; written[m[1]+m[2]] == "" {
			t.Errorf("the dashboard shows %s, which nobody writes", m[1]+m[2])
		}
	}
	if seen < 40 {
		t.Errorf("%d metrics seen", seen)
	}
}

// Metrics of AWS's are called as AWS calls them: an alarm on any other name would never ring. A formula knows its terms.
func TestMetricsOfAWS(t *testing.T) {
	t.Parallel()
	known := map[string][]string{
		"AWS/SQS":      {"ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"},
		"AWS/Lambda":   {"Errors", "Throttles", "Invocations", "Duration", "ConcurrentExecutions"},
		"AWS/Firehose": {"DeliveryToS3.Success", "DeliveryToS3.DataFreshness"},
	}
	check := func(where, namespace, metric string) {
		if namespace != "heed" && !slices.Contains(known[namespace], metric) {
			t.Errorf("%s: %s has no metric %s that is known here", where, namespace, metric)
		}
	}
	for name, a := range of(template(t), "AWS::CloudWatch::Alarm") {
		var ids []string
		for _, m := range list(a["Metrics"]) {
			ids = append(ids, word(at(m, "Id")))
		}
		walk(a, func(m object) {
			if m["Namespace"] != nil {
				check(name, word(m["Namespace"]), word(m["MetricName"]))
			}
			for _, term := range regexp.MustCompile(`\b[a-z]\w*`).FindAllString(word(m["Expression"]), -1) {
				if !slices.Contains(ids, term) {
					t.Errorf("%s: no metric has the id %s", name, term)
				}
			}
		})
	}
	shown := regexp.MustCompile(`\["(AWS/\w+)", "([\w.]+)"`).FindAllStringSubmatch(text(t, "template.yaml"), -1)
	for _, m := range shown {
		check("dashboard", m[1], m[2])
	}
	if len(shown) < 10 {
		t.Errorf("the dashboard shows %d metrics of AWS's", len(shown))
	}
}

// The dashboard is JSON once its variables are in it, with a place of its own for each widget.
func TestDashboard(t *testing.T) {
	t.Parallel()
	body := word(list(at(of(template(t), "AWS::CloudWatch::Dashboard")["Dashboard"], "DashboardBody", "!Sub"))[0])
	body = regexp.MustCompile(`\$\{Events(Age|Dead)\}`).ReplaceAllString(body, "")
	var dashboard struct {
		Widgets []struct {
			X, Y, Width, Height int
			Properties          struct{ Title string }
		}
	}
	if err := json.Unmarshal([]byte(body), &dashboard); err != nil {
		t.Fatal(err)
	}
	places := map[[2]int]string{}
	for _, w := range dashboard.Widgets {
		at := [2]int{w.X, w.Y}
		if places[at] != "" || w.Properties.Title == "" || w.X+w.Width > 24 {
			t.Errorf("%q stands on %q, or beyond the edge", w.Properties.Title, places[at])
		}
		places[at] = w.Properties.Title
	}
	if len(places) != 15 {
		t.Errorf("%d widgets", len(places))
	}
}
