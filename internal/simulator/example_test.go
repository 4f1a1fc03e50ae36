package simulator_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/heedsms/heed/internal/simulator"
)

// A person says STOP, and the next text to them is refused, as on AWS.
func Example() {
	s := simulator.New(simulator.Options{})
	s.AddNumber(simulator.NumberSpec{Number: "+12065550199"})
	server := httptest.NewServer(s.Handler())
	defer server.Close()
	client := clientOf(server.URL) // o.BaseEndpoint, or AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2

	ctx := context.Background()
	if _, err := s.Text(ctx, "+14255550101", "+12065550199", "Stop"); err != nil {
		fmt.Println(err)
	}
	_, err := client.SendTextMessage(ctx, &api.SendTextMessageInput{
		DestinationPhoneNumber: aws.String("+14255550101"),
		OriginationIdentity:    aws.String("+12065550199"),
		MessageBody:            aws.String("Your table is ready"),
	})
	var conflict *types.ConflictException
	if errors.As(err, &conflict) {
		fmt.Println(conflict.Reason)
	}
	for _, m := range s.Inbox("+14255550101") {
		fmt.Println(m.Body)
	}
	// Output:
	// DESTINATION_PHONE_NUMBER_OPTED_OUT
	// You are opted out and will receive no further texts from this number.
}
