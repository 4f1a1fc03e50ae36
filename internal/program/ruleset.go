package program

import (
	"encoding/json"
	"slices"
	"sync"

	"github.com/heedsms/heed/internal/optout"
	"github.com/heedsms/heed/internal/sms"
)

// Scope is how far an opt-out reaches. It is applied when consent is read, not when it is written, so it can be
// changed back without loss.
type Scope string

// The scopes.
const (
	ScopeProgram Scope = "program" // the program that the person texted
	ScopeSender  Scope = "sender"  // every program of the file: one STOP stops all
)

// ReportKeys are keys of the Context that an application gives a send: AWS puts it into every event of the message, and
// reports count by the values. Empty is the key of the column's own name.
type ReportKeys struct {
	Campaign string `json:"campaign,omitempty"`
	Tenant   string `json:"tenant,omitempty"`
	Template string `json:"template,omitempty"`
}

// DefaultName is the program of texts to a number that no program names.
const DefaultName = "default"

// Ruleset is one version of the operator's file, compiled. It is read-only once made, and safe for use by several
// goroutines.
type Ruleset struct {
	Version  int64      // set by who loads it from the database; 0 for a file not applied
	Scope    Scope      // how far an opt-out reaches
	Programs []*Program // in the order of the file
	// ReportKeys are the keys of a send's Context by which reports count.
	ReportKeys ReportKeys

	byIdentity map[sms.Identity]*Program
	fallback   func() *Program // made when it is asked for: the words of all locales take a cold start some time
}

// Empty is the ruleset of an operator who has applied no file yet: no program but the default one.
func Empty() *Ruleset { return emptyIn(optout.Locales()) }

// EmptyIn is Empty with the compliance words of some locales only. The error names the first unknown one.
func EmptyIn(locales []string) (*Ruleset, error) {
	if _, err := optout.NewLexicon(locales); err != nil {
		return nil, err
	}
	return emptyIn(locales), nil
}

func emptyIn(locales []string) *Ruleset {
	return &Ruleset{Scope: ScopeProgram, fallback: sync.OnceValue(func() *Program { return builtIn(locales) })}
}

// Program gives the program of one of our identities: a number it names, a pool or id it names, or a member of
// one. With false the identity is not in the file and the text falls to [Ruleset.Default].
func (r *Ruleset) Program(id sms.Identity) (*Program, bool) {
	p, ok := r.byIdentity[id]
	return p, ok
}

// Default is the program of texts to numbers that no program names: the operator's own program of the name
// "default", or else a built-in one. The built-in one knows the compliance words of all locales, so that no STOP
// goes unheard, has no keywords and no opt-out list, and leaves every answer to AWS.
func (r *Ruleset) Default() *Program { return r.fallback() }

// Named gives a program by its name.
func (r *Ruleset) Named(name string) (*Program, bool) {
	for _, p := range r.Programs {
		if p.Name == name {
			return p, true
		}
	}
	if name == DefaultName {
		return r.Default(), true
	}
	return nil, false
}

// ProgramsOnList gives the names of the programs that keep an opt-out list of AWS in step, in the order of the
// file. With more than one, a number is on the list as long as one of them has it opted out.
func (r *Ruleset) ProgramsOnList(list string) []string {
	var names []string
	for _, p := range r.Programs {
		if list != "" && p.OptOutList == list {
			names = append(names, p.Name)
		}
	}
	return names
}

// ListsOf are the opt-out lists of AWS that follow the consent to a program: its own, and under sender scope all of the
// file, because there one STOP stops all. Each once, its own first.
func (r *Ruleset) ListsOf(p *Program) []string {
	all := []string{p.OptOutList}
	if r.Scope == ScopeSender {
		for _, other := range r.Programs {
			all = append(all, other.OptOutList)
		}
	}
	var once []string
	for _, list := range all {
		if list != "" && !slices.Contains(once, list) {
			once = append(once, list)
		}
	}
	return once
}

// Settings is what SQL has to know of the ruleset, as JSON with its keys in order: the scope; of each program whether
// it requires an opt-in, its opt-out list, what carriers' blocks and invalid numbers come to; the program of each
// identity; and the keys that reports count by, where the file names any. Equal rulesets give equal bytes.
func (r *Ruleset) Settings() []byte {
	type settings struct {
		RequireOptIn   bool           `json:"requireOptIn"`
		OptOutList     string         `json:"optOutList,omitempty"`
		CarrierBlocks  CarrierBlocks  `json:"carrierBlocks"`
		InvalidNumbers InvalidNumbers `json:"invalidNumbers"`
	}
	s := struct {
		Scope      Scope                   `json:"scope"`
		Programs   map[string]settings     `json:"programs"`
		Identities map[sms.Identity]string `json:"identities"`
		ReportKeys ReportKeys              `json:"reportKeys,omitzero"`
	}{r.Scope, make(map[string]settings), make(map[sms.Identity]string), r.ReportKeys}
	for _, p := range r.Programs {
		s.Programs[p.Name] = settings{p.RequireOptIn, p.OptOutList, p.CarrierBlocks, p.InvalidNumbers}
	}
	for id, p := range r.byIdentity {
		s.Identities[id] = p.Name
	}
	// Strings and booleans cannot fail to marshal.
	document, _ := json.Marshal(s)
	return document
}

// builtIn is the default program of an operator who wrote none.
func builtIn(locales []string) *Program {
	p := newProgram(DefaultName)
	p.Answers = AnswersAWS
	p.Locales = locales
	p.lexicon, _ = optout.NewLexicon(locales)
	p.compile()
	return p
}

// index fills the tables that look-ups use. The programs have been checked: no identity is in two.
func (r *Ruleset) index() {
	r.byIdentity = make(map[sms.Identity]*Program)
	r.fallback = sync.OnceValue(func() *Program { return builtIn(optout.Locales()) })
	for _, p := range r.Programs {
		if p.Name == DefaultName {
			r.fallback = func() *Program { return p }
		}
		for _, id := range p.everyIdentity() {
			r.byIdentity[id] = p
		}
	}
}

// everyIdentity are the identities that a program names, its pools and their members, each once and in order.
func (p *Program) everyIdentity() []sms.Identity {
	all := slices.Clone(p.Identities)
	for pool, members := range p.Pools {
		all = append(append(all, pool), members...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
