package httpapi

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/heedsms/heed/internal/fault"
	"github.com/heedsms/heed/internal/report"
)

// described is one report there is.
type described struct {
	Name        string            `json:"name"`
	Title       string            `json:"title"`
	Description string            `json:"description"`
	Dimensions  []string          `json:"dimensions"`
	Default     []string          `json:"default"`
	Columns     []describedColumn `json:"columns"`
}

type describedColumn struct {
	Name        string      `json:"name"`
	Kind        report.Kind `json:"kind"`
	Unit        string      `json:"unit,omitempty"`
	Description string      `json:"description"`
	Dimension   bool        `json:"dimension"`
}

// reports answers which reports there are.
func (a *api) reports(w http.ResponseWriter, r *http.Request) error {
	if _, err := parameters(r); err != nil {
		return err
	}
	all := []described{}
	for _, s := range report.Specs() {
		d := described{s.Name, s.Title, s.Description, append([]string{}, s.Dimensions...), append([]string{}, s.Default...), []describedColumn{}}
		for _, c := range s.Columns {
			d.Columns = append(d.Columns, describedColumn{c.Name, c.Kind, c.Unit, c.Description, c.Dimension})
		}
		all = append(all, d)
	}
	return write(w, r, checked, map[string][]described{"reports": all})
}

// form is how a report is written.
type form struct {
	name, mediaType string
	write           func(io.Writer, report.Query, *report.Result) error
}

func forms() []form {
	return []form{
		{"json", "application/json", report.WriteJSON},
		{"csv", "text/csv; charset=utf-8", report.WriteCSV},
	}
}

// report answers a report, as it comes.
func (a *api) report(w http.ResponseWriter, r *http.Request) error {
	spec, ok := report.Named(r.PathValue("name"))
	if !ok {
		return notFound.because("There is no report of this name: GET /v1/reports has all there are.")
	}
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return badRequest.because("The query is not written as name=value&name=value.")
	}
	as, err := formOf(r, values)
	if err != nil {
		return err
	}
	values.Del("format")
	query, err := report.ParseQuery(spec, values, a.Now())
	if err != nil {
		return badRequest.because(sentence(err))
	}
	if deadline, ok := r.Context().Deadline(); ok {
		query.Timeout = deadline.Sub(a.Now())
	}
	h := w.Header()
	h.Set("Content-Type", as.mediaType)
	h.Set("Cache-Control", checked)
	h.Set("Vary", "Accept")
	if as.name == "csv" {
		h.Set("Content-Disposition", `attachment; filename="heed-`+spec.Name+`.csv"`)
	}
	if fromCounts(spec) {
		state, err := a.Store.Counted(r.Context())
		if err != nil {
			return err
		}
		if h.Set("ETag", tag(query, as, state)); notModified(w, r) {
			return nil
		}
	}
	result, err := a.Store.Report(r.Context(), query)
	if err != nil {
		return err
	}
	return a.send(w, r, func(out io.Writer) error { return as.write(out, query, result) })
}

// fromCounts says whether a report reads nothing but what the relay counts. The others look at the tables as they are.
func fromCounts(s report.Spec) bool {
	return slices.Contains([]string{"delivery", "cost", "failures", "latency"}, s.Name)
}

// tag stands for the answer to a query from counts of one state. It is weak: counting anew may be under way, in pieces,
// and both answers are true as of the same time.
func tag(q report.Query, as form, state string) string {
	q.Timeout = 0
	words, err := json.Marshal(struct {
		report.Query
		Form, State string
	}{q, as.name, state})
	if err != nil {
		words = nil // texts, numbers and days are always JSON
	}
	sum := sha256.Sum256(words)
	return `W/"` + hex.EncodeToString(sum[:16]) + `"`
}

// formOf says in which form an answer is wanted: by the parameter, or else by the Accept header.
func formOf(r *http.Request, values url.Values) (form, error) {
	all := forms()
	if given, ok := values["format"]; ok {
		i := slices.IndexFunc(all, func(f form) bool { return f.name == given[0] })
		if i < 0 || len(given) > 1 {
			return form{}, badRequest.because(fmt.Sprintf("format is %s: write json or csv.", quoted(strings.Join(given, ","))))
		}
		return all[i], nil
	}
	accept := strings.Join(r.Header.Values("Accept"), ",")
	if strings.TrimSpace(accept) == "" {
		return all[0], nil
	}
	best, weight := -1, 0.0
	for i, f := range all {
		if q := accepted(accept, f.mediaType); q > weight {
			best, weight = i, q
		}
	}
	if best < 0 {
		return form{}, notAcceptable.because("There is application/json and text/csv.")
	}
	return all[best], nil
}

// accepted is how much a media type is wanted, from 0 to 1: the closest range of the header counts (RFC 9110, 12.5.1).
func accepted(accept, mediaType string) float64 {
	kind, _, _ := strings.Cut(mediaType, ";")
	top, _, _ := strings.Cut(kind, "/")
	weight, closest := 0.0, 0
	for word := range strings.SplitSeq(accept, ",") {
		wanted, params, err := mime.ParseMediaType(word)
		near := slices.Index([]string{"", "*/*", top + "/*", kind}, wanted)
		if err != nil || near <= closest {
			continue
		}
		closest, weight = near, 1
		if q, err := strconv.ParseFloat(params["q"], 64); err == nil {
			weight = q
		}
	}
	return weight
}

// heldBack is how many bytes of an answer are held back until it is whole: of so much an error is an error, and the
// length and the tag are known.
const heldBack = 256 << 10

// send writes an answer as it is made. One that breaks off after it has begun is cut off, so that nobody takes it for
// whole.
func (a *api) send(w http.ResponseWriter, r *http.Request, written func(io.Writer) error) error {
	out := &holding{to: w}
	err := written(out)
	if err != nil && !out.passing {
		return err
	}
	if err != nil {
		a.Log.ErrorContext(r.Context(), "an answer broke off", slog.String("request_id", requestID(r.Context())),
			slog.Any("cause", fault.Explain(err).Reason), slog.String("code", fault.Code(err)))
		panic(http.ErrAbortHandler)
	}
	if out.passing {
		return nil
	}
	if w.Header().Get("ETag") == "" {
		writeBody(w, r, w.Header().Get("Cache-Control"), out.held.Bytes())
		return nil
	}
	w.Header().Set("Content-Length", strconv.Itoa(out.held.Len()))
	_, _ = w.Write(out.held.Bytes()) // whoever asked has gone
	return nil
}

// holding holds the beginning of an answer back.
type holding struct {
	to      http.ResponseWriter
	held    bytes.Buffer
	passing bool
}

func (h *holding) Write(p []byte) (int, error) {
	if !h.passing && h.held.Len()+len(p) <= heldBack {
		return h.held.Write(p)
	}
	if !h.passing {
		h.passing = true
		if _, err := h.to.Write(h.held.Bytes()); err != nil {
			return 0, err
		}
		h.held = bytes.Buffer{}
	}
	return h.to.Write(p)
}

// healthz says whether the database answers, within a part of the time that a check waits.
func (a *api) healthz(w http.ResponseWriter, r *http.Request) error {
	if _, err := parameters(r); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if err := a.Store.Ping(ctx); err != nil {
		return unavailable.because("The database does not answer.")
	}
	return write(w, r, noStore, map[string]string{"status": "ok"})
}
