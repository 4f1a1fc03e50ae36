package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/heedsms/heed/internal/localdb"
	"github.com/heedsms/heed/internal/localdb/dbtest"
	"github.com/heedsms/heed/internal/store"
	"github.com/heedsms/heed/internal/vitals"
)

// examine connects anew to a database and looks at it.
func examine(t *testing.T, config *pgx.ConnConfig) (d *vitals.Database) {
	t.Helper()
	conn, err := pgx.ConnectConfig(context.Background(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if d, err = store.Examine(context.Background(), conn, time.Now); err != nil {
		t.Fatal(err)
	}
	return d
}

// A database that was just migrated lacks nothing: every right that is looked for is one that the migrations give.
func TestExamineMigrated(t *testing.T) {
	t.Parallel()
	s := open(t)
	d := examine(t, s.Pool().Config().ConnConfig)
	if d.Version < 140000 || d.Schema < 17 || d.Refused != "" || len(d.Absent)+len(d.Lacking) != 0 || d.Ruleset != 0 || !d.Counted.IsZero() {
		t.Errorf("%+v", d)
	}
	if skew := d.Clock.Sub(d.Asked); skew.Abs() > time.Second {
		t.Errorf("its clock is %s off", skew)
	}
	if len(d.Days) != 3 || d.Days["message"].Before(time.Now()) {
		t.Errorf("days %v", d.Days)
	}
}

// A database without a schema, and a user without rights, are seen as such.
func TestExamineStrangers(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := open(t)
	role := localdb.TempName()
	if _, err := s.Pool().Exec(ctx, `CREATE ROLE `+role+` LOGIN PASSWORD 'test'`); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := s.Pool().Exec(ctx, `DROP ROLE `+role); err != nil {
			t.Error(err)
		}
	})
	config := s.Pool().Config().ConnConfig.Copy()
	config.User, config.Password = role, "test"
	if d := examine(t, config); d.Refused == "" || d.Superuser || d.User != role || d.Schema != 0 {
		t.Errorf("without rights: %+v", d)
	}
	empty := localdb.TempName()
	server := dbtest.Server(t)
	url, err := server.CreateDatabase(ctx, empty, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.DropDatabase(ctx, empty) })
	if config, err = pgx.ParseConfig(url); err != nil {
		t.Fatal(err)
	}
	if d := examine(t, config); d.Refused != "" || d.Schema != 0 {
		t.Errorf("without a schema: %+v", d)
	}
}
