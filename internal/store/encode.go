package store

import (
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// rows writes the SELECT that makes rows of arrays, the parameters from first on, one a column ("name type, ...").
//
// They are unnested in the list of the SELECT and not in FROM: there each array would be copied into a table of its
// own first, which takes four times as long.
func rows(first int, columns string) string {
	var list []string
	for i, column := range strings.Split(columns, ", ") {
		name, kind, _ := strings.Cut(column, " ")
		list = append(list, fmt.Sprintf("unnest($%d::%s[]) AS %s", first+i, kind, name))
	}
	return "SELECT " + strings.Join(list, ", ")
}

// encodeArrays teaches a connection to write the arrays of which every statement here has dozens. pgx's own way goes
// through an interface value for each element, which costs more than decoding the event that the element came from.
func encodeArrays(c *pgx.Conn) {
	m := c.TypeMap()
	registerArray(m, "_text", pgtype.TextArrayOID, pgtype.TextOID, pgtype.TextCodec{}, func(to []byte, s string) []byte {
		to = binary.BigEndian.AppendUint32(to, uint32(len(s)))
		return append(to, s...)
	})
	registerArray(m, "_timestamptz", pgtype.TimestamptzArrayOID, pgtype.TimestamptzOID, &pgtype.TimestamptzCodec{}, func(to []byte, t time.Time) []byte {
		to = binary.BigEndian.AppendUint32(to, 8)
		return binary.BigEndian.AppendUint64(to, uint64(t.UnixMicro()-epoch))
	})
}

// epoch is where Postgres counts microseconds from: 2000-01-01.
const epoch = 946_684_800_000_000

func registerArray[T any](m *pgtype.Map, name string, oid, element uint32, codec pgtype.Codec, write func([]byte, T) []byte) {
	of := &pgtype.ArrayCodec{ElementType: &pgtype.Type{Name: name[1:], OID: element, Codec: codec}}
	m.RegisterType(&pgtype.Type{Name: name, OID: oid, Codec: arrayCodec[T]{of, arrayPlan[T]{element, write}}})
}

// arrayCodec is pgx's, but for slices of T in binary.
type arrayCodec[T any] struct {
	*pgtype.ArrayCodec
	plan arrayPlan[T]
}

// PlanEncode writes slices of T in binary and leaves everything else to pgx.
func (c arrayCodec[T]) PlanEncode(m *pgtype.Map, oid uint32, format int16, value any) pgtype.EncodePlan {
	if _, ok := value.([]T); ok && format == pgtype.BinaryFormatCode {
		return c.plan
	}
	return c.ArrayCodec.PlanEncode(m, oid, format, value)
}

type arrayPlan[T any] struct {
	element uint32
	write   func(to []byte, value T) []byte
}

// Encode writes one dimension without NULLs, as array_recv reads it. A nil slice is NULL.
func (p arrayPlan[T]) Encode(value any, to []byte) ([]byte, error) {
	values := value.([]T)
	if values == nil {
		return nil, nil
	}
	dimensions := uint32(min(len(values), 1))
	to = binary.BigEndian.AppendUint32(to, dimensions)
	to = binary.BigEndian.AppendUint32(to, 0)
	to = binary.BigEndian.AppendUint32(to, p.element)
	if dimensions == 1 {
		to = binary.BigEndian.AppendUint32(to, uint32(len(values)))
		to = binary.BigEndian.AppendUint32(to, 1)
	}
	for _, v := range values {
		to = p.write(to, v)
	}
	return to, nil
}
