package doctor

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/heedsms/heed/internal/plan"
	"github.com/heedsms/heed/internal/program"
	"github.com/heedsms/heed/internal/stack"
)

// The codes of numbers and pools, beside those of what [plan.Compare] finds.
const (
	MixedModes       = "mixed_modes"        // numbers of one program in both modes
	KeywordsOnPooled = "keywords_on_pooled" // keywords on a number in a pool: the pool's count
	NotActive        = "not_active"
	DefaultList      = "default_list"
	PoolShadows      = "pool_shadows"
	StopAction       = "stop_action"
	TextLength       = "text_length"
	Unprotected      = "unprotected"
)

// Setup is what numbers, pools and configuration sets are held against.
type Setup struct {
	Names
	Rules *program.Ruleset
	// Stack is the deployment; nil where it is not known, and nothing is said of topics and streams then.
	Stack *stack.Stack
}

// account is the set-up of the account with what belongs together put together.
type account struct {
	*plan.Found

	pools map[string]plan.Identity // by id
}

func accountOf(found *plan.Found) account {
	a := account{Found: found, pools: map[string]plan.Identity{}}
	for _, id := range found.Identities {
		if id.Kind == plan.Pool {
			a.pools[id.ID] = id
		}
	}
	return a
}

// owned are the numbers or pools of a program, in the order of their numbers.
func (a account) owned(rules *program.Ruleset, p *program.Program, kind plan.Kind) []plan.Identity {
	var owned []plan.Identity
	for _, id := range a.Identities {
		if owner, ok := plan.Owner(rules, id); ok && owner == p && id.Kind == kind {
			owned = append(owned, id)
		}
	}
	slices.SortFunc(owned, func(a, b plan.Identity) int { return cmp.Compare(a.Number, b.Number) })
	return owned
}

// inForce are the settings that count: those of the pool, for a number that sits in one.
func (a account) inForce(id plan.Identity) plan.Inbound {
	if pool, ok := a.pools[id.Pool]; ok {
		return pool.Inbound
	}
	return id.Inbound
}

// Agreement is how far numbers and pools are set up as the ruleset has them: lists, modes, two-way, keywords. A number in a
// pool is what its pool is; RCS agents and sender ids are not looked at.
func Agreement(found *plan.Found, w Setup) []Finding {
	a := accountOf(found)
	told := slices.DeleteFunc(drift(found, w), func(f Finding) bool {
		switch plan.Code(f.Code) {
		case plan.NotInAccount, plan.NoTwoWay, plan.ModeDiffers, plan.ListDiffers, plan.MixedLists, plan.PoolShared:
			return false
		}
		return true
	})
	var findings []Finding
	for _, p := range w.Rules.Programs {
		for _, f := range told {
			if f.Program == p.Name || strings.HasPrefix(f.Program, p.Name+", ") {
				findings = append(findings, f)
			}
		}
		findings = append(findings, a.modes(p, w)...)
		findings = append(findings, a.shadowedWords(p, w)...)
	}
	return findings
}

// modes tells of a program whose numbers are in both modes.
func (a account) modes(p *program.Program, w Setup) []Finding {
	by := map[bool][]string{}
	for _, n := range a.owned(w.Rules, p, plan.Number) {
		in := a.inForce(n)
		by[in.SelfManaged] = append(by[in.SelfManaged], name(n))
	}
	if len(by) < 2 {
		return nil
	}
	return []Finding{{
		Code: MixedModes, Severity: Error, Program: p.Name, Mend: w.apply(),
		Text: fmt.Sprintf("numbers in both modes: self-managed %s; AWS-managed %s", strings.Join(by[true], ", "), strings.Join(by[false], ", ")),
	}}
}

// shadowedWords tells of keywords of numbers whose pool does not have them.
func (a account) shadowedWords(p *program.Program, w Setup) []Finding {
	var findings []Finding
	for _, n := range a.owned(w.Rules, p, plan.Number) {
		if words := a.ownWords(n); len(words) > 0 {
			findings = append(findings, Finding{
				Code: KeywordsOnPooled, Severity: Warning, Program: p.Name, About: name(n),
				Text: fmt.Sprintf("has keywords of its own (%s) and sits in pool %s: the pool's keywords count", strings.Join(words, ", "), n.Pool),
				Mend: w.deleteKeyword(n.ID, words[0]),
			})
		}
	}
	return findings
}

// ownWords are the keywords of a number that sits in a pool and of which the pool knows nothing.
func (a account) ownWords(n plan.Identity) []string {
	pool, pooled := a.pools[n.Pool]
	if !pooled {
		return nil
	}
	var words []string
	for _, word := range slices.Sorted(maps.Keys(n.Keywords)) {
		if word != "HELP" && word != "STOP" && pool.Keywords[word] != n.Keywords[word] {
			words = append(words, word)
		}
	}
	return words
}

// Numbers judges the numbers and pools of the programs: what differs from heed.yaml, and what else keeps texts from
// arriving or answers from being right.
func Numbers(found *plan.Found, w Setup) []Finding {
	a := accountOf(found)
	findings := slices.DeleteFunc(drift(found, w), func(f Finding) bool { return ofSets(f.Code) })
	for _, p := range w.Rules.Programs {
		findings = append(findings, a.shadowedWords(p, w)...)
		if listName(p.OptOutList) == "Default" {
			findings = append(findings, Finding{
				Code: DefaultList, Severity: Advice, Program: p.Name, About: p.OptOutList,
				Text: "is the list that every new number of the account is put on: a STOP to another application's number silences this program too", Mend: "name a list of its own as optOutList: in " + w.File,
			})
		}
		for _, id := range slices.Concat(a.owned(w.Rules, p, plan.Pool), a.owned(w.Rules, p, plan.Number)) {
			findings = append(findings, a.identity(p, id, w)...)
		}
	}
	return findings
}

// identity judges one number or pool. What the pool of a number decides is judged with the pool.
func (a account) identity(p *program.Program, id plan.Identity, w Setup) []Finding {
	var findings []Finding
	found := func(code string, severity Severity, mend, format string, args ...any) {
		findings = append(findings, Finding{Code: code, Severity: severity, Program: p.Name, About: name(id), Text: fmt.Sprintf(format, args...), Mend: mend})
	}
	if !active(id) {
		found(NotActive, Error, w.describe(id)+"   # a registration may be missing", "is %s at AWS: it neither sends nor receives", id.Status)
	}
	pool, pooled := a.pools[id.Pool]
	if pooled {
		if differs := shadowed(id.Inbound, pool.Inbound); len(differs) > 0 {
			found(PoolShadows, Advice, "", "sits in pool %s, whose settings count, and has others of its own (%s): taken out of the pool it behaves otherwise", pool.ID, strings.Join(differs, ", "))
		}
		if _, ours := plan.Owner(w.Rules, pool); ours {
			return findings
		}
	}
	in := a.inForce(id)
	if stop, ok := in.Keywords["STOP"]; ok && stop.Action != "OPT_OUT" {
		found(StopAction, Error, "open a case with AWS Support: nobody but AWS can change the action of STOP", "AWS takes STOP for %s and opts nobody out", stop.Action)
	}
	if p.Answers == program.AnswersAWS && a.registered(id) {
		for _, word := range []string{"HELP", "STOP"} {
			if k, ok := in.Keywords[word]; ok && !plan.Registrable(k.Message) {
				found(TextLength, Advice, fmt.Sprintf("write it anew in %s, then %s", w.File, w.apply()), "AWS answers %s with %d characters: registrations of 10DLC numbers ask for %d to %d",
					word, len([]rune(k.Message)), plan.ShortestText, plan.LongestText)
			}
		}
	}
	if !id.Protected && p.DeletionProtection == nil && !pooled {
		found(Unprotected, Advice, w.protect(id), "has no deletion protection: one call gives it away for good")
	}
	return findings
}

// registered says whether a number, or one of a pool's, is registered for 10DLC.
func (a account) registered(id plan.Identity) bool {
	return slices.ContainsFunc(a.Identities, func(n plan.Identity) bool { return n.Type == "TEN_DLC" && (n.ID == id.ID || n.Pool == id.ID) })
}

// shadowed are the settings of a number that its pool has otherwise.
func shadowed(own, pool plan.Inbound) []string {
	var differs []string
	for _, s := range []struct {
		what string
		same bool
	}{
		{"opt-out list " + own.OptOutList, own.OptOutList == pool.OptOutList},
		{"who answers STOP", own.SelfManaged == pool.SelfManaged},
		{"two-way", own.TwoWay == pool.TwoWay && own.Channel == pool.Channel},
	} {
		if !s.same {
			differs = append(differs, s.what)
		}
	}
	return differs
}

// The commands of AWS that mend.

func (n Names) deleteKeyword(id, word string) string {
	return fmt.Sprintf("aws pinpoint-sms-voice-v2 delete-keyword --origination-identity %s --keyword %s --region %s", id, quoted(word), n.Region)
}

func (n Names) describe(id plan.Identity) string {
	if id.Kind == plan.Pool {
		return fmt.Sprintf("aws pinpoint-sms-voice-v2 describe-pools --pool-ids %s --region %s", id.ID, n.Region)
	}
	return fmt.Sprintf("aws pinpoint-sms-voice-v2 describe-phone-numbers --phone-number-ids %s --region %s", id.ID, n.Region)
}

func (n Names) protect(id plan.Identity) string {
	what := "update-phone-number --phone-number-id " + id.ID
	if id.Kind == plan.Pool {
		what = "update-pool --pool-id " + id.ID
	}
	return fmt.Sprintf("aws pinpoint-sms-voice-v2 %s --deletion-protection-enabled --region %s", what, n.Region)
}
