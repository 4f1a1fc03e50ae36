package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Reach says of a program how many people another scope would block or free.
type Reach struct {
	Program string `json:"program"`
	// Subscribers have opted in to it, or are held, and have opted out of another program. Under sender scope they are
	// blocked, under program scope they are not.
	Subscribers int64 `json:"subscribers"`
	// Others opted out of another program and said nothing about this one.
	Others int64 `json:"others"`
}

// reach looks at everybody who is opted out of something: under sender scope they are blocked everywhere. A scope is
// applied when consent is read, so what it would change is a question to the register as it stands.
const reach = `
WITH gone AS (
    SELECT contact, array_agg(program) AS programs FROM heed.consent WHERE state = 'opted_out' GROUP BY contact
)
SELECT p.program, count(*) FILTER (WHERE c.program IS NOT NULL), count(*) FILTER (WHERE c.program IS NULL)
FROM gone CROSS JOIN unnest($1::text[]) AS p (program)
LEFT JOIN heed.consent c ON c.contact = gone.contact AND c.program = p.program
WHERE p.program <> ALL (gone.programs)
GROUP BY p.program ORDER BY p.program`

// SenderReach gives, program by program, who is blocked under sender scope and not under program scope.
func (s *Store) SenderReach(ctx context.Context, programs []string) ([]Reach, error) {
	rows, err := s.pool.Query(ctx, reach, programs)
	if err != nil {
		return nil, fmt.Errorf("preview the scope: %w", err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (r Reach, err error) {
		err = row.Scan(&r.Program, &r.Subscribers, &r.Others)
		return r, err
	})
	if err != nil {
		return nil, fmt.Errorf("preview the scope: %w", err)
	}
	return all, nil
}

// Blocked is somebody whom sender scope blocks for a program and program scope does not.
type Blocked struct {
	Program string `json:"program"`
	Contact string `json:"contact"`
	State   string `json:"state"` // in this program: opted_in, held or "" for none
	// Elsewhere is the program that they opted out of last.
	Elsewhere string `json:"opted_out_of"`
}

const blocked = `
SELECT p.program, gone.contact, coalesce(c.state, ''), gone.latest
FROM (SELECT contact, array_agg(program) AS programs, (array_agg(program ORDER BY since DESC, program))[1] AS latest
      FROM heed.consent WHERE state = 'opted_out' GROUP BY contact) gone
CROSS JOIN unnest($1::text[]) AS p (program)
LEFT JOIN heed.consent c ON c.contact = gone.contact AND c.program = p.program
WHERE p.program <> ALL (gone.programs)
ORDER BY p.program, gone.contact`

// SenderBlocked hands over, one by one, whom sender scope blocks and program scope does not.
func (s *Store) SenderBlocked(ctx context.Context, programs []string, each func(Blocked) error) error {
	rows, err := s.pool.Query(ctx, blocked, programs)
	if err != nil {
		return fmt.Errorf("list whom the scope blocks: %w", err)
	}
	var b Blocked
	_, err = pgx.ForEachRow(rows, []any{&b.Program, &b.Contact, &b.State, &b.Elsewhere}, func() error { return each(b) })
	if err != nil {
		return fmt.Errorf("list whom the scope blocks: %w", err)
	}
	return nil
}
