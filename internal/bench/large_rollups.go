package main

import (
	"context"
	"time"
)

// rebuilding is how long it took to count everything anew.
type rebuilding struct {
	quarters         int
	counted, details time.Duration
}

// rebuild counts the month, as heed report rebuild does.
func (b *largeBench) rebuild(ctx context.Context, r *largeResult) (err error) {
	b.tell("large: counting everything")
	if _, err := b.db.MarkDelivery(ctx, b.month.first, b.month.until); err != nil {
		return err
	}
	begun := time.Now()
	if r.rebuilt.quarters, err = b.refresh(ctx); err != nil {
		return err
	}
	r.rebuilt.counted = time.Since(begun)
	begun = time.Now()
	for more := true; more; {
		if more, err = b.db.RefreshDetails(ctx, time.Now(), true); err != nil {
			return err
		}
	}
	r.rebuilt.details = time.Since(begun)
	return nil
}

// refresh counts what is marked, as the relay does each minute.
func (b *largeBench) refresh(ctx context.Context) (quarters int, err error) {
	for {
		r, err := b.db.RefreshDelivery(ctx, time.Now())
		quarters += r.Quarters
		if err != nil || !r.More {
			return quarters, err
		}
	}
}
