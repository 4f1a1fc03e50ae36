package report

import (
	"context"
	"iter"
	"time"
)

// Source answers queries. The store is one.
type Source interface {
	// Report begins to answer a query that [ParseQuery] gave. The rows are read while they are taken, and the context
	// has to live as long. Who does not range over the rows calls Close.
	Report(ctx context.Context, q Query) (*Result, error)
}

// Result is a report as it streams.
type Result struct {
	// Columns are those of each row: the dimensions asked for in the order asked, then the measures of the Spec.
	Columns []Column
	// AsOf is when the counts held all that was known. Zero: nothing was ever counted.
	AsOf time.Time
	// Open is how many of the messages asked for have no last word yet; of the report inbound, how many texts wait for a
	// decision. So much of the report may still change.
	Open int64
	// Rows can be ranged over once. An error ends them. A row is valid until the next one.
	Rows iter.Seq2[[]any, error]
	// Truncated says, once the rows have ended, that there were more than Query.Limit.
	Truncated bool
	// Release frees what the rows hold; nil: nothing. Call Close.
	Release func()
}

// Close lets go of the rows. Ranging over them does so too; to close again does nothing.
func (r *Result) Close() {
	if r.Release != nil {
		r.Release()
	}
}
