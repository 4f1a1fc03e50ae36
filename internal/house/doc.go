// Package house holds the tests that keep the house in shape: which package may import which, how deep, and what the
// domain may never see. CONTRIBUTING.md explains the table.
package house
