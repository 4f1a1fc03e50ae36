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
	// seen has the top bit of a byte set if the string being taken may hold one that is not ASCII.
	seen uint64
}

// New returns a Walker at the first value of data.
func New(data []byte) *Walker { return &Walker{data: data} }

// Done says whether everything was taken and well-formed.
func (w *Walker) Done() bool { return w.peek() == 0 && w.at == len(w.data) && !w.bad }

// Object takes an object. member has to take the value of each member. The name is a part of the data.
func (w *Walker) Object(member func(name []byte)) {
	w.items('{', '}', func() {
		name := w.plain()
		w.expect(':')
		if !w.bad {
			member(name)
		}
	})
}

// Array takes an array. element has to take each of its values.
func (w *Walker) Array(element func()) { w.items('[', ']', element) }

func (w *Walker) items(open, end byte, item func()) {
	w.expect(open)
	if w.depth++; w.depth > maxDepth {
		w.fail()
	}
	if w.peek() == end {
		w.at++
		w.depth--
		return
	}
	for !w.bad {
		item()
		if w.peek() == ',' {
			w.at++
			continue
		}
		w.expect(end)
		w.depth--
		return
	}
}

// Raw takes any value and returns it as written, a part of the data.
func (w *Walker) Raw() []byte {
	c := w.peek()
	from := w.at
	switch {
	case c == '{':
		w.Object(func([]byte) { w.Raw() })
	case c == '[':
		w.Array(func() { w.Raw() })
	case c == '"':
		w.skipString()
	case c == '-' || (c >= '0' && c <= '9'):
		w.number()
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
// Strings within strings have an escape every few bytes. As long as there is room it copies eight bytes at a time
// while it looks at them, and takes back what was too much.
func (w *Walker) AppendString(to []byte) []byte {
	w.expect('"')
	data, i, start, seen := w.data, w.at, len(to), uint64(0)
	for !w.bad {
		for i+8 <= len(data) && len(to)+8 <= cap(to) {
			x := binary.LittleEndian.Uint64(data[i:])
			n, found := 8, specials(x)
			if found != 0 {
				n = bits.TrailingZeros64(found) / 8
			}
			seen |= x
			end := len(to)
			binary.LittleEndian.PutUint64(to[end:end+8], x)
			to, i = to[:end+n], i+n
			if n < 8 {
				break
			}
		}
		for i < len(data) && data[i] >= ' ' && data[i] != '"' && data[i] != '\\' {
			seen |= uint64(data[i])
			to = append(to, data[i])
			i++
		}
		for i+1 < len(data) && data[i] == '\\' && unescaped[data[i+1]] != 0 {
			to = append(to, unescaped[data[i+1]])
			i += 2
		}
		if i == len(data) || data[i] < ' ' {
			break
		}
		if data[i] == '"' {
			w.at, w.seen = i+1, seen
			if !w.valid(to[start:]) {
				break
			}
			return to
		}
		if data[i] != '\\' {
			continue
		}
		if i+1 == len(data) || data[i+1] != 'u' {
			break
		}
		// Surrogates come in pairs: the decoder knows how.
		w.at--
		quoted := w.Raw()
		to, err := jsontext.AppendUnquote(to[:start], quoted)
		if err != nil {
			w.fail()
		}
		return to
	}
	w.fail()
	return to
}

// String is AppendString for what is short and kept.
func (w *Walker) String() string {
	from := w.at
	if plain := w.plain(); !w.bad {
		return string(plain)
	}
	w.bad, w.at = false, from
	return string(w.AppendString(nil))
}

// plain takes a string without escapes and returns what is between its quotes.
func (w *Walker) plain() []byte {
	w.expect('"')
	from := w.at
	w.seen = 0
	end := w.special(from)
	if w.bad || end == len(w.data) || w.data[end] != '"' || !w.valid(w.data[from:end]) {
		w.fail()
		return nil
	}
	w.at = end + 1
	return w.data[from:end]
}

func (w *Walker) skipString() {
	from := w.at
	w.expect('"')
	w.seen = 0
	for !w.bad {
		i := w.special(w.at)
		if i == len(w.data) || w.data[i] < ' ' {
			break
		}
		if w.data[i] == '"' {
			if w.at = i + 1; !w.valid(w.data[from:w.at]) {
				break
			}
			return
		}
		switch rest := w.data[i+1:]; {
		case len(rest) > 0 && unescaped[rest[0]] != 0:
			w.at = i + 2
		case len(rest) > 4 && rest[0] == 'u' && hex(rest[1]) && hex(rest[2]) && hex(rest[3]) && hex(rest[4]):
			w.at = i + 6
		default:
			w.fail()
		}
	}
	w.fail()
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

// special is the place, from i on, of the first quote, backslash or control byte.
func (w *Walker) special(i int) int {
	for ; i+8 <= len(w.data); i += 8 {
		x := binary.LittleEndian.Uint64(w.data[i:])
		w.seen |= x
		if found := specials(x); found != 0 {
			return i + bits.TrailingZeros64(found)/8
		}
	}
	for ; i < len(w.data); i++ {
		c := w.data[i]
		w.seen |= uint64(c)
		if c == '"' || c == '\\' || c < ' ' {
			return i
		}
	}
	return i
}

// valid says whether the string just taken is UTF-8. Most are ASCII, which was seen on the way.
func (w *Walker) valid(s []byte) bool { return w.seen&tops == 0 || utf8.Valid(s) }

const ones, tops = 0x0101010101010101, 0x8080808080808080

// specials has the top bit set in the lowest byte of eight that is a quote, a backslash or a control byte (and maybe
// in ones above it): a byte of a word is zero if and only if subtracting one borrows from its top bit, the lowest
// such one for sure.
func specials(x uint64) uint64 {
	quote, backslash := x^(ones*'"'), x^(ones*'\\')
	return ((quote-ones)&^quote | (backslash-ones)&^backslash | (x-ones*' ')&^x) & tops
}
