package report

import "time"

// Trace is one text of a person with what heed made of it: the verdict, and every row that it wrote.
type Trace struct {
	At      time.Time // when the person spoke
	Contact string
	Program string
	TimelineText
	Rows []TraceRow
}

// TraceRow is one row of a table of schema heed that a text led to, in the order in which they are written.
type TraceRow struct {
	Table  string // without the schema
	What   string // which of its kind: a program, a kind of action, a message id
	State  string
	Detail string
}
