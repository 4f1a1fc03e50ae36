package eum_test

import (
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/heedsms/heed/internal/eum"
	"github.com/heedsms/heed/internal/fault"
	"github.com/heedsms/heed/internal/plan"
	"github.com/heedsms/heed/internal/simulator"
)

// Each change can be made again, by another command that knows nothing of the first; what is not there is an error all
// the same.
func TestSetupChangesTwice(t *testing.T) {
	t.Parallel()
	double := simulator.New(simulator.Options{})
	id := double.AddNumber(simulator.NumberSpec{Number: "+12065550100"})
	server := httptest.NewServer(double.Handler())
	t.Cleanup(server.Close)
	cfg := aws.Config{Region: "us-east-1", BaseEndpoint: &server.URL, Credentials: credentials.NewStaticCredentialsProvider("k", "s", "")}
	topic := plan.Destination{Name: "topic", Enabled: true, Types: []string{"ALL"}, Topic: "arn:aws:sns:us-east-1:111122223333:events"}
	off := topic
	off.Enabled = false
	for _, a := range []plan.Action{
		plan.CreateList{Name: "alerts"},
		plan.CreateSet{Name: "alerts"},
		plan.SetMessageType{Set: "alerts", MessageType: "PROMOTIONAL"},
		plan.CreateDestination{Set: "alerts", Destination: topic},
		plan.UpdateDestination{Set: "alerts", Destination: off},
		plan.PutKeyword{ID: id, Word: "JOIN", Action: "OPT_IN", Message: "Welcome."},
		plan.PutKeyword{ID: id, Word: "STOP", Message: "Bye."},
		plan.DeleteKeyword{ID: id, Word: "JOIN"},
		plan.UpdateIdentity{Kind: plan.Number, ID: id, Channel: topic.Topic, SelfManaged: aws.Bool(true), OptOutList: "alerts", Protected: aws.Bool(true)},
	} {
		for range 2 {
			if err := (eum.Setup{Account: eum.NewAccount(cfg, newClock().pace(1))}).Do(t.Context(), a); err != nil {
				t.Errorf("%#v: %v", a, err)
			}
		}
	}
	setup := eum.Setup{Account: eum.NewAccount(cfg, newClock().pace(1))}
	sets, err := setup.Sets(t.Context())
	if err != nil || len(sets) != 1 || sets[0].MessageType != "PROMOTIONAL" || len(sets[0].Destinations) != 1 || sets[0].Destinations[0].Enabled {
		t.Errorf("%+v %v", sets, err)
	}
	numbers, err := setup.Numbers(t.Context())
	if err != nil || len(numbers) != 1 || !numbers[0].TwoWay || !numbers[0].SelfManaged || !numbers[0].Protected || numbers[0].OptOutList != "alerts" {
		t.Errorf("%+v %v", numbers, err)
	}
	for _, a := range []plan.Action{
		plan.SetMessageType{Set: "none", MessageType: "PROMOTIONAL"},
		plan.DeleteKeyword{ID: "phone-none", Word: "JOIN"},
		plan.UpdateIdentity{Kind: plan.Pool, ID: "pool-none", Protected: aws.Bool(true)},
	} {
		if err := setup.Do(t.Context(), a); fault.Explain(err).Reason != fault.NotFound {
			t.Errorf("%#v: %v", a, err)
		}
	}
	if err := setup.Do(t.Context(), plan.ApplyRuleset{}); err == nil {
		t.Error("AWS has put a ruleset in force")
	}
}
