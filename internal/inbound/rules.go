package inbound

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/heedsms/heed/internal/program"
)

// Documents gives the newest heed.yaml, from a cache.
type Documents interface {
	Ruleset(ctx context.Context, now time.Time) (version int64, document []byte, err error)
}

// Rules are the compiled ruleset in force. They are compiled once a version.
type Rules struct {
	Documents Documents
	// ConfigurationSet is used for programs that name none.
	ConfigurationSet string
	Log              *slog.Logger

	mu      sync.Mutex
	current *InForce
}

// InForce is the ruleset that decides at a moment. It also tells the executor what it has to know.
type InForce struct {
	*program.Ruleset
	configurationSet string
}

// Current gives the ruleset in force. A version that does not compile (it was applied by a newer heed than this one)
// leaves the last good one in force. Without a last good one nothing is decided: read by the wrong rules, a STOP would
// be acknowledged and have no effect on its program. The queue keeps it.
func (r *Rules) Current(ctx context.Context, now time.Time) (*InForce, error) {
	version, document, err := r.Documents.Ruleset(ctx, now)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.current != nil && r.current.Version == version {
		return r.current, nil
	}
	compiled, err := compile(version, document)
	if err != nil {
		r.Log.LogAttrs(ctx, slog.LevelError, "ruleset does not compile: the one before stays in force",
			slog.Int64("version", version), slog.Any("error", err))
		if r.current == nil {
			return nil, err
		}
		return r.current, nil
	}
	r.current = &InForce{Ruleset: compiled, configurationSet: r.ConfigurationSet}
	return r.current, nil
}

func compile(version int64, document []byte) (*program.Ruleset, error) {
	if version == 0 {
		return program.Empty(), nil
	}
	rules, findings := program.Parse("heed.yaml", document)
	if rules == nil {
		var errs []error
		for _, f := range findings {
			if f.Severity == program.Error {
				errs = append(errs, errors.New(f.String()))
			}
		}
		return nil, fmt.Errorf("compile ruleset %d: %w", version, errors.Join(errs...))
	}
	rules.Version = version
	return rules, nil
}

// NewInForce wraps a ruleset that did not come from the database: a file being tried out, a test.
func NewInForce(rules *program.Ruleset, configurationSet string) *InForce {
	return &InForce{Ruleset: rules, configurationSet: configurationSet}
}

// Sharing names the programs whose opt-outs count on an opt-out list of AWS: those that keep it, and under sender
// scope every program that the contact ever spoke to.
func (r *InForce) Sharing(list string, consents map[string]string) []string {
	if r.Scope == program.ScopeSender {
		return slices.Collect(maps.Keys(consents))
	}
	return r.ProgramsOnList(list)
}

// Questions are the programs that ask people whose words are unclear, with the opt-out lists that follow their consent,
// and how long an answer is waited for.
func (r *Rules) Questions(ctx context.Context, now time.Time) (map[string][]string, time.Duration, error) {
	rules, err := r.Current(ctx, now)
	if err != nil {
		return nil, 0, err
	}
	asking := make(map[string][]string)
	for _, p := range rules.Programs {
		if p.Unclear == program.UnclearAsk && p.Answers == program.AnswersHeed {
			asking[p.Name] = rules.ListsOf(p)
		}
	}
	return asking, SilenceAfter, nil
}

// List is the AWS opt-out list of a program.
func (r *InForce) List(name string) string {
	if p, ok := r.Named(name); ok {
		return p.OptOutList
	}
	return ""
}

// AWSAnswers says whether a program keeps the list for which AWS answers STOP, and puts people on it.
func (r *InForce) AWSAnswers(list string) bool {
	return slices.ContainsFunc(r.Programs, func(p *program.Program) bool { return p.OptOutList == list && p.Answers == program.AnswersAWS })
}

// MaySend says whether somebody with these consents may be sent something for a program: what heed.can_send says of
// opt-outs, for heed's own replies.
func (r *InForce) MaySend(name string, consents map[string]string) bool {
	if r.Scope == program.ScopeSender {
		for _, state := range consents {
			if state == "opted_out" {
				return false
			}
		}
	}
	return consents[name] != "opted_out"
}

// ConfigurationSet is where the delivery events of a program's replies go.
func (r *InForce) ConfigurationSet(name string) string {
	if p, ok := r.Named(name); ok && p.ConfigurationSet != "" {
		return p.ConfigurationSet
	}
	return r.configurationSet
}
