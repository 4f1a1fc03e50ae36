package httpapi

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	strict "github.com/go-json-experiment/json"
)

// noStore is for answers that name people; checked is for others: a copy may be kept, and is asked after each time.
const (
	noStore = "no-store"
	checked = "private, no-cache"
)

// write answers with a JSON document, or says that it is the one that the caller has.
func write(w http.ResponseWriter, r *http.Request, cache string, v any) error {
	var body bytes.Buffer
	e := json.NewEncoder(&body)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	w.Header().Set("Content-Type", "application/json")
	writeBody(w, r, cache, body.Bytes())
	return nil
}

// writeBody answers with a body that is known as a whole: its tag is made of its bytes.
func writeBody(w http.ResponseWriter, r *http.Request, cache string, body []byte) {
	sum := sha256.Sum256(body)
	h := w.Header()
	h.Set("Cache-Control", cache)
	h.Set("ETag", `"`+hex.EncodeToString(sum[:16])+`"`)
	if notModified(w, r) {
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(body) // whoever asked has gone
}

// notModified answers 304 where the caller has what the ETag that is set stands for.
func notModified(w http.ResponseWriter, r *http.Request) bool {
	tag := strings.TrimPrefix(w.Header().Get("ETag"), "W/")
	for known := range strings.SplitSeq(strings.Join(r.Header.Values("If-None-Match"), ","), ",") {
		if known = strings.TrimSpace(known); known == "*" || strings.TrimPrefix(known, "W/") == tag {
			w.Header().Del("Content-Type")
			w.WriteHeader(http.StatusNotModified)
			return true
		}
	}
	return false
}

// parameters reads a query that may have these names, each once.
func parameters(r *http.Request, names ...string) (url.Values, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, badRequest.because("The query is not written as name=value&name=value.")
	}
	for name, given := range values {
		switch {
		case !slices.Contains(names, name) && len(names) == 0:
			return nil, badRequest.because("There are no parameters here.")
		case !slices.Contains(names, name):
			return nil, badRequest.because(fmt.Sprintf("There is no parameter %s: there are %s.", quoted(name), strings.Join(names, ", ")))
		case len(given) > 1:
			return nil, badRequest.because(fmt.Sprintf("%s is given %d times: once is enough.", name, len(given)))
		case !plain(given[0]):
			return nil, badRequest.because(fmt.Sprintf("%s is no text in UTF-8.", name))
		}
	}
	return values, nil
}

// plain says whether Postgres takes it for a text.
func plain(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

// quoted is a word of the caller's in a sentence, not all of a long one.
func quoted(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return strconv.QuoteToASCII(s)
}

// number reads a parameter that is a number from 1 to most.
func number(values url.Values, name string, otherwise, most int) (int, error) {
	word := values.Get(name)
	if !values.Has(name) {
		return otherwise, nil
	}
	n, err := strconv.Atoi(word)
	if err != nil || n < 1 || n > most {
		return 0, badRequest.because(fmt.Sprintf("%s is %s: write a number from 1 to %d.", name, quoted(word), most))
	}
	return n, nil
}

// moment reads a parameter that is a time or a date; zero where it is not given.
func moment(values url.Values, name string) (time.Time, error) {
	word := values.Get(name)
	if !values.Has(name) {
		return time.Time{}, nil
	}
	// A plus sign that was not written as %2B is a space.
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if at, err := time.Parse(layout, strings.Replace(word, " ", "+", 1)); err == nil && at.Year() > 1 && at.Year() < 9999 {
			return at.UTC(), nil
		}
	}
	return time.Time{}, badRequest.because(fmt.Sprintf("%s is %s: write a time like 2026-11-20T12:00:00Z, or a date like 2026-11-20, which begins at midnight UTC.", name, quoted(word)))
}

// read reads a JSON body: one object in UTF-8, with no member that is not known, and none twice. What is recorded of it
// stands for years: nothing is guessed.
func read(r *http.Request, into any) error {
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	if !strings.EqualFold(strings.TrimSpace(kind), "application/json") {
		return unsupportedMedia.because("Send JSON, with Content-Type: application/json.")
	}
	if err := strict.UnmarshalRead(r.Body, into, strict.RejectUnknownMembers(true)); err != nil {
		return bodyFault(err)
	}
	return nil
}

// bodyFault says what is wrong with a body.
func bodyFault(err error) error {
	var large *http.MaxBytesError
	var unfit *strict.SemanticError
	switch {
	case errors.As(err, &large):
		return err
	case errors.Is(err, strict.ErrUnknownName) && errors.As(err, &unfit):
		return badRequest.because("The body has a member that is not known, " + quoted(unfit.JSONPointer.LastToken()) + ": see /openapi.json.")
	case errors.As(err, &unfit):
		return badRequest.because(fmt.Sprintf("%s cannot be what was sent, a %s: see /openapi.json.", cmp.Or(unfit.JSONPointer.LastToken(), "The body"), unfit.JSONKind))
	}
	return badRequest.because("The body has to be one JSON object in UTF-8, with no member twice: see /openapi.json.")
}
