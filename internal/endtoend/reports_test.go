package endtoend

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/heedsms/heed/internal/lambdatest"
	"github.com/heedsms/heed/internal/localdb"
)

// get is the event of a GET at a function URL.
func get(path, token string) []byte {
	authorization := ""
	if token != "" {
		authorization = fmt.Sprintf(`"authorization":"Bearer %s"`, token)
	}
	return fmt.Appendf(nil, `{"version":"2.0","rawPath":%q,"rawQueryString":"","headers":{%s},
		"requestContext":{"requestId":"r-1","domainName":"x.lambda-url.us-east-1.on.aws","stage":"$default","http":{"method":"GET","sourceIp":"203.0.113.7"}}}`, path, authorization)
}

// The deployed function answers what it is asked over HTTP, whole or as a stream, and nobody who is not known.
func TestReportsOverHTTP(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	sum := sha256.Sum256([]byte("a long secret"))
	for _, stream := range []string{"false", "true"} {
		f := s.start("reports", s.dbURL, 30*time.Second, "HEED_REPORTS_AUTH=token", "HEED_REPORTS_TOKEN_SHA256="+hex.EncodeToString(sum[:]), "HEED_REPORTS_STREAM="+stream)
		for _, x := range []struct {
			path, token string
			status      int
			holds       string
		}{
			{"/v1/consent/+14255550101", "a long secret", 200, "no_record"},
			{"/v1/reports/delivery", "a long secret", 200, `"rows": [`},
			{"/v1/reports/inbound", "a long secret", 200, `"rows": [`},
			{"/v1/reports", "a short secret", 401, "application/problem+json"},
			{"/healthz", "", 200, "ok"},
			{"/", "a long secret", 200, "text/html"},
			{"/", "", 401, `<form method="post" action="/login">`},
		} {
			got, err := f.Invoke(context.Background(), get(x.path, x.token))
			if err != nil {
				t.Fatal(err)
			}
			var answer struct {
				StatusCode int               `json:"statusCode"`
				Headers    map[string]string `json:"headers"`
				Body       string            `json:"body"`
			}
			prelude, body, streamed := strings.Cut(string(got), strings.Repeat("\x00", 8))
			if err := json.Unmarshal([]byte(prelude), &answer); err != nil {
				t.Fatalf("%v: %s", err, got)
			}
			if streamed != (stream == "true") {
				t.Errorf("%s: a stream is %t, and %s was asked for", x.path, streamed, stream)
			}
			if words := fmt.Sprint(answer.Headers, answer.Body, body); answer.StatusCode != x.status || !strings.Contains(words, x.holds) {
				t.Errorf("%s: %d %s, want %d and %s", x.path, answer.StatusCode, words, x.status, x.holds)
			}
		}
	}
	if log := s.logs.String(); strings.Contains(log, "4255550101") || strings.Contains(log, "secret") || !strings.Contains(log, `"route":"/v1/consent/{e164}"`) {
		t.Errorf("the log says\n%s", log)
	}
}

// With a user that docs/setup.md makes for it, which may read and nothing else, everything that reads answers, and what
// would write does not.
func TestReportsByAUserThatMayOnlyRead(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := newStage(t)
	role := localdb.TempName()
	setup, err := os.ReadFile(filepath.Join("..", "..", "docs", "setup.md"))
	must(t, err)
	made := regexp.MustCompile("(?s)```sql\n(CREATE ROLE heed_reports .*?)```").FindSubmatch(setup)
	if made == nil {
		t.Fatal("docs/setup.md does not make heed_reports")
	}
	_, err = s.db.Exec(ctx, strings.NewReplacer("heed_reports", role, "'…'", "'test'").Replace(string(made[1])))
	must(t, err)
	t.Cleanup(func() {
		_, err := s.db.Exec(ctx, `DROP OWNED BY `+role+`; DROP ROLE `+role)
		must(t, err)
	})
	var key bool // by which forgotten people are found again
	must(t, s.db.QueryRow(ctx, `SELECT has_table_privilege($1, 'heed.pseudonym_key', 'SELECT')`, role).Scan(&key))
	if key {
		t.Error("who may only read reports may read the key of the pseudonyms")
	}
	address, err := url.Parse(s.dbURL)
	must(t, err)
	address.User = url.UserPassword(role, "test")
	sum := sha256.Sum256([]byte("a long secret"))
	f := s.start("reports", address.String(), 30*time.Second, "HEED_REPORTS_AUTH=token", "HEED_REPORTS_TOKEN_SHA256="+hex.EncodeToString(sum[:]), "HEED_REPORTS_WRITE=true")
	for path, want := range map[string]int{
		"/": 200, "/healthz": 200, "/v1/consent/+14255550101": 200, "/v1/contacts/+14255550101/timeline": 200, "/v1/messages/m-1": 404, "/v1/review": 200,
		"/v1/reports/delivery": 200, "/v1/reports/failures": 200, "/v1/reports/inbound": 200, "/v1/reports/cost": 200,
	} {
		got, err := f.Invoke(ctx, get(path, "a long secret"))
		must(t, err)
		if !strings.Contains(string(got), fmt.Sprintf(`"statusCode":%d`, want)) {
			t.Errorf("%s: %s, want %d\n%s", path, got, want, s.logs.String())
		}
	}
	put := strings.Replace(string(get("/v1/consent/+14255550101", "a long secret")), `"method":"GET"`, `"method":"PUT"`, 1)
	put = strings.Replace(put, `"headers":{`, `"body":"{\"program\":\"alerts\",\"state\":\"opted_out\",\"reason\":\"asked\"}","headers":{"content-type":"application/json",`, 1)
	if got, err := f.Invoke(ctx, []byte(put)); err != nil || !strings.Contains(string(got), `"statusCode":5`) {
		t.Errorf("a write: %s %v", got, err)
	}
	var events int
	must(t, s.db.QueryRow(ctx, `SELECT count(*) FROM heed.consent_event`).Scan(&events))
	if events != 0 {
		t.Errorf("%d events were written", events)
	}
}

// Without a word on who may ask it does not start, and says what to set.
func TestReportsNeedWhoMayAsk(t *testing.T) {
	t.Parallel()
	var log lockedBuffer
	f, err := lambdatest.Start(context.Background(), lambdatest.Config{
		Binary: binary(t, "reports"), Env: []string{"DATABASE_URL=postgres://nobody@localhost/x"}, Stdout: &log, Stderr: &log,
	})
	if err == nil {
		_ = f.Close()
		t.Fatal("it started")
	}
	if !strings.Contains(log.String(), "HEED_REPORTS_AUTH is not set") {
		t.Errorf("it says %v\n%s", err, log.String())
	}
}
