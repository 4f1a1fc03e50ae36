package doctor

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/heedsms/heed/internal/plan"
	"github.com/heedsms/heed/internal/program"
	"github.com/heedsms/heed/internal/sms"
	"github.com/heedsms/heed/internal/stack"
)

// The codes of numbers and pools. The first seven are also what heed reconcile tells of the set-up.
const (
	NotInAccount     = "not_in_account"     // heed.yaml names a number that the account does not have
	ListDiffers      = "list_differs"       // a number is attached to another list
	ModeDiffers      = "mode_differs"       // answers: heed on an AWS-managed number, or the other way round
	NoTwoWay         = "no_two_way"         // what people text to the number reaches nobody
	MixedLists       = "mixed_lists"        // numbers of one program on several lists
	MixedModes       = "mixed_modes"        // numbers of one program in both modes
	KeywordsOnPooled = "keywords_on_pooled" // keywords on a number in a pool: the pool's count

	NotActive       = "not_active"
	ChannelDiffers  = "channel_differs"
	ListMissing     = "list_missing"
	DefaultList     = "default_list"
	PoolShadows     = "pool_shadows"
	KeywordAnswers  = "keyword_answers"
	StopAction      = "stop_action"
	TextDiffers     = "text_differs"
	TextLength      = "text_length"
	TollFreeManaged = "toll_free_self_managed"
	TollFreeAnswers = "toll_free_answers"
	TollFreeOptIn   = "toll_free_opt_in"
	Unprotected     = "unprotected"
)

// Setup is what numbers, pools and configuration sets are held against.
type Setup struct {
	Names
	Rules *program.Ruleset
	// Stack is the deployment; nil where it is not known, and nothing is said of topics and streams then.
	Stack *stack.Stack
}

// set is the name of the configuration set of a program; "" for none.
func (w Setup) set(p *program.Program) string {
	if w.Stack != nil {
		return listName(cmp.Or(p.ConfigurationSet, w.Stack.ConfigurationSet))
	}
	return listName(p.ConfigurationSet)
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

// inForce are the settings that count: those of the pool, for a number that sits in one. where says so.
func (a account) inForce(id plan.Identity) (in plan.Inbound, where string) {
	if pool, ok := a.pools[id.Pool]; ok {
		return pool.Inbound, " (by its pool " + id.Pool + ")"
	}
	return id.Inbound, ""
}

// Agreement compares how numbers are set up with the ruleset: lists, modes, two-way, keywords. A number in a pool is what
// its pool is; RCS agents and sender ids are not looked at.
func Agreement(found *plan.Found, w Setup) []Finding {
	a := accountOf(found)
	var findings []Finding
	for _, p := range w.Rules.Programs {
		findings = append(findings, a.agreement(p, w)...)
		findings = append(findings, a.absent(p, w)...)
	}
	return findings
}

func (a account) agreement(p *program.Program, w Setup) []Finding {
	var findings []Finding
	lists, modes := map[string][]string{}, map[bool][]string{}
	for _, n := range a.owned(w.Rules, p, plan.Number) {
		in, where := a.inForce(n)
		found := func(code string, severity Severity, format string, args ...any) {
			findings = append(findings, Finding{
				Code: code, Severity: severity, Program: p.Name, About: name(n), Text: fmt.Sprintf(format, args...) + where, Mend: w.apply(),
			})
		}
		lists[in.OptOutList], modes[in.SelfManaged] = append(lists[in.OptOutList], name(n)), append(modes[in.SelfManaged], name(n))
		if p.OptOutList != "" && in.OptOutList != listName(p.OptOutList) {
			found(ListDiffers, Error, "is on opt-out list %s, heed.yaml says %s: AWS goes by a list that heed does not keep", in.OptOutList, p.OptOutList)
		}
		if want := p.Answers == program.AnswersHeed; in.SelfManaged != want {
			found(ModeDiffers, Error, "%s", modeText(want))
		}
		if !in.TwoWay {
			found(NoTwoWay, Error, "two-way is off: no text of a person reaches heed")
		}
		if words := a.ownWords(n); len(words) > 0 {
			findings = append(findings, Finding{
				Code: KeywordsOnPooled, Severity: Warning, Program: p.Name, About: name(n),
				Text: fmt.Sprintf("has keywords of its own (%s) and sits in pool %s: the pool's keywords count", strings.Join(words, ", "), n.Pool),
				Mend: fmt.Sprintf("aws pinpoint-sms-voice-v2 delete-keyword --origination-identity %s --keyword '%s' --region %s", n.ID, words[0], w.Region),
			})
		}
	}
	together := func(code, text string) {
		findings = append(findings, Finding{Code: code, Severity: Error, Program: p.Name, Text: text, Mend: w.apply()})
	}
	if len(lists) > 1 {
		together(MixedLists, "numbers on several opt-out lists: "+grouped(lists))
	}
	if len(modes) > 1 {
		together(MixedModes, fmt.Sprintf("numbers in both modes: self-managed %s; AWS-managed %s", strings.Join(modes[true], ", "), strings.Join(modes[false], ", ")))
	}
	return findings
}

func modeText(wantSelfManaged bool) string {
	if wantSelfManaged {
		return "is AWS-managed and heed.yaml says answers: heed: people get two answers, or heed never hears their STOP"
	}
	return "is self-managed and heed.yaml says answers: aws: nobody answers HELP and STOP"
}

// ownWords are the keywords of a number that sits in a pool and of which the pool knows nothing.
func (a account) ownWords(n plan.Identity) []string {
	pool, pooled := a.pools[n.Pool]
	if !pooled {
		return nil
	}
	var words []string
	for _, word := range slices.Sorted(maps.Keys(n.Keywords)) {
		if !required(word) && pool.Keywords[word] != n.Keywords[word] {
			words = append(words, word)
		}
	}
	return words
}

// required are the keywords that every number has.
func required(word string) bool { return word == "HELP" || word == "STOP" }

// absent are what heed.yaml names and the account does not have.
func (a account) absent(p *program.Program, w Setup) []Finding {
	var findings []Finding
	for _, id := range p.Identities {
		has := slices.ContainsFunc(a.Identities, func(n plan.Identity) bool { return n.Number == id || n.ID == string(id) })
		looked := strings.HasPrefix(string(id), "+") || sms.Phone(id).ShortNumeric() || id.IsPhoneNumberID() || id.IsPool()
		if looked && !has {
			findings = append(findings, Finding{
				Code: NotInAccount, Severity: Error, Program: p.Name, About: string(id), Text: "the account has no such number or pool in this Region",
				Mend: fmt.Sprintf("aws pinpoint-sms-voice-v2 describe-phone-numbers --region %s   # then mend %s", w.Region, w.File),
			})
		}
	}
	return findings
}

func grouped(by map[string][]string) string {
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(by)) {
		parts = append(parts, key+" has "+strings.Join(by[key], ", "))
	}
	return strings.Join(parts, "; ")
}

// Numbers judges the numbers and pools of the programs: all that [Agreement] does, and what else keeps texts from
// arriving or answers from being right.
func Numbers(found *plan.Found, w Setup) []Finding {
	a := accountOf(found)
	findings := a.onceSaid(Agreement(found, w), w)
	for _, p := range w.Rules.Programs {
		findings = append(findings, a.list(p, w)...)
		for _, pool := range a.owned(w.Rules, p, plan.Pool) {
			findings = append(findings, receiving(p, pool, pool.Inbound, w)...)
			findings = append(findings, unprotected(p, pool, w)...)
		}
		said := map[string]bool{}
		for _, n := range a.owned(w.Rules, p, plan.Number) {
			findings = append(findings, a.number(p, n, w)...)
			if _, pooled := a.pools[n.Pool]; pooled && said[n.Pool] {
				continue // the texts are the pool's
			}
			said[n.Pool] = true
			in, _ := a.inForce(n)
			findings = append(findings, sayings(p, n, in, w)...)
		}
	}
	return findings
}

// onceSaid leaves out what another finding says better: of a program in both modes or on several lists, the number that
// is wrong; of a number without two-way, that it is also in the wrong mode; of a toll-free number, its mode.
func (a account) onceSaid(findings []Finding, w Setup) []Finding {
	deaf := map[string]bool{}
	for _, f := range findings {
		deaf[f.About] = deaf[f.About] || f.Code == NoTwoWay
	}
	return slices.DeleteFunc(findings, func(f Finding) bool {
		switch f.Code {
		case MixedModes:
			return true
		case MixedLists:
			p, _ := w.Rules.Named(f.Program)
			return p.OptOutList != ""
		case ModeDiffers:
			return deaf[f.About] || sms.Identity(f.About).IsUSTollFree()
		}
		return false
	})
}

// list judges whether a program's opt-out list is there and its own.
func (a account) list(p *program.Program, w Setup) []Finding {
	switch {
	case p.OptOutList == "":
	case listName(p.OptOutList) == "Default":
		return []Finding{{
			Code: DefaultList, Severity: Advice, Program: p.Name, About: p.OptOutList,
			Text: "is the list that every new number of the account is put on: a STOP to another application's number silences this program too", Mend: "name a list of its own as optOutList: in " + w.File,
		}}
	case !strings.HasPrefix(p.OptOutList, "arn:") && !slices.ContainsFunc(a.Lists, func(l plan.List) bool { return l.Name == p.OptOutList }):
		return []Finding{{
			Code: ListMissing, Severity: Error, Program: p.Name, About: p.OptOutList, Text: "AWS has no opt-out list of this name: opt-outs cannot be put on it", Mend: w.apply(),
		}}
	}
	return nil
}

// number judges one number. What its pool decides is judged with the pool, where that is the program's too.
func (a account) number(p *program.Program, n plan.Identity, w Setup) []Finding {
	var findings []Finding
	if n.Status != "ACTIVE" {
		findings = append(findings, Finding{
			Code: NotActive, Severity: Error, Program: p.Name, About: name(n), Text: fmt.Sprintf("is %s at AWS: it neither sends nor receives", n.Status),
			Mend: fmt.Sprintf("aws pinpoint-sms-voice-v2 describe-phone-numbers --phone-number-ids %s --region %s   # a registration may be missing", n.ID, w.Region),
		})
	}
	in, _ := a.inForce(n)
	if n.Number.IsUSTollFree() {
		findings = append(findings, tollFree(p, n, in, w)...)
	}
	pool, pooled := a.pools[n.Pool]
	if differs := shadowed(n.Inbound, pool.Inbound); pooled && len(differs) > 0 {
		findings = append(findings, Finding{
			Code: PoolShadows, Severity: Advice, Program: p.Name, About: name(n),
			Text: fmt.Sprintf("sits in pool %s, whose settings count, and has others of its own (%s): taken out of the pool it behaves otherwise", pool.ID, strings.Join(differs, ", ")),
		})
	}
	if owner, ours := plan.Owner(w.Rules, pool); !pooled || !ours || owner != p {
		findings = append(findings, receiving(p, n, in, w)...)
	}
	return append(findings, unprotected(p, n, w)...)
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

// receiving judges where the texts of a number or a pool go, and what AWS answers to them by itself.
func receiving(p *program.Program, id plan.Identity, in plan.Inbound, w Setup) []Finding {
	var findings []Finding
	if w.Stack != nil && in.TwoWay && in.Channel != w.Stack.InboundTopic {
		findings = append(findings, Finding{
			Code: ChannelDiffers, Severity: Error, Program: p.Name, About: name(id),
			Text: fmt.Sprintf("publishes its texts to %s, heed listens to %s: no text of a person reaches heed", in.Channel, w.Stack.InboundTopic), Mend: w.apply(),
		})
	}
	if stop, ok := in.Keywords["STOP"]; ok && stop.Action != "OPT_OUT" {
		findings = append(findings, Finding{
			Code: StopAction, Severity: Error, Program: p.Name, About: name(id),
			Text: fmt.Sprintf("AWS takes STOP for %s and opts nobody out", stop.Action), Mend: "open a case with AWS Support: nobody but AWS can change the action of STOP",
		})
	}
	for _, word := range slices.Sorted(maps.Keys(in.Keywords)) {
		if !answeredTwice(p, id, word, in.Keywords[word]) {
			continue
		}
		findings = append(findings, Finding{
			Code: KeywordAnswers, Severity: Warning, Program: p.Name, About: name(id),
			Text: fmt.Sprintf("AWS answers %s by itself, and so does heed: people get two answers", word),
			Mend: fmt.Sprintf("aws pinpoint-sms-voice-v2 delete-keyword --origination-identity %s --keyword '%s' --region %s", holder(id), word, w.Region),
		})
	}
	return findings
}

// holder is the id of what has the keywords that count: the pool, for a number that sits in one.
func holder(id plan.Identity) string { return cmp.Or(id.Pool, id.ID) }

// answeredTwice says whether a keyword at AWS gets a second answer by heed.
func answeredTwice(p *program.Program, id plan.Identity, word string, k plan.Keyword) bool {
	if required(word) || id.Number.IsUSTollFree() && k.Action == "OPT_IN" {
		return false // of those, AWS's answer is wanted, or never sent
	}
	if p.Answers == program.AnswersHeed {
		return true
	}
	return k.Action == "AUTOMATIC_RESPONSE" && (p.Unmatched.Reply != nil || slices.ContainsFunc(p.Rules, func(r *program.Rule) bool {
		return r.Reply != nil && slices.ContainsFunc(r.Words, func(w string) bool { return strings.EqualFold(w, word) })
	}))
}

// The length that registrations of US ten-digit numbers ask of HELP and STOP texts, in characters.
const (
	shortestText = 20
	longestText  = 160
)

// sayings judges what AWS answers to HELP and STOP, where it is AWS that answers. A toll-free number's STOP is answered
// by the carrier.
func sayings(p *program.Program, n plan.Identity, in plan.Inbound, w Setup) []Finding {
	if p.Answers != program.AnswersAWS || in.SelfManaged || in.Keywords == nil {
		return nil
	}
	var findings []Finding
	for _, s := range []struct {
		word string
		says *program.Template
	}{{"HELP", p.Help()}, {"STOP", p.OptOut()}} {
		if s.word == "STOP" && n.Number.IsUSTollFree() {
			continue
		}
		has := in.Keywords[s.word].Message
		wanted, err := s.says.Execute(program.Data{Brand: p.Brand, Identity: string(n.Number), Keyword: s.word})
		f := Finding{Severity: Warning, Program: p.Name, About: name(n), Mend: w.apply()}
		switch size := len([]rune(has)); {
		case err == nil && has != wanted:
			f.Code, f.Text = TextDiffers, fmt.Sprintf("AWS answers %s with %q, heed.yaml says %q", s.word, has, wanted)
		case n.Type == "TEN_DLC" && (size < shortestText || size > longestText):
			f.Code, f.Mend = TextLength, fmt.Sprintf("heed check %s, then %s", w.File, w.apply())
			f.Text = fmt.Sprintf("the answer to %s has %d characters: registrations of 10DLC numbers ask for %d to %d", s.word, size, shortestText, longestText)
		default:
			continue
		}
		findings = append(findings, f)
	}
	return findings
}

// tollFree judges what is special about US toll-free numbers: the carriers' network answers STOP and START there, and
// neither of AWS's ways to handle opt-outs is for them.
func tollFree(p *program.Program, n plan.Identity, in plan.Inbound, w Setup) []Finding {
	var findings []Finding
	found := func(code, mend, text string) {
		findings = append(findings, Finding{Code: code, Severity: Warning, Program: p.Name, About: name(n), Text: text, Mend: mend})
	}
	own := fmt.Sprintf("give it a program of its own with answers: aws in %s, then %s", w.File, w.apply())
	switch {
	case in.SelfManaged:
		found(TollFreeManaged, own, "is toll-free and self-managed: there the carriers answer STOP and keep the opt-out, and AWS does not support it")
	case p.Answers == program.AnswersHeed:
		found(TollFreeAnswers, own, "is toll-free, where carriers and AWS answer, and heed.yaml says answers: heed: people get two answers to HELP")
	}
	if in.Keywords == nil {
		return findings
	}
	var absent []string
	for _, word := range []string{"START", "UNSTOP"} {
		if in.Keywords[word].Action != "OPT_IN" {
			absent = append(absent, word)
		}
	}
	if len(absent) > 0 {
		found(TollFreeOptIn, fmt.Sprintf("aws pinpoint-sms-voice-v2 put-keyword --origination-identity %s --keyword %s --keyword-action OPT_IN --keyword-message 'You are opted in.' --region %s",
			holder(n), absent[0], w.Region),
			"is toll-free and AWS takes no opt-in by "+strings.Join(absent, " or ")+": who returns at the carrier stays on AWS's list")
	}
	return findings
}

func unprotected(p *program.Program, id plan.Identity, w Setup) []Finding {
	if id.Protected {
		return nil
	}
	update := fmt.Sprintf("update-phone-number --phone-number-id %s", id.ID)
	if id.Kind == plan.Pool {
		update = "update-pool --pool-id " + id.ID
	}
	return []Finding{{
		Code: Unprotected, Severity: Advice, Program: p.Name, About: name(id), Text: "has no deletion protection: one call gives it away for good",
		Mend: fmt.Sprintf("aws pinpoint-sms-voice-v2 %s --deletion-protection-enabled --region %s", update, w.Region),
	}}
}
