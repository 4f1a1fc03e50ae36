package outbox

import (
	"testing"
	"time"
)

// Each row: who keeps the list, what the register says, and what the list should say.
func TestWant(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sentence string
		sharing  []string
		consents map[string]string
		want     Wanted
	}{
		{"opted out: on the list", []string{"a"}, map[string]string{"a": "opted_out"}, Listed},
		{"opted in: off it", []string{"a"}, map[string]string{"a": "opted_in"}, NotListed},
		{"another program that shares the list keeps them on it", []string{"a", "b"}, map[string]string{"a": "opted_in", "b": "opted_out"}, Listed},
		{"another program with another list does not", []string{"a"}, map[string]string{"a": "opted_in", "b": "opted_out"}, NotListed},
		{"a list that the ruleset no longer connects with the program sets nobody free", nil, map[string]string{"a": "opted_out"}, Listed},
		{"nor does a consent that was erased", []string{"a"}, nil, LeftAlone},
		{"nor one that is held", []string{"a"}, map[string]string{"a": "held"}, LeftAlone},
		{"nor another program's opt-in", []string{"a", "b"}, map[string]string{"b": "opted_in"}, LeftAlone},
	} {
		if got := Want(c.sharing, "a", c.consents); got != c.want {
			t.Errorf("%s: %s, want %s", c.sentence, got, c.want)
		}
	}
}

// Waits grow and stay bounded.
func TestWait(t *testing.T) {
	t.Parallel()
	last := time.Duration(0)
	for n := 1; n < 100; n++ {
		if w := wait(n); w < last || w > longestWait {
			t.Fatalf("attempt %d waits %s after %s", n, w, last)
		} else {
			last = w
		}
	}
	if wait(1) != firstWait || last != longestWait {
		t.Errorf("from %s to %s", wait(1), last)
	}
}
