package store_test

import (
	"testing"

	"github.com/heedsms/heed/internal/sms"
)

// However an application writes the number, can_send knows the person whose STOP was recorded; and it never allows
// what it was not asked.
func TestCanSendReadsNumbersAsIntakeDoes(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, rulesYAML)
	say(t, texts(s, strictAWS(t, rulesYAML), noon), spoken{"1", ann, acme, "STOP", noon()})
	ask := func(contact, program any) string {
		return scan[string](t, s, `SELECT allowed || ' ' || reason FROM heed.can_send($1, $2)`, contact, program)
	}
	for _, form := range []string{
		"+14255550101", "14255550101", " 14255550101", "14255550101 ", "+1 425 555 0101", "+1-425-555-0101",
		"1 (425) 555-0101", "+1.425.555.0101", "+1\u00a0425\u00a0555\u00a00101",
		"(1) 425.555.0101", "(1425) 555-0101", "+(1) 425 555 0101", "+ 14255550101", "\u00a0+14255550101", "\t+14255550101\n",
	} {
		if got := sms.ParsePhone(form); got != ann {
			t.Errorf("intake makes %s of %q", got, form)
		}
		if got, want := ask(form, "alerts"), "false opted_out"; got != want {
			t.Errorf("can_send(%q) says %s, want %s", form, got, want)
		}
	}
	for _, c := range []struct {
		sentence         string
		contact, program any
		want             string
	}{
		{"nobody may be texted", nil, "alerts", "false contact_or_program_missing"},
		{"nothing may be sent", ann, nil, "false contact_or_program_missing"},
		{"nor nothing to nobody", nil, nil, "false contact_or_program_missing"},
		{"of a program that is in no file nothing is known", ann, "Alerts", "true no_record"},
		{"a short code", "24681", "alerts", "true no_record"},
		{"a number that lacks its country answers for nobody", "425-555-0101", "alerts", "false not_a_number"},
		{"nor one with a prefix of its country", "001 425 555 0101", "alerts", "false not_a_number"},
		{"signs that nobody sees, as phones copy them", "\u202a+14255550101\u202c", "alerts", "false not_a_number"},
		{"a link", "tel:+14255550101", "alerts", "false not_a_number"},
		{"nothing", "", "alerts", "false not_a_number"},
	} {
		if got := ask(c.contact, c.program); got != c.want {
			t.Errorf("%s: %s, want %s", c.sentence, got, c.want)
		}
	}
}
