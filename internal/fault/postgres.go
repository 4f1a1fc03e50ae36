package fault

import (
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
)

// postgresClasses maps the class of a SQLSTATE (its first two characters) to what it means for a batch. Appendix A
// of the PostgreSQL manual.
var postgresClasses = map[string]Fault{
	"22": {Kind: Poison, Reason: "data_exception"},
	"23": {Kind: Poison, Reason: "constraint_violation"},
	"54": {Kind: Poison, Reason: "limit_exceeded"}, // an id too long to be indexed, JSON nested too deep

	"08": {Kind: Retryable, Reason: Unreachable},
	"25": {Kind: Retryable, Reason: "transaction_state"}, // read-only after a failover
	"40": {Kind: Retryable, Reason: "serialization"},     // deadlocks among them
	"53": {Kind: Retryable, Reason: "resources"},
	"55": {Kind: Retryable, Reason: "busy"},
	"57": {Kind: Retryable, Reason: "shutting_down"},
	"58": {Kind: Retryable, Reason: "system"},

	// A schema or rights that do not fit: nothing is lost by waiting for whoever mends it.
	"28": {Kind: Retryable, Reason: "database_login", Loud: true},
	"3D": {Kind: Retryable, Reason: "database_missing", Loud: true},
	"3F": {Kind: Retryable, Reason: "schema_missing", Loud: true},
	"42": {Kind: Retryable, Reason: "schema_or_rights", Loud: true},
}

func ofPostgres(err *pgconn.PgError) Fault {
	if err.Code == "23514" {
		// The values that heed's own checks bound are heed's own words. What is left is a row that was routed to the
		// default partition while its own partition was attached: not the data's fault.
		return Fault{Kind: Retryable, Reason: "partition_race"}
	}
	if err.Code == "57014" {
		// The statement was stopped: its time was over, or whoever waited for it has gone.
		return Fault{Kind: Retryable, Reason: TimedOut}
	}
	if len(err.Code) >= 2 {
		if f, known := postgresClasses[err.Code[:2]]; known {
			return f
		}
	}
	return Fault{Kind: Retryable, Reason: "database"}
}

// Code is the SQLSTATE of an error of Postgres, for a person to look up, and "" for any other error. Unlike the
// error's own text it quotes no row.
func Code(err error) string {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return ""
	}
	return "SQLSTATE " + pg.Code
}
