package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/jackc/pgx/v5"

	"github.com/heedsms/heed/internal/delivery"
	"github.com/heedsms/heed/internal/sms"
)

// cached keeps the last good answer: a database that is away for a moment must not stop texts from being read by
// the rules that were in force a moment ago.
type cached[T any] struct {
	value   T
	version int64
	until   time.Time
	loaded  bool
}

// old says whether the answer has to be asked for again. A clock that went back makes it old, or it would stay until the
// clock has caught up.
func (c *cached[T]) old(now time.Time, ttl time.Duration) bool {
	return !c.loaded || !now.Before(c.until) || now.Before(c.until.Add(-ttl))
}

const newestDocument = `
SELECT version, document FROM heed.ruleset WHERE version > $1 ORDER BY version DESC LIMIT 1`

// Ruleset is the newest version of heed.yaml, asked for again when the last answer is older than the TTL. When the
// database does not answer, the last good version stays in force.
//
// Version 0 means that none was ever applied.
func (s *Store) Ruleset(ctx context.Context, now time.Time) (version int64, document []byte, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &s.document
	if !c.old(now, s.ttl) {
		return c.version, c.value, nil
	}
	err = s.pool.QueryRow(ctx, newestDocument, c.version).Scan(&version, &document)
	switch {
	case err == nil:
		c.version, c.value = version, document
	case errors.Is(err, pgx.ErrNoRows), c.loaded:
	default:
		return 0, nil, fmt.Errorf("read the ruleset: %w", err)
	}
	c.until, c.loaded = now.Add(s.ttl), true
	return c.version, c.value, nil
}

const newestEventRules = `
SELECT version, coalesce(settings -> 'identities', '{}')::text, coalesce(settings #>> '{reportKeys,campaign}', ''),
       coalesce(settings #>> '{reportKeys,tenant}', ''), coalesce(settings #>> '{reportKeys,template}', '')
FROM heed.ruleset WHERE version > $1 ORDER BY version DESC LIMIT 1`

// EventRules gives the program of each identity in the newest ruleset, and the keys that reports count by. It is cached
// as [Store.Ruleset] is, and needs no compiled ruleset.
func (s *Store) EventRules(ctx context.Context, now time.Time) (*delivery.Ruleset, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &s.eventRules
	if c.old(now, s.ttl) {
		if err := s.loadEventRules(ctx, c, now); err != nil && !c.loaded {
			return nil, fmt.Errorf("read what the ruleset says of events: %w", err)
		}
		c.until, c.loaded = now.Add(s.ttl), true
	}
	return c.value, nil
}

func (s *Store) loadEventRules(ctx context.Context, c *cached[*delivery.Ruleset], now time.Time) error {
	batch := &pgx.Batch{}
	batch.Queue(newestEventRules, c.version).QueryRow(func(row pgx.Row) error {
		var version int64
		var identities []byte
		r := &delivery.Ruleset{Programs: map[sms.Identity]string{}}
		err := row.Scan(&version, &identities, &r.Keys.Campaign, &r.Keys.Tenant, &r.Keys.Template)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := json.Unmarshal(identities, &r.Programs); err != nil {
			return err
		}
		c.version, c.value = version, r
		return nil
	})
	s.queueToday(batch, now)
	return s.send(ctx, batch)
}

const insertRuleset = `
WITH newest AS (
    SELECT version, sha256, settings FROM heed.ruleset ORDER BY version DESC LIMIT 1
), added AS (
    INSERT INTO heed.ruleset (document, sha256, settings, applied_at, applied_by)
    SELECT $1, $2, $3::jsonb, $4, $5
    -- The same document may say more to SQL in a newer version of heed.
    WHERE NOT EXISTS (SELECT FROM newest WHERE sha256 = $2 AND settings = $3::jsonb)
    RETURNING version
)
SELECT coalesce((SELECT version FROM added), (SELECT version FROM newest)), EXISTS (SELECT FROM added)`

// ApplyRuleset adds a version, unless the newest one is the very same document, read the same way. It returns the version in force and
// whether it is new.
func (s *Store) ApplyRuleset(ctx context.Context, document, settings []byte, by string, now time.Time) (version int64, isNew bool, err error) {
	sum := sha256.Sum256(document)
	err = s.pool.QueryRow(ctx, insertRuleset, string(document), hex.EncodeToString(sum[:]), string(settings), now, by).
		Scan(&version, &isNew)
	if err != nil {
		return 0, false, fmt.Errorf("write the ruleset: %w", err)
	}
	return version, isNew, nil
}

const compareRuleset = `
SELECT version, sha256 = $1 AND settings = $2::jsonb FROM heed.ruleset ORDER BY version DESC LIMIT 1`

// CompareRuleset is the newest version, and whether [Store.ApplyRuleset] would find it to be this document. Version 0
// means that none was ever applied.
func (s *Store) CompareRuleset(ctx context.Context, document, settings []byte) (version int64, same bool, err error) {
	sum := sha256.Sum256(document)
	err = s.pool.QueryRow(ctx, compareRuleset, hex.EncodeToString(sum[:]), string(settings)).Scan(&version, &same)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return 0, false, fmt.Errorf("read the ruleset: %w", err)
	}
	return version, same, nil
}
