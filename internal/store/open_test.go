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
