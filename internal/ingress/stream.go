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
func readLine(r *bufio.Reader) (l line, more bool, err error) {
	for {
		part, err := r.ReadSlice('\n')
		l.length += int64(len(part))
		ended := err == nil
		if ended {
			part = part[:len(part)-1]
		}
		if room := maxValue - len(l.kept); len(part) > room {
			part, l.tooLong = part[:room], true
		}
		l.kept = append(l.kept, part...)
		switch {
		case ended:
			return l, true, nil
		case errors.Is(err, io.EOF):
			return l, false, nil
		case !errors.Is(err, bufio.ErrBufferFull):
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
