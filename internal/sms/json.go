package sms

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/heedsms/heed/internal/sms/walk"
)

// Reject says that a payload can never be understood, and why in one word that operators can count. It is parked
// whole, never retried.
type Reject struct {
	// Reason is a stable word: malformed_json, not_inbound, not_delivery_event, missing_contact and so on.
	Reason string
	// Detail is for a person. It holds no text and no number of a contact.
	Detail string
}

// Error is the reason and its detail.
func (r *Reject) Error() string { return r.Reason + ": " + r.Detail }

func reject(reason, format string, args ...any) error {
	return &Reject{Reason: reason, Detail: fmt.Sprintf(format, args...)}
}

// ErrIgnored marks payloads that are understood and deliberately not kept: registration changes, which AWS sends
// under the same EventBridge source as delivery events.
var ErrIgnored = errors.New("ignored on purpose")

// value is what a member has, as written: as bytes, which are only valid during the call, and as a text to keep.
type value struct {
	jsontext.Value
	kept string
}

// eachMember walks the members of one JSON object without building it: payloads are read by the thousand and most
// of their members go straight to a column. whole is raw as a text, of which the values kept are parts: one copy for
// all. The name is only valid during the call. Where something turns out to be odd it begins again: of two calls for
// one member the second holds.
func eachMember(raw []byte, whole string, member func(name []byte, v value)) error {
	if quickMembers(raw, whole, member) {
		return nil
	}
	return carefulMembers(raw, member)
}

// quickMembers walks in one pass where nothing is odd about the object. It says false where something is: then the
// decoder has to read it, from the beginning, and says what.
func quickMembers(raw []byte, whole string, member func(name []byte, v value)) bool {
	w := walk.New(raw)
	w.Object(func(name []byte) {
		if v := w.Raw(); v != nil {
			member(name, value{v, whole[w.At()-len(v) : w.At()]})
		}
	})
	return w.Done()
}

func carefulMembers(raw []byte, member func(name []byte, v value)) error {
	// Lone surrogates and doubled names happen in the wild (RCS content is written by handsets); they cost the
	// text a character, not the person their STOP.
	dec := jsontext.NewDecoder(bytes.NewBuffer(raw), jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))
	if kind := dec.PeekKind(); kind != jsontext.KindBeginObject {
		if _, err := dec.ReadToken(); err != nil {
			return malformed(err)
		}
		return reject("malformed_json", "a JSON object was expected, %s found", kind)
	}
	if _, err := dec.ReadToken(); err != nil {
		return malformed(err)
	}
	for dec.PeekKind() != jsontext.KindEndObject {
		name, err := dec.ReadValue()
		if err != nil {
			return malformed(err)
		}
		key := text(value{name, string(name)})
		v, err := dec.ReadValue()
		if err != nil {
			return malformed(err)
		}
		member([]byte(key), value{v, string(v)})
	}
	if _, err := dec.ReadToken(); err != nil {
		return malformed(err)
	}
	if dec.PeekKind() != jsontext.KindInvalid || len(bytes.TrimSpace(dec.UnreadBuffer())) > 0 {
		return reject("malformed_json", "there is more after the object's end")
	}
	return nil
}

// malformed leaves out the decoder's own message where it would quote the payload.
func malformed(err error) error {
	var syntactic *jsontext.SyntacticError
	if errors.As(err, &syntactic) {
		return reject("malformed_json", "syntax at byte %d", syntactic.ByteOffset)
	}
	return reject("malformed_json", "the object ends too early")
}

// text is a JSON value as text that Postgres can keep: strings unquoted, null as "", anything else as written.
func text(v value) string {
	if n := len(v.kept); n > 1 && v.kept[0] == '"' && isPlain(v.kept[1:n-1]) {
		return v.kept[1 : n-1]
	}
	switch v.Kind() {
	case jsontext.KindString:
		unquoted, _ := jsontext.AppendUnquote(nil, v.Value)
		return Storable(string(unquoted))
	case jsontext.KindNull:
		return ""
	default:
		return Storable(v.kept)
	}
}

// isPlain says whether a string stands for itself and is ASCII, as nearly all are.
func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '\\' || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// Storable is a text that Postgres can keep: NUL and what is not UTF-8 become U+FFFD. Everything else stays.
func Storable(s string) string {
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "\uFFFD")
	}
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	return s
}
