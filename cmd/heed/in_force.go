package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/heedsms/heed/internal/program"
	"github.com/heedsms/heed/internal/store"
)

// rulesInForce is the newest ruleset of the database with its document; the empty one with no document where none was
// ever applied.
func rulesInForce(ctx context.Context, t terminal, db *store.Store, now time.Time) (*program.Ruleset, []byte, error) {
	version, document, err := db.Ruleset(ctx, now)
	if err != nil {
		return nil, nil, err
	}
	if version == 0 {
		return program.Empty(), nil, nil
	}
	rules, findings := program.Parse(fmt.Sprintf("version %d", version), document)
	if rules == nil {
		tellFindings(terminal{out: t.err}, findings, false)
		return nil, nil, errNo
	}
	rules.Version = version
	return rules, document, nil
}

// namesOf are the programs of a ruleset.
func namesOf(rules *program.Ruleset) []string {
	names := make([]string, len(rules.Programs))
	for i, p := range rules.Programs {
		names[i] = p.Name
	}
	return names
}

// knownProgram refuses a program that is neither in the ruleset nor in the ledger: a name that was mistyped would keep a
// change where nobody looks for it. The lists are those of AWS that follow the program's consent.
func knownProgram(ctx context.Context, db *store.Store, rules *program.Ruleset, name string) (lists []string, err error) {
	if p, ok := rules.Named(name); ok {
		return rules.ListsOf(p), nil
	}
	known, err := db.Programs(ctx)
	if err != nil {
		return nil, err
	}
	if slices.Contains(known, name) {
		return nil, nil // it was taken out of the file; its people are still known
	}
	all := slices.Concat(namesOf(rules), known)
	slices.Sort(all)
	return nil, wrongUse("there is no program %q: there are %s", name, strings.Join(append(slices.Compact(all), program.DefaultName), ", "))
}
