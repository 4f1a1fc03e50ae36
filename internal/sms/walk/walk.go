// Package walk reads JSON of which the reader wants a few members, in one pass and without building anything: events
// come by the thousand, three layers deep, and nine tenths of their bytes are of no interest.
//
// It is as strict as RFC 8259 and knows no errors. Whatever it does not take, the caller reads again with a decoder
// that can say what is wrong. It also leaves to the decoder what is rare: member names that are escaped, bytes that
// are not UTF-8.
package walk

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// maxDepth bounds nesting; no payload of AWS comes near.
const maxDepth = 64

// Walker stands before a value. Each method takes that value; after a failure they do nothing.
type Walker struct {
	data  []byte
	at    int
	depth int
	bad   bool
}

// New returns a Walker at the first value of data.
func New(data []byte) *Walker { return &Walker{data: data} }

// Done says whether everything was taken and well-formed.
func (w *Walker) Done() bool { return w.peek() == 0 && w.at == len(w.data) && !w.bad }

// At is the place of the next byte in the data: the end of the value that was taken last.
func (w *Walker) At() int { return w.at }

// Object takes an object. member has to take the value of each member. The name is a part of the data.
func (w *Walker) Object(member func(name []byte)) {
	for more := w.begin('{', '}'); more; more = w.more('}') {
		name := w.plain()
		if w.at < len(w.data) && w.data[w.at] == ':' {
			w.at++
		} else {
			w.expect(':')
		}
		if w.bad {
			return
		}
		member(name)
	}
}

// Array takes an array. element has to take each of its values.
func (w *Walker) Array(element func()) {
	for more := w.begin('[', ']'); more; more = w.more(']') {
		element()
	}
}

// begin says whether an object or array holds anything.
func (w *Walker) begin(open, end byte) bool {
	w.expect(open)
	if w.depth++; w.depth > maxDepth {
		w.fail()
	}
	if w.peek() == end {
		w.at++
		w.depth--
		return false
	}
	return !w.bad
}

// more says whether there is a further item behind one.
func (w *Walker) more(end byte) bool {
	if w.peek() == ',' {
		w.at++
		return true
	}
	w.expect(end)
	w.depth--
	return false
}

// Raw takes any value and returns it as written, a part of the data.
func (w *Walker) Raw() []byte {
	c := w.peek()
	from := w.at
	switch {
	case c == '"':
		w.at++
		w.skipString()
	case c == '-' || (c >= '0' && c <= '9'):
		w.number()
	case c == '{':
		w.Object(func([]byte) { w.Raw() })
	case c == '[':
		w.Array(func() { w.Raw() })
	case !w.word("true") && !w.word("false") && !w.word("null"):
		w.fail()
	}
	if w.bad {
		return nil
	}
	return w.data[from:w.at]
}

// AppendString takes a string and appends what it says.
//
// Strings within strings have an escape every few bytes. It copies eight bytes at a time while it looks at them, and
// takes back what was too much.
func (w *Walker) AppendString(to []byte) []byte {
	w.expect('"')
	if w.bad {
		return to
	}
	data, i, seen := w.data, w.at, uint64(0)
	start, n := len(to), len(to)
	for {
		if cap(to)-n < 8 {
			to = slices.Grow(to, 64)
		}
		buffer := to[:cap(to)]
	words:
		for i+8 <= len(data) && n+8 <= len(buffer) {
			x := binary.LittleEndian.Uint64(data[i : i+8])
			binary.LittleEndian.PutUint64(buffer[n:n+8], x)
			seen |= x
			found := specials(x)
			if found == 0 {
				i, n = i+8, n+8
				continue
			}
			plain := bits.TrailingZeros64(found) / 8
			for i, n = i+plain, n+plain; ; i, n = i+1, n+1 {
				if i+6 > len(data) || n+3 > len(buffer) {
					break words
				}
				next := binary.LittleEndian.Uint32(data[i : i+4])
				c := unescaped[byte(next>>8)]
				switch {
				case next == quoteInString:
					buffer[n], buffer[n+1] = '\\', '"'
					i, n = i+4, n+2
				case byte(next) == '\\' && c != 0:
					buffer[n] = c
					i, n = i+2, n+1
				default:
					break words
				}
				// Between a name and its value, or a value and the next name, stands one byte.
				if buffer[n] = data[i]; (buffer[n] != ':' && buffer[n] != ',') || data[i+1] != '\\' {
					break
				}
			}
		}
		to = buffer[:n]
		switch {
		case i == len(data) || data[i] < ' ':
			w.fail()
			return to
		case data[i] == '"':
			if w.at = i + 1; seen&tops != 0 && !utf8.Valid(to[start:]) {
				w.fail()
			}
			return to
		case data[i] != '\\':
			seen |= uint64(data[i])
			to = append(to, data[i])
			i++
		case i+1 < len(data) && unescaped[data[i+1]] != 0:
			to = append(to, unescaped[data[i+1]])
			i += 2
		case i+1 < len(data) && data[i+1] == 'u':
			// Surrogates come in pairs: the decoder knows how.
			w.at--
			quoted := w.Raw()
			to, err := jsontext.AppendUnquote(to[:start], quoted)
			if err != nil {
				w.fail()
			}
			return to
		default:
			w.fail()
			return to
		}
		n = len(to)
	}
}

// quoteInString is a quote of a string within a string, as it is written: \\\".
const quoteInString = '\\' | '\\'<<8 | '\\'<<16 | '"'<<24

// Bytes takes a string and returns what it says: a part of the data, unless something in it is escaped.
func (w *Walker) Bytes() []byte {
	from := w.at
	if plain := w.plain(); !w.bad {
		return plain
	}
	w.bad, w.at = false, from
	return w.AppendString(nil)
}

// String is Bytes for what is kept.
func (w *Walker) String() string { return string(w.Bytes()) }

// plain takes a string without escapes and returns what is between its quotes.
func (w *Walker) plain() []byte {
	w.expect('"')
	data, from := w.data, w.at
	end, seen := special(data, from)
	if w.bad || end == len(data) || data[end] != '"' || (seen&tops != 0 && !utf8.Valid(data[from:end])) {
		w.fail()
		return nil
	}
	w.at = end + 1
	return data[from:end]
}

// skipString takes what follows the quote that begins a string.
func (w *Walker) skipString() {
	data, from, all := w.data, w.at, uint64(0)
	for i := from; ; {
		end, seen := special(data, i)
		all |= seen
		switch rest := data[end:]; {
		case len(rest) == 0 || rest[0] < ' ':
			w.fail()
			return
		case rest[0] == '"':
			if w.at = end + 1; all&tops != 0 && !utf8.Valid(data[from:end]) {
				w.fail()
			}
			return
		case len(rest) > 1 && unescaped[rest[1]] != 0:
			i = end + 2
		case len(rest) > 5 && rest[1] == 'u' && hex(rest[2]) && hex(rest[3]) && hex(rest[4]) && hex(rest[5]):
			i = end + 6
		default:
			w.fail()
			return
		}
	}
}

func (w *Walker) number() {
	if w.data[w.at] == '-' {
		w.at++
	}
	zero := w.at < len(w.data) && w.data[w.at] == '0'
	if n := w.digits(); n == 0 || (zero && n > 1) {
		w.fail()
	}
	if w.at < len(w.data) && w.data[w.at] == '.' {
		if w.at++; w.digits() == 0 {
			w.fail()
		}
	}
	if w.at < len(w.data) && w.data[w.at]|0x20 == 'e' {
		if w.at++; w.at < len(w.data) && (w.data[w.at] == '+' || w.data[w.at] == '-') {
			w.at++
		}
		if w.digits() == 0 {
			w.fail()
		}
	}
}

func (w *Walker) digits() int {
	from := w.at
	for w.at < len(w.data) && w.data[w.at] >= '0' && w.data[w.at] <= '9' {
		w.at++
	}
	return w.at - from
}

func (w *Walker) word(s string) bool {
	if len(w.data)-w.at < len(s) || string(w.data[w.at:w.at+len(s)]) != s {
		return false
	}
	w.at += len(s)
	return true
}

// peek skips white space and returns the byte behind it, 0 at the end.
func (w *Walker) peek() byte {
	for w.at < len(w.data) {
		switch c := w.data[w.at]; c {
		case ' ', '\t', '\r', '\n':
			w.at++
		default:
			return c
		}
	}
	return 0
}

func (w *Walker) expect(c byte) {
	if w.peek() != c || w.at == len(w.data) {
		w.fail()
		return
	}
	w.at++
}

func (w *Walker) fail() { w.bad, w.at = true, len(w.data) }

func hex(c byte) bool {
	return (c >= '0' && c <= '9') || (c|0x20 >= 'a' && c|0x20 <= 'f')
}

// unescaped is what a backslash and each byte stand for; 0 for those that stand for nothing.
var unescaped = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// special is the place, from i on, of the first quote, backslash or control byte. The top bit of a byte of seen is set
// if one before it may not be ASCII.
func special(data []byte, i int) (at int, seen uint64) {
	for ; i+8 <= len(data); i += 8 {
		x := binary.LittleEndian.Uint64(data[i : i+8])
		seen |= x
		if found := specials(x); found != 0 {
			return i + bits.TrailingZeros64(found)/8, seen
		}
	}
	for ; i < len(data); i++ {
		c := data[i]
		seen |= uint64(c)
		if c == '"' || c == '\\' || c < ' ' {
			break
		}
	}
	return i, seen
}

const ones, tops = 0x0101010101010101, 0x8080808080808080

// specials has the top bit set in the lowest byte of eight that is a quote, a backslash or a control byte (and maybe
// in ones above it): of bytes below 0x80, those less than what is subtracted borrow, the lowest such one for sure.
// Quotes and control bytes are found together: with one bit turned they are the bytes below 0x21.
func specials(x uint64) uint64 {
	quote, backslash := x^(ones*('"'^' ')), x^(ones*'\\')
	return ((quote - ones*(' '+1)) | (backslash - ones)) &^ x & tops
}
