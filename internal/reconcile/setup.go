package reconcile

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/heedsms/heed/internal/program"
	"github.com/heedsms/heed/internal/sms"
)

// Settings are what numbers and pools have in common at AWS.
type Settings struct {
	List        string // opt-out list, by its name
	SelfManaged bool   // heed answers HELP and STOP, not AWS
	TwoWay      bool   // texts are published
}

// Number is a phone number of the account.
type Number struct {
	ID     string // phone-…
	Number sms.Identity
	Pool   string // "" in none
	Settings
}

// Finding is something about the set-up at AWS that keeps lists or answers from being what heed.yaml says.
type Finding struct {
	// Code is a stable word.
	Code    string `json:"code"`
	Program string `json:"program"`
	// Identity is the number or pool that it is about; "" for the program as a whole.
	Identity string `json:"identity,omitempty"`
	Text     string `json:"text"`
}

// The codes of findings.
const (
	NotInAccount     = "not_in_account"     // heed.yaml names a number that the account does not have
	ListDiffers      = "list_differs"       // a number is attached to another list
	ModeDiffers      = "mode_differs"       // answers: heed on an AWS-managed number, or the other way round
	NoTwoWay         = "no_two_way"         // what people text to the number reaches nobody
	MixedLists       = "mixed_lists"        // numbers of one program on several lists
	MixedModes       = "mixed_modes"        // numbers of one program in both modes
	KeywordsOnPooled = "keywords_on_pooled" // keywords on a number in a pool: the pool's count
)

// Setup compares how numbers are set up with the ruleset. A number in a pool is what its pool is. keywords are the words
// that somebody set on a number, by its id, where it sits in a pool; RCS agents and sender ids are not looked at.
func Setup(rules *program.Ruleset, numbers []Number, pools map[string]Settings, keywords map[string][]string) []Finding {
	var findings []Finding
	for _, p := range rules.Programs {
		findings = append(findings, setupOf(p, Owned(rules, numbers, p), pools, keywords)...)
		findings = append(findings, absentNumbers(p, numbers, pools)...)
	}
	return findings
}

// Owned are the numbers of the account that belong to a program, by themselves, by their id, or by their pool.
func Owned(rules *program.Ruleset, numbers []Number, p *program.Program) []Number {
	var owned []Number
	for _, n := range numbers {
		for _, id := range []sms.Identity{n.Number, sms.Identity(n.ID), sms.Identity(n.Pool)} {
			if owner, ok := rules.Program(id); ok && id != "" {
				if owner == p {
					owned = append(owned, n)
				}
				break
			}
		}
	}
	slices.SortFunc(owned, func(a, b Number) int { return cmp.Compare(a.Number, b.Number) })
	return owned
}

func setupOf(p *program.Program, numbers []Number, pools map[string]Settings, keywords map[string][]string) []Finding {
	var findings []Finding
	lists, modes := map[string][]string{}, map[bool][]string{}
	for _, n := range numbers {
		s, where := n.Settings, ""
		if pool, ok := pools[n.Pool]; ok {
			s, where = pool, " (by its pool "+n.Pool+")"
		}
		found := func(code, format string, args ...any) {
			findings = append(findings, Finding{code, p.Name, string(n.Number), fmt.Sprintf(format, args...) + where})
		}
		lists[s.List], modes[s.SelfManaged] = append(lists[s.List], string(n.Number)), append(modes[s.SelfManaged], string(n.Number))
		if p.OptOutList != "" && s.List != listName(p.OptOutList) {
			found(ListDiffers, "is on opt-out list %s, heed.yaml says %s: AWS goes by a list that heed does not keep", s.List, p.OptOutList)
		}
		if want := p.Answers == program.AnswersHeed; s.SelfManaged != want {
			found(ModeDiffers, "%s", modeText(want))
		}
		if !s.TwoWay {
			found(NoTwoWay, "two-way is off: no text of a person reaches heed")
		}
		if words := keywords[n.ID]; n.Pool != "" && len(words) > 0 {
			findings = append(findings, Finding{
				KeywordsOnPooled, p.Name, string(n.Number),
				fmt.Sprintf("has keywords of its own (%s) and sits in pool %s: the pool's keywords count", strings.Join(words, ", "), n.Pool),
			})
		}
	}
	if len(lists) > 1 {
		findings = append(findings, Finding{Code: MixedLists, Program: p.Name, Text: "numbers on several opt-out lists: " + grouped(lists)})
	}
	if len(modes) > 1 {
		findings = append(findings, Finding{Code: MixedModes, Program: p.Name, Text: fmt.Sprintf(
			"numbers in both modes: self-managed %s; AWS-managed %s", strings.Join(modes[true], ", "), strings.Join(modes[false], ", "))})
	}
	return findings
}

func modeText(wantSelfManaged bool) string {
	if wantSelfManaged {
		return "is AWS-managed and heed.yaml says answers: heed: people get two answers, or heed never hears their STOP"
	}
	return "is self-managed and heed.yaml says answers: aws: nobody answers HELP and STOP"
}

// absentNumbers are what heed.yaml names and the account does not have.
func absentNumbers(p *program.Program, numbers []Number, pools map[string]Settings) []Finding {
	var findings []Finding
	for _, id := range p.Identities {
		_, isPool := pools[string(id)]
		has := isPool || slices.ContainsFunc(numbers, func(n Number) bool { return n.Number == id || n.ID == string(id) })
		looked := strings.HasPrefix(string(id), "+") || sms.Phone(id).ShortNumeric() || id.IsPhoneNumberID() || id.IsPool()
		if looked && !has {
			findings = append(findings, Finding{NotInAccount, p.Name, string(id), "the account has no such number or pool in this Region"})
		}
	}
	return findings
}

// listName is the name in an ARN, as DescribePhoneNumbers gives it.
func listName(nameOrARN string) string { return nameOrARN[strings.LastIndex(nameOrARN, "/")+1:] }

func grouped(by map[string][]string) string {
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(by)) {
		parts = append(parts, key+" has "+strings.Join(by[key], ", "))
	}
	return strings.Join(parts, "; ")
}
