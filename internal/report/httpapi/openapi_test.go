package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/heedsms/heed/internal/report"
	"github.com/heedsms/heed/internal/report/httpapi"
)

// contract is openapi.yaml, against which answers are held.
type contract struct {
	document map[string]any
	compiler *jsonschema.Compiler
}

func newContract(t testing.TB) *contract {
	t.Helper()
	var read any
	if err := yaml.Unmarshal(httpapi.OpenAPI, &read); err != nil {
		t.Fatal(err)
	}
	c := &contract{asJSON(t, read).(map[string]any), jsonschema.NewCompiler()}
	c.compiler.DefaultDraft(jsonschema.Draft2020)
	c.compiler.AssertFormat()
	if err := c.compiler.AddResource("openapi.json", c.document); err != nil {
		t.Fatal(err)
	}
	return c
}

// asJSON is a value as JSON has it.
func asJSON(t testing.TB, v any) any {
	t.Helper()
	body, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	read, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return read
}

// at is a part of the file, through references, and the pointer to it.
func (c *contract) at(pointer ...string) (any, []string) {
	var here any = c.document
	var path []string
	for _, word := range pointer {
		m, ok := here.(map[string]any)
		if !ok {
			return nil, nil
		}
		here, path = m[word], append(path, word)
		if m, ok := here.(map[string]any); ok && m["$ref"] != nil {
			path = strings.Split(strings.TrimPrefix(m["$ref"].(string), "#/"), "/")
			here, _ = c.at(path...)
		}
	}
	return here, path
}

// schema is the one at a pointer.
func (c *contract) schema(t testing.TB, pointer []string) *jsonschema.Schema {
	t.Helper()
	escaped := ""
	for _, word := range pointer {
		escaped += "/" + url.PathEscape(strings.NewReplacer("~", "~0", "/", "~1").Replace(word))
	}
	s, err := c.compiler.Compile("openapi.json#" + escaped)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// check holds an answer against the file: its status, its media type and its body.
func (c *contract) check(t testing.TB, route, method string, answer *httptest.ResponseRecorder) {
	t.Helper()
	responses := []string{"paths", route, strings.ToLower(method), "responses"}
	status := fmt.Sprint(answer.Code)
	if _, path := c.at(append(responses, status)...); path == nil || !c.has(append(responses, status)...) {
		status = "default"
	}
	if status == "default" && answer.Code < http.StatusBadRequest {
		t.Errorf("%s %s answers %d, which openapi.yaml does not know", method, route, answer.Code)
		return
	}
	_, path := c.at(append(responses, status)...)
	c.checkBody(t, path, answer)
}

func (c *contract) has(pointer ...string) bool {
	found, _ := c.at(pointer...)
	return found != nil
}

// checkBody holds a body against a response of the file.
func (c *contract) checkBody(t testing.TB, response []string, answer *httptest.ResponseRecorder) {
	t.Helper()
	for _, name := range []string{"X-Content-Type-Options", "Content-Security-Policy", "X-Request-Id", "Cache-Control"} {
		if answer.Header().Get(name) == "" {
			t.Errorf("an answer %d without %s", answer.Code, name)
		}
	}
	if !c.has(append(response, "content")...) {
		if answer.Body.Len() > 0 || answer.Header().Get("Content-Type") != "" {
			t.Errorf("%v has no body, and the answer has %q", response, answer.Body)
		}
		return
	}
	kind, _, err := mime.ParseMediaType(answer.Header().Get("Content-Type"))
	if err != nil || !c.has(append(response, "content", kind)...) {
		t.Errorf("%v: %q is no media type of openapi.yaml: %s", response, kind, answer.Body)
		return
	}
	if !strings.HasSuffix(kind, "json") {
		return
	}
	body, err := jsonschema.UnmarshalJSON(bytes.NewReader(answer.Body.Bytes()))
	if err != nil {
		t.Errorf("%v: %v: %s", response, err, answer.Body)
		return
	}
	if err := c.schema(t, append(response, "content", kind, "schema")).Validate(body); err != nil {
		t.Errorf("%v: %v\n%s", response, err, answer.Body)
	}
	if kind == "application/problem+json" {
		if told := body.(map[string]any)["status"]; fmt.Sprint(told) != fmt.Sprint(answer.Code) {
			t.Errorf("the problem says %v, the answer %d", told, answer.Code)
		}
	}
}

// The file is OpenAPI 3.1, every reference leads somewhere, every schema is one, and every example is what its schema
// says.
func TestOpenAPIFile(t *testing.T) {
	t.Parallel()
	c := newContract(t)
	file, err := os.ReadFile("testdata/openapi.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	meta, err := jsonschema.UnmarshalJSON(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("meta.json", meta); err != nil {
		t.Fatal(err)
	}
	rules, err := compiler.Compile("meta.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := rules.Validate(c.document); err != nil {
		t.Errorf("openapi.yaml is no OpenAPI 3.1: %v", err)
	}
	examples, operations := 0, map[string]bool{}
	c.walk(nil, c.document, func(path []string, v map[string]any) {
		if ref, ok := v["$ref"].(string); ok && !c.has(strings.Split(strings.TrimPrefix(ref, "#/"), "/")...) {
			t.Errorf("%v: %s leads nowhere", path, ref)
		}
		if name, ok := v["operationId"].(string); ok {
			if operations[name] {
				t.Errorf("%s is the name of two operations", name)
			}
			operations[name] = true
		}
		if _, several := v["type"].([]any); several {
			t.Errorf("%v: generators of code do not read a list of types: write oneOf", path)
		}
		if v["schema"] == nil {
			return
		}
		s := c.schema(t, append(slices.Clone(path), "schema"))
		if example, ok := v["example"]; ok {
			examples++
			if err := s.Validate(example); err != nil {
				t.Errorf("the example at %v: %v", path, err)
			}
		}
	})
	if examples < 10 {
		t.Errorf("%d examples were looked at", examples)
	}
}

func (c *contract) walk(path []string, v any, each func([]string, map[string]any)) {
	switch v := v.(type) {
	case map[string]any:
		each(path, v)
		for name, member := range v {
			if name != "example" {
				c.walk(append(slices.Clone(path), name), member, each)
			}
		}
	case []any:
		for i, member := range v {
			c.walk(append(slices.Clone(path), fmt.Sprint(i)), member, each)
		}
	}
}

// What is answered is in the file, and what is in the file is answered; so are its lists of words those of the code.
func TestOpenAPIIsComplete(t *testing.T) {
	t.Parallel()
	c := newContract(t)
	var told []string
	for path, operations := range c.document["paths"].(map[string]any) {
		for method := range operations.(map[string]any) {
			if method != "parameters" {
				told = append(told, strings.ToUpper(method)+" "+path)
			}
		}
	}
	answered := httpapi.New(httpapi.Options{}).Routes()
	slices.Sort(told)
	slices.Sort(answered)
	if diff := cmp.Diff(answered, told); diff != "" {
		t.Errorf("routes (-code +file):\n%s", diff)
	}
	words := func(name string) (all []string) {
		list, _ := c.at("components", "schemas", name, "enum")
		for _, w := range list.([]any) {
			all = append(all, w.(string))
		}
		slices.Sort(all)
		return all
	}
	var reports, statuses []string
	for _, s := range report.Specs() {
		reports = append(reports, s.Name)
	}
	rows, err := open(t, nil).db.Pool().Query(context.Background(), `SELECT status FROM heed.delivery_status`)
	if err != nil {
		t.Fatal(err)
	}
	if statuses, err = pgx.CollectRows(rows, pgx.RowTo[string]); err != nil {
		t.Fatal(err)
	}
	slices.Sort(reports)
	slices.Sort(statuses)
	if diff := cmp.Diff(reports, words("ReportName")); diff != "" {
		t.Errorf("reports (-code +file):\n%s", diff)
	}
	if diff := cmp.Diff(statuses, words("Status")); diff != "" {
		t.Errorf("statuses (-code +file):\n%s", diff)
	}
}

// Each kind of problem leads to its heading in docs/api.md, and each route stands there.
func TestDocumentation(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile("../../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	words := string(file)
	for _, name := range httpapi.Problems() {
		if !strings.Contains(words, "\n### "+name+"\n") {
			t.Errorf("docs/api.md has no heading %s", name)
		}
	}
	for _, route := range httpapi.New(httpapi.Options{}).Routes() {
		if path := strings.Fields(route)[1]; !strings.Contains(words, path+"`") {
			t.Errorf("docs/api.md does not name %s", route)
		}
	}
}
