package store_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/heedsms/heed/internal/store"
)

// One at a time: the second is told who is at it, and has the right as soon as the first is done or dead.
func TestHoldApply(t *testing.T) {
	t.Parallel()
	s := open(t)
	other, err := store.Open(t.Context(), store.Options{URL: s.Pool().Config().ConnString()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(other.Close)
	hold := func(by string) *store.Applying {
		t.Helper()
		right, err := s.HoldApply(t.Context(), by, noon())
		if err != nil {
			t.Fatal(err)
		}
		return right
	}
	refused := func(who string) {
		t.Helper()
		_, err := other.HoldApply(t.Context(), "bob", noon())
		var taken *store.AppliedByOtherError
		if !errors.As(err, &taken) || taken.Who != who {
			t.Errorf("somebody else is told %v", err)
		}
	}
	right := hold("ann")
	refused("ann since 12:00:00Z")
	if err := right.Held(t.Context()); err != nil {
		t.Error(err)
	}
	right.Release(t.Context())
	right = hold(strings.Repeat("long", 20))
	refused(strings.Repeat("long", 7) + "lo since 12:00:00Z")

	// Who is killed lets go, and is told so if it lives on.
	if _, err := other.Pool().Exec(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'heed apply: %'`); err != nil {
		t.Fatal(err)
	}
	if right.Held(t.Context()) == nil {
		t.Error("the connection is gone, and the right is not")
	}
	right.Release(t.Context())
	next, err := other.HoldApply(t.Context(), "bob", noon())
	for range 100 { // Postgres takes a moment to end a connection
		if err == nil {
			break
		}
		time.Sleep(50 * time.Millisecond)
		next, err = other.HoldApply(t.Context(), "bob", noon())
	}
	if err != nil {
		t.Fatal(err)
	}
	next.Release(t.Context())
	if names := scan[int](t, s, `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'heed apply: %'`); names != 0 {
		t.Errorf("%d connections are still signed", names)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.HoldApply(ctx, "ann", noon()); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// The ruleset in force is compared as ApplyRuleset does it: a document that is read otherwise is another.
func TestCompareRuleset(t *testing.T) {
	t.Parallel()
	s := open(t)
	compare := func(document, settings string, version int64, same bool) {
		t.Helper()
		v, is, err := s.CompareRuleset(t.Context(), []byte(document), []byte(settings))
		if err != nil || v != version || is != same {
			t.Errorf("%q %q: version %d, same %v, %v; want %d, %v", document, settings, v, is, err, version, same)
		}
	}
	compare("a", "{}", 0, false)
	if _, _, err := s.ApplyRuleset(t.Context(), []byte("a"), []byte(`{"scope": "program"}`), "test", noon()); err != nil {
		t.Fatal(err)
	}
	compare("a", `{"scope":"program"}`, 1, true)
	compare("a", `{"scope":"sender"}`, 1, false)
	compare("b", `{"scope":"program"}`, 1, false)
}
