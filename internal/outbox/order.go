package outbox

import (
	"slices"
	"time"
)

// withheld says why a reply must not go out any more, given the register as the claim read it; "" when it may.
func withheld(a Action, settings Settings) string {
	switch a.Purpose {
	case ForHelp:
		return "" // help is for everybody
	case ForOptOut:
		// Tried before and overtaken meanwhile: the person has been told that they are back.
		if a.Attempts > 1 && a.Consents[a.Program] == "opted_in" {
			return "overtaken_by_opt_in"
		}
		return ""
	}
	if !settings.MaySend(a.Program, a.Consents) {
		return "opted_out"
	}
	return ""
}

// confirmationsFirst puts the confirmations of opt-outs before everything else of a person who is to be listed: AWS
// refuses texts to a listed number. A confirmation is the first step of its chain, so no chain is disordered. Feedback,
// a chain of its own, keeps nobody waiting.
func confirmationsFirst(actions []Action, settings Settings) []Action {
	ordered := slices.Clone(actions)
	slices.SortStableFunc(ordered, func(a, b Action) int { return rank(a, settings) - rank(b, settings) })
	return ordered
}

func rank(a Action, settings Settings) int {
	list := settings.List(a.Program)
	if a.Kind == Reply && a.Purpose == ForOptOut && Want(settings.Sharing(list, a.Consents), a.Program, a.Consents) == Listed {
		return 0
	}
	if a.Kind == Feedback {
		return 2
	}
	return 1
}

// hold is what a chain waits for.
type hold struct{ reply, sync time.Time }

// holds are the waits that arise while one person is served.
type holds struct {
	chain map[string]hold
	// confirmation is until when the confirmation of an opt-out waits: no list may have the person before.
	confirmation time.Time
	// agreed are the lists that agree already: the same consents were read for all of the claim. One that was left alone
	// does not: another program that keeps it, or a decision that was taken back, may take the person off it.
	agreed map[string]bool
}

// by says whether an action has to wait, and until when. A list waits for the reply before it; lists do not wait for
// each other; a reply waits for all that stands before it.
func (h *holds) by(a Action, settings Settings) (time.Time, bool) {
	before := h.chain[a.Chain]
	until := before.reply
	if a.Kind != SyncOptOut && before.sync.After(until) {
		until = before.sync
	}
	if a.Kind == SyncOptOut && h.confirmation.After(until) &&
		Want(settings.Sharing(a.List, a.Consents), a.Program, a.Consents) == Listed {
		until = h.confirmation
	}
	return until, !until.IsZero()
}

// note remembers what an outcome means for the actions behind it.
func (h *holds) note(o Outcome) {
	a := o.Action
	if a.Kind == SyncOptOut && o.State == Done && o.Did != LeftAlone {
		h.agreed[a.List] = true
	}
	if o.State != Planned {
		return
	}
	until := o.NotBefore
	if !a.ExpiresAt.IsZero() && a.ExpiresAt.Before(until) {
		until = a.ExpiresAt // it will be worth nothing then, and hold nobody back
	}
	before := h.chain[a.Chain]
	if a.Kind == SyncOptOut {
		before.sync = later(before.sync, until)
	} else {
		before.reply = later(before.reply, until)
	}
	h.chain[a.Chain] = before
	if a.Purpose == ForOptOut {
		h.confirmation = later(h.confirmation, until)
	}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
