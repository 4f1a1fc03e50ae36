package sms_test

import (
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/heedsms/heed/internal/sms"
)

func TestParsePhone(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		why, written string
		want         sms.Phone
		dialable     bool
	}{
		{"as AWS writes it for SMS", "+14255550101", "+14255550101", true},
		{"as AWS writes it for RCS", "14255550101", "+14255550101", true},
		{"as people write it", " +1 (425) 555-0101 ", "+14255550101", true},
		{"with a space that does not break", "+1\u00a0425\u00a05550101", "+14255550101", true},
		{"another country", "447700900123", "+447700900123", true},
		{"a short code stays one", "12345", "12345", false},
		{"a six-digit short code too", "123456", "123456", false},
		{"a sender's name is kept", "EXAMPLECO", "EXAMPLECO", false},
		{"a name with digits too", "Shop24", "Shop24", false},
		{"a plus in the middle is no number", "1425+5550101", "1425+5550101", false},
		{"no country begins with zero", "+04255550101", "+04255550101", false},
		{"longer than AWS takes", "+12345678901234567890", "+12345678901234567890", false},
		{"only a plus", "+", "+", false},
		{"nothing", "  ", "", false},
	} {
		got := sms.ParsePhone(row.written)
		if got != row.want || got.Dialable() != row.dialable {
			t.Errorf("%s: %q is %q, dialable %t; want %q, %t", row.why, row.written, got, got.Dialable(), row.want, row.dialable)
		}
	}
}

// Machines are not answered; people are.
func TestShortNumeric(t *testing.T) {
	t.Parallel()
	for p, want := range map[string]bool{"12345": true, "123456": true, "+14255550101": false, "14255550101": false, "EXAMPLECO": false, "": false} {
		if got := sms.ParsePhone(p).ShortNumeric(); got != want {
			t.Errorf("%q: %t", p, got)
		}
	}
}

func TestParseIdentity(t *testing.T) {
	t.Parallel()
	type kind struct{ rcs, pool, phoneID, tollFree, canadian bool }
	for _, row := range []struct {
		why, written string
		want         sms.Identity
		kind         kind
	}{
		{"a number", "+12065550199", "+12065550199", kind{}},
		{"a number without its plus", "12065550199", "+12065550199", kind{}},
		{"a short code of five digits", "12345", "12345", kind{}},
		{"a short code of eight digits, as other countries have", "12345678", "12345678", kind{}},
		{"an RCS agent", string(agent), agent, kind{rcs: true}},
		{"a pool", "pool-00112233445566778899aabbccddeeff", "pool-00112233445566778899aabbccddeeff", kind{pool: true}},
		{"AWS's id of a number", "phone-00112233445566778899aabbccddeeff", "phone-00112233445566778899aabbccddeeff", kind{phoneID: true}},
		{"a sender id", "EXAMPLECO", "EXAMPLECO", kind{}},
		{"a toll-free number", "18005550100", "+18005550100", kind{tollFree: true}},
		{"a newer toll-free number", "+18335550100", "+18335550100", kind{tollFree: true}},
		{"800 elsewhere is no toll-free number of North America", "+448005550100", "+448005550100", kind{}},
		{"800 further on in the number neither", "+12068005550", "+12068005550", kind{}},
		{"a number of Toronto", "+14165550100", "+14165550100", kind{canadian: true}},
	} {
		got := sms.ParseIdentity(row.written)
		is := kind{got.IsRCSAgent(), got.IsPool(), got.IsPhoneNumberID(), got.IsUSTollFree(), got.IsCanadian()}
		if got != row.want || is != row.kind {
			t.Errorf("%s: %q is %q %+v, want %q %+v", row.why, row.written, got, is, row.want, row.kind)
		}
	}
}

// Whatever a contact's number looks like, at most four of its digits reach a log, and as a text that a log can hold.
func TestMasked(t *testing.T) {
	t.Parallel()
	if got := sms.Phone("+14255550101").Masked(); got != "***0101" {
		t.Errorf("a number is told as %q, want its last four digits", got)
	}
	if got := sms.Identity("+12065550199").Masked(); got != "***0199" {
		t.Errorf("a number of ours is told as %q", got)
	}
	// Names and ids of ours are nobody's number.
	if got := agent.Masked(); got != string(agent) {
		t.Errorf("an agent is told as %q", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		written := rapid.OneOf(rapid.StringMatching(`\+?[0-9]{1,19}`), rapid.String(), rapid.StringMatching(`[٠-٩+0-9 ()-]{1,24}`)).Draw(t, "number")
		masked := sms.ParsePhone(written).Masked()
		digits := 0
		for _, r := range masked {
			if unicode.IsDigit(r) {
				digits++
			}
		}
		if digits > 4 || (len(masked) > 4 && masked == written) {
			t.Fatalf("%q is told as %q", written, masked)
		}
		if utf8.ValidString(written) && !utf8.ValidString(masked) {
			t.Fatalf("%q is told as %q, which is not text", written, masked)
		}
		once := sms.ParsePhone(written)
		if again := sms.ParsePhone(string(once)); again != once {
			t.Fatalf("%q read twice is %q, then %q", written, once, again)
		}
	})
}
