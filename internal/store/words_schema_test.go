package store_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/heedsms/heed/internal/ingress"
)

// schema is as much of JSON Schema 2020-12 as docs/events uses; reading one with more in it fails.
type schema struct {
	Schema      string             `json:"$schema"`
	ID          string             `json:"$id"`
	Title       string             `json:"title"`
	Description string             `json:"description"`
	Type        string             `json:"type"`
	Const       any                `json:"const"`
	Enum        []any              `json:"enum"`
	Pattern     string             `json:"pattern"`
	Format      string             `json:"format"`
	MinLength   int                `json:"minLength"`
	Minimum     *float64           `json:"minimum"`
	Required    []string           `json:"required"`
	Properties  map[string]*schema `json:"properties"`
	Items       *schema            `json:"items"`
}

func readSchema(t *testing.T, name string) *schema {
	t.Helper()
	raw, err := os.ReadFile("../../docs/events/" + name + ".schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var s schema
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if s.Schema != "https://json-schema.org/draft/2020-12/schema" || len(s.Properties) == 0 {
		t.Fatalf("%s: %+v", name, s)
	}
	return &s
}

// faults are what is wrong with a value.
func (s *schema) faults(where string, v any) []string {
	var all []string
	wrong := func(format string, args ...any) { all = append(all, where+" "+fmt.Sprintf(format, args...)) }
	if s.Const != nil && v != s.Const {
		wrong("is %v, not %v", v, s.Const)
	}
	if s.Enum != nil && !slices.Contains(s.Enum, v) {
		wrong("is %v, none of %v", v, s.Enum)
	}
	kind := ""
	switch v := v.(type) {
	case string:
		kind = "string"
		if s.Pattern != "" && !regexp.MustCompile(s.Pattern).MatchString(v) {
			wrong("is %q, not like %s", v, s.Pattern)
		}
		if _, err := time.Parse(time.RFC3339Nano, v); s.Format == "date-time" && err != nil {
			wrong("is no date-time: %q", v)
		}
		if len(v) < s.MinLength {
			wrong("is too short")
		}
	case float64:
		if kind = "number"; v == math.Trunc(v) {
			kind = "integer"
		}
		if s.Minimum != nil && v < *s.Minimum {
			wrong("is %v, less than %v", v, *s.Minimum)
		}
	case []any:
		kind = "array"
		for i, e := range v {
			all = append(all, s.Items.faults(fmt.Sprintf("%s[%d]", where, i), e)...)
		}
	case map[string]any:
		kind = "object"
		for _, name := range s.Required {
			if _, there := v[name]; !there {
				wrong("has no %s", name)
			}
		}
		for name, e := range v {
			if p := s.Properties[name]; p != nil {
				all = append(all, p.faults(where+"."+name, e)...)
			} else {
				wrong("has %s, which is not documented", name)
			}
		}
	}
	if s.Type != "" && s.Type != kind {
		wrong("is a %s, not a %s", kind, s.Type)
	}
	return all
}

// What goes out is what docs/events says, for every source of consent and for texts of every make; and nothing is
// documented that never goes out.
func TestWordsAreAsDocumented(t *testing.T) {
	t.Parallel()
	s := openWords(t)
	ctx := context.Background()
	b := &bus{}
	h := texts(s, &world{listed: map[string]bool{}}, noon)
	h.Publisher = publisher(s, b, noon)
	const hostile = "order \"4711\" <&> \\ 😀 \u0000\u2028\x7f"
	body, err := json.Marshal(hostile)
	if err != nil {
		t.Fatal(err)
	}
	mustWork(t, h.Work(ctx, []ingress.Record{
		spoken{"1", ann, acme, "please stop texting me", noon()}.record(),
		spoken{"2", ann, acme, "START", noon().Add(1500 * time.Millisecond)}.record(),
		spoken{"3", "AMAZON", acme, "STOP", noon()}.record(),
		spoken{"4", bob, acme, "Order 4711, by air", noon()}.answering("m-1"),
		spoken{"5", bob, acme, "menu", noon()}.record(),
		{Source: ingress.SQS, ID: "6", SaidAt: noon(), Body: fmt.Appendf(nil, `{"originationNumber":"+14255550103","destinationNumber":%q,"messageBody":%s,"inboundMessageId":"id/with/slashes"}`, acme, body)},
	}))
	if _, err := s.Pool().Exec(ctx, `
INSERT INTO heed.consent_event (program, contact, state, said_at, source, evidence, actor) VALUES
    ('alerts', '+14255550107', 'held', now(), 'natural_language', '{"text": "enough", "reason": "may_be_a_request", "matched": "enough"}', 'contact'),
    ('alerts', '+14255550108', 'opted_out', now(), 'operator', '{"reason": "called us \"today\""}', 'ann@acme.example'),
    ('alerts', '+14255550109', 'opted_in', '2019-02-03 04:05:06.789012Z', 'import', '{"file": "list.csv", "row": 7, "reason": null}', 'ann@acme.example'),
    ('a.b_c-1', '#0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef', 'opted_out', now(), 'aws', '{}', '');
INSERT INTO heed.consent_event (program, contact, state, said_at, source, evidence, actor, of_event)
SELECT program, contact, 'released', now(), 'review', '{"reason": "a recipe"}', 'ann@acme.example', id FROM heed.consent_event WHERE state = 'held'`); err != nil {
		t.Fatal(err)
	}
	publishAll(t, publisher(s, b, noon))
	schemas := map[string]*schema{"Consent Changed": readSchema(t, "consent-changed"), "Text Forwarded": readSchema(t, "text-forwarded")}
	seen, count := map[string]bool{}, map[string]int{}
	for _, e := range b.taken {
		var detail map[string]any
		if err := json.Unmarshal([]byte(e.Detail), &detail); err != nil {
			t.Fatal(err)
		}
		sch := schemas[e.Type]
		if sch == nil || sch.Title != e.Type {
			t.Fatalf("no schema for %q", e.Type)
		}
		for _, f := range sch.faults("detail", detail) {
			t.Errorf("%s: %s\n%s", e.Type, f, e.Detail)
		}
		for name := range detail {
			seen[e.Type+"."+name] = true
		}
		count[e.Type]++
		if detail["inbound_message_id"] == "id/with/slashes" && detail["text"] != strings.ReplaceAll(hostile, "\x00", "\ufffd") {
			t.Errorf("the words were changed: %q", detail["text"])
		}
	}
	if count["Consent Changed"] != 8 || count["Text Forwarded"] != 3 {
		t.Errorf("%v", count)
	}
	for title, sch := range schemas {
		for name, p := range sch.Properties {
			if !seen[title+"."+name] || p.Description == "" {
				t.Errorf("%s.%s is documented and never goes out, or says nothing", title, name)
			}
		}
	}
	// The example of the page is one.
	page, err := os.ReadFile("../../docs/events/README.md")
	if err != nil {
		t.Fatal(err)
	}
	var example struct{ Detail map[string]any }
	if err := json.Unmarshal(regexp.MustCompile("(?s)```json\n(.*?)```").FindSubmatch(page)[1], &example); err != nil {
		t.Fatal(err)
	}
	for _, f := range schemas["Consent Changed"].faults("detail", example.Detail) {
		t.Errorf("docs/events/README.md: %s", f)
	}
}
