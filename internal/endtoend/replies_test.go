package endtoend

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heedsms/heed/internal/simulator"
	"github.com/heedsms/heed/internal/sms"
)

// A reply tells AWS, and AWS tells the table of messages, which program, which rule and which text it answers by.
func TestRepliesSayWhatTheyAnswer(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	inbound, events := s.start("inbound", s.dbURL, 10*time.Second), s.start("events", s.dbURL, 10*time.Second)
	s.double.Subscribe(eventsTopic, func(ctx context.Context, n simulator.Notification) {
		if _, err := events.Invoke(ctx, n.SNSLambdaEvent()); err != nil {
			t.Error(err)
		}
	})
	const contact = "+14255550101"
	for _, row := range []struct{ body, id, rule string }{
		{"JOIN", "w/1", "alerts/keywords[0]"},
		{"Stop ", "w-2", "opt_out"},
	} {
		payload := strings.Replace(stop(contact, row.id), "Stop ", row.body, 1)
		_, err := inbound.Invoke(context.Background(), s.double.SQSEvent(queue, s.double.Publish(context.Background(), twoWay, payload).SQSRecord(false)))
		must(t, err)
		inbox := s.double.Inbox(sms.Phone(contact))
		sent := inbox[len(inbox)-1]
		outboxID := s.value(`SELECT id FROM heed.outbox WHERE aws_message_id = $1`, sent.ID)
		want := map[string]string{"heed_outbox": outboxID, "heed_program": "alerts", "heed_rule": row.rule, "heed_inbound": row.id}
		if diff := cmp.Diff(want, sent.Context); diff != "" {
			t.Errorf("%s:\n%s", row.body, diff)
		}
		s.double.Deliver(context.Background(), simulator.DeliverOptions{})
		s.want(`SELECT concat_ws(' ', program, outbox_id, context ->> 'heed_rule', context ->> 'heed_inbound') FROM heed.message WHERE message_id = $1`,
			fmt.Sprint("alerts ", outboxID, " ", row.rule, " ", row.id), sent.ID)
	}
}
