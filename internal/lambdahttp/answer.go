package lambdahttp

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"
)

const (
	// MaxBuffered is how many bytes an answer that does not stream may have. Lambda hands over 6 MB, and base64 takes a
	// third more.
	MaxBuffered = 4_500_000
	// Up to here a text goes as it is: escaped as JSON it has at most six times as many bytes.
	plainText = 1 << 20
)

// errTooLarge ends a handler whose answer Lambda would not hand over.
var errTooLarge = errors.New("the answer is larger than Lambda hands over at once")

// answer is payload format 2.0 of what goes back.
type answer struct {
	StatusCode int               `json:"statusCode"`
	Headers    map[string]string `json:"headers"`
	Cookies    []string          `json:"cookies,omitempty"`
	Body       string            `json:"body"`
	IsBase64   bool              `json:"isBase64Encoded"`
}

// Handler answers events by an [http.Handler].
type Handler struct {
	HTTP http.Handler
	// TooLarge answers instead where the answer has more than MaxBuffered bytes.
	TooLarge http.Handler
	// Stream sends the answer while it is made. The function URL has to be set up for it (InvokeMode: RESPONSE_STREAM);
	// an HTTP API cannot.
	Stream bool
}

// Invoke is what Lambda calls, by [lambda.Start].
func (h *Handler) Invoke(ctx context.Context, payload json.RawMessage) (any, error) {
	r, err := read(ctx, payload)
	if err != nil {
		return nil, err
	}
	if h.Stream {
		return h.stream(r), nil
	}
	w := &buffer{header: http.Header{}, most: MaxBuffered}
	if aborted := serve(h.HTTP, w, r); w.over {
		w = &buffer{header: http.Header{}, most: MaxBuffered}
		h.TooLarge.ServeHTTP(w, r)
	} else if aborted {
		return nil, errAborted
	}
	return w.answer(r.Method == http.MethodHead), nil
}

// errAborted tells Lambda that an answer broke off after it had begun.
var errAborted = errors.New("the answer broke off")

// serve says whether the handler broke its answer off, as net/http lets it.
func serve(h http.Handler, w http.ResponseWriter, r *http.Request) (aborted bool) {
	defer func() {
		if p := recover(); p == http.ErrAbortHandler { //nolint:errorlint // a panic's value is compared, as net/http does
			aborted = true
		} else if p != nil {
			panic(p)
		}
	}()
	h.ServeHTTP(w, r)
	return false
}

// buffer keeps an answer until it is whole.
type buffer struct {
	header http.Header
	sent   http.Header
	status int
	body   bytes.Buffer
	most   int
	over   bool
}

// Header is that of the answer until WriteHeader.
func (b *buffer) Header() http.Header { return b.header }

// WriteHeader begins the answer; a second call changes nothing.
func (b *buffer) WriteHeader(status int) {
	if b.status == 0 {
		b.status, b.sent = status, b.header.Clone()
	}
}

// Write takes a piece of the body.
func (b *buffer) Write(p []byte) (int, error) {
	b.WriteHeader(http.StatusOK)
	if b.over = b.over || b.body.Len()+len(p) > b.most; b.over {
		return 0, errTooLarge
	}
	return b.body.Write(p)
}

func (b *buffer) answer(head bool) answer {
	b.WriteHeader(http.StatusOK)
	a := answer{StatusCode: b.status}
	a.Headers, a.Cookies = lines(b.sent)
	switch body := b.body.Bytes(); {
	case head:
	case len(body) <= plainText && utf8.Valid(body):
		a.Body = string(body)
	default:
		a.Body, a.IsBase64 = base64.StdEncoding.EncodeToString(body), true
	}
	return a
}

// lines are headers as the payload has them: one line a name, cookies apart.
func lines(h http.Header) (headers map[string]string, cookies []string) {
	headers = map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(h)) {
		if name == "Set-Cookie" {
			cookies = h[name]
		} else {
			headers[name] = strings.Join(h[name], ", ")
		}
	}
	return headers, cookies
}

// stream begins the answer and gives it to Lambda to be read while it is made.
func (h *Handler) stream(r *http.Request) *events.LambdaFunctionURLStreamingResponse {
	from, to := io.Pipe()
	w := &streamer{header: http.Header{}, to: to, begun: make(chan struct{}), head: r.Method == http.MethodHead}
	go func() {
		aborted := serve(h.HTTP, w, r)
		w.WriteHeader(http.StatusOK)
		if aborted {
			_ = to.CloseWithError(errAborted)
			return
		}
		_ = to.Close()
	}()
	<-w.begun
	a := &events.LambdaFunctionURLStreamingResponse{StatusCode: w.status, Body: from}
	a.Headers, a.Cookies = lines(w.sent)
	return a
}

// streamer passes an answer on while it is made.
type streamer struct {
	header http.Header
	sent   http.Header
	status int
	to     *io.PipeWriter
	begun  chan struct{}
	once   sync.Once
	head   bool
}

// Header is that of the answer until WriteHeader.
func (s *streamer) Header() http.Header { return s.header }

// WriteHeader begins the answer; a second call changes nothing.
func (s *streamer) WriteHeader(status int) {
	s.once.Do(func() {
		s.status, s.sent = status, s.header.Clone()
		close(s.begun)
	})
}

// Write takes a piece of the body.
func (s *streamer) Write(p []byte) (int, error) {
	s.WriteHeader(http.StatusOK)
	if s.head {
		return len(p), nil
	}
	return s.to.Write(p)
}
