// Package inbound handles what people text: it decides what a text means, records it with its consequences in one
// statement, and has the consequences carried out.
//
// Deciding is pure (Decide); what depends on the register, such as whether an opt-out is the first one and so is
// confirmed, is left to the statement that records the text.
package inbound

import (
	"time"

	"github.com/heedsms/heed/internal/keywords"
	"github.com/heedsms/heed/internal/optout"
	"github.com/heedsms/heed/internal/outbox"
	"github.com/heedsms/heed/internal/program"
	"github.com/heedsms/heed/internal/sms"
)

// The verdicts and reasons that no reading of words gives.
const (
	VerdictEvent          = "event"
	ReasonRCSUnsubscribe  = "rcs_unsubscribe"
	ReasonUnknownIdentity = "unconfigured_identity"
)

// How long a reply is worth sending, from the moment the person spoke.
const (
	// ConfirmWithin bounds the confirmation of an opt-out: sent within five minutes it is presumed to be inside
	// the consent that was withdrawn (47 CFR 64.1200(a)(12)); later it had better not be sent.
	ConfirmWithin = 5 * time.Minute
	// AnswerWithin bounds every other reply. An answer to a text of yesterday confuses.
	AnswerWithin = time.Hour
)

// Decision is what one inbound message means and what follows from it.
type Decision struct {
	Program string
	program.Reading
	// Unconfigured: no program of the ruleset names the identity, so the text fell to the default one.
	Unconfigured bool
	// Consent is what the person said about it; "" when nothing.
	Consent optout.State
	// Actions are planned with the text. Whether a reply is due is decided where it is recorded.
	Actions []outbox.Action
	// ReplyError says that a reply could not be made of its template; the text was recorded without it.
	ReplyError string
}

// Decide says what an inbound message means under a ruleset, and what is to be done. saidAt is when the person
// spoke.
func Decide(rules *program.Ruleset, in *sms.Inbound, saidAt time.Time) Decision {
	p, configured := rules.Program(in.Identity)
	if !configured {
		p = rules.Default()
	}
	d := Decision{Program: p.Name, Reading: read(p, in, saidAt), Unconfigured: !configured}
	switch d.Verdict {
	case program.VerdictOptOut:
		d.Consent = optout.OptedOut
	case program.VerdictOptIn:
		d.Consent = optout.OptedIn
	}
	plan := plan{in: in, program: p, saidAt: saidAt, chain: Chain(in)}
	plan.actions(rules, &d)
	d.Actions = plan.planned
	return d
}

// Chain names the actions that one inbound message causes.
func Chain(in *sms.Inbound) string {
	return string(in.Identity) + "/" + in.ID + "/" + string(in.Variant)
}

// read gives the verdict of a message: by its words where it has any of a person's, by its kind where it has none.
func read(p *program.Program, in *sms.Inbound, saidAt time.Time) program.Reading {
	if in.Variant == sms.VariantUnsubscribe {
		return program.Reading{Verdict: program.VerdictOptOut, Reason: ReasonRCSUnsubscribe, Matched: "UNSUBSCRIBE", Tier: 1}
	}
	if in.Variant != sms.VariantSMS && in.Variant != sms.VariantRCSText && in.Variant != sms.VariantSuggestion {
		return program.Reading{Verdict: VerdictEvent, Reason: string(in.Variant)}
	}
	var chosen program.Reading
	for i, said := range in.Said {
		r := p.Read(in.Identity, keywords.Clean(said), saidAt)
		// A tapped suggestion says the same thing twice, once for machines and once for people. A request to stop
		// in either counts; else the first that means anything.
		if i == 0 || r.Verdict == program.VerdictOptOut || chosen.Verdict == program.VerdictNone {
			chosen = r
		}
		if chosen.Verdict == program.VerdictOptOut {
			break
		}
	}
	if chosen.Verdict == "" {
		return program.Reading{Verdict: program.VerdictNone, Reason: program.ReasonNoWords}
	}
	return chosen
}

// plan gathers the actions of one message, in the order in which they have to happen.
type plan struct {
	in      *sms.Inbound
	program *program.Program
	saidAt  time.Time
	chain   string
	planned []outbox.Action
}

func (p *plan) actions(rules *program.Ruleset, d *Decision) {
	switch d.Verdict {
	case program.VerdictOptOut:
		// First the confirmation, then the list: AWS refuses to text a number that is on it.
		p.reply(d, outbox.ForOptOut, p.program.OptOut(), ConfirmWithin)
		p.syncLists(rules)
	case program.VerdictOptIn:
		// The other way round, for the same reason.
		p.syncLists(rules)
		p.reply(d, outbox.ForOptIn, p.program.OptIn(), AnswerWithin)
	case program.VerdictHelp:
		p.reply(d, outbox.ForHelp, p.program.Help(), AnswerWithin)
	case program.VerdictKeyword:
		p.reply(d, outbox.ForKeyword, nil, AnswerWithin)
	case program.VerdictNone:
		if d.Reason == program.ReasonNoMatch {
			p.reply(d, outbox.ForUnmatched, p.program.Unmatched.Reply, AnswerWithin)
		}
	}
}

// answeredElsewhere says whether somebody else answers the compliance words on this identity: AWS for an AWS-managed
// program, the carrier's network on US toll-free numbers (keywords-required), which answers STOP and START but not
// HELP.
func (p *plan) answeredElsewhere(purpose outbox.Purpose) bool {
	if p.program.Answers != program.AnswersHeed {
		return purpose != outbox.ForKeyword && purpose != outbox.ForUnmatched
	}
	return p.in.Identity.IsUSTollFree() && (purpose == outbox.ForOptOut || purpose == outbox.ForOptIn)
}

func (p *plan) reply(d *Decision, purpose outbox.Purpose, text *program.Template, within time.Duration) {
	rule := ""
	if d.Rule != nil {
		rule = d.Rule.Name
		if d.Rule.Reply != nil {
			text = d.Rule.Reply
		}
	}
	byWord := d.Rule == nil // a listed word decided: who answers it is settled for the number
	if text == nil || (byWord && p.answeredElsewhere(purpose)) || !p.in.Contact.Dialable() {
		return
	}
	body, err := text.Execute(program.Data{
		Brand: p.program.Brand, Contact: string(p.in.Contact), Identity: string(p.in.Identity), Keyword: d.Keyword, Args: d.Args,
	})
	if err != nil {
		d.ReplyError = err.Error()
		return
	}
	if body == "" {
		return
	}
	a := p.action(outbox.Reply)
	a.Purpose, a.Rule, a.Body, a.ExpiresAt = purpose, rule, body, p.saidAt.Add(within)
	a.Limit, a.LimitPer = p.program.ReplyLimit.Count, p.program.ReplyLimit.Per
	if purpose == outbox.ForUnmatched {
		a.Pause = p.program.Unmatched.Every
	}
	p.planned = append(p.planned, a)
}

// syncLists plans that AWS's opt-out lists are made to agree: the program's own, and under sender scope all of the
// ruleset, because there one STOP stops all.
func (p *plan) syncLists(rules *program.Ruleset) {
	lists := []string{p.program.OptOutList}
	if rules.Scope == program.ScopeSender {
		for _, other := range rules.Programs {
			lists = append(lists, other.OptOutList)
		}
	}
	seen := map[string]bool{"": true}
	for _, list := range lists {
		if seen[list] || !p.in.Contact.Dialable() {
			continue
		}
		seen[list] = true
		a := p.action(outbox.SyncOptOut)
		a.List = list
		p.planned = append(p.planned, a)
	}
}

func (p *plan) action(kind outbox.Kind) outbox.Action {
	return outbox.Action{
		Chain: p.chain, Seq: len(p.planned) + 1, Kind: kind,
		Program: p.program.Name, Contact: p.in.Contact, Identity: p.in.Identity,
	}
}
