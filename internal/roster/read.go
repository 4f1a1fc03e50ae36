// Package roster reads and writes lists of people and what they consented to: heed's own layout, AWS's and Twilio's. It
// decides what each row of a list comes to, against what is known already.
package roster

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/heedsms/heed/internal/optout"
	"github.com/heedsms/heed/internal/sms"
)

// Entry is one row of a list: somebody consented, or took it back.
type Entry struct {
	Line    int // where the row begins
	Program string
	Contact sms.Phone
	State   optout.State
	SaidAt  time.Time
	// Evidence is what is kept with it, as JSON in the form of Postgres's jsonb.
	Evidence string
	// Outcome says what became of the row, Reason why, where the outcome does not say it. A reader says no more than that
	// it is refused; Contact and Program are then as they were written.
	Outcome Outcome
	Reason  string
}

// Options say how to read a list.
type Options struct {
	// Format is the layout; "" finds it by the columns.
	Format Format
	// File is the list's name in the evidence.
	File string
	// Program, State and SaidAt are those of rows that do not say: "" and the zero time refuse such rows.
	Program string
	State   optout.State
	SaidAt  time.Time
	// Known says whether there is such a program; nil takes any.
	Known func(program string) bool
	// Now is the time: nobody has said anything in the future.
	Now time.Time
}

// Reader reads a list, a row at a time, in bounded memory.
type Reader struct {
	options  Options
	rows     *separated
	columns  []string
	place    [roles]int // of each role among the columns; -1 where there is none
	evidence *evidence
	programs map[string]string // one string for all rows of a program
}

// NewReader reads the head of a list. The error says what is wrong with the file as a whole.
func NewReader(from io.Reader, o Options) (*Reader, error) {
	r := &Reader{options: o, rows: newSeparated(from), programs: map[string]string{}}
	if err := r.readHead(); err != nil {
		return nil, err
	}
	return r, nil
}

// Format is the layout of the list.
func (r *Reader) Format() Format { return r.options.Format }

func (r *Reader) readHead() error {
	first := r.rows.firstLine()
	switch {
	case len(first) == 0 && errors.Is(r.rows.ended, io.EOF):
		return errors.New("the file is empty")
	case len(first) == 0:
		return r.rows.ended
	case bytes.HasPrefix(first, []byte{0xFF, 0xFE}), bytes.HasPrefix(first, []byte{0xFE, 0xFF}):
		return errors.New("the file is UTF-16: save it as UTF-8")
	case bytes.HasPrefix(first, []byte("\uFEFF")):
		r.rows.start += len("\uFEFF")
		first = first[len("\uFEFF"):]
	}
	if sep, ok := bytes.CutPrefix(trimBreak(first), []byte("sep=")); ok && len(sep) == 1 { // Excel's own
		r.rows.start += len(first)
		r.rows.line++
		r.rows.by(sep[0])
	} else {
		r.rows.by(separator(first))
	}
	fields, _, fault, err := r.rows.next()
	if err = errors.Join(fault, err); err != nil {
		return fmt.Errorf("read the names of the columns: %w", err)
	}
	for i, f := range fields {
		name := string(bytes.TrimSpace(f))
		switch {
		case !utf8.ValidString(name) || strings.ContainsRune(name, 0):
			return fmt.Errorf("the name of column %d is not UTF-8: save the file as UTF-8", i+1)
		case name == "":
			name = fmt.Sprintf("column %d", i+1)
		}
		if slices.Contains(r.columns, name) {
			return fmt.Errorf("two columns are named %q", name)
		}
		r.columns = append(r.columns, name)
	}
	r.rows.columns = len(r.columns)
	r.evidence = newEvidence(r.options.File, r.columns)
	return r.understand()
}

// separator is what stands between the columns: what the first line has most of.
func separator(line []byte) byte {
	best, most := byte(','), bytes.Count(line, []byte{','})
	for _, c := range []byte{';', '\t', '|'} {
		if n := bytes.Count(line, []byte{c}); n > most {
			best, most = c, n
		}
	}
	return best
}

// understand finds what each column is about, and whether all is there that a row needs.
func (r *Reader) understand() error {
	o := &r.options
	if o.Format == "" {
		var err error
		if o.Format, err = detect(r.columns); err != nil {
			return err
		}
	}
	if o.Format == AWS && o.State == "" {
		o.State = optout.OptedOut // it is a list of opt-outs
	}
	r.place = [roles]int{-1, -1, -1, -1, -1, -1}
	for i, name := range r.columns {
		at := o.Format.roleOf(name)
		if at == other {
			continue
		}
		if r.place[at] >= 0 {
			return fmt.Errorf("columns %q and %q are about the same: leave one out", r.columns[r.place[at]], name)
		}
		r.place[at] = i
	}
	needs := []struct {
		role    role
		given   bool
		without string
	}{
		{contact, false, "whose rows these are"},
		{program, o.Program != "", "for which program they count: give it with --program"},
		{state, o.State != "", "whether people opted in or out: give it with --state"},
		{saidAt, !o.SaidAt.IsZero(), "when people said so: give the time of the list with --said-at"},
	}
	for _, need := range needs {
		if r.place[need.role] >= 0 || need.given {
			continue
		}
		names := headings[o.Format][need.role]
		if len(names) == 0 {
			return fmt.Errorf("a list of format %s does not say %s", o.Format, need.without)
		}
		return fmt.Errorf("the columns are %s; none is named %s, so nothing says %s", quoteAll(r.columns), strings.Join(names, " or "), need.without)
	}
	return nil
}

// Next reads the next row; rows without any value are left out. At the end the error is io.EOF.
func (r *Reader) Next() (Entry, error) {
	for {
		fields, line, fault, err := r.rows.next()
		switch {
		case err != nil && !errors.Is(err, io.EOF):
			return Entry{}, fmt.Errorf("line %d: %w", line, err)
		case err != nil:
			return Entry{}, io.EOF
		case fault != nil:
			return Entry{Line: line, Outcome: Refused, Reason: fault.Error()}, nil
		}
		empty := true
		for i := range fields {
			fields[i] = bytes.TrimSpace(fields[i])
			empty = empty && len(fields[i]) == 0
		}
		if !empty {
			return r.entry(line, fields), nil
		}
	}
}

func (r *Reader) field(fields [][]byte, at role) []byte {
	if i := r.place[at]; i >= 0 && i < len(fields) {
		return fields[i]
	}
	return nil
}

// entry understands one row.
func (r *Reader) entry(line int, fields [][]byte) Entry {
	e := Entry{Line: line}
	for _, f := range fields {
		if !utf8.Valid(f) || bytes.IndexByte(f, 0) >= 0 {
			e.Outcome, e.Reason = Refused, "not UTF-8: save the file as UTF-8"
			return e
		}
	}
	written := string(r.field(fields, contact))
	e.Contact, e.Program = sms.Phone(written), r.programOf(fields)
	refuse := func(why string) Entry {
		e.Outcome, e.Reason = Refused, why
		return e
	}
	if len(fields) > len(r.columns) {
		return refuse(fmt.Sprintf("%d fields in %d columns", len(fields), len(r.columns)))
	}
	phone, err := parsePhone(written)
	if err != nil {
		return refuse(err.Error())
	}
	switch {
	case e.Program == "":
		return refuse("no program: give one with --program")
	case r.options.Known != nil && !r.options.Known(e.Program):
		return refuse("no such program in the ruleset")
	}
	var ok bool
	if e.State, ok = r.stateOf(fields); !ok {
		return refuse(fmt.Sprintf("%.40q is no state: write %s", r.field(fields, state), words(r.options.Format)))
	}
	if e.SaidAt, err = r.momentOf(fields); err != nil {
		return refuse(err.Error())
	}
	e.Contact = phone
	e.Evidence = r.evidence.of(line, r.field(fields, reason), fields, func(column int) bool {
		switch column {
		case r.place[contact]:
			return written != string(phone)
		case r.place[program]:
			return false
		case r.place[state]:
			return string(fields[column]) != string(e.State)
		case r.place[saidAt]:
			return string(fields[column]) != e.SaidAt.Format(time.RFC3339)
		}
		return column != r.place[reason]
	})
	return e
}

func (r *Reader) programOf(fields [][]byte) string {
	field := r.field(fields, program)
	if len(field) == 0 {
		return r.options.Program
	}
	name, ok := r.programs[string(field)]
	if !ok {
		const most = 1000 // a column that is no program at all has another in each row
		if name = string(field); len(r.programs) < most {
			r.programs[name] = name
		}
	}
	return name
}

func (r *Reader) stateOf(fields [][]byte) (optout.State, bool) {
	field := r.field(fields, state)
	if len(field) == 0 {
		return r.options.State, r.options.State != ""
	}
	known := states[r.options.Format]
	if s, ok := known[string(field)]; ok {
		return s, true
	}
	word := strings.ToLower(string(field))
	if r.options.Format != Heed {
		word = plainName(word)
	}
	s, ok := known[word]
	return s, ok
}

func (r *Reader) momentOf(fields [][]byte) (time.Time, error) {
	field := r.field(fields, saidAt)
	if len(field) > 0 {
		at, err := ParseMoment(string(field), r.options.Now)
		if err != nil {
			err = fmt.Errorf("the time is %w", err)
		}
		return at, err
	}
	if r.options.SaidAt.IsZero() {
		return time.Time{}, errors.New("no time: give that of the list with --said-at")
	}
	return r.options.SaidAt, nil
}

// parsePhone reads the number of a person whom a text can reach. What may be another number than it seems is refused:
// an opt-out that is kept under a wrong number is lost.
func parsePhone(written string) (sms.Phone, error) {
	phone := sms.ParsePhone(written)
	const national = 10 // digits of a North American number without its country code
	switch {
	case written == "":
		return "", errors.New("no phone number")
	case isShortened(written):
		return "", errShortened
	case !phone.Dialable():
		return "", errors.New("not a phone number with its country code")
	case written[0] != '+' && len(phone) == 1+national:
		return "", errors.New("ten digits and no plus: a number without its country code, or without its plus; write it with both")
	}
	return phone, nil
}

// words are the states as a format writes them.
func words(f Format) string {
	switch f {
	case Twilio:
		return "opt-in or opt-out"
	case AWS:
		return "none: everybody on the list is opted out"
	}
	return "opted_in, opted_out or held"
}
