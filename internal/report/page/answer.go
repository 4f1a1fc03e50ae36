package page

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/heedsms/heed/internal/report"
)

// mostRows bounds what one report may hold in memory. More carriers than that nobody has.
const mostRows = 5000

// answer is what a report says, or why it does not.
type answer struct {
	rows  []row
	asOf  time.Time
	open  int64
	fault error
}

// row is one row of a report, by the names of its columns.
type row map[string]any

func (r row) text(name string) string {
	s, _ := r[name].(string) // of NULL nothing
	return s
}

func (r row) count(name string) int64 {
	n, _ := r[name].(int64)
	return n
}

// known is a measure, false where nothing is known of it.
func (r row) known(name string) (float64, bool) {
	switch v := r[name].(type) {
	case float64:
		return v, true
	case int64:
		return float64(v), true
	case string: // money: an exact decimal
		f, err := strconv.ParseFloat(v, 64)
		return f, err == nil
	}
	return 0, false
}

// write writes a measure, or a dash where nothing is known of it.
func (r row) write(name string, as func(float64) string) string {
	if v, ok := r.known(name); ok {
		return as(v)
	}
	return "–"
}

// questions are the reports that one page needs, each once.
type questions struct {
	asked   []report.Query
	answers []*answer
	known   map[string]*answer
}

// ask notes a question. The answer is filled when all are asked.
func (q *questions) ask(c choice, name, by string, more url.Values) *answer {
	query, err := c.query(name, by, more)
	if err != nil {
		return &answer{fault: err}
	}
	spec, _ := report.Named(name) // query has found it
	key := name + "?" + c.parameters(spec, by, more).Encode()
	if a, ok := q.known[key]; ok {
		return a
	}
	a := &answer{}
	if q.known == nil {
		q.known = map[string]*answer{}
	}
	q.known[key] = a
	q.asked, q.answers = append(q.asked, query), append(q.answers, a)
	return a
}

// run asks, several at once, for as long as there is patience. A report that fails is its own answer, and the others go on.
func (q *questions) run(ctx context.Context, source report.Source, patience time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var group errgroup.Group
	group.SetLimit(sideBySide)
	for i, query := range q.asked {
		group.Go(func() error {
			query.Limit, query.Timeout = mostRows, patience
			q.answers[i].read(ctx, source, query)
			return nil
		})
	}
	_ = group.Wait() // nobody returns an error
}

func (a *answer) read(ctx context.Context, source report.Source, query report.Query) {
	result, err := source.Report(ctx, query)
	if err != nil {
		a.fault = tooLate(ctx, err)
		return
	}
	defer result.Close()
	a.asOf, a.open = result.AsOf, result.Open
	for values, err := range result.Rows {
		if err != nil {
			a.rows, a.fault = nil, tooLate(ctx, err)
			return
		}
		r := make(row, len(values))
		for i, c := range result.Columns {
			r[c.Name] = values[i]
		}
		a.rows = append(a.rows, r)
	}
}
