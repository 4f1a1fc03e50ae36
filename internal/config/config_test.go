package config_test

import (
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heedsms/heed/internal/config"
)

// environment sets these variables and no other of ours. It rules out parallel tests: the environment is one.
func environment(t *testing.T, variables map[string]string) {
	t.Helper()
	for _, v := range os.Environ() {
		name, value, _ := strings.Cut(v, "=")
		if strings.HasPrefix(name, "DATABASE_") || strings.HasPrefix(name, "HEED_") || name == "LOG_LEVEL" || name == "CONFIGURATION_SET" || name == "EVENT_BUS_NAME" {
			t.Setenv(name, value) // put back afterwards
			_ = os.Unsetenv(name)
		}
	}
	for name, value := range variables {
		t.Setenv(name, value)
	}
}

const address = "postgres://heed@db.example.com/heed"

// With a database alone everything has a sound default.
func TestDefaults(t *testing.T) {
	want := config.Relay{
		Database: config.Database{URL: address, Port: 5432, Name: "postgres", SSLMode: "require", Connections: 2},
		Worker:   config.Worker{LogLevel: slog.LevelInfo, DeadlineMargin: 2 * time.Second, RulesetTTL: 15 * time.Second},
		Sending:  config.Sending{Parallel: 8},
		Pace:     config.Pace{Calls: 1, OptOutCalls: 10},
		Upkeep:   config.Upkeep{Batch: 16, ReconcileEvery: 24 * time.Hour, NoReceiptAfter: 76 * time.Hour, Keep: config.Keep{Events: 400, Messages: 400, Bodies: 400, Outbox: 400, Parked: 90}},
	}
	for why, variables := range map[string]map[string]string{
		"not set": {"DATABASE_URL": address},
		"set to nothing, as a template's parameter that was left empty": {
			"DATABASE_URL": address, "DATABASE_SECRET_ARN": "", "DATABASE_IAM_AUTH": "", "DATABASE_PORT": "", "DATABASE_NAME": "", "DATABASE_SSLMODE": "",
			"HEED_DB_CONNECTIONS": "", "LOG_LEVEL": " ", "HEED_DEADLINE_MARGIN": "", "CONFIGURATION_SET": "", "HEED_PARALLEL_CALLS": "", "HEED_RELAY_BATCH": "",
		},
	} {
		environment(t, variables)
		var got config.Relay
		if err := config.Load(&got); err != nil {
			t.Errorf("%s: %v", why, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", why, diff)
		}
	}
}

func TestSettings(t *testing.T) {
	environment(t, map[string]string{
		"DATABASE_IAM_AUTH": "true", "DATABASE_HOST": "db.example.com", "DATABASE_PORT": "6432", "DATABASE_NAME": "texts", "DATABASE_USER": "heed",
		"DATABASE_SSLMODE": "verify-full", "HEED_DB_CONNECTIONS": "1", "LOG_LEVEL": "debug", "HEED_DEADLINE_MARGIN": "500ms", "HEED_RULESET_TTL": "1m",
		"CONFIGURATION_SET": "acme-alerts", "EVENT_BUS_NAME": "acme", "HEED_PARALLEL_CALLS": "3",
	})
	want := config.Inbound{
		Database: config.Database{IAMAuth: true, Host: "db.example.com", Port: 6432, Name: "texts", User: "heed", SSLMode: "verify-full", Connections: 1},
		Worker:   config.Worker{LogLevel: slog.LevelDebug, DeadlineMargin: 500 * time.Millisecond, RulesetTTL: time.Minute},
		Sending:  config.Sending{ConfigurationSet: "acme-alerts", EventBus: "acme", Parallel: 3},
	}
	var got config.Inbound
	if err := config.Load(&got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Metrics are written where CloudWatch reads them, unless the setting says otherwise.
func TestMetrics(t *testing.T) {
	for _, row := range []struct {
		function, setting string
		want              bool
	}{
		{"heed-events", "", true},
		{"heed-events", "off", false},
		{"", "", false},
		{"", "emf", true},
		{"heed-events", " ", true},
	} {
		environment(t, map[string]string{"DATABASE_URL": address, "AWS_LAMBDA_FUNCTION_NAME": row.function, "HEED_METRICS": row.setting})
		var got config.Events
		if err := config.Load(&got); err != nil || got.Worker.CountsMetrics() != row.want {
			t.Errorf("function %q, HEED_METRICS=%q: %v, %v", row.function, row.setting, got.Worker.CountsMetrics(), err)
		}
	}
}

// Every fault is told at once, by the variable's name, and no value of the environment is.
func TestFaults(t *testing.T) {
	const secret = "hunter2-555-0142"
	for _, row := range []struct {
		why       string
		variables map[string]string
		want      []string // one of each line
	}{
		{"no database", nil, []string{"no database"}},
		{"two databases", map[string]string{"DATABASE_URL": address, "DATABASE_SECRET_ARN": secret}, []string{"two databases"}},
		{"IAM without a host", map[string]string{"DATABASE_IAM_AUTH": "true", "DATABASE_USER": "heed"}, []string{"DATABASE_HOST"}},
		{"IAM without a user", map[string]string{"DATABASE_IAM_AUTH": "true", "DATABASE_HOST": "db.example.com"}, []string{"DATABASE_USER"}},
		{"IAM that is neither on nor off is one fault, not two", map[string]string{"DATABASE_IAM_AUTH": secret}, []string{"DATABASE_IAM_AUTH"}},
		{"a port that is none", map[string]string{"DATABASE_URL": address, "DATABASE_PORT": "70000"}, []string{"DATABASE_PORT"}},
		{"a password in the wrong place", map[string]string{"DATABASE_URL": address, "DATABASE_PORT": secret}, []string{"DATABASE_PORT"}},
		{"a fault of form and a fault of sense in one part", map[string]string{"HEED_DB_CONNECTIONS": secret}, []string{"HEED_DB_CONNECTIONS", "no database"}},
		{"no connections", map[string]string{"DATABASE_URL": address, "HEED_DB_CONNECTIONS": "0"}, []string{"HEED_DB_CONNECTIONS"}},
		{"messages that go before they are given up", map[string]string{"DATABASE_URL": address, "HEED_KEEP_MESSAGES_DAYS": "7", "HEED_NO_RECEIPT_AFTER": "145h"}, []string{"HEED_NO_RECEIPT_AFTER"}},
		{"days too few for AWS's 72 hours", map[string]string{"DATABASE_URL": address, "HEED_KEEP_EVENTS_DAYS": "3", "HEED_KEEP_MESSAGES_DAYS": "-1"}, []string{"HEED_KEEP_EVENTS_DAYS", "HEED_KEEP_MESSAGES_DAYS"}},
		{"days too few for what heed still asks the outbox", map[string]string{"DATABASE_URL": address, "HEED_KEEP_OUTBOX_DAYS": "30", "HEED_KEEP_BODIES_DAYS": "0"}, []string{"HEED_KEEP_OUTBOX_DAYS"}},
		{"days below nothing", map[string]string{"DATABASE_URL": address, "HEED_KEEP_BODIES_DAYS": "-1", "HEED_KEEP_PARKED_DAYS": "-1"}, []string{"HEED_KEEP_BODIES_DAYS", "HEED_KEEP_PARKED_DAYS"}},
		{"metrics of a kind that there is not", map[string]string{"DATABASE_URL": address, "HEED_METRICS": secret}, []string{"HEED_METRICS"}},
		{"everything at once", map[string]string{
			"DATABASE_IAM_AUTH": "true", "DATABASE_PORT": secret, "HEED_DB_CONNECTIONS": "-1", "LOG_LEVEL": secret, "HEED_DEADLINE_MARGIN": secret,
			"HEED_RULESET_TTL": "0s", "HEED_PARALLEL_CALLS": "0", "HEED_RELAY_BATCH": "0", "HEED_KEEP_EVENTS_DAYS": "x" + secret, "HEED_KEEP_MESSAGES_DAYS": "1",
		}, []string{
			"DATABASE_HOST", "DATABASE_PORT", "HEED_DB_CONNECTIONS", "LOG_LEVEL", "HEED_DEADLINE_MARGIN",
			"HEED_RULESET_TTL", "HEED_PARALLEL_CALLS", "HEED_RELAY_BATCH", "HEED_KEEP_EVENTS_DAYS", "HEED_KEEP_MESSAGES_DAYS",
		}},
	} {
		environment(t, row.variables)
		err := config.Load(&config.Relay{})
		if err == nil {
			t.Errorf("%s: no fault", row.why)
			continue
		}
		lines := strings.Split(err.Error(), "\n")
		if len(lines) != len(row.want) {
			t.Errorf("%s: %d faults, want %d:\n%v", row.why, len(lines), len(row.want), err)
		}
		for _, want := range row.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: nothing of %s in:\n%v", row.why, want, err)
			}
		}
		if strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: a value is printed: %v", row.why, err)
		}
		if again := config.Load(&config.Relay{}); again == nil || again.Error() != err.Error() {
			t.Errorf("%s: told otherwise the second time: %v", row.why, again)
		}
	}
}

// A fault says how the value is to be written.
func TestFaultsSayHow(t *testing.T) {
	for name, how := range map[string]string{"LOG_LEVEL": "debug, info, warn or error", "HEED_DEADLINE_MARGIN": "2s", "DATABASE_IAM_AUTH": "true", "HEED_PARALLEL_CALLS": "8"} {
		environment(t, map[string]string{"DATABASE_URL": address, name: "?"})
		if err := config.Load(&config.Relay{}); err == nil || !strings.Contains(err.Error(), how) {
			t.Errorf("%s: %v, want an example like %s", name, err, how)
		}
	}
}

// Reports open to nobody unless it is said how it is known who asks, and settings that would do nothing are told of.
func TestAccess(t *testing.T) {
	hash := strings.Repeat("0a", 32)
	for _, x := range []struct {
		sentence  string
		variables map[string]string
		fault     string // "" none
	}{
		{"nothing is said", nil, "HEED_REPORTS_AUTH is not set"},
		{"a word of one's own", map[string]string{"HEED_REPORTS_AUTH": "none"}, "has to be iam, jwt or token"},
		{"AWS checks signatures", map[string]string{"HEED_REPORTS_AUTH": "iam"}, ""},
		{"AWS checks tokens", map[string]string{"HEED_REPORTS_AUTH": "jwt", "HEED_REPORTS_WRITE": "true", "HEED_REPORTS_WRITE_SCOPE": "heed/write"}, ""},
		{"a token of one's own", map[string]string{"HEED_REPORTS_AUTH": "token", "HEED_REPORTS_TOKEN_SHA256": hash, "HEED_REPORTS_STREAM": "true"}, ""},
		{"no hash of a token", map[string]string{"HEED_REPORTS_AUTH": "token"}, "set HEED_REPORTS_TOKEN_SHA256"},
		{"a hash that opens nothing", map[string]string{"HEED_REPORTS_AUTH": "iam", "HEED_REPORTS_TOKEN_SHA256": hash}, "the token would open nothing"},
		{"a scope that nobody has", map[string]string{"HEED_REPORTS_AUTH": "iam", "HEED_REPORTS_WRITE_SCOPE": "x"}, "others have no scope"},
		{"a stream that an HTTP API has not", map[string]string{"HEED_REPORTS_AUTH": "jwt", "HEED_REPORTS_STREAM": "true"}, "cannot stream"},
		{"no time", map[string]string{"HEED_REPORTS_AUTH": "iam", "HEED_REPORTS_TIMEOUT": "0s"}, "HEED_REPORTS_TIMEOUT"},
	} {
		variables := map[string]string{"DATABASE_URL": address}
		for name, value := range x.variables {
			variables[name] = value
		}
		environment(t, variables)
		var settings config.Reports
		err := config.Load(&settings)
		if (err != nil) != (x.fault != "") || err != nil && (!strings.Contains(err.Error(), x.fault) || strings.Contains(err.Error(), hash)) {
			t.Errorf("%s: %v, want %q", x.sentence, err, x.fault)
		}
		if err == nil && settings.Access.Timeout != 10*time.Second {
			t.Errorf("%s: a request may take %s", x.sentence, settings.Access.Timeout)
		}
	}
}
