// Package neighbours stands in for the AWS services next to SMS Voice that heed's command line calls: CloudFormation,
// IAM, S3, SNS, SQS, STS. It serves them over HTTP as the SDK speaks to them, as far as heed asks, and keeps what they
// hold in memory. It is for tests and for heed dev; nothing deployed imports it.
package neighbours

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/heedsms/heed/internal/simulator"
)

// Options are the settings of an [AWS]. The zero value is an account in us-east-1.
type Options struct {
	// Region and AccountID are in ARNs. Empty means us-east-1 and 111122223333.
	Region, AccountID string
	// Now is the clock. Nil means time.Now.
	Now func() time.Time
}

// AWS is the account. All methods may be called from several goroutines.
type AWS struct {
	options  Options
	services map[string]http.HandlerFunc // by the name in the scope of a signature
	double   *simulator.Simulator        // whose queues these are

	mu     sync.Mutex                   // guards everything below
	serial int                          // of subscriptions
	stacks map[string]map[string]string // outputs by name, by stack
	queues map[string]*queue
	topics map[string]*topic // by ARN
	caller string            // ARN; "" is nobody
	denied map[string]bool   // by principal and action
	roles  map[string]string // ARNs, by name
	// buckets are the objects of S3 by key, by bucket.
	buckets map[string]map[string][]byte
}

// New makes an account that holds nothing.
func New(options Options) *AWS {
	if options.Region == "" {
		options.Region = "us-east-1"
	}
	if options.AccountID == "" {
		options.AccountID = "111122223333"
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	a := &AWS{
		double:  simulator.New(simulator.Options{Region: options.Region, AccountID: options.AccountID, Now: options.Now}),
		options: options, stacks: map[string]map[string]string{}, queues: map[string]*queue{}, topics: map[string]*topic{},
		caller: fmt.Sprintf("arn:aws:iam::%s:user/operator", options.AccountID), denied: map[string]bool{}, roles: map[string]string{},
		buckets: map[string]map[string][]byte{},
	}
	a.services = map[string]http.HandlerFunc{"cloudformation": a.cloudFormation, "iam": a.iam, "s3": a.s3, "sns": a.sns, "sqs": a.sqs, "sts": a.sts}
	return a
}

// ServeHTTP serves all services at one address: which one is meant stands in the request's signature, as
// AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request. Signatures are not checked. Point clients at it with
// AWS_ENDPOINT_URL.
func (a *AWS) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	service := serviceOf(r)
	serve, ok := a.services[service]
	if !ok {
		http.Error(w, fmt.Sprintf("there is no stand-in for the service %q", service), http.StatusNotImplemented)
		return
	}
	serve(w, r)
}

func serviceOf(r *http.Request) string {
	_, credential, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
	credential, _, _ = strings.Cut(credential, ",")
	if parts := strings.Split(credential, "/"); len(parts) == 5 {
		return parts[3]
	}
	return ""
}

// arn names something of the account.
func (a *AWS) arn(service, resource string) string {
	return fmt.Sprintf("arn:aws:%s:%s:%s:%s", service, a.options.Region, a.options.AccountID, resource)
}
