package sms_test

import (
	"bytes"
	"encoding/json"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/heedsms/heed/internal/sms"
)

func seeds(f *testing.F) {
	f.Helper()
	files, err := filepath.Glob("testdata/*/*.json")
	if err != nil || len(files) < 20 {
		f.Fatalf("samples: %d, %v", len(files), err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(`{"eventType":"A","messageId":"m","messageRequestTimestamp":1795194245170,"x":"\u0000","y":["\ud800"],"z":1e999999}`))
	f.Add([]byte("{\"originationNumber\":\"+14255550101\",\"destinationNumber\":[\"\xff\"],\"messageBody\":\"\\u0000\"}"))
}

// keeps fails unless Postgres's text can hold s: UTF-8 without NUL.
func keeps(t *testing.T, what, s string) {
	t.Helper()
	if !utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0 {
		t.Errorf("Postgres cannot keep %s: %q", what, s)
	}
}

func FuzzParseInbound(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		before := bytes.Clone(raw)
		in, err := sms.ParseInbound(raw)
		again, errAgain := sms.ParseInbound(raw)
		if !cmp.Equal(in, again) || (err == nil) != (errAgain == nil) || !bytes.Equal(raw, before) {
			t.Fatalf("read twice it differs: %v", cmp.Diff(in, again))
		}
		if err != nil {
			keeps(t, "the error", err.Error())
			return
		}
		// One more member, of a name that takes a decoder to read, says nothing.
		if more, ok := withUnknownMember(raw); ok {
			other, err := sms.ParseInbound(more)
			other.Raw = in.Raw
			if err != nil || !cmp.Equal(in, other) {
				t.Errorf("one member more: %v %s", err, cmp.Diff(in, other))
			}
		}
		for what, s := range map[string]string{
			"id": in.ID, "variant": string(in.Variant), "contact": string(in.Contact), "identity": string(in.Identity), "body": in.Body,
			"keyword": in.AWSKeyword, "previous": in.PreviousMessageID, "raw": in.Raw, "said": strings.Join(in.Said, ""), "mask": in.Contact.Masked(),
		} {
			keeps(t, what, s)
		}
		if in.Contact == "" || in.Identity == "" {
			t.Errorf("a text without its two ends: %+v", in)
		}
	})
}

func FuzzParseEvent(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		before := bytes.Clone(raw)
		e, err := sms.ParseEvent(raw)
		again, errAgain := sms.ParseEvent(raw)
		if !cmp.Equal(e, again) || (err == nil) != (errAgain == nil) || !bytes.Equal(raw, before) {
			t.Fatalf("read twice it differs: %v", cmp.Diff(e, again))
		}
		if err != nil {
			keeps(t, "the error", err.Error())
			return
		}
		// One more member, of a name that takes a decoder to read, is one more among the extra ones.
		if more, ok := withUnknownMember(raw); ok {
			other, err := sms.ParseEvent(more)
			extra := `{"odds":[0],` + strings.TrimPrefix(e.Extra, "{")
			if e.Extra == "" {
				extra = `{"odds":[0]}`
			}
			if other.Extra != extra {
				t.Errorf("one member more: %s, want %s", other.Extra, extra)
			}
			if other.Extra = e.Extra; err != nil || !cmp.Equal(e, other) {
				t.Errorf("one member more: %v %s", err, cmp.Diff(e, other))
			}
		}
		for what, s := range map[string]string{
			"id": e.MessageID, "type": e.Type, "status": e.AWSStatus, "contact": string(e.Contact), "identity": string(e.Identity),
			"country": e.Country, "mcc": e.MCC, "mnc": e.MNC, "carrier": e.Carrier, "encoding": e.Encoding, "message type": e.MessageType,
			"description": e.Description, "international": e.International,
		} {
			keeps(t, what, s)
		}
		for name, value := range e.Context {
			keeps(t, "context", name+value)
		}
		if e.MessageID == "" || e.RequestedAt.IsZero() || e.OccurredAt.IsZero() || e.Status == "" || e.Parts < 0 {
			t.Errorf("an event without what identifies it: %+v", e)
		}
		for _, amount := range []sms.Decimal{e.Price, e.CarrierFee} {
			if _, ok := new(big.Rat).SetString(string(amount)); amount != "" && !ok {
				t.Errorf("%q is no amount", amount)
			}
		}
		jsonb(t, e.Extra)
	})
}

func withUnknownMember(raw []byte) ([]byte, bool) {
	rest, ok := bytes.CutPrefix(bytes.TrimLeft(raw, " \t\r\n"), []byte("{"))
	if !ok || bytes.HasPrefix(bytes.TrimSpace(rest), []byte("}")) {
		return nil, false
	}
	return append([]byte(`{"\u006fdds":[0],`), rest...), true
}

// jsonb fails unless Postgres takes a text as jsonb, by its manual: JSON, no NUL and no lone surrogate in any
// string, no number beyond numeric.
func jsonb(t *testing.T, s string) {
	t.Helper()
	if s == "" {
		return
	}
	keeps(t, "extra", s)
	dec := json.NewDecoder(strings.NewReader(s))
	dec.UseNumber()
	var v map[string]any
	if err := dec.Decode(&v); err != nil || dec.More() {
		t.Fatalf("the extra members are no object: %v in %q", err, s)
	}
	checkValue(t, v)
	if i := loneSurrogate(s); i >= 0 {
		t.Errorf("half a surrogate pair in %q", s[i:])
	}
}

func checkValue(t *testing.T, v any) {
	t.Helper()
	switch v := v.(type) {
	case map[string]any:
		for name, value := range v {
			keeps(t, "a name", name)
			checkValue(t, value)
		}
	case []any:
		for _, value := range v {
			checkValue(t, value)
		}
	case string:
		keeps(t, "a value", v)
	case json.Number:
		_, exponent, _ := strings.Cut(strings.ToLower(v.String()), "e")
		if len(v) > 2000 || len(strings.TrimLeft(exponent, "+-0")) > 4 {
			t.Errorf("a number beyond numeric: %s", v)
		}
	}
}

// loneSurrogate is the place of a \uD800–\uDFFF escape that is no half of a pair, or -1. The decoder of the standard
// library replaces such halves silently, so the text itself is searched.
func loneSurrogate(s string) int {
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			continue
		}
		if i++; i+5 > len(s) || s[i] != 'u' {
			continue
		}
		if half := strings.ToLower(s[i+1 : i+3]); half >= "d8" && half <= "df" {
			return i - 1
		}
	}
	return -1
}
