// Package emftest reads what a function prints as CloudWatch Logs does, and finds every breach of the embedded metric
// format. It is for tests, and knows nothing of the package that writes.
//
// The rules: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html,
// and for names, dimensions and units https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html
package emftest

import (
	"bufio"
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Limits of the specification.
const (
	mostBytes      = 256 << 10 // of a document; newer pages say 1 MB
	mostMetrics    = 100
	mostValues     = 100
	mostDimensions = 30
	longestName    = 1024
	longestValue   = 1024
)

// units are those that the API knows, without bytes and bits.
var units = []string{"Seconds", "Microseconds", "Milliseconds", "Percent", "Count", "Count/Second", "None"}

// Published is what CloudWatch makes of lines: by namespace, metric and dimensions, as in "heed/OptOuts{Program=alerts}",
// the values.
type Published map[string][]float64

// Sum adds the values of a metric up. What was never written is 0.
func (p Published) Sum(metric string) float64 {
	sum := 0.0
	for _, v := range p[metric] {
		sum += v
	}
	return sum
}

// document is one line that has metrics, by its members: what the metadata refer to.
type document map[string]jsontext.Value

type metadata struct {
	CloudWatchMetrics []directive
	Timestamp         *int64
}

type directive struct {
	Namespace  string
	Dimensions [][]string
	Metrics    []struct {
		Name, Unit        string
		StorageResolution int `json:",omitzero"`
	}
}

// Read reads every line of a log that has metrics. The error names the first breach.
func Read(log []byte) (Published, error) {
	published := Published{}
	lines := bufio.NewScanner(bytes.NewReader(log))
	lines.Buffer(nil, 4<<20)
	for lines.Scan() {
		line := lines.Bytes()
		if !bytes.Contains(line, []byte(`"_aws"`)) {
			continue
		}
		if err := published.read(line); err != nil {
			return published, fmt.Errorf("%w in the line\n%s", err, line)
		}
	}
	return published, lines.Err()
}

func (p Published) read(line []byte) error {
	var d document
	var m metadata
	// Nothing before or behind, no member twice, and in the metadata none that the specification does not have.
	if err := json.Unmarshal(line, &d); err != nil {
		return err
	}
	if err := json.Unmarshal(d["_aws"], &m, json.RejectUnknownMembers(true)); err != nil {
		return err
	}
	switch {
	case len(line) > mostBytes:
		return fmt.Errorf("%d bytes", len(line))
	case m.Timestamp == nil || *m.Timestamp < 1e12 || *m.Timestamp > 1e13:
		return fmt.Errorf("a timestamp that is no milliseconds since 1970")
	case len(m.CloudWatchMetrics) == 0:
		return fmt.Errorf("no metric directive")
	}
	for _, each := range m.CloudWatchMetrics {
		if err := p.publish(d, each); err != nil {
			return err
		}
	}
	return nil
}

func (p Published) publish(d document, m directive) error {
	switch {
	case strings.TrimSpace(m.Namespace) == "" || len(m.Namespace) > 255 || strings.HasPrefix(m.Namespace, "AWS/"):
		return fmt.Errorf("namespace %q", m.Namespace)
	case len(m.Dimensions) == 0:
		return fmt.Errorf("no set of dimensions: nothing is published")
	case len(m.Metrics) == 0 || len(m.Metrics) > mostMetrics:
		return fmt.Errorf("%d metrics", len(m.Metrics))
	}
	for _, set := range m.Dimensions {
		dimensions, err := d.dimensions(set)
		if err != nil {
			return err
		}
		for _, metric := range m.Metrics {
			if metric.Name == "" || len(metric.Name) > longestName || !slices.Contains(units, metric.Unit) {
				return fmt.Errorf("metric %+v", metric)
			}
			if metric.StorageResolution != 0 && metric.StorageResolution != 1 && metric.StorageResolution != 60 {
				return fmt.Errorf("metric %+v", metric)
			}
			values, err := d.values(metric.Name)
			if err != nil {
				return err
			}
			name := m.Namespace + "/" + metric.Name + dimensions
			p[name] = append(p[name], values...)
		}
	}
	return nil
}

// dimensions writes a set as {Program=alerts,Status=expired}, "" where it is empty.
func (d document) dimensions(set []string) (string, error) {
	if len(set) > mostDimensions {
		return "", fmt.Errorf("%d dimensions", len(set))
	}
	var pairs []string
	for _, name := range set {
		var value string
		if err := json.Unmarshal(d[name], &value); err != nil {
			return "", fmt.Errorf("dimension %s refers to no text: %w", name, err)
		}
		if strings.TrimSpace(value) == "" || len(value) > longestValue || value[0] == ':' || !isASCII(value) {
			return "", fmt.Errorf("dimension %s is %q", name, value)
		}
		pairs = append(pairs, name+"="+value)
	}
	if len(pairs) == 0 {
		return "", nil
	}
	return "{" + strings.Join(pairs, ",") + "}", nil
}

// values reads what a metric refers to: a number, or up to a hundred.
func (d document) values(name string) ([]float64, error) {
	var one float64
	if json.Unmarshal(d[name], &one) == nil {
		return []float64{one}, nil
	}
	var many []float64
	if err := json.Unmarshal(d[name], &many); err != nil {
		return nil, fmt.Errorf("metric %s refers to no number: %w", name, err)
	}
	if len(many) == 0 || len(many) > mostValues {
		return nil, fmt.Errorf("metric %s has %d values", name, len(many))
	}
	return many, nil
}

func isASCII(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' })
}
