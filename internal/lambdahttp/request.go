// Package lambdahttp lets an [http.Handler] answer what AWS Lambda is called with over HTTP: by a function URL or by an
// HTTP API of API Gateway. Both speak payload format 2.0.
package lambdahttp

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// event is the least of payload format 2.0 that makes a request.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
type event struct {
	Version        string            `json:"version"`
	RawPath        string            `json:"rawPath"`
	RawQueryString string            `json:"rawQueryString"`
	Cookies        []string          `json:"cookies"`
	Headers        map[string]string `json:"headers"`
	Body           string            `json:"body"`
	IsBase64       bool              `json:"isBase64Encoded"`
	Context        struct {
		RequestID  string `json:"requestId"`
		DomainName string `json:"domainName"`
		Stage      string `json:"stage"`
		Authorizer struct {
			IAM *IAM `json:"iam"`
			JWT *JWT `json:"jwt"`
		} `json:"authorizer"`
		HTTP struct {
			Method   string `json:"method"`
			SourceIP string `json:"sourceIp"`
		} `json:"http"`
	} `json:"requestContext"`
}

// IAM is who signed the request, where AWS checked the signature.
type IAM struct {
	UserARN string `json:"userArn"`
}

// JWT is what the token says that a JWT authorizer of the HTTP API checked.
type JWT struct {
	Claims map[string]any `json:"claims"`
	// Scopes are those of the route that the token has.
	Scopes []string `json:"scopes"`
}

// Caller is what AWS says of who calls. The zero value: AWS checked nobody.
type Caller struct {
	RequestID string
	IAM       *IAM
	JWT       *JWT
}

type callerKey struct{}

// CallerOf gives what AWS said of a request's caller; false where the request did not come through AWS Lambda. Nothing
// that the caller sends gets in here.
func CallerOf(ctx context.Context) (Caller, bool) {
	c, ok := ctx.Value(callerKey{}).(Caller)
	return c, ok
}

// errNoHTTP says that the function was called by something else.
var errNoHTTP = errors.New("the event is no HTTP request of payload format 2.0: call the function by its URL or by an HTTP API")

// read makes the request of an event.
func read(ctx context.Context, payload []byte) (*http.Request, error) {
	var e event
	if err := json.Unmarshal(payload, &e); err != nil || e.Version != "2.0" || e.Context.HTTP.Method == "" {
		return nil, errNoHTTP
	}
	body := []byte(e.Body)
	if e.IsBase64 {
		var err error
		if body, err = base64.StdEncoding.DecodeString(e.Body); err != nil {
			return nil, errors.New("the event's body is not the base64 that it says it is")
		}
	}
	ctx = context.WithValue(ctx, callerKey{}, Caller{RequestID: e.Context.RequestID, IAM: e.Context.Authorizer.IAM, JWT: e.Context.Authorizer.JWT})
	r, err := http.NewRequestWithContext(ctx, e.Context.HTTP.Method, "/", strings.NewReader(string(body)))
	if err != nil {
		return nil, fmt.Errorf("the event's request: %w", err)
	}
	r.URL, r.Host, r.RemoteAddr = e.url(), e.Context.DomainName, e.Context.HTTP.SourceIP
	r.RequestURI = r.URL.RequestURI()
	for name, value := range e.Headers {
		r.Header.Set(name, value)
	}
	if host := r.Header.Get("Host"); host != "" {
		r.Host = host
		r.Header.Del("Host")
	}
	if len(e.Cookies) > 0 {
		r.Header.Set("Cookie", strings.Join(e.Cookies, "; "))
	}
	return r, nil
}

// url is the address asked for. A function URL hands the path over as it was sent, an HTTP API with its %XX read: what
// cannot be read is what it is. An HTTP API puts the name of its stage in front, unless that is $default.
func (e *event) url() *url.URL {
	raw := e.RawPath
	if stage := "/" + e.Context.Stage; stage != "/" && stage != "/$default" {
		if rest, ok := strings.CutPrefix(raw, stage); ok && (rest == "" || rest[0] == '/') {
			raw = rest
		}
	}
	if !strings.HasPrefix(raw, "/") {
		raw = "/" + raw
	}
	u := &url.URL{Scheme: "https", Host: e.Context.DomainName, Path: raw, RawQuery: e.RawQueryString}
	if path, err := url.PathUnescape(raw); err == nil {
		u.Path, u.RawPath = path, raw
	}
	return u
}
