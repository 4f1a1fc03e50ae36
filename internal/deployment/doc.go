// Package deployment holds the tests that keep template.yaml and the code together: what no linter knows, such as which
// settings a function reads, which of AWS's operations are in its binary, and which alarm has a section in the runbook.
package deployment
