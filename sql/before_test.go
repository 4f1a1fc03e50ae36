package sql_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	heedsql "github.com/heedsms/heed/sql"
)

// before is a database with the migrations up to a version.
func before(t *testing.T, version int64) (url string, conn *pgx.Conn) {
	t.Helper()
	ctx := context.Background()
	url = empty(t)
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(ctx) })
	if _, err := conn.Exec(ctx, `CREATE SCHEMA heed`); err != nil {
		t.Fatal(err)
	}
	files, err := heedsql.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	db := stdlib.OpenDB(*conn.Config())
	defer db.Close()
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithTableName("heed.migration"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.UpTo(ctx, version); err != nil {
		t.Fatal(err)
	}
	return url, conn
}

// What was recorded before there was a chain is linked as it stands, two rows of one cause among it, and the next event
// goes on behind it.
func TestLedgerOfBeforeIsLinked(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	const lastWithout = 6
	url, conn := before(t, lastWithout)
	const add = `INSERT INTO heed.consent_event (program, contact, state, said_at, source, inbound_message_id, evidence)
		SELECT p, '+14255550101', s, timestamptz '2026-11-20 12:00Z', 'keyword', m, '{"text": "STOP"}'
		FROM (VALUES ('b', 'opted_out', '1'), ('a', 'opted_out', '1'), ('a', 'opted_in', NULL), ('a', 'opted_out', '1'), ('b', 'held', NULL), ('b', 'held', NULL)) x (p, s, m)`
	if _, err := conn.Exec(ctx, add); err != nil {
		t.Fatal(err)
	}
	if _, err := heedsql.Migrate(ctx, url); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(ctx, `INSERT INTO heed.consent_event (program, contact, state, said_at, source) VALUES ('a', '+14255550102', 'held', now(), 'operator')`); err != nil {
		t.Fatal(err)
	}
	var rows, broken, heads int
	err := conn.QueryRow(ctx, `
		WITH link AS (SELECT e.*, coalesce(lag(hash) OVER w, '') AS before, row_number() OVER w AS nth FROM heed.consent_event e WINDOW w AS (PARTITION BY program ORDER BY seq))
		SELECT count(*), count(*) FILTER (WHERE seq <> nth OR sealed <> heed.consent_sealed(salt, contact, inbound_message_id, actor, evidence)
				OR hash <> sha256(before || heed.consent_public(id, seq, program, state, said_at, recorded_at, source, of_event) || sealed)),
			(SELECT count(*) FROM heed.consent_chain h JOIN heed.consent_event e USING (program, seq, hash)) FROM link`).Scan(&rows, &broken, &heads)
	if err != nil || rows != 7 || broken != 0 || heads != 2 {
		t.Errorf("%d events, %d broken links, %d heads that hold: %v", rows, broken, heads, err)
	}
}

// Messages of before there were counts are counted, in days with a partition and without, and found by their time. Who
// still writes as the last release did is not refused.
func TestMessagesOfBeforeAreCounted(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	const lastWithout = 12
	url, conn := before(t, lastWithout)
	written := func(id string, daysAgo int) {
		t.Helper()
		_, err := conn.Exec(ctx, `
			INSERT INTO heed.message AS t (message_id, requested_at, status, status_rank, status_at, aws_status, event_type, is_final, updated_at)
			SELECT x.message_id, x.requested_at, x.status, x.status_rank, x.status_at, x.aws_status, x.event_type, x.is_final, now()
			FROM json_populate_record(NULL::heed.message_row_1, json_build_object('message_id', $1::text, 'requested_at', now() - make_interval(days => $2),
				'status', 'queued', 'status_rank', 2, 'status_at', now(), 'aws_status', 'QUEUED', 'event_type', 'TEXT_QUEUED', 'is_final', false)) x
			ON CONFLICT (message_id, requested_at) DO UPDATE SET is_final = t.is_final OR excluded.is_final`, id, daysAgo)
		if err != nil {
			t.Fatal(err)
		}
	}
	written("today", 0)
	written("long ago", 60)
	if _, err := heedsql.Migrate(ctx, url); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(ctx, `SELECT heed.refresh_delivery(100, now())`); err != nil {
		t.Fatal(err)
	}
	written("by the last release", 60)
	var days, messages int
	if err := conn.QueryRow(ctx, `SELECT count(*), sum(messages) FROM heed.delivery_day`).Scan(&days, &messages); err != nil || days != 2 || messages != 2 {
		t.Errorf("%d messages on %d days are counted: %v", messages, days, err)
	}
	var indexed bool
	err := conn.QueryRow(ctx, `SELECT bool_and(x.indisvalid) AND count(*) = (SELECT count(*) FROM pg_inherits WHERE inhparent = 'heed.message'::regclass)
		FROM pg_inherits a JOIN pg_index x ON x.indexrelid IN (a.inhrelid, a.inhparent) AND x.indrelid <> 'heed.message'::regclass
		WHERE a.inhparent = 'heed.message_requested'::regclass`).Scan(&indexed)
	if err != nil || !indexed {
		t.Errorf("not every day has its index by time: %v", err)
	}
}
