package main

import (
	"context"
	"fmt"
	"time"

	"github.com/heedsms/heed/internal/cloud"
	"github.com/heedsms/heed/internal/config"
	heedsql "github.com/heedsms/heed/sql"
)

// migrate brings the schema of the database that the environment names up to date.
func migrate(ctx context.Context) (applied int, newest int64, err error) {
	var settings config.Migrate
	if err := config.Load(&settings); err != nil {
		return 0, 0, err
	}
	aws, err := cloud.FromEnvironment()
	if err != nil {
		return 0, 0, err
	}
	conn, err := cloud.Connection(ctx, aws, settings.Database, time.Now)
	if err != nil {
		return 0, 0, fmt.Errorf("%w: check MigrateSecretArn or the database settings, and the way from the subnets to Secrets Manager", err)
	}
	done, err := heedsql.MigrateConfig(ctx, conn)
	if err != nil {
		return 0, 0, fmt.Errorf("%w: mend it and deploy again; the functions of the release before go on meanwhile", err)
	}
	newest, err = heedsql.Newest()
	return len(done), newest, err
}
