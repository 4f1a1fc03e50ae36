package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"

	"github.com/heedsms/heed/internal/stack"
)

// awsAccount is the operator's AWS account as the AWS CLI would find it: environment, profile, SSO, instance role.
func awsAccount(ctx context.Context) (aws.Config, error) {
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return cfg, fmt.Errorf("read the AWS settings: %w", err)
	}
	if cfg.Region == "" {
		return cfg, wrongUse("no AWS Region: set AWS_REGION, or a region in the profile")
	}
	return cfg, nil
}

// stackFlags name the deployment that a command is about.
type stackFlags struct {
	Stack   string `env:"HEED_STACK" default:"heed" help:"Name of the CloudFormation stack that template.yaml made." placeholder:"NAME"`
	Outputs string `type:"existingfile" help:"The stack's outputs from a file instead: what aws cloudformation describe-stacks prints." placeholder:"FILE"`
}

// read finds the deployment's outputs.
func (f stackFlags) read(ctx context.Context, account aws.Config) (stack.Stack, error) {
	if f.Outputs != "" {
		document, err := os.ReadFile(f.Outputs)
		if err != nil {
			return stack.Stack{}, fmt.Errorf("read the stack's outputs: %w", err)
		}
		s, err := stack.Parse(document)
		if err != nil {
			return s, fmt.Errorf("%s: %w", f.Outputs, err)
		}
		return s, nil
	}
	out, err := cloudformation.NewFromConfig(account).DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: aws.String(f.Stack)})
	if err == nil && len(out.Stacks) == 0 {
		err = errors.New("there is no such stack")
	}
	if err != nil {
		return stack.Stack{}, fmt.Errorf("read the outputs of the stack %s (--stack names another, --outputs reads a file): %w", f.Stack, err)
	}
	outputs := map[string]string{}
	for _, o := range out.Stacks[0].Outputs {
		outputs[aws.ToString(o.OutputKey)] = aws.ToString(o.OutputValue)
	}
	return stack.Of(outputs)
}
