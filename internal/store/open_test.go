package store_test

import (
	"context"
	"strings"
	"testing"

	"github.com/heedsms/heed/internal/store"
)

// A way of executing in which no batch could be written is told when the store is opened, not by parked texts.
func TestOpenRefusesModesThatCannotWrite(t *testing.T) {
	t.Parallel()
	for mode, works := range map[string]bool{
		"": true, "&default_query_exec_mode=cache_statement": true, "&default_query_exec_mode=cache_describe": true,
		"&default_query_exec_mode=describe_exec": false, "&default_query_exec_mode=exec": false, "&default_query_exec_mode=simple_protocol": false,
	} {
		s, err := store.Open(context.Background(), store.Options{URL: "postgres://heed@localhost/heed?sslmode=disable" + mode})
		if works != (err == nil) || err != nil && !strings.Contains(err.Error(), "cache_describe") {
			t.Errorf("%q: %v", mode, err)
		}
		if s != nil {
			s.Close()
		}
	}
}

// An address that cannot be read is not told: its password may be anywhere in it.
func TestOpenTellsNoPassword(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"postgres://heed:ab/hunter2@db:5432/heed", "postgres://heed:ab@hunter2@db:x/heed", "host=db password='ab hunter2 port=x", "hunter2", "postgres://heed:%zzhunter2@db/heed",
	} {
		_, err := store.Open(context.Background(), store.Options{URL: address})
		if err == nil || strings.Contains(err.Error(), "hunter2") || !strings.Contains(err.Error(), "parse") {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// A worker's statements are planned once a connection, those of reports for their parameters, and behind a pooler, who gives
// the connection to others, nothing is set.
func TestGenericPlans(t *testing.T) {
	t.Parallel()
	address := open(t).Pool().Config().ConnString()
	for _, test := range []struct {
		url     string
		generic bool
		want    string
	}{
		{address, true, "force_generic_plan"},
		{address, false, "auto"},
		{address + "&default_query_exec_mode=cache_describe", true, "auto"},
	} {
		s, err := store.Open(t.Context(), store.Options{URL: test.url, GenericPlans: test.generic})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		if got := scan[string](t, s, `SHOW plan_cache_mode`); got != test.want {
			t.Errorf("generic %t at %s: %s", test.generic, test.url, got)
		}
	}
}
