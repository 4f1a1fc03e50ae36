package page_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/heedsms/heed/internal/consent"
	"github.com/heedsms/heed/internal/delivery"
	"github.com/heedsms/heed/internal/inbound"
	"github.com/heedsms/heed/internal/ingress"
	"github.com/heedsms/heed/internal/localdb/dbtest"
	"github.com/heedsms/heed/internal/outbox"
	"github.com/heedsms/heed/internal/program"
	"github.com/heedsms/heed/internal/report/page"
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

const rules = `
version: 1
programs:
  acme-alerts:
    brand: Acme
    optOutList: acme-alerts
    identities: ["+12065550100"]
    configurationSet: acme-alerts
    unclear: hold
    keywords:
      - {words: [JOIN], match: first_word, action: opt_in, reply: "Welcome to Acme alerts! Reply HELP for help, STOP to end. Msg & data rates may apply."}
      - {words: [HOURS], reply: "We are open 9 to 5, Monday to Friday. Sundays 10 to 2."}
  acme-offers:
    brand: Acme Offers
    optOutList: acme-offers
    identities: ["+12065550111"]
    configurationSet: acme-offers
`

const (
	alerts = "+12065550100"
	offers = "+12065550111"
	ann    = "+14255550101"
)

// now is the moment at which the page is looked at.
func now() time.Time { return time.Date(2026, 11, 23, 8, 30, 0, 0, time.UTC) }

// world is a database that real handlers have filled, and the page over it.
type world struct {
	t    testing.TB
	db   *store.Store
	aws  *account
	page page.Page
	at   time.Time // what the handlers take the time to be
}

// account is AWS as far as replies go: it takes each, and remembers which.
type account struct {
	mu   sync.Mutex
	sent []outbox.Text
}

func (a *account) SendText(_ context.Context, t outbox.Text) (string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sent = append(a.sent, t)
	return fmt.Sprintf("reply-%d", len(a.sent)), nil
}

func (a *account) PutOptedOut(context.Context, string, sms.Phone) error    { return nil }
func (a *account) DeleteOptedOut(context.Context, string, sms.Phone) error { return nil }
func (a *account) PutFeedback(context.Context, string) error               { return nil }

func newWorld(t testing.TB) *world {
	t.Helper()
	db, err := store.Open(context.Background(), store.Options{URL: dbtest.New(t), Connections: 6})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	parsed, findings := program.Parse("heed.yaml", []byte(rules))
	if parsed == nil {
		t.Fatal(findings)
	}
	if _, _, err := db.ApplyRuleset(context.Background(), []byte(rules), parsed.Settings(), "test", now().AddDate(0, 0, -60)); err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, db: db, aws: &account{}, at: now()}
	w.page = page.Page{
		Reports: db, Conversations: db, Queue: db, Log: quiet(), Now: now,
		Actor: func(*http.Request) string { return "ann@acme.example" },
		Decide: func(ctx context.Context, d consent.Decision) (bool, error) {
			d.Lists = []string{"acme-alerts"}
			return db.Decide(ctx, d, now())
		},
	}
	return w
}

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// handler is the page as it is served.
func (w *world) handler() http.Handler {
	w.t.Helper()
	h, err := w.page.Handler()
	if err != nil {
		w.t.Fatal(err)
	}
	return h
}

// said is one text of a person.
type said struct {
	at             time.Time
	from, to, body string
}

// say has people text, each batch through the real handler.
func (w *world) say(all ...said) {
	w.t.Helper()
	clock := func() time.Time { return w.at }
	h := &inbound.Handler{
		Store: w.db, Rules: &inbound.Rules{Documents: w.db, Log: quiet()}, Log: quiet(), Now: clock,
		Executor: &outbox.Executor{Store: w.db, AWS: w.aws, Log: quiet(), Now: clock},
	}
	for i, s := range all {
		w.at = s.at.Add(time.Second)
		body, _ := json.Marshal(map[string]string{
			"originationNumber": s.from, "destinationNumber": s.to, "messageBody": s.body, "inboundMessageId": fmt.Sprintf("in-%s-%d-%d", s.from, s.at.UnixMilli(), i),
		})
		w.kept(h.Work(context.Background(), []ingress.Record{{Source: ingress.SQS, ID: string(body), SaidAt: s.at, Body: body}}))
	}
	w.at = now()
}

func (w *world) kept(errs []error) {
	w.t.Helper()
	for _, err := range errs {
		if err != nil {
			w.t.Fatal(err)
		}
	}
}

// sent is one message and what AWS told of it.
type sent struct {
	id, to, from, country, carrier, campaign, encoding string
	at                                                 time.Time
	parts                                              int
	price                                              float64
	context                                            map[string]string
	words                                              []word
}

// word is one event.
type word struct {
	status, description string
	after               time.Duration
	final               bool
}

func (m sent) events() []string {
	var all []string
	for _, x := range m.words {
		context := map[string]string{}
		for k, v := range m.context {
			context[k] = v
		}
		if m.campaign != "" {
			context["campaign"] = m.campaign
		}
		event := map[string]any{
			"eventType": "TEXT_" + x.status, "eventVersion": "1.0", "eventTimestamp": m.at.Add(x.after).UnixMilli(), "isFinal": x.final,
			"originationPhoneNumber": m.from, "destinationPhoneNumber": m.to, "isoCountryCode": m.country, "messageId": m.id,
			"messageRequestTimestamp": m.at.UnixMilli(), "messageEncoding": m.encoding, "messageType": "TRANSACTIONAL", "messageStatus": x.status,
			"messageStatusDescription": x.description, "context": context, "totalMessageParts": m.parts, "totalMessagePrice": m.price, "totalCarrierFee": 0.003 * float64(m.parts),
			"carrierName": m.carrier,
		}
		body, _ := json.Marshal(event)
		all = append(all, string(body))
	}
	return all
}

// tell has AWS report, through the real handler, and has the relay count.
func (w *world) tell(all ...sent) {
	w.t.Helper()
	h := &delivery.Handler{Store: w.db, Log: quiet(), Now: func() time.Time { return w.at }}
	var records []ingress.Record
	work := func() {
		w.t.Helper()
		w.kept(h.Work(context.Background(), records))
		records = nil
	}
	defer func() { w.at = now() }()
	for _, m := range all {
		w.at = m.at.Add(m.words[len(m.words)-1].after + time.Second)
		for _, e := range m.events() {
			if records = append(records, ingress.Record{Source: ingress.Bare, ID: fmt.Sprint(len(records)), Body: []byte(e)}); len(records) == 500 {
				work()
			}
		}
	}
	work()
	w.count()
}

func (w *world) count() {
	w.t.Helper()
	for more := true; more; {
		r, err := w.db.RefreshDelivery(context.Background(), now())
		if err != nil {
			w.t.Fatal(err)
		}
		more = r.More
	}
	for more := true; more; {
		var err error
		if more, err = w.db.RefreshDetails(context.Background(), now(), true); err != nil {
			w.t.Fatal(err)
		}
	}
}

// replies are the events of heed's own replies, as AWS tells them.
func (w *world) replies(before int) []sent {
	var all []sent
	for i, r := range w.aws.sent[before:] {
		var at time.Time
		if err := w.db.Pool().QueryRow(context.Background(), `SELECT created_at FROM heed.outbox WHERE id = $1`, r.Context[sms.ContextOutbox]).Scan(&at); err != nil {
			w.t.Fatal(err)
		}
		all = append(all, sent{
			id: fmt.Sprintf("reply-%d", before+i+1), to: string(r.To), from: string(r.From), country: "US", carrier: "T-Mobile USA, Inc.", encoding: "GSM",
			at: at, parts: 1, price: 0.00581, context: r.Context,
			words: []word{{"SUCCESSFUL", "Message has been accepted by phone carrier", time.Second, false}, {"DELIVERED", "Message has been accepted by phone", 4 * time.Second, true}},
		})
	}
	return all
}

// month is what a small business sends in so many days until now, the same each time.
func month(days, perDay int) []sent {
	rng := rand.New(rand.NewPCG(7, 9))
	places := []struct {
		country, carrier, prefix string
		weight                   int
		price                    float64
		failing                  float64
	}{
		{"US", "T-Mobile USA, Inc.", "+1425555", 34, 0.00581, 0.012},
		{"US", "Verizon Wireless", "+1206555", 28, 0.00581, 0.018},
		{"US", "AT&T Mobility", "+1503555", 22, 0.00581, 0.035},
		{"CA", "Rogers Wireless", "+1604555", 8, 0.00636, 0.02},
		{"MX", "Telcel", "+5255555", 5, 0.03415, 0.09},
		{"GB", "Vodafone UK", "+4477009", 3, 0.0405, 0.025},
	}
	campaigns := []struct {
		name     string
		weight   int
		encoding string
		parts    int
		from     string
	}{
		{"order-updates", 50, "GSM", 1, alerts},
		{"appointment-reminders", 26, "GSM", 2, alerts},
		{"", 8, "GSM", 1, alerts},
		{"black-friday", 11, "UNICODE", 2, offers},
		{"winter-sale-café", 5, "UNICODE", 3, offers},
	}
	failures := []struct{ status, description string }{
		{"CARRIER_UNREACHABLE", "Phone carrier is currently unreachable/unavailable"},
		{"UNREACHABLE", "Phone is currently unreachable/unavailable"},
		{"UNREACHABLE", "Phone is currently unreachable/unavailable"},
		{"CARRIER_BLOCKED", "Blocked as spam by phone carrier"},
		{"INVALID", "Phone number is invalid"},
		{"TTL_EXPIRED", "The time to live of the message has expired"},
	}
	var all []sent
	for d := days - 1; d >= 0; d-- {
		day := now().AddDate(0, 0, -d).Truncate(24 * time.Hour)
		n := perDay + perDay*(days-d)/(4*days)
		switch day.Weekday() {
		case time.Saturday, time.Sunday:
			n = n * 45 / 100
		case time.Friday:
			n = n * 120 / 100
		}
		for i := range n {
			at := day.Add(time.Duration(float64(24*time.Hour) * (float64(i) + rng.Float64()) / float64(n)))
			if at.After(now().Add(-20 * time.Minute)) {
				break
			}
			pick := rng.IntN(100)
			p := 0
			for pick >= places[p].weight {
				pick -= places[p].weight
				p++
			}
			pick = rng.IntN(100)
			c := 0
			for pick >= campaigns[c].weight {
				pick -= campaigns[c].weight
				c++
			}
			place, campaign := places[p], campaigns[c]
			m := sent{
				id: fmt.Sprintf("%08x-%04x-4b1d-9c5e-%012x", rng.Uint32(), i, rng.Uint64()&0xffffffffffff), to: fmt.Sprintf("%s%04d", place.prefix, rng.IntN(10000)), from: campaign.from,
				country: place.country, carrier: place.carrier, campaign: campaign.name, encoding: campaign.encoding, at: at, parts: campaign.parts,
				price: float64(int(1e5*place.price*float64(campaign.parts)+0.5)) / 1e5,
			}
			toCarrier := time.Duration(400+rng.ExpFloat64()*900) * time.Millisecond
			toHandset := toCarrier + time.Duration(800+rng.ExpFloat64()*3500)*time.Millisecond
			failing := place.failing
			if campaign.encoding == "UNICODE" {
				failing *= 1.8
			}
			age := now().Sub(at)
			switch {
			case rng.Float64() < failing:
				f := failures[rng.IntN(len(failures))]
				m.words = []word{{"PENDING", "Message is pending", 200 * time.Millisecond, false}, {f.status, f.description, toCarrier, true}}
			case rng.Float64() < 0.006:
				m.words = []word{{"PENDING", "Message is pending", 200 * time.Millisecond, false}}
				if age > 72*time.Hour {
					m.words = append(m.words, word{"UNKNOWN", "The status is unknown", 72 * time.Hour, true})
				}
			case age < 72*time.Hour && rng.Float64() < 0.30-0.08*age.Hours()/24:
				m.words = []word{{"SUCCESSFUL", "Message has been accepted by phone carrier", toCarrier, false}}
			default:
				m.words = []word{{"SUCCESSFUL", "Message has been accepted by phone carrier", toCarrier, false}, {"DELIVERED", "Message has been accepted by phone", toHandset, true}}
			}
			all = append(all, m)
		}
	}
	return all
}

// people is what some of them write.
func (w *world) people() {
	w.t.Helper()
	before := len(w.aws.sent)
	at := func(days, hour, minute int) time.Time {
		return now().Truncate(24*time.Hour).AddDate(0, 0, -days).Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
	}
	w.say(
		said{at(9, 17, 2), ann, alerts, "Join please 🙏"},
		said{at(6, 12, 40), ann, alerts, "hours?"},
		said{at(1, 9, 12), ann, alerts, "this is harassment"},
		said{at(0, 7, 55), ann, alerts, "STOP."},
		said{at(4, 10, 0), "+14255550130", alerts, "stop"},
		said{at(4, 10, 5), "+14255550131", offers, "Please take me off this list"},
		said{at(3, 10, 5), "+14255550132", offers, "STOP"},
		said{at(3, 11, 5), "+14255550133", offers, "Unsubscribe"},
		said{at(2, 11, 5), "+14255550134", alerts, "HELP"},
		said{at(2, 12, 5), "+14255550135", alerts, "stop by tomorrow at 3, ok?"},
		said{at(2, 13, 5), "+14255550136", alerts, "arrêt"},
		said{at(1, 15, 20), "+14255550140", alerts, "this is harassment"},
		said{at(0, 6, 40), "+14255550141", alerts, "Enough already 🙄"},
		said{at(0, 8, 5), "+14255550142", offers, "why do you keep texting me about Black Friday, I bought nothing from you"},
	)
	w.tell(w.replies(before)...)
	one := func(id, campaign string, when time.Time, words ...word) sent {
		return sent{id: id, to: ann, from: alerts, country: "US", carrier: "T-Mobile USA, Inc.", campaign: campaign, encoding: "GSM", at: when, parts: 1, price: 0.00581, words: words}
	}
	taken := word{"SUCCESSFUL", "Message has been accepted by phone carrier", 900 * time.Millisecond, false}
	w.tell(
		one("7f3c2a10-1111-4b1d-9c5e-0a0000000001", "order-updates", at(6, 12, 41), taken, word{"DELIVERED", "Message has been accepted by phone", 4 * time.Second, true}),
		one("7f3c2a10-1111-4b1d-9c5e-0a0000000002", "appointment-reminders", at(2, 16, 0), taken, word{"UNREACHABLE", "Phone is currently unreachable/unavailable", 50 * time.Minute, true}),
		one("7f3c2a10-1111-4b1d-9c5e-0a0000000003", "black-friday", at(0, 7, 54), taken),
	)
	for i, from := range []string{"+14255550130", "+14255550131", "+14255550132", "+14255550133"} {
		m := one(fmt.Sprintf("7f3c2a10-2222-4b1d-9c5e-0a000000000%d", i), "black-friday", at(4, 9, 0), taken, word{"DELIVERED", "Message has been accepted by phone", 5 * time.Second, true})
		m.to, m.from = from, []string{alerts, offers, offers, offers}[i]
		w.tell(m)
	}
}
