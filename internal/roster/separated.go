package roster

import (
	"bytes"
	"errors"
	"io"
)

// longest is how many bytes a row may have. It bounds what a quote that is never closed can swallow.
const longest = 64 << 10

// separated reads rows of separated values (RFC 4180), as spreadsheets and services really write them. A row that
// cannot be read costs itself and nothing behind it: where a quoted field does not end as it should, only the line in
// which it begins is given up, and reading goes on with the next.
type separated struct {
	from  io.Reader
	comma byte
	stops string // what a field without quotes ends at
	// columns is how many a row with line breaks in it must have; 0 while that is not known.
	columns int

	window     []byte
	start, end int   // of what is in the window and not read yet
	ended      error // what the source ended with
	line       int   // lines read so far
	fields     [][]byte
	plain      []byte // where the fields with doubled quotes are written
}

func newSeparated(from io.Reader) *separated {
	s := &separated{from: from, window: make([]byte, 4*longest)}
	s.by(',')
	return s
}

// by says what stands between two fields.
func (s *separated) by(comma byte) { s.comma, s.stops = comma, string([]byte{comma, '\n'}) }

// firstLine is the line to be read next. It stays there.
func (s *separated) firstLine() []byte {
	s.fill()
	line := s.window[s.start:s.end]
	if i := bytes.IndexByte(line, '\n'); i >= 0 {
		line = line[:i+1]
	}
	return line
}

var (
	errUnclosed = errors.New("a quote is not closed")
	errTooLong  = errors.New("the row is longer than 64 KB")
)

// fill has at least longest bytes in the window, or all that is left.
func (s *separated) fill() {
	if s.end-s.start >= longest || s.ended != nil {
		return
	}
	s.end = copy(s.window, s.window[s.start:s.end])
	s.start = 0
	for s.end < len(s.window) && s.ended == nil {
		n, err := s.from.Read(s.window[s.end:])
		s.end += n
		s.ended = err
	}
}

// next gives the fields of the next row and the line on which it begins. They are good until the next call. A row
// that cannot be read is a fault of its own; err is the end, or that the source cannot be read.
func (s *separated) next() (fields [][]byte, line int, fault, err error) {
	s.fill()
	rest := s.window[s.start:s.end]
	if len(rest) == 0 {
		return nil, s.line, nil, s.ended
	}
	s.line++
	line = s.line
	end := bytes.IndexByte(rest, '\n') + 1
	if end == 0 {
		if s.ended == nil {
			return nil, line, errTooLong, s.skipLine()
		}
		end = len(rest)
	}
	if end > longest {
		s.start += end
		return nil, line, errTooLong, nil
	}
	if bytes.IndexByte(rest[:end], '"') < 0 {
		s.start += end
		return s.split(trimBreak(rest[:end])), line, nil, nil
	}
	row := rest[:min(len(rest), longest)]
	used, ok := s.quoted(row)
	cut := used == len(row) && len(row) < len(rest) && row[used-1] != '\n'
	if !ok || cut || used > end && s.columns > 0 && len(s.fields) != s.columns {
		s.start += end
		return nil, line, errUnclosed, nil
	}
	s.line += bytes.Count(rest[:used-1], newline)
	s.start += used
	return s.fields, line, nil, nil
}

var newline = []byte{'\n'}

// skipLine leaves out a line that does not fit the window.
func (s *separated) skipLine() error {
	for {
		rest := s.window[s.start:s.end]
		if i := bytes.IndexByte(rest, '\n'); i >= 0 {
			s.start += i + 1
			return nil
		}
		s.start = s.end
		if s.fill(); s.start == s.end {
			if errors.Is(s.ended, io.EOF) {
				return nil // the next call tells
			}
			return s.ended
		}
	}
}

func trimBreak(line []byte) []byte {
	line = bytes.TrimSuffix(line, newline)
	return bytes.TrimSuffix(line, []byte{'\r'})
}

// split takes a line without quotes apart.
func (s *separated) split(line []byte) [][]byte {
	s.fields = s.fields[:0]
	for {
		i := bytes.IndexByte(line, s.comma)
		if i < 0 {
			s.fields = append(s.fields, line)
			return s.fields
		}
		s.fields, line = append(s.fields, line[:i]), line[i+1:]
	}
}

// quoted takes a row with quotes apart, which may go over several lines. It gives how many bytes it has; not ok when
// a quoted field does not end, or not where a field ends.
func (s *separated) quoted(b []byte) (used int, ok bool) {
	s.fields, s.plain = s.fields[:0], s.plain[:0]
	if cap(s.plain) < len(b) {
		s.plain = make([]byte, 0, longest) // the fields point into it: it must not move
	}
	at := 0
	for {
		var field []byte
		if at < len(b) && b[at] == '"' {
			if field, at, ok = s.unquote(b, at+1); !ok {
				return at, false
			}
		} else {
			i := bytes.IndexAny(b[at:], s.stops)
			if i < 0 {
				i = len(b) - at
			}
			field = b[at : at+i]
			if at += i; at == len(b) || b[at] == '\n' {
				field = bytes.TrimSuffix(field, []byte{'\r'})
			}
		}
		s.fields = append(s.fields, field)
		switch {
		case at == len(b):
			return at, true
		case b[at] == s.comma:
			at++
		default:
			return at + 1, true // the line break
		}
	}
}

// unquote reads a quoted field from behind its quote to the end of the field.
func (s *separated) unquote(b []byte, at int) (field []byte, end int, ok bool) {
	from := len(s.plain)
	for {
		i := bytes.IndexByte(b[at:], '"')
		if i < 0 {
			return nil, len(b), false
		}
		s.plain = append(s.plain, b[at:at+i]...)
		at += i + 1
		if at < len(b) && b[at] == '"' {
			s.plain = append(s.plain, '"')
			at++
			continue
		}
		if at+1 < len(b) && b[at] == '\r' && b[at+1] == '\n' {
			at++
		}
		field = s.plain[from:len(s.plain):len(s.plain)]
		return field, at, at == len(b) || b[at] == s.comma || b[at] == '\n'
	}
}
