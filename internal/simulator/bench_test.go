package simulator_test

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/heedsms/heed/internal/simulator"
)

// BenchmarkSend is one send with its three events delivered to a topic, without HTTP.
func BenchmarkSend(b *testing.B) {
	s := simulator.New(simulator.Options{AutoDeliver: true})
	s.AddNumber(simulator.NumberSpec{Number: ourNumber})
	_, err := s.CreateConfigurationSet(b.Context(), &api.CreateConfigurationSetInput{ConfigurationSetName: aws.String("alerts")})
	if err != nil {
		b.Fatal(err)
	}
	_, err = s.CreateEventDestination(b.Context(), &api.CreateEventDestinationInput{
		ConfigurationSetName: aws.String("alerts"), EventDestinationName: aws.String("topic"),
		MatchingEventTypes: []types.EventType{types.EventTypeAll}, SnsDestination: &types.SnsDestination{TopicArn: aws.String(topic)},
	})
	if err != nil {
		b.Fatal(err)
	}
	heard := 0
	s.Subscribe(topic, func(context.Context, simulator.Notification) { heard++ })
	for b.Loop() {
		_, err := s.SendTextMessage(b.Context(), &api.SendTextMessageInput{
			DestinationPhoneNumber: aws.String(person), OriginationIdentity: aws.String(ourNumber), MessageBody: aws.String("hello"),
			ConfigurationSetName: aws.String("alerts"), Context: map[string]string{"outbox": "42"},
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	if heard != 3*len(s.Sent()) {
		b.Errorf("%d events of %d sends", heard, len(s.Sent()))
	}
}
