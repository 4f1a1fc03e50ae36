package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/heedsms/heed/internal/consent"
)

// queue is a part of the review queue.
type queue struct {
	Questions []consent.Question `json:"questions"`
	// NextCursor leads to more of it; "" where there is none.
	NextCursor string `json:"next_cursor,omitempty"`
}

const mostQuestions = 500

// review answers which texts wait for a decision, or which were decided.
func (a *api) review(w http.ResponseWriter, r *http.Request) error {
	values, err := parameters(r, "program", "decided", "limit", "cursor")
	if err != nil {
		return err
	}
	limit, err := number(values, "limit", usualPage, mostQuestions)
	if err != nil {
		return err
	}
	decided := values.Get("decided")
	if values.Has("decided") && decided != "true" && decided != "false" {
		return badRequest.because(fmt.Sprintf("decided is %s: write true or false.", quoted(decided)))
	}
	if values.Has("program") {
		rules, err := a.Rules(r.Context(), a.Now())
		if err != nil {
			return err
		}
		if _, err := a.lists(r.Context(), rules, values.Get("program")); err != nil {
			return err
		}
	}
	asked := consent.Queue{Program: values.Get("program"), Decided: decided == "true", Limit: limit + 1}
	if values.Has("cursor") {
		if asked.After, err = strconv.ParseInt(values.Get("cursor"), 10, 64); err != nil || asked.After < 1 {
			return badRequest.because("cursor is none that heed gave: take next_cursor of the page before, as it stands.")
		}
	}
	all, err := a.Store.Questions(r.Context(), asked)
	if err != nil {
		return err
	}
	answer := queue{Questions: append([]consent.Question{}, all[:min(limit, len(all))]...)}
	if len(all) > limit {
		answer.NextCursor = strconv.FormatInt(asked.Place(all[limit-1]), 10)
	}
	return write(w, r, noStore, answer)
}

// decision is the body that decides.
type decision struct {
	As     string `json:"as"`
	Reason string `json:"reason"`
}

// decided is what came of it.
type decided struct {
	// Changed: false where it stood so already.
	Changed bool `json:"changed"`
	consent.Question
}

// decide records what somebody makes of a text of the queue.
func (a *api) decide(w http.ResponseWriter, r *http.Request) error {
	if _, err := parameters(r); err != nil {
		return err
	}
	var d decision
	if err := read(r, &d); err != nil {
		return err
	}
	done := consent.Decision{As: d.As, Reason: d.Reason, Actor: PrincipalOf(r.Context()).Name}
	if done.State() == "" {
		return badRequest.because("as has to be opt_out (it asks to stop), none (it does not), or undo (it is open again).")
	}
	if err := reasonFault(d.Reason); err != nil {
		return err
	}
	noQuestion := notFound.because("No text of the review queue has this id: see GET /v1/review.")
	var err error
	if done.ID, err = strconv.ParseInt(r.PathValue("id"), 10, 64); err != nil {
		return noQuestion
	}
	changed, err := a.Decide(r.Context(), done)
	if errors.Is(err, consent.ErrNoQuestion) {
		return noQuestion
	}
	if err != nil {
		return err
	}
	question, err := a.Store.Question(r.Context(), done.ID)
	if err != nil {
		return err
	}
	return write(w, r, noStore, decided{changed, question})
}

// Decide records a decision, and plans that AWS's opt-out lists of the text's program follow. False: it stood so already.
func (a *api) Decide(ctx context.Context, d consent.Decision) (changed bool, err error) {
	question, err := a.Store.Question(ctx, d.ID)
	if err != nil {
		return false, err
	}
	now := a.Now()
	rules, err := a.Rules(ctx, now)
	if err != nil {
		return false, err
	}
	if p, ok := rules.Named(question.Program); ok {
		d.Lists = rules.ListsOf(p)
	}
	return a.Store.Decide(ctx, d, now)
}
