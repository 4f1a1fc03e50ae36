package cloud

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// Objects reads objects of S3: one signed GET. The SDK's S3 client does the same and weighs 4.5 MB.
type Objects struct {
	cfg    aws.Config
	client *http.Client
	signer *v4.Signer
	now    func() time.Time
	// endpoint replaces S3's own, with the bucket in the path: AWS_ENDPOINT_URL_S3, as the SDK reads it.
	endpoint string
}

// NewObjects makes a reader of S3 objects. It connects to nothing.
func NewObjects(cfg aws.Config, now func() time.Time) *Objects {
	return &Objects{
		cfg: cfg, client: &http.Client{}, now: now, endpoint: endpoint(cfg, "S3"),
		// S3 signs the path as it is sent, not escaped once more (SigV4, S3's exception).
		signer: v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true }),
	}
}

// Open reads an object. The caller closes what it returns.
func (o *Objects) Open(ctx context.Context, bucket, key string) (io.ReadCloser, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, o.url(bucket, key), nil)
	if err != nil {
		return nil, fmt.Errorf("name the object: %w", err)
	}
	credentials, err := o.cfg.Credentials.Retrieve(ctx)
	if err != nil {
		return nil, err
	}
	empty := sha256.Sum256(nil)
	payload := hex.EncodeToString(empty[:])
	request.Header.Set("X-Amz-Content-Sha256", payload)
	if err := o.signer.SignHTTP(ctx, credentials, request, payload, "s3", o.cfg.Region, o.now()); err != nil {
		return nil, fmt.Errorf("sign the request: %w", err)
	}
	response, err := o.client.Do(request)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		_ = response.Body.Close() // its text quotes the key and says no more than the status
		return nil, fmt.Errorf("S3 answered %s", response.Status)
	}
	return response.Body, nil
}

func (o *Objects) url(bucket, key string) string {
	parts := strings.Split(key, "/")
	for i, p := range parts {
		// S3 wants everything escaped that is not unreserved, the plus and the # of media keys included.
		parts[i] = strings.ReplaceAll(url.QueryEscape(p), "+", "%20")
	}
	path := strings.Join(parts, "/")
	if o.endpoint != "" {
		return o.endpoint + "/" + bucket + "/" + path
	}
	host := "s3." + domain(o.cfg.Region)
	if strings.Contains(bucket, ".") {
		// The certificate is for one name before the host, not for two.
		return "https://" + host + "/" + bucket + "/" + path
	}
	return "https://" + bucket + "." + host + "/" + path
}
