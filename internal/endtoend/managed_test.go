package endtoend

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"

	"github.com/heedsms/heed/internal/simulator"
	"github.com/heedsms/heed/internal/sms"
)

const managedRules = `
version: 1
programs:
  alerts: {brand: Acme, optOutList: alerts, identities: ["+12065550100"], answers: aws}
`

// A program that AWS answers for (answers: aws). Whether or not AWS publishes HELP and STOP, the person gets AWS's
// answers and none of heed's, and the register follows: by the texts that are published, and by the relay's comparison
// with AWS's list for the rest.
func TestAWSManagedProgram(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sentence  string
		published bool
		heard     string // what the register says of the STOP before the lists are compared
		source    string // and where it has it from afterwards
	}{
		{"AWS publishes HELP and STOP", true, "opted_out", "keyword"},
		{"AWS keeps them to itself", false, "", "aws"},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			t.Parallel()
			const ann = sms.Phone("+14255550101")
			ctx := context.Background()
			s := newStageOf(t, simulator.Options{Seed: 1, PublishManaged: c.published})
			id := s.double.AddNumber(simulator.NumberSpec{Number: ours, TwoWayTopic: twoWay, OptOutList: "alerts"})
			must(t, second(s.double.PutKeyword(ctx, &pinpointsmsvoicev2.PutKeywordInput{
				OriginationIdentity: aws.String(id), Keyword: aws.String("START"), KeywordMessage: aws.String("Welcome back."), KeywordAction: types.KeywordActionOptIn,
			})))
			s.apply(managedRules)
			inbound := s.start("inbound", s.dbURL, 10*time.Second)
			s.double.Subscribe(twoWay, func(ctx context.Context, n simulator.Notification) {
				if _, err := inbound.Invoke(ctx, s.double.SQSEvent(queue, n.SQSRecord(false))); err != nil {
					t.Error(err)
				}
			})
			relay := s.start("relay", s.dbURL, 20*time.Second, "HEED_RECONCILE_EVERY=1ms")
			minute := func() {
				t.Helper()
				must(t, second(relay.Invoke(ctx, []byte(`{}`))))
			}
			says := func(words string) {
				t.Helper()
				must(t, second(s.double.Text(ctx, ann, ours, words)))
			}
			minute() // nothing yet
			says("HELP")
			says("STOP")
			s.want(`SELECT state FROM heed.consent WHERE contact = $1`, c.heard, string(ann))
			minute()
			s.want(`SELECT state FROM heed.consent WHERE contact = $1`, "opted_out", string(ann))
			s.want(`SELECT string_agg(source, ' ') FROM heed.consent_event WHERE contact = $1`, c.source, string(ann))
			if !s.double.OptedOut("alerts", ann) {
				t.Error("not on AWS's list after STOP")
			}
			time.Sleep(1100 * time.Millisecond) // AWS writes whole seconds, so that a START in the same one comes after
			says("START")
			minute()
			const standing = `SELECT state || ' ' || aws_state FROM heed.consent WHERE contact = $1`
			s.want(standing, "opted_in pending", string(ann)) // what was said a moment ago may not show in AWS's pages
			for _, passes := range []string{
				`UPDATE heed.consent SET since = since - interval '1 hour', opted_in_at = opted_in_at - interval '1 hour', opted_out_at = opted_out_at - interval '1 hour'`,
				`UPDATE heed.outbox SET settled_at = settled_at - interval '1 hour'`,
			} {
				must(t, second(s.db.Exec(ctx, passes)))
			}
			minute()
			s.want(standing, "opted_in in_sync", string(ann))
			if s.double.OptedOut("alerts", ann) {
				t.Error("on AWS's list after START")
			}
			for _, m := range s.double.Inbox(ann) {
				if !m.Automatic {
					t.Errorf("heed answered: %q", m.Body)
				}
			}
			if n := len(s.double.Inbox(ann)); n != 3 {
				t.Errorf("%d answers of AWS, want 3", n)
			}
			s.want(`SELECT count(*) FROM heed.outbox WHERE kind = 'reply'`, "0")
		})
	}
}
