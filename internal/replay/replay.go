// Package replay hands inputs to heed once more: dead letters, what was parked, archived objects, files. It feeds them
// through the same handler and the same workers as the functions, so what an input means is written once, and what was
// recorded before stays as it is.
//
// A replay records. It calls nobody: opt-out lists and replies that are still worth sending are planned as ever, and the
// relay carries them out. A reply whose time has passed is withheld.
package replay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/heedsms/heed/internal/delivery"
	"github.com/heedsms/heed/internal/inbound"
	"github.com/heedsms/heed/internal/ingress"
	"github.com/heedsms/heed/internal/outbox"
	"github.com/heedsms/heed/internal/parking"
	"github.com/heedsms/heed/internal/sms"
)

// Source gives what is to be replayed, piece by piece.
type Source interface {
	// Next gives the next piece, nil after the last.
	Next(ctx context.Context) (*Piece, error)
	// Done hears what became of a piece, once all that was kept of it is committed. In a dry run it hears nothing.
	Done(ctx context.Context, p *Piece, o Outcome) error
}

// Piece is what is fed at once: an event as a function would be handed it.
type Piece struct {
	Event []byte
	// Name is where a person finds it.
	Name string
	// Origins say whence records came at first, by the id that the event gives them.
	Origins map[string]Origin
	// Whole is the origin of records that Origins does not name, where it has a source.
	Whole Origin
	// Stream is set where the records stand one behind the other in an object: their ids are its name, @, and their
	// place. Those before Past are done. Reached hears before which place all is kept.
	Stream  string
	Past    int64
	Reached func(offset int64) error
}

// Origin is where a record came from before it came to be replayed.
type Origin struct {
	Source ingress.Source
	// ID is the id that it had there; "" gives it one by its content.
	ID string
	// At is a time at or after which nobody said it: when it was received. Zero where nobody knows.
	At time.Time
}

// Outcome is what became of a piece.
type Outcome struct {
	// Err says that the piece has to come again. Stopped: because the replay was told to stop.
	Err     error
	Stopped bool
	// Failed are the ids of the records of the event that have to, where the event names them.
	Failed map[string]bool
	// Parked are the inputs that were set aside.
	Parked map[Key]parking.Item
}

// Key is the key of a parked input.
type Key struct{ Source, ID string }

// Summary counts what was replayed, in records: texts, delivery events, and what is neither.
type Summary struct {
	Inputs int `json:"inputs"`
	// New and Known part the texts and events that were kept; in a dry run, that would be.
	TextsNew    int `json:"texts_new"`
	TextsKnown  int `json:"texts_known"`
	EventsNew   int `json:"events_new"`
	EventsKnown int `json:"events_known"`
	// Ignored are events that heed never keeps: changes of registrations.
	Ignored int `json:"ignored"`
	// Forgotten are events of people who were forgotten since: they are left out. TextsForgotten are texts of such
	// people: they are recorded, for each may hold a request to stop.
	Forgotten      int `json:"forgotten"`
	TextsForgotten int `json:"texts_forgotten"`
	// Unread, in a dry run, are those that would be parked; Parked were.
	Unread int            `json:"unread"`
	Parked map[string]int `json:"parked"` // by reason
	// Untimed are texts that were left where they are, because nobody knows when they were said.
	Untimed int `json:"untimed"`
	Failed  int `json:"failed"`
	// What follows from the texts that are new.
	ConsentChanges int `json:"consent_changes"`
	Planned        int `json:"planned"`
	Withheld       int `json:"withheld"`
	// Troubles are the first pieces that have to come again, with why. Left counts all.
	Troubles []Trouble `json:"troubles,omitempty"`
	Left     int       `json:"left"`
}

// Trouble is a piece that was not kept whole.
type Trouble struct {
	Name string `json:"name"`
	Why  string `json:"why"`
}

// mostTroubles is how many are told one by one.
const mostTroubles = 20

// Clean says that everything was taken.
func (s *Summary) Clean() bool { return len(s.Parked) == 0 && s.Untimed+s.Failed+s.Left == 0 }

// ErrLimit ends a replay that has done as much as it was asked to. It is no fault.
var ErrLimit = errors.New("as many as were asked for")

// ErrUntimed says that nobody knows when a text was said.
var ErrUntimed = errors.New("a text of which nobody knows when it was said")

// ErrAhead says that a text would have been said later than it is. The worker takes such a one as said now; what is replayed
// was said before, and an opt-in that counts from now could undo a STOP behind it.
var ErrAhead = errors.New("a text that was said later than it is by this machine's clock: is the clock right?")

// Store is what a replay needs of the database.
type Store interface {
	inbound.Store
	delivery.Store
	// KnownTexts and KnownEvents say how many of these are recorded.
	KnownTexts(ctx context.Context, texts []sms.Inbound) (int, error)
	KnownEvents(ctx context.Context, events []sms.Event) (int, error)
	// Forgotten says which of these contacts were forgotten, and when.
	Forgotten(ctx context.Context, contacts []sms.Phone) (map[sms.Phone]time.Time, error)
}

// Replay says how inputs are replayed.
type Replay struct {
	Store Store
	Rules *inbound.Rules
	// Objects opens what a piece names.
	Objects ingress.Opener
	// Publishes: an application listens, so texts that are forwarded to it are promised to it.
	Publishes bool
	// DryRun counts and writes nothing.
	DryRun bool
	// Rate is how many records a second are worked at most, Limit how many in all; 0 is no bound.
	Rate, Limit int
	// SaidAt is when texts were said whose envelope does not tell; zero leaves those where they are.
	SaidAt time.Time
	Now    func() time.Time
	// Tell hears of progress; it may be nil.
	Tell func(Summary)
}

// mostInVain is after how many chunks in a row of which nothing was kept a replay gives up: it is no fault of theirs.
const mostInVain = 3

// Run replays a source, and adds to a summary what became of it. The summary is true as well where it returns an error,
// and the source can be replayed again from where it stands.
func (r *Replay) Run(ctx context.Context, source Source, sum *Summary) error {
	running, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	w := r.worker(sum, stop)
	handler := &ingress.Handler{
		Worker: w, Objects: attentive{r.Objects}, Chunk: w.chunk(), Log: slog.New(slog.DiscardHandler), Now: r.Now,
	}
	for {
		piece, err := source.Next(running)
		if err != nil || piece == nil {
			return orCause(running, err)
		}
		w.begin(piece)
		answer, err := handler.Invoke(running, piece.Event)
		outcome := w.end(answer, err)
		outcome.Stopped = running.Err() != nil
		if !r.DryRun {
			// What is committed is noted, also when the replay was told to stop.
			if err := source.Done(context.WithoutCancel(ctx), piece, outcome); err != nil {
				return err
			}
		}
		if running.Err() != nil {
			return orCause(running, nil)
		}
		if outcome.Err != nil || len(outcome.Failed) > 0 {
			w.trouble(piece)
		}
		if r.Tell != nil {
			r.Tell(*sum)
		}
	}
}

func orCause(ctx context.Context, err error) error {
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, ErrLimit):
		return nil
	case cause != nil:
		return cause
	}
	return err
}

// attentive stops reading an object when the replay is told to stop.
type attentive struct{ ingress.Opener }

// Open opens an object.
func (a attentive) Open(ctx context.Context, bucket, key string) (io.ReadCloser, error) {
	body, err := a.Opener.Open(ctx, bucket, key)
	if err != nil {
		return nil, err
	}
	return stoppable{body, ctx}, nil
}

type stoppable struct {
	io.ReadCloser
	ctx context.Context
}

// Read reads on.
func (s stoppable) Read(p []byte) (int, error) {
	if s.ctx.Err() != nil {
		return 0, context.Cause(s.ctx)
	}
	return s.ReadCloser.Read(p)
}

// leave leaves actions to the relay.
type leave struct{}

// RunChains carries out nothing.
func (leave) RunChains(context.Context, []string, outbox.Settings) (outbox.Summary, error) {
	return outbox.Summary{}, nil
}

// Publish tells nobody.
func (leave) Publish(context.Context) (outbox.Summary, error) { return outbox.Summary{}, nil }

// failures are the ids that the answer to a batch of SQS messages names.
func failures(answer []byte) (map[string]bool, error) {
	var told struct {
		Failures []struct {
			ID string `json:"itemIdentifier"`
		} `json:"batchItemFailures"`
	}
	if err := json.Unmarshal(answer, &told); err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	failed := make(map[string]bool, len(told.Failures))
	for _, f := range told.Failures {
		failed[f.ID] = true
	}
	return failed, nil
}
