// Command events is the Lambda that delivery events reach, from SNS, SQS, Firehose, CloudWatch Logs, EventBridge or
// an archive in S3: it keeps each event once and folds it into its message.
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
	"github.com/heedsms/heed/internal/delivery"
	"github.com/heedsms/heed/internal/ingress"
	"github.com/heedsms/heed/internal/metrics"
	"github.com/heedsms/heed/internal/store"
)

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
	var settings config.Events
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
	return &ingress.Handler{
		Worker:  &delivery.Handler{Store: db, Metrics: counted, Log: log, Now: time.Now},
		Objects: cloud.NewObjects(aws, time.Now),
		Margin:  settings.Worker.DeadlineMargin, Log: log, Now: time.Now,
	}, nil
}
