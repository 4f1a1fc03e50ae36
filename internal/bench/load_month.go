package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/heedsms/heed/internal/program"
	"github.com/heedsms/heed/internal/sms"
	"github.com/heedsms/heed/internal/store"
)

// loaded is what came of loading a month.
type loaded struct {
	messages, events, texts int64
	took, vacuumed          time.Duration
	bytes                   int64
}

// loader copies a month into a database, two days at a time, each in the order of time.
type loader struct {
	url                     string
	month                   *month
	tell                    func(string)
	messages, events, texts atomic.Int64
	days                    atomic.Int64
}

// prepare makes the month's partitions, and those that the relay makes ahead, and applies the sender's ruleset.
func (m *month) prepare(ctx context.Context, url string) error {
	db, err := store.Open(ctx, store.Options{URL: url, Connections: 1})
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.Pool().Exec(ctx, `SELECT heed.make_partitions($1::date, $2::date)`, m.first, m.until.AddDate(0, 0, 14)); err != nil {
		return fmt.Errorf("make partitions: %w", err)
	}
	rules, findings := program.Parse("heed.yaml", []byte(largeRuleset))
	if rules == nil {
		return fmt.Errorf("the bench's own ruleset: %v", findings)
	}
	_, _, err = db.ApplyRuleset(ctx, []byte(largeRuleset), rules.Settings(), "bench", m.until)
	return err
}

// consentOf makes ledger and register of the texts that were loaded.
const consentOf = `
INSERT INTO heed.consent_event (program, contact, state, said_at, source, inbound_message_id, evidence)
SELECT program, contact, CASE verdict WHEN 'opt_out' THEN 'opted_out' ELSE 'opted_in' END, said_at, 'keyword', inbound_message_id,
       jsonb_build_object('text', body, 'ruleset_version', ruleset_version)
FROM heed.inbound WHERE verdict IN ('opt_out', 'opt_in') ORDER BY program, said_at ON CONFLICT DO NOTHING`

const registerOf = `
INSERT INTO heed.consent (program, contact, state, since, event_id, opted_in_at, opted_out_at, held_at)
SELECT d.program, d.contact, d.state, d.since, e.id, d.opted_in_at, d.opted_out_at, d.held_at
FROM heed.consent_derived d JOIN LATERAL (
    SELECT max(e.id) AS id FROM heed.consent_event e
    WHERE e.contact = d.contact AND e.program = d.program AND e.state = d.state AND e.said_at = d.since) e ON true`

func (l *loader) run(ctx context.Context) (loaded, error) {
	begun := time.Now()
	jobs := make([]job, l.month.days)
	for day := range jobs {
		jobs[day] = func(ctx context.Context) error { return l.day(ctx, day) }
	}
	if _, err := together(ctx, 2, jobs); err != nil {
		return loaded{}, err
	}
	conn, err := pgx.Connect(ctx, l.url)
	if err != nil {
		return loaded{}, fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	for _, statement := range []string{`ANALYZE heed.inbound`, consentOf, `ANALYZE heed.consent_event`, registerOf} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return loaded{}, fmt.Errorf("make consent: %w", err)
		}
	}
	r := loaded{messages: l.messages.Load(), events: l.events.Load(), texts: l.texts.Load(), took: time.Since(begun)}
	err = conn.QueryRow(ctx, `SELECT pg_database_size(current_database())`).Scan(&r.bytes)
	return r, err
}

// day loads one day. What AWS says after midnight of its messages goes with them, into the next day's partition.
func (l *loader) day(ctx context.Context, day int) (err error) {
	conn, err := pgx.Connect(ctx, l.url)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close(context.WithoutCancel(ctx))) }()
	if _, err := conn.Exec(ctx, `BEGIN`); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	last := min((day+1)*quartersADay, len(l.month.messages))
	type awaited struct {
		*sms.Event
		context string
	}
	var pending []awaited
	events, inbounds, replies, states := &copyRows{columns: eventCopy}, &copyRows{columns: textCopy}, &copyRows{columns: replyCopy}, &copyRows{columns: messageCopy}
	for q := day * quartersADay; q < last; q++ {
		messages, texts := l.month.of(q)
		for _, m := range messages {
			if len(m.events) == 0 {
				continue
			}
			states.message(m, l.month.until)
			for i := range m.events {
				pending = append(pending, awaited{&m.events[i], m.context})
			}
		}
		for _, t := range texts {
			inbounds.inbound(t)
			if t.reply != nil {
				replies.reply(t)
			}
		}
		slices.SortFunc(pending, func(a, b awaited) int { return a.OccurredAt.Compare(b.OccurredAt) })
		n, _ := slices.BinarySearchFunc(pending, l.month.at(q+1), func(e awaited, end time.Time) int { return cmp.Or(e.OccurredAt.Compare(end), -1) })
		if q == last-1 {
			n = len(pending)
		}
		for _, e := range pending[:n] {
			events.event(e.Event, e.context)
		}
		pending = slices.Delete(pending, 0, n)
		for _, set := range []*copyRows{states, events, inbounds, replies} {
			if _, err := conn.PgConn().CopyFrom(ctx, bytes.NewReader(set.body), set.columns); err != nil {
				return fmt.Errorf("load: %w", err)
			}
			set.body = set.body[:0]
		}
	}
	l.messages.Add(int64(states.rows))
	l.events.Add(int64(events.rows))
	l.texts.Add(int64(inbounds.rows))
	if _, err := conn.Exec(ctx, `COMMIT`); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	if done := l.days.Add(1); done%5 == 0 {
		l.tell(fmt.Sprintf("large: %d of %d days, %d messages, %d events", done, l.month.days, l.messages.Load(), l.events.Load()))
	}
	return nil
}
