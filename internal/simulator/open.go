package simulator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"time"
)

// Open makes a double that keeps its state in a directory, and goes on from where the last one left it. The directory is
// made if there is none; one process at a time may have it. End it with [Simulator.Close].
//
// The directory keeps the calls that changed the account, and Open repeats them at their recorded times, with the ids that
// they drew: resources, lists, messages, registrations, idempotency tokens, events that wait, and how far
// [Simulator.Advance] moved the clock. It does not keep what the caller sets up in the process (subscriptions, queues,
// [Simulator.Fail], [Simulator.SetChaos], [Simulator.SetLimits], [Simulator.ServeAt]), nor what was counted for limits, nor
// [Simulator.Calls] and [Simulator.Published]; deliveries that chaos put off or that a function failed are lost.
//
// Nothing is lost of a call that was answered, even when the process is killed. Events whose delivery that interrupted
// are delivered again, as SNS may, in a notification with an id of its own; a text of a person whose [Simulator.Text] did
// not return, or that waited for an endpoint, may not have been published.
//
// The seed, and whether the account began in the sandbox, are those with which the directory was begun, whatever options
// say. Another Region or AccountID is an error, and so is a directory of a newer format.
func Open(dir string, options Options) (*Simulator, error) {
	f, err := openCalls(dir)
	if err != nil {
		return nil, fmt.Errorf("opening the data directory %s: %w", dir, err)
	}
	s, err := f.restore(options.complete())
	if err != nil {
		return nil, fmt.Errorf("opening the data directory %s: %w", dir, errors.Join(err, f.close()))
	}
	return s, nil
}

// Close ends a double of [Open] and lets its directory go; what would change the account is an error from then on. The
// error is why calls could not be kept. What waits for an endpoint is not delivered any more (see
// [HTTPSubscription].Backlog); a double of [New] has nothing else to close.
func (s *Simulator) Close() error {
	s.mu.Lock()
	s.closed = true
	for _, e := range s.endpoints {
		e.stop()
	}
	s.mu.Unlock()
	s.behind.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == nil {
		return nil
	}
	return s.file.close()
}

// restore makes a double of what the file holds, which then writes to it.
func (f *callFile) restore(options Options) (*Simulator, error) {
	r := repeater{options: options}
	if err := f.read(r.line); err != nil {
		return nil, err
	}
	if r.double == nil {
		b := beginning{
			Format: dataFormat, At: options.Now().UTC(), Seed: options.Seed,
			Region: options.Region, AccountID: options.AccountID, Sandbox: options.Sandbox,
		}
		f.write(b)
		if err := r.begin(b); err != nil {
			return nil, err
		}
	}
	s := r.double
	s.file = f
	now := settingsOf(options)
	if r.settings == nil || *r.settings != now {
		f.write(entry{Settings: &now})
		s.settle(now)
	}
	s.options = options
	s.options.Seed = r.seed
	s.calls = journal[Call]{limit: options.MaxMessages}
	s.published = journal[Notification]{limit: options.MaxMessages}
	// The ids of what passes by must not be those of the run before.
	s.passing = rand.New(rand.NewPCG(r.seed, uint64(options.Now().UnixNano())))
	return s, f.err
}

// repeater brings a double to where the lines of a file lead.
type repeater struct {
	options  Options
	seed     uint64
	double   *Simulator
	at       time.Time // of the call that is being repeated
	settings *settings // in force
}

func (r *repeater) line(number int, line []byte) error {
	if number == 1 {
		b, err := readBeginning(line)
		if err != nil {
			return err
		}
		return r.begin(b)
	}
	var e entry
	if err := json.Unmarshal(line, &e); err != nil {
		return err
	}
	switch {
	case e.Settings != nil:
		r.settings = e.Settings
		r.double.settle(*e.Settings)
	case e.Delivered != nil:
		r.double.waiting.drop(e.Delivered)
	default:
		return r.repeat(e)
	}
	return nil
}

// begin makes the double, without what would meddle with the calls: nobody listens, nothing is limited, and the time is
// that of the file.
func (r *repeater) begin(b beginning) error {
	if b.Region != r.options.Region || b.AccountID != r.options.AccountID {
		return fmt.Errorf("it is of account %s in %s, not of %s in %s", b.AccountID, b.Region, r.options.AccountID, r.options.Region)
	}
	r.at, r.seed = b.At, b.Seed
	r.double = New(Options{
		Region: b.Region, AccountID: b.AccountID, Seed: b.Seed, Sandbox: b.Sandbox, SigningKey: r.options.SigningKey,
		Now: func() time.Time { return r.at },
	})
	// Nobody will ask for them.
	r.double.calls.bound(1)
	r.double.published.bound(1)
	return nil
}

// repeat makes a call again. That it is refused now, by a heed with other rules, is an error.
func (r *repeater) repeat(e entry) error {
	s := r.double
	r.at = e.At.Add(-s.shift)
	s.changes = e.Change - 1
	if err := s.call(e.Call, e.With); err != nil {
		return fmt.Errorf("%s, repeated: %w", e.Call, err)
	}
	if s.changes != e.Change {
		return fmt.Errorf("%s, repeated, changes nothing", e.Call)
	}
	return nil
}

// call calls an exported method with arguments in JSON.
func (s *Simulator) call(method string, with []json.RawMessage) error {
	m := reflect.ValueOf(s).MethodByName(method)
	if !m.IsValid() {
		return errors.New("there is no such call")
	}
	var arguments []reflect.Value
	for i := range m.Type().NumIn() {
		t := m.Type().In(i)
		if t == reflect.TypeFor[context.Context]() {
			arguments = append(arguments, reflect.ValueOf(context.Background()))
			continue
		}
		if len(with) == 0 {
			return errors.New("an argument is missing")
		}
		argument, err := decodeArgument(with[0], t)
		if err != nil {
			return err
		}
		arguments, with = append(arguments, argument), with[1:]
	}
	results := m.Call
	if m.Type().IsVariadic() {
		results = m.CallSlice
	}
	for _, result := range results(arguments) {
		if err, failed := result.Interface().(error); failed {
			return err
		}
	}
	return nil
}

// decodeArgument is the reverse of what record does to one.
func decodeArgument(text []byte, t reflect.Type) (reflect.Value, error) {
	if t.Kind() == reflect.Pointer {
		input := reflect.New(t.Elem())
		return input, decodeMembers(text, input.Elem())
	}
	argument := reflect.New(t)
	err := json.Unmarshal(text, argument.Interface())
	return argument.Elem(), err
}

// settle puts settings in force, while nobody else has the double yet.
func (s *Simulator) settle(in settings) {
	// Not the option itself: whether sends are throttled was decided when they were made.
	for _, oldest := range s.messages.bound(in.MaxMessages) {
		s.forget(oldest)
	}
	for _, oldest := range s.tokenOrder.bound(in.MaxMessages) {
		delete(s.tokens, oldest)
	}
	s.options.RCSEvents = in.RCSEvents
}
