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
	VerdictEvent         = "event"
	ReasonRCSUnsubscribe = "rcs_unsubscribe"
	// ReasonDoubleOptInAsked: a keyword opts in, and the program asks back first.
	ReasonDoubleOptInAsked = "double_opt_in_asked"
	// ReasonDoubleOptIn: a yes to that question, in time.
	ReasonDoubleOptIn = "double_opt_in"
)

// How long a reply is worth sending, from the moment the person spoke.
const (
	// ConfirmWithin bounds the confirmation of an opt-out: sent within five minutes it is presumed to be inside
	// the consent that was withdrawn (47 CFR 64.1200(a)(12)); later it had better not be sent.
	ConfirmWithin = 5 * time.Minute
	// AnswerWithin bounds every other reply. An answer to a text of yesterday confuses.
	AnswerWithin = time.Hour
	// AskAgainAfter is how long a person whose words were unclear is not asked a second time: the clarifying text is
	// one (47 CFR 64.1200(a)(12)).
	AskAgainAfter = 30 * 24 * time.Hour
	// SilenceAfter is how long an answer to it is waited for. Silence means stop.
	SilenceAfter = 24 * time.Hour
)

// Decision is what one inbound message means and what follows from it.
type Decision struct {
	Program string
	program.Reading
	// Unconfigured: no program of the ruleset names the identity, so the text fell to the default one.
	Unconfigured bool
	// Consent is what the person said about it; "" when nothing.
	Consent optout.State
	// Confirms: it is a yes, and holds only as the answer to a question of double opt-in that was asked no longer ago
	// than this. Otherwise the text is one that means nothing. Zero for everything else.
	Confirms time.Duration
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
	d.doubleOptIn(p)
	switch d.Verdict {
	case program.VerdictOptOut:
		d.Consent = optout.OptedOut
	case program.VerdictOptIn:
		d.Consent = optout.OptedIn
	case program.VerdictUnclear:
		d.Consent = optout.Held
	}
	plan := plan{in: in, program: p, saidAt: saidAt, chain: Chain(in)}
	plan.actions(rules, &d)
	// What stands in chains of its own comes last: the steps of the text's own are counted.
	if d.Rule != nil && d.Rule.Action == program.ActionForward {
		plan.forward(rules, &d)
	}
	plan.feedback()
	d.Actions = plan.planned
	return d
}

// doubleOptIn makes a question of a keyword that opts in, and an answer of a yes, where the program asks back. Whether
// the question was asked is known where the text is recorded.
func (d *Decision) doubleOptIn(p *program.Program) {
	switch {
	case p.DoubleOptIn == nil:
	case d.Verdict == program.VerdictOptIn && d.Rule != nil:
		d.Verdict, d.Reason = program.VerdictKeyword, ReasonDoubleOptInAsked
	case d.Affirms:
		d.Verdict, d.Reason, d.Confirms = program.VerdictOptIn, ReasonDoubleOptIn, p.DoubleOptIn.Within
	}
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
		// in either counts; else the first that means anything, where what is clear goes before what is not.
		if i == 0 || r.Verdict == program.VerdictOptOut || chosen.Verdict == program.VerdictNone ||
			(chosen.Verdict == program.VerdictUnclear && r.Verdict != program.VerdictNone) {
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
		p.syncLists(rules, "")
	case program.VerdictOptIn:
		// The other way round, for the same reason.
		p.syncLists(rules, outbox.ForOptIn)
		p.reply(d, outbox.ForOptIn, p.program.OptIn(), AnswerWithin)
	case program.VerdictHelp:
		p.reply(d, outbox.ForHelp, p.program.Help(), AnswerWithin)
	case program.VerdictKeyword:
		if d.Reason == ReasonDoubleOptInAsked {
			p.reply(d, outbox.ForDoubleOptIn, p.program.DoubleOptIn.Text, AnswerWithin)
			return
		}
		p.reply(d, outbox.ForKeyword, nil, AnswerWithin)
	case program.VerdictUnclear:
		if p.program.Unclear == program.UnclearAsk {
			p.reply(d, outbox.ForUnclear, p.program.Ask(), ConfirmWithin)
		}
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
		return purpose != outbox.ForKeyword && purpose != outbox.ForUnmatched && purpose != outbox.ForDoubleOptIn
	}
	return p.in.Identity.IsUSTollFree() && (purpose == outbox.ForOptOut || purpose == outbox.ForOptIn)
}

func (p *plan) reply(d *Decision, purpose outbox.Purpose, text *program.Template, within time.Duration) {
	rule := ""
	if d.Rule != nil {
		rule = d.Rule.Name
		if d.Rule.Reply != nil && purpose != outbox.ForDoubleOptIn {
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
	switch purpose {
	case outbox.ForUnmatched:
		a.Pause = p.program.Unmatched.Every
	case outbox.ForUnclear:
		a.Pause = AskAgainAfter
	}
	p.planned = append(p.planned, a)
}

// syncLists plans that AWS's opt-out lists are made to agree: the program's own, and under sender scope all of the
// ruleset, because there one STOP stops all.
func (p *plan) syncLists(rules *program.Ruleset, purpose outbox.Purpose) {
	if !p.in.Contact.Dialable() {
		return
	}
	for _, list := range rules.ListsOf(p.program) {
		a := p.action(outbox.SyncOptOut)
		a.List, a.Purpose = list, purpose
		p.planned = append(p.planned, a)
	}
}

func (p *plan) action(kind outbox.Kind) outbox.Action {
	return outbox.Action{
		Chain: p.chain, Seq: len(p.planned) + 1, Kind: kind,
		Program: p.program.Name, Contact: p.in.Contact, Identity: p.in.Identity,
	}
}
