package main

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/heedsms/heed/internal/inbound"
	"github.com/heedsms/heed/internal/ingress"
	"github.com/heedsms/heed/internal/outbox"
	"github.com/heedsms/heed/internal/program"
	"github.com/heedsms/heed/internal/sms"
	"github.com/heedsms/heed/internal/store"
)

// ruleset is what the texts are decided by.
const ruleset = `version: 1
programs:
  acme-alerts:
    brand: Acme
    optOutList: acme-alerts
    configurationSet: acme-alerts
    identities: ["` + sender + `"]
    answers: heed
    locales: [en, es, fr]
    keywords:
      - {words: [JOIN, SUBSCRIBE], match: first_word, action: opt_in, reply: "Welcome to {{.Brand}}. Reply HELP for help, STOP to end."}
      - {name: hours, words: [HOURS, "OPENING HOURS"], match: contains_word, reply: "We are open 9 to 5, Monday to Friday."}
      - {name: order, words: ['order (?:no )?([0-9]{4,10})'], match: regex, action: forward, reply: "We look up order {{index .Args 0}}."}
    unmatched: {reply: "Sorry, this number understands HELP, STOP and HOURS.", every: 24h}
`

// inboundCell is the rate of one number of connections, at batches of ten.
type inboundCell struct {
	batch, connections int
	rate               float64 // texts a second, median
	calls              float64 // AWS calls a text
}

// inboundBench measures the inbound path, AWS stubbed at zero delay.
type inboundBench struct {
	url   string
	rand  *rand.Rand
	short bool
	tell  func(string)
}

func (b *inboundBench) run(ctx context.Context) ([]inboundCell, error) {
	cells := []inboundCell{{batch: 10, connections: 1}, {batch: 10, connections: 2}, {batch: 10, connections: 4}, {batch: 100, connections: 4}}
	if err := b.apply(ctx); err != nil {
		return nil, err
	}
	rounds, texts := 5, 4000
	if b.short {
		rounds, texts = 2, 1500
	}
	for i := range cells {
		c := &cells[i]
		b.tell(fmt.Sprintf("inbound: batch %d, connections %d", c.batch, c.connections))
		db, err := store.Open(ctx, store.Options{URL: b.url, Connections: c.connections, GenericPlans: true})
		if err != nil {
			return nil, err
		}
		var rates []float64
		for round := range rounds + 1 {
			rate, err := b.once(ctx, db, c, texts)
			if err != nil {
				db.Close()
				return nil, fmt.Errorf("batch %d, %d connections: %w", c.batch, c.connections, err)
			}
			if round > 0 {
				rates = append(rates, rate)
			}
		}
		db.Close()
		c.rate = median(rates)
	}
	return cells, nil
}

func (b *inboundBench) apply(ctx context.Context) error {
	rules, findings := program.Parse("heed.yaml", []byte(ruleset))
	if rules == nil {
		return fmt.Errorf("the bench's own ruleset: %v", findings)
	}
	db, err := store.Open(ctx, store.Options{URL: b.url})
	if err != nil {
		return err
	}
	defer db.Close()
	_, _, err = db.ApplyRuleset(ctx, []byte(ruleset), rules.Settings(), "bench", time.Now())
	return err
}

// once has so many texts of as many people decided, recorded and answered. The tables are not emptied: contacts and
// ids are new each time.
func (b *inboundBench) once(ctx context.Context, db *store.Store, c *inboundCell, texts int) (float64, error) {
	load := make([]payload, texts)
	now := time.Now().UTC()
	for i := range load {
		load[i] = b.text(now.Add(-time.Duration(texts-i) * time.Millisecond))
	}
	aws := &stub{}
	h := inboundHandler(db, aws)
	var jobs []job
	for _, event := range batches(b.rand, load, c.batch, sqsEnvelope) {
		jobs = append(jobs, func(ctx context.Context) error {
			// As under Lambda: with a deadline.
			ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
			defer cancel()
			answer, err := h.Invoke(ctx, event)
			if err == nil && string(answer) != `{"batchItemFailures":[]}` {
				err = fmt.Errorf("an invocation answered %.200s", answer)
			}
			return err
		})
	}
	var before int
	if err := db.Pool().QueryRow(ctx, `SELECT count(*) FROM heed.inbound`).Scan(&before); err != nil {
		return 0, fmt.Errorf("count the texts: %w", err)
	}
	// What autovacuum does within a minute: plans made for empty tables are no plans for full ones.
	if _, err := db.Pool().Exec(ctx, `ANALYZE heed.inbound, heed.consent, heed.consent_event, heed.outbox`); err != nil {
		return 0, fmt.Errorf("analyze: %w", err)
	}
	runtime.GC()
	took, err := together(ctx, c.connections, jobs)
	if err != nil {
		return 0, err
	}
	var rows, open int
	if err := db.Pool().QueryRow(ctx, `SELECT (SELECT count(*) FROM heed.inbound), (SELECT count(*) FROM heed.outbox WHERE state IN ('planned', 'claimed'))`).
		Scan(&rows, &open); err != nil {
		return 0, fmt.Errorf("count the texts: %w", err)
	}
	if rows-before != texts || open != 0 {
		return 0, fmt.Errorf("%d texts in the table of %d handed in, %d actions open", rows-before, texts, open)
	}
	c.calls = float64(aws.calls.Load()) / float64(texts)
	return float64(texts) / took.Seconds(), nil
}

// text is what one person says: three in ten a keyword, one in ten STOP, one in twenty HELP, the others anything.
func (b *inboundBench) text(at time.Time) payload {
	ordinary := []string{
		"ok thanks, see you at 5", "Is this about my appointment?", "Running late, be there soon", "yes please", "who is this",
		"can I change the delivery to friday", "👍", "Thanks!", "I never got the package", "what time does it start tomorrow",
	}
	words := ordinary[b.rand.IntN(len(ordinary))]
	switch n := b.rand.IntN(100); {
	case n < 15:
		words = "JOIN"
	case n < 25:
		words = "opening hours?"
	case n < 30:
		words = "order no " + strconv.Itoa(10_000+b.rand.IntN(90_000))
	case n < 40:
		words = []string{"STOP", "Stop ", "stop.", "UNSUBSCRIBE"}[b.rand.IntN(4)]
	case n < 45:
		words = "HELP"
	}
	quoted, _ := jsontext.AppendQuote(nil, words)
	return payload{at: at, body: fmt.Appendf(nil, `{"originationNumber":"+1%010d","destinationNumber":"%s","messageKeyword":"KEYWORD_111122223333",`+
		`"messageBody":%s,"inboundMessageId":"%s","previousPublishedMessageId":"%s"}`,
		// Behind area code 303, whose people the import brings: who spoke since is not imported.
		4_000_000_000+b.rand.Int64N(6_000_000_000), sender, quoted, uuid(b.rand), uuid(b.rand))}
}

// inboundHandler is wired as cmd/inbound does it.
func inboundHandler(db *store.Store, aws outbox.AWS) *ingress.Handler {
	log := slog.New(slog.DiscardHandler)
	return &ingress.Handler{
		Worker: &inbound.Handler{
			Store: db, Rules: &inbound.Rules{Documents: db, Log: log},
			Executor: &outbox.Executor{Store: db, AWS: aws, Log: log, Now: time.Now},
			Log:      log, Now: time.Now,
		},
		Log: log, Now: time.Now,
	}
}

// stub is AWS that agrees at once.
type stub struct{ calls atomic.Int64 }

func (s *stub) SendText(context.Context, outbox.Text) (string, error) {
	return "sent-" + strconv.FormatInt(s.calls.Add(1), 10), nil
}

func (s *stub) PutOptedOut(context.Context, string, sms.Phone) error { s.calls.Add(1); return nil }

func (s *stub) DeleteOptedOut(context.Context, string, sms.Phone) error { s.calls.Add(1); return nil }

func (s *stub) PutFeedback(context.Context, string) error { s.calls.Add(1); return nil }
