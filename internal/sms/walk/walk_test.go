package walk_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/heedsms/heed/internal/sms/walk"
)

// FuzzRaw holds the walk against the standard library: it takes nothing that is not JSON, and reads strings alike.
func FuzzRaw(f *testing.F) {
	for _, s := range []string{
		`{"a":"b","c":[1,-2.5e+3,0,{"d":null}],"e":true,"f":false}`, ` [] `, `"\u00e9\ud83d\ude00\n\\\"/\/"`, `"\ud800"`, `{"a":1,}`, `01`, `1.`, `-`,
		`{"\u0061":1}`, `{"\b":1e700}`, "\"\x01\"", "\"long enough to be looked at by words, then a quote\"", `"\x"`, `nul`, `{"a" 1}`, `[1 2]`, "\"\xff\"", `""x`, `"`, `"\`, `{`, `[`, ``,
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
			var names map[string]json.RawMessage
			if json.Unmarshal(data, &names) == nil || len(data) > 200 {
				return // escaped names and deep nesting are left to the decoder
			}
			var list []json.RawMessage
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

// Any two bytes at any place of a word are taken where they may stand in a string, and nowhere else, and read alike
// however much room there is.
func TestAnyTwoBytes(t *testing.T) {
	t.Parallel()
	const around = "seventeen letters" + "and as many again"
	for place := range 9 {
		for two := range 1 << 16 {
			data := []byte(`"` + around + `"`)
			data[1+place], data[2+place] = byte(two>>8), byte(two)
			var want string
			valid := utf8.Valid(data) && json.Unmarshal(data, &want) == nil
			w, raw := walk.New(data), walk.New(data)
			got := w.AppendString(append(make([]byte, 0, 2+two%64), "> "...))
			if raw.Raw(); w.Done() != valid || raw.Done() != valid || (valid && string(got) != "> "+want) {
				t.Fatalf("%q: taken %t and %t, as %q; want %t, %q", data, w.Done(), raw.Done(), got, valid, want)
			}
		}
	}
}

// Strings within strings, with the quotes at any place of a word and any room for them.
func TestStringInString(t *testing.T) {
	t.Parallel()
	for before := range 20 {
		for room := range 80 {
			want := strings.Repeat("b", before) + `{"a":"b","c":1,"d,":"\\"}\\\`
			quoted, err := json.Marshal(want)
			if err != nil {
				t.Fatal(err)
			}
			w := walk.New(quoted)
			if got := w.AppendString(make([]byte, 0, room)); !w.Done() || string(got) != want {
				t.Fatalf("room of %d: %q read as %q", room, quoted, got)
			}
		}
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
