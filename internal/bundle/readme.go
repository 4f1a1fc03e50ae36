package bundle

import (
	_ "embed"
	"io"
	"text/template"

	"github.com/heedsms/heed/internal/dossier"
)

//go:embed readme.txt
var readmeText string

// readme says what is what, and how each part is checked.
func readme(w io.Writer, d *dossier.Dossier) error {
	page, err := template.New("readme").Parse(readmeText)
	if err != nil {
		return err
	}
	return page.Execute(w, d)
}
