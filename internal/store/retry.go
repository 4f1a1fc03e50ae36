package store

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// retry runs a set again when it lost a deadlock or a serialization conflict, which another try settles. Everything
// else is for the caller: the event source brings the records again.
func (s *Store) retry(ctx context.Context, do func() error) error {
	const tries = 3
	var err error
	for range tries {
		err = do()
		var pg *pgconn.PgError
		if err == nil || !errors.As(err, &pg) || (pg.Code != "40P01" && pg.Code != "40001") || ctx.Err() != nil {
			return err
		}
	}
	return err
}

// send runs the statements of a batch as one transaction in one round trip.
func (s *Store) send(ctx context.Context, batch *pgx.Batch) error {
	if batch.Len() == 0 {
		return nil
	}
	return s.pool.SendBatch(ctx, batch).Close()
}
