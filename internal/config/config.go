// Package config reads the settings of each command from the environment, and tells every fault in them at once.
// AWS's own variables are not read here: they are the SDK's.
package config

import (
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"time"

	"github.com/kelseyhightower/envconfig"
)

// Database says how to reach Postgres: by DATABASE_URL, or by a secret of Secrets Manager (DATABASE_SECRET_ARN,
// the layout that RDS writes), or by IAM authentication (DATABASE_IAM_AUTH=true with host, name and user).
type Database struct {
	URL       string `envconfig:"DATABASE_URL"`
	SecretARN string `envconfig:"DATABASE_SECRET_ARN"`
	IAMAuth   bool   `envconfig:"DATABASE_IAM_AUTH"`
	Host      string `envconfig:"DATABASE_HOST"`
	Port      int    `envconfig:"DATABASE_PORT" default:"5432"`
	Name      string `envconfig:"DATABASE_NAME" default:"postgres"`
	User      string `envconfig:"DATABASE_USER"`
	SSLMode   string `envconfig:"DATABASE_SSLMODE" default:"require"`
	// Connections bounds the pool of one process. A Lambda environment handles one event at a time.
	Connections int `envconfig:"HEED_DB_CONNECTIONS" default:"2"`
}

func (d *Database) faults() []error {
	ways := 0
	for _, given := range []bool{d.URL != "", d.SecretARN != "", d.IAMAuth} {
		if given {
			ways++
		}
	}
	var errs []error
	switch {
	case ways == 0:
		errs = append(errs, errors.New("no database: set DATABASE_URL, or DATABASE_SECRET_ARN, or DATABASE_IAM_AUTH=true with DATABASE_HOST, DATABASE_NAME and DATABASE_USER"))
	case ways > 1:
		errs = append(errs, errors.New("two databases: set only one of DATABASE_URL, DATABASE_SECRET_ARN and DATABASE_IAM_AUTH"))
	case d.IAMAuth && (d.Host == "" || d.User == ""):
		errs = append(errs, errors.New("DATABASE_IAM_AUTH needs DATABASE_HOST and DATABASE_USER"))
	}
	if d.Connections < 1 {
		errs = append(errs, fmt.Errorf("HEED_DB_CONNECTIONS is %d: at least 1", d.Connections))
	}
	return errs
}

// Worker is what every Lambda has in common.
type Worker struct {
	LogLevel slog.Level `envconfig:"LOG_LEVEL" default:"info"`
	// DeadlineMargin is how long before its deadline an invocation begins nothing new.
	DeadlineMargin time.Duration `envconfig:"HEED_DEADLINE_MARGIN" default:"2s"`
	// RulesetTTL is how long a ruleset is used before the database is asked for a newer one.
	RulesetTTL time.Duration `envconfig:"HEED_RULESET_TTL" default:"15s"`
}

func (w *Worker) faults() []error {
	return positive(map[string]time.Duration{"HEED_DEADLINE_MARGIN": w.DeadlineMargin, "HEED_RULESET_TTL": w.RulesetTTL})
}

// Sending is what the commands have in common that text people.
type Sending struct {
	// ConfigurationSet is used for programs that name none: without one no delivery event ever comes.
	ConfigurationSet string `envconfig:"CONFIGURATION_SET"`
	// Parallel is how many people are served side by side.
	Parallel int `envconfig:"HEED_PARALLEL_CALLS" default:"8"`
}

func (s *Sending) faults() []error {
	if s.Parallel < 1 {
		return []error{fmt.Errorf("HEED_PARALLEL_CALLS is %d: at least 1", s.Parallel)}
	}
	return nil
}

// Inbound are the settings of cmd/inbound.
type Inbound struct {
	Database Database
	Worker   Worker
	Sending  Sending
}

// Events are the settings of cmd/events.
type Events struct {
	Database Database
	Worker   Worker
}

// Relay are the settings of cmd/relay.
type Relay struct {
	Database Database
	Worker   Worker
	Sending  Sending
	Upkeep   Upkeep
}

// Upkeep are the relay's own settings.
type Upkeep struct {
	// Batch is how many chains are claimed at a time.
	Batch int `envconfig:"HEED_RELAY_BATCH" default:"200"`
	// KeepEvents and KeepMessages are how many days delivery data is kept; 0 keeps it for ever. Consent is not
	// touched by either.
	KeepEvents   int `envconfig:"HEED_KEEP_EVENTS_DAYS" default:"400"`
	KeepMessages int `envconfig:"HEED_KEEP_MESSAGES_DAYS" default:"400"`
}

func (u *Upkeep) faults() []error {
	var errs []error
	if u.Batch < 1 {
		errs = append(errs, fmt.Errorf("HEED_RELAY_BATCH is %d: at least 1", u.Batch))
	}
	// AWS reports on a message for 72 hours: what is dropped sooner comes back as half a message.
	for name, days := range map[string]int{"HEED_KEEP_EVENTS_DAYS": u.KeepEvents, "HEED_KEEP_MESSAGES_DAYS": u.KeepMessages} {
		if days != 0 && days < 7 {
			errs = append(errs, fmt.Errorf("%s is %d: 0 for ever, or at least 7", name, days))
		}
	}
	return errs
}

// Load reads the environment into one of the structs above.
func Load(into any) error {
	errs := load(reflect.ValueOf(into).Elem())
	if len(errs) == 0 {
		return nil
	}
	return fmt.Errorf("settings: %w", errors.Join(errs...))
}

type checked interface{ faults() []error }

// load reads field by field, because envconfig stops at the first fault and an operator wants to see them all.
func load(v reflect.Value) []error {
	var errs []error
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if field.Tag.Get("envconfig") == "" {
			part := load(v.Field(i))
			if c, ok := v.Field(i).Addr().Interface().(checked); ok && len(part) == 0 {
				part = c.faults()
			}
			errs = append(errs, part...)
			continue
		}
		one := reflect.New(reflect.StructOf([]reflect.StructField{field}))
		if err := envconfig.Process("", one.Interface()); err != nil {
			errs = append(errs, plain(field.Tag.Get("envconfig"), field.Type, err))
			continue
		}
		v.Field(i).Set(one.Elem().Field(0))
	}
	return errs
}

// plain tells a fault by the variable's name. The value is left out: it may be a password in the wrong place.
func plain(name string, kind reflect.Type, err error) error {
	var parse *envconfig.ParseError
	if !errors.As(err, &parse) {
		return fmt.Errorf("%s: %s", name, strings.TrimSpace(err.Error()))
	}
	example := map[string]string{"time.Duration": "2s", "bool": "true", "int": "8", "slog.Level": "debug, info, warn or error"}[kind.String()]
	return fmt.Errorf("%s cannot be read as a %s: write it like %s", name, kind, example)
}

func positive(of map[string]time.Duration) []error {
	var errs []error
	for name, d := range of {
		if d <= 0 {
			errs = append(errs, fmt.Errorf("%s is %s: more than nothing", name, d))
		}
	}
	return errs
}
