package simulator

import (
	"context"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
)

// Event is one delivery event that waits.
type Event struct {
	// MessageID is the message that it tells of, Type its AWS event type such as TEXT_DELIVERED.
	MessageID, Type string
	// ConfigurationSet is where it goes, Destinations the names of the set's destinations that take it.
	ConfigurationSet string
	Destinations     []string
	// At is when it happens, on the double's clock.
	At time.Time
	// JSON is the event as AWS writes it.
	JSON []byte
}

// DeliverOptions say how [Simulator.Deliver] treats what waits. The zero value delivers everything once, in the order
// of time, whether its time has come or not.
type DeliverOptions struct {
	// Shuffle delivers in an order drawn from the seed.
	Shuffle bool
	// Twice delivers everything two times, as SNS may: a repeat has the same SNS MessageId. With Shuffle the repeats
	// lie anywhere.
	Twice bool
	// OnlyDue leaves the events whose time has not come.
	OnlyDue bool
	// Most is how many events to deliver at most. 0 means all.
	Most int
}

// autoDeliverWindow is how far ahead Options.AutoDeliver looks: the ordinary course of a text lies within it.
const autoDeliverWindow = time.Minute

// PendingEvents are the events that wait and that an enabled destination takes, in the order of time. They stay.
func (s *Simulator) PendingEvents() []Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.events(s.waiting.inOrder())
}

// TakeEvents are the events of [Simulator.PendingEvents], taken out of the queue: the caller now delivers them, or
// loses them, as it likes. Deliveries that [Chaos] delayed stay.
func (s *Simulator) TakeEvents() []Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.waiting.inOrder()
	s.waiting = waitingLine{}
	var taken []*waiting
	for _, w := range all {
		if w.deliver != nil {
			s.waiting.add(w)
		} else {
			taken = append(taken, w)
		}
	}
	s.recordDelivered(taken)
	return s.events(taken)
}

// Deliver hands waiting events to the subscribers of their destinations, from the calling goroutine, and returns how
// many deliveries were made, those counted that [Chaos] lost or put off. A destination that nobody subscribed to loses
// its events, as a topic does.
func (s *Simulator) Deliver(ctx context.Context, o DeliverOptions) int {
	until := time.Time{}
	if o.OnlyDue {
		until = s.Now()
	}
	return s.deliver(ctx, o, until)
}

// Advance moves the double's clock on. With AutoDeliver the events that fell due go out before it returns.
func (s *Simulator) Advance(d time.Duration) {
	s.mu.Lock()
	now := s.begin()
	s.shift += d
	s.record(now, "Advance", d)
	s.mu.Unlock()
	if s.options.AutoDeliver {
		s.deliverSoon(context.Background())
	}
}

func (s *Simulator) deliverSoon(ctx context.Context) {
	s.deliver(ctx, DeliverOptions{}, s.Now().Add(autoDeliverWindow))
}

// deliver delivers what lies at or before until; a zero until means everything.
func (s *Simulator) deliver(ctx context.Context, o DeliverOptions, until time.Time) int {
	s.mu.Lock()
	var taken []*waiting
	var deliveries []func(context.Context)
	for o.Most == 0 || len(taken) < o.Most {
		w := s.waiting.next(until)
		if w == nil {
			break
		}
		taken = append(taken, w)
		deliveries = append(deliveries, s.deliveries(w)...)
	}
	if o.Twice {
		deliveries = append(deliveries, deliveries...)
	}
	if o.Shuffle {
		s.passing.Shuffle(len(deliveries), func(i, j int) { deliveries[i], deliveries[j] = deliveries[j], deliveries[i] })
	}
	s.mu.Unlock()
	h := &handover{events: taken, left: 1}
	ctx = context.WithValue(ctx, handoverKey{}, h)
	for _, deliver := range deliveries {
		deliver(ctx)
	}
	s.mu.Lock()
	s.handedOver(h)
	s.mu.Unlock()
	return len(deliveries)
}

// handover is events that are being delivered. An endpoint with a backlog has its share later and is counted in left
// until then; its context carries the handover there.
type handover struct {
	events []*waiting
	left   int // guarded by the double's lock
}

type handoverKey struct{}

// handedOver ends a share in a handover, if there is one. The events are recorded after the last: what a crash interrupts
// comes again. The caller holds the lock.
func (s *Simulator) handedOver(h *handover) {
	if h == nil {
		return
	}
	if h.left--; h.left == 0 {
		s.recordDelivered(h.events)
	}
}

// deliveries are the deliveries to be made of what waited. The caller holds the lock.
func (s *Simulator) deliveries(w *waiting) []func(context.Context) {
	if w.deliver != nil {
		return []func(context.Context){w.deliver}
	}
	var deliveries []func(context.Context)
	for _, d := range s.takers(w) {
		deliveries = append(deliveries, s.delivery(w, d))
	}
	return deliveries
}

// delivery is the handing over of one event to one destination. The caller holds the lock; the function it returns
// must run without it, because subscribers call back into the double.
func (s *Simulator) delivery(p *waiting, d *types.EventDestination) func(context.Context) {
	switch {
	case d.SnsDestination != nil:
		n := s.newNotification(*d.SnsDestination.TopicArn, string(p.body))
		return func(ctx context.Context) { s.notify(ctx, n) }
	case d.KinesisFirehoseDestination != nil:
		stream := *d.KinesisFirehoseDestination.DeliveryStreamArn
		return func(ctx context.Context) { s.putRecord(ctx, stream, p.body) }
	default:
		group := *d.CloudWatchLogsDestination.LogGroupArn
		return func(ctx context.Context) { s.putLog(ctx, group, string(p.body)) }
	}
}

// takers are the enabled destinations of the event's set that take its type.
func (s *Simulator) takers(p *waiting) []*types.EventDestination {
	var takers []*types.EventDestination
	if set, exists := s.sets[p.set]; exists {
		for _, d := range set.destinations {
			if wants(d, p.eventType) {
				takers = append(takers, d)
			}
		}
	}
	return takers
}

func (s *Simulator) events(pending []*waiting) []Event {
	var events []Event
	for _, p := range pending {
		takers := s.takers(p)
		if p.deliver != nil || len(takers) == 0 {
			continue
		}
		e := Event{
			MessageID: p.messageID, Type: p.eventType, ConfigurationSet: p.set, At: p.at, JSON: slices.Clone(p.body),
		}
		for _, d := range takers {
			e.Destinations = append(e.Destinations, *d.EventDestinationName)
		}
		events = append(events, e)
	}
	return events
}
