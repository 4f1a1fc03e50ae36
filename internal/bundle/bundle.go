// Package bundle writes a dossier as evidence for people outside: a zip file with the document for machines and for
// readers, the rows of the ledger with all that is needed to compute their hashes again, the rules that decided, and a
// list of fingerprints over all of it.
//
// The same dossier makes the same bytes.
package bundle

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/heedsms/heed/internal/dossier"
)

// manifest is the name of the list of fingerprints, in the form of sha256sum.
const manifest = "MANIFEST.sha256"

// Zone says how times are written for readers: in UTC without one.
type Zone struct{ *time.Location }

// Write writes a time to the second, with its zone.
func (z Zone) Write(t time.Time) string {
	if z.Location == nil || z.Location == time.UTC {
		return t.UTC().Format("2006-01-02 15:04:05 UTC")
	}
	return t.In(z.Location).Format("2006-01-02 15:04:05 -0700")
}

// Write writes the zip file. It gives the sha256 of the manifest, in hexadecimal: who keeps that one word apart can
// tell later that nothing in the file was changed.
func Write(to io.Writer, d *dossier.Dossier, zone Zone) (fingerprint string, err error) {
	type file struct {
		name  string
		write func(io.Writer) error
	}
	files := []file{
		{"README.txt", func(w io.Writer) error { return readme(w, d) }},
		{"dossier.html", func(w io.Writer) error { return Page(w, d, zone) }},
		{"dossier.json", func(w io.Writer) error { return JSON(w, d) }},
		{"ledger.jsonl", func(w io.Writer) error { return ledger(w, d) }},
	}
	for _, r := range d.Rulesets {
		files = append(files, file{fmt.Sprintf("rulesets/%d.yaml", r.Version), text(r.Document)})
	}
	files = append(files, file{"word-list.txt", text(wordList(d))})

	archive := zip.NewWriter(to)
	var sums strings.Builder
	for _, f := range files {
		sum, err := entry(archive, f.name, d.AsOf, f.write)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&sums, "%s  %s\n", sum, f.name)
	}
	if fingerprint, err = entry(archive, manifest, d.AsOf, text(sums.String())); err != nil {
		return "", err
	}
	if err := archive.Close(); err != nil {
		return "", fmt.Errorf("write the bundle: %w", err)
	}
	return fingerprint, nil
}

// entry writes one file of the archive and gives its fingerprint.
func entry(archive *zip.Writer, name string, at time.Time, write func(io.Writer) error) (sum string, err error) {
	w, err := archive.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: at.UTC()})
	hash := sha256.New()
	if err == nil {
		err = write(io.MultiWriter(w, hash))
	}
	if err != nil {
		return "", fmt.Errorf("write %s: %w", name, err)
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

func text(content string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, content)
		return err
	}
}

// JSON writes the document for machines, an entry at a time: a number of a load test has a hundred thousand.
func JSON(w io.Writer, d *dossier.Dossier) error {
	head := *d
	head.Entries = []dossier.Entry{}
	var b bytes.Buffer
	if err := indented(&b, "").Encode(head); err != nil {
		return err
	}
	opening, last := bytes.CutSuffix(b.Bytes(), []byte("[]\n}\n"))
	if !last {
		return errors.New("the entries are not the last member of the document")
	}
	if _, err := w.Write(append(opening, '[')); err != nil {
		return err
	}
	out, before := indented(w, "    "), "\n    "
	for i := range d.Entries {
		if _, err := io.WriteString(w, before); err != nil {
			return err
		}
		if err := out.Encode(&d.Entries[i]); err != nil {
			return err
		}
		before = "    ,"
	}
	_, err := io.WriteString(w, "  ]\n}\n")
	return err
}

func indented(w io.Writer, prefix string) *json.Encoder {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.SetIndent(prefix, "  ")
	return out
}

// link is a line of ledger.jsonl.
type link struct {
	ID               int64   `json:"id"`
	Program          string  `json:"program"`
	State            string  `json:"state"`
	SaidAt           string  `json:"said_at"`
	RecordedAt       string  `json:"recorded_at"`
	Source           string  `json:"source"`
	OfEvent          *int64  `json:"of_event"`
	Contact          string  `json:"contact"`
	InboundMessageID *string `json:"inbound_message_id"`
	Actor            *string `json:"actor"`
	Evidence         string  `json:"evidence"` // as text: so it is hashed
	PublicPart       string  `json:"public"`
	PrivatePart      *string `json:"private"`
	dossier.Chain
}

func ledger(w io.Writer, d *dossier.Dossier) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	for i := range d.Ledger {
		e := &d.Ledger[i]
		l := link{
			ID: e.ID, Program: e.Program, State: e.State, Source: e.Source, OfEvent: e.OfEvent,
			SaidAt: e.SaidAt.Format(time.RFC3339Nano), RecordedAt: e.RecordedAt.Format(time.RFC3339Nano),
			Contact: e.Contact, InboundMessageID: e.InboundMessageID, Actor: e.Actor, Evidence: string(e.Evidence),
			PublicPart: string(e.Link().Public()), Chain: e.Chain,
		}
		if e.ForgottenAt == nil {
			private := string(e.Link().Private())
			l.PrivatePart = &private
		}
		if err := out.Encode(l); err != nil {
			return err
		}
	}
	return nil
}

// wordList tells which version of heed's word lists decided what, and by which words.
func wordList(d *dossier.Dossier) string {
	var b strings.Builder
	fmt.Fprintf(&b, "The word list of the heed that wrote this bundle: version %s.\n", d.WordList)
	b.WriteString("The texts here were read again with it. The word list that decided a change of consent stands with its evidence\nin ledger.jsonl (word_list).\n\n")
	b.WriteString("said at | text | tier | what they wrote | listed word or reading | published by\n")
	for _, e := range d.Entries {
		if e.Text == nil || e.Text.Reading == nil || e.Text.Reading.Tier == 0 {
			continue
		}
		r := e.Text.Reading
		fmt.Fprintf(&b, "%s | %s | %d | %q | %s | %s\n", e.At.Format(time.RFC3339), e.Text.ID, r.Tier, r.Matched, r.Keyword, strings.Join(r.Sources, "; "))
	}
	b.WriteString("\nTier 1: the whole text is a listed word or phrase. Tier 2: a clear request in natural language. Tier 3: it may be a request.\n")
	return b.String()
}
