package sql_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/heedsms/heed/internal/localdb"
	"github.com/heedsms/heed/internal/localdb/dbtest"
	heedsql "github.com/heedsms/heed/sql"
)

func TestMain(m *testing.M) {
	dbtest.Main(m, func(context.Context, string) error { return nil })
}

// empty is a database without a schema.
func empty(t *testing.T) string {
	t.Helper()
	return dbtest.New(t)
}

// Several start at once on an empty database: one works, all succeed, and the second time there is nothing to do.
func TestMigrateAtOnce(t *testing.T) {
	t.Parallel()
	url := empty(t)
	ctx := context.Background()
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if _, err := heedsql.Migrate(ctx, url); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	again, err := heedsql.Migrate(ctx, url)
	if err != nil || len(again) != 0 {
		t.Errorf("the second time it applied %v: %v", again, err)
	}
}

// An ordinary role that owns nothing but its database can migrate, leaves public alone, and cannot edit the ledger.
func TestMigrateAsOrdinaryRole(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	admin, err := pgx.Connect(ctx, empty(t))
	if err != nil {
		t.Fatal(err)
	}
	role := localdb.TempName()
	for _, statement := range []string{
		fmt.Sprintf(`CREATE ROLE %s LOGIN PASSWORD 'test'`, role),
		fmt.Sprintf(`GRANT CREATE ON DATABASE %s TO %s`, admin.Config().Database, role),
	} {
		if _, err := admin.Exec(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		for _, statement := range []string{`DROP OWNED BY ` + role, `DROP ROLE ` + role} {
			if _, err := admin.Exec(ctx, statement); err != nil {
				t.Error(err)
			}
		}
		_ = admin.Close(ctx)
	})
	config := admin.Config().Copy()
	config.User, config.Password = role, "test"
	if _, err := heedsql.MigrateConfig(ctx, config); err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	var inPublic int
	if err := conn.QueryRow(ctx, `SELECT count(*) FROM pg_tables WHERE schemaname = 'public'`).Scan(&inPublic); err != nil || inPublic != 0 {
		t.Errorf("%d tables in public: %v", inPublic, err)
	}
	if _, err := conn.Exec(ctx, `INSERT INTO heed.consent_event (program, contact, state, said_at, source) VALUES ('a', '+14255550101', 'opted_out', now(), 'operator')`); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(ctx, `DELETE FROM heed.consent_event`); err == nil {
		t.Error("the owner of the ledger could edit it")
	}
}

// can_send reads rows that heed did not make, numbers with and without a plus, and both scopes.
func TestCanSend(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	conn := migrated(t)
	if _, err := conn.Exec(ctx, `INSERT INTO heed.consent (program, contact, state, since) VALUES
		('a', '+14255550101', 'opted_out', '2026-11-20'), ('a', '+14255550102', 'opted_in', '2026-11-20'), ('a', '+14255550103', 'held', '2026-11-20'), ('b', '+14255550102', 'opted_out', '2026-11-21')`); err != nil {
		t.Fatal(err)
	}
	for _, scope := range []string{"program", "sender"} {
		if _, err := conn.Exec(ctx, `INSERT INTO heed.ruleset (document, sha256, settings) VALUES ('', $1, jsonb_build_object('scope', $1::text, 'programs', '{"strict": {"requireOptIn": true}}'::jsonb))`, scope); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct{ contact, program, program_, sender string }{
			{"+14255550101", "a", "f opted_out", "f opted_out"},
			{"14255550101", "a", "f opted_out", "f opted_out"},
			{"+14255550101", "b", "t no_record", "f opted_out_elsewhere"},
			{"+14255550102", "a", "t opted_in", "f opted_out_elsewhere"},
			{"+14255550103", "a", "f held", "f held"},
			{"+14255550199", "a", "t no_record", "t no_record"},
			{"+14255550199", "strict", "f opt_in_required", "f opt_in_required"},
		} {
			want := map[string]string{"program": c.program_, "sender": c.sender}[scope]
			var got string
			if err := conn.QueryRow(ctx, `SELECT left(allowed::text, 1) || ' ' || reason FROM heed.can_send($1, $2)`, c.contact, c.program).Scan(&got); err != nil {
				t.Fatal(err)
			}
			if got != want {
				t.Errorf("scope %s, %s for %s: %s, want %s", scope, c.contact, c.program, got, want)
			}
		}
	}
}

// The ledger gives way to the retention role and to nobody else, a superuser included.
func TestRetentionRole(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	conn := migrated(t)
	const add = `INSERT INTO heed.consent_event (program, contact, state, said_at, source) VALUES ('a', '+14255550101', 'opted_out', now(), 'operator')`
	if _, err := conn.Exec(ctx, add); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(ctx, `DELETE FROM heed.consent_event`); err == nil {
		t.Error("a superuser's plain DELETE was taken")
	}
	tag, err := conn.Exec(ctx, `SET ROLE heed_retention; DELETE FROM heed.consent_event`)
	if err != nil || tag.RowsAffected() != 1 {
		t.Errorf("the retention role removed %d rows: %v", tag.RowsAffected(), err)
	}
}

// migrated is a connection to a database of its own, with the schema of now.
func migrated(t *testing.T) *pgx.Conn {
	t.Helper()
	ctx := context.Background()
	url := empty(t)
	if _, err := heedsql.Migrate(ctx, url); err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(ctx) })
	return conn
}
