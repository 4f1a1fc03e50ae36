// Package report says which reports there are, what may be asked of each, and how an answer is written: as a table, as
// CSV, as JSON. The command line, the HTTP API and the page ask alike: [ParseQuery] reads a [Query], a [Source] answers
// it with a [Result], and a writer takes its rows as they come.
//
// What a report counts is decided in SQL: each is a function of the schema heed (report_delivery and so on), for
// everybody who reads the database. A [Spec] describes that function, column by column; tests hold the functions, the
// Specs and docs/reports.md together.
package report
