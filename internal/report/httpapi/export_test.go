package httpapi

import "net/http"

// ServePage lets any handler stand for the page.
func (a *API) ServePage(h http.Handler) { a.servePage(h) }

// Routes are the methods and paths that are answered.
func (a *API) Routes() []string {
	var all []string
	for _, r := range a.routes() {
		all = append(all, r.method+" "+r.path)
	}
	return all
}

// The file that is served, and the limits that tests go to.
var (
	OpenAPI     = openapiYAML
	MostAddress = mostAddress
	MostHeaders = mostHeaders
	MostBody    = mostBody
	HeldBack    = heldBack
	Cookie      = cookie
)

// Problems are the names of all kinds of errors.
func Problems() []string {
	var names []string
	for _, p := range []problem{
		badRequest, unauthenticated, forbidden, notFound, methodNotAllowed, notAcceptable, tooLarge, uriTooLong, unsupportedMedia, headersTooLarge,
		internalFault, unavailable, timedOut,
	} {
		names = append(names, p.name)
	}
	return names
}
