package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"time"

	"github.com/jackc/pgx/v5"
)

// copyRows are rows in the binary form of COPY. pgx's own way goes through an interface value for each column.
type copyRows struct {
	rows int
	body []byte
}

func newCopy(rows int) *copyRows {
	const usual = 480 // bytes a row
	c := &copyRows{body: make([]byte, 0, 64+rows*usual)}
	c.body = append(c.body, "PGCOPY\n\xff\r\n\x00"...)
	c.body = append(c.body, 0, 0, 0, 0, 0, 0, 0, 0) // no flags, nothing more in the head
	return c
}

func (c *copyRows) row(columns int) {
	c.rows++
	c.body = binary.BigEndian.AppendUint16(c.body, uint16(columns))
}

func (c *copyRows) length(n int) { c.body = binary.BigEndian.AppendUint32(c.body, uint32(n)) }

func (c *copyRows) int8(v int64) {
	c.length(8)
	c.body = binary.BigEndian.AppendUint64(c.body, uint64(v))
}

// times writes moments; the zero time is NULL.
func (c *copyRows) times(values ...time.Time) {
	for _, v := range values {
		if v.IsZero() {
			c.body = append(c.body, 0xff, 0xff, 0xff, 0xff)
		} else {
			c.int8(v.UnixMicro() - epoch)
		}
	}
}

func (c *copyRows) texts(values ...string) {
	for _, v := range values {
		c.length(len(v))
		c.body = append(c.body, v...)
	}
}

func (c *copyRows) bytes(values ...[]byte) {
	for _, v := range values {
		c.length(len(v))
		c.body = append(c.body, v...)
	}
}

func (c *copyRows) jsonb(v string) {
	c.length(1 + len(v))
	c.body = append(append(c.body, 1), v...) // the version of jsonb's binary form
}

// send ends the rows and has them copied.
func (c *copyRows) send(ctx context.Context, tx pgx.Tx, statement string) error {
	if c.rows == 0 {
		return nil
	}
	c.body = binary.BigEndian.AppendUint16(c.body, 0xffff)
	_, err := tx.Conn().PgConn().CopyFrom(ctx, bytes.NewReader(c.body), statement)
	return err
}
