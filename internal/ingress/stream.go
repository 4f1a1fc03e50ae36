package ingress

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"errors"
	"io"
	"net/url"
)

// guarded refuses to read more than left bytes, so that one endless value cannot fill the memory.
type guarded struct {
	r    io.Reader
	left int
}

func (g *guarded) Read(p []byte) (int, error) {
	if g.left <= 0 {
		return 0, errTooLarge
	}
	if len(p) > g.left {
		p = p[:g.left]
	}
	n, err := g.r.Read(p)
	g.left -= n
	return n, err
}

type line struct {
	kept    []byte
	length  int64
	tooLong bool
}

// readLine reads to the next newline, keeping at most maxValue bytes; more says whether anything may follow.
func readLine(g *guarded) (line, bool, error) {
	var l line
	var one [1]byte
	for {
		n, err := g.r.Read(one[:])
		if n == 1 {
			l.length++
			if one[0] == '\n' {
				return l, true, nil
			}
			if len(l.kept) < maxValue {
				l.kept = append(l.kept, one[0])
			} else {
				l.kept, l.tooLong = l.kept[:maxValue], true
			}
		}
		if err == io.EOF {
			return l, false, nil
		}
		if err != nil {
			return l, false, err
		}
	}
}

// plain unpacks a stream that is gzipped; its name does not tell, Firehose leaves .gz off where it is told to.
func plain(r io.Reader) (io.Reader, error) {
	b := bufio.NewReaderSize(r, 64<<10)
	head, err := b.Peek(3)
	if err != nil || !isGzip(head) {
		return b, nil //nolint:nilerr // shorter than three bytes: whatever is wrong shows when it is read
	}
	unpacked, err := gzip.NewReader(b)
	if err != nil {
		return nil, err
	}
	return bufio.NewReaderSize(unpacked, 64<<10), nil
}

// isCorrupt says whether packed bytes are broken in themselves, and not the way they came. A sudden end is either.
func isCorrupt(err error) bool {
	var damaged flate.CorruptInputError
	return errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum) || errors.As(err, &damaged)
}

// unescapeKey undoes the URL encoding of object keys in notifications, where a space is a plus.
func unescapeKey(key string) (string, error) { return url.QueryUnescape(key) }
