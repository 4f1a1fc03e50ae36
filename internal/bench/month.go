package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/heedsms/heed/internal/sms"
)

// largeRuleset is of the sender whose month is loaded: three programs with two identities each.
const largeRuleset = `version: 1
programs:
  acme-alerts: {brand: Acme, identities: ["` + sender + `", "+447700900123"]}
  acme-offers: {brand: Acme Deals, identities: ["72345", "ACMEDEALS"]}
  acme-login: {brand: Acme, identities: ["+18885550123", "ACME"]}
`

const (
	quarter      = 15 * time.Minute
	quartersADay = 96
	// silentAfter is when heed gives up on a message (the relay's setting).
	silentAfter = 76 * time.Hour
	campaigns   = 40
)

// month is the last days of a busy sender, today's among them. It is the same for the same seed, whatever part of it is
// asked for first.
type month struct {
	seed         uint64
	days         int
	first, until time.Time
	contacts     int
	// For each quarter of an hour how many messages of each campaign, and how many texts come in.
	messages [][campaigns]int
	texts    []int
	offers   [campaigns]campaign
}

// campaign is what messages have in common.
type campaign struct {
	name, tenant, template string
	program                string
	home, abroad           sms.Identity
	kind, encoding         string
	parts                  int
}

// country is one of those that messages go to, and how many in a thousand.
type country struct {
	code, prefix string
	share        int
	price        float64
	carriers     []carrier
}

type carrier struct {
	mcc, mnc string
	fee      float64
	// Delivery is slower with some.
	slow float64
}

var countries = []country{
	{"US", "+1425", 820, 0.00581, []carrier{
		{"310", "260", 0.003, 1},
		{"310", "410", 0.003, 1.2},
		{"311", "480", 0.0031, 1.1},
		{"310", "120", 0.003, 1.5},
		{"311", "580", 0.0025, 1.6},
		{"312", "530", 0, 2},
		{"310", "800", 0.003, 1},
	}},
	{"CA", "+1604", 60, 0.00746, []carrier{{"302", "720", 0.0085, 1.2}, {"302", "610", 0.0085, 1.4}, {"302", "220", 0.0085, 1.3}}},
	{"GB", "+4477", 50, 0.0387, []carrier{{"234", "10", 0, 1.1}, {"234", "15", 0, 1}, {"234", "30", 0, 1.3}, {"234", "20", 0, 1.7}}},
	{"DE", "+4915", 30, 0.1072, []carrier{{"262", "01", 0, 1}, {"262", "02", 0, 1.4}, {"262", "03", 0, 1.6}}},
	{"AU", "+6141", 25, 0.0443, []carrier{{"505", "01", 0, 1.1}, {"505", "02", 0, 1.6}}},
	{"MX", "+5255", 15, 0.0556, []carrier{{"334", "020", 0, 2.2}, {"334", "050", 0, 2.8}}},
}

// person is who a message goes to: the same number is always of the same country and carrier.
type person struct {
	number  sms.Phone
	country *country
	carrier *carrier
}

func (m *month) person(n int) person {
	// Neighbouring numbers have nothing in common.
	mixed := rand.NewPCG(m.seed, uint64(n)+1<<40).Uint64()
	share, p := int(mixed%1000), person{country: &countries[0]}
	for i := range countries {
		if share -= countries[i].share; share < 0 {
			p.country = &countries[i]
			break
		}
	}
	// The first of a country's carriers have most of its people.
	of := p.country.carriers
	p.carrier = &of[int(float64(len(of))*math.Pow(float64(mixed>>40)/(1<<24), 1.6))]
	p.number = sms.Phone(p.country.prefix + fmt.Sprintf("%07d", n))
	return p
}

// newMonth plans the month that ends at a moment.
func newMonth(seed uint64, days, messages, texts, contacts int, until time.Time) *month {
	until = until.UTC().Truncate(time.Millisecond)
	m := &month{seed: seed, days: days, until: until, first: until.Truncate(24*time.Hour).AddDate(0, 0, 1-days), contacts: contacts}
	r := rand.New(rand.NewPCG(seed, 0))
	m.plan(r)
	quarters := int(until.Sub(m.first)/quarter) + 1
	// What each campaign wants to send when, as a share of all.
	wanted, all := make([][campaigns]float64, quarters), 0.0
	spoken, allSpoken := make([]float64, quarters), 0.0
	for q := range quarters {
		// From 11:00 to 05:00 UTC, for most people live in America. The last quarter of an hour has only begun.
		hour, part := float64(q%quartersADay)/4, min(1, until.Sub(m.at(q)).Minutes()/15)
		awake := part * (0.08 + math.Pow(math.Max(0, math.Sin(math.Pi*math.Mod(hour+13, 24)/18)), 1.5))
		for c := range m.offers {
			if weight := m.weight(c, q/quartersADay, hour); weight > 0 {
				wanted[q][c] = awake * weight
				all += wanted[q][c]
			}
		}
		spoken[q] = awake
		allSpoken += awake
	}
	m.messages, m.texts = make([][campaigns]int, quarters), make([]int, quarters)
	for q := range quarters {
		for c := range wanted[q] {
			m.messages[q][c] = int(float64(messages)*wanted[q][c]/all + r.Float64())
		}
		m.texts[q] = int(float64(texts)*spoken[q]/allSpoken + r.Float64())
	}
	return m
}

func (m *month) at(q int) time.Time { return m.first.Add(time.Duration(q) * quarter) }

// plan makes the campaigns: a third of each program's.
func (m *month) plan(r *rand.Rand) {
	for c := range m.offers {
		o := campaign{
			name: fmt.Sprintf("campaign-%02d", c), template: fmt.Sprintf("t-%02d", c%25), tenant: []string{"north", "south", "west"}[c%7%3],
			kind: "TRANSACTIONAL", encoding: "GSM", parts: 1 + c%5/3,
		}
		switch c % 3 {
		case 0:
			o.program, o.home, o.abroad = "acme-alerts", sender, "+447700900123"
		case 1:
			o.program, o.home, o.abroad, o.kind = "acme-offers", "72345", "ACMEDEALS", "PROMOTIONAL"
		case 2:
			o.program, o.home, o.abroad = "acme-login", "+18885550123", "ACME"
		}
		if r.IntN(4) == 0 {
			o.encoding, o.parts = "UNICODE", 1+r.IntN(3)
		}
		m.offers[c] = o
	}
}

// weight is how much a campaign sends at an hour of a day: offers go out within two hours on one day in six, all else
// is told as it happens.
func (m *month) weight(c, day int, hour float64) float64 {
	weight := math.Pow(float64(c/3+1), -0.8)
	if m.offers[c].program != "acme-offers" {
		return weight
	}
	if begins := float64(15 + c%6); (day+c)%6 != 0 || hour < begins || hour >= begins+2 {
		return 0
	}
	return 30 * weight
}

// sent is one message of the month, with what AWS said of it.
type sent struct {
	campaign    *campaign
	person      person
	id, outbox  string
	identity    sms.Identity
	requestedAt time.Time
	context     string // as JSON
	events      []sms.Event
}

// said is one text that came in. reply is nil where heed did not answer.
type said struct {
	id, body, verdict, reason, rule string
	person                          person
	identity                        sms.Identity
	program                         string
	at                              time.Time
	reply                           *sent
}

// of gives the messages and texts of a quarter of an hour, each in the order of time.
func (m *month) of(q int) (messages []*sent, texts []*said) {
	r := rand.New(rand.NewPCG(m.seed, 1+uint64(q)))
	moment := func() time.Time {
		span := min(quarter, m.until.Sub(m.at(q)))
		return m.at(q).Add(time.Duration(r.Int64N(int64(span/time.Millisecond)+1)) * time.Millisecond)
	}
	for c, n := range m.messages[q] {
		for range n {
			messages = append(messages, m.send(r, &m.offers[c], m.person(r.IntN(m.contacts)), moment()))
		}
	}
	for range m.texts[q] {
		t := m.text(r, moment())
		if texts = append(texts, t); t.reply != nil {
			messages = append(messages, t.reply)
		}
	}
	slices.SortFunc(messages, func(a, b *sent) int { return a.requestedAt.Compare(b.requestedAt) })
	slices.SortFunc(texts, func(a, b *said) int { return a.at.Compare(b.at) })
	return messages, texts
}

// send makes a message with the events that have come by the end of the month.
func (m *month) send(r *rand.Rand, c *campaign, to person, at time.Time) *sent {
	s := &sent{campaign: c, person: to, id: uuid(r), identity: c.abroad, requestedAt: at}
	if to.country.code == "US" || to.country.code == "CA" {
		s.identity = c.home
	}
	m.tell(r, s, map[string]string{"campaign": c.name, "tenant": c.tenant, "template": c.template, "order": strconv.Itoa(r.IntN(1e6))})
	return s
}

// failures are AWS's words, and how many in a hundred failures are of the kind.
var failures = []struct {
	word, description string
	share             int
}{
	{"CARRIER_BLOCKED", "Message was blocked by the carrier", 22},
	{"UNREACHABLE", "Phone is currently unreachable/unavailable", 24},
	{"CARRIER_UNREACHABLE", "Phone carrier is currently unreachable/unavailable", 12},
	{"INVALID", "Invalid phone number", 18},
	{"BLOCKED", "Phone has blocked SMS", 12},
	{"SPAM", "Message was identified as spam", 7},
	{"TTL_EXPIRED", "Message exceeded its time to live", 5},
}

// tell adds what AWS says of a message: of 93 in a hundred that the handset had it, of one in two hundred nothing final.
func (m *month) tell(r *rand.Rand, s *sent, context map[string]string) {
	s.context, s.events = object(context), make([]sms.Event, 0, 4)
	word := func(word, description string, after float64, final, priced bool) {
		at := s.requestedAt.Add(time.Duration(after) * time.Millisecond)
		if at.After(m.until) {
			return
		}
		e := sms.Event{
			MessageID: s.id, Type: "TEXT_" + word, AWSStatus: word, Final: final, OccurredAt: at, RequestedAt: s.requestedAt,
			Contact: s.person.number, Identity: s.identity, Country: s.person.country.code, MCC: s.person.carrier.mcc, MNC: s.person.carrier.mnc,
			Encoding: s.campaign.encoding, MessageType: s.campaign.kind, Description: description, Context: context, Parts: s.campaign.parts,
			Price: "0", CarrierFee: "0", International: strconv.FormatBool(s.identity == s.campaign.abroad),
		}
		e.Status, e.Rank = sms.Classify(e.AWSStatus, e.Type, e.Final)
		if priced {
			e.Price, e.CarrierFee = money(s.person.country.price*float64(s.campaign.parts)), money(s.person.carrier.fee*float64(s.campaign.parts))
		}
		s.events = append(s.events, e)
	}
	lognormal := func(median, sigma float64) float64 { return median * math.Exp(sigma*r.NormFloat64()) }
	toCarrier := 60 + lognormal(350, 0.7)*s.person.carrier.slow
	toHandset := toCarrier + lognormal(1800, 1)*s.person.carrier.slow
	if r.IntN(100) == 0 {
		// The handset was off.
		toHandset = toCarrier + lognormal(3*3_600_000, 1)
	}
	const taken, got = "Message has been accepted by phone carrier", "Message has been accepted by phone"
	word("QUEUED", "Message is queued for delivery", 10+lognormal(25, 0.5), false, false)
	if s.identity == s.campaign.abroad {
		word("PENDING", "Message is pending delivery", 40+lognormal(40, 0.5), false, false)
	}
	switch n := r.IntN(1000); {
	case n < 5:
		if n < 3 {
			word("SUCCESSFUL", taken, toCarrier, false, true)
		}
	case n < 70:
		kind := r.IntN(100)
		for _, f := range failures {
			if kind -= f.share; kind < 0 {
				if n%3 == 0 {
					word("SUCCESSFUL", taken, toCarrier, false, true)
				}
				word(f.word, f.description, toHandset, true, n%3 == 0)
				break
			}
		}
	case s.identity == "72345" && n < 700:
		// Of short codes most carriers say no more.
		word("SUCCESSFUL", taken, toCarrier, true, true)
	default:
		word("SUCCESSFUL", taken, toCarrier, false, true)
		word("DELIVERED", got, toHandset, true, true)
	}
}

func object(m map[string]string) string {
	out := append(make([]byte, 0, 160), '{')
	for k, v := range m {
		if len(out) > 1 {
			out = append(out, ',')
		}
		out, _ = jsontext.AppendQuote(out, k)
		out = append(out, ':')
		out, _ = jsontext.AppendQuote(out, v)
	}
	return string(append(out, '}'))
}

func money(v float64) sms.Decimal {
	d, _ := sms.ParseDecimal(strconv.FormatFloat(v, 'f', 5, 64))
	return d
}

// text is what one person says to one of the identities, and what heed answered.
func (m *month) text(r *rand.Rand, at time.Time) *said {
	c := &m.offers[r.IntN(campaigns)]
	t := &said{id: uuid(r), person: m.person(r.IntN(m.contacts)), identity: c.home, program: c.program, at: at, verdict: "none", reason: "no_match"}
	answered := false
	switch n := r.IntN(100); {
	case n < 15:
		t.body, t.verdict, t.reason, answered = "STOP", "opt_out", "opt_out_word", true
	case n < 35:
		t.body, t.verdict, t.reason, t.rule, answered = "JOIN", "opt_in", "rule", "join", true
	case n < 40:
		t.body, t.verdict, t.reason, answered = "HELP", "help", "help_word", true
	case n < 55:
		t.body, t.verdict, t.reason, t.rule, answered = "opening hours?", "keyword", "rule", "hours", true
	default:
		t.body = []string{"ok thanks, see you at 5", "Is this about my appointment?", "yes please", "Running late", "I never got the package"}[r.IntN(5)]
	}
	if answered {
		answer := campaign{program: c.program, home: c.home, abroad: c.abroad, kind: "TRANSACTIONAL", encoding: "GSM", parts: 1}
		s := &sent{campaign: &answer, person: t.person, id: uuid(r), outbox: uuid(r), identity: t.identity, requestedAt: at.Add(time.Duration(300+r.IntN(900)) * time.Millisecond)}
		m.tell(r, s, map[string]string{
			sms.ContextOutbox: s.outbox, sms.ContextProgram: t.program, sms.ContextRule: t.rule, sms.ContextInbound: t.id,
		})
		if len(s.events) > 0 {
			t.reply = s
		}
	}
	return t
}
