package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Applying is the right to change how AWS is set up, held by a lock of its connection: who is killed lets go of it.
type Applying struct{ conn *pgxpool.Conn }

// AppliedByOtherError says that somebody else is at it.
type AppliedByOtherError struct {
	Who string // name and since when, as far as Postgres tells; "" where it does not
}

func (e *AppliedByOtherError) Error() string {
	if e.Who == "" {
		return "somebody else applies a heed.yaml to this database at this moment"
	}
	return "somebody else applies a heed.yaml to this database: " + e.Who
}

// No opt-out list has a name with a blank in it, so the key is none of a pass (tryLock).
const (
	tryApply  = `SELECT pg_try_advisory_lock(1751475557, hashtext('heed apply'))`
	endApply  = `SELECT pg_advisory_unlock(1751475557, hashtext('heed apply'))`
	signApply = `SELECT set_config('application_name', $1, false)`
	whoApply  = `
SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE l.locktype = 'advisory' AND l.granted AND l.classid = 1751475557::oid
      AND l.objid = (hashtext('heed apply')::int8 & 4294967295)::oid
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`
)

// applySign is how the connection that holds the right is called, before the name: 63 bytes are all that Postgres keeps.
const applySign = "heed apply: "

// HoldApply takes the right to change how AWS is set up, or says who has it ([*AppliedByOtherError]). It does not wait.
func (s *Store) HoldApply(ctx context.Context, by string, now time.Time) (*Applying, error) {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return nil, fmt.Errorf("hold heed apply: %w", err)
	}
	var mine bool
	var who string
	if err = conn.QueryRow(ctx, tryApply).Scan(&mine); err == nil && mine {
		sign := fmt.Sprintf("%s%.30s since %s", applySign, by, now.UTC().Format("15:04:05Z"))
		if _, err = conn.Exec(ctx, signApply, sign); err == nil {
			return &Applying{conn}, nil
		}
		_ = conn.Conn().Close(ctx) // the lock goes with it
	} else if err == nil {
		if err = conn.QueryRow(ctx, whoApply).Scan(&who); err == nil || errors.Is(err, pgx.ErrNoRows) {
			err = &AppliedByOtherError{}
			if name, signed := strings.CutPrefix(who, applySign); signed {
				err = &AppliedByOtherError{Who: name}
			}
		}
	}
	conn.Release()
	return nil, fmt.Errorf("hold heed apply: %w", err)
}

// Held says whether the right is still ours: with the connection it is gone.
func (a *Applying) Held(ctx context.Context) error {
	if err := a.conn.Ping(ctx); err != nil {
		return fmt.Errorf("the database connection that keeps others from applying is lost: %w", err)
	}
	return nil
}

// Release lets the next one apply, also where the work was interrupted.
func (a *Applying) Release(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	_, err := a.conn.Exec(ctx, endApply)
	if err == nil {
		_, err = a.conn.Exec(ctx, signApply, "heed")
	}
	if err != nil {
		_ = a.conn.Conn().Close(ctx)
	}
	a.conn.Release()
}
