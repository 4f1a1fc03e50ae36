package plan

import (
	"fmt"
	"slices"
	"strings"
)

// InForce is the ruleset that the database has.
type InForce struct {
	Version int64 // 0: none was ever applied
	Same    bool  // it is the file that is compared
}

// Compare says what to do to make the account what is wanted, and in which order. inForce is nil where the database was
// not asked.
//
// Nothing is sent by a configuration set before its events are heard, no number is moved to a list that is not there,
// and the texts that AWS sends are right before it begins to send them. Then numbers and pools change; those whose texts
// are heard or answered by somebody else from then on are last. A word that AWS acts on is taken away only when heed
// hears what people text. The ruleset is last: docs/plan.md says what holds in between, and why.
func Compare(wanted Wanted, found Found, inForce *InForce) Plan {
	c := comparison{wanted: wanted, found: found, plan: Plan{Steps: []Step{}, Left: []Change{}, Notes: []string{}}}
	if c.elsewhere() {
		return c.plan
	}
	c.lists()
	for _, s := range wanted.Sets {
		c.set(s)
	}
	for _, name := range wanted.Setless {
		c.note("program %s has no configuration set, and the deployment none: nothing is heard of what became of its replies. Name one as configurationSet:.", name)
	}
	c.absent()
	targets := c.targets()
	for _, t := range targets {
		c.identity(t)
	}
	c.mixedLists(targets)
	if inForce != nil && !inForce.Same {
		c.ruleset(inForce.Version)
	}
	slices.SortStableFunc(c.plan.Steps, func(a, b Step) int { return stage(a.Action) - stage(b.Action) })
	return c.plan
}

// stage is when an action is due.
func stage(a Action) int {
	switch a := a.(type) {
	case CreateList:
		return 0
	case CreateSet:
		return 1
	case SetMessageType:
		return 2
	case CreateDestination, UpdateDestination:
		return 3
	case PutKeyword:
		return 4
	case UpdateIdentity:
		if !a.Switches() {
			return 5
		}
		return 6
	case DeleteKeyword:
		return 7
	}
	return 8
}

type comparison struct {
	wanted Wanted
	found  Found
	plan   Plan
}

func (c *comparison) step(a Action, changes ...Change) {
	c.plan.Steps = append(c.plan.Steps, Step{a, changes})
}

func (c *comparison) left(changes ...Change) { c.plan.Left = append(c.plan.Left, changes...) }

func (c *comparison) note(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(c.plan.Notes, text) {
		c.plan.Notes = append(c.plan.Notes, text)
	}
}

func (c *comparison) ruleset(version int64) {
	change := Change{Op: Add, Code: RulesetMissing, What: "ruleset", To: "version 1", Why: "the functions read it from the database, within seconds"}
	if version > 0 {
		change.Op, change.Code, change.From, change.To = Modify, RulesetDiffers, fmt.Sprintf("version %d", version), "this file, as a new version"
	}
	c.step(ApplyRuleset{}, change)
}

// elsewhere says whether the deployment is in another Region or account than the numbers: then nothing fits.
func (c *comparison) elsewhere() bool {
	if len(c.wanted.Programs) == 0 || len(c.found.Lists) == 0 {
		return false
	}
	deployed, here := place(c.wanted.Programs[0].Channel), place(c.found.Lists[0].ARN)
	if deployed == here || here == "" || deployed == "" {
		return false
	}
	c.left(Change{
		Op: Modify, Code: Elsewhere, What: "deployment", Field: "place", From: deployed, To: here,
		Blocked: "the outputs are of a deployment in another Region or account than the one that was read: set AWS_REGION and AWS_PROFILE, or give its outputs",
	})
	return true
}

func (c *comparison) lists() {
	for _, l := range c.wanted.Lists {
		if slices.ContainsFunc(c.found.Lists, func(have List) bool { return have.Name == l.Ref || have.ARN == l.Ref }) {
			continue
		}
		change := Change{
			Op: Add, Code: ListMissing, Program: strings.Join(l.Programs, ", "), About: l.Ref, What: "opt-out list " + l.Ref, Why: keepers(l.Programs) + " it",
		}
		if c.own(l.Ref) {
			c.step(CreateList{lastPart(l.Ref)}, change)
			continue
		}
		c.note("opt-out list %s is not this account's own, here: it has to be shared with the account by who has it.", l.Ref)
	}
}

func keepers(programs []string) string {
	if len(programs) == 1 {
		return "program " + programs[0] + " keeps"
	}
	return "programs " + strings.Join(programs, ", ") + " keep"
}

func isARN(ref string) bool { return strings.HasPrefix(ref, "arn:") }

// own says whether a name or ARN is of this account and Region, so that what is absent can be made by its name.
func (c *comparison) own(ref string) bool {
	return !isARN(ref) || slices.ContainsFunc(c.found.Lists, func(l List) bool { return place(l.ARN) == place(ref) })
}

// lastPart is the name in an ARN, or the name itself.
func lastPart(nameOrARN string) string { return nameOrARN[strings.LastIndex(nameOrARN, "/")+1:] }

// place is the Region and account of an ARN.
func place(arn string) string {
	const parts = 6
	if p := strings.SplitN(arn, ":", parts); len(p) == parts {
		return p[3] + ", account " + p[4]
	}
	return ""
}
