package endtoend

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"

	"github.com/heedsms/heed/internal/sms"
)

// faultsOfRun counts what went wrong with calls of AWS, by the words of the table.
func (s *soak) faultsOfRun() (calls, throttled, failed, lost int) {
	for _, c := range s.double.Calls() {
		calls++
		switch c.Err.(type) { //nolint:errorlint // the double's own errors, never wrapped
		case *types.ThrottlingException:
			throttled++
		case *types.InternalServerException:
			failed++
		}
		if c.AnswerLost {
			lost++
		}
	}
	return calls, throttled, failed, lost
}

// untilListed is, for each person who left for good, how long after the commit of it AWS had the number on its list.
func (s *soak) untilListed() []time.Duration {
	ledger, puts := s.ledger(), map[sms.Phone][]time.Time{}
	for _, c := range s.double.Calls() {
		if in, put := c.Input.(*pinpointsmsvoicev2.PutOptedOutNumberInput); put && c.Err == nil {
			who := sms.Phone(aws.ToString(in.OptedOutNumber))
			puts[who] = append(puts[who], c.At)
		}
	}
	var took []time.Duration
	for who, events := range ledger {
		// The commit since which they are out.
		for i := len(events) - 1; i >= 0 && outAt(events, events[i].committed); i-- {
			if i > 0 && outAt(events, events[i-1].committed) {
				continue
			}
			if first := slices.IndexFunc(puts[who], func(at time.Time) bool { return at.After(events[i].committed) }); first >= 0 {
				took = append(took, puts[who][first].Sub(events[i].committed))
			}
			break
		}
	}
	slices.Sort(took)
	return took
}

// table tells of a run.
func (s *soak) table() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	row := func(what string, format string, args ...any) {
		fmt.Fprintf(w, "%s\t%s\n", what, fmt.Sprintf(format, args...))
	}
	texts, told, refused := 0, 0, 0
	for _, p := range s.people {
		texts, told, refused = texts+len(p.said), told+p.told, refused+p.refused
	}
	calls, throttled, failed, lost := s.faultsOfRun()
	b.WriteString("the soak\n\n")
	row("people, and their texts", "%d, %d in %s (%.0f a second)", len(s.people), texts, s.took.Round(time.Second), float64(texts)/s.took.Seconds())
	row("in all", "%s", time.Since(s.began).Round(time.Second))
	row("invocations", "%d: %d crashed, %d timed out, %d failed; %d runs of the relay", s.invocations.Load(), s.crashed.Load(), s.timedOut.Load(), s.erred.Load(), s.runs.Load())
	row("workers killed", "%d", s.kills.Load())
	row("calls of AWS", "%d: %d throttled, %d failed, %d lost their answers", calls, throttled, failed, lost)
	row("verdicts", "%s", s.value(`SELECT string_agg(verdict || ' ' || n, ', ' ORDER BY verdict) FROM (SELECT verdict, count(*) AS n FROM heed.inbound GROUP BY verdict) v`))
	row("register", "%s", s.value(`SELECT string_agg(state || ' ' || n, ', ' ORDER BY state) FROM (SELECT state, count(*) AS n FROM heed.consent GROUP BY state) c`))
	row("answers", "%s", s.value(`SELECT string_agg(k || ' ' || n, ', ' ORDER BY n DESC) FROM (
		SELECT concat_ws(' ', state, error) AS k, count(*) AS n FROM heed.outbox WHERE kind = 'reply' GROUP BY k) r`))
	row("AWS's lists", "%s", s.value(`SELECT string_agg(k || ' ' || n, ', ' ORDER BY n DESC) FROM (
		SELECT concat_ws(' ', state, error, did) AS k, count(*) AS n FROM heed.outbox WHERE kind = 'sync_optout' GROUP BY k) r`))
	row("locked by AWS for 30 days", "%s", s.locked)
	row("messages sent", "%d", len(s.double.Sent()))
	row("campaigns", "%d not sent because can_send said no; %d refused by AWS; %d went out to people just opted out, of an application that did not ask",
		told, refused, s.through)
	if took := s.untilListed(); len(took) > 0 {
		at := func(share float64) time.Duration {
			return took[int(share*float64(len(took)-1))].Round(time.Millisecond)
		}
		row("from the commit of an opt-out to AWS's list", "p50 %s, p99 %s, at most %s (of %d)", at(0.5), at(0.99), at(1), len(took))
	}
	_ = w.Flush() // into memory
	return b.String()
}
