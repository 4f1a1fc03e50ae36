package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/heedsms/heed/internal/roster"
)

// readStands reads the register as of one moment. A row whose event is not known is there all the same.
const readStands = `
SELECT c.program, c.contact, c.state, c.since, coalesce(e.source, ''), coalesce(c.event_id, 0)
FROM heed.consent c LEFT JOIN heed.consent_event e ON e.id = c.event_id
WHERE ($1 = '' OR c.program = $1) AND ($2 = '' OR c.state = $2) AND c.since >= $3
ORDER BY c.program, c.contact`

// Stands gives where everybody stands, program by program in the order of the numbers: of one program or state where
// it is not "", and since a time. It holds one row at a time.
func (s *Store) Stands(ctx context.Context, program, state string, since time.Time, each func(roster.Stand) error) error {
	rows, err := s.pool.Query(ctx, readStands, program, state, since)
	if err == nil {
		var st roster.Stand
		_, err = pgx.ForEachRow(rows, []any{&st.Program, &st.Contact, &st.State, &st.Since, &st.Source, &st.EventID}, func() error { return each(st) })
	}
	if err != nil {
		return fmt.Errorf("read the register: %w", err)
	}
	return nil
}
