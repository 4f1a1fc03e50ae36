package simulator

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/aws/smithy-go"
)

// targetPrefix begins the X-Amz-Target header of every request (service model, targetPrefix).
const targetPrefix = "PinpointSMSVoiceV2."

// maxRequestBytes bounds a request: the largest member, a registration attachment, is 1 MiB before base64.
const maxRequestBytes = 4 << 20

// operation is one method of the double that has the shape of an SDK operation.
type operation struct {
	method reflect.Value
	input  reflect.Type
}

// operationsOf finds the operations among the methods: X(context.Context, *XInput) (*XOutput, error) with the SDK's
// types.
func operationsOf(s *Simulator) map[string]operation {
	sdk := reflect.TypeFor[pinpointsmsvoicev2.Client]().PkgPath()
	v := reflect.ValueOf(s)
	found := map[string]operation{}
	for i := range v.NumMethod() {
		name, t := v.Type().Method(i).Name, v.Method(i).Type()
		if t.NumIn() != 2 || t.NumOut() != 2 || t.In(1).Kind() != reflect.Pointer {
			continue
		}
		input := t.In(1).Elem()
		if input.PkgPath() == sdk && input.Name() == name+"Input" {
			found[name] = operation{method: v.Method(i), input: input}
		}
	}
	return found
}

// Operations are the names of the API operations that the double serves, sorted.
func (s *Simulator) Operations() []string {
	var names []string
	for name := range s.operations {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Handler serves the API as AWS does: AWS JSON 1.0, POST to /, the operation in the header X-Amz-Target. Signatures
// are not checked. Point a client at it with AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2. To GET it serves what SNS does: the
// certificate of signatures, and the links by which a subscription is confirmed and ended; see [Simulator.ServeAt].
func (s *Simulator) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			s.serveSNS(w, r)
			return
		}
		if r.Method != http.MethodPost || r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("X-Amzn-RequestId", s.uuid())
		out, err := s.dispatch(r)
		switch {
		case errors.Is(err, ErrConnectionCut):
			cut(w)
		case err != nil:
			writeError(w, err)
		default:
			writeJSON(w, http.StatusOK, encodeMembers(reflect.ValueOf(out).Elem()))
		}
	})
}

// dispatch decodes a request, calls its operation and returns the SDK's output struct.
func (s *Simulator) dispatch(r *http.Request) (any, error) {
	name, ok := strings.CutPrefix(r.Header.Get("X-Amz-Target"), targetPrefix)
	op, known := s.operations[name]
	if !ok || !known {
		message := fmt.Sprintf("The operation %q is not known", name)
		return nil, &smithy.GenericAPIError{Code: "UnknownOperationException", Message: message}
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxRequestBytes))
	if err != nil {
		return nil, malformed(fmt.Errorf("reading the request: %w", err))
	}
	in := reflect.New(op.input)
	if err := decodeMembers(body, in.Elem()); err != nil {
		return nil, malformed(err)
	}
	results := op.method.Call([]reflect.Value{reflect.ValueOf(context.Context(r.Context())), in})
	if err, failed := results[1].Interface().(error); failed {
		return nil, err
	}
	return results[0].Interface(), nil
}

func malformed(err error) error {
	return &smithy.GenericAPIError{Code: "SerializationException", Message: err.Error()}
}

// cut closes the connection without an answer.
func cut(w http.ResponseWriter) {
	hijacker, ok := w.(http.Hijacker)
	if !ok {
		panic(http.ErrAbortHandler) // net/http's own way to end a request without an answer (HTTP/2)
	}
	conn, _, err := hijacker.Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	_ = conn.Close() // the peer is to see a broken connection: how it closes does not matter
}

// writeError answers as AWS JSON 1.0 does: the type in __type and in a header, the error's members in the body,
// 400 for the client's faults and 500 for the server's.
func writeError(w http.ResponseWriter, err error) {
	var api smithy.APIError
	if !errors.As(err, &api) {
		api = &types.InternalServerException{Message: aws.String(err.Error())}
	}
	members := map[string]any{}
	if v := reflect.ValueOf(api).Elem(); v.Kind() == reflect.Struct && v.FieldByName("ErrorCodeOverride").IsValid() {
		members = encodeMembers(v)
		delete(members, "ErrorCodeOverride")
	}
	if message := api.ErrorMessage(); message != "" {
		members["Message"] = message
	}
	members["__type"] = api.ErrorCode()
	status := http.StatusBadRequest
	if api.ErrorFault() == smithy.FaultServer {
		status = http.StatusInternalServerError
		members["RequestId"] = w.Header().Get("X-Amzn-RequestId")
	}
	w.Header().Set("X-Amzn-ErrorType", api.ErrorCode())
	writeJSON(w, status, members)
}

func writeJSON(w http.ResponseWriter, status int, body map[string]any) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(body); err != nil {
		http.Error(w, fmt.Sprintf("writing the answer: %v", err), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // a client that went away has no use for the answer
}
