package cloud_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/heedsms/heed/internal/cloud"
)

// s3 is S3 as far as a signed GET goes: it works the signature out from what came over the wire, by the published
// rules (SigV4, with the path taken as it was sent), and refuses where it differs.
type s3 struct {
	objects map[string]string // by bucket/key
	status  int
}

func (s *s3) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, _, _ := strings.Cut(r.RequestURI, "?")
	if got, want := signatureOf(r), sign(r, path); got != want {
		http.Error(w, "SignatureDoesNotMatch for "+path, http.StatusForbidden)
		return
	}
	if s.status != 0 {
		http.Error(w, "<Key>secret-key</Key>", s.status)
		return
	}
	name, err := url.PathUnescape(strings.TrimPrefix(path, "/"))
	body, ok := s.objects[name]
	// A plus in a path is a plus here, and a space to many clients: S3 wants it escaped.
	if err != nil || !ok || strings.ContainsAny(path, "+ ") {
		http.Error(w, "NoSuchKey", http.StatusNotFound)
		return
	}
	_, _ = io.WriteString(w, body)
}

func signatureOf(r *http.Request) string {
	_, signature, _ := strings.Cut(r.Header.Get("Authorization"), "Signature=")
	return signature
}

// sign is the signature that a request must have.
func sign(r *http.Request, path string) string {
	scope, names := "", ""
	for part := range strings.SplitSeq(strings.TrimPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 "), ", ") {
		if v, ok := strings.CutPrefix(part, "Credential=AKIDEXAMPLE/"); ok {
			scope = v
		}
		if v, ok := strings.CutPrefix(part, "SignedHeaders="); ok {
			names = v
		}
	}
	var headers strings.Builder
	for name := range strings.SplitSeq(names, ";") {
		value := r.Header.Get(name)
		if name == "host" {
			value = r.Host
		}
		fmt.Fprintf(&headers, "%s:%s\n", name, strings.TrimSpace(value))
	}
	request := strings.Join([]string{r.Method, path, "", headers.String(), names, r.Header.Get("X-Amz-Content-Sha256")}, "\n")
	text := strings.Join([]string{"AWS4-HMAC-SHA256", r.Header.Get("X-Amz-Date"), scope, hexSum(request)}, "\n")
	key := []byte("AWS4" + secretKey)
	for part := range strings.SplitSeq(scope, "/") {
		key = mac(key, part)
	}
	return hex.EncodeToString(mac(key, text))
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func hexSum(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

var signedAt = func() time.Time { return time.Date(2026, 11, 20, 18, 0, 0, 0, time.UTC) }

// Keys of every make are asked for as S3 knows them, signed so that S3 agrees.
func TestObjects(t *testing.T) {
	keys := []string{
		"plain.json", "in/2026/11/20/part-1.gz", "in/rcs/m-0001#photo.jpg", "with space.json", "a+b.json", "100%.json", "a&b=c?d.json",
		"café/✓.json", "😀", "~tilde_-.json", "paren(s)!*'.json", "a:b@c;d,e", "two//slashes", "dots/../up", "%2F", "+",
	}
	server := &s3{objects: map[string]string{}}
	for _, key := range keys {
		server.objects["archive/"+key] = "body of " + key
	}
	address := httptest.NewServer(server)
	defer address.Close()
	for name, variables := range map[string]map[string]string{
		"its own endpoint":           {"AWS_ENDPOINT_URL_S3": address.URL},
		"its own, with a slash":      {"AWS_ENDPOINT_URL_S3": address.URL + "/"},
		"the endpoint of all":        {"AWS_ENDPOINT_URL": address.URL},
		"its own is the nearer one":  {"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_ENDPOINT_URL_S3": address.URL},
		"without a session's token":  {"AWS_ENDPOINT_URL_S3": address.URL, "AWS_SESSION_TOKEN": ""},
		"another region's signature": {"AWS_ENDPOINT_URL_S3": address.URL, "AWS_REGION": "us-east-1"},
	} {
		objects := cloud.NewObjects(environment(t, variables), signedAt)
		for _, key := range keys {
			body, err := objects.Open(t.Context(), "archive", key)
			if err != nil {
				t.Errorf("%s: %q: %v", name, key, err)
				continue
			}
			got, err := io.ReadAll(body)
			_ = body.Close()
			if err != nil || string(got) != "body of "+key {
				t.Errorf("%s: %q: %q %v", name, key, got, err)
			}
		}
	}
}

// What is not there, or not allowed, is an error, and it does not quote what S3 wrote.
func TestObjectsRefused(t *testing.T) {
	server := &s3{objects: map[string]string{}}
	address := httptest.NewServer(server)
	defer address.Close()
	objects := cloud.NewObjects(environment(t, map[string]string{"AWS_ENDPOINT_URL_S3": address.URL}), signedAt)
	for _, status := range []int{0, 301, 403, 404, 500, 503} {
		server.status = status
		body, err := objects.Open(t.Context(), "archive", "gone")
		if err == nil {
			_ = body.Close()
		}
		if err == nil || strings.Contains(err.Error(), "secret-key") {
			t.Errorf("%d: %v", status, err)
		}
	}
	wrong := cloud.NewObjects(environment(t, map[string]string{"AWS_ENDPOINT_URL_S3": address.URL, "AWS_SECRET_ACCESS_KEY": "another"}), signedAt)
	server.status, server.objects["archive/here"] = 0, "x"
	if _, err := wrong.Open(t.Context(), "archive", "here"); err == nil || !strings.Contains(err.Error(), "403") {
		t.Errorf("the double takes any signature: %v", err)
	}
}
