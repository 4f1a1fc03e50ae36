package main

import (
	"fmt"

	"github.com/heedsms/heed/internal/dossier"
	"github.com/heedsms/heed/internal/inbound"
	"github.com/heedsms/heed/internal/keywords"
	"github.com/heedsms/heed/internal/optout"
	"github.com/heedsms/heed/internal/program"
	"github.com/heedsms/heed/internal/store"
)

// rereader reads recorded texts again, each under the ruleset that decided it.
type rereader struct {
	documents map[int64]string
	compiled  map[int64]*program.Ruleset // nil: this heed cannot read the document
}

func newRereader(versions []dossier.Ruleset) *rereader {
	r := &rereader{documents: map[int64]string{}, compiled: map[int64]*program.Ruleset{0: program.Empty()}}
	for _, v := range versions {
		r.documents[v.Version] = v.Document
	}
	return r
}

func (r *rereader) rules(version int64) *program.Ruleset {
	rules, ok := r.compiled[version]
	if document, is := r.documents[version]; !ok && is {
		rules, _ = program.Parse(fmt.Sprintf("version %d", version), []byte(document))
		r.compiled[version] = rules
	}
	return rules
}

func (r *rereader) readAll(texts []dossier.Text) {
	for i := range texts {
		if rules := r.rules(texts[i].RulesetVersion); rules != nil && !texts[i].Removed() {
			texts[i].Reading = reread(rules, &texts[i])
		}
	}
}

// reread is a text as it reads today.
func reread(rules *program.Ruleset, t *dossier.Text) *dossier.Reading {
	in := asReceived(store.PastText{
		Place:   store.Place{SaidAt: t.SaidAt, Identity: t.Identity, ID: t.ID, Variant: t.Variant},
		Contact: t.Contact, Program: t.Program, Body: t.Body, Raw: t.Payload,
	})
	d := inbound.Decide(rules, &in, t.SaidAt)
	p, ok := rules.Program(in.Identity)
	if !ok {
		p = rules.Default()
	}
	if d.Confirms > 0 && t.Verdict == program.VerdictNone {
		// A yes. Whether a question was open then is known in the record only.
		d.Verdict, d.Reason = program.VerdictNone, program.ReasonNoMatch
	}
	r := &dossier.Reading{
		WordList: optout.ListVersion, Verdict: d.Verdict, Reason: d.Reason, Matched: d.Matched, Tier: d.Tier,
		Keyword: d.Keyword, Sources: d.Sources, Differs: d.Verdict != t.Verdict || d.Reason != t.Reason || d.Program != t.Program,
	}
	if len(in.Said) > 0 {
		text := keywords.Clean(in.Said[0])
		r.Cleaned, r.Steps = text.Folded, p.Explain(in.Identity, text, t.SaidAt)
	}
	return r
}
