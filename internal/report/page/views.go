package page

import (
	"embed"
	"fmt"
	"html/template"
	"time"
)

//go:embed templates/*.html
var sources embed.FS

// views are the pages by name, each with the layout around it.
type views map[string]*template.Template

func loadViews(a *assets) (views, error) {
	words := template.FuncMap{
		"asset":   a.url,
		"number":  number,
		"percent": percent,
		"dollars": dollars,
		"seconds": seconds,
		"took":    took,
		"spoken":  spoken,
		"stamp":   func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"when":    func(t time.Time, zone *time.Location) string { return t.In(zone).Format("2 Jan 2006, 15:04") },
		"clock":   func(t time.Time, zone *time.Location) string { return t.In(zone).Format("15:04:05") },
		"day":     func(t time.Time, zone *time.Location) string { return t.In(zone).Format("2 Jan 2006") },
		"isoDate": func(t time.Time) string { return t.Format(time.DateOnly) },
	}
	all := views{}
	for _, name := range []string{"overview", "contact", "message", "review", "lost"} {
		view, err := template.New(name).Funcs(words).ParseFS(sources, "templates/layout.html", "templates/parts.html", "templates/"+name+".html")
		if err != nil {
			return nil, fmt.Errorf("read the page %s: %w", name, err)
		}
		all[name] = view
	}
	return all, nil
}
