package page

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// number writes a count with its thousands apart.
func number(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "−", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// short writes a count for a scale.
func short(n int64) string {
	switch {
	case n >= 1_000_000:
		return strconv.FormatFloat(float64(n)/1e6, 'f', -1, 64) + "M"
	case n >= 10_000:
		return strconv.FormatFloat(float64(n)/1e3, 'f', -1, 64) + "k"
	}
	return number(n)
}

// percent writes a share. What is not all does not read as all, and what is not nothing does not read as nothing.
func percent(share float64) string {
	switch p := share * 100; {
	case share >= 1:
		return "100%"
	case p > 99.9:
		return ">99.9%"
	case share <= 0:
		return "0%"
	case p < 0.01:
		return "<0.01%"
	case p < 1:
		return strconv.FormatFloat(p, 'f', 2, 64) + "%"
	default:
		return strconv.FormatFloat(p, 'f', 1, 64) + "%"
	}
}

// dollars writes an amount of US dollars: cents, or as many digits as a small amount needs.
func dollars(amount float64) string {
	switch {
	case amount == 0:
		return "$0"
	case math.Abs(amount) < 0.0001:
		return "<$0.0001"
	case math.Abs(amount) < 1:
		return "$" + strconv.FormatFloat(amount, 'f', 4, 64)
	}
	whole, cents, _ := strings.Cut(strconv.FormatFloat(amount, 'f', 2, 64), ".")
	n, _ := strconv.ParseInt(whole, 10, 64) // what FormatFloat wrote
	return "$" + number(n) + "." + cents
}

// seconds writes how long something took.
func seconds(s float64) string {
	switch {
	case s < 0.0995:
		return fmt.Sprintf("%.0f ms", s*1000)
	case s < 9.95:
		return fmt.Sprintf("%.1f s", s)
	case s < 99.5:
		return fmt.Sprintf("%.0f s", s)
	case s < 99.5*60:
		return fmt.Sprintf("%.0f min", s/60)
	case s < 48*3600:
		return fmt.Sprintf("%.1f h", s/3600)
	}
	return fmt.Sprintf("%.1f days", s/86400)
}

// took writes the time between two moments.
func took(from, to time.Time) string {
	if d := to.Sub(from); d > 0 {
		return seconds(d.Seconds())
	}
	return "at once"
}

// decimal writes a measure that may have a fraction.
func decimal(v float64) string {
	if v == math.Trunc(v) {
		return number(int64(v))
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}
