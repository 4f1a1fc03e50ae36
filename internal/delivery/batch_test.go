package delivery

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/heedsms/heed/internal/ingress"
	"github.com/heedsms/heed/internal/sms"
)

// A batch of few and one of many come to the same: each event once, the first of those with one key, one state a
// message, all in the order of their keys; what has the key of another but other content is written again.
func TestFold(t *testing.T) {
	t.Parallel()
	for _, messages := range []int{1, 4, 9, 200} {
		var records []ingress.Record
		for i := range messages {
			for _, event := range []struct{ kind, at, carrier string }{
				{"TEXT_DELIVERED", "1795194246000", ""},
				{"TEXT_QUEUED", "1795194245170", ""},
				{"TEXT_DELIVERED", "1795194246000", ""},
				{"TEXT_DELIVERED", "1795194246000", "other"},
			} {
				records = append(records, ingress.Record{Body: fmt.Appendf(nil, `{"eventType":"%s","eventTimestamp":%s,"carrierName":"%s","messageId":"m-%03d","messageRequestTimestamp":1795194245000}`,
					event.kind, event.at, event.carrier, messages-i)})
			}
		}
		parsed := make([]parse, len(records))
		for i := range records {
			parsed[i].read(&records[i], time.Time{})
		}
		b, again := fold(parsed, &Ruleset{}, time.Time{})
		if len(b.Events) != 2*messages || len(b.States) != messages || len(again) != messages || len(b.Parked) != 0 {
			t.Fatalf("%d messages: %d events, %d states, %d again, %d parked", messages, len(b.Events), len(b.States), len(again), len(b.Parked))
		}
		if !slices.IsSortedFunc(b.Events, func(x, y *sms.Event) int { return strings.Compare(x.MessageID+x.Type, y.MessageID+y.Type) }) ||
			!slices.IsSortedFunc(b.States, func(x, y *State) int { return strings.Compare(x.MessageID, y.MessageID) }) {
			t.Errorf("%d messages: out of order", messages)
		}
		for i, s := range b.States {
			if s.Status != sms.StatusDelivered || s.Carrier != "" || b.Events[2*i].MessageID != s.MessageID || again[messages-1-i].event.Carrier != "other" {
				t.Errorf("%d messages: state %+v", messages, s)
			}
		}
	}
}
