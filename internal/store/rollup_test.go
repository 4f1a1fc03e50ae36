package store_test

import (
	"context"
	"fmt"
	"maps"
	"math"
	"math/big"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"

	"github.com/heedsms/heed/internal/sms"
	"github.com/heedsms/heed/internal/store"
)

// refresh brings all counts up to date.
func refresh(t interface{ Fatalf(string, ...any) }, s *store.Store, now time.Time) {
	ctx := context.Background()
	for more := true; more; {
		r, err := s.RefreshDelivery(ctx, now)
		if err != nil {
			t.Fatalf("%v", err)
		}
		more = r.More
	}
	for more := true; more; {
		var err error
		if more, err = s.RefreshDetails(ctx, now, true); err != nil {
			t.Fatalf("%v", err)
		}
	}
}

// sent is a message as the counts see it.
type sent struct {
	requested                                                                       time.Time
	program, identity, campaign, country, carrier, mcc, mnc, kind, encoding, status string
	failureStatus, failureReason, price, fee                                        string
	final, priced, reply                                                            bool
	accepted, delivered, read, gaveUp                                               *time.Time
	parts                                                                           *int
}

func allSent(t testing.TB, s *store.Store) []sent {
	t.Helper()
	rows, err := s.Pool().Query(context.Background(), `SELECT requested_at, coalesce(program, ''), coalesce(identity, ''), coalesce(campaign, ''),
		coalesce(country, ''), coalesce(carrier, ''), coalesce(mcc, ''), coalesce(mnc, ''), coalesce(message_type, ''), coalesce(encoding, ''), status,
		coalesce(failure_status, ''), coalesce(failure_reason, ''), coalesce(price, 0)::text, coalesce(carrier_fee, 0)::text,
		is_final, price IS NOT NULL, outbox_id IS NOT NULL, accepted_at, delivered_at, read_at, no_receipt_at, parts FROM heed.message`)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (m sent, err error) {
		err = row.Scan(&m.requested, &m.program, &m.identity, &m.campaign, &m.country, &m.carrier, &m.mcc, &m.mnc, &m.kind, &m.encoding, &m.status,
			&m.failureStatus, &m.failureReason, &m.price, &m.fee, &m.final, &m.priced, &m.reply, &m.accepted, &m.delivered, &m.read, &m.gaveUp, &m.parts)
		m.requested = m.requested.UTC()
		return m, err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// tally sums what is counted under each name.
type tally map[string][11]*big.Rat

func (c tally) add(name string, values ...any) {
	sums, ok := c[name]
	for i, v := range values {
		if !ok {
			sums[i] = new(big.Rat)
		}
		n, valid := new(big.Rat).SetString(fmt.Sprint(v))
		if !valid {
			panic(v)
		}
		sums[i].Add(sums[i], n)
	}
	c[name] = sums
}

func (c tally) String() string {
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(c)) {
		line := name
		for _, v := range c[name] {
			if v != nil {
				line += " " + strings.TrimRight(strings.TrimRight(v.FloatString(6), "0"), ".")
			}
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

func (m sent) network() string {
	switch {
	case m.carrier != "":
		return m.carrier
	case m.mcc != "" && m.mnc != "":
		return m.mcc + "-" + m.mnc
	}
	return m.mcc
}

// recount counts messages by what is written here, and by none of heed's SQL.
func recount(all []sent) (quarters, days, failures, latencies string) {
	q, d, f, l := tally{}, tally{}, tally{}, tally{}
	failed := []string{"expired", "undeliverable", "blocked", "invalid", "refused"}
	for _, m := range all {
		dims := strings.Join([]string{m.program, m.identity, m.campaign, m.country, m.network(), m.kind, m.encoding, m.status}, "|")
		parts := 0
		if m.parts != nil {
			parts = *m.parts
		}
		values := []any{
			1, one(!m.final), one(m.accepted != nil), one(m.delivered != nil || m.read != nil), one(m.parts != nil), one(m.priced), one(m.reply),
			one(m.gaveUp != nil && m.status != "no_receipt"), parts, m.price, m.fee,
		}
		day := m.requested.Format("2006-01-02")
		q.add(m.requested.Truncate(15*time.Minute).Format("2006-01-02T15:04")+"|"+dims, values...)
		d.add(day+"|"+dims, values...)
		if slices.Contains(failed, m.status) {
			f.add(strings.Join([]string{
				day, m.program, m.identity, m.campaign, m.country, m.network(), m.status, m.failureStatus,
				strings.Replace(m.failureReason, "14255550001", "#", 1),
			}, "|"), 1)
		}
		for leg, at := range map[string]*time.Time{"carrier": m.accepted, "handset": m.delivered} {
			if at == nil {
				continue
			}
			step := 0
			if ms := float64(at.Sub(m.requested)) / float64(time.Millisecond); ms > 1 {
				step = int(math.Ceil(math.Log(ms) / math.Log(1.05)))
			}
			l.add(strings.Join([]string{day, m.program, m.country, m.network(), leg, fmt.Sprint(step)}, "|"), 1)
		}
	}
	return q.String(), d.String(), f.String(), l.String()
}

const (
	countedDims = `program || '|' || identity || '|' || campaign || '|' || country || '|' || carrier || '|' || message_type || '|' || encoding || '|' || status`
	countedSums = `' ' || messages || ' ' || open || ' ' || accepted || ' ' || confirmed || ' ' || counted || ' ' || priced || ' ' || replies || ' ' || late ||
		' ' || parts || ' ' || trim_scale(price) || ' ' || trim_scale(carrier_fee)`
)

// counted reads the counts in the form of recount.
func counted(t testing.TB, s *store.Store) (quarters, days, failures, latencies string) {
	t.Helper()
	read := func(query string) string {
		return scan[string](t, s, `SELECT coalesce(string_agg(line, E'\n' ORDER BY line COLLATE "C"), '') FROM (`+query+`) l (line)`)
	}
	return read(`SELECT to_char(bucket AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI') || '|' || ` + countedDims + ` || ` + countedSums + ` FROM heed.delivery_quarter`),
		read(`SELECT day || '|' || ` + countedDims + ` || ` + countedSums + ` FROM heed.delivery_day`),
		read(`SELECT concat_ws('|', day, program, identity, campaign, country, carrier, status, failure_status, failure_reason) || ' ' || messages FROM heed.failure_day`),
		read(`SELECT concat_ws('|', day, program, country, carrier, leg, step) || ' ' || messages FROM heed.latency_day`)
}

func mustAgree(t interface{ Fatalf(string, ...any) }, tb testing.TB, s *store.Store) {
	wantQ, wantD, wantF, wantL := recount(allSent(tb, s))
	gotQ, gotD, gotF, gotL := counted(tb, s)
	for _, c := range [][3]string{{"quarters", gotQ, wantQ}, {"days", gotD, wantD}, {"failures", gotF, wantF}, {"latencies", gotL, wantL}} {
		if c[1] != c[2] {
			t.Fatalf("%s:\n%s\n--- a recount:\n%s", c[0], c[1], c[2])
		}
	}
	wrong, err := s.CheckCounts(context.Background(), noon().AddDate(-1, 0, 0), noon().AddDate(1, 0, 0))
	if err != nil || len(wrong) > 0 {
		t.Fatalf("the check finds %v %v", wrong, err)
	}
}

// drawSent makes an event of one of few messages that were sent on some days, half of which have a partition, up to a
// week after it was sent.
func drawSent(t *rapid.T) string {
	n := rapid.IntRange(0, 11).Draw(t, "message")
	requested := noon().AddDate(0, 0, n%4-2).Add(time.Duration(n/4) * 14 * time.Minute).Add(11*time.Hour + 40*time.Minute)
	status := rapid.SampledFrom([]string{"QUEUED", "PENDING", "SUCCESSFUL", "DELIVERED", "READ", "UNKNOWN", "TTL_EXPIRED", "CARRIER_BLOCKED", "NEVER_SEEN"}).Draw(t, "status")
	at := requested.Add(rapid.SampledFrom([]time.Duration{0, time.Second, 90 * time.Second, 25 * time.Hour, 80 * time.Hour, 170 * time.Hour}).Draw(t, "after"))
	var b strings.Builder
	fmt.Fprintf(&b, `{"eventType":"TEXT_%s","eventTimestamp":%d,"isFinal":%t,"messageId":"m%d","messageRequestTimestamp":%d,"messageStatus":"%s","originationPhoneNumber":"+1206555010%d","destinationPhoneNumber":"+1425555%04d"`,
		status, at.UnixMilli(), rapid.Bool().Draw(t, "final"), n, requested.UnixMilli(), status, n%2, n)
	for _, field := range []string{
		`"mcc":"310","mnc":"800"`, `"carrierName":"Example"`, `"totalMessagePrice":0.00581`, `"totalCarrierFee":0.003`, `"totalMessageParts":2`,
		`"messageStatusDescription":"why of +14255550001, 12345"`, `"context":{"campaign":"spring","heed_program":"acme"}`, `"isoCountryCode":"US"`, `"messageEncoding":"Unicode"`, `"messageType":"PROMOTIONAL"`,
	} {
		if rapid.IntRange(0, 2).Draw(t, "has") == 0 {
			b.WriteString("," + field)
		}
	}
	return b.String() + "}"
}

// Whatever comes in whatever order, late or twice, while others count and messages are given up: what is counted is
// what a recount of the messages gives.
func TestCountsEqualARecount(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx := context.Background()
	if _, err := s.Pool().Exec(ctx, `SELECT heed.make_partitions('2026-11-19', '2026-11-20')`); err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		if _, err := s.Pool().Exec(ctx, `TRUNCATE heed.delivery_event, heed.message, heed.rollup_mark, heed.rollup_day, heed.delivery_quarter, heed.delivery_day,
			heed.failure_day, heed.latency_day`); err != nil {
			rt.Fatal(err)
		}
		bodies := rapid.SliceOfN(rapid.Custom(drawSent), 1, 24).Draw(rt, "events")
		bodies = append(bodies, rapid.SliceOfN(rapid.SampledFrom(bodies), 0, 6).Draw(rt, "again")...)
		now := noon()
		for len(bodies) > 0 {
			now = now.Add(rapid.SampledFrom([]time.Duration{time.Minute, 30 * time.Hour}).Draw(rt, "time passes"))
			n := min(len(bodies), rapid.IntRange(1, 9).Draw(rt, "batch"))
			batch, rest := bodies[:n], bodies[n:]
			bodies = rest
			did := rapid.SampledFrom([]string{"nothing", "count", "count beside", "details", "give up"}).Draw(rt, "meanwhile")
			var beside sync.WaitGroup
			if did == "count beside" {
				beside.Go(func() {
					for range 3 {
						if _, err := s.RefreshDelivery(ctx, now); err != nil {
							rt.Errorf("%v", err)
						}
						if _, err := s.RefreshDetails(ctx, now, true); err != nil {
							rt.Errorf("%v", err)
						}
					}
				})
			}
			mustWork(rt, events(s).Work(ctx, records(batch...)))
			beside.Wait()
			switch did {
			case "count":
				refresh(rt, s, now)
				mustAgree(rt, t, s)
			case "details":
				if _, err := s.RefreshDetails(ctx, now, true); err != nil {
					rt.Fatal(err)
				}
			case "give up":
				refresh(rt, s, now)
				if _, err := s.CloseSilent(ctx, now, time.Time{}, now.Add(-76*time.Hour)); err != nil {
					rt.Fatal(err)
				}
			}
		}
		refresh(rt, s, now)
		mustAgree(rt, t, s)
		if n := scan[int](t, s, `SELECT count(*) FROM heed.rollup_mark`); n != 0 {
			rt.Fatalf("%d marks are left", n)
		}
	})
}

// A message of which AWS never says the end is given up after a time; a word that ranks higher stands, a late one still
// counts, in any order with the giving up.
func TestGivingUp(t *testing.T) {
	t.Parallel()
	word := func(status string, after time.Duration, final bool) string {
		return fmt.Sprintf(`{"eventType":"TEXT_%s","eventTimestamp":%d,"isFinal":%t,"messageId":"m","messageRequestTimestamp":%d,"messageStatus":"%s"}`,
			status, noon().Add(after).UnixMilli(), final, noon().UnixMilli(), status)
	}
	const never = ""
	for _, c := range []struct {
		sentence, before, after string // the words that came before heed gave up, and after
		status                  string
		final, gaveUp           bool
	}{
		{"only the queue was heard of", word("QUEUED", 0, false), never, "no_receipt", true, true},
		{"a word that nobody knows, and nothing more", word("NEVER_SEEN", 0, false), never, "no_receipt", true, true},
		{"a carrier took it, and no handset ever answered", word("SUCCESSFUL", time.Second, false), never, "accepted", true, false},
		{"it was delivered long ago", word("DELIVERED", time.Second, true), never, "delivered", true, false},
		{"a receipt comes after all", word("QUEUED", 0, false), word("DELIVERED", 90*time.Hour, true), "delivered", true, true},
		{"AWS gives up after heed did", word("QUEUED", 0, false), word("UNKNOWN", 90*time.Hour, true), "unknown", true, true},
		{"a word on the way comes late", word("QUEUED", 0, false), word("PENDING", 90*time.Hour, false), "no_receipt", true, true},
		{"a carrier's word comes late", word("QUEUED", 0, false), word("SUCCESSFUL", 90*time.Hour, false), "accepted", true, true},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			ctx := context.Background()
			mustWork(t, events(s).Work(ctx, records(c.before)))
			refresh(t, s, noon())
			for _, passed := range []time.Duration{75 * time.Hour, 80 * time.Hour} {
				closed, err := s.CloseSilent(ctx, noon().Add(passed), time.Time{}, noon().Add(passed-76*time.Hour))
				if err != nil {
					t.Fatal(err)
				}
				if want := one(c.gaveUp && passed > 76*time.Hour); closed.Silent != want {
					t.Errorf("after %s: %d given up, want %d", passed, closed.Silent, want)
				}
				refresh(t, s, noon().Add(passed))
			}
			if c.after != never {
				mustWork(t, events(s).Work(ctx, records(c.after)))
				refresh(t, s, noon().Add(91*time.Hour))
			}
			want := fmt.Sprintf("(%s,%s,%s)", c.status, pg(c.final), pg(c.gaveUp))
			if got := dump(t, s, `SELECT status, is_final, no_receipt_at IS NOT NULL FROM heed.message`); got != want {
				t.Errorf("message %s, want %s", got, want)
			}
			mustAgree(t, t, s)
			if n := scan[int](t, s, `SELECT sum(open) FROM heed.delivery_day`); n != 0 {
				t.Errorf("%d messages count as open", n)
			}
			late := one(c.gaveUp && c.status != "no_receipt")
			if n := scan[int](t, s, `SELECT sum(late) FROM heed.delivery_day`); n != late {
				t.Errorf("%d late words are counted, want %d", n, late)
			}
		})
	}
}

func pg(yes bool) string {
	if yes {
		return "t"
	}
	return "f"
}

// queuedAt is a message of which nothing more is known.
func queuedAt(id string, at time.Time) string {
	return fmt.Sprintf(`{"eventType":"TEXT_QUEUED","eventTimestamp":%d,"isFinal":false,"messageId":"%s","messageRequestTimestamp":%[1]d,"messageStatus":"QUEUED"}`,
		at.UnixMilli(), id)
}

// closeAll gives up batch after batch, as the relay does. It fails where that would never end.
func closeAll(t *testing.T, s *store.Store, now time.Time) (silent int) {
	t.Helper()
	var since time.Time
	for range 10 {
		closed, err := s.CloseSilent(context.Background(), now, since, now.Add(-76*time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		silent += closed.Silent
		if !closed.More {
			return silent
		}
		since = closed.Upto
	}
	t.Fatal("there are more and more messages to give up")
	return 0
}

// A relay that stood still, or the first one after an upgrade, has more to give up than one batch holds. All of it is given
// up before anything is counted anew, and what retention dropped before is not waited for.
func TestGivingUpMuch(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx := context.Background()
	const quarters = 40
	var gone, there []string
	for i := range quarters {
		at := time.Duration(i) * 15 * time.Minute
		gone = append(gone, queuedAt(fmt.Sprint("gone", i), noon().AddDate(0, 0, -5).Add(at)))
		there = append(there, queuedAt(fmt.Sprint("m", i), noon().Add(at)))
	}
	mustWork(t, events(s).Work(ctx, records(append(gone, there...)...)))
	refresh(t, s, noon())
	if _, err := s.Pool().Exec(ctx, `SELECT heed.drop_partitions('message', '2026-11-18')`); err != nil {
		t.Fatal(err)
	}
	later := noon().AddDate(0, 0, 9)
	for _, want := range []int{quarters, 0} {
		if n := closeAll(t, s, later); n != want {
			t.Errorf("%d messages are given up, want %d", n, want)
		}
		refresh(t, s, later)
	}
	if n := scan[int](t, s, `SELECT sum(open) FROM heed.delivery_day WHERE day >= '2026-11-18'`); n != 0 {
		t.Errorf("%d messages count as open", n)
	}
}

// What was counted outlives the messages, and a straggler of a day that is gone does not replace its counts.
func TestCountsOutliveMessages(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx := context.Background()
	now := time.Now().UTC()
	old := now.AddDate(0, 0, -1)
	mustWork(t, events(s).Work(ctx, records(deliveredAt("a", old), deliveredAt("b", old), deliveredAt("c", now))))
	refresh(t, s, now)
	inAWeek := now.AddDate(0, 0, 7)
	if m, err := s.Maintain(ctx, inAWeek, keepAWeek); err != nil || m.PartitionsDropped == 0 {
		t.Fatalf("%+v %v", m, err)
	}
	mustWork(t, events(s).Work(ctx, records(deliveredAt("straggler", old))))
	if _, err := s.MarkDelivery(ctx, old.AddDate(0, 0, -1), now); err != nil {
		t.Fatal(err)
	}
	refresh(t, s, inAWeek)
	if got, want := dump(t, s, `SELECT day - $$`+old.Format("2006-01-02")+`$$::date, sum(messages) FROM heed.delivery_day GROUP BY day`), "(0,2)\n(1,1)"; got != want {
		t.Errorf("days %s, want %s", got, want)
	}
	if wrong, err := s.CheckCounts(ctx, old.AddDate(0, 0, -9), now.AddDate(0, 0, 9)); err != nil || len(wrong) > 0 {
		t.Errorf("the check finds %v %v", wrong, err)
	}
}

// readAt is the word that somebody read a message.
func readAt(id string, requested, at time.Time) string {
	return fmt.Sprintf(`{"eventType":"TEXT_READ","eventTimestamp":%d,"isFinal":true,"messageId":"%s","messageRequestTimestamp":%d,"messageStatus":"READ"}`,
		at.UnixMilli(), id, requested.UnixMilli())
}

// A day whose messages change while retention is at work on it keeps the counts of all of them, whoever comes first.
func TestCountsBesideRetention(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	now := time.Now().UTC()
	day := now.Truncate(24*time.Hour).AddDate(0, 0, -1)
	for _, c := range []struct {
		sentence string
		retain   func(t *testing.T, s *store.Store, count func())
	}{
		{"somebody reads the messages, and only their quarters could be dropped", func(t *testing.T, s *store.Store, count func()) {
			reading := underWay(t, s, `SELECT FROM heed.message_p`+day.Format("20060102"))
			m, err := s.Maintain(ctx, now.AddDate(0, 0, 7), keepAWeek)
			if err != nil || !m.Busy {
				t.Fatalf("%+v %v", m, err)
			}
			if err := reading.Rollback(ctx); err != nil {
				t.Fatal(err)
			}
			count()
		}},
		{"it is counted while the messages are being dropped", func(t *testing.T, s *store.Store, count func()) {
			drop := underWay(t, s, `SELECT heed.drop_partitions('message', $1::date)`, now)
			done := make(chan struct{})
			go func() { defer close(done); count() }()
			untilSomebodyWaits(t, s)
			if err := drop.Commit(ctx); err != nil {
				t.Fatal(err)
			}
			<-done
		}},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			mustWork(t, events(s).Work(ctx, records(deliveredAt("a", day), deliveredAt("b", day.Add(time.Hour)), deliveredAt("c", day.Add(2*time.Hour)))))
			refresh(t, s, now)
			mustWork(t, events(s).Work(ctx, records(readAt("a", day, now))))
			c.retain(t, s, func() { refresh(t, s, now) })
			if got, want := dump(t, s, `SELECT sum(messages), (SELECT sum(messages) FROM heed.latency_day WHERE leg = 'handset') FROM heed.delivery_day`), "(3,3)"; got != want {
				t.Errorf("messages and latencies %s, want %s", got, want)
			}
		})
	}
}

// Counts that somebody spoiled are found, and made right by counting anew.
func TestCountsAreRebuilt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ sentence, spoil, table string }{
		{"a quarter is changed", `UPDATE heed.delivery_quarter SET messages = 7`, "delivery_quarter"},
		{"a quarter of nothing stands there", `INSERT INTO heed.delivery_quarter SELECT bucket + interval '15 minutes', program, identity, campaign, tenant, template,
			country, carrier, message_type, encoding, status, messages, open, accepted, confirmed, counted, priced, replies, late, parts, price, carrier_fee FROM heed.delivery_quarter`, "delivery_quarter"},
		{"a day is lost", `DELETE FROM heed.delivery_day`, "delivery_day"},
		{"all but the day is lost", `TRUNCATE heed.message, heed.delivery_quarter`, "delivery_day"},
		{"failures are lost", `DELETE FROM heed.failure_day`, "failure_day"},
		{"latencies are doubled", `UPDATE heed.latency_day SET messages = 2 * messages`, "latency_day"},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			ctx := context.Background()
			mustWork(t, events(s).Work(ctx, records(
				fmt.Sprintf(`{"eventType":"TEXT_BLOCKED","eventTimestamp":%d,"isFinal":true,"messageId":"m","messageRequestTimestamp":%[1]d,"messageStatus":"BLOCKED"}`, noon().UnixMilli()),
				deliveredAt("n", noon()))))
			refresh(t, s, noon())
			if _, err := s.Pool().Exec(ctx, c.spoil); err != nil {
				t.Fatal(err)
			}
			wrong, err := s.CheckCounts(ctx, noon().AddDate(0, 0, -1), noon().AddDate(0, 0, 1))
			if err != nil || len(wrong) == 0 || wrong[0].Table != c.table || wrong[0].Day.Format("2006-01-02") != "2026-11-20" {
				t.Fatalf("the check finds %v %v, want %s of the 20th", wrong, err, c.table)
			}
			if _, err := s.MarkDelivery(ctx, noon().AddDate(0, 0, -1), noon().AddDate(0, 0, 1)); err != nil {
				t.Fatal(err)
			}
			refresh(t, s, noon())
			mustAgree(t, t, s)
		})
	}
}

// The database and internal/sms know the same statuses, and agree on what is a failure.
func TestStatusesAgree(t *testing.T) {
	t.Parallel()
	s := open(t)
	var want []string
	for _, status := range []sms.Status{
		sms.StatusQueued, sms.StatusSent, sms.StatusAccepted, sms.StatusDelivered, sms.StatusRead, sms.StatusExpired, sms.StatusUndeliverable,
		sms.StatusBlocked, sms.StatusInvalid, sms.StatusRefused, sms.StatusUnknown, sms.StatusNoReceipt,
	} {
		want = append(want, fmt.Sprintf("(%s,%s)", status, pg(status.Failed())))
	}
	slices.Sort(want)
	if got, want := dump(t, s, `SELECT status, outcome = 'failed' FROM heed.delivery_status`), strings.Join(want, "\n"); got != want {
		t.Errorf("the table says\n%s\nwant\n%s", got, want)
	}
}
