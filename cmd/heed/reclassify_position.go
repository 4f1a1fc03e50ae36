package main

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"

	"github.com/heedsms/heed/internal/store"
)

// position is how far a replay came, and what it has found so far. It is what a file of --resume holds.
type position struct {
	Ruleset   string      `json:"ruleset"`
	Program   string      `json:"program,omitempty"`
	SinceWord string      `json:"since_as_given"` // 7d is another time at each run, and the same range
	UntilWord string      `json:"until_as_given,omitempty"`
	Since     time.Time   `json:"since"`
	Until     time.Time   `json:"until"`
	After     store.Place `json:"after"`
	Counts    counts      `json:"counts"`
	People    affected    `json:"people"`
}

// counts is what a replay found, in texts. Directions are of consent ("none -> opt_out") where it changes, else of
// verdicts ("none -> keyword").
type counts struct {
	Texts       int            `json:"texts"`
	Changed     int            `json:"changed"`
	ByDirection map[string]int `json:"by_direction"`
}

// What a replay would do to a person, as bits: several may be true of one.
const (
	optedOut byte = 1 << iota
	noLongerOptedOut
	held
)

// affected are the people whose consent would be another, each with the bits of what would be done to them. They are kept as
// hashes of their numbers: nine bytes each, so that a file which silences everybody still fits.
type affected map[uint64]byte

func (p affected) add(contact string, bits byte) {
	if bits == 0 {
		return
	}
	sum := sha256.Sum256([]byte(contact))
	p[binary.BigEndian.Uint64(sum[:])] |= bits
}

func (p affected) count(bit byte) (n int) {
	for _, bits := range p {
		if bits&bit != 0 {
			n++
		}
	}
	return n
}

// MarshalJSON writes nine bytes a person, in base64.
func (p affected) MarshalJSON() ([]byte, error) {
	packed := make([]byte, 0, 9*len(p))
	for hash, bits := range p {
		packed = append(binary.BigEndian.AppendUint64(packed, hash), bits)
	}
	return json.Marshal(packed)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (p *affected) UnmarshalJSON(b []byte) error {
	var packed []byte
	if err := json.Unmarshal(b, &packed); err != nil {
		return err
	}
	if len(packed)%9 != 0 {
		return errors.New("people are cut off")
	}
	*p = make(affected, len(packed)/9)
	for one := range slices.Chunk(packed, 9) {
		(*p)[binary.BigEndian.Uint64(one)] = one[8]
	}
	return nil
}

// goOn takes up the position in the file of --resume, if it is there and of the same replay. A file that is anything
// else is left alone.
func (r *replay) goOn() error {
	r.People, r.Counts.ByDirection = affected{}, map[string]int{}
	file := r.command.Resume
	if file == "" {
		return nil
	}
	content, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return wrongUse("read the position: %w", err)
	}
	was := position{People: affected{}}
	if err := json.Unmarshal(content, &was); err != nil || was.Ruleset == "" || was.After.SaidAt.IsZero() || was.Counts.ByDirection == nil {
		return wrongUse("--resume: %s is not a position that heed reclassify wrote: give another file, or remove it to begin anew", file)
	}
	same := func(wordA, wordB string, a, b time.Time) bool { return wordA == wordB || a.Equal(b) }
	switch {
	case was.Ruleset != r.Ruleset:
		return wrongUse("--resume: %s is of another ruleset, or of a heed with other word lists: replay what it was begun with, or remove it to begin anew", file)
	case was.Program != r.Program:
		return wrongUse("--resume: %s was begun with --program %q: give the same, or remove it to begin anew", file, was.Program)
	case !same(was.SinceWord, r.SinceWord, was.Since, r.Since), !same(was.UntilWord, r.UntilWord, was.Until, r.Until):
		return wrongUse("--resume: %s is of another range, --since %q --until %q: give the same, or remove it to begin anew", file, was.SinceWord, was.UntilWord)
	}
	r.position, r.before = was, was.Counts.Texts
	fmt.Fprintf(r.err, "heed: going on from %s: %d texts are done, the last of %s; the range ends at %s\n",
		file, was.Counts.Texts, was.After.SaidAt.Format(time.RFC3339), was.Until.Format(time.RFC3339))
	return nil
}

// save keeps the position.
func (r *replay) save() error {
	if r.command.Resume == "" {
		return nil
	}
	return savePosition(r.command.Resume, r.position)
}

// forget removes the position of a replay that came to its end.
func (r *replay) forget() error {
	if r.command.Resume == "" {
		return nil
	}
	return removePosition(r.command.Resume)
}
