package outbox

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heedsms/heed/internal/sms"
)

// Each row: a reply, and what it carries through AWS.
func TestContextOf(t *testing.T) {
	t.Parallel()
	with := func(rule, chain string) Action {
		return Action{ID: "7", Program: "alerts", Identity: "+12065550100", Purpose: ForKeyword, Rule: rule, Chain: chain}
	}
	context := func(rule, inbound string) map[string]string {
		return map[string]string{"heed_outbox": "7", "heed_program": "alerts", "heed_rule": rule, "heed_inbound": inbound}
	}
	without := func(key string, of map[string]string) map[string]string { delete(of, key); return of }
	for _, c := range []struct {
		sentence string
		action   Action
		want     map[string]string
	}{
		{"a keyword's answer names its rule", with("hours", "+12065550100/in-1/sms"), context("hours", "in-1")},
		{"an answer without a rule names its purpose", with("", "+12065550100/in-1/sms"), context("keyword", "in-1")},
		{"an id may have slashes", with("hours", "+12065550100/a/b//c/rcs_text"), context("hours", "a/b//c")},
		{"what no text is the cause of answers none", with("hours", "change/1"), without("heed_inbound", context("hours", ""))},
		{"AWS takes no blanks around a value", with("\t hours \n", "+12065550100/in-1/sms"), context("hours", "in-1")},
		{"nor more than 800 characters", with(strings.Repeat("x", 801), "+12065550100/"+strings.Repeat("é", 800)+"/sms"), without("heed_rule", context("", strings.Repeat("é", 800)))},
		{"of which an emoji is two", with(strings.Repeat("😀", 401), "+12065550100/in-1/sms"), without("heed_rule", context("", "in-1"))},
	} {
		if diff := cmp.Diff(c.want, ContextOf(c.action)); diff != "" {
			t.Errorf("%s:\n%s", c.sentence, diff)
		}
	}
}

// The variant is told too, and an identity with slashes leads nobody astray.
func TestAnswers(t *testing.T) {
	t.Parallel()
	a := Action{Identity: "pool/1", Chain: "pool/1/in/1/rcs_suggestion"}
	if id, variant := a.Answers(); id != "in/1" || variant != sms.VariantSuggestion {
		t.Errorf("answers %q, %q", id, variant)
	}
}
