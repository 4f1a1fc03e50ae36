package store_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/heedsms/heed/internal/localdb"
	"github.com/heedsms/heed/internal/store"
)

// Forgetting takes the role that owns the tables, and the right to take on heed_retention. Without that right it says
// which one is missing, and changes nothing.
func TestForgetRights(t *testing.T) {
	t.Parallel()
	admin := open(t)
	ctx := context.Background()
	apply(t, admin, rulesYAML)
	say(t, texts(admin, &world{listed: map[string]bool{}}, noon), spoken{"1", zoe, acme, "STOP", noon()})
	role := localdb.TempName()
	must := func(statement string) {
		t.Helper()
		if _, err := admin.Pool().Exec(ctx, statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	must(fmt.Sprintf(`CREATE ROLE %s LOGIN PASSWORD 'test'`, role))
	t.Cleanup(func() {
		must(`DROP OWNED BY ` + role + ` CASCADE`)
		must(`DROP ROLE ` + role)
	})
	must(fmt.Sprintf(`DO $$
DECLARE r record;
BEGIN
    EXECUTE 'ALTER SCHEMA heed OWNER TO %[1]s';
    FOR r IN SELECT oid::regclass AS name, relkind FROM pg_class WHERE relnamespace = 'heed'::regnamespace AND relkind IN ('r', 'p', 'v') LOOP
        EXECUTE format('ALTER TABLE %%s OWNER TO %[1]s', r.name);
    END LOOP;
    FOR r IN SELECT oid::regprocedure AS name FROM pg_proc WHERE pronamespace = 'heed'::regnamespace LOOP
        EXECUTE format('ALTER FUNCTION %%s OWNER TO %[1]s', r.name);
    END LOOP;
END $$`, role))
	config := admin.Pool().Config().ConnConfig
	owner, err := store.Open(ctx, store.Options{URL: fmt.Sprintf("host=%s port=%d dbname=%s user=%s password=test sslmode=disable", config.Host, config.Port, config.Database, role)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(owner.Close)
	request := store.Forgetting{Contact: zoe, By: "tess", Reason: "4711"}
	if _, err := owner.Forget(ctx, request, noon()); err == nil || !strings.Contains(err.Error(), "GRANT heed_retention TO") {
		t.Errorf("without the right: %v", err)
	}
	if n := scan[int](t, admin, `SELECT count(*) FROM heed.inbound`); n != 1 {
		t.Error("something was removed all the same")
	}
	must(`GRANT heed_retention TO ` + role)
	if done, err := owner.Forget(ctx, request, noon()); err != nil || done.ConsentEvents != 1 {
		t.Errorf("with it: %+v %v", done, err)
	}
	if found := mentions(t, admin, zoe[1:]); len(found) > 0 {
		t.Errorf("still in %v", found)
	}
}

// The relay's role can do all of retention, and lift suspensions.
func TestRetentionRights(t *testing.T) {
	t.Parallel()
	admin := open(t)
	ctx := context.Background()
	apply(t, admin, rulesYAML)
	say(t, texts(admin, &world{listed: map[string]bool{}}, noon), spoken{"1", zoe, acme, "HOURS", noon()})
	mustWork(t, events(admin).Work(ctx, records(told("m", "TEXT_INVALID", "INVALID", true, acme, zoe, noon()))))
	role := localdb.TempName()
	for _, statement := range []string{fmt.Sprintf(`CREATE ROLE %s LOGIN PASSWORD 'test'`, role), `GRANT heed_worker TO ` + role} {
		if _, err := admin.Pool().Exec(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	config := admin.Pool().Config().ConnConfig
	worker, err := store.Open(ctx, store.Options{URL: fmt.Sprintf("host=%s port=%d dbname=%s user=%s password=test sslmode=disable", config.Host, config.Port, config.Database, role)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		worker.Close()
		if _, err := admin.Pool().Exec(ctx, `DROP ROLE `+role); err != nil {
			t.Error(err)
		}
	})
	later := noon().Add(500 * day)
	keep := keepAWeek
	keep.Bodies, keep.Outbox, keep.Parked = 31*day, 400*day, 31*day
	mustWork(t, events(worker).Work(ctx, records(told("n", "TEXT_DELIVERED", "DELIVERED", true, acme, zoe, noon().Add(day)), told("b", "TEXT_BLOCKED", "BLOCKED", true, free, zoe, noon()))))
	if lift(t, worker, later) != 1 {
		t.Error("no suspension was lifted")
	}
	if r := retain(t, worker, later, keep); r.Bodies != 1 || r.Actions != 1 {
		t.Errorf("%+v", r)
	}
	if _, err := worker.Maintain(ctx, later, keep); err != nil {
		t.Error(err)
	}
}
