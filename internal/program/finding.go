package program

import (
	"fmt"
	"strings"
)

// Severity is how bad a finding is.
type Severity string

// The severities.
const (
	Error   Severity = "error"   // the file is not used
	Warning Severity = "warning" // the file is used and something in it will surprise
	Advice  Severity = "advice"  // the file is used and could be better
)

// Finding is one thing to say about a heed.yaml.
type Finding struct {
	File     string   `json:"file"`
	Line     int      `json:"line"` // from 1; 0 for the file as a whole
	Severity Severity `json:"severity"`
	Code     string   `json:"code"` // stable name of the kind of finding, such as "duplicate_keyword"
	What     string   `json:"what"`
	Why      string   `json:"why"`
	Do       string   `json:"do"`
}

// String is the finding on one line, as compilers write: "heed.yaml:12: error: what. why. do.".
func (f Finding) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d: %s:", f.File, f.Line, f.Severity)
	for _, sentence := range []string{f.What, f.Why, f.Do} {
		if sentence != "" {
			b.WriteString(" " + strings.TrimSuffix(sentence, ".") + ".")
		}
	}
	return b.String()
}

// findings gathers what is found in one file.
type findings struct {
	file string
	all  []Finding
}

func (f *findings) add(severity Severity, code string, line int, what, why, do string) {
	f.all = append(f.all, Finding{File: f.file, Line: line, Severity: severity, Code: code, What: what, Why: why, Do: do})
}

func (f *findings) failed() bool {
	for _, x := range f.all {
		if x.Severity == Error {
			return true
		}
	}
	return false
}
