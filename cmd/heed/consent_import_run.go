package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/heedsms/heed/internal/roster"
	"github.com/heedsms/heed/internal/store"
)

// recorder records rows of a list, or rehearses it.
type recorder interface {
	ImportConsent(ctx context.Context, entries []*roster.Entry, how store.Import, now time.Time) (store.Imported, error)
}

// importing is an import under way: one reads, each lane records rows of its own people, one writes what became of them,
// in the order of the list. In memory are two blocks, whatever the size of the list.
type importing struct {
	list     *roster.Reader
	rows     recorder
	lanes    []laneOfImport
	how      store.Import
	results  *roster.Results
	recorded atomic.Int64 // rows that are through
	progress func(rows int64)
	sum      importSum
}

// laneOfImport is how many calls of AWS a lane may still plan, and from when on.
type laneOfImport struct {
	calls int
	next  time.Time
}

// split gives each of some lanes its part of the calls.
func split(calls, lanes int, from time.Time) []laneOfImport {
	all := make([]laneOfImport, lanes)
	for n := range all {
		all[n] = laneOfImport{calls: (calls + n) / lanes, next: from}
	}
	return all
}

const (
	// blockOfRows is how many rows are read at a time. They are recorded in the order of the numbers: rows that stand
	// together in the indexes are written together.
	blockOfRows = 60_000
	// rowsAtOnce is how many a lane records in one transaction. A text of one of their people waits for it.
	rowsAtOnce = 10_000
)

// block is some rows of the list in its order, dealt to the lanes.
type block struct {
	rows   []roster.Entry
	shares []share
	done   sync.WaitGroup // of the lanes
}

// share is what a lane does of a block, in the order of the numbers.
type share struct {
	of               *block
	rows             []*roster.Entry
	pending, planned int
}

func (i *importing) run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	blocks := make(chan *block)
	lanes := make([]chan *share, len(i.lanes))
	var all sync.WaitGroup
	for n := range lanes {
		lanes[n] = make(chan *share, 1)
		all.Go(func() {
			for s := range lanes[n] {
				if err := i.record(ctx, n, s); err != nil {
					cancel(err)
				}
				s.of.done.Done()
			}
		})
	}
	var unread error // what was read before it is recorded
	all.Go(func() {
		defer close(blocks)
		unread = i.read(ctx, blocks, lanes)
	})
	for b := range blocks {
		b.done.Wait()
		if ctx.Err() == nil {
			if err := i.write(b); err != nil {
				cancel(err)
			}
		}
	}
	all.Wait()
	return errors.Join(context.Cause(ctx), unread)
}

// read deals the list to the lanes.
func (i *importing) read(ctx context.Context, blocks chan<- *block, lanes []chan *share) error {
	defer func() {
		for _, lane := range lanes {
			close(lane)
		}
	}()
	for ctx.Err() == nil {
		b := &block{rows: make([]roster.Entry, 0, blockOfRows), shares: make([]share, len(lanes))}
		var err error
		for len(b.rows) < blockOfRows && err == nil {
			var e roster.Entry
			if e, err = i.list.Next(); err == nil {
				b.rows = append(b.rows, e)
			}
		}
		if len(b.rows) > 0 {
			b.deal()
			for n := range lanes {
				lanes[n] <- &b.shares[n]
			}
			blocks <- b
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("read the list: %w", err)
		}
	}
	return nil
}

// deal gives each lane the rows of its people.
func (b *block) deal() {
	for n := range b.shares {
		b.shares[n] = share{of: b, rows: make([]*roster.Entry, 0, len(b.rows)*11/10/len(b.shares))}
	}
	for n := range b.rows {
		e := &b.rows[n]
		if e.Outcome != roster.Refused {
			s := &b.shares[store.ImportLane(e.Contact)%len(b.shares)]
			s.rows = append(s.rows, e)
		}
	}
	b.done.Add(len(b.shares))
}

// record does the share of a lane.
func (i *importing) record(ctx context.Context, lane int, s *share) error {
	slices.SortStableFunc(s.rows, func(a, b *roster.Entry) int { return strings.Compare(string(a.Contact), string(b.Contact)) })
	how, l := i.how, &i.lanes[lane]
	how.Lane = lane
	for rows := range slices.Chunk(s.rows, rowsAtOnce) {
		how.MostCalls, how.FirstCall = l.calls, l.next
		did, err := i.rows.ImportConsent(ctx, rows, how, time.Now())
		if err != nil {
			return err
		}
		s.pending += did.Pending
		s.planned += did.Planned
		l.calls -= did.Planned
		l.next = l.next.Add(time.Duration(did.Planned) * how.CallEvery)
		i.progress(i.recorded.Add(int64(len(rows))))
	}
	return nil
}

// write tells what became of a block.
func (i *importing) write(b *block) error {
	for n := range b.shares {
		i.sum.Pending += b.shares[n].pending
		i.sum.Planned += b.shares[n].planned
	}
	for n := range b.rows {
		i.sum.count(b.rows[n].Outcome)
		i.results.Add(&b.rows[n])
	}
	return i.results.Flush()
}
