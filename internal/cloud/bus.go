package cloud

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/heedsms/heed/internal/outbox"
)

// Bus puts events on a bus of EventBridge: one signed POST. The SDK's client does the same and weighs more than the
// rest of what publishing takes.
type Bus struct {
	cfg    aws.Config
	client *http.Client
	signer *v4.Signer
	now    func() time.Time
	name   string
	url    string
}

// What one call takes (API_PutEvents).
const (
	maxEvents     = 10
	maxEventBytes = 256 << 10
)

// maxAnswerBytes bounds what is read of an answer: ten ids or error codes.
const maxAnswerBytes = 64 << 10

// NewBus makes a client of one bus, by its name or ARN. It connects to nothing.
func NewBus(cfg aws.Config, name string, now func() time.Time) *Bus {
	return &Bus{
		cfg: cfg, client: &http.Client{}, signer: v4.NewSigner(), now: now, name: name,
		url: cmp.Or(endpoint(cfg, "EVENTBRIDGE"), "https://events."+domain(cfg.Region)) + "/",
	}
}

// entry is an event as PutEvents takes it.
type entry struct {
	Source       string
	DetailType   string
	Detail       string
	EventBusName string
}

// Publish puts the first of the events on the bus, as many as one call takes, and gives a receipt for each of them.
// Its errors are of the kind that the SDK makes, without the service's words: those quote what was sent.
func (b *Bus) Publish(ctx context.Context, events []outbox.Event) ([]outbox.Receipt, error) {
	var in struct{ Entries []entry }
	size := 0
	for _, e := range events {
		own := len(outbox.Source) + len(e.Type) + len(e.Detail)
		if own > maxEventBytes && len(in.Entries) == 0 {
			return []outbox.Receipt{{Err: &smithy.GenericAPIError{Code: "EventTooLarge", Fault: smithy.FaultClient}}}, nil
		}
		if size += own; size > maxEventBytes || len(in.Entries) == maxEvents {
			break
		}
		in.Entries = append(in.Entries, entry{outbox.Source, e.Type, e.Detail, b.name})
	}
	body, err := json.Marshal(in, jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return nil, fmt.Errorf("write the events: %w", err)
	}
	answer, err := b.call(ctx, body)
	if err != nil {
		return nil, fmt.Errorf("put %d events: %w", len(in.Entries), err)
	}
	var out struct {
		Entries []struct{ EventId, ErrorCode string } //nolint:revive // AWS's name
	}
	if err := json.Unmarshal(answer, &out); err != nil || len(out.Entries) != len(in.Entries) {
		return nil, fmt.Errorf("put %d events: the answer is of %d", len(in.Entries), len(out.Entries))
	}
	receipts := make([]outbox.Receipt, len(out.Entries))
	for i, e := range out.Entries {
		receipts[i].ID = e.EventId
		if e.ErrorCode != "" {
			receipts[i].Err = &smithy.GenericAPIError{Code: e.ErrorCode, Fault: smithy.FaultClient}
		}
	}
	return receipts, nil
}

// call makes one signed call of PutEvents (AWS JSON 1.1).
func (b *Bus) call(ctx context.Context, body []byte) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, b.url, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("name the bus: %w", err)
	}
	request.Header.Set("Content-Type", "application/x-amz-json-1.1")
	request.Header.Set("X-Amz-Target", "AWSEvents.PutEvents")
	credentials, err := b.cfg.Credentials.Retrieve(ctx)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(body)
	if err := b.signer.SignHTTP(ctx, credentials, request, hex.EncodeToString(sum[:]), "events", b.cfg.Region, b.now()); err != nil {
		return nil, fmt.Errorf("sign the request: %w", err)
	}
	response, err := b.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(response.Body, maxAnswerBytes))
	if err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		return nil, refusal(response, answer)
	}
	return answer, nil
}

// refusal is the error of an answer that is none: the status, and the service's name for the error where it has one.
func refusal(response *http.Response, answer []byte) error {
	failed := &smithyhttp.ResponseError{Response: &smithyhttp.Response{Response: response}, Err: fmt.Errorf("%s", response.Status)}
	var told struct {
		Type string `json:"__type"`
	}
	_ = json.Unmarshal(answer, &told) // a gateway's page has no name
	name := cmp.Or(response.Header.Get("X-Amzn-Errortype"), told.Type)
	name, _, _ = strings.Cut(name, ":")
	if name = name[strings.LastIndex(name, "#")+1:]; name != "" {
		failed.Err = &smithy.GenericAPIError{Code: name}
	}
	return failed
}
