// Package phone is the page on which the people of the local double text: their handsets side by side, a button for
// each trap that the network may set, and beside them what heed decided, why, and which rows it wrote. It is for a
// development machine: nobody is asked who they are.
package phone

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"time"

	"github.com/heedsms/heed/internal/consent"
	"github.com/heedsms/heed/internal/report"
	"github.com/heedsms/heed/internal/report/page"
	"github.com/heedsms/heed/internal/sms"
)

// ErrUnknown says that the stage has no such person, or no such trap that can be sprung now.
var ErrUnknown = errors.New("there is none of that name here")

// Stage is what the page plays on: the double with its people, and the workers behind it.
type Stage interface {
	// Handsets are the people's phones, in the order in which they are shown.
	Handsets(ctx context.Context) ([]Handset, error)
	// Text is a person texting.
	Text(ctx context.Context, from sms.Phone, body string) error
	// Campaign is the operator's own application texting everybody. It asks heed.can_send first, or nobody.
	Campaign(ctx context.Context, asksFirst bool) error
	// Traps are what can go wrong here.
	Traps() []Trap
	// Spring sets a trap, or takes one away that lasts.
	Spring(ctx context.Context, name string) error
}

// Records is what heed wrote.
type Records interface {
	Traces(ctx context.Context, contacts []string, limit int) ([]report.Trace, error)
	Standings(ctx context.Context, contact sms.Phone, programs []string, only string) ([]consent.Standing, error)
}

// Handset is one person's phone.
type Handset struct {
	Name    string
	Phone   sms.Phone
	Bubbles []Bubble // the oldest first
	// Listed says that the number is on AWS's opt-out list: no text gets through.
	Listed bool
	// Typing are texts of the person that are still on their way to heed.
	Typing int
}

// Bubble is one text on a phone.
type Bubble struct {
	ID   string
	Mine bool // the person wrote it
	Body string
	At   time.Time
	// Tick is what the sender knows of it: open, taken, there, failed; "" for the person's own.
	Tick string
	// Refused says that AWS did not take the text: the person never sees it.
	Refused bool
}

// Trap is something that can go wrong between a person and heed.
type Trap struct {
	Name  string // in the address
	Label string
	Why   string // what it shows
	// Lasting traps are on or off; others happen once.
	Lasting, On bool
	// Unavailable says why it cannot be sprung here; "" if it can.
	Unavailable string
}

// Page is the page. All fields are needed.
type Page struct {
	Stage   Stage
	Records Records
	// Program and Number are what the people text.
	Program string
	Number  sms.Identity
	Log     *slog.Logger
	Now     func() time.Time

	views *template.Template
}

//go:embed assets/phone.css assets/phone.js
var assets embed.FS

//go:embed templates/phone.html
var templates embed.FS

// lately is how often it is looked whether something changed, while somebody watches.
const lately = 400 * time.Millisecond

// shownTexts is how many texts stand beside the handsets.
const shownTexts = 8

// longestText is the most characters of a text that AWS hands over.
const longestText = 1600

// Handler serves the page: GET /phone and what belongs to it, POST /phone/people/{number}, /phone/campaign and
// /phone/traps/{name}. The reports page has to be served beside it: its styles are used.
func (p Page) Handler() (http.Handler, error) {
	styles, err := page.AssetURL("page.css")
	if err != nil {
		return nil, err
	}
	theme, err := page.AssetURL("theme.js")
	if err != nil {
		return nil, err
	}
	p.views, err = template.New("phone").Funcs(template.FuncMap{
		"clock":  func(t time.Time) string { return t.Local().Format("15:04:05") },
		"styles": func() string { return styles },
		"theme":  func() string { return theme },
		"plain":  plain,
	}).ParseFS(templates, "templates/phone.html")
	if err != nil {
		return nil, fmt.Errorf("read the phone's templates: %w", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /phone", p.show)
	mux.HandleFunc("GET /phone/live", p.live)
	mux.Handle("GET /phone/assets/", http.StripPrefix("/phone/", http.FileServerFS(assets)))
	mux.HandleFunc("POST /phone/people/{number}", p.text)
	mux.HandleFunc("POST /phone/campaign", p.campaign)
	mux.HandleFunc("POST /phone/traps/{name}", p.spring)
	return policed(http.NewCrossOriginProtection().Handler(mux)), nil
}

// policed lets a page use what this host serves, and nothing else.
func policed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", page.Policy)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		next.ServeHTTP(w, r)
	})
}

func (p Page) show(w http.ResponseWriter, r *http.Request) {
	v, err := p.view(r.Context())
	if err != nil {
		p.failed(w, r, err)
		return
	}
	var b bytes.Buffer
	if err := p.views.ExecuteTemplate(&b, "page", v); err != nil {
		p.failed(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(b.Bytes()) // whoever asked has gone
}

// live tells of changes as server-sent events: the parts of the page that look otherwise than before, by their ids.
func (p Page) live(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	told := map[string]string{}
	for tick := time.Tick(lately); ; {
		v, err := p.view(r.Context())
		if err != nil {
			if r.Context().Err() == nil {
				p.Log.WarnContext(r.Context(), "look at the stage", slog.Any("error", err))
			}
			return // the browser asks again
		}
		changed, err := p.parts(v, told)
		if err != nil {
			p.Log.ErrorContext(r.Context(), "draw the phones", slog.Any("error", err))
			return
		}
		if len(changed) > 0 {
			document, err := json.Marshal(changed)
			if err != nil {
				return
			}
			if _, err := fmt.Fprintf(w, "data: %s\n\n", document); err != nil {
				return
			}
			if err := http.NewResponseController(w).Flush(); err != nil {
				return
			}
		}
		select {
		case <-r.Context().Done():
			return
		case <-tick:
		}
	}
}

// parts draws each part of the page that changes, and returns those that are not as they were told.
func (p Page) parts(v view, told map[string]string) (map[string]string, error) {
	changed := map[string]string{}
	draw := func(id, name string, data any) error {
		var b bytes.Buffer
		if err := p.views.ExecuteTemplate(&b, name, data); err != nil {
			return fmt.Errorf("draw %s: %w", name, err)
		}
		if html := b.String(); told[id] != html {
			told[id], changed[id] = html, html
		}
		return nil
	}
	for _, h := range v.Handsets {
		if err := draw("screen-"+h.Key, "screen", h); err != nil {
			return nil, err
		}
		if err := draw("state-"+h.Key, "state", h); err != nil {
			return nil, err
		}
	}
	if err := draw("decided", "decided", v); err != nil {
		return nil, err
	}
	if err := draw("traps", "traps", v); err != nil {
		return nil, err
	}
	return changed, nil
}

func (p Page) text(w http.ResponseWriter, r *http.Request) {
	body := r.PostFormValue("body")
	if body == "" || len([]rune(body)) > longestText {
		http.Error(w, fmt.Sprintf("A text has 1 to %d characters.", longestText), http.StatusBadRequest)
		return
	}
	p.done(w, r, p.Stage.Text(r.Context(), sms.ParsePhone(r.PathValue("number")), body))
}

func (p Page) campaign(w http.ResponseWriter, r *http.Request) {
	p.done(w, r, p.Stage.Campaign(r.Context(), r.PostFormValue("asks") == "yes"))
}

func (p Page) spring(w http.ResponseWriter, r *http.Request) {
	p.done(w, r, p.Stage.Spring(r.Context(), r.PathValue("name")))
}

// done answers a form: a script needs no page, a browser without one goes back to it.
func (p Page) done(w http.ResponseWriter, r *http.Request, err error) {
	switch {
	case err != nil:
		p.failed(w, r, err)
	case r.Header.Get("Accept") == "application/json":
		w.WriteHeader(http.StatusNoContent)
	default:
		http.Redirect(w, r, "/phone", http.StatusSeeOther)
	}
}

func (p Page) failed(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, ErrUnknown) {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	p.Log.ErrorContext(r.Context(), "the phone", slog.Any("error", err))
	http.Error(w, err.Error(), http.StatusInternalServerError)
}
