package replay

import (
	"context"
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/heedsms/heed/internal/ingress"
	"github.com/heedsms/heed/internal/parking"
)

// ParkedStore keeps what was parked.
type ParkedStore interface {
	// Parked reads at most so many parked inputs behind an id, none after the last.
	Parked(ctx context.Context, f parking.Filter, after int64, most int) ([]parking.Row, error)
	// Replayed notes which were taken, and why others were parked again.
	Replayed(ctx context.Context, taken []int64, again []parking.Row, now time.Time) error
}

// Parked replays what was parked. What is taken is marked; what cannot be read this time either stays, with the reason of
// this time. Its own key goes with it, so that it is never there twice.
type Parked struct {
	Store  ParkedStore
	Filter parking.Filter
	Now    func() time.Time

	after   int64
	waiting []parking.Row // of the page that was read
	rows    map[string]parking.Row
}

const (
	// pageOfRows is how many rows are read at a time.
	pageOfRows = 500
	// parkedRow begins the ids under which rows are fed: no id inside one does.
	parkedRow = "heed.parked/"
)

// Next gives the next rows.
func (p *Parked) Next(ctx context.Context) (*Piece, error) {
	if len(p.waiting) == 0 {
		page, err := p.Store.Parked(ctx, p.Filter, p.after, pageOfRows)
		if err != nil || len(page) == 0 {
			return nil, err
		}
		p.waiting, p.after = page, page[len(page)-1].ID
	}
	p.rows = map[string]parking.Row{}
	piece := &Piece{Origins: map[string]Origin{}}
	var batch []message
	first := p.waiting[0].ID
	for i, row := range p.waiting {
		body, err := row.Bytes()
		if err != nil {
			return nil, fmt.Errorf("read parked input %d: %w", row.ID, err)
		}
		origin := Origin{Source: ingress.Source(row.Source), ID: row.SourceID, At: row.At}
		if !utf8.Valid(body) {
			// A message of a queue is text. This goes alone, as it is.
			if i == 0 {
				p.rows[""], p.waiting = row, p.waiting[1:]
				return &Piece{Event: body, Name: named(row.ID, row.ID), Whole: origin}, nil
			}
			break
		}
		id := parkedRow + strconv.FormatInt(row.ID, 10)
		p.rows[id], piece.Origins[id] = row, origin
		piece.Name = named(first, row.ID)
		batch = append(batch, message{ID: id, Body: string(body), Source: sqs})
	}
	p.waiting = p.waiting[len(batch):]
	var err error
	piece.Event, err = eventOf(batch)
	return piece, err
}

func named(first, last int64) string {
	if first == last {
		return fmt.Sprintf("parked input %d", first)
	}
	return fmt.Sprintf("parked inputs %d to %d", first, last)
}

// Done marks what was taken.
func (p *Parked) Done(ctx context.Context, _ *Piece, o Outcome) error {
	var taken []int64
	var again []parking.Row
	for id, row := range p.rows {
		item, parked := o.Parked[Key{row.Source, row.SourceID}]
		switch {
		case o.Err != nil || o.Failed[id]:
		case parked:
			again = append(again, parking.Row{ID: row.ID, Item: item})
		default:
			taken = append(taken, row.ID)
		}
	}
	return p.Store.Replayed(ctx, taken, again, p.Now())
}
