package page

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/heedsms/heed/internal/consent"
)

const (
	// mostQuestions is how many texts of the queue one page shows.
	mostQuestions = 50
	// mostReason is the longest reason that is kept, in characters.
	mostReason = 500
)

// review is the queue's page.
type review struct {
	frame
	Decided   bool
	May       bool
	Why       string // why nobody may write here
	Told      string // what came of a decision
	Fault     string
	Questions []consent.Question
	After     int64 // leads to more of them; 0: there are none
	// Typed is what was written for one text, where it could not be taken.
	Typed struct {
		ID     int64
		Reason string
	}
}

// mayDecide says who decides, and why not.
func (p Page) mayDecide(r *http.Request) (actor, why string) {
	if p.Decide == nil {
		return "", "Decisions cannot be taken here. Use heed consent review decide."
	}
	if p.Actor != nil {
		actor = p.Actor(r)
	}
	if actor == "" {
		return "", "You may read here, not decide: writing is switched off (HEED_REPORTS_WRITE), or this sign-in has no right to it."
	}
	return actor, ""
}

func (p Page) review(w http.ResponseWriter, r *http.Request) {
	told := map[string]string{
		"opt_out": "Recorded: it was a request to stop. They are opted out since they wrote it.",
		"none":    "Recorded: it was no request to stop. They stand where they stood before.",
		"undo":    "Recorded: the decision is taken back, the text waits again.",
		"nothing": "It stood so already. Nothing was changed.",
	}[r.URL.Query().Get("done")]
	p.showQueue(w, r, http.StatusOK, review{Told: told})
}

func (p Page) showQueue(w http.ResponseWriter, r *http.Request, status int, page review) {
	_, page.Why = p.mayDecide(r)
	page.May = page.Why == ""
	page.Decided = r.URL.Query().Get("decided") != ""
	asked := consent.Queue{Decided: page.Decided, Limit: mostQuestions + 1}
	// What is no place leads to the beginning.
	asked.After, _ = strconv.ParseInt(r.URL.Query().Get("after"), 10, 64)
	var err error
	if page.Questions, err = p.Queue.Questions(r.Context(), asked); err != nil {
		p.broken(w, r, "read the review queue", err)
		return
	}
	if len(page.Questions) > mostQuestions {
		page.Questions = page.Questions[:mostQuestions]
		page.After = asked.Place(page.Questions[mostQuestions-1])
	}
	page.frame = p.frame(r.Context(), r, "Review", "review")
	p.write(w, r, status, "review", page)
}

// Address is where a form of the queue goes, or its other half.
func (v review) Address(path string, decided bool) string { return v.address(path, decided, 0) }

// More is the address of the texts behind these.
func (v review) More() string { return v.address("/review", v.Decided, v.After) }

func (v review) address(path string, decided bool, after int64) string {
	q := url.Values{}
	if decided {
		q.Set("decided", "1")
	}
	if after > 0 {
		q.Set("after", strconv.FormatInt(after, 10))
	}
	if v.Zone.String() != "UTC" {
		q.Set("zone", v.Zone.String())
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

func (p Page) decide(w http.ResponseWriter, r *http.Request) {
	actor, why := p.mayDecide(r)
	if why != "" {
		p.showQueue(w, r, http.StatusForbidden, review{Fault: why})
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || r.ParseForm() != nil {
		p.showQueue(w, r, http.StatusBadRequest, review{Fault: "The form could not be read. Nothing was changed."})
		return
	}
	d := consent.Decision{ID: id, As: r.PostForm.Get("as"), Reason: strings.TrimSpace(r.PostForm.Get("reason")), Actor: actor}
	fault := ""
	switch {
	case d.State() == "":
		fault = "Decide whether it is a request to stop. Nothing was changed."
	case d.Reason == "":
		fault = "Say why: the reason is kept with the decision. Nothing was changed."
	case utf8.RuneCountInString(d.Reason) > mostReason || !utf8.ValidString(d.Reason) || strings.ContainsRune(d.Reason, 0):
		fault = "The reason is too long: at most 500 characters. Nothing was changed."
	}
	if fault != "" {
		page := review{Fault: fault}
		page.Typed.ID, page.Typed.Reason = id, d.Reason
		p.showQueue(w, r, http.StatusUnprocessableEntity, page)
		return
	}
	changed, err := p.Decide(r.Context(), d)
	switch {
	case errors.Is(err, consent.ErrNoQuestion):
		p.showQueue(w, r, http.StatusNotFound, review{Fault: "No text of the queue has this id: the person may have been forgotten. Nothing was changed."})
		return
	case err != nil:
		p.broken(w, r, "record a decision", err)
		return
	}
	q := url.Values{"done": {d.As}}
	if !changed {
		q.Set("done", "nothing")
	}
	for _, name := range []string{"decided", "zone"} {
		if v := r.URL.Query().Get(name); v != "" {
			q.Set(name, v)
		}
	}
	http.Redirect(w, r, "/review?"+q.Encode(), http.StatusSeeOther)
}
