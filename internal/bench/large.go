package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/heedsms/heed/internal/localdb"
	"github.com/heedsms/heed/internal/store"
	heedsql "github.com/heedsms/heed/sql"
)

// A month in full. Everything else is in proportion.
const (
	monthDays     = 30
	monthMessages = 10_000_000
	monthTexts    = 200_000
	monthContacts = 2_000_000
)

// largeBench loads a month of a busy sender, and measures what an operator then waits for.
type largeBench struct {
	server *localdb.Server
	rand   *rand.Rand
	seed   uint64
	scale  float64
	short  bool
	tell   func(string)

	month *month
	url   string       // the month's database
	db    *store.Store // one connection to it
	empty string       // a database like it with nothing in it
}

// largeResult is what was measured.
type largeResult struct {
	days    int
	load    loaded
	rebuilt rebuilding
	sizes   []tableSize
	waits   []wait
	folds   []fold
	// minute is the counting after a minute in which so many messages changed.
	minute  wait
	changed int
	// dropped is how long each table's day took; dead is how many dead rows that left.
	dropped []wait
	dead    int64
}

func (b *largeBench) run(ctx context.Context) (largeResult, error) {
	var r largeResult
	now := time.Now()
	size := func(n int) int { return max(int(float64(n)*b.scale), 1000) }
	// Each day costs something, however little is in it.
	if r.days = monthDays; b.short {
		r.days = 4
	}
	b.month = newMonth(b.seed, r.days, size(monthMessages), size(monthTexts), size(monthContacts), now)
	var err error
	if b.url, err = b.database(ctx); err != nil {
		return r, err
	}
	if b.empty, err = b.database(ctx); err != nil {
		return r, err
	}
	b.tell(fmt.Sprintf("large: loading %d messages of %d days", size(monthMessages), r.days))
	if r.load, err = (&loader{url: b.url, month: b.month, tell: b.tell}).run(ctx); err != nil {
		return r, err
	}
	if b.db, err = store.Open(ctx, store.Options{URL: b.url, Connections: 1}); err != nil {
		return r, err
	}
	defer b.db.Close()
	for _, measure := range []func(context.Context, *largeResult) error{b.rebuild, b.vacuum, b.sizes, b.waits, b.folds, b.minute, b.retention} {
		if err := measure(ctx, &r); err != nil {
			return r, err
		}
	}
	return r, nil
}

// database makes one that the month can be loaded into.
func (b *largeBench) database(ctx context.Context) (string, error) {
	url, err := b.server.CreateDatabase(ctx, localdb.TempName(), "")
	if err != nil {
		return "", err
	}
	if _, err := heedsql.Migrate(ctx, url); err != nil {
		return "", err
	}
	return url, b.month.prepare(ctx, url)
}

// vacuum does what autovacuum does when the load is over, and writes what is not on disk yet.
func (b *largeBench) vacuum(ctx context.Context, r *largeResult) error {
	begun, statements := time.Now(), []string{`VACUUM (ANALYZE)`, `CHECKPOINT`}
	if b.short {
		statements = []string{`ANALYZE`}
	}
	for _, statement := range statements {
		b.tell("large: " + statement)
		if _, err := b.db.Pool().Exec(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	r.load.vacuumed = time.Since(begun)
	return nil
}

// tableSize is a table with all its partitions and indexes.
type tableSize struct {
	name        string
	rows, bytes int64
}

func (b *largeBench) sizes(ctx context.Context, r *largeResult) error {
	rows, err := b.db.Pool().Query(ctx, `
SELECT t.name, sum(greatest(c.reltuples, 0))::bigint, sum(pg_total_relation_size(c.oid))::bigint
FROM unnest(ARRAY['message', 'delivery_event', 'delivery_quarter', 'delivery_day', 'failure_day', 'latency_day']) WITH ORDINALITY t (name, ord)
JOIN pg_class c ON c.relkind = 'r' AND (c.oid = ('heed.' || t.name)::regclass OR c.oid IN (SELECT relid FROM pg_partition_tree(('heed.' || t.name)::regclass)))
GROUP BY t.name, t.ord ORDER BY t.ord`)
	if err != nil {
		return fmt.Errorf("ask for sizes: %w", err)
	}
	r.sizes, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (s tableSize, err error) {
		return s, row.Scan(&s.name, &s.rows, &s.bytes)
	})
	return err
}
