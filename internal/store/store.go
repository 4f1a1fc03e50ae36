// Package store keeps heed's state in Postgres. A statement lives beside the function that scans it; the schema is
// in the sql folder of the module.
//
// Every write is a set: one statement for a batch, whatever its size. Idempotency is a unique key, decided by the
// statement that does the work.
package store

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/heedsms/heed/internal/delivery"
	"github.com/heedsms/heed/internal/fault"
)

// Options say how to reach Postgres.
type Options struct {
	// URL is a libpq URL or keyword string. Of pgx's own parameters default_query_exec_mode=cache_describe is for a pooler
	// that gives a connection away with each transaction, where no statement stays prepared.
	URL string
	// Connections is the most at a time; 0 means 2. A Lambda environment handles one event at a time.
	Connections int
	// Connect, when set, completes the settings of every new connection: passwords rotate, IAM tokens live 15
	// minutes, and a secret may hold the whole address.
	Connect func(ctx context.Context, c *pgx.ConnConfig) error
	// Cancel stops a statement in Postgres when its context ends, and waits for that at most a second. Without it the
	// connection is closed and Postgres hears of it in the background, which a Lambda that is frozen may never come to.
	Cancel bool
	// GenericPlans plans each statement once a connection and not for each set of parameters. It is for who finds a few rows
	// by their keys, as the workers do: Postgres takes the plan that it made for one set for cheaper and plans anew each
	// time, which costs more than it can save. Reports need plans of their own. Behind a pooler it does nothing.
	GenericPlans bool
	// RulesetTTL is how long a ruleset is used before the database is asked for a newer one; 0 means 15 seconds.
	RulesetTTL time.Duration
}

// Store is heed's Postgres. It is safe for concurrent use. Opening it connects to nothing.
type Store struct {
	pool *pgxpool.Pool
	ttl  time.Duration

	mu         sync.Mutex
	document   cached[[]byte]
	eventRules cached[*delivery.Ruleset]

	today atomic.Pointer[today] // nil where none may be written by its name
}

// Open prepares a store without connecting: a Lambda starts whether or not Postgres does.
func Open(ctx context.Context, o Options) (*Store, error) {
	config, err := pgxpool.ParseConfig(o.URL)
	if err != nil {
		return nil, fmt.Errorf("read the database settings: %w", fault.OfAddress(err))
	}
	mode := config.ConnConfig.DefaultQueryExecMode
	if mode != pgx.QueryExecModeCacheStatement && mode != pgx.QueryExecModeCacheDescribe {
		// Rows go as parameters in Postgres's binary form. Where Postgres is not asked for the types of parameters first,
		// each write would fail, as if the data were at fault.
		return nil, fmt.Errorf("default_query_exec_mode %s does not work with heed: leave it away, or behind a pooler set cache_describe", mode)
	}
	if config.MaxConns = int32(o.Connections); o.Connections <= 0 {
		config.MaxConns = 2
	}
	// A frozen Lambda environment finds its connections dead when it thaws: idle ones are closed early, and a
	// connection that lay for a second is pinged before it is trusted with a batch (pgxpool's default).
	config.MaxConnIdleTime = time.Minute
	config.ConnConfig.RuntimeParams["application_name"] = "heed"
	if config.ConnConfig.ConnectTimeout == 0 {
		config.ConnConfig.ConnectTimeout = 5 * time.Second
	}
	if o.Cancel {
		config.ConnConfig.BuildContextWatcherHandler = func(c *pgconn.PgConn) ctxwatch.Handler {
			return &pgconn.CancelRequestContextWatcherHandler{Conn: c, DeadlineDelay: time.Second}
		}
	}
	config.BeforeConnect = o.Connect
	config.AfterConnect = func(ctx context.Context, c *pgx.Conn) error {
		encodeArrays(c)
		return learnRows(ctx, c, o.GenericPlans && mode == pgx.QueryExecModeCacheStatement)
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("prepare the database pool: %w", err)
	}
	ttl := o.RulesetTTL
	if ttl == 0 {
		ttl = 15 * time.Second
	}
	return &Store{pool: pool, ttl: ttl, eventRules: cached[*delivery.Ruleset]{value: &delivery.Ruleset{}}}, nil
}

// Close closes all connections.
func (s *Store) Close() { s.pool.Close() }

// Pool is the pool itself, for tests and the operator's own queries.
func (s *Store) Pool() *pgxpool.Pool { return s.pool }

// nullable is a time as Postgres takes it: NULL when it never was.
func nullable(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
