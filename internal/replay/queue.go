package replay

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/heedsms/heed/internal/ingress"
)

// sqs is how Lambda names the source of a queue's messages.
const sqs = "aws:sqs"

// message is a message of a queue as Lambda hands it over.
type message struct {
	ID         string     `json:"messageId"`
	Body       string     `json:"body"`
	Attributes attributes `json:"attributes,omitzero"`
	Source     string     `json:"eventSource"`
}

type attributes struct {
	Sent string `json:"SentTimestamp"` // milliseconds
}

func eventOf(batch []message) ([]byte, error) {
	event, err := json.Marshal(map[string][]message{"Records": batch})
	if err != nil {
		return nil, fmt.Errorf("write the event: %w", err)
	}
	return event, nil
}

// Letter is a message of a dead-letter queue.
type Letter struct {
	// ID is the message's, Receipt that of this time it was received.
	ID, Receipt, Body string
	// Sent is when it was sent to the queue that it died in.
	Sent time.Time
}

// Queue is a dead-letter queue.
type Queue interface {
	// Receive takes letters that nobody else has, none where there are none, and hides them for a while.
	Receive(ctx context.Context, hidden time.Duration) ([]Letter, error)
	// Delete removes letters, Release shows them again at once.
	Delete(ctx context.Context, letters []Letter) error
	Release(ctx context.Context, letters []Letter) error
}

// Letters replays a dead-letter queue until it is empty. A letter is deleted once it is recorded, or parked, and not
// before. What stays is seen once, and shown again at the end.
type Letters struct {
	Queue Queue
	Name  string
	// Rate is that of the replay: a letter that is replayed slowly is hidden longer.
	Rate int

	taken []Letter // the piece under way
	kept  map[string]Letter
}

const (
	// lettersAtOnce is the most that SQS hands out at once.
	lettersAtOnce = 10
	// hiddenFor is how long a letter is hidden from others, besides the time that the rate gives it. One that stays is
	// received again after that, and known by its id.
	hiddenFor = 5 * time.Minute
)

// Next receives the next letters. Those that stay come again when they were hidden for long: behind them there may be others.
func (l *Letters) Next(ctx context.Context) (*Piece, error) {
	if l.kept == nil {
		l.kept = map[string]Letter{}
	}
	hidden := hiddenFor
	if l.Rate > 0 {
		hidden += lettersAtOnce * time.Second / time.Duration(l.Rate)
	}
	for seen := 0; seen <= len(l.kept); {
		letters, err := l.Queue.Receive(ctx, hidden)
		if err != nil {
			return nil, fmt.Errorf("receive from %s: %w", l.Name, err)
		}
		if len(letters) == 0 {
			return nil, nil
		}
		if piece, err := l.piece(letters); piece != nil || err != nil {
			return piece, err
		}
		seen += len(letters)
	}
	return nil, nil // it holds what stays
}

// piece is what is new of some letters, nil where nothing is.
func (l *Letters) piece(letters []Letter) (*Piece, error) {
	l.taken = l.taken[:0]
	piece := &Piece{Name: l.Name, Origins: map[string]Origin{}}
	var batch []message
	for _, letter := range letters {
		_, again := l.kept[letter.ID]
		l.kept[letter.ID] = Letter{ID: letter.ID, Receipt: letter.Receipt} // a receipt holds only until the next
		if again {
			continue
		}
		l.taken = append(l.taken, letter)
		piece.Origins[letter.ID] = Origin{Source: ingress.SQS, ID: letter.ID}
		batch = append(batch, message{ID: letter.ID, Body: letter.Body, Source: sqs, Attributes: attributes{strconv.FormatInt(letter.Sent.UnixMilli(), 10)}})
	}
	if len(batch) == 0 {
		return nil, nil
	}
	var err error
	piece.Event, err = eventOf(batch)
	return piece, err
}

// Done deletes what was kept.
func (l *Letters) Done(ctx context.Context, _ *Piece, o Outcome) error {
	var done []Letter
	for _, letter := range l.taken {
		if o.Err == nil && !o.Failed[letter.ID] {
			done = append(done, letter)
		}
	}
	if len(done) == 0 {
		return nil
	}
	if err := l.Queue.Delete(ctx, done); err != nil {
		return fmt.Errorf("delete from %s what is recorded: %w", l.Name, err)
	}
	for _, letter := range done {
		delete(l.kept, letter.ID)
	}
	return nil
}

// Close shows again what stays.
func (l *Letters) Close(ctx context.Context) error {
	letters := make([]Letter, 0, len(l.kept))
	for _, letter := range l.kept {
		letters = append(letters, letter)
	}
	if len(letters) == 0 {
		return nil
	}
	if err := l.Queue.Release(ctx, letters); err != nil {
		return fmt.Errorf("show again what stays in %s: %w", l.Name, err)
	}
	return nil
}
