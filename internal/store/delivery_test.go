package store_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/heedsms/heed/internal/delivery"
	"github.com/heedsms/heed/internal/ingress"
	"github.com/heedsms/heed/internal/sms"
	"github.com/heedsms/heed/internal/store"
)

const (
	allEvents   = `SELECT message_id, event_type, occurred_at, requested_at, aws_status, status, is_final, contact, identity, country, mcc, mnc, carrier, encoding, message_type, description, parts, price, carrier_fee, is_international, context, extra FROM heed.delivery_event`
	allMessages = `SELECT message_id, requested_at, contact, identity, program, status, status_rank, status_at, aws_status, event_type, is_final, accepted_at, delivered_at, read_at, failed_at, failure_status, failure_reason, parts, price, carrier_fee, country, mcc, mnc, carrier, encoding, message_type, context, campaign, tenant, template, outbox_id FROM heed.message`
)

func events(s *store.Store) *delivery.Handler {
	return &delivery.Handler{Store: s, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Now: noon}
}

func records(bodies ...string) []ingress.Record {
	out := make([]ingress.Record, len(bodies))
	for i, b := range bodies {
		out[i] = ingress.Record{Source: ingress.Bare, ID: fmt.Sprint(i, len(b)), Body: []byte(b)}
	}
	return out
}

func mustWork(t interface{ Fatalf(string, ...any) }, errs []error) {
	for _, err := range errs {
		if err != nil {
			t.Fatalf("a record was not kept: %v", err)
		}
	}
}

// Any order, any duplication, any split into batches, two workers at once: the same rows, and the same as the pure
// fold says (promise 3).
func TestDeliveryConverges(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx := context.Background()
	apply(t, s, "version: 1\nreports: {context: {template: tpl}}\nprograms: {a: {brand: A}}")
	mustExec(t, s, `SELECT heed.make_partitions($1::date, $1::date)`, noon()) // which batches of that day alone write to by name
	rapid.Check(t, func(rt *rapid.T) {
		if _, err := s.Pool().Exec(ctx, `TRUNCATE heed.delivery_event, heed.message`); err != nil {
			rt.Fatal(err)
		}
		bodies := rapid.SliceOfN(rapid.Custom(drawEvent), 1, 14).Draw(rt, "events")
		mustWork(rt, events(s).Work(ctx, records(bodies...)))
		wantEvents, wantMessages := dump(t, s, allEvents), dump(t, s, allMessages)
		if got := dumpFold(bodies); got != dump(t, s, `SELECT message_id, status, status_at, accepted_at, delivered_at, failed_at, failure_reason, price, campaign, tenant, template, outbox_id FROM heed.message`) {
			rt.Fatalf("the table is not what the fold says:\n%s", got)
		}
		if _, err := s.Pool().Exec(ctx, `TRUNCATE heed.delivery_event, heed.message`); err != nil {
			rt.Fatal(err)
		}
		again := append(bodies[:len(bodies):len(bodies)], rapid.SliceOf(rapid.SampledFrom(bodies)).Draw(rt, "repeated")...)
		again = rapid.Permutation(again).Draw(rt, "order")
		cut := rapid.IntRange(0, len(again)).Draw(rt, "cut")
		var both sync.WaitGroup
		for _, part := range [][]string{again[:cut], again[cut:]} {
			both.Go(func() {
				size := 1 + cut%4
				for len(part) > 0 {
					n := min(size, len(part))
					mustWork(rt, events(s).Work(ctx, records(part[:n]...)))
					part = part[n:]
				}
			})
		}
		both.Wait()
		if got := dump(t, s, allEvents); got != wantEvents {
			rt.Fatalf("events differ:\n%s\n--- want\n%s", got, wantEvents)
		}
		if got := dump(t, s, allMessages); got != wantMessages {
			rt.Fatalf("messages differ:\n%s\n--- want\n%s", got, wantMessages)
		}
	})
}

// drawEvent makes events that collide as often as they can: few messages, few times, every status.
func drawEvent(t *rapid.T) string {
	statuses := []string{"QUEUED", "PENDING", "SUCCESSFUL", "DELIVERED", "READ", "UNKNOWN", "TTL_EXPIRED", "CARRIER_BLOCKED", "UNREACHABLE", "NEVER_SEEN"}
	status := rapid.SampledFrom(statuses).Draw(t, "status")
	at := noon().Add(time.Duration(rapid.IntRange(0, 5).Draw(t, "minutes")) * time.Minute)
	var b strings.Builder
	fmt.Fprintf(&b, `{"eventType":"TEXT_%s","eventVersion":"1.0","eventTimestamp":%d,"isFinal":%t,"messageId":"m%d","messageRequestTimestamp":%d,"messageStatus":"%s","originationPhoneNumber":"+12065550100"`,
		status, at.UnixMilli(), rapid.Bool().Draw(t, "final"), rapid.IntRange(1, 2).Draw(t, "message"),
		// Mostly one for all events of a message; a second one is of a day that has a partition.
		rapid.SampledFrom([]time.Time{noon(), noon(), noon(), noonIn(1)}).Draw(t, "requested").UnixMilli(), status)
	for _, field := range []string{
		`"destinationPhoneNumber":"+14255550101"`, `"mcc":"310"`, `"carrierName":"B"`, `"carrierName":"a"`, `"totalMessagePrice":0.00581`,
		`"totalMessagePrice":0.0`, `"totalMessagePrice":10`, `"totalMessagePrice":9.5`, `"totalMessageParts":2`, `"messageStatusDescription":"one"`,
		`"messageStatusDescription":"Two!"`, `"context":{"a":"1","b":"x"}`, `"context":{"a":"1!","c":"\"é"}`,
		`"context":{"campaign":"spring","tenant":"T","tpl":"é","heed_outbox":"0b54a6f6-9d0c-4a34-9d0e-6a1c6f1f7a11"}`,
		`"context":{"campaign":"Sommer","tenant":"t","tpl":"f","heed_outbox":"ffffffff-9d0c-4a34-9d0e-6a1c6f1f7a11"}`, `"context":{"heed_outbox":"zz"}`,
		`"newField":{"x":[1,2]}`, `"newField":"é"`, `"isoCountryCode":"US"`,
	} {
		if rapid.IntRange(0, 3).Draw(t, "has") == 0 {
			b.WriteString("," + field)
		}
	}
	return b.String() + "}"
}

// dumpFold folds events in Go and prints them as dump prints the table.
func dumpFold(bodies []string) string {
	states := map[delivery.Key]*delivery.State{}
	var keys []delivery.Key
	for _, b := range bodies {
		e, err := sms.ParseEvent([]byte(b))
		if err != nil {
			panic(err)
		}
		st := delivery.Of(&e, "", delivery.ReportKeys{Template: "tpl"})
		if known, ok := states[st.Key]; ok {
			known.Join(st)
		} else {
			states[st.Key] = &st
			keys = append(keys, st.Key)
		}
	}
	var lines []string
	for _, k := range keys {
		m := states[k]
		reason := m.FailureReason
		if strings.ContainsAny(reason, ` ,"`) || (reason == "" && !m.FailedAt.IsZero()) {
			reason = `"` + reason + `"`
		}
		lines = append(lines, fmt.Sprintf("(%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s)", m.MessageID, m.Status, when(m.StatusAt), when(m.AcceptedAt), when(m.DeliveredAt), when(m.FailedAt), reason, m.Price,
			m.Campaign, m.Tenant, m.Template, m.OutboxID))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func when(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(`"2006-01-02 15:04:05+00"`)
}

// A late UNKNOWN hides nothing, a real receipt after it still counts, and the first failure's reason survives.
func TestLateWords(t *testing.T) {
	t.Parallel()
	event := func(message, status string, minute int, final bool) string {
		return fmt.Sprintf(`{"eventType":"TEXT_%s","eventTimestamp":%d,"isFinal":%t,"messageId":"%s","messageRequestTimestamp":%d,"messageStatus":"%s","messageStatusDescription":"%s %d"}`,
			status, noon().Add(time.Duration(minute)*time.Minute).UnixMilli(), final, message, noon().UnixMilli(), status, status, minute)
	}
	for _, c := range []struct {
		sentence, want, reason string
		words                  []string
	}{
		{"UNKNOWN after 72 hours does not hide a receipt", "delivered", "", []string{event("m", "DELIVERED", 1, true), event("m", "UNKNOWN", 4320, true)}},
		{"a receipt after UNKNOWN upgrades it", "delivered", "", []string{event("m", "UNKNOWN", 4320, true), event("m", "DELIVERED", 4330, true)}},
		{"READ is above DELIVERED", "read", "", []string{event("m", "READ", 2, true), event("m", "DELIVERED", 3, true)}},
		{"success outranks failure, and the failure's reason stays", "delivered", "UNREACHABLE 1", []string{event("m", "UNREACHABLE", 1, true), event("m", "DELIVERED", 2, true)}},
		{"the first failure's reason survives a second", "blocked", "UNREACHABLE 1", []string{event("m", "CARRIER_BLOCKED", 2, true), event("m", "UNREACHABLE", 1, true)}},
		{"on a long code the carrier's acceptance is not the end", "undeliverable", "UNREACHABLE 3", []string{event("m", "SUCCESSFUL", 1, false), event("m", "UNREACHABLE", 3, true)}},
		{"on a short code it is", "accepted", "", []string{event("m", "SUCCESSFUL", 1, true), event("m", "PENDING", 3, false)}},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			rand.Shuffle(len(c.words), func(i, j int) { c.words[i], c.words[j] = c.words[j], c.words[i] })
			for _, w := range c.words {
				mustWork(t, events(s).Work(context.Background(), records(w)))
			}
			if got := scan[string](t, s, `SELECT status FROM heed.message`); got != c.want {
				t.Errorf("status %s, want %s", got, c.want)
			}
			if got := scan[string](t, s, `SELECT coalesce(failure_reason, '') FROM heed.message`); got != c.reason {
				t.Errorf("failure_reason %q, want %q", got, c.reason)
			}
		})
	}
}

// One row that the database refuses is parked whole; every neighbour is kept.
func TestFaultyRowIsParkedAlone(t *testing.T) {
	t.Parallel()
	s := open(t)
	var bodies []string
	for i := range 20 {
		id := fmt.Sprintf("m%d", i)
		if i == 13 {
			// An id that no index can hold (random, so that it does not compress), which no parser should guess at.
			var b strings.Builder
			r := rand.New(rand.NewPCG(1, 2))
			for range 9000 {
				b.WriteByte("abcdefghijklmnopqrstuvwxyz0123456789"[r.IntN(36)])
			}
			id = b.String()
		}
		bodies = append(bodies, fmt.Sprintf(`{"eventType":"TEXT_DELIVERED","eventTimestamp":1795194245470,"isFinal":true,"messageId":"%s","messageRequestTimestamp":1795194245170,"messageStatus":"DELIVERED"}`, id))
	}
	bodies = append(bodies, `{"eventType": broken`, `[1,2]`, ``, `{"hello":"world"}`)
	mustWork(t, events(s).Work(context.Background(), records(bodies...)))
	mustWork(t, events(s).Work(context.Background(), records(bodies...)))
	if n := scan[int](t, s, `SELECT count(*) FROM heed.message`); n != 19 {
		t.Errorf("%d messages, want 19", n)
	}
	if got, want := dump(t, s, `SELECT reason, body = $$`+bodies[13]+`$$ AS whole FROM heed.parked WHERE reason = 'limit_exceeded'`), "(limit_exceeded,t)"; got != want {
		t.Errorf("parked %q, want %q", got, want)
	}
	if n := scan[int](t, s, `SELECT count(*) FROM heed.parked`); n != 5 {
		t.Errorf("%d parked, want 5: %s", n, dump(t, s, `SELECT reason, error FROM heed.parked`))
	}
}

// Amounts are kept to the last place, however they group.
func TestPricesAreExact(t *testing.T) {
	t.Parallel()
	s := open(t)
	amounts := []string{
		"0", "1", "7.5", "0.00581", "0.0001", "0.00001", "0.00000001", "10", "9999", "10000", "10001", "99999999", "100000000",
		"20000.0002", "120000000.00000003", "1234.5678", "12345.67891", "1000000000000000000", "0.1234567890123456789",
		"99999999999999999999.9999999999999999999", "1e20", "1e-20", "12e-5", "12.5000",
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		whole, fraction := strconv.FormatUint(r.Uint64()>>r.IntN(64), 10), strconv.FormatUint(r.Uint64()>>r.IntN(64), 10)
		amount := whole + "." + strings.Repeat("0", r.IntN(9)) + fraction
		amounts = append(amounts, amount[:min(len(amount), 40)]) // longer ones are no amounts
	}
	bodies := make([]string, len(amounts))
	for i, amount := range amounts {
		bodies[i] = fmt.Sprintf(`{"eventType":"TEXT_DELIVERED","eventVersion":"1.0","eventTimestamp":%d,"isFinal":true,"messageId":"m%d","messageRequestTimestamp":%[1]d,`+
			`"messageStatus":"DELIVERED","totalMessagePrice":%[3]s,"totalCarrierFee":%[3]s}`, noon().UnixMilli(), i, amount)
	}
	mustWork(t, events(s).Work(context.Background(), records(bodies...)))
	for i, amount := range amounts {
		want, ok := sms.ParseDecimal(amount)
		if !ok {
			t.Fatalf("%s is no amount", amount)
		}
		for _, table := range []string{"delivery_event", "message"} {
			got := scan[string](t, s, `SELECT concat_ws(' ', price, carrier_fee, price = $2::text::numeric) FROM heed.`+table+` WHERE message_id = $1`, fmt.Sprintf("m%d", i), string(want))
			if got != fmt.Sprintf("%s %[1]s t", want) {
				t.Errorf("%s became %s in %s", amount, got, table)
			}
		}
	}
}
