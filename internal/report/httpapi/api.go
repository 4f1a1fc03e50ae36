// Package httpapi answers over HTTP what an operator's programs ask of heed: reports, one message, one contact's
// timeline and consent, the review queue. docs/api.md tells of it to people, openapi.yaml to programs; a test holds every
// answer against that file.
//
// Each request says who asks, has a time limit that reaches the database, and is logged by its route, never by its
// address: addresses hold people's numbers. Every error is a problem document (RFC 9457) that says what to do.
package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/heedsms/heed/internal/consent"
	"github.com/heedsms/heed/internal/program"
	"github.com/heedsms/heed/internal/report"
	"github.com/heedsms/heed/internal/sms"
)

// Store is what is asked of Postgres.
type Store interface {
	report.Source
	// Counted names the state of the counts that some reports read: while it is the same, so are they.
	Counted(ctx context.Context) (string, error)
	// Message is one message's life. report.ErrNoMessage: there is none of that id.
	Message(ctx context.Context, id string) (*report.Message, error)
	Timeline(ctx context.Context, q report.TimelineQuery) (*report.Timeline, error)
	Standings(ctx context.Context, contact sms.Phone, programs []string, only string) ([]consent.Standing, error)
	StandingsAt(ctx context.Context, contact sms.Phone, programs []string, only string, at, known time.Time) ([]consent.Standing, error)
	Programs(ctx context.Context) ([]string, error)
	RecordConsent(ctx context.Context, changes []consent.Change, now time.Time) (int, error)
	Questions(ctx context.Context, asked consent.Queue) ([]consent.Question, error)
	// Question gives one text of the queue. consent.ErrNoQuestion: there is none of that id.
	Question(ctx context.Context, id int64) (consent.Question, error)
	Decide(ctx context.Context, d consent.Decision, now time.Time) (changed bool, err error)
	// Ping says whether the database answers.
	Ping(ctx context.Context) error
}

// Options are what the API is made of. All are needed.
type Options struct {
	Store Store
	// Rules is the ruleset in force.
	Rules func(ctx context.Context, now time.Time) (*program.Ruleset, error)
	Auth  Authenticator
	// Write lets those whose Principal may write change consent and decide texts of the review queue.
	Write bool
	// Phone says that phones to text from are served beside the page: heed dev.
	Phone bool
	// Timeout is how long a request may take. One whose context ends sooner is stopped Margin before that.
	Timeout, Margin time.Duration
	Log             *slog.Logger
	Now             func() time.Time
}

// API answers requests.
type API struct{ api }

type api struct {
	Options
	mux    *http.ServeMux
	origin *http.CrossOriginProtection
	page   http.Handler // nil: there is none
	login  *login       // nil where no browser logs in
}

// New makes the API.
func New(o Options) *API {
	a := &API{api{Options: o, mux: http.NewServeMux(), origin: http.NewCrossOriginProtection()}}
	for _, route := range a.routes() {
		a.mux.Handle(route.method+" "+route.path, a.handler(route))
	}
	return a
}

// route is one thing that can be asked or done.
type route struct {
	method, path string
	handle       func(http.ResponseWriter, *http.Request) error
	// open: whoever asks. It tells nothing of the installation.
	open bool
	// writes: it changes something.
	writes bool
}

// routes are those of openapi.yaml.
func (a *api) routes() []route {
	return []route{
		{method: http.MethodGet, path: "/v1/messages/{id}", handle: a.message},
		{method: http.MethodGet, path: "/v1/contacts/{e164}/timeline", handle: a.timeline},
		{method: http.MethodGet, path: "/v1/consent/{e164}", handle: a.consent},
		{method: http.MethodPut, path: "/v1/consent/{e164}", handle: a.setConsent, writes: true},
		{method: http.MethodGet, path: "/v1/reports", handle: a.reports},
		{method: http.MethodGet, path: "/v1/reports/{name}", handle: a.report},
		{method: http.MethodGet, path: "/v1/review", handle: a.review},
		{method: http.MethodPost, path: "/v1/review/{id}", handle: a.decide, writes: true},
		{method: http.MethodGet, path: "/openapi.json", handle: a.openapi(asJSON), open: true},
		{method: http.MethodGet, path: "/openapi.yaml", handle: a.openapi(asYAML), open: true},
		{method: http.MethodGet, path: "/healthz", handle: a.healthz, open: true},
	}
}
