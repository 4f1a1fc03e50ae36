package page

import (
	"maps"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// theme reads the variables of one block of the style sheet.
func theme(t *testing.T, css, selector string) map[string]string {
	t.Helper()
	_, block, found := strings.Cut(css, "\n"+selector+" {")
	block, _, _ = strings.Cut(block, "}")
	if !found {
		t.Fatalf("the style sheet has no %s", selector)
	}
	colors := map[string]string{}
	for _, m := range regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]{6});`).FindAllStringSubmatch(block, -1) {
		colors[m[1]] = m[2]
	}
	return colors
}

// luminance is that of WCAG 2.2.
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	v, err := strconv.ParseUint(strings.TrimPrefix(hex, "#"), 16, 32)
	if err != nil || hex == "" {
		t.Fatalf("color %q", hex)
	}
	part := func(shift uint) float64 {
		c := float64(v>>shift&0xff) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*part(16) + 0.7152*part(8) + 0.0722*part(0)
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// Every pair of colors that is used has the contrast that WCAG AA asks for, in both themes.
func TestContrast(t *testing.T) {
	t.Parallel()
	sheet, err := embedded.ReadFile("assets/page.css")
	if err != nil {
		t.Fatal(err)
	}
	css := string(sheet)
	light, dark, system := theme(t, css, ":root"), theme(t, css, `  :root[data-theme="dark"]`), theme(t, css, `  :root:not([data-theme="light"])`)
	if !maps.Equal(dark, system) || len(dark) != len(light) {
		t.Error("dark is not the same where it was chosen and where the system is")
	}
	grounds := []string{"page", "band", "raised"}
	for name, colors := range map[string]map[string]string{"light": light, "dark": dark} {
		check := func(least float64, fore string, backs ...string) {
			t.Helper()
			for _, back := range backs {
				if got := contrast(t, colors[fore], colors[back]); got < least {
					t.Errorf("%s: %s on %s has %.2f, not %.1f", name, fore, back, got, least)
				}
			}
		}
		// Words.
		for _, fore := range []string{"ink", "soft", "link", "good", "bad", "warn"} {
			check(4.5, fore, grounds...)
		}
		check(4.5, "good", "good-band")
		check(4.5, "bad", "bad-band")
		check(4.5, "warn", "warn-band")
		check(4.5, "link", "link-band")
		check(4.5, "button-ink", "button")
		check(4.5, "ink", "theirs")
		check(4.5, "ours-ink", "ours")
		// What has to be seen: edges of fields, and the parts of drawings.
		for _, fore := range []string{"edge", "bar", "bar-failed", "bar-unknown", "bar-open"} {
			check(3, fore, "page", "raised")
		}
	}
}
