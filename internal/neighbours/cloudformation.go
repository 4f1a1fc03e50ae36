package neighbours

import (
	"encoding/xml"
	"fmt"
	"maps"
	"net/http"
	"slices"
)

// SetStack gives the account a CloudFormation stack with these outputs, in place of one of the same name.
func (a *AWS) SetStack(name string, outputs map[string]string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.stacks[name] = outputs
}

// cloudFormation serves DescribeStacks of one stack.
func (a *AWS) cloudFormation(w http.ResponseWriter, r *http.Request) {
	if action := r.PostFormValue("Action"); action != "DescribeStacks" {
		refuse(w, http.StatusBadRequest, "InvalidAction", "the stand-in knows no "+action)
		return
	}
	name := r.PostFormValue("StackName")
	a.mu.Lock()
	outputs, ok := a.stacks[name]
	outputs = maps.Clone(outputs)
	a.mu.Unlock()
	if !ok {
		refuse(w, http.StatusBadRequest, "ValidationError", fmt.Sprintf("Stack with id %s does not exist", name))
		return
	}
	type output struct{ OutputKey, OutputValue string }
	type described struct {
		StackName, StackStatus, CreationTime string
		Outputs                              []output `xml:"Outputs>member"`
	}
	s := described{StackName: name, StackStatus: "UPDATE_COMPLETE", CreationTime: a.options.Now().UTC().Format("2006-01-02T15:04:05.000Z")}
	for _, key := range slices.Sorted(maps.Keys(outputs)) {
		s.Outputs = append(s.Outputs, output{key, outputs[key]})
	}
	answer(w, struct {
		XMLName xml.Name    `xml:"DescribeStacksResponse"`
		Stacks  []described `xml:"DescribeStacksResult>Stacks>member"`
	}{Stacks: []described{s}})
}

// answer writes what a service of the query protocol answers.
func answer(w http.ResponseWriter, document any) {
	w.Header().Set("Content-Type", "text/xml")
	_ = xml.NewEncoder(w).Encode(document) // a client that went away has no use for it
}

// refuse writes an error of the query protocol.
func refuse(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "text/xml")
	w.WriteHeader(status)
	type fault struct{ Type, Code, Message string }
	_ = xml.NewEncoder(w).Encode(struct {
		XMLName   xml.Name `xml:"ErrorResponse"`
		Error     fault
		RequestID string `xml:"RequestId"`
	}{Error: fault{"Sender", code, message}, RequestID: "00000000-0000-0000-0000-000000000000"})
}
