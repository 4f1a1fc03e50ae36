package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/heedsms/heed/internal/dossier"
	reports "github.com/heedsms/heed/internal/report"
	"github.com/heedsms/heed/internal/sms"
)

const (
	wantReport   = 150 * time.Millisecond
	wantTimeline = 10 * time.Millisecond
	wantMessage  = 2 * time.Millisecond
)

// wait is how long something took, often.
type wait struct {
	what     string
	want     time.Duration // of p99; 0: it is only told
	runs     int
	p50, p99 time.Duration
}

// timed does something often, and gives how long it took. The first turns, which read what was not in memory and
// prepare statements, do not count.
func timed(what string, want time.Duration, warm, runs int, do func(run int) error) (wait, error) {
	took := make([]time.Duration, 0, runs)
	for run := range warm + runs {
		begun := time.Now()
		if err := do(run); err != nil {
			return wait{}, fmt.Errorf("%s: %w", what, err)
		}
		if run >= warm {
			took = append(took, time.Since(begun))
		}
	}
	return waited(what, want, took), nil
}

func waited(what string, want time.Duration, took []time.Duration) wait {
	slices.Sort(took)
	return wait{what: what, want: want, runs: len(took), p50: took[len(took)/2], p99: took[(len(took)*99-1)/100]}
}

// waits measures what an operator waits for: a report, a person, a message. Each person and message was looked up once
// before, as by an operator who looks again.
func (b *largeBench) waits(ctx context.Context, r *largeResult) error {
	runs, few := 500, 20
	if b.short {
		runs, few = 50, 5
	}
	contacts, messages, err := b.known(ctx, runs)
	if err != nil {
		return err
	}
	of := func(list []string, do func(string) error) func(int) error {
		return func(run int) error { return do(list[run%len(list)]) }
	}
	for _, m := range []struct {
		what       string
		want       time.Duration
		warm, runs int
		do         func(int) error
	}{
		{"delivery by day and country, UTC", wantReport, 20, runs, b.report(ctx, "UTC")},
		{"the same, days of New York", 0, 2, few, b.report(ctx, "America/New_York")},
		{"a contact's timeline", wantTimeline, len(contacts), runs, of(contacts, func(contact string) error {
			t, err := b.db.Timeline(ctx, reports.TimelineQuery{Contact: contact, Limit: 50})
			if err == nil && len(t.Entries) == 0 {
				err = errors.New("it is empty")
			}
			return err
		})},
		{"a message by its id", wantMessage, len(messages), runs, of(messages, func(id string) error {
			_, err := b.db.Message(ctx, id)
			return err
		})},
		{"all that is known of a contact (heed explain)", 0, len(contacts), runs, of(contacts, func(contact string) error {
			k, err := b.db.Known(ctx, dossier.Question{Contact: sms.Phone(contact), Limit: 200})
			if err == nil && len(k.Messages) == 0 {
				err = errors.New("there are no messages")
			}
			return err
		})},
	} {
		b.tell("large: " + m.what)
		w, err := timed(m.what, m.want, m.warm, m.runs, m.do)
		if err != nil {
			return err
		}
		r.waits = append(r.waits, w)
	}
	return nil
}

// known are people and messages of the month.
func (b *largeBench) known(ctx context.Context, n int) (contacts, messages []string, err error) {
	// More pages than hold so many, and of those every fourth row or so: no two of a page need be neighbours.
	const some = `SELECT m.contact, m.message_id FROM heed.message m TABLESAMPLE SYSTEM ($1) WHERE random() < 0.25`
	rows, err := b.db.Pool().Query(ctx, some, 100*min(1, float64(20*n)/(monthMessages*b.scale)))
	if err != nil {
		return nil, nil, fmt.Errorf("look for people: %w", err)
	}
	var contact, message string
	if _, err = pgx.ForEachRow(rows, []any{&contact, &message}, func() error {
		contacts, messages = append(contacts, contact), append(messages, message)
		return nil
	}); err != nil {
		return nil, nil, fmt.Errorf("look for people: %w", err)
	}
	if len(messages) < n {
		return nil, nil, fmt.Errorf("found %d messages, %d are wanted", len(messages), n)
	}
	b.rand.Shuffle(len(messages), func(i, j int) {
		contacts[i], contacts[j], messages[i], messages[j] = contacts[j], contacts[i], messages[j], messages[i]
	})
	return contacts[:n], messages[:n], nil
}

// report asks for the report of the whole month, and reads it to its end.
func (b *largeBench) report(ctx context.Context, zone string) func(int) error {
	return func(int) error {
		spec, _ := reports.Named("delivery")
		q, err := reports.ParseQuery(spec, url.Values{
			"by": {"day,country"}, "zone": {zone}, "from": {b.month.first.Format(time.DateOnly)}, "to": {b.month.until.Format(time.DateOnly)},
		}, b.month.until)
		if err != nil {
			return err
		}
		result, err := b.db.Report(ctx, q)
		if err != nil {
			return err
		}
		rows := 0
		for _, err := range result.Rows {
			if err != nil {
				return err
			}
			rows++
		}
		if rows < b.month.days*len(countries)/2 {
			return fmt.Errorf("it has %d rows", rows)
		}
		return nil
	}
}
