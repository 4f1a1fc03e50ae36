package ledger

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"
)

// Head is the newest link of a program's chain: as the database keeps it, or as somebody noted it on an earlier day.
type Head struct {
	Program string `json:"program"`
	Seq     int64  `json:"seq"`
	Hash    Hex    `json:"hash"`
}

// Hex is bytes that are written in hexadecimal digits.
type Hex []byte

// MarshalText writes hexadecimal digits.
func (h Hex) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(h)), nil }

// UnmarshalText reads them.
func (h *Hex) UnmarshalText(text []byte) error {
	b, err := hex.DecodeString(string(text))
	*h = b
	return err
}

// Fault is what is wrong with a chain.
type Fault string

// The faults.
const (
	// Edited: the event is not what it was when it was recorded.
	Edited Fault = "edited"
	// Missing: events between two others, or at the end, are gone.
	Missing Fault = "missing"
	// Inserted: two events claim one place, or one stands where none can.
	Inserted Fault = "inserted"
	// HeadDiffers: the chain does not end in what was noted of it. Events were removed at the end, or all of it was
	// written anew.
	HeadDiffers Fault = "head_differs"
)

// Finding is one fault and where it is.
type Finding struct {
	Fault   Fault  `json:"fault"`
	Program string `json:"program"`
	Seq     int64  `json:"seq"`
	EventID int64  `json:"event_id,omitempty"`
	Detail  string `json:"detail"`
}

// Verifier walks the chains. Feed it the events of each program in the order of Seq, programs one after another, then
// ask for what [Verifier.Close] says.
type Verifier struct {
	Events, Forgotten int64
	Programs          int

	noted    map[string][]Head // what has to be met on the way, and was not yet
	heads    map[string]Head   // as found
	at       Head
	begun    bool
	findings []Finding
}

// NewVerifier begins a walk. kept are the heads as the database keeps them; noted are those that somebody noted
// earlier, which the chains still have to pass through: only they show a chain that was written anew from some event
// on.
func NewVerifier(kept, noted []Head) *Verifier {
	v := &Verifier{noted: map[string][]Head{}, heads: map[string]Head{}}
	for _, h := range kept {
		v.heads[h.Program] = h
	}
	for _, h := range noted {
		v.noted[h.Program] = append(v.noted[h.Program], h)
	}
	return v
}

// Walk takes the next event and gives what is wrong with it.
func (v *Verifier) Walk(l *Link) []Finding {
	v.findings = nil
	if !v.begun || l.Program != v.at.Program {
		v.end()
		v.at, v.begun = Head{Program: l.Program}, true
		v.Programs++
	}
	v.Events++
	if l.Forgotten {
		v.Forgotten++
	}
	switch {
	case l.Seq > v.at.Seq+1:
		v.find(Missing, l, fmt.Sprintf("events %d to %d of the chain are gone", v.at.Seq+1, l.Seq-1))
	case l.Seq <= v.at.Seq:
		v.find(Inserted, l, fmt.Sprintf("it claims place %d, which is taken", l.Seq))
	}
	switch {
	case l.Forgotten && (l.Salt != nil || l.Evidence != "{}" || !strings.HasPrefix(l.Contact, "#")):
		v.find(Edited, l, "it is marked as forgotten and still names somebody")
	case !l.Forgotten && !bytes.Equal(l.Seal(), l.Sealed):
		v.find(Edited, l, "contact, message id, actor, evidence or salt are not what was recorded")
	}
	// Behind a gap the hash before is not known: whether the link holds cannot be told.
	if l.Seq == v.at.Seq+1 && !bytes.Equal(l.Chain(v.at.Hash), l.Hash) {
		v.find(Edited, l, "state, times, source, number, or its hash or that of the event before it are not what was recorded")
	}
	v.at.Seq, v.at.Hash = l.Seq, l.Hash
	for _, h := range v.noted[l.Program] {
		if h.Seq == l.Seq && !bytes.Equal(h.Hash, l.Hash) {
			v.find(HeadDiffers, l, "its hash is not the one that was noted: events up to here were written anew")
		}
	}
	return v.findings
}

func (v *Verifier) find(f Fault, l *Link, detail string) {
	v.findings = append(v.findings, Finding{Fault: f, Program: l.Program, Seq: l.Seq, EventID: l.ID, Detail: detail})
}

// end closes the chain of one program.
func (v *Verifier) end() {
	if !v.begun {
		return
	}
	p := v.at.Program
	kept, ok := v.heads[p]
	delete(v.heads, p)
	switch {
	case !ok:
		v.tell(HeadDiffers, p, v.at.Seq, "the database keeps no head of this chain")
	case kept.Seq > v.at.Seq:
		v.tell(Missing, p, kept.Seq, fmt.Sprintf("events %d to %d at the end of the chain are gone", v.at.Seq+1, kept.Seq))
	case kept.Seq < v.at.Seq || !bytes.Equal(kept.Hash, v.at.Hash):
		v.tell(HeadDiffers, p, v.at.Seq, "the head that the database keeps is another")
	}
	v.shorter(p, v.at.Seq)
}

// shorter tells of noted heads that the chain does not reach any more.
func (v *Verifier) shorter(program string, seq int64) {
	for _, h := range v.noted[program] {
		if h.Seq > seq {
			v.tell(Missing, program, h.Seq, fmt.Sprintf("the chain was noted with %d events and has %d", h.Seq, seq))
		}
	}
	delete(v.noted, program)
}

func (v *Verifier) tell(f Fault, program string, seq int64, detail string) {
	v.findings = append(v.findings, Finding{Fault: f, Program: program, Seq: seq, Detail: detail})
}

// Close ends the walk and gives what only its end shows.
func (v *Verifier) Close() []Finding {
	v.findings = nil
	v.end()
	v.begun = false
	for p, h := range v.heads {
		if h.Seq > 0 {
			v.tell(Missing, p, h.Seq, fmt.Sprintf("all %d events of the chain are gone", h.Seq))
		}
		v.shorter(p, 0)
	}
	for p := range v.noted {
		v.shorter(p, 0)
	}
	return v.findings
}
