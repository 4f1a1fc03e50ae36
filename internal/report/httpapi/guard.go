package httpapi

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/heedsms/heed/internal/lambdahttp"
)

// The most that a request may have.
const (
	mostAddress = 8 << 10  // bytes of the path and the query
	mostHeaders = 32 << 10 // bytes
	mostBody    = 64 << 10 // bytes
)

type requestKey struct{}

// requestID names the request in its answer and in the log.
func requestID(ctx context.Context) string {
	id, _ := ctx.Value(requestKey{}).(string)
	return id
}

// ServeHTTP answers a request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	begun, entry := a.Now(), &access{}
	ctx := context.WithValue(context.WithValue(r.Context(), requestKey{}, newID(r.Context())), accessKey{}, entry)
	r = r.WithContext(ctx)
	answer := &counted{ResponseWriter: w}
	secure(answer.Header())
	answer.Header().Set("X-Request-Id", requestID(ctx))
	defer func() {
		p := recover()
		if p != nil && p != http.ErrAbortHandler { //nolint:errorlint // a panic's value is compared, as net/http does
			a.Log.ErrorContext(ctx, "request panicked", slog.String("request_id", requestID(ctx)), slog.String("kind", fmt.Sprintf("%T", p)))
			if p = http.ErrAbortHandler; answer.status == 0 {
				a.fail(answer, r, errors.New("panicked"))
				p = nil
			}
		}
		a.Log.InfoContext(ctx, "request", slog.String("request_id", requestID(ctx)), slog.String("method", r.Method), slog.String("route", entry.route),
			slog.Int("status", answer.status), slog.Int64("bytes", answer.bytes), slog.Int64("ms", a.Now().Sub(begun).Milliseconds()),
			slog.String("principal", entry.principal))
		if p != nil {
			panic(p)
		}
	}()
	if err := a.serve(answer, r); err != nil {
		a.fail(answer, r, err)
	}
}

// TooLarge answers where a whole answer is more than can be handed over.
func (a *API) TooLarge(w http.ResponseWriter, r *http.Request) {
	id := newID(r.Context())
	r = r.WithContext(context.WithValue(r.Context(), requestKey{}, id))
	secure(w.Header())
	w.Header().Set("X-Request-Id", id)
	a.fail(w, r, tooLarge.because("The answer has more bytes than AWS Lambda hands over at once. Ask for fewer days or fewer dimensions, for format=csv, or use heed report, which has no such bound."))
}

// access is what the log says of a request that is known only further in.
type access struct{ route, principal string }

type accessKey struct{}

// serve finds what answers.
func (a *API) serve(w http.ResponseWriter, r *http.Request) error {
	if err := bounded(r); err != nil {
		return err
	}
	handler, pattern := a.mux.Handler(r)
	if pattern != "" {
		a.mux.ServeHTTP(w, r)
		return nil
	}
	// The mux's own answer says whether another method would do.
	probe := &counted{ResponseWriter: &nobody{header: http.Header{}}}
	handler.ServeHTTP(probe, r)
	switch allow := probe.Header().Get("Allow"); {
	case probe.status == http.StatusMethodNotAllowed:
		w.Header().Set("Allow", allow)
		return methodNotAllowed.because("Here you can " + allow + ".")
	case a.page != nil && !strings.HasPrefix(r.URL.Path, "/v1/"):
		a.handler(route{path: "page", handle: func(w http.ResponseWriter, r *http.Request) error {
			a.page.ServeHTTP(w, r)
			return nil
		}}).ServeHTTP(w, r)
		return nil
	}
	return notFound.because("No such route: /openapi.json has all there are.")
}

// bounded refuses what is too large, and what no route can have.
func bounded(r *http.Request) error {
	if len(r.URL.EscapedPath())+len(r.URL.RawQuery) > mostAddress {
		return uriTooLong.because("The address may have 8 KiB.")
	}
	size := 0
	for name, values := range r.Header {
		for _, v := range values {
			size += len(name) + len(v)
		}
	}
	if size > mostHeaders {
		return headersTooLarge.because("The headers may have 32 KiB together.")
	}
	p := r.URL.EscapedPath()
	if !utf8.ValidString(r.URL.Path) || strings.ContainsRune(r.URL.Path, 0) {
		return badRequest.because("The path is no text in UTF-8.")
	}
	if clean := path.Clean(p); p != clean && p != clean+"/" {
		return notFound.because("A path has no empty parts and no dots between its slashes.")
	}
	return nil
}

// handler answers a route: to whom it may, in the time that there is.
func (a *api) handler(to route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		entry, _ := r.Context().Value(accessKey{}).(*access)
		entry.route = to.path
		ctx, cancel := context.WithTimeout(r.Context(), a.patience(r.Context()))
		defer cancel()
		r = r.WithContext(ctx)
		who, err := a.admit(to, r)
		entry.principal = who.Name
		if err == nil {
			r = r.WithContext(context.WithValue(ctx, principalKey{}, who))
			r.Body = http.MaxBytesReader(w, r.Body, mostBody)
			err = to.handle(w, r)
		}
		var p *problemError
		switch {
		case err == nil:
		case errors.As(err, &p) && p.status == http.StatusUnauthorized && a.login != nil && to.path == "page":
			next, complaint := here(r.URL.RequestURI()), ""
			if r.Method != http.MethodGet && r.Method != http.MethodHead {
				next, complaint = here(path.Dir(r.URL.Path)), "You were logged out meanwhile. Nothing was changed."
			}
			a.login.ask(w, next, complaint)
		default:
			a.fail(w, r, err)
		}
	})
}

// admit says who may use the route; or why they may not, and who they are where that is known.
func (a *api) admit(to route, r *http.Request) (Principal, error) {
	// A browser sends its cookie, and reaches this machine in heed dev, whichever site's form it is.
	if err := a.origin.Check(r); err != nil {
		return Principal{}, forbidden.because("A page of another site asks for it: open heed's own page.")
	}
	if to.open {
		return Principal{}, nil
	}
	who, err := a.Auth.Authenticate(r)
	if err != nil {
		return Principal{}, err
	}
	switch {
	case to.writes && !a.Write:
		return who, forbidden.because("Nothing can be changed here: HEED_REPORTS_WRITE is not true.")
	case to.writes && !who.Write:
		return who, forbidden.because("The token may read only: it lacks the scope of HEED_REPORTS_WRITE_SCOPE.")
	}
	who.Write = who.Write && a.Write
	return who, nil
}

// patience is how long a request may take.
func (a *api) patience(ctx context.Context) time.Duration {
	if deadline, ok := ctx.Deadline(); ok {
		return min(a.Timeout, deadline.Sub(a.Now())-a.Margin)
	}
	return a.Timeout
}

// newID is AWS's, by which the log of Lambda names the request too, or one of our own.
func newID(ctx context.Context) string {
	if caller, ok := lambdahttp.CallerOf(ctx); ok && caller.RequestID != "" {
		return caller.RequestID
	}
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// secure is what every answer has. The page sets a policy of its own.
func secure(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Strict-Transport-Security", "max-age=31536000")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
}

// counted remembers what was answered.
type counted struct {
	http.ResponseWriter
	status int
	bytes  int64
}

// WriteHeader remembers the status.
func (c *counted) WriteHeader(status int) {
	if c.status == 0 {
		c.status = status
	}
	c.ResponseWriter.WriteHeader(status)
}

// Write counts the bytes.
func (c *counted) Write(p []byte) (int, error) {
	if c.status == 0 {
		c.status = http.StatusOK
	}
	n, err := c.ResponseWriter.Write(p)
	c.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (c *counted) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// nobody is answered what the mux would say.
type nobody struct{ header http.Header }

// Header is what is looked at afterwards.
func (n *nobody) Header() http.Header { return n.header }

// Write drops it.
func (n *nobody) Write(p []byte) (int, error) { return len(p), nil }

// WriteHeader drops it.
func (n *nobody) WriteHeader(int) {}
