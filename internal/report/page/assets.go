package page

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"
)

//go:embed assets/*.js assets/*.css assets/*.svg assets/*.LICENSE.txt
var embedded embed.FS

// assets are the files beside the page, under names that hold their fingerprint: a browser keeps them for good, and
// asks for another name when one has changed.
type assets struct {
	named map[string]string // page.css: /assets/page.1f2e3d4c5b6a.css
	files map[string]asset  // by the last part of that
}

type asset struct {
	body []byte
	kind string
	tag  string
}

func loadAssets() (*assets, error) {
	all := &assets{named: map[string]string{}, files: map[string]asset{}}
	entries, err := fs.ReadDir(embedded, "assets")
	if err != nil {
		return nil, fmt.Errorf("read the page's assets: %w", err)
	}
	for _, e := range entries {
		body, err := fs.ReadFile(embedded, path.Join("assets", e.Name()))
		if err != nil {
			return nil, fmt.Errorf("read the page's assets: %w", err)
		}
		sum := sha256.Sum256(body)
		mark, extension := hex.EncodeToString(sum[:6]), path.Ext(e.Name())
		name := strings.TrimSuffix(e.Name(), extension) + "." + mark + extension
		all.named[e.Name()] = "/assets/" + name
		all.files[name] = asset{body, cmp.Or(mime.TypeByExtension(extension), "text/plain; charset=utf-8"), `"` + mark + `"`}
	}
	return all, nil
}

// AssetURL is where the page's handler serves one of its files, for a page beside it.
func AssetURL(name string) (string, error) {
	all, err := loadAssets()
	if err != nil {
		return "", err
	}
	return all.url(name)
}

// url is where a file is found.
func (a *assets) url(name string) (string, error) {
	if url, ok := a.named[name]; ok {
		return url, nil
	}
	return "", fmt.Errorf("there is no asset %s", name)
}

func (a *assets) serve(w http.ResponseWriter, r *http.Request) {
	file, ok := a.files[r.PathValue("name")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", file.kind)
	w.Header().Set("ETag", file.tag)
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	// No time of change: the name is the version.
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(file.body))
}
