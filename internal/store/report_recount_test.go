package store_test

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/heedsms/heed/internal/report"
	"github.com/heedsms/heed/internal/store"
)

// bookYAML has two programs whose senders name campaigns in the Context.
const bookYAML = `
version: 1
reports: {context: {campaign: campaign, tenant: customer, template: tpl}}
programs:
  alerts: {brand: Acme, optOutList: alerts, identities: ["+12065550100"]}
  shop: {brand: Shop, optOutList: shop, identities: ["+12065550101"]}
`

// booked is a message as a sender's own books have it, and what AWS told of it: the reports are checked against these,
// not against what heed kept.
type booked struct {
	id, contact, program, identity, campaign, country, carrier, kind, encoding string
	requested                                                                  time.Time
	course                                                                     string
	// In hundred-thousandths of a dollar; -1: never told.
	price, fee, parts int
	toCarrier, toHand time.Duration
	reason            string
}

// courses are what can become of a message: the events that tell it, and what it comes to before and after heed gave up
// waiting.
var courses = []struct {
	name, events string // AWS's words; the last one final where it ends with !
	status       string
	open         bool
}{
	{"queued", "QUEUED", "queued", true},
	{"sent", "QUEUED PENDING", "sent", true},
	{"taken", "QUEUED SUCCESSFUL", "accepted", true},
	{"failing", "UNREACHABLE", "undeliverable", true},
	{"short code", "SUCCESSFUL!", "accepted", false},
	{"delivered", "QUEUED SUCCESSFUL DELIVERED!", "delivered", false},
	{"read", "DELIVERED READ!", "read", false},
	{"expired", "TTL_EXPIRED!", "expired", false},
	{"unreachable", "SUCCESSFUL CARRIER_UNREACHABLE!", "undeliverable", false},
	{"blocked", "CARRIER_BLOCKED!", "blocked", false},
	{"invalid", "INVALID!", "invalid", false},
	{"unknown", "QUEUED UNKNOWN!", "unknown", false},
	{"a new word", "BRAND_NEW!", "unknown", false},
	{"silent", "QUEUED", "no_receipt", false},          // heed gave up
	{"late", "QUEUED DELIVERED!", "delivered", false},  // and then it came
	{"late failure", "QUEUED SPAM!", "blocked", false}, // the same
}

func (b booked) end() (status string, open bool) {
	for _, c := range courses {
		if c.name == b.course {
			return c.status, c.open
		}
	}
	panic(b.course)
}

// words are AWS's events of a message, in time.
func (b booked) words() []string {
	for _, c := range courses {
		if c.name == b.course {
			return strings.Fields(c.events)
		}
	}
	panic(b.course)
}

// body is one event as AWS writes it.
func (b booked) body(word string) string {
	word, final := strings.CutSuffix(word, "!")
	at := b.requested.Add(time.Minute)
	switch word {
	case "QUEUED":
		at = b.requested.Add(time.Millisecond)
	case "SUCCESSFUL":
		at = b.requested.Add(b.toCarrier)
	case "DELIVERED":
		at = b.requested.Add(b.toHand)
	}
	body := fmt.Sprintf(`{"eventType":"TEXT_%s","eventTimestamp":%d,"isFinal":%t,"messageId":%q,"messageRequestTimestamp":%d,"messageStatus":%q,"originationPhoneNumber":%q,"destinationPhoneNumber":%q,"messageStatusDescription":%q`,
		word, at.UnixMilli(), final, b.id, b.requested.UnixMilli(), word, b.identity, b.contact, b.reason)
	for field, value := range map[string]string{"isoCountryCode": b.country, "carrierName": b.carrier, "messageType": b.kind, "messageEncoding": b.encoding} {
		if value != "" {
			body += fmt.Sprintf(`,%q:%q`, field, value)
		}
	}
	if b.campaign != "" {
		body += fmt.Sprintf(`,"context":{"campaign":%q,"note":"private"}`, b.campaign)
	}
	if b.price >= 0 {
		body += fmt.Sprintf(`,"totalMessagePrice":%s,"totalCarrierFee":%s`, dollarsOf(b.price), dollarsOf(b.fee))
	}
	if b.parts > 0 {
		body += fmt.Sprintf(`,"totalMessageParts":%d`, b.parts)
	}
	return body + "}"
}

// dollarsOf writes hundred-thousandths of a dollar.
func dollarsOf(n int) string { return decimal(big.NewRat(int64(n), 100_000)) }

func decimal(r *big.Rat) string {
	s := r.FloatString(6)
	return strings.TrimRight(strings.TrimRight(s, "0"), ".")
}

// aBook is some hundreds of messages around the end of summer time in America, most of them near some zone's midnight.
func aBook() []booked {
	random := rand.New(rand.NewPCG(5, 15))
	pick := func(words ...string) string { return words[random.IntN(len(words))] }
	var all []booked
	for i := range 480 {
		b := booked{
			id: fmt.Sprintf("b%d", i), contact: fmt.Sprintf("+1425555%04d", i%200), identity: pick("+12065550100", "+12065550100", "+12065550101"),
			campaign: pick("", "spring", "spring", "autumn", "o'clock; --"), country: pick("US", "US", "CA", "IN", ""), carrier: pick("One", "Two", ""),
			kind: pick("TRANSACTIONAL", "PROMOTIONAL"), encoding: pick("GSM", "GSM", "UNICODE", ""), course: courses[i%len(courses)].name,
			price: random.IntN(900), fee: random.IntN(400), parts: 1 + random.IntN(4),
			toCarrier: time.Duration(1+random.IntN(5000)) * time.Millisecond, toHand: time.Duration(5001+random.IntN(200_000)) * time.Millisecond,
			reason: pick("why", "why not", "because", "rare "+fmt.Sprint(i)),
		}
		b.program = map[string]string{"+12065550100": "alerts", "+12065550101": "shop"}[b.identity]
		if random.IntN(6) == 0 {
			b.price, b.fee = -1, 0
		}
		if random.IntN(8) == 0 {
			b.parts = 0
		}
		day := time.Date(2026, 10, 29+random.IntN(8), 0, 0, 0, 0, time.UTC)
		midnights := []time.Duration{0, 4 * time.Hour, 5 * time.Hour, 6 * time.Hour, 18*time.Hour + 15*time.Minute, 18*time.Hour + 30*time.Minute, 13 * time.Hour}
		b.requested = day.Add(midnights[random.IntN(len(midnights))] + time.Duration(random.IntN(61)-30)*time.Minute)
		all = append(all, b)
	}
	return all
}

// load tells heed of a book through the handler: in any order, in batches, some twice, and what was silent is given up
// before the late words come.
func load(t testing.TB, s *store.Store, book []booked, now time.Time) {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	tell := func(bodies []string) {
		bodies = append(bodies, bodies[:len(bodies)/9]...)
		random.Shuffle(len(bodies), func(i, j int) { bodies[i], bodies[j] = bodies[j], bodies[i] })
		for batch := range slices.Chunk(bodies, 100) {
			mustWork(t, events(s).Work(context.Background(), records(batch...)))
		}
	}
	var early, silent, late []string
	for _, b := range book {
		words := b.words()
		switch b.course {
		case "silent", "late", "late failure":
			silent = append(silent, b.body(words[0]))
			for _, w := range words[1:] {
				late = append(late, b.body(w))
			}
		default:
			for _, w := range words {
				early = append(early, b.body(w))
			}
		}
	}
	tell(silent)
	refresh(t, s, now)
	for more := true; more; {
		closed, err := s.CloseSilent(context.Background(), now, time.Time{}, now)
		if err != nil {
			t.Fatal(err)
		}
		more = closed.More
		refresh(t, s, now) // the counts say where open messages are
	}
	tell(slices.Concat(early, late))
	refresh(t, s, now)
}

// dim is a dimension of a message as a report says it.
func (b booked) dim(name string, zone *time.Location) string {
	status, _ := b.end()
	return map[string]string{
		"day": b.requested.In(zone).Format(time.DateOnly), "program": b.program, "identity": b.identity, "campaign": b.campaign, "country": b.country,
		"carrier": b.carrier, "message_type": b.kind, "encoding": b.encoding, "status": status,
	}[name]
}

// chosen are the messages of a query, by their dimensions.
func chosen(book []booked, by []string, q report.Query) map[string][]booked {
	zone, err := time.LoadLocation(q.Zone)
	if err != nil {
		panic(err)
	}
	groups := map[string][]booked{}
	for _, b := range book {
		day := b.dim("day", zone)
		out := day < q.From.Format(time.DateOnly) || day > q.To.Format(time.DateOnly)
		for name, values := range q.Filters {
			out = out || !slices.Contains(values, b.dim(name, zone))
		}
		if out {
			continue
		}
		var key strings.Builder
		for _, d := range by {
			fmt.Fprintf(&key, "%s=%s ", d, b.dim(d, zone))
		}
		groups[key.String()] = append(groups[key.String()], b)
	}
	if len(by) == 0 && len(groups) == 0 {
		groups[""] = nil // a total is there even of nothing
	}
	return groups
}

// delivered is a row of the report delivery, counted from the book.
func deliveryOf(ms []booked) string {
	n := map[string]int{}
	for _, b := range ms {
		status, open := b.end()
		words := " " + strings.Join(b.words(), " ")
		n["messages"]++
		n["parts"] += b.parts
		n["accepted"] += one(strings.Contains(words, " SUCCESSFUL"))
		n["confirmed"] += one(strings.Contains(words, " DELIVERED"))
		n["late"] += one(strings.HasPrefix(b.course, "late"))
		switch {
		case open:
			n["open"]++
		case slices.Contains([]string{"accepted", "delivered", "read"}, status):
			n["succeeded"]++
		case slices.Contains([]string{"unknown", "no_receipt"}, status):
			n["unknown"]++
		default:
			n["failed"]++
		}
	}
	rate := ""
	if closed := n["messages"] - n["open"]; closed > 0 {
		rate = fmt.Sprintf(" delivery_rate=%.4g", float64(n["succeeded"])/float64(closed))
	}
	return fmt.Sprintf("messages=%d open=%d succeeded=%d failed=%d unknown=%d%s accepted=%d confirmed=%d parts=%d replies=0 late=%d",
		n["messages"], n["open"], n["succeeded"], n["failed"], n["unknown"], rate, n["accepted"], n["confirmed"], n["parts"], n["late"])
}

// costOf is a row of the report cost.
func costOf(ms []booked) string {
	var messages, open, priced, counted, parts, price, fee, wasted, taken int
	for _, b := range ms {
		status, isOpen := b.end()
		messages++
		open += one(isOpen)
		counted += one(b.parts > 0)
		parts += b.parts
		if b.price >= 0 {
			priced++
			price += b.price
			fee += b.fee
		}
		switch status {
		case "accepted", "delivered", "read":
			taken++
		case "queued", "sent":
		default:
			wasted += max(b.price, 0) + b.fee
		}
	}
	line := fmt.Sprintf("messages=%d open=%d priced=%d counted=%d parts=%d", messages, open, priced, counted, parts)
	if counted > 0 {
		line += fmt.Sprintf(" parts_per_message=%.4g", float64(parts)/float64(counted))
	}
	if priced > 0 {
		line += fmt.Sprintf(" price=%s carrier_fee=%s total=%s undelivered_charged=%s", dollarsOf(price), dollarsOf(fee), dollarsOf(price+fee), dollarsOf(wasted))
		if taken > 0 {
			line += " cost_per_delivered=" + decimal(big.NewRat(int64(price+fee), 100_000*int64(taken)))
		}
	}
	return line
}

// Whatever is asked, by any dimensions, with any filters, in the days of any zone, those of 23 and 25 hours among them:
// the reports of delivery and cost say what the sender's own books do.
func TestReportsEqualTheBooks(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, bookYAML)
	book := aBook()
	load(t, s, book, noon())
	ctx := context.Background()
	dims := []string{"day", "program", "identity", "campaign", "country", "carrier", "message_type", "encoding", "status"}
	zones := []string{"UTC", "America/New_York", "America/Havana", "Asia/Kolkata", "Asia/Kathmandu", "Atlantic/Azores", "Asia/Beirut", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Australia/Lord_Howe"}
	rapid.Check(t, func(rt *rapid.T) {
		name := rapid.SampledFrom([]string{"delivery", "cost"}).Draw(rt, "report")
		first := time.Date(2026, 10, 27+rapid.IntRange(0, 9).Draw(rt, "first"), 0, 0, 0, 0, time.UTC)
		q := report.Query{
			Report: name, From: first, To: first.AddDate(0, 0, rapid.IntRange(0, 9).Draw(rt, "days")), Zone: rapid.SampledFrom(zones).Draw(rt, "zone"),
			By: rapid.SliceOfNDistinct(rapid.SampledFrom(dims), 0, 4, rapid.ID).Draw(rt, "by"), Filters: map[string][]string{},
		}
		for _, d := range rapid.SliceOfNDistinct(rapid.SampledFrom(dims[1:]), 0, 2, rapid.ID).Draw(rt, "filters") {
			q.Filters[d] = rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) string { return rapid.SampledFrom(book).Draw(rt, "like").dim(d, time.UTC) }), 1, 3).Draw(rt, d)
		}
		r, err := s.Report(ctx, q)
		if err != nil {
			rt.Fatal(err)
		}
		var got, want []string
		for row, err := range r.Rows {
			if err != nil {
				rt.Fatal(err)
			}
			got = append(got, line(r.Columns, row))
		}
		open := 0
		for key, ms := range chosen(book, q.By, q) {
			want = append(want, key+map[string]func([]booked) string{"delivery": deliveryOf, "cost": costOf}[name](ms))
			for _, b := range ms {
				_, isOpen := b.end()
				open += one(isOpen)
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if d := slices.Compare(got, want); d != 0 {
			rt.Fatalf("%+v:\n%s\n--- the books:\n%s", q, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		if r.Open != int64(open) || !r.AsOf.Equal(noon()) {
			rt.Fatalf("%d open as of %s, want %d as of %s", r.Open, r.AsOf, open, noon())
		}
	})
}

// Failures by reason, the rare ones together; latencies within the error that is stated; what Unicode costs, between
// its bounds: all of it against the books.
func TestDetailsEqualTheBooks(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, bookYAML)
	book := aBook()
	load(t, s, book, noon())
	q := report.Query{From: time.Date(2026, 10, 30, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC), Zone: "UTC"}
	rows := func(name string, by []string, filters map[string][]string, top int) []map[string]any {
		q := q
		q.Report, q.By, q.Filters, q.Top = name, by, filters, top
		return reportMaps(t, s, q)
	}

	// Failures: three reasons are frequent, the others happened once each.
	frequent, failures := map[string]int64{}, int64(0)
	for _, ms := range chosen(book, nil, q) {
		for _, b := range ms {
			if status, _ := b.end(); slices.Contains([]string{"expired", "undeliverable", "blocked", "invalid"}, status) {
				if failures++; strings.HasPrefix(b.reason, "rare") {
					frequent["(other)"]++
				} else {
					frequent[b.reason]++
				}
			}
		}
	}
	got := rows("failures", []string{"failure_reason"}, nil, 3)
	if len(got) != 4 || failures < 50 {
		t.Fatalf("%d failures in %v", failures, got)
	}
	for i, row := range got {
		reason, n := row["failure_reason"].(string), row["messages"].(int64)
		if n != frequent[reason] || math.Abs(row["share"].(float64)-float64(n)/float64(failures)) > 1e-9 || i > 0 && n > got[i-1]["messages"].(int64) {
			t.Errorf("reason %q: %v, want %d", reason, row, frequent[reason])
		}
	}

	// Latencies: the exact percentile is the smallest time that so many did not exceed.
	legs := map[string][]float64{}
	for _, ms := range chosen(book, nil, q) {
		for _, b := range ms {
			if words := strings.Join(b.words(), " "); strings.Contains(words, "SUCCESSFUL") {
				legs["carrier"] = append(legs["carrier"], b.toCarrier.Seconds())
			}
			if words := strings.Join(b.words(), " "); strings.Contains(words, "DELIVERED") {
				legs["handset"] = append(legs["handset"], b.toHand.Seconds())
			}
		}
	}
	if got := rows("latency", []string{"leg"}, nil, 0); len(got) != 2 {
		t.Errorf("legs %v", got)
	} else {
		for _, row := range got {
			took := slices.Sorted(slices.Values(legs[row["leg"].(string)]))
			if row["messages"] != int64(len(took)) || len(took) < 40 {
				t.Errorf("%v of %d", row, len(took))
			}
			for name, p := range map[string]float64{"p50": 0.5, "p90": 0.9, "p99": 0.99} {
				exact := took[int(math.Ceil(p*float64(len(took))))-1]
				if v := row[name].(float64); math.Abs(v/exact-1) > 0.025 {
					t.Errorf("%s of %s is %v, exactly %v", name, row["leg"], v, exact)
				}
			}
		}
	}
	if got := rows("latency", []string{"day"}, nil, 0); len(got) != 8 {
		t.Errorf("the legs of four days are told together: %v", got)
	}

	// Unicode: by days and by messages the same is counted, and the bounds hold what each message may have been.
	for _, row := range rows("unicode", []string{"program"}, nil, 0) {
		var wide, parts, low, high int
		for _, b := range chosen(book, []string{"program"}, q)["program="+row["program"].(string)+" "] {
			if b.encoding == "UNICODE" {
				wide++
				parts += b.parts
				low += gsmParts(67*(b.parts-1) + 1)
				high += gsmParts(map[bool]int{true: 70, false: 67 * b.parts}[b.parts == 1])
			}
		}
		if row["unicode_messages"] != int64(wide) || row["unicode_parts"] != int64(parts) || wide < 20 {
			t.Errorf("%v: %d messages, %d parts", row, wide, parts)
		}
		atLeast, estimate, atMost := row["gsm_parts_low"].(float64), row["gsm_parts"].(float64), row["gsm_parts_high"].(float64)
		if atLeast > float64(low) || atMost < float64(high) || estimate < atLeast || estimate > atMost {
			t.Errorf("%v: between %d and %d parts", row, low, high)
		}
		detailed := rows("unicode", []string{"program", "character_class"}, map[string][]string{"program": {row["program"].(string)}, "character_class": {"(text not seen)"}}, 0)
		if len(detailed) != 1 || detailed[0]["unicode_parts"] != row["unicode_parts"] || detailed[0]["unicode_cost"] != row["unicode_cost"] ||
			detailed[0]["gsm_parts_low"].(float64) < atLeast || detailed[0]["gsm_parts_high"].(float64) > atMost {
			t.Errorf("by the messages themselves: %v, by days %v", detailed, row)
		}
	}
}

// gsmParts is how many parts a text of so many characters takes in the GSM alphabet.
func gsmParts(characters int) int {
	switch {
	case characters <= 0:
		return 0
	case characters <= 160:
		return 1
	}
	return (characters + 152) / 153
}

// Days come in their order, within a day the largest first, and a limit says that there was more.
func TestReportOrderAndLimit(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, bookYAML)
	load(t, s, aBook(), noon())
	q := report.Query{Report: "delivery", From: noon().AddDate(0, 0, -30), To: noon(), By: []string{"country", "day"}, Zone: "UTC", Limit: 7}
	r, err := s.Report(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	type place struct {
		day      time.Time
		messages int64
	}
	var places []place
	for row, err := range r.Rows {
		if err != nil {
			t.Fatal(err)
		}
		places = append(places, place{row[1].(time.Time), row[2].(int64)})
	}
	if len(places) != 7 || !r.Truncated || !slices.IsSortedFunc(places, func(a, b place) int { return cmp.Or(a.day.Compare(b.day), cmp.Compare(b.messages, a.messages)) }) {
		t.Errorf("%v, truncated %t", places, r.Truncated)
	}
}
