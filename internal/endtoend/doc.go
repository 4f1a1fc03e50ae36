// Package endtoend holds the tests that run the deployed binaries: under a Lambda Runtime API, against real Postgres
// and the local double behind HTTP, fed with the events of every source, and killed at every point.
package endtoend
