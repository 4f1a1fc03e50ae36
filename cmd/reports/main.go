// Command reports is the Lambda behind a function URL or an HTTP API: reports, conversations, consent and the review
// queue, for programs and in a browser. It refuses to start where nobody would say who asks.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"time"
	_ "time/tzdata" // Lambda's provided.al2023 has no time zones, and reports are by their days

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/heedsms/heed/internal/cloud"
	"github.com/heedsms/heed/internal/config"
	"github.com/heedsms/heed/internal/inbound"
	"github.com/heedsms/heed/internal/lambdahttp"
	"github.com/heedsms/heed/internal/program"
	"github.com/heedsms/heed/internal/report/httpapi"
	"github.com/heedsms/heed/internal/store"
)

func main() {
	handler, err := wire(context.Background())
	if err != nil {
		slog.New(slog.NewJSONHandler(os.Stdout, nil)).Error("cannot start", slog.Any("error", err))
		os.Exit(1)
	}
	lambda.Start(handler.Invoke)
}

// wire connects to nothing: a start costs what the settings cost.
func wire(ctx context.Context) (*lambdahttp.Handler, error) {
	var settings config.Reports
	if err := config.Load(&settings); err != nil {
		return nil, err
	}
	log := slog.New(slog.NewJSONHandler(os.Stdout, &slog.HandlerOptions{Level: settings.Worker.LogLevel}))
	who, err := authenticator(settings.Access)
	if err != nil {
		return nil, err
	}
	aws, err := cloud.FromEnvironment()
	if err != nil {
		return nil, err
	}
	address, connect := cloud.Database(aws, settings.Database, time.Now)
	db, err := store.Open(ctx, store.Options{
		URL: address, Connect: connect, Connections: settings.Database.Connections, Cancel: true, RulesetTTL: settings.Worker.RulesetTTL,
	})
	if err != nil {
		return nil, fmt.Errorf("open the store: %w", err)
	}
	rules := &inbound.Rules{Documents: db, Log: log}
	api := httpapi.New(httpapi.Options{
		Store: db, Auth: who, Write: settings.Access.Write, Timeout: settings.Access.Timeout, Margin: settings.Worker.DeadlineMargin,
		Rules: func(ctx context.Context, now time.Time) (*program.Ruleset, error) {
			inForce, err := rules.Current(ctx, now)
			if err != nil {
				return nil, err
			}
			return inForce.Ruleset, nil
		},
		Log: log, Now: time.Now,
	})
	if err := api.AddPage(); err != nil {
		return nil, err
	}
	return &lambdahttp.Handler{HTTP: api, TooLarge: http.HandlerFunc(api.TooLarge), Stream: settings.Access.Stream}, nil
}

func authenticator(a config.Access) (httpapi.Authenticator, error) {
	switch a.Auth {
	case config.AuthIAM:
		return httpapi.IAM{}, nil
	case config.AuthJWT:
		return httpapi.JWT{WriteScope: a.WriteScope}, nil
	}
	tokens, err := httpapi.ParseTokens(a.TokenSHA256)
	if err != nil {
		return nil, fmt.Errorf("settings: HEED_REPORTS_TOKEN_SHA256: %w", err)
	}
	return tokens, nil
}
