package store

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"

	"github.com/heedsms/heed/internal/ledger"
	"github.com/heedsms/heed/internal/roster"
)

// seal is the fingerprint of the private part of an event, which needs no place in the chain, with its salt.
type seal struct {
	salt [16]byte
	sum  []byte
}

// sealEntries does for many rows what heed.consent_sealed does for one.
func sealEntries(entries []*roster.Entry, actor string) ([]seal, error) {
	seals := make([]seal, len(entries))
	random := make([]byte, 16*len(entries))
	if _, err := rand.Read(random); err != nil {
		return nil, fmt.Errorf("make salts: %w", err)
	}
	l := ledger.Link{Actor: &actor}
	for i := range entries {
		salt := &seals[i].salt
		copy(salt[:], random[16*i:])
		salt[6], salt[8] = salt[6]&0x0f|0x40, salt[8]&0x3f|0x80 // a UUID of version 4, as gen_random_uuid makes it
		written := uuidText(salt)
		l.Salt, l.Contact, l.Evidence = &written, string(entries[i].Contact), entries[i].Evidence
		seals[i].sum = l.Seal()
	}
	return seals, nil
}

// uuidText is a UUID as Postgres writes it.
func uuidText(id *[16]byte) string {
	text := make([]byte, 0, 36)
	for i, part := range [][]byte{id[:4], id[4:6], id[6:8], id[8:10], id[10:]} {
		if i > 0 {
			text = append(text, '-')
		}
		text = hex.AppendEncode(text, part)
	}
	return string(text)
}
