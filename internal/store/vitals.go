package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/heedsms/heed/internal/vitals"
)

const serverVitals = `
SELECT current_setting('server_version_num')::int, current_user::text, (SELECT rolsuper FROM pg_roles WHERE rolname = current_user), clock_timestamp(),
       EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'heed' AND c.relname = 'migration')`

const newestMigration = `SELECT coalesce(max(version_id), 0) FROM heed.migration WHERE is_applied`

const absentRoles = `
SELECT r FROM unnest('{heed_worker,heed_retention,heed_reader}'::text[]) r WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = r)`

// lackingGrants are the rights that the roles of the migrations cannot do their work without. What a server lacks the
// role for is told by absentRoles.
const lackingGrants = `
WITH wanted (role, rights, objects) AS (VALUES
    ('heed_worker', '{SELECT,INSERT,UPDATE}'::text[], '{inbound,consent,outbox,message,parked,suspension,reconcile,consent_chain}'::text[]),
    ('heed_worker', '{SELECT,INSERT}', '{consent_event,delivery_event,reconcile_seen,publishing,rollup_mark}'),
    ('heed_worker', '{SELECT}', '{ruleset,legal_hold,rollup_state}'),
    ('heed_worker', '{DELETE}', '{consent,outbox,parked,reconcile,reconcile_seen}'),
    ('heed_retention', '{SELECT,UPDATE,DELETE}', '{consent_event,inbound,outbox}'),
    ('heed_reader', '{SELECT}', '{delivery_daily,inbound_mix,data_health}')
), callable (role, signature) AS (VALUES
    ('heed_worker', 'heed.make_partitions(date, date)'), ('heed_worker', 'heed.drop_partitions(text, date)'),
    ('heed_worker', 'heed.refresh_delivery(integer, timestamptz)'), ('heed_worker', 'heed.refresh_details(timestamptz, timestamptz)'),
    ('heed_worker', 'heed.close_silent(smallint, timestamptz, timestamptz, integer, timestamptz)'),
    ('heed_worker', 'heed.prove_replies(uuid[], text[], timestamptz)'), ('heed_reader', 'heed.can_send(text, text)')
)
SELECT w.role, r, 'heed.' || o FROM wanted w, unnest(w.rights) r, unnest(w.objects) o
WHERE EXISTS (SELECT FROM pg_roles p WHERE p.rolname = w.role) AND NOT has_table_privilege(w.role, 'heed.' || o, r)
UNION ALL
SELECT c.role, 'EXECUTE', 'FUNCTION ' || c.signature FROM callable c
WHERE EXISTS (SELECT FROM pg_roles p WHERE p.rolname = c.role) AND NOT has_function_privilege(c.role, c.signature, 'EXECUTE')
UNION ALL
SELECT p.rolname::text, 'USAGE', 'SCHEMA heed' FROM pg_roles p
WHERE p.rolname IN ('heed_worker', 'heed_retention', 'heed_reader') AND NOT has_schema_privilege(p.rolname, 'heed', 'USAGE')
ORDER BY 1, 3, 2`

const lastDays = `
SELECT p.name, max(to_date(right(c.relname, 8), 'YYYYMMDD')) FILTER (WHERE c.relname ~ '_p[0-9]{8}$')::timestamp AT TIME ZONE 'UTC'
FROM unnest('{delivery_event,message,delivery_quarter}'::text[]) p (name)
JOIN pg_inherits i ON i.inhparent = ('heed.' || p.name)::regclass JOIN pg_class c ON c.oid = i.inhrelid
GROUP BY p.name`

const strayRows = `
SELECT 'delivery_event', count(*) FROM (SELECT FROM heed.delivery_event_default WHERE occurred_at > $1 LIMIT $2) e
UNION ALL SELECT 'message', count(*) FROM (SELECT FROM heed.message_default WHERE requested_at > $1 LIMIT $2) m
UNION ALL SELECT 'delivery_quarter', count(*) FROM (SELECT FROM heed.delivery_quarter_default WHERE bucket > $1 LIMIT $2) q`

// waitingVitals counts what the gauges do not tell of: $1 is an hour ago, $2 a week.
const waitingVitals = `
SELECT (SELECT refreshed_at FROM heed.rollup_state),
       (SELECT count(*) FROM (SELECT FROM heed.outbox WHERE state IN ('planned', 'claimed') AND not_before <= $3 LIMIT $4) o),
       (SELECT min(not_before) FROM heed.outbox WHERE state IN ('planned', 'claimed') AND not_before <= $3),
       (SELECT count(*) FROM heed.outbox WHERE state = 'failed' AND settled_at >= $2),
       coalesce((SELECT coalesce(error, '') FROM heed.outbox WHERE state = 'failed' AND settled_at >= $2 GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1), ''),
       (SELECT count(*) FROM heed.outbox WHERE state = 'unknown' AND created_at < $1),
       (SELECT count(*) FROM heed.consent WHERE aws_state = 'locked'),
       (SELECT count(*) FROM (SELECT FROM heed.parked WHERE replayed_at IS NULL LIMIT $4) p)`

const finishedLists = `SELECT list, finished_at FROM heed.reconcile WHERE NOT dry_run AND finished_at IS NOT NULL`

const newestRuleset = `SELECT version, document FROM heed.ruleset ORDER BY version DESC LIMIT 1`

// Examine looks at a database, whatever is in it: it may have no schema, or one of another release, and the user few
// rights. It changes nothing. What Postgres refuses to the user is told in the result.
func Examine(ctx context.Context, conn *pgx.Conn, now func() time.Time) (*vitals.Database, error) {
	d := &vitals.Database{Host: conn.Config().Host}
	asked := now()
	var hasSchema bool
	if err := conn.QueryRow(ctx, serverVitals).Scan(&d.Version, &d.User, &d.Superuser, &d.Clock, &hasSchema); err != nil {
		return nil, fmt.Errorf("ask the database for its version: %w", err)
	}
	d.Asked = asked.Add(now().Sub(asked) / 2)
	if !hasSchema {
		return d, nil
	}
	err := examineSchema(ctx, conn, d, d.Asked)
	var pg *pgconn.PgError
	switch {
	case errors.As(err, &pg) && pg.Code == "42501": // insufficient_privilege
		d.Refused = pg.Message
		return d, nil
	case errors.As(err, &pg) && d.Schema > 0 && slices.Contains([]string{"42P01", "42703", "42883"}, pg.Code): // no such table, column, function
		d.Missing = pg.Message
		return d, nil
	case err != nil:
		return nil, fmt.Errorf("look at the schema heed: %w", err)
	}
	return d, nil
}

func examineSchema(ctx context.Context, conn *pgx.Conn, d *vitals.Database, now time.Time) error {
	if err := conn.QueryRow(ctx, newestMigration).Scan(&d.Schema); err != nil {
		return err
	}
	var err error
	if d.Absent, err = collect(ctx, conn, pgx.RowTo[string], absentRoles); err != nil {
		return err
	}
	if d.Lacking, err = collect(ctx, conn, pgx.RowToStructByPos[vitals.Grant], lackingGrants); err != nil {
		return err
	}
	if d.Days, err = byName[time.Time](ctx, conn, lastDays); err != nil {
		return err
	}
	if d.Stray, err = byName[int64](ctx, conn, strayRows, now.Add(-24*time.Hour), mostCounted); err != nil {
		return err
	}
	var counted, due *time.Time
	err = conn.QueryRow(ctx, waitingVitals, now.Add(-time.Hour), now.Add(-7*24*time.Hour), now, mostCounted).
		Scan(&counted, &d.Due, &due, &d.Failed, &d.FailedWhy, &d.Unknown, &d.Locked, &d.Parked)
	if err != nil {
		return err
	}
	if counted != nil {
		d.Counted = *counted
	}
	if due != nil {
		d.DueSince = *due
	}
	if d.Reconciled, err = byName[time.Time](ctx, conn, finishedLists); err != nil {
		return err
	}
	err = conn.QueryRow(ctx, newestRuleset).Scan(&d.Ruleset, &d.Document)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	return err
}

func collect[T any](ctx context.Context, conn *pgx.Conn, scan pgx.RowToFunc[T], query string, args ...any) ([]T, error) {
	rows, err := conn.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scan)
}

// byName is a map of rows of a name and a value; NULL is the value that is nothing.
func byName[T any](ctx context.Context, conn *pgx.Conn, query string, args ...any) (map[string]T, error) {
	rows, err := conn.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	all := map[string]T{}
	var name string
	var value *T
	_, err = pgx.ForEachRow(rows, []any{&name, &value}, func() error {
		var none T
		if all[name] = none; value != nil {
			all[name] = *value
		}
		return nil
	})
	return all, err
}
