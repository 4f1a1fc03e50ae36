// Command relay is the Lambda that a schedule calls each minute: it takes up replies and opt-out list changes that
// were promised and not yet done, and keeps the tables in shape. What it is called with does not matter.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/heedsms/heed/internal/cloud"
	"github.com/heedsms/heed/internal/config"
	"github.com/heedsms/heed/internal/eum"
	"github.com/heedsms/heed/internal/inbound"
	"github.com/heedsms/heed/internal/metrics"
	"github.com/heedsms/heed/internal/outbox"
	"github.com/heedsms/heed/internal/reconcile"
	"github.com/heedsms/heed/internal/store"
	"github.com/heedsms/heed/internal/upkeep"
)

// publishAtOnce is how many events are claimed at a time. A worker that dies leaves as many to be told again.
const publishAtOnce = 500

func main() {
	relay, err := wire(context.Background())
	if err != nil {
		slog.New(slog.NewJSONHandler(os.Stdout, nil)).Error("cannot start", slog.Any("error", err))
		os.Exit(1)
	}
	lambda.Start(func(ctx context.Context, _ json.RawMessage) (upkeep.Report, error) { return relay.Run(ctx) })
}

// wire connects to nothing: a start costs what the settings cost.
func wire(ctx context.Context) (*upkeep.Relay, error) {
	var settings config.Relay
	if err := config.Load(&settings); err != nil {
		return nil, err
	}
	log := slog.New(slog.NewJSONHandler(os.Stdout, &slog.HandlerOptions{Level: settings.Worker.LogLevel}))
	var counted *metrics.Writer
	if settings.Worker.CountsMetrics() {
		counted = &metrics.Writer{Out: os.Stdout, Now: time.Now}
	}
	aws, err := cloud.FromEnvironment()
	if err != nil {
		return nil, err
	}
	address, connect := cloud.Database(aws, settings.Database, time.Now)
	db, err := store.Open(ctx, store.Options{
		URL: address, Connect: connect, Connections: settings.Database.Connections, RulesetTTL: settings.Worker.RulesetTTL,
	})
	if err != nil {
		return nil, fmt.Errorf("open the store: %w", err)
	}
	rules := &inbound.Rules{Documents: db, ConfigurationSet: settings.Sending.ConfigurationSet, Log: log}
	relay := &upkeep.Relay{
		Store: db,
		Executor: &outbox.Executor{
			Store: db, AWS: eum.Paced(aws, pace(settings.Pace.OptOutCalls)), Metrics: counted, Log: log, Now: time.Now,
			Parallel: settings.Sending.Parallel, Margin: settings.Worker.DeadlineMargin,
		},
		Settings:  func(ctx context.Context, now time.Time) (outbox.Settings, error) { return rules.Current(ctx, now) },
		Batch:     settings.Upkeep.Batch,
		Questions: rules.Questions,
		Keep:      kept(settings.Upkeep.Keep),

		NoReceiptAfter: settings.Upkeep.NoReceiptAfter,
		Margin:         settings.Worker.DeadlineMargin, Metrics: counted, Log: log, Now: time.Now,
	}
	if settings.Sending.EventBus != "" {
		relay.Publisher = &outbox.Publisher{
			Words: db, Bus: cloud.NewBus(aws, settings.Sending.EventBus, time.Now), Since: time.Now(),
			Batch: publishAtOnce, Margin: settings.Worker.DeadlineMargin, Log: log, Now: time.Now,
		}
	}
	if settings.Upkeep.ReconcileEvery > 0 {
		runner := &reconcile.Runner{
			Store: db, AWS: eum.NewAccount(aws, pace(settings.Pace.Calls)), Every: settings.Upkeep.ReconcileEvery,
			Margin: 2 * settings.Worker.DeadlineMargin, Log: log, Now: time.Now,
		}
		relay.Reconcile = func(ctx context.Context) error {
			inForce, err := rules.Current(ctx, time.Now())
			if err != nil {
				return fmt.Errorf("read the ruleset: %w", err)
			}
			_, err = runner.Run(ctx, reconcile.Lists(inForce.Ruleset), false)
			return err
		}
	}
	return relay, nil
}

func kept(k config.Keep) upkeep.Kept {
	return upkeep.Kept{Events: days(k.Events), Messages: days(k.Messages), Bodies: days(k.Bodies), Outbox: days(k.Outbox), Parked: days(k.Parked)}
}

func pace(perSecond int) eum.Pace { return eum.Pace{PerSecond: perSecond, Now: time.Now} }

func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }
