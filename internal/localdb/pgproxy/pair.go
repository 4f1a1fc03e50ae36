package pgproxy

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"
)

// Codes that stand where a start-up message has its protocol version.
const (
	cancelRequest = 80877102
	sslRequest    = 80877103
	gssRequest    = 80877104
)

// longestMessage is Postgres's own limit, a gigabyte; more means that we lost the thread.
const longestMessage = 1 << 30

// pair is one client connection with its server connection.
type pair struct {
	proxy          *Proxy
	client, server net.Conn

	mu      sync.Mutex
	pending []int // round trips that the server has not answered, oldest first
}

// end closes both sides; what was written still arrives, a server's last words above all.
func (c *pair) end() {
	_ = c.client.Close()
	_ = c.server.Close()
}

// cut closes both sides at once and throws away what is on its way.
func (c *pair) cut() {
	for _, conn := range []net.Conn{c.client, c.server} {
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
	}
	c.end()
}

// clientToServer holds requests back until they are complete, so that before a round trip the server has seen nothing
// of it: an Execute works at once and does not wait for its Sync.
func (c *pair) clientToServer() {
	from := bufio.NewReader(c.client)
	if err := c.startUp(from); err != nil {
		return
	}
	var held []byte
	for {
		kind, message, err := readMessage(from)
		if err != nil {
			return
		}
		held = append(held, message...)
		switch kind {
		case 'P', 'B', 'D', 'E', 'C': // Parse, Bind, Describe, Execute, Close: more will come
			continue
		case 'S', 'Q': // Sync, Query: the client now waits
			c.begin()
		}
		c.proxy.waitWhileStalled()
		if _, err := c.server.Write(held); err != nil {
			return
		}
		held = held[:0]
	}
}

// begin numbers a round trip, and puts it on the list before the server can answer it.
func (c *pair) begin() {
	n := c.proxy.nextTrip()
	if before := c.proxy.hooks.Before; before != nil {
		before(n)
	}
	c.mu.Lock()
	c.pending = append(c.pending, n)
	c.mu.Unlock()
}

// startUp passes on the first message, which has no kind, and declines encryption before it.
func (c *pair) startUp(from *bufio.Reader) error {
	for {
		message, err := readBody(from, nil)
		if err != nil {
			return err
		}
		code := uint32(0)
		if len(message) >= 8 {
			code = binary.BigEndian.Uint32(message[4:])
		}
		switch code {
		case sslRequest, gssRequest:
			if _, err := c.client.Write([]byte{'N'}); err != nil {
				return err
			}
			continue
		case cancelRequest:
			_, err := c.server.Write(message)
			return errors.Join(err, io.EOF)
		}
		c.proxy.waitWhileStalled()
		_, err = c.server.Write(message)
		return err
	}
}

// serverToClient holds answers back until the server is ready for the next request, so that the client hears of a
// round trip either nothing or all.
func (c *pair) serverToClient() {
	from := bufio.NewReader(c.server)
	var held []byte
	for {
		kind, message, err := readMessage(from)
		if err != nil {
			// A server that ends a session says why, and then there is no more to wait for.
			_, _ = c.client.Write(held)
			return
		}
		held = append(held, message...)
		if c.answering() {
			switch kind {
			case 'Z': // ReadyForQuery
				c.finish()
			case 'G', 'H', 'W': // COPY begins: now it is the client's turn, or there may be no end of rows
			default:
				continue
			}
		}
		c.proxy.waitWhileStalled()
		if _, err := c.client.Write(held); err != nil {
			return
		}
		held = held[:0]
	}
}

func (c *pair) answering() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.pending) > 0
}

func (c *pair) finish() {
	c.mu.Lock()
	n := c.pending[0]
	c.pending = c.pending[1:]
	c.mu.Unlock()
	if after := c.proxy.hooks.After; after != nil {
		after(n)
	}
}

// readMessage returns a whole message and its kind.
func readMessage(from *bufio.Reader) (kind byte, message []byte, err error) {
	kind, err = from.ReadByte()
	if err != nil {
		return 0, nil, err
	}
	message, err = readBody(from, []byte{kind})
	return kind, message, err
}

// readBody appends to head a length and the rest that it announces; the length counts itself.
func readBody(from io.Reader, head []byte) ([]byte, error) {
	var length [4]byte
	if _, err := io.ReadFull(from, length[:]); err != nil {
		return nil, err
	}
	size := binary.BigEndian.Uint32(length[:])
	if size < 4 || size > longestMessage {
		return nil, errors.New("not a Postgres message")
	}
	message := append(head, length[:]...)
	start := len(message)
	message = append(message, make([]byte, size-4)...)
	_, err := io.ReadFull(from, message[start:])
	return message, err
}
