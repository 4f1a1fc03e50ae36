package parking_test

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/heedsms/heed/internal/parking"
)

var at = time.Date(2026, 11, 20, 18, 0, 0, 0, time.UTC)

// whole is the input that an item keeps.
func whole(t testing.TB, i parking.Item) string {
	if i.Encoding == "utf8" {
		return i.Body
	}
	b, err := base64.StdEncoding.DecodeString(i.Body)
	if err != nil || i.Encoding != "base64" {
		t.Fatalf("%s: %v", i.Encoding, err)
	}
	return string(b)
}

func TestBodyIsKeptWhole(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ why, body, encoding string }{
		{"text stays readable", `{"messageBody":"ST`, "utf8"},
		{"emoji are text", "👍🏽", "utf8"},
		{"nothing is text", "", "utf8"},
		{"a replacement character that came as one is text", "a\uFFFDb", "utf8"},
		{"NUL is refused by Postgres", "a\x00b", "base64"},
		{"what is no UTF-8", "\xff\xd8\xff", "base64"},
	} {
		item := parking.New("sqs", "q0", "malformed_json", "syntax at byte 3", []byte(row.body), at)
		if item.Encoding != row.encoding || whole(t, item) != row.body {
			t.Errorf("%s: %s %q", row.why, item.Encoding, item.Body)
		}
		if item.Source != "sqs" || item.SourceID != "q0" || item.Reason != "malformed_json" || item.Error != "syntax at byte 3" || !item.At.Equal(at) {
			t.Errorf("%s: %+v", row.why, item)
		}
	}
}

// Whatever comes, Postgres can keep it and nothing of it is lost.
func TestAnythingCanBeParked(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		body := rapid.SliceOf(rapid.Byte()).Draw(rt, "body")
		id := string(rapid.SliceOf(rapid.Byte()).Draw(rt, "id"))
		item := parking.New("firehose", id, "malformed_json", id, body, at)
		for _, s := range []string{item.SourceID, item.Error, item.Body} {
			if !utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0 {
				rt.Fatalf("Postgres cannot keep %q", s)
			}
		}
		if whole(t, item) != string(body) || item.SourceID == "" {
			rt.Fatalf("%+v", item)
		}
	})
}

// The source and its id are the key: inputs without an id must not fall on one another, and each falls on itself.
func TestInputsWithoutAnID(t *testing.T) {
	t.Parallel()
	a, b := parking.New("sns", "", "r", "", []byte("a"), at), parking.New("sns", "", "r", "", []byte("b"), at)
	again := parking.New("sns", "", "r", "", []byte("a"), at.Add(time.Hour))
	if a.SourceID == b.SourceID || a.SourceID != again.SourceID {
		t.Errorf("%q %q %q", a.SourceID, b.SourceID, again.SourceID)
	}
}
