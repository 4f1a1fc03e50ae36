package bundle

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/heedsms/heed/internal/dossier"
)

//go:embed page.html
var pageText string

// plain shows the characters that nobody sees but that turn round or hide what stands beside them. The JSON document
// has them as they are.
func plain(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n', r == '\t', !unicode.IsControl(r) && !unicode.Is(unicode.Bidi_Control, r):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "⟨%U⟩", r)
		}
	}
	return b.String()
}

// Page writes the document for people: one file, no scripts, nothing from elsewhere.
func Page(w io.Writer, d *dossier.Dossier, zone Zone) error {
	page, err := template.New("page").Funcs(template.FuncMap{
		"when":  zone.Write,
		"stamp": func(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) },
		"facts": func(e *dossier.Entry) []dossier.Fact { return d.Facts(e, zone.Write) },
		"why":   func(a *dossier.Answer) string { return a.Why(zone.Write) },
		"aws":   func(r *dossier.Register) string { return r.AWS(zone.Write) },
		"zone": func() string {
			if zone.Location == nil {
				return "UTC"
			}
			return zone.String()
		},
		"plain": plain,
		"sound": func(e *dossier.Event) bool { return !slices.Contains(d.Broken, e.ID) },
	}).Parse(pageText)
	if err != nil {
		return err
	}
	return page.Execute(w, d)
}
