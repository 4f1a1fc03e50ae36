package plan

import (
	"context"
	"fmt"
	"strings"

	"github.com/heedsms/heed/internal/fault"
)

// Writer does one action at AWS. What is done already counts as done: a thing that exists, a word that is gone. It keeps
// to AWS's pace.
type Writer interface {
	Do(ctx context.Context, a Action) error
}

// Runner carries a plan out.
type Runner struct {
	AWS Writer
	// PutInForce writes the file as a version of the ruleset, and gives its number.
	PutInForce func(ctx context.Context) (version int64, err error)
	// Held says whether nobody else may apply yet. It is asked before each step.
	Held func(ctx context.Context) error
	// Done is told of each step that is done, n from 1 on.
	Done func(n int, s Step)
}

// Apply does the steps one after another and stops at the first that fails, with a [*StoppedError]. The version is that
// of the ruleset if the plan put one in force, else 0.
func (r Runner) Apply(ctx context.Context, p Plan) (version int64, err error) {
	for i, s := range p.Steps {
		err := r.Held(ctx)
		if err == nil {
			version, err = r.do(ctx, s.Action)
		}
		if err != nil {
			return version, &StoppedError{Done: p.Steps[:i], Remaining: p.Steps[i:], Err: err}
		}
		r.Done(i+1, s)
	}
	return version, nil
}

func (r Runner) do(ctx context.Context, a Action) (version int64, err error) {
	if _, ours := a.(ApplyRuleset); ours {
		return r.PutInForce(ctx)
	}
	return 0, r.AWS.Do(ctx, a)
}

// StoppedError says that a plan was not carried out to its end.
type StoppedError struct {
	Done      []Step
	Remaining []Step // the one that failed is the first
	Err       error
}

func (e *StoppedError) Unwrap() error { return e.Err }

func (e *StoppedError) Error() string {
	return fmt.Sprintf("stopped at step %d of %d: %v", len(e.Done)+1, len(e.Done)+len(e.Remaining), e.Err)
}

// Explanation says in words why AWS refused, and what to do; "" where the error says it.
func (e *StoppedError) Explanation() string {
	f := fault.Explain(e.Err)
	operation := Operation(e.Remaining[0].Action)
	switch {
	case operation == "":
		return ""
	case f.Word == "AccessDeniedException":
		return "your credentials may not do this: they need sms-voice:" + operation
	case f.Reason == fault.Throttled:
		return "others use up the account's calls a second (HEED_AWS_CALLS_PER_SECOND is how many heed makes)"
	case f.Kind == fault.Ambiguous:
		return "nobody knows whether AWS did it"
	}
	return refusals[f.Word]
}

// refusals are AWS's reasons in words (types/enums.go of the SDK: ConflictExceptionReason, ValidationExceptionReason,
// ServiceQuotaExceededExceptionReason; exceptions where they carry no reason).
var refusals = map[string]string{
	"PHONE_NUMBER_ASSOCIATED_TO_POOL":          "the number has been put into a pool, which has the say now",
	"TWO_WAY_NOT_ENABLED":                      "two-way has been turned off meanwhile",
	"TWO_WAY_CHANNEL_NOT_PRESENT":              "AWS has no two-way channel for it",
	"TWO_WAY_TOPIC_NOT_PRESENT":                "AWS does not find the topic, or may not publish to it: look at the deployment's topic and its policy",
	"TWO_WAY_NOT_SUPPORTED_IN_COUNTRY":         "numbers of this country cannot be texted: take it out of the program's identities",
	"TWO_WAY_NOT_SUPPORTED_IN_REGION":          "two-way does not exist in this Region",
	"INVALID_ARN":                              "AWS does not take the ARN: a two-way channel is a standard topic of SNS",
	"RESOURCE_NOT_ACTIVE":                      "it is not active yet: wait, and look at its registration",
	"RESOURCE_MODIFICATION_NOT_ALLOWED":        "AWS does not let it be changed: a registration or Support has the say",
	"RESOURCE_DELETION_NOT_ALLOWED":            "AWS does not let it be deleted: numbers and carriers may require the word",
	"EVENT_DESTINATION_MISMATCH":               "an event destination of this name is of another kind",
	"KEYWORDS_PER_PHONE_NUMBER":                "the number has as many keywords as AWS allows: delete one, or ask for a higher quota",
	"KEYWORDS_PER_POOL":                        "the pool has as many keywords as AWS allows: delete one, or ask for a higher quota",
	"OPT_OUT_LISTS_PER_ACCOUNT":                "the account has as many opt-out lists as AWS allows: let programs share one, or ask for a higher quota",
	"CONFIGURATION_SETS_PER_ACCOUNT":           "the account has as many configuration sets as AWS allows: let programs share one, or ask for a higher quota",
	"EVENT_DESTINATIONS_PER_CONFIGURATION_SET": "the set has as many event destinations as AWS allows: delete one, or name another set",
	"ACCOUNT_DISABLED":                         "AWS has disabled the account for messages: ask its Support",
	"ResourceNotFoundException":                "it is gone since the account was read, or AWS does not show yet what was made a moment ago",
	"INVALID_PARAMETER":                        "AWS does not take a value",
}

// Switched are the numbers and pools that people's texts reach by another way than before, while the ruleset that they
// go with is still to be written: that should not stay so.
func (e *StoppedError) Switched() string {
	var names []string
	for _, s := range e.Done {
		if u, ok := s.Action.(UpdateIdentity); ok && u.Switches() {
			names = append(names, s.Changes[0].What)
		}
	}
	if _, open := e.Remaining[len(e.Remaining)-1].Action.(ApplyRuleset); !open {
		return ""
	}
	return strings.Join(names, ", ")
}
