package store

import (
	"context"
	"errors"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// retry runs a set again when it lost a race that another try settles. Everything
// else is for the caller: the event source brings the records again.
func (s *Store) retry(ctx context.Context, do func() error) error {
	const tries = 3
	// A deadlock, a serialization conflict, and a row that was on its way to the default partition while its own was
	// attached.
	again := []string{"40P01", "40001", "23514"}
	var err error
	for range tries {
		err = do()
		var pg *pgconn.PgError
		if err == nil || !errors.As(err, &pg) || !slices.Contains(again, pg.Code) || ctx.Err() != nil {
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
