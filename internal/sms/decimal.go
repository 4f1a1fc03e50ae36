package sms

import (
	"math/big"
	"strings"
)

// Decimal is an amount as AWS wrote it, exact: prices are never floats here. The empty Decimal means that none was
// given. It is normalised (no exponent, no trailing zeros, no leading zeros), so equal amounts are equal strings.
//
// AWS's prose gives thousandths of a cent as the unit of its prices; every sample only makes sense as US dollars.
// heed keeps the number and labels the unit as assumed (configuration-sets-event-format).
type Decimal string

// maxDecimal bounds what is taken for an amount. Longer ones are kept as text among the extra fields.
const maxDecimal = 40

// ParseDecimal reads a JSON number that is not negative. It reports false for anything else, and for amounts that
// no message ever cost.
func ParseDecimal(s string) (Decimal, bool) {
	if s == "" || len(s) > maxDecimal || s[0] == '-' || s[0] == '+' {
		return "", false
	}
	if strings.IndexByte(s, 'e') >= 0 || strings.IndexByte(s, 'E') >= 0 {
		return fromExponent(s)
	}
	whole, fraction, _ := strings.Cut(s, ".")
	if !allDigits(whole) || (fraction != "" && !allDigits(fraction)) {
		return "", false
	}
	fraction = strings.TrimRight(fraction, "0")
	if len(whole) == 1 || whole[0] != '0' {
		// A part of what was given, as nearly all are.
		if fraction == "" {
			return Decimal(whole), true
		}
		return Decimal(s[:len(whole)+1+len(fraction)]), true
	}
	whole = strings.TrimLeft(whole, "0")
	if whole == "" {
		whole = "0"
	}
	if fraction != "" {
		return Decimal(whole + "." + fraction), true
	}
	return Decimal(whole), true
}

func fromExponent(s string) (Decimal, bool) {
	mantissa, exponent, _ := strings.Cut(strings.ToLower(s), "e")
	if _, ok := ParseDecimal(mantissa); !ok {
		return "", false
	}
	// Bounded before it is expanded: 1e999999999 is a few bytes here and a gigabyte as a number.
	if digits := strings.TrimLeft(exponent, "+-0"); len(digits) > 2 || (len(digits) == 2 && digits > "20") {
		return "", false
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return "", false
	}
	places, exact := r.FloatPrec()
	if !exact {
		return "", false
	}
	return ParseDecimal(r.FloatString(places))
}

// Compare orders two amounts: -1, 0 or 1. None is less than any.
func (d Decimal) Compare(o Decimal) int {
	dw, df, _ := strings.Cut(string(d), ".")
	ow, of, _ := strings.Cut(string(o), ".")
	if len(dw) != len(ow) {
		if len(dw) < len(ow) {
			return -1
		}
		return 1
	}
	if c := strings.Compare(dw, ow); c != 0 {
		return c
	}
	// Without trailing zeros, comparing fractions as text compares their values.
	return strings.Compare(df, of)
}
