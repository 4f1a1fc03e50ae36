package store

import (
	"context"
	"fmt"
)

const countedState = `
SELECT concat_ws('/', extract(epoch FROM s.refreshed_at), (SELECT extract(epoch FROM max(d.detailed_at)) FROM heed.rollup_day d))
FROM heed.rollup_state s`

// Counted names the state of the counts that reports read: while it is the same, so are they, but for a count that is
// under way.
func (s *Store) Counted(ctx context.Context) (string, error) {
	var state string
	if err := s.pool.QueryRow(ctx, countedState).Scan(&state); err != nil {
		return "", fmt.Errorf("read how old the counts are: %w", err)
	}
	return state, nil
}

// Ping says whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.pool.Ping(ctx); err != nil {
		return fmt.Errorf("ask the database: %w", err)
	}
	return nil
}
