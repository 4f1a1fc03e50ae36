package reconcile

import (
	"slices"

	"github.com/heedsms/heed/internal/program"
)

// List is an opt-out list of AWS as the ruleset has it.
type List struct {
	// Name is its name or ARN.
	Name string
	// Keepers are the programs that keep it, in the order of heed.yaml.
	Keepers []string
	// Sender says that an opt-out of any program belongs on it: the consent scope is sender.
	Sender bool
}

// Lists are the opt-out lists that the ruleset names, each once, in the order of heed.yaml.
func Lists(rules *program.Ruleset) []List {
	var lists []List
	for _, p := range rules.Programs {
		if p.OptOutList != "" && !slices.ContainsFunc(lists, func(l List) bool { return l.Name == p.OptOutList }) {
			lists = append(lists, List{Name: p.OptOutList, Keepers: rules.ProgramsOnList(p.OptOutList), Sender: rules.Scope == program.ScopeSender})
		}
	}
	return lists
}
