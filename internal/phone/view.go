package phone

import (
	"context"
	"strings"

	"github.com/heedsms/heed/internal/consent"
	"github.com/heedsms/heed/internal/report"
	"github.com/heedsms/heed/internal/sms"
)

// view is all that the page shows.
type view struct {
	Program  string
	Number   sms.Identity
	Handsets []handset
	Decided  []decision
	Traps    []Trap
	Tries    []string // texts to try with one click
}

// handset is a phone, and where its owner stands.
type handset struct {
	Handset
	Key        string // of its number, for ids
	Word, Kind string // may they be texted: in a word, and good, bad, warn or ""
	AWS        string // what AWS's list says, where it differs
}

// decision is a text with what became of it.
type decision struct {
	Who string
	report.Trace
	Kind string // good, bad, warn, link or ""
}

// tries are what a newcomer should try: a listed word, a request in a sentence, and two that only look like one.
func tries() []string {
	return []string{"JOIN", "STOP", "START", "HELP", "pls stop texting me", "stop by tomorrow?", "cancel my 3pm", "this is harassment"}
}

func (p Page) view(ctx context.Context) (view, error) {
	v := view{Program: p.Program, Number: p.Number, Traps: p.Stage.Traps(), Tries: tries()}
	handsets, err := p.Stage.Handsets(ctx)
	if err != nil {
		return v, err
	}
	names, contacts := map[string]string{}, []string{}
	for _, h := range handsets {
		names[string(h.Phone)] = h.Name
		contacts = append(contacts, string(h.Phone))
		standings, err := p.Records.Standings(ctx, h.Phone, []string{p.Program}, p.Program)
		if err != nil {
			return v, err
		}
		v.Handsets = append(v.Handsets, shown(h, standings))
	}
	traces, err := p.Records.Traces(ctx, contacts, shownTexts)
	if err != nil {
		return v, err
	}
	for _, t := range traces {
		v.Decided = append(v.Decided, decision{Who: names[t.Contact], Trace: t, Kind: kindOf(t.Verdict)})
	}
	return v, nil
}

func shown(h Handset, standings []consent.Standing) handset {
	s := handset{Handset: h, Key: strings.TrimPrefix(string(h.Phone), "+"), Word: "no record"}
	for _, standing := range standings {
		switch standing.State {
		case "opted_in":
			s.Word, s.Kind = "opted in", "good"
		case "opted_out":
			s.Word, s.Kind = "opted out", "bad"
		case "held":
			s.Word, s.Kind = "held", "warn"
		}
	}
	switch {
	case h.Listed && s.Word != "opted out":
		s.AWS = "still on AWS's opt-out list"
	case !h.Listed && s.Word == "opted out":
		s.AWS = "not yet on AWS's opt-out list"
	case h.Listed:
		s.AWS = "on AWS's opt-out list"
	}
	return s
}

// kindOf colours a verdict.
func kindOf(verdict string) string {
	switch verdict {
	case "opt_out":
		return "bad"
	case "opt_in":
		return "good"
	case "unclear":
		return "warn"
	case "help", "keyword":
		return "link"
	}
	return ""
}

// plain writes a stable word as people read it.
func plain(word string) string { return strings.ReplaceAll(word, "_", " ") }
