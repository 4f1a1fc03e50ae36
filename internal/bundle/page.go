package bundle

import (
	_ "embed"
	"html/template"
	"io"
	"slices"
	"time"

	"github.com/heedsms/heed/internal/dossier"
)

//go:embed page.html
var pageText string

// Page writes the document for people: one file, no scripts, nothing from elsewhere.
func Page(w io.Writer, d *dossier.Dossier, zone Zone) error {
	page, err := template.New("page").Funcs(template.FuncMap{
		"when":  zone.Write,
		"stamp": func(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) },
		"facts": func(e *dossier.Entry) []dossier.Fact { return d.Facts(e, zone.Write) },
		"say":   func(a *dossier.Answer) string { return a.In(zone.Write) },
		"aws":   func(r *dossier.Register) string { return r.AWS(zone.Write) },
		"zone": func() string {
			if zone.Location == nil {
				return "UTC"
			}
			return zone.String()
		},
		"sound": func(e *dossier.Event) bool { return !slices.Contains(d.Broken, e.ID) },
	}).Parse(pageText)
	if err != nil {
		return err
	}
	return page.Execute(w, d)
}
