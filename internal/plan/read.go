package plan

import (
	"context"
	"fmt"
	"slices"

	"github.com/heedsms/heed/internal/program"
	"github.com/heedsms/heed/internal/sms"
)

// Reader reads the account, all pages of it. AWS allows one call a second of most kinds.
type Reader interface {
	Numbers(ctx context.Context) ([]Identity, error)
	Pools(ctx context.Context) ([]Identity, error)
	// Members are the ids of what sits in a pool.
	Members(ctx context.Context, pool string) ([]string, error)
	// Keywords are those of a number or a pool, by its id.
	Keywords(ctx context.Context, id string) (map[string]Keyword, error)
	Lists(ctx context.Context) ([]List, error)
	Sets(ctx context.Context) ([]Set, error)
}

// Read reads how the account is set up. Keywords and members are read of what belongs to a program of the ruleset only:
// each takes a call. tell is told what is read next; it may be nil.
func Read(ctx context.Context, from Reader, rules *program.Ruleset, tell func(what string)) (Found, error) {
	if tell == nil {
		tell = func(string) {}
	}
	var found Found
	var err error
	tell("pools")
	if found.Identities, err = from.Pools(ctx); err != nil {
		return found, err
	}
	tell("phone numbers")
	numbers, err := from.Numbers(ctx)
	if err != nil {
		return found, err
	}
	found.Identities = slices.DeleteFunc(append(found.Identities, numbers...), func(id Identity) bool {
		return id.Status == "DELETED" || id.Status == "DELETING" // told for a while, and gone
	})
	tell("opt-out lists")
	if found.Lists, err = from.Lists(ctx); err != nil {
		return found, err
	}
	tell("configuration sets")
	if found.Sets, err = from.Sets(ctx); err != nil {
		return found, err
	}
	var ours []*Identity
	for i := range found.Identities {
		if id := &found.Identities[i]; concerns(rules, found, *id) {
			ours = append(ours, id)
		}
	}
	for i, id := range ours {
		tell(fmt.Sprintf("keywords of %s, %d of %d", id.Number, i+1, len(ours)))
		if id.Keywords, err = from.Keywords(ctx, id.ID); err != nil {
			return found, err
		}
		if id.Kind == Pool {
			if id.Members, err = from.Members(ctx, id.ID); err != nil {
				return found, err
			}
		}
	}
	return found, nil
}

// concerns says whether a number or pool belongs to a program, or is a pool that a number of one sits in.
func concerns(rules *program.Ruleset, found Found, id Identity) bool {
	if _, ours := Owner(rules, id); ours {
		return true
	}
	return id.Kind == Pool && slices.ContainsFunc(found.Identities, func(n Identity) bool {
		_, ours := Owner(rules, n)
		return ours && n.Pool == id.ID
	})
}

// Owner is the program that a number or a pool belongs to: by itself, by its id, or by its pool.
func Owner(rules *program.Ruleset, id Identity) (*program.Program, bool) {
	for _, name := range []sms.Identity{id.Number, sms.Identity(id.ID), sms.Identity(id.Pool)} {
		if p, ok := rules.Program(name); ok && name != "" {
			return p, true
		}
	}
	return nil, false
}
