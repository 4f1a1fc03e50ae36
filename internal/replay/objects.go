package replay

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"slices"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/heedsms/heed/internal/ingress"
)

// Objects replays streams of payloads, one behind the other: objects of S3, files. The handler reads them as it reads an
// object that S3 notifies it of: unpacked, value by value.
type Objects struct {
	// Bucket is where they are.
	Bucket string
	// Names gives the name of the next one behind the position, "" after the last.
	Names func(ctx context.Context) (string, error)
	// Origin is set where records are to be known by their content and not by where they stand.
	Origin Origin
	// Position is where the replay stands; Save keeps it.
	Position *Position
	Save     func() error

	again []string // what has to come again since an earlier run
	begun bool
}

// Position is how far a replay of objects has come.
type Position struct {
	// After is the last that is done, or was given up; Current the one under way, of which all before Offset is done.
	After   string `json:"after"`
	Current string `json:"current,omitempty"`
	Offset  int64  `json:"offset,omitempty"`
	// Again are those that could not be kept whole. They come first the next time.
	Again []string `json:"again,omitempty"`
}

// Next gives the next object.
func (o *Objects) Next(ctx context.Context) (*Piece, error) {
	if !o.begun {
		o.begun, o.again = true, slices.Clone(o.Position.Again)
	}
	if len(o.again) > 0 {
		name := o.again[0]
		o.again = o.again[1:]
		return o.piece(name, false)
	}
	name, err := o.Names(ctx)
	if err != nil || name == "" {
		return nil, err
	}
	return o.piece(name, true)
}

type notification struct {
	Records []created `json:"Records"`
}

type created struct {
	Source string `json:"eventSource"`
	S3     struct {
		Bucket struct {
			Name string `json:"name"`
		} `json:"bucket"`
		Object struct {
			Key string `json:"key"`
		} `json:"object"`
	} `json:"s3"`
}

func (o *Objects) piece(name string, inOrder bool) (*Piece, error) {
	n := notification{Records: []created{{Source: "aws:s3"}}}
	n.Records[0].S3.Bucket.Name, n.Records[0].S3.Object.Key = o.Bucket, url.QueryEscape(name)
	event, err := json.Marshal(n)
	if err != nil {
		return nil, fmt.Errorf("write the event: %w", err)
	}
	p := &Piece{Event: event, Name: name, Whole: o.Origin, Stream: o.Bucket + "/" + name}
	if !inOrder {
		return p, nil
	}
	if o.Position.Current == name {
		p.Past = o.Position.Offset
	}
	p.Reached = func(offset int64) error {
		o.Position.Current, o.Position.Offset = name, offset
		return o.Save()
	}
	return p, nil
}

// Done moves the position behind the object.
func (o *Objects) Done(_ context.Context, p *Piece, out Outcome) error {
	pos := o.Position
	at := slices.Index(pos.Again, p.Name)
	switch {
	case out.Err != nil && out.Stopped:
		return o.Save() // it goes on where it was
	case out.Err != nil && at < 0:
		pos.Again = append(pos.Again, p.Name)
	case out.Err == nil && at >= 0:
		pos.Again = slices.Delete(pos.Again, at, at+1)
	}
	if p.Reached != nil {
		pos.After, pos.Current, pos.Offset = p.Name, "", 0
	}
	return o.Save()
}

// Files is where the files of a replay are, as a bucket's name.
const Files = "file"

// FileOpener opens files by their paths; Stdin is -.
type FileOpener struct {
	Stdin io.Reader
	File  func(path string) (io.ReadCloser, error)
}

var errNotHere = errors.New("a notification of an object in S3: replay the object with --source s3")

// Open opens a file.
func (f FileOpener) Open(_ context.Context, bucket, path string) (io.ReadCloser, error) {
	switch {
	case bucket != Files:
		return nil, errNotHere
	case path == "-":
		return io.NopCloser(f.Stdin), nil
	}
	return f.File(path)
}

// FileOrigin is how records of files are known: by what they hold, so that a file may be moved.
func FileOrigin() Origin { return Origin{Source: Files} }

var _ ingress.Opener = FileOpener{}

// hour finds the time in a key as Firehose writes it: the hour (UTC) in which it began to gather the object.
var hour = regexp.MustCompile(`(?:^|[^0-9])(\d{4}/\d{2}/\d{2}/\d{2})/`)

// Hour is the hour in which the records of an object began to arrive, by its key; false where the key has none.
func Hour(key string) (time.Time, bool) {
	found := hour.FindStringSubmatch(key)
	if found == nil {
		return time.Time{}, false
	}
	at, err := time.Parse("2006/01/02/15", found[1])
	return at, err == nil
}

// margin is how far besides its hour an object may hold what arrived: what Firehose writes late stands in a later one.
const margin = time.Hour

// Within says whether an object may hold what arrived from since to before until. A zero time is no bound.
func Within(hour, since, until time.Time) bool {
	return (since.IsZero() || hour.Add(time.Hour+margin).After(since)) && (until.IsZero() || hour.Add(-margin).Before(until))
}

// Last is the object that the position is in, or behind.
func (p Position) Last() string { return cmp.Or(p.Current, p.After) }
