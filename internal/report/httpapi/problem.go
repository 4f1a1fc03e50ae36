package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"

	"github.com/heedsms/heed/internal/fault"
)

// problem is a kind of error that an answer tells of (RFC 9457).
type problem struct {
	name   string // its heading in docs/api.md
	status int
	title  string
}

// The kinds there are.
var (
	badRequest       = problem{"bad-request", http.StatusBadRequest, "The request cannot be read"}
	unauthenticated  = problem{"unauthenticated", http.StatusUnauthorized, "Nobody has said who asks"}
	forbidden        = problem{"forbidden", http.StatusForbidden, "Whoever asks may not do this"}
	notFound         = problem{"not-found", http.StatusNotFound, "There is no such thing"}
	methodNotAllowed = problem{"method-not-allowed", http.StatusMethodNotAllowed, "This cannot be done here"}
	notAcceptable    = problem{"not-acceptable", http.StatusNotAcceptable, "There is no answer in this form"}
	tooLarge         = problem{"too-large", http.StatusRequestEntityTooLarge, "Too much at once"}
	uriTooLong       = problem{"uri-too-long", http.StatusRequestURITooLong, "The address is too long"}
	unsupportedMedia = problem{"unsupported-media-type", http.StatusUnsupportedMediaType, "The body is of a kind that is not read"}
	headersTooLarge  = problem{"headers-too-large", http.StatusRequestHeaderFieldsTooLarge, "The headers are too large"}
	internalFault    = problem{"internal", http.StatusInternalServerError, "heed is at fault"}
	unavailable      = problem{"unavailable", http.StatusServiceUnavailable, "The database cannot be asked just now"}
	timedOut         = problem{"timeout", http.StatusGatewayTimeout, "It took too long"}
)

// documentation is where each kind is explained, by its name.
const documentation = "https://github.com/heedsms/heed/blob/main/docs/api.md#"

// problemError ends a request with a problem. detail says what to do; it holds nothing that the caller did not send.
type problemError struct {
	problem
	detail string
}

func (e *problemError) Error() string { return e.title + ": " + e.detail }

func (p problem) because(detail string) error { return &problemError{p, detail} }

// problemDocument is what goes out.
type problemDocument struct {
	Type      string `json:"type"`
	Title     string `json:"title"`
	Status    int    `json:"status"`
	Detail    string `json:"detail"`
	RequestID string `json:"request_id"`
}

// explain makes a problem of any error. What it says of an error that heed did not expect is nothing that the error
// says: a database's words may quote a row.
func explain(ctx context.Context, err error) *problemError {
	var told *problemError
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &told):
		return told
	case errors.As(err, &large):
		return &problemError{tooLarge, "The body has more than 64 KiB."}
	case errors.Is(ctx.Err(), context.DeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return &problemError{timedOut, "The query was stopped. Ask for fewer days, fewer dimensions, or filter by more."}
	}
	switch f := fault.Explain(err); {
	case f.Kind == fault.Poison:
		return &problemError{badRequest, "The database takes no value like one of those that were sent."}
	case f.Loud:
		return &problemError{unavailable, "The database refuses heed: its schema or its rights do not fit. heed migrate mends the schema; the log says more."}
	case f.Kind == fault.Retryable:
		return &problemError{unavailable, "Try again in some seconds."}
	}
	return &problemError{internalFault, "Try again; where it comes again, the log has the reason under the request id."}
}

// fail answers with a problem. What was set for the answer that did not come is taken back.
func (a *api) fail(w http.ResponseWriter, r *http.Request, err error) {
	p := explain(r.Context(), err)
	level := slog.LevelDebug
	if p.status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	// The error's own text may quote what was asked for.
	a.Log.Log(r.Context(), level, "request failed", slog.String("request_id", requestID(r.Context())), slog.String("problem", p.name),
		slog.Any("cause", fault.Explain(err).Reason), slog.String("code", fault.Code(err)))
	h := w.Header()
	for _, name := range []string{"Content-Length", "Content-Disposition", "ETag", "Vary"} {
		h.Del(name)
	}
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	if p.status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="heed"`)
	}
	if p.status == http.StatusServiceUnavailable {
		h.Set("Retry-After", "5")
	}
	body, err := json.Marshal(problemDocument{documentation + p.name, p.title, p.status, p.detail, requestID(r.Context())})
	if err != nil {
		body = nil // texts and numbers are always JSON
	}
	w.WriteHeader(p.status)
	_, _ = w.Write(append(body, '\n')) // whoever asked has gone
}
