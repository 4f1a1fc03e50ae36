package httpapi

import (
	"fmt"
	"net/http"

	"github.com/heedsms/heed/internal/report/page"
)

// AddPage lets the page answer what is not of the API, to the same people; where they are known by a token, a browser is
// asked for it. Call it before the first request.
func (a *API) AddPage() error {
	p := page.Page{
		// Reports that are too slow end before the page does: what else there is can still be shown.
		Reports: a.Store, Conversations: a.Store, Queue: a.Store, Patience: a.Timeout * 4 / 5, Phone: a.Phone, Log: a.Log, Now: a.Now,
		Actor: func(r *http.Request) string {
			if who := PrincipalOf(r.Context()); who.Write {
				return who.Name
			}
			return ""
		},
	}
	if a.Write {
		p.Decide = a.Decide
	}
	if _, ok := a.Auth.(*Tokens); ok {
		p.SignOut = "/logout"
	}
	h, err := p.Handler()
	if err != nil {
		return fmt.Errorf("prepare the page: %w", err)
	}
	a.servePage(h)
	return nil
}

// servePage lets a handler answer what is not of the API.
func (a *API) servePage(h http.Handler) {
	a.page = h
	if tokens, ok := a.Auth.(*Tokens); ok {
		a.login = &login{tokens}
		// A failed try leaves the address in the browser's line.
		a.mux.Handle("GET /login", http.RedirectHandler("/", http.StatusSeeOther))
		a.mux.Handle("POST /login", a.handler(route{path: "/login", open: true, handle: a.login.in}))
		a.mux.Handle("POST /logout", a.handler(route{path: "/logout", open: true, handle: a.login.out}))
	}
}
