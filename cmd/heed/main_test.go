package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/heedsms/heed/internal/localdb/dbtest"
	heedsql "github.com/heedsms/heed/sql"
)

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
		return
	}
	dbtest.Main(m, func(ctx context.Context, url string) error {
		_, err := heedsql.Migrate(ctx, url)
		return err
	})
}

// heed runs a command line.
func heed(t *testing.T, in string, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(context.Background(), args, terminal{strings.NewReader(in), &o, &e})
	return code, o.String(), e.String()
}

// The demo is the main job as a newcomer sees it: it has to end well.
func TestDemo(t *testing.T) {
	dbtest.Server(t) // skips where there is no Postgres
	code, out, errs := heed(t, "", "demo")
	if code != 0 || strings.Contains(out, "✗") || !strings.Contains(out, "All as promised") {
		t.Errorf("exit %d\n%s\n%s", code, out, errs)
	}
}

// Each row: what is asked, on standard input or as arguments, and what comes back.
func TestClassify(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sentence, in string
		args         []string
		code         int
		want         []string // verdict and reason of each line
		rule         string
	}{
		{"JSON lines", "{\"text\": \"STOP\"}\n\n{\"text\": \"hello\"}\n", nil, 0, []string{"opt_out opt_out_word", "none no_match"}, ""},
		{"a line that cannot be read does not stop the others", "{\"text\": \"STOP\"}\nnonsense\n{\"text\": \"HELP\"}\n", nil, 1, []string{"opt_out opt_out_word", "help help_word"}, ""},
		{"texts as arguments", "", []string{"start", "Stop by tomorrow"}, 0, []string{"opt_in opt_in_word", "none no_match"}, ""},
		{"an operator's file", `{"text": "JOIN spring", "identity": "+12065550100"}`, []string{"--file", "demo.yaml"}, 0, []string{"opt_in rule"}, "acme-alerts/keywords[0]"},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			t.Parallel()
			code, out, errs := heed(t, c.in, append([]string{"classify"}, c.args...)...)
			if code != c.code {
				t.Errorf("exit %d, want %d: %s", code, c.code, errs)
			}
			lines := strings.Split(strings.TrimSpace(out), "\n")
			if len(lines) != len(c.want) {
				t.Fatalf("%d lines, want %d: %s", len(lines), len(c.want), out)
			}
			for i, line := range lines {
				var a answer
				if err := json.Unmarshal([]byte(line), &a); err != nil {
					t.Fatal(err)
				}
				if got := a.Verdict + " " + a.Reason; got != c.want[i] || a.Rule != c.rule {
					t.Errorf("%s by %q, want %s by %q", got, a.Rule, c.want[i], c.rule)
				}
			}
		})
	}
}

// Exit codes: 0 done, 1 faults were found, 2 wrong use.
func TestExitCodes(t *testing.T) {
	t.Setenv("DATABASE_URL", "")
	bad := filepath.Join(t.TempDir(), "heed.yaml")
	if err := os.WriteFile(bad, []byte("version: 1\nprograms:\n  a:\n    identitys: []\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		sentence string
		args     []string
		code     int
		says     string
	}{
		{"help", []string{"--help"}, 0, "Usage: heed"},
		{"a sound file", []string{"check", "demo.yaml"}, 0, "demo.yaml"},
		{"a file with errors says where", []string{"check", bad}, 1, "heed.yaml:4"},
		{"as JSON", []string{"check", "--json", bad}, 1, `"severity":"error"`},
		{"a file with errors is not applied", []string{"apply", "--local", bad}, 1, "heed.yaml:4"},
		{"no file", []string{"check", "nowhere.yaml"}, 2, "nowhere.yaml"},
		{"an unknown command", []string{"frobnicate"}, 2, "heed --help"},
		{"no database", []string{"migrate"}, 2, "set DATABASE_URL"},
		{"apply has nobody to ask", []string{"apply", "demo.yaml"}, 2, "--yes"},
	} {
		code, out, errs := heed(t, "", c.args...)
		if code != c.code || !strings.Contains(out+errs, c.says) {
			t.Errorf("%s: exit %d, want %d with %q\n%s%s", c.sentence, code, c.code, c.says, out, errs)
		}
	}
}

// migrate and apply --local, twice: the second time there is nothing to do.
func TestMigrateAndApply(t *testing.T) {
	server := dbtest.Server(t)
	name := "heed_tmp_cli"
	url, err := server.CreateDatabase(context.Background(), name, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.DropDatabase(context.Background(), name) })
	t.Setenv("DATABASE_URL", url)
	for _, step := range []struct {
		args []string
		says string
	}{
		{[]string{"migrate"}, "applied 00001_tables.sql"},
		{[]string{"migrate"}, "up to date"},
		{[]string{"apply", "--local", "demo.yaml"}, "version 1 is in force"},
		{[]string{"apply", "--local", "demo.yaml"}, "nothing to do"},
	} {
		code, out, errs := heed(t, "", step.args...)
		if code != 0 || !strings.Contains(out, step.says) {
			t.Errorf("heed %v: exit %d, want %q\n%s%s", step.args, code, step.says, out, errs)
		}
	}
}

// simulate serves the API, lets people text, and ends when it is interrupted.
func TestSimulate(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	var out bytes.Buffer
	errs := make(chan string, 10)
	done := make(chan int)
	go func() {
		done <- run(ctx, []string{"simulate", "--listen", "127.0.0.1:0"}, terminal{nil, &out, lines(errs)})
	}()
	address := strings.Fields(<-errs)[5]
	base := strings.TrimSuffix(address, ",")
	response, err := http.Post(base+"/people/+14255550101/messages", "application/json", strings.NewReader(`{"to": "+12065550100", "body": "STOP"}`))
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%v %v", response, err)
	}
	_ = response.Body.Close()
	var notice struct{ SigningCertURL string }
	if err := json.Unmarshal(out.Bytes(), &notice); err != nil {
		t.Fatal(err)
	}
	certificate, err := http.Get(notice.SigningCertURL)
	if err != nil || certificate.StatusCode != http.StatusOK {
		t.Errorf("the certificate at %s: %v %v", notice.SigningCertURL, certificate, err)
	} else {
		_ = certificate.Body.Close()
	}
	stop()
	select {
	case code := <-done:
		if code != 0 || !strings.Contains(out.String(), `\"messageBody\":\"STOP\"`) {
			t.Errorf("exit %d, published %s", code, out.String())
		}
	case <-time.After(10 * time.Second):
		t.Fatal("it did not end")
	}
}

// With --data the next start has what the last one made: the same ids, and its numbers as they were changed.
func TestSimulateKeepsData(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "double")
	var told []string
	for range 2 {
		ctx, stop := context.WithCancel(t.Context())
		errs, done := make(chan string, 10), make(chan int)
		go func() {
			done <- run(ctx, []string{"simulate", "--listen", "127.0.0.1:0", "--data", data}, terminal{nil, io.Discard, lines(errs)})
		}()
		base := strings.TrimSuffix(strings.Fields(<-errs)[5], ",")
		call := func(operation, input string) string {
			r, err := http.NewRequestWithContext(ctx, http.MethodPost, base, strings.NewReader(input))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("X-Amz-Target", "PinpointSMSVoiceV2."+operation)
			answer, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = answer.Body.Close() }()
			body, err := io.ReadAll(answer.Body)
			if err != nil || answer.StatusCode != http.StatusOK {
				t.Errorf("%s: %s %v %s", operation, answer.Status, err, body)
			}
			return string(body)
		}
		if told == nil {
			var numbers struct {
				PhoneNumbers []struct {
					ID string `json:"PhoneNumberId"`
				}
			}
			if err := json.Unmarshal([]byte(call("DescribePhoneNumbers", "{}")), &numbers); err != nil || len(numbers.PhoneNumbers) != 1 {
				t.Fatal(numbers, err)
			}
			call("UpdatePhoneNumber", `{"PhoneNumberId": "`+numbers.PhoneNumbers[0].ID+`", "DeletionProtectionEnabled": true}`)
			call("CreatePool", `{"OriginationIdentity": "`+numbers.PhoneNumbers[0].ID+`", "IsoCountryCode": "US", "MessageType": "TRANSACTIONAL"}`)
			call("SendTextMessage", `{"DestinationPhoneNumber": "+14255550101", "MessageBody": "hello"}`)
		}
		phone, err := http.Get(base + "/people/+14255550101/messages")
		if err != nil {
			t.Fatal(err)
		}
		messages, err := io.ReadAll(phone.Body)
		_ = phone.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		told = append(told, call("DescribePhoneNumbers", "{}")+call("DescribePools", "{}")+string(messages))
		if code, _, says := heed(t, "", "simulate", "--listen", "127.0.0.1:0", "--data", data); code == 0 || !strings.Contains(says, "another process has it") {
			t.Errorf("a second one at once: exit %d, %s", code, says)
		}
		stop()
		if code := <-done; code != 0 {
			t.Errorf("exit %d", code)
		}
	}
	if told[0] != told[1] || !strings.Contains(told[0], `"Body":"hello"`) || !strings.Contains(told[0], `"PoolId":"pool-`) {
		t.Errorf("before:\n%s\nafter:\n%s", told[0], told[1])
	}
}

// lines is a writer that hands on each write.
type lines chan string

func (l lines) Write(p []byte) (int, error) {
	l <- string(p)
	return len(p), nil
}
