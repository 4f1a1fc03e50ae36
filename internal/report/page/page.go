// Package page is what an operator opens each morning: what became of the messages, what it cost, who opted out; one
// person's conversation; one message's life; and the queue of texts that a person has to read.
//
// Pages are written on the server and work without JavaScript; with it charts can be read closely and filters need no
// button. Nothing comes from another host, and the policy that goes with each answer forbids it. What others wrote
// (bodies, names of campaigns and carriers) is escaped by html/template and isolated from the direction of the words
// around it.
package page

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/heedsms/heed/internal/consent"
	"github.com/heedsms/heed/internal/fault"
	"github.com/heedsms/heed/internal/report"
	"github.com/heedsms/heed/internal/sms"
)

// Conversations answers what is known of one person, and of one message.
type Conversations interface {
	// Timeline is what happened between a person and us, the newest first.
	Timeline(ctx context.Context, q report.TimelineQuery) (*report.Timeline, error)
	// Standings is where they stand: in the programs that know them, and in those named.
	Standings(ctx context.Context, contact sms.Phone, programs []string, only string) ([]consent.Standing, error)
	// Message is one message's life. report.ErrNoMessage: there is none of that id.
	Message(ctx context.Context, id string) (*report.Message, error)
}

// Queue holds the texts of which only a person can say whether they ask to stop.
type Queue interface {
	Questions(ctx context.Context, asked consent.Queue) ([]consent.Question, error)
}

// Decide records what an operator makes of a text of the queue. False: it stood so already.
type Decide func(ctx context.Context, d consent.Decision) (changed bool, err error)

// Page is the page. Reports, Conversations, Queue, Log and Now are needed.
type Page struct {
	Reports       report.Source
	Conversations Conversations
	Queue         Queue
	// Decide is nil where nobody may write: the queue can then be read only.
	Decide Decide
	// Actor names who asks, for the ledger; "": they may read only. Nil: nobody may more.
	Actor func(*http.Request) string
	// SignOut is the path to which a form posts to sign out; "": nobody signs in here.
	SignOut string
	// Phone says that phones to text from are served beside it, at /phone.
	Phone bool
	// Patience is how long the reports of a page may take; 0: eight seconds.
	Patience time.Duration
	Log      *slog.Logger
	Now      func() time.Time

	assets *assets
	views  views
}

const (
	// sideBySide is how many reports of one page run at once: more would keep a small database from its work.
	sideBySide = 4
	// usualPatience is how long the reports of a page may take, and pagePatience all of it.
	usualPatience = 8 * time.Second
	pagePatience  = 20 * time.Second
)

// Handler serves the page: GET /, /search, /contacts/{contact}, /messages/{id}, /review and /assets/, and POST
// /review/{id}. Who may ask is decided before it.
func (p Page) Handler() (http.Handler, error) {
	p.Patience = cmp.Or(p.Patience, usualPatience)
	var err error
	if p.assets, err = loadAssets(); err != nil {
		return nil, err
	}
	if p.views, err = loadViews(p.assets); err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /assets/{name}", p.assets.serve)
	mux.HandleFunc("GET /{$}", p.overview)
	mux.HandleFunc("GET /search", p.search)
	mux.HandleFunc("GET /contacts/{contact}", p.contact)
	mux.HandleFunc("GET /messages/{id}", p.message)
	mux.HandleFunc("GET /review", p.review)
	mux.HandleFunc("POST /review/{id}", p.decide)
	mux.HandleFunc("GET /", p.nowhere)
	// A form of another site cannot decide in an operator's name.
	return guarded(http.NewCrossOriginProtection().Handler(mux)), nil
}

// Policy is the Content-Security-Policy of each answer: a page uses what this host serves, and nothing else.
const Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// guarded sets what goes with each answer, and bounds its time.
func guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", Policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		ctx, cancel := context.WithTimeout(r.Context(), pagePatience)
		defer cancel()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// frame is what every page has.
type frame struct {
	Title string
	At    string // which of the pages it is: overview, review, or ""
	Zone  *time.Location
	Asked string // what the search field holds
	// Waiting is how many texts wait for a decision, at most mostWaiting.
	Waiting int
	Phone   bool
	SignOut string
}

const mostWaiting = 99

// frame begins a page. A zone that is unknown is UTC here: only the overview says so.
func (p Page) frame(ctx context.Context, r *http.Request, title, at string) frame {
	f := frame{Title: title, At: at, Zone: time.UTC, Phone: p.Phone, SignOut: p.SignOut}
	if zone, err := time.LoadLocation(r.URL.Query().Get("zone")); err == nil && zone != time.Local {
		f.Zone = zone
	}
	waiting, err := p.Queue.Questions(ctx, consent.Queue{Limit: mostWaiting})
	if err != nil {
		p.Log.WarnContext(ctx, "the review queue cannot be counted", told(err)...)
	}
	f.Waiting = len(waiting)
	return f
}

// Link is an address of this site in the zone that was chosen.
func (f frame) Link(path string) string {
	if f.Zone == time.UTC {
		return path
	}
	return path + "?" + url.Values{"zone": {f.Zone.String()}}.Encode()
}

// write writes a page, whole or not at all.
func (p Page) write(w http.ResponseWriter, r *http.Request, status int, name string, data any) {
	var page bytes.Buffer
	if err := p.views[name].ExecuteTemplate(&page, "layout", data); err != nil {
		p.Log.ErrorContext(r.Context(), "a page cannot be written", "page", name, "error", err)
		http.Error(w, "This page cannot be shown. The log says why.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	// It names people, and is of this moment.
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(page.Bytes()) // whoever asked has gone
}

// lost is a page that says what was not found, and what to do.
type lost struct {
	frame
	Heading, Why string
	Hints        []string
}

func (p Page) nowhere(w http.ResponseWriter, r *http.Request) {
	p.write(w, r, http.StatusNotFound, "lost", lost{
		frame: p.frame(r.Context(), r, "Not found", ""), Heading: "There is no such page",
		Why: "The address may be cut short, or it is of an older version.",
	})
}

// broken answers when what the whole page rests on cannot be read.
func (p Page) broken(w http.ResponseWriter, r *http.Request, doing string, err error) {
	err = tooLate(r.Context(), err)
	p.Log.ErrorContext(r.Context(), doing, told(err)...)
	p.write(w, r, http.StatusServiceUnavailable, "lost", lost{
		frame: frame{Title: "Not available", Zone: time.UTC}, Heading: "This cannot be read just now", Why: complaint(err),
	})
}

// tooLate says of an error that there was no more time, if so: a database tells only that its statement was stopped.
func tooLate(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("%w: %w", ctx.Err(), err)
	}
	return err
}

// told is what the log says of a fault of the database. Its own words may quote what people wrote.
func told(err error) []any {
	return []any{"cause", fault.Explain(err).Reason, "code", fault.Code(err)}
}

// complaint is what to say of a fault: the log has the rest.
func complaint(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return "The database took too long. Try again, or ask for fewer days."
	}
	return "The database could not be read. The log of the reports function says why."
}

// search leads to a person or to a message.
func (p Page) search(w http.ResponseWriter, r *http.Request) {
	asked := strings.TrimSpace(r.URL.Query().Get("q"))
	f := p.frame(r.Context(), r, "Search", "")
	f.Asked = asked
	if contact, ok := numberOf(asked); ok {
		http.Redirect(w, r, f.Link("/contacts/"+url.PathEscape(string(contact))), http.StatusSeeOther) //nolint:gosec // a path of this site: the number is one part of it
		return
	}
	if asked == "" {
		p.write(w, r, http.StatusOK, "lost", lost{frame: f, Heading: "Whom or what are you looking for?", Hints: searchHints()})
		return
	}
	if len(asked) <= mostID {
		_, err := p.Conversations.Message(r.Context(), asked)
		if err == nil {
			http.Redirect(w, r, f.Link("/messages/"+url.PathEscape(asked)), http.StatusSeeOther) //nolint:gosec // a path of this site: the id is one part of it
			return
		}
		if !errors.Is(err, report.ErrNoMessage) {
			p.broken(w, r, "search", err)
			return
		}
	}
	p.write(w, r, http.StatusNotFound, "lost", lost{
		frame: f, Heading: "Nothing is known of it", Why: "It is neither a phone number nor the id of a message that heed has seen.", Hints: searchHints(),
	})
}

// mostID is longer than any id of AWS.
const mostID = 200

// numberOf reads a phone number as people write it, with its country code.
func numberOf(s string) (sms.Phone, bool) {
	if abroad, ok := strings.CutPrefix(s, "00"); ok {
		s = "+" + abroad
	}
	phone := sms.ParsePhone(s)
	return phone, phone.Dialable()
}

func searchHints() []string {
	return []string{
		"A phone number with its country code: +1 425 555 0101.",
		"The id of a message, as AWS gave it to the sender.",
		"Messages older than the retention of messages are gone; consent and its history stay.",
	}
}
