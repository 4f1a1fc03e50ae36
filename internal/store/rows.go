package store

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/heedsms/heed/internal/sms"
)

// rowSet is a set of rows as one parameter: an array of a row type, in Postgres's binary form. Fifty arrays, one a
// column, cost a quarter of a small batch's time to write, read and take apart again, and NULL needs no stand-in here.
type rowSet struct {
	rows    int
	columns int
	body    []byte
	started int // where the row being written begins
}

// deliveryRow is the row type of the events' parameter. Its columns are those that deliveryRows writes. A change of columns
// needs a new type under a new name: the release before still writes the old one while the schema is brought up to date.
const deliveryRow = "heed.delivery_row_1"

// The OIDs of Postgres's own types, which never change.
const (
	oidBool        = 16
	oidInt2        = 21
	oidInt4        = 23
	oidText        = 25
	oidNumeric     = 1700
	oidTimestamptz = 1184
	oidJSONB       = 3802
)

func newRowSet(columns, rows int) *rowSet {
	const usual = 800 // bytes a row
	return &rowSet{columns: columns, body: make([]byte, 0, rows*usual)}
}

func (s *rowSet) begin() {
	s.rows++
	s.started = len(s.body)
	s.int32(0) // its length, known at the end
	s.int32(s.columns)
}

func (s *rowSet) end() {
	binary.BigEndian.PutUint32(s.body[s.started:], uint32(len(s.body)-s.started-4))
}

func (s *rowSet) int32(n int) { s.body = binary.BigEndian.AppendUint32(s.body, uint32(n)) }

// text writes a text, an empty one too.
func (s *rowSet) text(v string) {
	s.int32(oidText)
	s.int32(len(v))
	s.body = append(s.body, v...)
}

// optional writes texts of which an empty one is unknown.
func (s *rowSet) optional(values ...string) {
	for _, v := range values {
		if v == "" {
			s.null(oidText)
		} else {
			s.text(v)
		}
	}
}

func (s *rowSet) null(oid int) {
	s.int32(oid)
	s.int32(-1)
}

// nulls writes so many columns of a type of which nothing is known.
func (s *rowSet) nulls(oid, columns int) {
	for range columns {
		s.null(oid)
	}
}

// flag writes what is "true", "false" or, empty, unknown.
func (s *rowSet) flag(v string) {
	if v == "" {
		s.null(oidBool)
		return
	}
	s.bool(v == "true")
}

func (s *rowSet) bool(v bool) {
	s.int32(oidBool)
	s.int32(1)
	b := byte(0)
	if v {
		b = 1
	}
	s.body = append(s.body, b)
}

func (s *rowSet) int2(v int16) {
	s.int32(oidInt2)
	s.int32(2)
	s.body = binary.BigEndian.AppendUint16(s.body, uint16(v))
}

// count writes a number of which none is unknown.
func (s *rowSet) count(v int) {
	if v == 0 {
		s.null(oidInt4)
		return
	}
	s.int32(oidInt4)
	s.int32(4)
	s.int32(v)
}

// decimal writes an amount to its last place: groups of four digits on both sides of the point, without the groups of zeros
// at either end.
func (s *rowSet) decimal(v sms.Decimal) {
	if v == "" {
		s.null(oidNumeric)
		return
	}
	whole, fraction, _ := strings.Cut(string(v), ".")
	const group = 4
	var enough [64]byte
	digits := append(enough[:0], "0000"[:-len(whole)&(group-1)]...)
	digits = append(append(digits, whole...), fraction...)
	weight := (len(digits)-len(fraction))/group - 1 // of the first group, a power of ten thousand
	digits = append(digits, "0000"[:-len(fraction)&(group-1)]...)
	for len(digits) > 0 && string(digits[:group]) == "0000" {
		digits, weight = digits[group:], weight-1
	}
	for len(digits) > 0 && string(digits[len(digits)-group:]) == "0000" {
		digits = digits[:len(digits)-group]
	}
	if len(digits) == 0 {
		weight = 0
	}
	s.int32(oidNumeric)
	s.int32(8 + 2*(len(digits)/group))
	const positive = 0
	for _, n := range []int{len(digits) / group, weight, positive, len(fraction)} {
		s.body = binary.BigEndian.AppendUint16(s.body, uint16(n))
	}
	for ; len(digits) > 0; digits = digits[group:] {
		n := 0
		for _, d := range digits[:group] {
			n = 10*n + int(d-'0')
		}
		s.body = binary.BigEndian.AppendUint16(s.body, uint16(n))
	}
}

// time writes a moment of which none is unknown.
func (s *rowSet) time(v time.Time) {
	if v.IsZero() {
		s.null(oidTimestamptz)
		return
	}
	s.int32(oidTimestamptz)
	s.int32(8)
	s.body = binary.BigEndian.AppendUint64(s.body, uint64(v.UnixMicro()-epoch))
}

// json writes a JSON document; an empty one is unknown.
func (s *rowSet) json(v string) {
	if v == "" {
		s.null(oidJSONB)
		return
	}
	s.int32(oidJSONB)
	s.int32(1 + len(v))
	s.body = append(append(s.body, 1), v...) // the version of jsonb's binary form
}

// learnRows tells a connection the number of the row type, which each database gives anew. In the same round trip it sets
// how statements are planned ([Options.GenericPlans]).
func learnRows(ctx context.Context, c *pgx.Conn, generic bool) error {
	var element, array uint32
	var plans string
	err := c.QueryRow(ctx, `SELECT $1::text::regtype::oid, ($1::text || '[]')::regtype::oid,
    CASE WHEN $2::boolean THEN set_config('plan_cache_mode', 'force_generic_plan', false) ELSE '' END`, deliveryRow, generic).Scan(&element, &array, &plans)
	var pg *pgconn.PgError
	if errors.As(err, &pg) && (pg.Code == "3F000" || pg.Code == "42704") {
		return fmt.Errorf("the schema is not up to date, run heed migrate: %w", err)
	}
	if err != nil {
		return fmt.Errorf("look up %s: %w", deliveryRow, err)
	}
	of := &pgtype.ArrayCodec{ElementType: &pgtype.Type{Name: deliveryRow, OID: element, Codec: pgtype.TextCodec{}}}
	c.TypeMap().RegisterType(&pgtype.Type{Name: deliveryRow + "[]", OID: array, Codec: rowSetCodec{of, element}})
	return nil
}

type rowSetCodec struct {
	*pgtype.ArrayCodec
	element uint32
}

// PlanEncode writes row sets in binary and leaves everything else to pgx.
func (c rowSetCodec) PlanEncode(m *pgtype.Map, oid uint32, format int16, value any) pgtype.EncodePlan {
	if _, ok := value.(*rowSet); ok && format == pgtype.BinaryFormatCode {
		return rowSetPlan{c.element}
	}
	return c.ArrayCodec.PlanEncode(m, oid, format, value)
}

type rowSetPlan struct{ element uint32 }

// Encode writes one dimension without NULLs, as array_recv reads it.
func (p rowSetPlan) Encode(value any, to []byte) ([]byte, error) {
	s := value.(*rowSet)
	for _, n := range []uint32{1, 0, p.element, uint32(s.rows), 1} {
		to = binary.BigEndian.AppendUint32(to, n)
	}
	return append(to, s.body...), nil
}
