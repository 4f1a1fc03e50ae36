package simulator

import (
	"context"
	"crypto/sha256"
	"fmt"
	"reflect"
	"strings"
	"time"
	"unicode"
)

// Phase says where in an operation [Options.OnCall] is called.
type Phase int

const (
	// BeforeEffect is before anything is checked or changed.
	BeforeEffect Phase = iota
	// AfterEffect is after the change was made (or the call refused), before the caller hears of it.
	AfterEffect
)

// String is the phase in words.
func (p Phase) String() string {
	if p == BeforeEffect {
		return "before the effect"
	}
	return "after the effect"
}

// Call is one request that reached the double.
type Call struct {
	// Operation is AWS's name of it, such as PutKeyword.
	Operation string
	// Input is the SDK's input struct as it came, such as *pinpointsmsvoicev2.PutKeywordInput.
	Input any
	// Err is why the call was refused. Nil means that its effect happened.
	Err error
	// AnswerLost says that the effect happened and a fault kept the caller from hearing of it.
	AnswerLost bool
	// At is when the effect happened or was refused, on the double's clock.
	At time.Time
}

// Calls is every request so far, in the order of their effects.
func (s *Simulator) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls.copied()
}

// serve runs one operation: hook, faults, limits, the checks that the service model states, the idempotency token,
// then effect, which runs under the lock with the present time. Every operation goes through it, whether it came by
// HTTP or as a method call, so that faults and hooks hold for both.
func serve[In, Out any](ctx context.Context, s *Simulator, in *In, effect func(now time.Time) (*Out, error)) (*Out, error) {
	if in == nil {
		in = new(In)
	}
	name := operationName(reflect.TypeFor[In]())
	s.hook(BeforeEffect, name)
	fault := s.takeFault(name)
	if err := fault.wait(ctx, fault.Delay); err != nil {
		return nil, err
	}
	out, err := apply(s, name, in, fault, effect)
	if err == nil && s.options.AutoDeliver {
		// The events are AWS's business by now: a caller that went away does not stop them.
		s.deliverSoon(context.WithoutCancel(ctx))
	}
	s.hook(AfterEffect, name)
	if err != nil {
		return nil, err
	}
	if err := fault.wait(ctx, fault.DelayAfter); err != nil {
		return nil, err
	}
	if err := fault.afterAccept(); err != nil {
		return nil, err
	}
	return out, nil
}

// apply checks a call and lets it have its effect, and writes it down.
func apply[In, Out any](s *Simulator, name string, in *In, fault Fault, effect func(time.Time) (*Out, error)) (*Out, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.unkept(); err != nil {
		return nil, err
	}
	now := s.begin()
	out, err := func() (*Out, error) {
		if err := fault.before(); err != nil {
			return nil, err
		}
		if err := s.checkRate(name, now); err != nil {
			return nil, err
		}
		if err := checkModel(in); err != nil {
			return nil, err
		}
		return once(s, name, in, func() (*Out, error) {
			return tagging(s, in, func() (*Out, error) { return effect(now) })
		})
	}()
	if err == nil && changes(name) {
		s.record(now, name, in)
		err = s.unkept()
	}
	kept := *in
	s.calls.add(Call{
		Operation: name, Input: &kept, Err: err, At: now,
		AnswerLost: err == nil && fault.AfterAccept != AnswerNormally,
	})
	return out, err
}

func (s *Simulator) hook(phase Phase, operation string) {
	if s.options.OnCall != nil {
		s.options.OnCall(phase, operation)
	}
}

// idempotent is the answer to a client token.
type idempotent struct {
	input  [sha256.Size]byte // of the request: an attachment alone may have a megabyte
	output any
}

// once answers a repeated ClientToken with the first answer. AWS names no error for a token that comes back with
// other parameters; the double calls it an invalid parameter.
func once[In, Out any](s *Simulator, name string, in *In, effect func() (*Out, error)) (*Out, error) {
	field := reflect.ValueOf(in).Elem().FieldByName("ClientToken")
	if !field.IsValid() || field.IsNil() {
		return effect()
	}
	key := name + " " + field.Elem().String()
	input := sha256.Sum256([]byte(fmt.Sprint(encodeMembers(reflect.ValueOf(in).Elem()))))
	if before, ok := s.tokens[key]; ok {
		if before.input != input {
			return nil, invalid("ClientToken", "was used before with other parameters")
		}
		out := *before.output.(*Out)
		return &out, nil
	}
	out, err := effect()
	if err == nil {
		s.tokens[key] = idempotent{input: input, output: out}
		if oldest, forgotten := s.tokenOrder.add(key); forgotten {
			delete(s.tokens, oldest)
		}
	}
	return out, err
}

// changes says whether an operation changes the account, rather than to tell of it.
func changes(operation string) bool {
	verb := operation[:1+strings.IndexFunc(operation[1:], unicode.IsUpper)]
	return verb != "Describe" && verb != "List" && verb != "Get" && operation != "CarrierLookup"
}

func operationName(input reflect.Type) string { return strings.TrimSuffix(input.Name(), "Input") }
