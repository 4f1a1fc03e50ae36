package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/heedsms/heed/internal/localdb/dbtest"
	"github.com/heedsms/heed/internal/sms"
	"github.com/heedsms/heed/internal/store"
	heedsql "github.com/heedsms/heed/sql"
)

func TestMain(m *testing.M) {
	dbtest.Main(m, func(ctx context.Context, url string) error {
		_, err := heedsql.Migrate(ctx, url)
		return err
	})
}

// asPayload is an event as AWS writes it.
func asPayload(e *sms.Event, context string) payload {
	return payload{at: e.OccurredAt, body: fmt.Appendf(nil, `{"eventType":"%s","eventVersion":"1.0","eventTimestamp":%d,"isFinal":%t,`+
		`"originationPhoneNumber":"%s","destinationPhoneNumber":"%s","isoCountryCode":"%s","isInternationalSend":%s,"mcc":"%s","mnc":"%s",`+
		`"messageId":"%s","messageRequestTimestamp":%d,"messageEncoding":"%s","messageType":"%s","messageStatus":"%s",`+
		`"messageStatusDescription":"%s","context":%s,"totalMessageParts":%d,"totalMessagePrice":%s,"totalCarrierFee":%s}`,
		e.Type, e.OccurredAt.UnixMilli(), e.Final, e.Identity, e.Contact, e.Country, e.International, e.MCC, e.MNC, e.MessageID,
		e.RequestedAt.UnixMilli(), e.Encoding, e.MessageType, e.AWSStatus, e.Description, context, e.Parts, e.Price, e.CarrierFee)}
}

// The rows that are copied are those that the handler makes of the same events: what is measured beside them is measured
// beside heed's own.
func TestCopiedMonthIsWhatTheHandlerWrites(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	m := newMonth(7, 2, 3000, 100, 500, time.Date(2026, 11, 20, 18, 7, 0, 0, time.UTC))
	copied, handled := dbtest.New(t), dbtest.New(t)
	for _, url := range []string{copied, handled} {
		if err := m.prepare(ctx, url); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := (&loader{url: copied, month: m, tell: func(string) {}}).run(ctx); err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(ctx, store.Options{URL: handled, Connections: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	b := largeBench{rand: rand.New(rand.NewPCG(1, 1))}
	for q := range m.messages {
		var load []payload
		messages, _ := m.of(q)
		for _, s := range messages {
			for i := range s.events {
				load = append(load, asPayload(&s.events[i], s.context))
			}
		}
		if _, err := b.keep(ctx, db, 1, load, 100); err != nil {
			t.Fatal(err)
		}
	}
	for _, table := range []string{"delivery_event", "message"} {
		got, want := rowsOf(t, copied, table), rowsOf(t, handled, table)
		if len(want) < 3000 {
			t.Errorf("%d rows of %s", len(want), table)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s differs:\n%.3000s", table, diff)
		}
	}
}

// rowsOf reads a table, the times of writing aside.
func rowsOf(t *testing.T, url, table string) []string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	rows, err := conn.Query(t.Context(), `SELECT (to_jsonb(r) - 'received_at' - 'updated_at')::text FROM heed.`+table+` r ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return all
}
