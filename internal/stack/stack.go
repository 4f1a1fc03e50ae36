// Package stack names what a deployment of template.yaml tells: the outputs that the command line needs to set up
// numbers, look after queues and read the archive. It knows no AWS type; cmd/heed reads the outputs.
package stack

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Stack is a deployment. Fields are empty where the deployment has no such part.
type Stack struct {
	InboundTopic       string // ARN: the two-way channel of numbers and pools
	InboundQueue       string // URL
	InboundDeadLetters string // URL
	EventsTopic        string // ARN: an event destination of configuration sets, unless EventTransport is firehose
	EventsQueue        string // URL
	EventsDeadLetters  string // URL
	EventsStream       string // ARN of the Firehose stream, unless EventTransport is sns
	EventsStreamRole   string // ARN of the role with which AWS writes into it
	ArchiveBucket      string // name of the bucket that the stream writes to
	ConfigurationSet   string // the set that the deployment made or was given
	OptOutList         string // the list that the deployment made or was given
	InboundRole        string // ARNs of the functions' roles
	EventsRole         string
	RelayRole          string
	AlarmTopic         string // ARN: alarms go there
}

// field is one output and where it goes.
type field struct {
	output string
	into   *string
	needed bool
}

func (s *Stack) fields() []field {
	return []field{
		{"InboundTopicArn", &s.InboundTopic, true},
		{"InboundQueueUrl", &s.InboundQueue, true},
		{"InboundDeadLettersUrl", &s.InboundDeadLetters, true},
		{"EventsTopicArn", &s.EventsTopic, false},
		{"EventsQueueUrl", &s.EventsQueue, false},
		{"EventsDeadLettersUrl", &s.EventsDeadLetters, false},
		{"EventsStreamArn", &s.EventsStream, false},
		{"EventsStreamRoleArn", &s.EventsStreamRole, false},
		{"ArchiveBucketName", &s.ArchiveBucket, false},
		{"ConfigurationSetName", &s.ConfigurationSet, false},
		{"OptOutListName", &s.OptOutList, false},
		{"InboundRoleArn", &s.InboundRole, false},
		{"EventsRoleArn", &s.EventsRole, false},
		{"RelayRoleArn", &s.RelayRole, false},
		{"AlarmTopicArn", &s.AlarmTopic, false},
	}
}

// Outputs are the names of the outputs that are read, in their order. A test holds template.yaml to them.
func Outputs() []string {
	var names []string
	for _, f := range new(Stack).fields() {
		names = append(names, f.output)
	}
	return names
}

// Of makes a stack of its outputs by name. Outputs that heed does not know are left out; one that it cannot do without
// and that is absent is an error.
func Of(outputs map[string]string) (Stack, error) {
	var s Stack
	var absent []string
	for _, f := range s.fields() {
		*f.into = outputs[f.output]
		if f.needed && *f.into == "" {
			absent = append(absent, f.output)
		}
	}
	if len(absent) > 0 {
		return s, fmt.Errorf("the outputs lack %s: are they of a stack of heed's template.yaml? They have %s",
			strings.Join(absent, ", "), strings.Join(slices.Sorted(maps.Keys(outputs)), ", "))
	}
	return s, nil
}

// Parse reads outputs as somebody saved them: what aws cloudformation describe-stacks prints, the list of outputs
// alone, as sam list stack-outputs --output json does, or an object of names and values.
func Parse(document []byte) (Stack, error) {
	type output struct{ OutputKey, OutputValue string }
	var described struct{ Stacks []struct{ Outputs []output } }
	var list []output
	outputs := map[string]string{}
	switch {
	case json.Unmarshal(document, &list) == nil:
	case json.Unmarshal(document, &described) == nil && len(described.Stacks) > 0:
		list = described.Stacks[0].Outputs
	case json.Unmarshal(document, &outputs) == nil:
	default:
		return Stack{}, fmt.Errorf("this is not the JSON of a stack's outputs: save what aws cloudformation describe-stacks --stack-name NAME prints")
	}
	for _, o := range list {
		outputs[o.OutputKey] = o.OutputValue
	}
	return Of(outputs)
}
