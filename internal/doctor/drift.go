package doctor

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/heedsms/heed/internal/plan"
	"github.com/heedsms/heed/internal/stack"
)

// drift are the differences that heed plan finds, as findings: what heed.yaml wants of AWS is said in one place. What
// another finding says better is left out.
func drift(found *plan.Found, w Setup) []Finding {
	p := plan.Compare(w.wanted(), *found, nil)
	changes := append(p.Changes(), p.Left...)
	deaf, missing := map[string]bool{}, map[string]bool{} // of these the rest follows
	for _, c := range changes {
		deaf[c.About] = deaf[c.About] || c.Code == plan.NoTwoWay
		missing[c.About] = missing[c.About] || c.Code == plan.SetMissing
	}
	var findings []Finding
	for _, c := range changes {
		switch c.Code {
		case plan.ModeDiffers, plan.ChannelDiffers, plan.TollFreeManaged:
			if deaf[c.About] {
				continue
			}
		case plan.MessageTypeDiffers, plan.NoDestination:
			if missing[c.About] {
				continue
			}
		}
		if slices.ContainsFunc(found.Identities, func(id plan.Identity) bool {
			_, ours := plan.Owner(w.Rules, id)
			return ours && name(id) == c.About && !active(id)
		}) {
			continue // that is the finding
		}
		f := Finding{Code: string(c.Code), Program: c.Program, About: c.About, Mend: cmp.Or(c.Blocked, w.apply())}
		f.Severity, f.Text = meaning(c)
		findings = append(findings, f)
	}
	return findings
}

// wanted is what heed.yaml and the deployment want of AWS.
func (w Setup) wanted() plan.Wanted {
	if w.Stack == nil {
		return plan.Want(w.Rules, stack.Stack{})
	}
	return plan.Want(w.Rules, *w.Stack)
}

// active says whether a number or pool is in use; AWS changes no other.
func active(id plan.Identity) bool { return id.Status == "" || id.Status == "ACTIVE" }

// ofSets are the codes of configuration sets; the others are of numbers, pools and lists.
func ofSets(code string) bool {
	switch plan.Code(code) {
	case plan.SetMissing, plan.MessageTypeDiffers, plan.NoDestination, plan.DestinationElsewhere, plan.DestinationsFull, plan.DestinationDisabled,
		plan.TypesMissing, plan.StreamRole:
		return true
	}
	return false
}

// meaning is how bad a difference is, and what it means.
func meaning(c plan.Change) (severity Severity, text string) {
	switch c.Code {
	case plan.ListMissing:
		return Error, "AWS has no opt-out list of this name: opt-outs cannot be put on it"
	case plan.NotInAccount:
		return Error, "the account has no such number or pool in this Region"
	case plan.NoTwoWay:
		return Error, "two-way is off: no text of a person reaches heed"
	case plan.ChannelDiffers:
		return Error, fmt.Sprintf("publishes its texts to %s, heed listens to %s: no text of a person reaches heed", c.From, c.To)
	case plan.ModeDiffers:
		if c.To == "on" {
			return Error, "is AWS-managed and heed.yaml says answers: heed: people get two answers, or heed never hears their STOP"
		}
		return Error, "is self-managed and heed.yaml says answers: aws: nobody answers HELP and STOP"
	case plan.ListDiffers:
		return Error, fmt.Sprintf("is on opt-out list %s, heed.yaml says %s: AWS goes by a list that heed does not keep", c.From, c.To)
	case plan.MixedLists:
		return Error, "numbers on several opt-out lists: " + c.From
	case plan.PoolShared:
		return Error, "numbers of programs " + c.From + " sit in it, and it has one opt-out list and one that answers for all"
	case plan.TollFreeManaged:
		return Warning, "is toll-free and self-managed: there the carriers answer STOP and keep the opt-out, and AWS does not support it"
	case plan.TollFreeAnswers:
		return Warning, "is toll-free, where carriers and AWS answer, and heed.yaml says answers: heed: people get two answers to HELP"
	case plan.TollFreeOptIn:
		return Warning, "is toll-free and AWS takes no opt-in by it (" + c.Field + "): who returns at the carrier stays on AWS's list"
	case plan.NoOptIn:
		return Warning, "AWS takes no opt-in by it (" + c.Field + "): who opted out cannot come back by a text"
	case plan.KeywordAnswers:
		return Warning, fmt.Sprintf("AWS answers by itself (%s): %s", c.Field, c.Why)
	case plan.TextDiffers:
		return Warning, fmt.Sprintf("AWS answers with %q, heed.yaml says %q (%s)", c.From, c.To, c.Field)
	case plan.TextUnused:
		return Advice, fmt.Sprintf("AWS would answer with %q, heed.yaml says %q (%s), should it ever answer", c.From, c.To, c.Field)
	case plan.SetMissing:
		return Error, "AWS has no configuration set of this name: it refuses every reply that names it"
	case plan.NoDestination:
		return Error, "has no event destination that leads to " + c.To + ": heed does not hear there what became of replies"
	case plan.DestinationElsewhere:
		return Error, "sends its events elsewhere and not to heed's " + c.To + ": heed does not hear there what became of replies"
	case plan.DestinationsFull:
		return Error, "has as many event destinations as there may be, and none leads to heed's " + c.To
	case plan.DestinationDisabled:
		return Error, "its " + c.Field + " is switched off: no event comes that way"
	case plan.TypesMissing:
		return Warning, fmt.Sprintf("of its %s heed gets only %s: replies that end otherwise stay open for four days and end as no_receipt", c.Field, c.From)
	case plan.StreamRole:
		return Warning, fmt.Sprintf("%s: it is %s, the deployment made %s for it: events may be lost", c.Field, c.From, c.To)
	}
	return Warning, fmt.Sprintf("%s is %s, heed.yaml wants %s", c.Field, cmp.Or(c.From, "none"), cmp.Or(c.To, "another"))
}
