package program

import (
	"slices"
	"time"

	"github.com/heedsms/heed/internal/keywords"
	"github.com/heedsms/heed/internal/sms"
)

// scope is the rules that count in one place.
type scope struct {
	reason string
	live   ruleIndex
	trial  ruleIndex // rules with observe: true
}

type ruleIndex struct {
	rules []*Rule
	index *keywords.Index
	dated bool // a rule has from or until, so that the best match need not count
}

// scopes are the places whose rules count for a text to an identity, in order of precedence.
func (p *Program) scopes(id sms.Identity) []*scope {
	all := make([]*scope, 0, 3)
	if s := p.numbers[id]; s != nil {
		all = append(all, s)
	}
	if s := p.pools[id]; s != nil {
		all = append(all, s)
	}
	for _, pool := range p.poolsOf[id] {
		if s := p.pools[pool]; s != nil {
			all = append(all, s)
		}
	}
	return append(all, p.general)
}

// find gives the match that decides for a text said at a time.
func (x ruleIndex) find(t keywords.Text, saidAt time.Time) (keywords.Hit, bool) {
	if len(x.rules) == 0 {
		return keywords.Hit{}, false
	}
	if !x.dated {
		return x.index.Find(t)
	}
	for _, hit := range x.index.All(t) {
		if x.rules[hit.Rule].counts(saidAt) {
			return hit, true
		}
	}
	return keywords.Hit{}, false
}

func (x ruleIndex) all(t keywords.Text, saidAt time.Time) []*Rule {
	if len(x.rules) == 0 {
		return nil
	}
	var rules []*Rule
	for _, hit := range x.index.All(t) {
		if rule := x.rules[hit.Rule]; rule.counts(saidAt) {
			rules = append(rules, rule)
		}
	}
	return rules
}

// compile makes the indexes of a program. Keywords that the checks refuse are left out, since the ruleset is not used
// then.
func (p *Program) compile() {
	p.numbers, p.pools = make(map[sms.Identity]*scope), make(map[sms.Identity]*scope)
	p.poolsOf = make(map[sms.Identity][]sms.Identity)
	for pool, members := range p.Pools {
		for _, id := range members {
			p.poolsOf[id] = append(p.poolsOf[id], pool)
		}
	}
	for _, pools := range p.poolsOf {
		slices.Sort(pools)
	}
	p.general = newScope(ReasonProgramKeyword, rulesOn(p.Rules, ""))
	for _, rule := range p.Rules {
		for _, id := range rule.On {
			p.compileOn(id)
		}
	}
}

// compileOn makes the scope of a number or pool. AWS's id of a number is as narrow as the number, so its rules
// count with those of the number itself.
func (p *Program) compileOn(id sms.Identity) {
	if id.IsPool() {
		p.pools[id] = newScope(ReasonPoolKeyword, rulesOn(p.Rules, id))
		return
	}
	if members := p.Pools[id]; id.IsPhoneNumberID() && len(members) > 0 {
		for _, number := range members {
			p.numbers[number] = newScope(ReasonNumberKeyword, rulesOn(p.Rules, id, number))
		}
		return
	}
	ids := []sms.Identity{id}
	for named, members := range p.Pools {
		if named.IsPhoneNumberID() && slices.Contains(members, id) {
			ids = append(ids, named)
		}
	}
	p.numbers[id] = newScope(ReasonNumberKeyword, rulesOn(p.Rules, ids...))
}

// rulesOn are the rules that count on any of the identities, in order; those on the whole program for "".
func rulesOn(rules []*Rule, ids ...sms.Identity) []*Rule {
	var on []*Rule
	for _, rule := range rules {
		general := len(rule.On) == 0 && slices.Contains(ids, "")
		if general || slices.ContainsFunc(rule.On, func(id sms.Identity) bool { return slices.Contains(ids, id) }) {
			on = append(on, rule)
		}
	}
	return on
}

func newScope(reason string, rules []*Rule) *scope {
	s := &scope{reason: reason}
	for _, rule := range rules {
		if rule.Observe {
			s.trial.rules = append(s.trial.rules, rule)
		} else {
			s.live.rules = append(s.live.rules, rule)
		}
	}
	s.live.index, s.trial.index = compileRules(s.live.rules), compileRules(s.trial.rules)
	s.live.dated = slices.ContainsFunc(s.live.rules, (*Rule).dated)
	return s
}

// compileRules indexes rules whose keywords have been checked one by one, so that an error cannot happen here.
func compileRules(rules []*Rule) *keywords.Index {
	plain := make([]keywords.Rule, len(rules))
	for i, rule := range rules {
		plain[i] = keywords.Rule{Words: rule.Words, Match: rule.Match}
	}
	index, _ := keywords.Compile(plain)
	return index
}
