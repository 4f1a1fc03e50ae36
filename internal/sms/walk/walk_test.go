package walk_test

import (
	"encoding/json"
	"testing"
	"unicode/utf8"

	"github.com/heedsms/heed/internal/sms/walk"
)

// FuzzRaw holds the walk against the standard library: it takes nothing that is not JSON, and reads strings alike.
func FuzzRaw(f *testing.F) {
	for _, s := range []string{
		`{"a":"b","c":[1,-2.5e+3,0,{"d":null}],"e":true,"f":false}`, ` [] `, `"\u00e9\ud83d\ude00\n\\\"/\/"`, `"\ud800"`, `{"a":1,}`, `01`, `1.`, `-`,
		`{"\u0061":1}`, "\"\x01\"", "\"long enough to be looked at by words, then a quote\"", `"\x"`, `nul`, `{"a" 1}`, `[1 2]`, "\"\xff\"", `""x`, `"`, `"\`, `{`, `[`, ``,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		w := walk.New(data)
		raw := w.Raw()
		if w.Done() && !json.Valid(data) {
			t.Fatalf("%q was taken", data)
		}
		if !w.Done() && json.Valid(data) && utf8.Valid(data) {
			var names map[string]any
			if json.Unmarshal(data, &names) == nil || len(data) > 200 {
				return // escaped names and deep nesting are left to the decoder
			}
			var list []any
			if json.Unmarshal(data, &list) == nil {
				return
			}
			t.Fatalf("%q was not taken", data)
		}
		if !w.Done() || len(raw) == 0 || raw[0] != '"' {
			return
		}
		var want string
		if err := json.Unmarshal(raw, &want); err != nil {
			t.Fatal(err)
		}
		s := walk.New(data)
		if got := s.String(); s.Done() && got != want { // half a surrogate pair is left to the decoder
			t.Errorf("%q read as %q, want %q", raw, got, want)
		}
	})
}

func TestObject(t *testing.T) {
	t.Parallel()
	w := walk.New([]byte(` {"a": "x\ty", "skip": {"a": [1, {}]}, "list": ["p", "q"] } `))
	var a string
	var list []string
	w.Object(func(name []byte) {
		switch string(name) {
		case "a":
			a = w.String()
		case "list":
			w.Array(func() { list = append(list, w.String()) })
		default:
			w.Raw()
		}
	})
	if !w.Done() || a != "x\ty" || len(list) != 2 || list[1] != "q" {
		t.Errorf("done %t, a %q, list %q", w.Done(), a, list)
	}
}

// What is of another kind than asked for, or ends early, is a failure and not a panic.
func TestWrongKind(t *testing.T) {
	t.Parallel()
	for _, s := range []string{`5`, `{"a":5}`, `{"a"`, `{"a":`, `[`, `"a`, `{"a":"b"`, ``, `{"a":"b"}}`} {
		w := walk.New([]byte(s))
		w.Object(func([]byte) { _ = w.String() })
		if w.Done() {
			t.Errorf("%s was taken", s)
		}
	}
}
