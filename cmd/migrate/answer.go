package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/aws/aws-lambda-go/cfn"
)

// physicalID is the same for every deployment: another would make CloudFormation delete the one before.
const physicalID = "heed-schema"

const (
	// answerIn is kept for the answer, of the time that the function has.
	answerIn = 15 * time.Second
	// mostReason bounds the reason: CloudFormation takes an answer of 4 KB.
	mostReason = 1500
)

// errStuck is what a migration that does not end is answered with.
var errStuck = errors.New("the migration was not done in the function's time and may still hold locks in the database: look what it waits for (pg_stat_activity), then deploy again, or run heed migrate by hand and deploy with MigrateSecretArn and MigrateUser empty")

// migration answers CloudFormation. It answers whatever happens: a request without an answer keeps a stack waiting.
type migration struct {
	log     *slog.Logger
	migrate func(context.Context) (applied int, newest int64, err error)
}

// answer is a cfn.CustomResourceFunction.
func (m *migration) answer(ctx context.Context, event cfn.Event) (id string, data map[string]any, err error) {
	if event.RequestType == cfn.RequestDelete {
		m.log.InfoContext(ctx, "the stack is deleted: the database is left as it is")
		return event.PhysicalResourceID, nil, nil
	}
	wanted, err := version(event.ResourceProperties)
	if err != nil {
		return physicalID, nil, err
	}
	if before, err := version(event.OldResourceProperties); err == nil && wanted < before {
		// There are no migrations downwards: the schema of a later release serves the one before. Mostly this is
		// CloudFormation on its way back from a migration that failed, and what kept it from the database may still do.
		m.log.InfoContext(ctx, "the deployment goes back: the schema is left as it is", slog.Int64("from", before), slog.Int64("to", wanted))
		return physicalID, answered(wanted, 0), nil
	}
	applied, newest, err := m.run(ctx)
	switch {
	case err != nil:
		m.log.ErrorContext(ctx, "migration failed", slog.Any("error", err))
		return physicalID, nil, errors.New(short(err.Error()))
	case wanted > newest:
		return physicalID, nil, fmt.Errorf("template.yaml asks for schema %d and the function knows no later one than %d: the code is older than the template; build it again and deploy", wanted, newest)
	}
	m.log.InfoContext(ctx, "the schema is up to date", slog.Int("applied", applied), slog.Int64("version", newest))
	return physicalID, answered(newest, applied), nil
}

// answered is what the template can ask of the resource.
func answered(version int64, applied int) map[string]any {
	return map[string]any{"Version": strconv.FormatInt(version, 10), "Applied": strconv.Itoa(applied)}
}

// run migrates beside the answer, so that neither a panic nor a wait that no context ends keeps it from being given.
func (m *migration) run(ctx context.Context) (applied int, newest int64, err error) {
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, deadline.Add(-answerIn))
		defer cancel()
	}
	type result struct {
		applied int
		newest  int64
		err     error
	}
	done := make(chan result, 1)
	go func() {
		var r result
		defer func() {
			if p := recover(); p != nil {
				m.log.ErrorContext(ctx, "panic", slog.Any("value", p), slog.String("stack", string(debug.Stack())))
				r.err = errors.New("the migration ended in a panic: the function's log has its stack; nothing of the migration that it was in was kept")
			}
			done <- r
		}()
		r.applied, r.newest, r.err = m.migrate(ctx)
	}()
	select {
	case r := <-done:
		if r.err != nil && ctx.Err() != nil {
			return 0, 0, fmt.Errorf("%w (%w)", errStuck, r.err)
		}
		return r.applied, r.newest, r.err
	case <-ctx.Done():
		return 0, 0, errStuck
	}
}

// version is the schema that the template wants. CloudFormation hands numbers over as text.
func version(properties map[string]any) (int64, error) {
	n, err := strconv.ParseInt(fmt.Sprint(properties["SchemaVersion"]), 10, 64)
	if err != nil {
		return 0, errors.New("the custom resource has no property SchemaVersion with a number: deploy heed's own template.yaml")
	}
	return n, nil
}

func short(reason string) string {
	if len(reason) <= mostReason {
		return reason
	}
	return reason[:mostReason] + "… (the function's log has all of it)"
}
