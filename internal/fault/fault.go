// Package fault says what an error means for the work that met it: try again, never again, set this input aside, or
// nobody knows whether it happened. It is the only place that reads error codes; everyone else asks [Of].
package fault

import (
	"context"
	"errors"
	"net"
	"net/http"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/jackc/pgx/v5/pgconn"
)

// Kind is what to do about an error.
type Kind string

// The kinds.
const (
	// Retryable: it did not happen, and the same call may succeed later.
	Retryable Kind = "retryable"
	// Permanent: it did not happen and will not, until somebody changes something.
	Permanent Kind = "permanent"
	// Poison: this input can never be kept; the rows beside it can.
	Poison Kind = "poison"
	// Ambiguous: it may have happened. What cannot be done twice must not be done again.
	Ambiguous Kind = "ambiguous"
)

// Reason is a stable word for why, fit for a column or a metric.
type Reason string

// The reasons that somebody acts on. Others are AWS's own reason words in lower case.
const (
	None         Reason = ""
	Throttled    Reason = "throttled"
	OptedOut     Reason = "opted_out"     // the number is on AWS's opt-out list
	LockedOptOut Reason = "locked_optout" // AWS lets a number leave its list once in 30 days
	NotFound     Reason = "not_found"
	Unreachable  Reason = "unreachable"
	TimedOut     Reason = "timed_out"
	ServerError  Reason = "server_error"
	Unknown      Reason = "unknown"
)

// Fault is an error understood.
type Fault struct {
	Kind   Kind
	Reason Reason
	// Loud marks faults of the set-up (a missing permission, a spent budget, an unknown number): every message
	// will meet them until a person mends it, so they belong in front of one.
	Loud bool
	// Word is AWS's own: the reason inside its exception, else the exception. It is "" where AWS said nothing.
	Word string
}

// Of is the kind of an error. A nil error has no kind.
func Of(err error) Kind { return Explain(err).Kind }

// Explain reads an error of Postgres, of AWS or of the network. What it does not know it calls ambiguous: the
// careful reading for anything that cannot be taken back.
func Explain(err error) Fault {
	var pg *pgconn.PgError
	var api smithy.APIError
	var connect *pgconn.ConnectError
	var network *net.OpError
	switch {
	case err == nil:
		return Fault{}
	case errors.As(err, &pg):
		return ofPostgres(pg)
	case errors.As(err, &api):
		return ofAWS(err, api)
	case errors.As(err, &connect):
		return Fault{Kind: Retryable, Reason: Unreachable}
	case errors.As(err, &network) && network.Op == "dial":
		// The connection was never made, so nothing was asked of anybody.
		return Fault{Kind: Retryable, Reason: Unreachable}
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return Fault{Kind: Ambiguous, Reason: TimedOut}
	case isHTTP5xx(err):
		return Fault{Kind: Ambiguous, Reason: ServerError}
	case httpStatus(err) == http.StatusTooManyRequests:
		return Fault{Kind: Retryable, Reason: Throttled}
	case isHTTP4xx(err):
		// Refused without a word of AWS: a proxy or an endpoint that is none.
		return Fault{Kind: Permanent, Reason: "refused", Loud: true}
	}
	return Fault{Kind: Ambiguous, Reason: Unknown}
}

// httpStatus is the status of the answer inside an error of the SDK, or 0 when there was no answer.
func httpStatus(err error) int {
	var response *smithyhttp.ResponseError
	if !errors.As(err, &response) || response.Response == nil || response.Response.Response == nil {
		return 0
	}
	return response.HTTPStatusCode()
}

func isHTTP5xx(err error) bool { return httpStatus(err) >= 500 }

// isHTTP4xx leaves out the status by which a server gives up on a request that it may have read.
func isHTTP4xx(err error) bool {
	status := httpStatus(err)
	return status >= 400 && status < 500 && status != http.StatusRequestTimeout
}
