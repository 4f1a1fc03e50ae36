package main

import (
	"context"
	"net/url"
	"time"

	"github.com/heedsms/heed/internal/report"
)

// tellReport shows what became of the messages of this run, as heed report delivery does.
func (s *stage) tellReport(ctx context.Context) error {
	spec, _ := report.Named("delivery")
	q, err := report.ParseQuery(spec, url.Values{"by": {"day,country"}, "from": {"7d"}}, time.Now())
	if err != nil {
		return err
	}
	r, err := s.db.Report(ctx, q)
	if err != nil {
		return err
	}
	s.say("%s", line("heed report delivery --by day,country"))
	return report.WriteTable(s.out, q, r)
}
