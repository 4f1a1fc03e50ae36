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
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/go-json-experiment/json"
)

// api is one operation of a service that speaks AWS JSON 1.1: one signed POST. The SDK's clients do the same and weigh
// more than all that heed asks of these services.
type api struct {
	cfg     aws.Config
	client  *http.Client
	signer  *v4.Signer
	now     func() time.Time
	url     string
	service string
	target  string
	// mute leaves the service's own sentence out of errors: it may quote what was sent.
	mute bool
}

const (
	// maxAnswerBytes bounds what is read of an answer. A secret has at most 64 KB.
	maxAnswerBytes = 256 << 10
	// answerWithin bounds one call, where its context does not.
	answerWithin = 10 * time.Second
)

// newAPI makes a client of one operation, by the service's name in AWS's host names and signatures, and in the variable
// that moves its endpoint. It connects to nothing.
func newAPI(cfg aws.Config, now func() time.Time, service, variable, target string) *api {
	return &api{
		cfg: cfg, client: &http.Client{Timeout: answerWithin}, signer: v4.NewSigner(), now: now, service: service, target: target,
		url: cmp.Or(endpoint(cfg, variable), "https://"+service+"."+domain(cfg.Region)) + "/",
	}
}

// endpoint is the address that replaces a service's own, as the SDK reads it: the one of the service, or the one of all;
// "" where there is none.
func endpoint(cfg aws.Config, variable string) string {
	own := os.Getenv("AWS_ENDPOINT_URL_" + variable)
	if strings.EqualFold(os.Getenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"), "true") {
		own = ""
	}
	return strings.TrimSuffix(cmp.Or(own, aws.ToString(cfg.BaseEndpoint)), "/")
}

// domain is what the names of AWS's services end in.
func domain(region string) string {
	if strings.HasPrefix(region, "cn-") {
		return region + ".amazonaws.com.cn"
	}
	return region + ".amazonaws.com"
}

// call makes one call and reads its answer. Its errors are of the kind that the SDK makes; internal/fault understands
// them.
func (a *api) call(ctx context.Context, in, out any, options ...json.Options) error {
	body, err := json.Marshal(in, options...)
	if err != nil {
		return fmt.Errorf("write the request: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, a.url, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("name the service: %w", err)
	}
	request.Header.Set("Content-Type", "application/x-amz-json-1.1")
	request.Header.Set("X-Amz-Target", a.target)
	credentials, err := a.cfg.Credentials.Retrieve(ctx)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	if err := a.signer.SignHTTP(ctx, credentials, request, hex.EncodeToString(sum[:]), a.service, a.cfg.Region, a.now()); err != nil {
		return fmt.Errorf("sign the request: %w", err)
	}
	response, err := a.client.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(response.Body, maxAnswerBytes))
	if err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		return a.refusal(response, answer)
	}
	if json.Unmarshal(answer, out) != nil {
		return fmt.Errorf("the answer of %s is not what the service writes", a.service) // its text may be private
	}
	return nil
}

// refusal is the error of an answer that is none: the status, and the service's name for the error where it has one.
func (a *api) refusal(response *http.Response, answer []byte) error {
	failed := &smithyhttp.ResponseError{Response: &smithyhttp.Response{Response: response}, Err: fmt.Errorf("%s", response.Status)}
	var told struct {
		Type    string `json:"__type"`
		Message string `json:"message"`
	}
	_ = json.Unmarshal(answer, &told, json.MatchCaseInsensitiveNames(true)) // a gateway's page has neither
	if a.mute {
		told.Message = ""
	}
	name, _, _ := strings.Cut(cmp.Or(response.Header.Get("X-Amzn-Errortype"), told.Type), ":")
	if name = name[strings.LastIndex(name, "#")+1:]; name != "" {
		failed.Err = &smithy.GenericAPIError{Code: name, Message: told.Message}
	}
	return failed
}
