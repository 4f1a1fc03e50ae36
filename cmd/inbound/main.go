// Command inbound is the Lambda that people's texts reach: it decides what each means, records it, and has the
// consequences carried out. Feed it the two-way topic of AWS End User Messaging SMS, best through SQS.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/heedsms/heed/internal/cloud"
	"github.com/heedsms/heed/internal/config"
	"github.com/heedsms/heed/internal/eum"
	"github.com/heedsms/heed/internal/inbound"
	"github.com/heedsms/heed/internal/ingress"
	"github.com/heedsms/heed/internal/metrics"
	"github.com/heedsms/heed/internal/outbox"
	"github.com/heedsms/heed/internal/store"
)

// publishAtOnce is how many events one batch of texts may put on the bus. What waits besides is the relay's.
const publishAtOnce = 50

func main() {
	handler, err := wire(context.Background())
	if err != nil {
		slog.New(slog.NewJSONHandler(os.Stdout, nil)).Error("cannot start", slog.Any("error", err))
		os.Exit(1)
	}
	lambda.Start(handler)
}

// wire connects to nothing: a start costs what the settings cost.
func wire(ctx context.Context) (*ingress.Handler, error) {
	var settings config.Inbound
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
		GenericPlans: true,
	})
	if err != nil {
		return nil, fmt.Errorf("open the store: %w", err)
	}
	worker := &inbound.Handler{
		Store: db,
		Rules: &inbound.Rules{Documents: db, ConfigurationSet: settings.Sending.ConfigurationSet, Log: log},
		Executor: &outbox.Executor{
			Store: db, AWS: eum.New(aws), Metrics: counted, Log: log, Now: time.Now,
			Parallel: settings.Sending.Parallel, Margin: settings.Worker.DeadlineMargin,
		},
		Metrics: counted, Log: log, Now: time.Now,
	}
	if settings.Sending.EventBus != "" {
		worker.Publisher = &outbox.Publisher{
			Words: db, Bus: cloud.NewBus(aws, settings.Sending.EventBus, time.Now), Since: time.Now(),
			Batch: publishAtOnce, Margin: settings.Worker.DeadlineMargin, Log: log, Now: time.Now,
		}
	}
	return &ingress.Handler{
		Worker:  worker,
		Objects: cloud.NewObjects(aws, time.Now),
		Margin:  settings.Worker.DeadlineMargin, Log: log, Now: time.Now,
	}, nil
}
