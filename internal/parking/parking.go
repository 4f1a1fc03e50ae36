// Package parking describes inputs that can never succeed as they are. They are kept whole, with the reason, where
// an operator finds them and `heed replay` can try them again.
package parking

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"time"
	"unicode/utf8"

	"github.com/heedsms/heed/internal/sms"
)

// Item is one input set aside. (Source, SourceID) is its key: parking it twice keeps one.
type Item struct {
	Source   string
	SourceID string
	// Reason is a stable word that operators count by; Error is for a person. Neither holds a body or a number.
	Reason string
	Error  string
	// Body is the input whole. Encoding is utf8, or base64 where it is not text that Postgres can keep.
	Body     string
	Encoding string
	At       time.Time
}

// New describes an input to be set aside.
func New(source, sourceID, reason, detail string, body []byte, at time.Time) Item {
	if sourceID == "" {
		// Two inputs without an id are two inputs: under one key the second would be lost.
		sum := sha256.Sum256(body)
		sourceID = hex.EncodeToString(sum[:16])
	}
	item := Item{
		Source: source, SourceID: sms.Storable(sourceID), Reason: reason, Error: sms.Storable(detail),
		Body: string(body), Encoding: "utf8", At: at,
	}
	if !utf8.Valid(body) || sms.Storable(item.Body) != item.Body {
		item.Body, item.Encoding = base64.StdEncoding.EncodeToString(body), "base64"
	}
	return item
}

// Bytes is the input as it came.
func (i Item) Bytes() ([]byte, error) {
	if i.Encoding == "base64" {
		return base64.StdEncoding.DecodeString(i.Body)
	}
	return []byte(i.Body), nil
}

// Row is an input that was set aside and not replayed yet. Its reason and error may be told anew.
type Row struct {
	ID int64
	Item
}

// Filter says which rows are meant: those with one of the reasons and ids, where any are given, and parked from Since to
// before Until.
type Filter struct {
	Reasons      []string
	IDs          []int64
	Since, Until time.Time
}
