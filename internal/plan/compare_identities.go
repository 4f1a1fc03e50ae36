package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/heedsms/heed/internal/sms"
)

// target is a number that stands alone, or a pool, and the program that it belongs to.
type target struct {
	Identity

	program *WantedProgram
	members []Identity // the numbers of a pool
}

func (t target) what() string {
	if t.Kind == Pool {
		return "pool " + t.ID
	}
	return fmt.Sprintf("phone number %s (%s)", t.Number, t.ID)
}

// numbers are those that people text.
func (t target) numbers() []sms.Identity {
	if t.Kind == Number {
		return []sms.Identity{t.Number}
	}
	all := []sms.Identity{t.Identity.Number}
	for _, m := range t.members {
		all = append(all, m.Number)
	}
	return all
}

// tollFree says whether all, and whether any, of its numbers are US toll-free numbers.
func (t target) tollFree() (all, some bool) {
	numbers := t.members
	if t.Kind == Number {
		numbers = []Identity{t.Identity}
	}
	some = slices.ContainsFunc(numbers, func(n Identity) bool { return n.Number.IsUSTollFree() })
	return some && !slices.ContainsFunc(numbers, func(n Identity) bool { return !n.Number.IsUSTollFree() }), some
}

// selfManaged says whether heed answers HELP and STOP there in AWS's place. It never does where a US toll-free number is:
// AWS's self-managed opt-outs are not for these, and the network of the carriers answers STOP and START.
func (t target) selfManaged() bool {
	_, tollFree := t.tollFree()
	return t.program.SelfManaged && !tollFree
}

// change is a change of the number or pool.
func (t target) change(op Op, code Code, field string) Change {
	return Change{Op: op, Code: code, Program: t.program.Name, About: string(t.Number), What: t.what(), Field: field}
}

// targets are the numbers and pools whose settings count for a program. A number in a pool has its pool's.
func (c *comparison) targets() []target {
	var all []target
	owners := map[string][]string{} // programs, by the id of a pool
	for _, id := range c.found.Identities {
		p, ok := Owner(c.wanted.rules, id)
		if !ok {
			continue
		}
		governing := id
		if id.Pool != "" {
			i := slices.IndexFunc(c.found.Identities, func(other Identity) bool { return other.Kind == Pool && other.ID == id.Pool })
			if i < 0 {
				c.left(Change{
					Op: Modify, Code: NotInAccount, Program: p.Name, About: string(id.Number), What: target{Identity: id}.what(), Field: "pool", From: id.Pool,
					Blocked: "its settings are those of a pool that this account does not have: who shares the number sets it up",
				})
				continue
			}
			governing = c.found.Identities[i]
		}
		if first := owners[governing.ID]; !slices.Contains(first, p.Name) {
			owners[governing.ID] = append(first, p.Name)
		}
		if !slices.ContainsFunc(all, func(t target) bool { return t.ID == governing.ID }) {
			all = append(all, c.target(governing, p.Name))
		}
	}
	slices.SortFunc(all, func(a, b target) int { return strings.Compare(a.what(), b.what()) })
	return slices.DeleteFunc(all, func(t target) bool {
		if programs := owners[t.ID]; len(programs) > 1 {
			c.left(Change{
				Op: Modify, Code: PoolShared, Program: strings.Join(slices.Sorted(slices.Values(programs)), ", "), About: string(t.Number),
				What: t.what(), Field: "program", From: strings.Join(slices.Sorted(slices.Values(programs)), " and "),
				Blocked: "a pool has one opt-out list and one that answers for all of its numbers: give each program a pool of its own",
			})
			return true
		}
		return false
	})
}

func (c *comparison) target(id Identity, program string) target {
	i := slices.IndexFunc(c.wanted.Programs, func(p WantedProgram) bool { return p.Name == program })
	t := target{Identity: id, program: &c.wanted.Programs[i]}
	if id.Kind == Pool {
		for _, n := range c.found.Identities {
			if n.Kind == Number && n.Pool == id.ID {
				t.members = append(t.members, n)
			}
		}
		slices.SortFunc(t.members, func(a, b Identity) int { return strings.Compare(string(a.Number), string(b.Number)) })
	}
	return t
}

// absent tells what heed.yaml names and the account does not have, or has elsewhere.
func (c *comparison) absent() {
	for _, p := range c.wanted.Programs {
		for _, id := range named(p.Program) {
			if _, ok := c.find(id); !ok {
				c.left(Change{
					Op: Add, Code: NotInAccount, Program: p.Name, About: string(id), What: identityWord(id) + " " + string(id), Why: "program " + p.Name + " names it",
					Blocked: "the account has none in this Region: rent or move it, or take it out of heed.yaml",
				})
			}
		}
		for _, holder := range slices.Sorted(maps.Keys(p.Pools)) {
			for _, id := range p.Pools[holder] {
				c.misplaced(p.Name, holder, id)
			}
		}
	}
}

// misplaced tells of a number that heed.yaml has under a pool or an id, and AWS has not.
func (c *comparison) misplaced(program string, holder, id sms.Identity) {
	number, ok := c.find(id)
	held, there := c.find(holder)
	if !ok || !there || number.ID == held.ID || number.Pool == held.ID {
		return
	}
	where := "no pool"
	if number.Pool != "" {
		where = "pool " + number.Pool
	}
	blocked := "at AWS it is in " + where + ": add it to the pool (associate-origination-identity), or correct pools: in heed.yaml"
	if held.Kind == Number {
		blocked = fmt.Sprintf("at AWS %s is %s: correct pools: in heed.yaml", held.ID, held.Number)
	}
	c.left(Change{
		Op: Modify, Code: PoolDiffers, Program: program, About: string(number.Number), What: target{Identity: number}.what(), Field: "belongs to",
		From: where, To: string(holder), Blocked: blocked,
	})
}

// mixedLists tells of programs that keep no list and whose numbers are on several.
func (c *comparison) mixedLists(targets []target) {
	for _, p := range c.wanted.Programs {
		on := map[string][]string{}
		for _, t := range targets {
			if t.program.Name == p.Name && p.OptOutList == "" {
				on[t.OptOutList] = append(on[t.OptOutList], string(t.Number))
			}
		}
		if len(on) < 2 {
			continue
		}
		var parts []string
		for _, list := range slices.Sorted(maps.Keys(on)) {
			parts = append(parts, list+" has "+strings.Join(on[list], ", "))
		}
		c.left(Change{
			Op: Modify, Code: MixedLists, Program: p.Name, What: "program " + p.Name, Field: "opt-out list", From: strings.Join(parts, "; "), To: "one list",
			Why: "a STOP to one number leaves the others open at AWS", Blocked: "heed.yaml does not say which: name it as optOutList:",
		})
	}
}

// find is a number or pool of the account, by its number or id.
func (c *comparison) find(id sms.Identity) (Identity, bool) {
	i := slices.IndexFunc(c.found.Identities, func(have Identity) bool { return have.Number == id || have.ID == string(id) })
	if i < 0 {
		return Identity{}, false
	}
	return c.found.Identities[i], true
}

func identityWord(id sms.Identity) string {
	switch {
	case id.IsPool():
		return "pool"
	case sms.Phone(id).ShortNumeric():
		return "short code"
	}
	return "phone number"
}

// identity compares the settings and the keywords of a number or pool.
func (c *comparison) identity(t target) {
	steps := append(c.keywords(t), c.settings(t)...)
	c.strangers(t, steps)
	blocked := ""
	switch {
	case t.ARN != "" && c.wanted.Deployed && place(t.ARN) != place(t.program.Channel):
		blocked = "it is of " + place(t.ARN) + " and shared with this account: who has it sets it up"
	case t.Status != "" && t.Status != "ACTIVE":
		blocked = "AWS has it as " + t.Status + " and changes what is ACTIVE: wait, then run it again"
	}
	for _, s := range steps {
		if blocked == "" {
			c.step(s.Action, s.Changes...)
			continue
		}
		for _, change := range s.Changes {
			change.Danger, change.Blocked = "", blocked
			c.left(change)
		}
	}
}

// settings are what one call changes.
func (c *comparison) settings(t target) []Step {
	w, update := t.program, UpdateIdentity{Kind: t.Kind, ID: t.ID}
	var changes []Change
	change := func(op Op, code Code, field, from, to, why, danger string) {
		one := t.change(op, code, field)
		one.From, one.To, one.Why, one.Danger = from, to, why, danger
		changes = append(changes, one)
	}
	switch {
	case !t.TwoWay:
		update.Channel = w.Channel
		change(Modify, NoTwoWay, "two-way", onOff(false), onOff(true), "program "+w.Name+" hears what people text to it",
			"from then on heed acts on what people text to it")
		change(Add, ChannelDiffers, "two-way channel", "", w.Channel, "the topic of the deployment", "")
	case t.Channel != w.Channel && c.wanted.Deployed:
		update.Channel = w.Channel
		change(Modify, ChannelDiffers, "two-way channel", t.Channel, w.Channel, "the topic of the deployment",
			"who listens at "+t.Channel+" hears no text any more"+roleWarning(t.ChannelRole))
	}
	if t.ChannelRole != "" && c.wanted.Deployed {
		c.note("%s: texts are published with the role %s, which has to be allowed sns:Publish on %s. AWS takes a role away only when two-way is turned off.",
			t.what(), t.ChannelRole, w.Channel)
	}
	_, tollFree := t.tollFree()
	switch {
	case tollFree && w.SelfManaged:
		c.left(t.tollFreeMode())
	case t.SelfManaged != w.SelfManaged:
		update.SelfManaged = &w.SelfManaged
		danger := "AWS answers HELP and STOP no more and lists nobody: heed does both"
		if !w.SelfManaged {
			danger = "AWS answers HELP and STOP and lists who opts out: heed records and keeps silent"
		}
		code := ModeDiffers
		if tollFree {
			code = TollFreeManaged
		}
		change(Modify, code, "self-managed opt-outs", onOff(t.SelfManaged), onOff(w.SelfManaged), "answers: "+string(w.Answers), danger)
	}
	if w.OptOutList != "" && t.OptOutList != lastPart(w.OptOutList) {
		update.OptOutList = w.OptOutList
		change(Modify, ListDiffers, "opt-out list", t.OptOutList, lastPart(w.OptOutList), keepers([]string{w.Name})+" it",
			fmt.Sprintf("AWS sends again to everybody who is on %s and not on %s: copy the entries first (docs/plan.md)", t.OptOutList, lastPart(w.OptOutList)))
	}
	if want := w.DeletionProtection; want != nil && t.Protected != *want {
		update.Protected = want
		change(Modify, ProtectionDiffers, "deletion protection", onOff(t.Protected), onOff(*want), "deletionProtection in heed.yaml", "")
	}
	if len(changes) == 0 {
		return nil
	}
	return []Step{{update, changes}}
}

// tollFreeMode is what is told of a US toll-free number in a program that heed answers. How it is set up is left alone.
// Turned on, self-managed opt-outs are what AWS does not support there; turned off, HELP gets a second answer.
func (t target) tollFreeMode() Change {
	change := t.change(Modify, TollFreeAnswers, "answers")
	change.From, change.To, change.Why = "heed", "aws", "AWS's self-managed opt-outs are not for US toll-free numbers: carriers answer STOP and START there, AWS answers HELP"
	change.Blocked = "give its toll-free numbers a program of their own with answers: aws, and a pool of their own where they sit in one"
	if t.SelfManaged {
		change.Code = TollFreeManaged
	}
	return change
}

func roleWarning(role string) string {
	if role == "" {
		return ""
	}
	return "; AWS goes on publishing with the role " + role + ": without sns:Publish on the new topic every text is lost"
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// strangers tells of numbers in a pool that the program does not name: they change with the pool, and what people text
// to them falls to the program default.
func (c *comparison) strangers(t target, steps []Step) {
	var others []string
	for _, m := range t.members {
		if _, ours := c.wanted.rules.Program(m.Number); !ours {
			others = append(others, string(m.Number))
		}
	}
	if len(others) == 0 {
		return
	}
	numbers := strings.Join(others, ", ")
	c.note(`%s: texts to %s count for the program default: heed.yaml does not say that it is in the pool. Write pools: {%s: [...]}.`, t.what(), numbers, t.ID)
	for _, s := range steps {
		if _, ok := s.Action.(UpdateIdentity); !ok {
			continue
		}
		for i := range s.Changes {
			if d := &s.Changes[i].Danger; *d != "" {
				*d += "; the same for " + numbers + ", which heed.yaml does not name"
			}
		}
	}
}
