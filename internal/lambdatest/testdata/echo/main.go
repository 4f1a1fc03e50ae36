// Command echo is the Lambda function that the tests of package lambdatest run. It does what its event says.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

type order struct {
	Do   string `json:"do"`
	Text string `json:"text"`
}

type answer struct {
	Text        string `json:"text"`
	MillisLeft  int64  `json:"millisLeft"`
	Request     string `json:"request"`
	Function    string `json:"function"`
	Environment int    `json:"environment"`
}

func main() {
	if os.Getenv("FAIL_AT_START") != "" {
		fmt.Fprintln(os.Stderr, "settings: DATABASE_URL is not set")
		os.Exit(1)
	}
	lambda.Start(handle)
}

func handle(ctx context.Context, o order) (answer, error) {
	switch o.Do {
	case "fail":
		return answer{}, errors.New(o.Text)
	case "panic":
		panic(o.Text)
	case "exit":
		fmt.Fprintln(os.Stderr, o.Text)
		os.Exit(7)
	case "hang":
		time.Sleep(time.Hour)
	}
	fmt.Println("echo", o.Text)
	deadline, _ := ctx.Deadline()
	about, _ := lambdacontext.FromContext(ctx)
	return answer{
		Text: o.Text, MillisLeft: time.Until(deadline).Milliseconds(), Request: about.AwsRequestID,
		Function: lambdacontext.FunctionName, Environment: len(os.Environ()),
	}, nil
}
