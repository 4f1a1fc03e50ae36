package main

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// canSendBench asks heed.can_send of a register of many people, one question after another, as an application does
// before it sends.
type canSendBench struct {
	url   string
	short bool
	tell  func(string)
}

// canSendResult is what was measured. The times are of one question, within Postgres.
type canSendResult struct {
	rows     int64
	calls    int
	p50, p99 time.Duration
	fetched  int64 // rows of the register read beside the index, all questions together
}

// people is how many contacts have two rows of the register each.
func (b *canSendBench) people() int64 {
	if b.short {
		return 100_000
	}
	return 5_000_000
}

const (
	fillRegister = `
INSERT INTO heed.consent (program, contact, state, since, event_id, opted_in_at, opted_out_at)
SELECT p.program, '+1' || (2000000000 + n), CASE WHEN (n + p.i) % 10 = 0 THEN 'opted_out' ELSE 'opted_in' END,
       timestamptz '2026-01-01' + n * interval '1 second', n,
       CASE WHEN (n + p.i) % 10 <> 0 THEN timestamptz '2026-01-01' + n * interval '1 second' END,
       CASE WHEN (n + p.i) % 10 = 0 THEN timestamptz '2026-01-01' + n * interval '1 second' END
FROM generate_series(0, $1::bigint - 1) n, (VALUES ('alerts', 0), ('offers', 1)) p (program, i)`
	scopeSender = `INSERT INTO heed.ruleset (document, sha256, settings) VALUES ('', '', '{"scope": "sender", "programs": {"alerts": {"requireOptIn": true}}}')`
)

func (b *canSendBench) run(ctx context.Context) (canSendResult, error) {
	var r canSendResult
	conn, err := pgx.Connect(ctx, b.url)
	if err != nil {
		return r, fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	people := b.people()
	b.tell(fmt.Sprintf("can_send: %d rows of the register", 2*people))
	if _, err := conn.Exec(ctx, fillRegister, people); err != nil {
		return r, fmt.Errorf("fill the register: %w", err)
	}
	// Sender scope is the longer way: every row of the contact counts.
	if _, err := conn.Exec(ctx, scopeSender); err != nil {
		return r, fmt.Errorf("set the scope: %w", err)
	}
	if _, err := conn.Exec(ctx, `VACUUM (ANALYZE) heed.consent`); err != nil {
		return r, fmt.Errorf("vacuum: %w", err)
	}
	// Loading is over when what it wrote is on disk; a register that is asked all day is in memory.
	if _, err := conn.Exec(ctx, `CHECKPOINT`); err != nil {
		return r, fmt.Errorf("checkpoint: %w", err)
	}
	if err := conn.QueryRow(ctx, `SELECT count(*) FROM heed.consent WHERE contact >= '+' AND state <> ''`).Scan(&r.rows); err != nil {
		return r, fmt.Errorf("count the register: %w", err)
	}
	if _, _, err := b.ask(ctx, conn, 2000, people); err != nil {
		return r, err
	}
	r.calls = 50_000
	if b.short {
		r.calls = 5_000
	}
	b.tell(fmt.Sprintf("can_send: %d questions", r.calls))
	lookups, fetched, err := b.looked(ctx, conn)
	if err != nil {
		return r, err
	}
	if r.p50, r.p99, err = b.ask(ctx, conn, r.calls, people); err != nil {
		return r, err
	}
	lookupsAfter, fetchedAfter, err := b.looked(ctx, conn)
	if err != nil {
		return r, err
	}
	if lookupsAfter-lookups < int64(r.calls) {
		return r, fmt.Errorf("%d questions made %d look-ups in the index consent_contact", r.calls, lookupsAfter-lookups)
	}
	r.fetched = fetchedAfter - fetched
	return r, nil
}

// ask has Postgres put the questions to itself and take the time of each: what lies between an application and Postgres
// is not the answer's. Four in five are about people who are known, the others about strangers.
func (b *canSendBench) ask(ctx context.Context, conn *pgx.Conn, calls int, people int64) (p50, p99 time.Duration, err error) {
	const questions = `
CREATE OR REPLACE FUNCTION pg_temp.ask(calls int, people bigint) RETURNS TABLE (p50 double precision, p99 double precision) LANGUAGE plpgsql AS $$
DECLARE
    took  double precision[];
    who   text;
    about text;
    begun timestamptz;
    yes   boolean;
BEGIN
    FOR i IN 1 .. calls LOOP
        who := '+1' || (2000000000 + floor(random() * people * 1.25)::bigint);
        about := (ARRAY['alerts', 'offers', 'other'])[1 + i % 3];
        begun := clock_timestamp();
        SELECT s.allowed INTO yes FROM heed.can_send(who, about) s;
        took[i] := extract(epoch FROM clock_timestamp() - begun);
    END LOOP;
    RETURN QUERY SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY t), percentile_cont(0.99) WITHIN GROUP (ORDER BY t) FROM unnest(took) t;
END
$$`
	if _, err := conn.Exec(ctx, questions); err != nil {
		return 0, 0, fmt.Errorf("prepare the questions: %w", err)
	}
	var half, most float64
	if err := conn.QueryRow(ctx, `SELECT p50, p99 FROM pg_temp.ask($1, $2)`, calls, people).Scan(&half, &most); err != nil {
		return 0, 0, fmt.Errorf("ask: %w", err)
	}
	seconds := func(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
	return seconds(half), seconds(most), nil
}

// looked counts the look-ups in the index of contacts, and the rows of the table that they had to read: none where the
// index holds all that is asked.
func (b *canSendBench) looked(ctx context.Context, conn *pgx.Conn) (lookups, rows int64, err error) {
	if _, err := conn.Exec(ctx, `SELECT pg_stat_force_next_flush()`); err != nil {
		return 0, 0, fmt.Errorf("flush the statistics: %w", err)
	}
	err = conn.QueryRow(ctx, `SELECT idx_scan, idx_tup_fetch FROM pg_stat_user_indexes WHERE indexrelname = 'consent_contact'`).Scan(&lookups, &rows)
	if err != nil {
		return 0, 0, fmt.Errorf("read the statistics: %w", err)
	}
	return lookups, rows, nil
}
