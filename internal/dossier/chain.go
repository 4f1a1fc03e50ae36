package dossier

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
)

// Chain is what makes a row of the ledger a link of its program's chain. Fingerprints are hexadecimal.
type Chain struct {
	Seq      int64  `json:"seq"`
	Previous string `json:"previous_hash"` // of the row before it in the program; "" for the first
	// Salt is nil where the person was forgotten: the private part is gone, its fingerprint is left.
	Salt   *string `json:"salt"`
	Sealed string  `json:"sealed"`
	Hash   string  `json:"hash"`
}

// Public is the part of a row that stays when the person is forgotten, as it goes into the hash (heed.consent_public).
func (e *Event) Public() string {
	of := "-"
	if e.OfEvent != nil {
		of = strconv.FormatInt(*e.OfEvent, 10)
	}
	return strings.Join([]string{
		"heed1", strconv.FormatInt(e.ID, 10), strconv.FormatInt(e.Chain.Seq, 10), netstring(&e.Program), e.State,
		strconv.FormatInt(e.SaidAt.UnixMicro(), 10), strconv.FormatInt(e.RecordedAt.UnixMicro(), 10), e.Source, of, "",
	}, "|")
}

// Private is the part of a row that is about the person, as it goes into its seal (heed.consent_sealed). It is "" where
// the person was forgotten.
func (e *Event) Private() string {
	if e.Chain.Salt == nil {
		return ""
	}
	return strings.Join([]string{
		"heed1", *e.Chain.Salt, netstring(&e.Contact), netstring(e.InboundMessageID), netstring(e.Actor), string(e.Evidence),
	}, "|")
}

// Proven says whether a row matches its own fingerprints: nothing in it was changed since it was written. Whether a row
// is missing only the whole chain can tell (heed consent verify).
func (e *Event) Proven() bool {
	if private := e.Private(); private != "" {
		seal := sha256.Sum256([]byte(private))
		if hex.EncodeToString(seal[:]) != e.Chain.Sealed {
			return false
		}
	}
	previous, err1 := hex.DecodeString(e.Chain.Previous)
	sealed, err2 := hex.DecodeString(e.Chain.Sealed)
	if err1 != nil || err2 != nil {
		return false
	}
	whole := sha256.Sum256(append(append(previous, e.Public()...), sealed...))
	return hex.EncodeToString(whole[:]) == e.Chain.Hash
}

// netstring is a text that cannot run into its neighbours.
func netstring(s *string) string {
	if s == nil {
		return "-"
	}
	return strconv.Itoa(len(*s)) + ":" + *s
}
