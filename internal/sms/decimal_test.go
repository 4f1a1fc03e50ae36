package sms_test

import (
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/heedsms/heed/internal/sms"
)

func TestParseDecimal(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ why, written, want string }{
		{"as in AWS's samples", "0.00581", "0.00581"},
		{"nothing to pay, as a whole number", "0", "0"},
		{"nothing to pay, as a fraction: the same amount", "0.0", "0"},
		{"trailing zeros say nothing", "0.0190", "0.019"},
		{"a whole amount", "12", "12"},
		{"a small exponent", "5.81e-3", "0.00581"},
		{"a capital exponent with a sign", "1.5E+1", "15"},
		{"an exponent of nothing", "0e0", "0"},
		{"the smallest that is taken", "1e-20", "0.00000000000000000001"},
		{"digits beyond the twentieth place stay exact", "1.2345e-20", "0.000000000000000000012345"},
		{"binary fractions as other languages write them", "0.30000000000000004", "0.30000000000000004"},
		{"leading zeros, from a text", "007.5", "7.5"},

		{"less than nothing", "-0.5", ""},
		{"an exponent that would fill the memory", "1e999999999", ""},
		{"and downward", "1e-999999999", ""},
		{"longer than any price", strings.Repeat("9", 60), ""},
		{"a word", "free", ""},
		{"nothing", "", ""},
		{"not a number", "NaN", ""},
		{"two points", "1.2.3", ""},
		{"a fraction", "1/3", ""},
		{"a fraction with an exponent", "1/3e1", ""},
		{"hexadecimal is no price", "0x1e5", ""},
		{"underscores are for programs", "1_0e1", ""},
		{"binary exponents too", "1p5e1", ""},
		{"a sign", "+1", ""},
		{"half an exponent", "1e", ""},
		{"no digits", ".", ""},
	} {
		got, ok := sms.ParseDecimal(row.written)
		if string(got) != row.want || ok != (row.want != "") {
			t.Errorf("%s: %q is %q (%t), want %q", row.why, row.written, got, ok, row.want)
		}
	}
}

// Amounts keep their value and their order, and equal amounts are written alike.
func TestDecimalIsExact(t *testing.T) {
	t.Parallel()
	amount := rapid.StringMatching(`[0-9]{1,6}(\.[0-9]{1,12})?([eE][-+]?[0-9]{1,2})?`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := amount.Draw(t, "a"), amount.Draw(t, "b")
		da, oka := sms.ParseDecimal(a)
		db, okb := sms.ParseDecimal(b)
		if !oka || !okb {
			t.Skip("beyond belief")
		}
		ra, rb := rat(t, a), rat(t, b)
		if rat(t, string(da)).Cmp(ra) != 0 {
			t.Fatalf("%s became %s", a, da)
		}
		if got, want := da.Compare(db), ra.Cmp(rb); got != want {
			t.Fatalf("%s against %s: %d, want %d", da, db, got, want)
		}
		if (da == db) != (ra.Cmp(rb) == 0) {
			t.Fatalf("%s and %s are written %s and %s", a, b, da, db)
		}
		if again, ok := sms.ParseDecimal(string(da)); !ok || again != da {
			t.Fatalf("%s read again is %s", da, again)
		}
		if none := sms.Decimal(""); none.Compare(da) != -1 || da.Compare(none) != 1 || none.Compare(none) != 0 {
			t.Fatalf("no amount must be less than %s", da)
		}
	})
}

func rat(t *rapid.T, s string) *big.Rat {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		t.Fatalf("%q is no number", s)
	}
	return r
}
