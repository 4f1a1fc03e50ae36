package dossier

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Fact is one thing to say of an entry.
type Fact struct {
	Name, Value string
	// Verbatim values were written by people, and are shown as they are, line breaks too.
	Verbatim bool
	// Alarm marks what a reader must not overlook.
	Alarm bool
}

// facts gathers what there is to say; empty values say nothing.
type facts []Fact

func (f *facts) add(name, value string) {
	if value != "" {
		*f = append(*f, Fact{Name: name, Value: value})
	}
}

func (f *facts) verbatim(name, value string) {
	if value != "" {
		*f = append(*f, Fact{Name: name, Value: value, Verbatim: true})
	}
}

func (f *facts) alarm(name, value string) {
	*f = append(*f, Fact{Name: name, Value: value, Alarm: true})
}

// Word is yes or no.
func (a Answer) Word() string {
	if a.Allowed {
		return "yes"
	}
	return "no"
}

// Why is the reason of an answer for people. when writes times.
func (a Answer) Why(when func(time.Time) string) string {
	why, ok := map[string]string{
		"opted_in":            "they opted in",
		"no_record":           "nothing is recorded that forbids it",
		"opted_out":           "they opted out",
		"opted_out_elsewhere": "they opted out of another program, and one opt-out stops all (consent scope: sender)",
		"held":                "what they wrote may be a request to stop, and nobody has decided yet",
		"invalid_number":      "AWS says that the number is invalid",
		"opt_in_required":     "the program requires an opt-in, and there is none",
	}[a.Reason]
	if !ok {
		why = a.Reason
	}
	if a.Since != nil {
		why += ", since " + when(*a.Since)
	}
	if a.EventID != nil {
		why += fmt.Sprintf(" (event %d)", *a.EventID)
	}
	return why
}

// AWS says how far AWS's opt-out list agrees with a row of the register.
func (r *Register) AWS(when func(time.Time) string) string {
	switch {
	case r == nil:
		return ""
	case r.AWSState == "in_sync":
		return "AWS's opt-out list agrees"
	case r.AWSState == "pending":
		return "AWS's opt-out list does not follow yet"
	case r.AWSLockedUntil != nil:
		return "AWS does not take the number off its opt-out list before " + when(*r.AWSLockedUntil)
	}
	return "AWS's opt-out list: " + r.AWSState
}

// Title says in a line what happened.
func (e *Entry) Title() string {
	switch {
	case e.Text != nil:
		return fmt.Sprintf("Text to %s: %s", e.Text.Identity, e.Text.Verdict)
	case e.Event != nil:
		return e.Event.title()
	case e.Action != nil:
		return e.Action.title()
	case e.Message != nil && e.Message.refused():
		return fmt.Sprintf("Refused by AWS, never sent: heed's message from %s", e.Message.Identity)
	case e.Message != nil && e.Message.Answers != "":
		return fmt.Sprintf("Delivery of heed's message from %s: %s", e.Message.Identity, e.Message.Status)
	case e.Message != nil:
		return fmt.Sprintf("Message from %s: %s", e.Message.Identity, e.Message.Status)
	case e.Kind == "suspension":
		return "Suspended: " + e.Suspension.Reason
	case e.Kind == "suspension_lifted":
		return "Suspension lifted"
	case e.Kind == "legal_hold":
		return "Legal hold placed"
	}
	return "Legal hold lifted"
}

// Facts says what there is to say of an entry. when writes times.
func (d *Dossier) Facts(e *Entry, when func(time.Time) string) []Fact {
	var f facts
	switch {
	case e.Text != nil:
		d.text(&f, e.Text, when)
	case e.Event != nil:
		d.event(&f, e.Event, when)
	case e.Action != nil:
		e.Action.facts(&f, when)
	case e.Message != nil:
		e.Message.facts(&f, when)
	case e.Suspension != nil:
		f.add("told by", "an event of message "+e.Suspension.MessageID)
		f.add("evidence", object(e.Suspension.Evidence))
		if e.Kind == "suspension_lifted" {
			f.add("by", e.Suspension.LiftedBy)
		}
	case e.Kind == "legal_hold":
		f.verbatim("reason", e.LegalHold.Reason)
		f.add("by", e.LegalHold.PlacedBy)
	case e.LegalHold != nil:
		f.add("by", e.LegalHold.LiftedBy)
	}
	return f
}

func (d *Dossier) text(f *facts, t *Text, when func(time.Time) string) {
	if t.Removed() {
		f.add("words", "removed by retention")
	} else if t.Body == "" {
		f.add("words", "none")
	}
	f.verbatim("words", t.Body)
	f.add("meaning", meaning(t.Verdict, t.Reason, t.Matched))
	if r := t.Reading; r != nil {
		if r.Tier == 1 {
			f.add("listed word", fmt.Sprintf("%s (%s)", r.Keyword, strings.Join(r.Sources, "; ")))
		}
		if r.Verdict != "none" && r.Tier != 1 {
			f.add("reading", steps(r))
		}
		if r.Differs {
			f.alarm("reads today", fmt.Sprintf("%s, with word list %s: otherwise than it was decided", meaning(r.Verdict, r.Reason, r.Matched), r.WordList))
		}
	}
	f.add("rule", t.Rule)
	f.add("arguments", strings.Join(t.Args, " | "))
	f.add("rules on trial", strings.Join(t.Observed, ", "))
	f.add("decided by", d.ruleset(t.RulesetVersion, when))
	f.add("answers", t.PreviousMessageID)
	f.add("AWS's keyword", t.AWSKeyword)
	f.add("received", when(t.ReceivedAt))
	f.add("id", strings.TrimSpace(t.ID+" "+t.Variant))
}

// meaning is a verdict with its reason.
func meaning(verdict, reason, matched string) string {
	said := fmt.Sprintf("%s, because %s", verdict, reason)
	if matched != "" {
		said += " on " + strconv.Quote(matched)
	}
	return said
}

// steps are those of a reading that say something of the words.
func steps(r *Reading) string {
	var said []string
	for _, s := range r.Steps {
		said = append(said, s.Step+": "+s.Detail)
	}
	return strings.Join(said, "; ")
}

func (d *Dossier) ruleset(version int64, when func(time.Time) string) string {
	for _, r := range d.Rulesets {
		if r.Version == version {
			return fmt.Sprintf("ruleset version %d, applied %s by %s", version, when(r.AppliedAt), r.AppliedBy)
		}
	}
	if version == 0 {
		return "no ruleset: the compliance words alone"
	}
	return fmt.Sprintf("ruleset version %d", version)
}

func (e *Event) title() string {
	if e.OfEvent != nil {
		return fmt.Sprintf("Decided for %s: event %d, what was held, is %s", e.Program, *e.OfEvent, strings.ReplaceAll(e.State, "_", " "))
	}
	switch e.State {
	case "opted_out":
		return "Opted out of " + e.Program
	case "opted_in":
		return "Opted in to " + e.Program
	}
	return "Held for " + e.Program + ": it may be a request to stop"
}

func (d *Dossier) event(f *facts, e *Event, when func(time.Time) string) {
	by, ok := map[string]string{
		"keyword":          "a listed word, or an operator's keyword",
		"natural_language": "what they wrote in their own words",
		"operator":         "an operator",
		"import":           "an import",
		"aws":              "AWS's opt-out list",
		"send_refused":     "AWS refused a message, since the number is on its opt-out list",
		"api":              "the operator's application",
		"review":           "the review queue",
	}[e.Source]
	if !ok {
		by = e.Source
	}
	f.add("source", by)
	if e.Actor != nil && *e.Actor == "contact" {
		f.add("actor", "the person")
	} else if e.Actor != nil {
		f.add("actor", *e.Actor)
	}
	if e.Decides != nil {
		f.add("decides", fmt.Sprintf("event %d, of what was said %s", *e.OfEvent, when(*e.Decides)))
	}
	if p := e.proof(); p.Verdict != "" {
		f.verbatim("words", p.Text)
		f.add("evidence", meaning(p.Verdict, p.Reason, p.Matched))
		f.add("listed by", strings.Join(p.Sources, "; "))
		f.add("rule", p.Rule)
		f.add("word list", p.WordList)
		f.add("decided by", d.ruleset(p.RulesetVersion, when))
	} else {
		f.add("evidence", object(e.Evidence))
	}
	if e.InboundMessageID != nil {
		f.add("text", *e.InboundMessageID)
	}
	if e.ForgottenAt != nil {
		f.add("forgotten", when(*e.ForgottenAt)+": the words are gone, the fact is left")
	}
	f.add("recorded", when(e.RecordedAt))
	f.add("ledger", fmt.Sprintf("event %d, link %d of %s, sha256 %x", e.ID, e.Chain.Seq, e.Program, []byte(e.Chain.Hash)))
	if !e.Proven() {
		f.alarm("ALTERED", "this row does not match its own hash: it, or the hash before it, was changed after it was written")
	}
}

// object is a JSON object for people: "key: value" for each member in order.
func object(of json.RawMessage) string {
	decoder := json.NewDecoder(strings.NewReader(string(of)))
	if t, err := decoder.Token(); err != nil || t != json.Delim('{') {
		return string(of)
	}
	var said []string
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return string(of)
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return string(of)
		}
		word := string(value)
		_ = json.Unmarshal(value, &word) // what is no string stays as it is written
		said = append(said, fmt.Sprintf("%s: %s", name, word))
	}
	return strings.Join(said, "; ")
}

func (a *Action) title() string {
	switch a.Kind {
	case "reply":
		return fmt.Sprintf("Reply (%s): %s", strings.ReplaceAll(a.Purpose, "_", " "), a.outcome())
	case "sync_optout":
		return fmt.Sprintf("AWS opt-out list %s: %s", a.List, a.outcome())
	case "publish":
		return "Word to the application: " + a.outcome()
	case "feedback":
		return "Feedback to AWS that a message was received: " + a.outcome()
	}
	return a.Kind + ": " + a.outcome()
}

// outcome is a state for people.
func (a *Action) outcome() string {
	switch {
	case strings.HasPrefix(a.Error, "withheld: "):
		return "withheld"
	case a.State == "done" && a.Kind == "sync_optout":
		return "made to agree"
	case a.State == "done" && a.Kind == "reply":
		return "handed to AWS"
	case a.State == "failed" && a.Delivery == refused:
		return "refused by AWS, it never went out"
	case a.State == "unknown":
		return "may have gone out; it is never sent again"
	case a.State == "lost":
		return "may have gone out; AWS never told"
	case a.State == "expired":
		return "not sent, it was too late"
	case a.State == "planned" && a.Error == "locked_optout":
		return "waits, AWS lets a number leave its list once in 30 days"
	}
	return a.State
}

func (a *Action) facts(f *facts, when func(time.Time) string) {
	f.verbatim("message", a.Body)
	f.add("from", a.Identity)
	f.add("rule", a.Rule)
	if why, ok := strings.CutPrefix(a.Error, "withheld: "); ok {
		f.add("withheld", withheld(why))
	} else {
		f.add("error", a.Error)
	}
	f.add("AWS's id", a.AWSMessageID)
	if a.Delivery != refused { // so says the title
		f.add("delivery", a.Delivery)
	}
	if a.Attempts != 1 {
		f.add("attempts", strconv.Itoa(a.Attempts))
	}
	if a.State == "planned" {
		f.add("not before", when(a.NotBefore))
	}
	if a.SettledAt != nil {
		f.add("settled", when(*a.SettledAt))
	}
	if a.State == "expired" && a.ExpiresAt != nil {
		f.add("worth sending until", when(*a.ExpiresAt))
	}
	f.add("id", a.ID)
}

// withheld says why a reply was not due.
func withheld(why string) string {
	words := map[string]string{
		"too_late":             "it was read when an answer was worth nothing any more",
		"already_opted_out":    "they had opted out before",
		"overtaken_by_opt_in":  "they said the opposite later, and that text came first",
		"overtaken_by_opt_out": "they said the opposite later, and that text came first",
		"opted_out":            "they have opted out",
		"paused":               "such a reply went out not long before",
		"reply_limit":          "the limit on automatic replies",
	}
	if said, ok := words[why]; ok {
		return said + " (" + why + ")"
	}
	return why
}

// refused is the status of a message that AWS refused to take: no event tells of it, and its id is heed's own.
const refused = "refused"

func (m *Message) refused() bool { return m.Status == refused }

func (m *Message) facts(f *facts, when func(time.Time) string) {
	f.add("heed's action", m.Answers)
	if m.refused() {
		f.add("AWS said", m.FailureStatus)
		f.add("reason", m.FailureReason)
	} else if len(m.Receipts) == 0 {
		f.add("event", when(m.StatusAt)+", "+m.AWSStatus)
	}
	for _, r := range m.Receipts {
		said := fmt.Sprintf("%s, %s (%s)", when(r.At), cmp.Or(r.AWSStatus, r.Type), r.Status)
		for _, more := range []string{r.Description, r.Carrier, r.Country} {
			if more != "" {
				said += ", " + more
			}
		}
		f.add("event", said)
	}
	if m.Price != "" {
		f.add("price", fmt.Sprintf("%s USD, parts: %d", m.Price, m.Parts))
	}
	if m.CarrierFee != "" {
		f.add("carrier fee", m.CarrierFee+" USD")
	}
	if len(m.Context) > 0 {
		context, _ := json.Marshal(m.Context) // strings cannot fail to marshal; keys come in order
		f.add("context", object(context))
	}
	f.add("id", m.ID)
}
