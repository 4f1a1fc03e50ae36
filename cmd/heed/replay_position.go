package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	replays "github.com/heedsms/heed/internal/replay"
)

// replayPosition is how far a replay of objects came, and what became of them so far: what a file of --resume holds.
type replayPosition struct {
	// Of are the words that say which objects are meant: 7d is another time at each run, and the same range.
	Of       replayOf         `json:"of"`
	Position replays.Position `json:"position"`
	Sum      replays.Summary  `json:"summary"`
}

type replayOf struct {
	Source string   `json:"source"`
	Bucket string   `json:"bucket,omitempty"`
	Prefix string   `json:"prefix,omitempty"`
	Since  string   `json:"since,omitempty"`
	Until  string   `json:"until,omitempty"`
	Files  []string `json:"files,omitempty"`
}

// objects replays objects from where the file of --resume says, and keeps there how far it is. names gives the names
// behind one.
func (r *replayRun) objects(ctx context.Context, source replays.Objects, names func(after string) (func(context.Context) (string, error), error)) error {
	at := replayPosition{Of: replayOf{Source: r.Source, Since: r.Since, Until: r.Until, Files: r.Files}}
	if r.Source == "s3" {
		at.Of.Bucket, at.Of.Prefix = source.Bucket, r.Prefix
	}
	if err := r.goOn(&at); err != nil {
		return err
	}
	next, err := names(at.Position.After)
	if err != nil {
		return err
	}
	source.Names, source.Position = next, &at.Position
	source.Save = func() error {
		if r.Resume == "" {
			return nil
		}
		at.Sum = r.sum
		return savePosition(r.Resume, at)
	}
	reached := r.sum.Inputs
	err = r.replay.Run(ctx, &source, &r.sum)
	over := err == nil && (r.Limit == 0 || r.sum.Inputs-reached < r.Limit)
	switch {
	case r.Resume == "" || r.DryRun || !over:
		return err
	case len(at.Position.Again) > 0:
		fmt.Fprintf(r.err, "heed: %s stays: the same command tries those that were left once more, and nothing else\n", r.Resume)
		return nil
	}
	return removePosition(r.Resume)
}

// goOn takes up the position of an earlier run, if there is one of the same objects.
func (r *replayRun) goOn(at *replayPosition) error {
	if r.Resume == "" {
		return nil
	}
	content, err := os.ReadFile(r.Resume)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return wrongUse("read the position: %w", err)
	}
	var was replayPosition
	if err := json.Unmarshal(content, &was); err != nil || was.Of.Source == "" {
		return wrongUse("--resume: %s is not a position that heed replay wrote: give another file, or remove it to begin anew", r.Resume)
	}
	asked, _ := json.Marshal(at.Of) // strings cannot fail to marshal
	before, _ := json.Marshal(was.Of)
	if !bytes.Equal(asked, before) {
		return wrongUse("--resume: %s was begun with %s: give the same, or remove it to begin anew", r.Resume, before)
	}
	*at = was
	fmt.Fprintf(r.err, "heed: going on from %s: %d records are done, the last of %s\n", r.Resume, was.Sum.Inputs, was.Position.Last())
	r.sum = was.Sum
	r.sum.Troubles, r.sum.Left = nil, 0 // they are tried again
	if r.replay.Limit > 0 {
		r.replay.Limit += was.Sum.Inputs
	}
	return nil
}
