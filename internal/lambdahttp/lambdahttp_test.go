package lambdahttp_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"github.com/heedsms/heed/internal/lambdahttp"
)

// urlEvent is the event of a function URL in AWS's documentation (urls-invocation), with a name for each part that tests
// change.
const urlEvent = `{
  "version": "2.0", "routeKey": "$default", "rawPath": %q, "rawQueryString": %q,
  "cookies": ["cookie1=a", "cookie2=b"],
  "headers": {"host": "abcdefg.lambda-url.us-east-1.on.aws", "accept": "text/csv, application/json", "content-type": "application/json"},
  "queryStringParameters": {"ignored": "since rawQueryString says it"},
  "requestContext": {
    "accountId": "anonymous", "apiId": "abcdefg", "domainName": "abcdefg.lambda-url.us-east-1.on.aws", "domainPrefix": "abcdefg",
    "authorizer": {"iam": {"accessKey": "AKIA", "accountId": "111122223333", "callerId": "AIDA", "userArn": "arn:aws:iam::111122223333:user/zoe", "userId": "AIDA"}},
    "http": {"method": %q, "path": "/", "protocol": "HTTP/1.1", "sourceIp": "203.0.113.7", "userAgent": "curl"},
    "requestId": "e1506fd5-9e7b-434f-bd42-4f8fa224b599", "routeKey": "$default", "stage": %q, "time": "12/Mar/2020:19:03:58 +0000", "timeEpoch": 1583348638390
  },
  "body": %q, "isBase64Encoded": %t
}`

func event(path, query, method, stage, body string, encoded bool) json.RawMessage {
	return fmt.Appendf(nil, urlEvent, path, query, method, stage, body, encoded)
}

// What AWS hands over is the request that was made.
func TestRequest(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		sentence string
		event    json.RawMessage
		want     string
	}{
		{"as it was sent", event("/v1/contacts/%2B14255550101/timeline", "limit=2&since=a%20b", "GET", "$default", "", false), "GET /v1/contacts/+14255550101/timeline ? limit=2&since=a%20b : "},
		{"a slash in a part of the path", event("/v1/messages/a%2Fb", "", "GET", "$default", "", false), "GET /v1/messages/a/b (/v1/messages/a%2Fb) ?  : "},
		{"a path that was read already", event("/v1/contacts/+14255550101/timeline", "", "GET", "$default", "", false), "GET /v1/contacts/+14255550101/timeline ?  : "},
		{"a path that cannot be read", event("/v1/100%", "", "GET", "$default", "", false), "GET /v1/100% ?  : "},
		{"a stage in front of the path", event("/prod/v1/review", "", "GET", "prod", "", false), "GET /v1/review ?  : "},
		{"the stage alone", event("/prod", "", "GET", "prod", "", false), "GET / ?  : "},
		{"a path that begins like the stage", event("/product", "", "GET", "prod", "", false), "GET /product ?  : "},
		{"a body", event("/", "", "PUT", "$default", `{"a":1}`, false), `PUT / ?  : {"a":1}`},
		{"a body in base64", event("/", "", "PUT", "$default", base64.StdEncoding.EncodeToString([]byte("\x00\xff")), true), "PUT / ?  : \x00\xff"},
	} {
		var got string
		handler := lambdahttp.Handler{HTTP: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			escaped := ""
			if r.URL.RawPath != "" && strings.Contains(r.URL.RawPath, "%2F") {
				escaped = " (" + r.URL.EscapedPath() + ")"
			}
			got = fmt.Sprintf("%s %s%s ? %s : %s", r.Method, r.URL.Path, escaped, r.URL.RawQuery, body)
			caller, ok := lambdahttp.CallerOf(r.Context())
			if !ok || caller.RequestID == "" || caller.IAM.UserARN != "arn:aws:iam::111122223333:user/zoe" || caller.JWT != nil {
				t.Errorf("%s: AWS says it is %+v", x.sentence, caller)
			}
			if c, err := r.Cookie("cookie2"); err != nil || c.Value != "b" || r.Host != "abcdefg.lambda-url.us-east-1.on.aws" || r.Header.Get("Accept") != "text/csv, application/json" || r.RemoteAddr != "203.0.113.7" {
				t.Errorf("%s: %v %s %v", x.sentence, err, r.Host, r.Header)
			}
		})}
		if _, err := handler.Invoke(context.Background(), x.event); err != nil || got != x.want {
			t.Errorf("%s:\n%s\nwant\n%s (%v)", x.sentence, got, x.want, err)
		}
	}
}

// What is no request is an error, not a request for "/".
func TestNoRequest(t *testing.T) {
	t.Parallel()
	handler := lambdahttp.Handler{HTTP: http.NotFoundHandler()}
	for _, e := range []string{`{}`, `null`, `[]`, `{"Records":[]}`, `{"version":"1.0","httpMethod":"GET","path":"/"}`, string(event("/", "", "PUT", "$default", "%", true))} {
		if got, err := handler.Invoke(context.Background(), json.RawMessage(e)); err == nil {
			t.Errorf("%s: %v", e, got)
		}
	}
	if _, ok := lambdahttp.CallerOf(context.Background()); ok {
		t.Error("a request that did not come through Lambda has a caller")
	}
}

// An answer goes back in the form that AWS takes.
func TestAnswer(t *testing.T) {
	t.Parallel()
	big := strings.Repeat("\"", 2<<20)
	for _, x := range []struct {
		sentence, method string
		handler          http.HandlerFunc
		want             string
	}{
		{
			"a text, with headers of several lines, and cookies", "GET",
			func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Add("Vary", "Accept")
				w.Header().Add("Vary", "Origin")
				http.SetCookie(w, &http.Cookie{Name: "a", Value: "1"})
				http.SetCookie(w, &http.Cookie{Name: "b", Value: "2"})
				w.WriteHeader(http.StatusTeapot)
				w.Header().Set("Late", "yes")
				_, _ = io.WriteString(w, "short “and” stout")
			},
			`{"statusCode":418,"headers":{"Vary":"Accept, Origin"},"cookies":["a=1","b=2"],"body":"short “and” stout","isBase64Encoded":false}`,
		},
		{"nothing at all", "GET", func(http.ResponseWriter, *http.Request) {}, `{"statusCode":200,"headers":{},"body":"","isBase64Encoded":false}`},
		{"to HEAD no body", "HEAD", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "x") }, `{"statusCode":200,"headers":{},"body":"","isBase64Encoded":false}`},
		{"bytes", "GET", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte{0xff}) }, `{"statusCode":200,"headers":{},"body":"/w==","isBase64Encoded":true}`},
		{
			"a text that would be longer escaped", "GET", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, big) },
			`{"statusCode":200,"headers":{},"body":"` + base64.StdEncoding.EncodeToString([]byte(big)) + `","isBase64Encoded":true}`,
		},
		{
			"too much", "GET", func(w http.ResponseWriter, _ *http.Request) {
				for range 3 {
					if _, err := io.WriteString(w, big); err != nil {
						return
					}
				}
				t.Error("the handler could go on")
			}, `{"statusCode":413,"headers":{},"body":"too much","isBase64Encoded":false}`,
		},
	} {
		handler := lambdahttp.Handler{HTTP: x.handler, TooLarge: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
			_, _ = io.WriteString(w, "too much")
		})}
		got, err := handler.Invoke(context.Background(), event("/", "", x.method, "$default", "", false))
		if err != nil {
			t.Fatal(err)
		}
		var written bytes.Buffer
		encoder := json.NewEncoder(&written)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(x.want, strings.TrimSpace(written.String())); diff != "" {
			t.Errorf("%s: %.300s", x.sentence, diff)
		}
		if written.Len() > 6_291_556 {
			t.Errorf("%s: %d bytes, which Lambda does not hand over", x.sentence, written.Len())
		}
	}
}

// A stream is read while it is made, and one that breaks off does not end well.
func TestStream(t *testing.T) {
	t.Parallel()
	goOn := make(chan struct{})
	handler := lambdahttp.Handler{Stream: true, HTTP: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/csv")
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "1"})
		_, _ = io.WriteString(w, "first")
		<-goOn
		_, _ = io.WriteString(w, ", second")
		if r.URL.Path == "/breaks" {
			panic(http.ErrAbortHandler)
		}
	})}
	begin := func(path, method string) *events.LambdaFunctionURLStreamingResponse {
		got, err := handler.Invoke(context.Background(), event(path, "", method, "$default", "", false))
		if err != nil {
			t.Fatal(err)
		}
		return got.(*events.LambdaFunctionURLStreamingResponse)
	}
	whole := begin("/", "GET")
	first := make([]byte, len("first"))
	if _, err := io.ReadFull(whole.Body, first); err != nil || string(first) != "first" {
		t.Fatalf("%q %v", first, err)
	}
	close(goOn)
	rest, err := io.ReadAll(whole.Body)
	if err != nil || string(rest) != ", second" || whole.StatusCode != http.StatusOK || whole.Headers["Content-Type"] != "text/csv" || len(whole.Cookies) != 1 {
		t.Errorf("%q %v %+v", rest, err, whole)
	}
	if _, err := io.ReadAll(begin("/breaks", "GET").Body); err == nil {
		t.Error("an answer that broke off ended well")
	}
	if body, err := io.ReadAll(begin("/", "HEAD").Body); err != nil || len(body) > 0 {
		t.Errorf("to HEAD: %q %v", body, err)
	}
	buffered := lambdahttp.Handler{HTTP: handler.HTTP}
	if got, err := buffered.Invoke(context.Background(), event("/breaks", "", "GET", "$default", "", false)); err == nil {
		t.Errorf("an answer that broke off: %v", got)
	}
}
