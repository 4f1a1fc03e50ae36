package sql_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	heedsql "github.com/heedsms/heed/sql"
)

// What was recorded before there was a chain is linked as it stands, two rows of one cause among it, and the next event
// goes on behind it.
func TestLedgerOfBeforeIsLinked(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	url := empty(t)
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
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
	const lastWithout = 6
	if _, err := provider.UpTo(ctx, lastWithout); err != nil {
		t.Fatal(err)
	}
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
	err = conn.QueryRow(ctx, `
		WITH link AS (SELECT e.*, coalesce(lag(hash) OVER w, '') AS before, row_number() OVER w AS nth FROM heed.consent_event e WINDOW w AS (PARTITION BY program ORDER BY seq))
		SELECT count(*), count(*) FILTER (WHERE seq <> nth OR sealed <> heed.consent_sealed(salt, contact, inbound_message_id, actor, evidence)
				OR hash <> sha256(before || heed.consent_public(id, seq, program, state, said_at, recorded_at, source, of_event) || sealed)),
			(SELECT count(*) FROM heed.consent_chain h JOIN heed.consent_event e USING (program, seq, hash)) FROM link`).Scan(&rows, &broken, &heads)
	if err != nil || rows != 7 || broken != 0 || heads != 2 {
		t.Errorf("%d events, %d broken links, %d heads that hold: %v", rows, broken, heads, err)
	}
}
