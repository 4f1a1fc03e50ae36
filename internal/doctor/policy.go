package doctor

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// policy is a resource policy of IAM, as far as it is judged.
type policy struct {
	Statement oneOrMore[statement]
}

type statement struct {
	Effect    string
	Principal principal
	Action    oneOrMore[string]
	Resource  oneOrMore[string]
	Condition map[string]map[string]oneOrMore[string]
}

// oneOrMore is what policies write as a single value or as a list.
type oneOrMore[T any] []T

// UnmarshalJSON reads both.
func (o *oneOrMore[T]) UnmarshalJSON(b []byte) error {
	if strings.HasPrefix(strings.TrimSpace(string(b)), "[") {
		return json.Unmarshal(b, (*[]T)(o))
	}
	var one T
	err := json.Unmarshal(b, &one)
	*o = oneOrMore[T]{one}
	return err
}

// principal is who a statement is about: "*", or lists by their kind.
type principal map[string]oneOrMore[string]

// UnmarshalJSON reads both.
func (p *principal) UnmarshalJSON(b []byte) error {
	if strings.TrimSpace(string(b)) == `"*"` {
		*p = principal{"AWS": {"*"}}
		return nil
	}
	return json.Unmarshal(b, (*map[string]oneOrMore[string])(p))
}

// smsVoice is the service that publishes texts and events.
const smsVoice = "sms-voice.amazonaws.com"

// grant says how a topic's policy treats the service.
type grant int

const (
	refuses grant = iota // it may not publish
	open                 // it may, for whichever account asks it to
	bound                // it may, for this account
)

// publishing reads a topic's policy: may the service publish to it, for an account? Conditions on keys that are not known
// here count as not met.
func publishing(document, topic, account string) (grant, error) {
	if document == "" {
		return refuses, nil
	}
	var p policy
	if err := json.Unmarshal([]byte(document), &p); err != nil {
		return refuses, fmt.Errorf("its policy is not JSON: %w", err)
	}
	best := refuses
	for _, s := range p.Statement {
		if !s.concerns(topic) {
			continue
		}
		switch met, asked := s.met(account); {
		case s.Effect == "Deny" && len(s.Condition) == 0:
			return refuses, nil
		case s.Effect != "Allow" || !met:
		case asked && best == refuses:
			best = bound
		case !asked:
			best = open
		}
	}
	return best, nil
}

// concerns says whether a statement is about publishing to the topic by the service.
func (s statement) concerns(topic string) bool {
	who := slices.Contains(s.Principal["Service"], smsVoice) || slices.Contains(s.Principal["AWS"], "*") || slices.Contains(s.Principal["Service"], "*")
	matches := func(patterns []string, value string) bool {
		return slices.ContainsFunc(patterns, func(p string) bool { return like(p, value) })
	}
	return who && matches(s.Action, "sns:Publish") && matches(s.Resource, topic)
}

// met says whether the conditions hold when the service publishes for the account, and whether they ask for the account.
func (s statement) met(account string) (met, asksForAccount bool) {
	met = true
	for _, keys := range s.Condition {
		for key, values := range keys {
			some := func(ok func(string) bool) bool { return slices.ContainsFunc(values, ok) }
			switch strings.ToLower(key) {
			case "aws:sourceaccount":
				asksForAccount = true
				met = met && some(func(v string) bool { return like(v, account) })
			case "aws:sourcearn":
				asksForAccount = true
				met = met && some(func(v string) bool {
					parts := strings.SplitN(v, ":", 6)
					return v == "*" || len(parts) == 6 && like(parts[2], "sms-voice") && like(parts[4], account)
				})
			default:
				met = false
			}
		}
	}
	return met, asksForAccount
}

// like matches a pattern of IAM, in which * and ? stand for anything, whatever the case.
func like(pattern, value string) bool {
	expression := strings.NewReplacer(`\*`, `.*`, `\?`, `.`).Replace(regexp.QuoteMeta(pattern))
	return regexp.MustCompile(`(?is)\A` + expression + `\z`).MatchString(value)
}
