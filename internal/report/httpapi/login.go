package httpapi

import (
	_ "embed"
	"encoding/base64"
	"html"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// A browser sends no bearer token of its own, and behind AWS's gateways a dialog for one cannot be asked for: they
// rename WWW-Authenticate. So the page has a form, and the browser keeps the token in a cookie that no script reads and
// that no other site's request carries.

//go:embed login.html
var loginHTML string

// loginPolicy lets the form have its style, and nothing else.
const loginPolicy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// loggedIn is how long a browser keeps the token.
const loggedIn = 12 * 60 * 60 // seconds

type login struct{ tokens *Tokens }

// ask shows the form; next is where the browser goes from there.
func (l *login) ask(w http.ResponseWriter, next, complaint string) {
	h := w.Header()
	h.Set("Content-Security-Policy", loginPolicy)
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "same-origin") // or else an old browser does not say whose form it sends
	h.Set("WWW-Authenticate", `Bearer realm="heed"`)
	w.WriteHeader(http.StatusUnauthorized)
	if complaint != "" {
		complaint = `<p role="alert">` + html.EscapeString(complaint) + `</p>`
	}
	form := strings.NewReplacer("{{next}}", html.EscapeString(next), "{{complaint}}", complaint).Replace(loginHTML)
	_, _ = io.WriteString(w, form) // whoever asked has gone
}

// in takes the form.
func (l *login) in(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return badRequest.because("The form cannot be read.")
	}
	token, next := strings.TrimSpace(r.PostForm.Get("token")), here(r.PostForm.Get("next"))
	if _, err := l.tokens.check(token); err != nil {
		l.ask(w, next, "This token is not known.")
		return nil
	}
	l.set(w, token, loggedIn)
	http.Redirect(w, r, next, http.StatusSeeOther) //nolint:gosec // here has made it a path of this site
	return nil
}

// out forgets the token.
func (l *login) out(w http.ResponseWriter, r *http.Request) error {
	l.set(w, "", -1)
	http.Redirect(w, r, "/", http.StatusSeeOther)
	return nil
}

func (l *login) set(w http.ResponseWriter, token string, seconds int) {
	http.SetCookie(w, &http.Cookie{
		Name: cookie, Value: base64.RawURLEncoding.EncodeToString([]byte(token)), Path: "/", MaxAge: seconds, Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode,
	})
	w.Header().Set("Cache-Control", "no-store")
}

// here is a path of this site, or its top: a form must not send a browser elsewhere.
func here(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.Contains(next, `\`) {
		return "/"
	}
	return next
}
