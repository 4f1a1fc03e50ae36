// Package config reads the settings of each command from the environment, and tells every fault in them at once.
// AWS's own variables are not read here: they are the SDK's. One is, by which heed knows that it runs in Lambda.
package config

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
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

func (d *Database) faults() []fault {
	ways := 0
	for _, given := range []bool{d.URL != "", d.SecretARN != "", d.IAMAuth} {
		if given {
			ways++
		}
	}
	var all []fault
	switch {
	case ways == 0:
		all = append(all, fault{"DATABASE_IAM_AUTH", "no database: set DATABASE_URL, or DATABASE_SECRET_ARN, or DATABASE_IAM_AUTH=true with DATABASE_HOST, DATABASE_NAME and DATABASE_USER"})
	case ways > 1:
		all = append(all, fault{"DATABASE_IAM_AUTH", "two databases: set only one of DATABASE_URL, DATABASE_SECRET_ARN and DATABASE_IAM_AUTH"})
	case d.IAMAuth && (d.Host == "" || d.User == ""):
		all = append(all, fault{"DATABASE_IAM_AUTH", "DATABASE_IAM_AUTH needs DATABASE_HOST and DATABASE_USER"})
	}
	if d.Port < 1 || d.Port > 65535 {
		all = append(all, fault{"DATABASE_PORT", "DATABASE_PORT is no port: 1 to 65535"})
	}
	return append(all, atLeast("HEED_DB_CONNECTIONS", d.Connections, 1)...)
}

// Worker is what every Lambda has in common.
type Worker struct {
	LogLevel slog.Level `envconfig:"LOG_LEVEL" default:"info"`
	// DeadlineMargin is how long before its deadline an invocation begins nothing new.
	DeadlineMargin time.Duration `envconfig:"HEED_DEADLINE_MARGIN" default:"2s"`
	// RulesetTTL is how long a ruleset is used before the database is asked for a newer one.
	RulesetTTL time.Duration `envconfig:"HEED_RULESET_TTL" default:"15s"`
	// Metrics is emf where metrics are written to standard output, off where they are not; "" leaves it to where the
	// command runs.
	Metrics string `envconfig:"HEED_METRICS"`
	// Function is set by Lambda.
	Function string `envconfig:"AWS_LAMBDA_FUNCTION_NAME"`
}

// CountsMetrics says whether metrics are written: as HEED_METRICS says, else in Lambda, where CloudWatch reads them.
func (w *Worker) CountsMetrics() bool {
	return w.Metrics == "emf" || (w.Metrics == "" && w.Function != "")
}

func (w *Worker) faults() []fault {
	all := append(positive("HEED_DEADLINE_MARGIN", w.DeadlineMargin), positive("HEED_RULESET_TTL", w.RulesetTTL)...)
	if w.Metrics != "" && w.Metrics != "emf" && w.Metrics != "off" {
		all = append(all, fault{"HEED_METRICS", "HEED_METRICS is neither emf nor off"})
	}
	return all
}

// Sending is what the commands have in common that text people.
type Sending struct {
	// ConfigurationSet is used for programs that name none: without one no delivery event ever comes.
	ConfigurationSet string `envconfig:"CONFIGURATION_SET"`
	// EventBus is the name or ARN of the bus of EventBridge on which the application is told of changes of consent and of
	// texts that are forwarded; "" tells nobody.
	EventBus string `envconfig:"EVENT_BUS_NAME"`
	// Parallel is how many people are served side by side.
	Parallel int `envconfig:"HEED_PARALLEL_CALLS" default:"8"`
}

func (s *Sending) faults() []fault { return atLeast("HEED_PARALLEL_CALLS", s.Parallel, 1) }

// Pace is how fast AWS is asked by what compares its opt-out lists with the register.
type Pace struct {
	// Calls a second of each kind that AWS allows one of by default: reading lists, numbers, pools, keywords.
	Calls int `envconfig:"HEED_AWS_CALLS_PER_SECOND" default:"1"`
	// OptOutCalls are calls a second that put numbers on lists or take them off.
	OptOutCalls int `envconfig:"HEED_AWS_OPTOUT_CALLS_PER_SECOND" default:"10"`
}

func (p *Pace) faults() []fault {
	return append(atLeast("HEED_AWS_CALLS_PER_SECOND", p.Calls, 1), atLeast("HEED_AWS_OPTOUT_CALLS_PER_SECOND", p.OptOutCalls, 1)...)
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
	Pace     Pace
	Upkeep   Upkeep
}

// Upkeep are the relay's own settings.
type Upkeep struct {
	// Batch is how many chains are claimed at a time. Small: what a claim knows of consent is as old as the claim.
	Batch int `envconfig:"HEED_RELAY_BATCH" default:"16"`
	// ReconcileEvery is how long after AWS's opt-out lists were compared with the register they are compared again; 0:
	// never.
	ReconcileEvery time.Duration `envconfig:"HEED_RECONCILE_EVERY" default:"24h"`
	// NoReceiptAfter is how long after a message was sent its last word is waited for: the 72 hours in which AWS reports,
	// and a margin.
	NoReceiptAfter time.Duration `envconfig:"HEED_NO_RECEIPT_AFTER" default:"76h"`
	Keep           Keep
}

func (u *Upkeep) faults() []fault {
	all := atLeast("HEED_RELAY_BATCH", u.Batch, 1)
	if u.ReconcileEvery < 0 {
		all = append(all, fault{"HEED_RECONCILE_EVERY", fmt.Sprintf("HEED_RECONCILE_EVERY is %s: 0 for never, or more", u.ReconcileEvery)})
	}
	if u.NoReceiptAfter < reportsFor {
		all = append(all, fault{"HEED_NO_RECEIPT_AFTER", fmt.Sprintf("HEED_NO_RECEIPT_AFTER is %s: at least %s, for AWS reports on a message so long", u.NoReceiptAfter, reportsFor)})
	}
	// A message that is dropped while it is open would stay open in the counts for ever.
	if kept := time.Duration(u.Keep.Messages) * 24 * time.Hour; u.Keep.Messages >= fewestDelivery && u.NoReceiptAfter > kept-24*time.Hour {
		all = append(all, fault{"HEED_NO_RECEIPT_AFTER", fmt.Sprintf("HEED_NO_RECEIPT_AFTER is %s: at least a day less than HEED_KEEP_MESSAGES_DAYS, which is %d", u.NoReceiptAfter, u.Keep.Messages)})
	}
	return all
}

// reportsFor is how long AWS reports on a message (configuration-sets-event-types).
const reportsFor = 72 * time.Hour

// Keep says how many days data is kept; 0 keeps it for ever. Consent is touched by none of it.
type Keep struct {
	// Events and Messages are delivery data.
	Events   int `envconfig:"HEED_KEEP_EVENTS_DAYS" default:"400"`
	Messages int `envconfig:"HEED_KEEP_MESSAGES_DAYS" default:"400"`
	// Bodies are the words of texts, and of heed's answers to them.
	Bodies int `envconfig:"HEED_KEEP_BODIES_DAYS" default:"400"`
	// Outbox is what was promised and settled, Parked inputs that were replayed.
	Outbox int `envconfig:"HEED_KEEP_OUTBOX_DAYS" default:"400"`
	Parked int `envconfig:"HEED_KEEP_PARKED_DAYS" default:"90"`
}

// fewestDelivery is for how many days delivery data is kept at least: AWS reports on a message for 72 hours, and what is
// dropped sooner comes back as half a message.
const fewestDelivery = 7

func (k *Keep) faults() []fault {
	var all []fault
	for _, each := range []struct {
		name         string
		days, fewest int // fewer make no sense
	}{
		{"HEED_KEEP_EVENTS_DAYS", k.Events, fewestDelivery},
		{"HEED_KEEP_MESSAGES_DAYS", k.Messages, fewestDelivery},
		{"HEED_KEEP_BODIES_DAYS", k.Bodies, 1},
		// By the outbox heed knows what it asked a person in the last 30 days, and which list is still to be tried again.
		{"HEED_KEEP_OUTBOX_DAYS", k.Outbox, 31},
		{"HEED_KEEP_PARKED_DAYS", k.Parked, 1},
	} {
		if each.days != 0 && each.days < each.fewest {
			all = append(all, fault{each.name, fmt.Sprintf("%s is %d: 0 for ever, or at least %d", each.name, each.days, each.fewest)})
		}
	}
	return all
}

// Migrate are the settings of cmd/migrate. Its database user owns the schema; that of the other functions does not.
type Migrate struct {
	Database Database
}

// Reports are the settings of cmd/reports.
type Reports struct {
	Database Database
	Worker   Worker
	Access   Access
}

// Access says who may ask for reports, and what they may do.
type Access struct {
	// Auth is how it is known who asks: iam (AWS checks a signature at the function URL), jwt (the HTTP API checks a
	// token), token (a bearer token of one's own). There is no other way in, and no default.
	Auth string `envconfig:"HEED_REPORTS_AUTH"`
	// TokenSHA256 are hashes of tokens in hex, with commas between them.
	TokenSHA256 string `envconfig:"HEED_REPORTS_TOKEN_SHA256"`
	// Write lets them change consent and decide texts of the review queue; with jwt those who have WriteScope.
	Write      bool   `envconfig:"HEED_REPORTS_WRITE" default:"false"`
	WriteScope string `envconfig:"HEED_REPORTS_WRITE_SCOPE"`
	// Timeout is how long a request may take.
	Timeout time.Duration `envconfig:"HEED_REPORTS_TIMEOUT" default:"10s"`
	// Stream sends answers while they are made: for a function URL whose invoke mode is RESPONSE_STREAM.
	Stream bool `envconfig:"HEED_REPORTS_STREAM" default:"false"`
}

// The words of HEED_REPORTS_AUTH.
const (
	AuthIAM   = "iam"
	AuthJWT   = "jwt"
	AuthToken = "token"
)

func (a *Access) faults() []fault {
	all := positive("HEED_REPORTS_TIMEOUT", a.Timeout)
	switch a.Auth {
	case AuthIAM, AuthJWT, AuthToken:
	case "":
		all = append(all, fault{"HEED_REPORTS_AUTH", "HEED_REPORTS_AUTH is not set, and nobody gets in unknown: iam where the function URL has AuthType AWS_IAM, jwt behind an HTTP API with a JWT authorizer, token with HEED_REPORTS_TOKEN_SHA256"})
	default:
		all = append(all, fault{"HEED_REPORTS_AUTH", "HEED_REPORTS_AUTH has to be iam, jwt or token"})
	}
	if a.Auth == AuthToken && a.TokenSHA256 == "" {
		all = append(all, fault{"HEED_REPORTS_TOKEN_SHA256", "HEED_REPORTS_AUTH is token: set HEED_REPORTS_TOKEN_SHA256 to the SHA-256 of a long random token, in hex (printf %s \"$TOKEN\" | sha256sum)"})
	}
	if (a.Auth == AuthIAM || a.Auth == AuthJWT) && a.TokenSHA256 != "" {
		all = append(all, fault{"HEED_REPORTS_TOKEN_SHA256", "HEED_REPORTS_TOKEN_SHA256 is set and HEED_REPORTS_AUTH is not token: the token would open nothing"})
	}
	if a.WriteScope != "" && a.Auth != AuthJWT {
		all = append(all, fault{"HEED_REPORTS_WRITE_SCOPE", "HEED_REPORTS_WRITE_SCOPE is of tokens that HEED_REPORTS_AUTH=jwt lets in: others have no scope"})
	}
	if a.Stream && a.Auth == AuthJWT {
		all = append(all, fault{"HEED_REPORTS_STREAM", "HEED_REPORTS_STREAM is true, and the HTTP API of HEED_REPORTS_AUTH=jwt cannot stream"})
	}
	return all
}

// Load reads the environment into one of the structs above.
func Load(into any) error {
	errs := load(reflect.ValueOf(into).Elem())
	if len(errs) == 0 {
		return nil
	}
	return fmt.Errorf("settings: %w", errors.Join(errs...))
}

// fault is what is wrong with the settings of one part, and the variable that it hangs on.
type fault struct{ variable, text string }

type checked interface{ faults() []fault }

// load reads field by field, because envconfig stops at the first fault and an operator wants to see them all.
func load(v reflect.Value) []error {
	var errs []error
	unread := map[string]bool{}
	for i := range v.NumField() {
		field := v.Type().Field(i)
		name := field.Tag.Get("envconfig")
		if name == "" {
			errs = append(errs, load(v.Field(i))...)
			continue
		}
		one := reflect.New(reflect.StructOf([]reflect.StructField{withDefault(field, name)}))
		if err := envconfig.Process("", one.Interface()); err != nil {
			errs = append(errs, plain(name, field.Type, err))
			unread[name] = true
			continue
		}
		v.Field(i).Set(one.Elem().Field(0))
	}
	if c, ok := v.Addr().Interface().(checked); ok {
		for _, f := range c.faults() {
			// What could not be read was told of above; that it is also nothing would be told in vain.
			if !unread[f.variable] {
				errs = append(errs, errors.New(f.text))
			}
		}
	}
	return errs
}

// withDefault lets a variable that is set to nothing count as not set: a template's parameter that was left empty
// comes as that.
func withDefault(field reflect.StructField, name string) reflect.StructField {
	if strings.TrimSpace(os.Getenv(name)) == "" {
		field.Tag = reflect.StructTag(fmt.Sprintf(`envconfig:"HEED_NEVER_SET" default:%q`, field.Tag.Get("default")))
	}
	return field
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

func positive(name string, d time.Duration) []fault {
	if d > 0 {
		return nil
	}
	return []fault{{name, fmt.Sprintf("%s is %s: more than nothing", name, d)}}
}

func atLeast(name string, n, least int) []fault {
	if n >= least {
		return nil
	}
	return []fault{{name, fmt.Sprintf("%s is %d: at least %d", name, n, least)}}
}
