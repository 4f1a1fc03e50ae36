// Package cloud is what heed needs of AWS besides SMS: credentials, the database's password, objects of S3, the
// application's event bus. It is kept lean for the Lambdas: the SDK's full configuration chain and its S3 client would
// add 6 MB to each binary.
package cloud

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/smithy-go"
)

// FromEnvironment is the AWS config of a Lambda: region and credentials from the environment, where Lambda puts
// them, and the SDK's own variables (endpoints, FIPS, dual stack) as the SDK reads them. It connects to nothing.
// Outside Lambda, where credentials may come from files or a login, use the SDK's config.LoadDefaultConfig.
func FromEnvironment() (aws.Config, error) {
	env, err := config.NewEnvConfig()
	if err != nil {
		return aws.Config{}, fmt.Errorf("read the AWS settings of the environment: %w", err)
	}
	cfg := aws.Config{
		Region:        env.Region,
		ConfigSources: []any{env},
		HTTPClient:    awshttp.NewBuildableClient().WithTimeout(20 * time.Second),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			if !env.Credentials.HasKeys() {
				return aws.Credentials{}, &smithy.GenericAPIError{
					Code: "NoCredentials", Fault: smithy.FaultClient, // internal/fault knows it: nothing was asked of anybody
					Message: "no AWS credentials in the environment: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
				}
			}
			return env.Credentials, nil
		}),
	}
	if env.BaseEndpoint != "" && (env.IgnoreConfiguredEndpoints == nil || !*env.IgnoreConfiguredEndpoints) {
		cfg.BaseEndpoint = aws.String(env.BaseEndpoint)
	}
	return cfg, nil
}
