// Command migrate is the Lambda behind the custom resource Schema of template.yaml: CloudFormation calls it before it
// updates the other functions, and it brings the database's schema up to date.
package main

import (
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/aws/aws-lambda-go/lambda"
)

func main() {
	m := &migration{log: slog.New(slog.NewJSONHandler(os.Stdout, nil)), migrate: migrate}
	// Settings are read when it is called, not here: CloudFormation waits for a process that could not start.
	lambda.Start(cfn.LambdaWrap(m.answer))
}
