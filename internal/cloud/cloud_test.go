package cloud_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/jackc/pgx/v5"

	"github.com/heedsms/heed/internal/cloud"
	"github.com/heedsms/heed/internal/config"
	"github.com/heedsms/heed/internal/fault"
)

// environment is that of a Lambda, with these variables beside. It rules out parallel tests: the environment is one.
func environment(t *testing.T, variables map[string]string) aws.Config {
	t.Helper()
	for _, v := range os.Environ() {
		if name, value, _ := strings.Cut(v, "="); strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, value) // put back afterwards
			_ = os.Unsetenv(name)
		}
	}
	t.Setenv("AWS_REGION", "eu-west-1")
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
	t.Setenv("AWS_SECRET_ACCESS_KEY", secretKey)
	t.Setenv("AWS_SESSION_TOKEN", "session")
	for name, value := range variables {
		t.Setenv(name, value)
	}
	cfg, err := cloud.FromEnvironment()
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

const secretKey = "example/secret+key"

// Endpoints are set as for every tool of AWS: for all services, for one, or ignored.
func TestEndpoints(t *testing.T) {
	var asked []string
	name := func(n string) *httptest.Server {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked = append(asked, n)
			if !strings.Contains(r.Header.Get("Authorization"), "Credential=AKIDEXAMPLE/") || r.Header.Get("X-Amz-Security-Token") != "session" {
				t.Errorf("%s: not signed with the environment's credentials: %v", n, r.Header)
			}
			if !strings.Contains(r.Header.Get("Authorization"), "/eu-west-1/sms-voice/") {
				t.Errorf("%s: signed for another place: %s", n, r.Header.Get("Authorization"))
			}
			_, _ = io.WriteString(w, `{"MessageId":"m"}`)
		}))
		t.Cleanup(s.Close)
		return s
	}
	all, own := name("all"), name("own")
	for _, row := range []struct {
		why, want string
		variables map[string]string
	}{
		{"one for all services", "all", map[string]string{"AWS_ENDPOINT_URL": all.URL}},
		{"one for this service", "own", map[string]string{"AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2": own.URL}},
		{"its own is the nearer one", "own", map[string]string{"AWS_ENDPOINT_URL": all.URL, "AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2": own.URL}},
	} {
		asked = nil
		api := pinpointsmsvoicev2.NewFromConfig(environment(t, row.variables))
		_, err := api.SendTextMessage(t.Context(), &pinpointsmsvoicev2.SendTextMessageInput{DestinationPhoneNumber: aws.String("+14255550101")})
		if err != nil || len(asked) != 1 || asked[0] != row.want {
			t.Errorf("%s: asked %v, want %s (%v)", row.why, asked, row.want, err)
		}
	}
	cfg := environment(t, map[string]string{"AWS_ENDPOINT_URL": all.URL, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"})
	if cfg.BaseEndpoint != nil {
		t.Errorf("%s is not ignored", *cfg.BaseEndpoint)
	}
}

// A start needs no credentials; a call without them says what is missing, and that nothing was done.
func TestCredentialsMissing(t *testing.T) {
	asked := false
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer s.Close()
	cfg := environment(t, map[string]string{"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_SESSION_TOKEN": "", "AWS_ENDPOINT_URL": s.URL})
	_, err := pinpointsmsvoicev2.NewFromConfig(cfg).SendTextMessage(t.Context(), &pinpointsmsvoicev2.SendTextMessageInput{DestinationPhoneNumber: aws.String("+14255550101")})
	if err == nil || !strings.Contains(err.Error(), "AWS_ACCESS_KEY_ID") || asked {
		t.Errorf("asked %t: %v", asked, err)
	}
	if f := fault.Explain(err); f.Kind != fault.Retryable || !f.Loud {
		t.Errorf("%+v: nothing was asked of anybody", f)
	}
	if _, err := cloud.NewObjects(cfg, time.Now).Open(t.Context(), "b", "k"); err == nil || !strings.Contains(err.Error(), "AWS_ACCESS_KEY_ID") {
		t.Errorf("S3: %v", err)
	}
}

// connection is what a new connection to the database would use.
func connection(t *testing.T, cfg aws.Config, d config.Database, now func() time.Time) (func() *pgx.ConnConfig, func(context.Context, *pgx.ConnConfig) error) {
	t.Helper()
	address, connect := cloud.Database(cfg, d, now)
	return func() *pgx.ConnConfig {
		c, err := pgx.ParseConfig(address)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}, connect
}

func TestDatabaseURL(t *testing.T) {
	const given = "postgres://heed:pw@db.example.com:6432/texts?sslmode=disable"
	address, connect := cloud.Database(environment(t, nil), config.Database{URL: given}, time.Now)
	if address != given || connect != nil {
		t.Errorf("%s, more to do: %t", address, connect != nil)
	}
}

// A token of RDS is made anew for each connection, for this host, port and user.
func TestDatabaseIAM(t *testing.T) {
	d := config.Database{IAMAuth: true, Host: "db.example.com", Port: 6432, Name: "texts", User: "heed user", SSLMode: "require"}
	parse, connect := connection(t, environment(t, nil), d, time.Now)
	c := parse()
	if err := connect(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if c.Host != d.Host || c.Port != 6432 || c.Database != "texts" || c.User != "heed user" || c.TLSConfig == nil {
		t.Errorf("%s:%d/%s as %s, TLS %t", c.Host, c.Port, c.Database, c.User, c.TLSConfig != nil)
	}
	token, err := url.Parse("https://" + c.Password)
	if err != nil {
		t.Fatal(err)
	}
	q := token.Query()
	if token.Host != "db.example.com:6432" || q.Get("Action") != "connect" || q.Get("DBUser") != "heed user" || q.Get("X-Amz-Security-Token") != "session" ||
		!strings.Contains(q.Get("X-Amz-Credential"), "/eu-west-1/rds-db/") || q.Get("X-Amz-Expires") != "900" {
		t.Errorf("token for %s: %v", token.Host, q)
	}
}

// secrets is Secrets Manager with one secret.
type secrets struct {
	value string
	asked int
	down  bool
	busy  int // so many answers are faults of the service
}

func (s *secrets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.asked++
	var in struct {
		ID string `json:"SecretId"`
	}
	_ = json.NewDecoder(r.Body).Decode(&in)
	if s.busy--; s.busy >= 0 {
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = io.WriteString(w, `{"__type":"InternalServiceError"}`)
		return
	}
	if s.down || r.Header.Get("X-Amz-Target") != "secretsmanager.GetSecretValue" || in.ID != "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db" {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"__type":"ResourceNotFoundException","Message":"no such secret"}`)
		return
	}
	b, _ := json.Marshal(map[string]string{"SecretString": s.value})
	_, _ = w.Write(b)
}

func TestDatabaseSecret(t *testing.T) {
	for _, row := range []struct {
		why, value, sslMode, host string
		want                      string // user:password@host:port/database
		err                       string
	}{
		{"as RDS writes it", `{"engine":"postgres","host":"db.example.com","username":"heed","password":"p w","dbname":"texts","port":6432}`, "require", "", "heed:p w@db.example.com:6432/texts", ""},
		{"a port as a text", `{"host":"db.example.com","username":"heed","password":"pw","port":"6432"}`, "require", "", "heed:pw@db.example.com:6432/postgres", ""},
		{"a secret that RDS manages has only user and password", `{"username":"heed","password":"pw"}`, "require", "db.example.com", "heed:pw@db.example.com:5432/postgres", ""},
		{"with two tries, both go to the same place", `{"host":"db.example.com","username":"heed","password":"pw","port":6432}`, "prefer", "", "heed:pw@db.example.com:6432/postgres", ""},
		{"no host anywhere", `{"username":"heed","password":"pw"}`, "require", "", "", "DATABASE_HOST"},
		{"no password", `{"username":"heed","host":"db.example.com"}`, "require", "", "", "password"},
		{"no JSON", `hunter2`, "require", "", "", "not JSON"},
		{"a port that is none", `{"username":"heed","password":"hunter2","port":"many"}`, "require", "", "", "not JSON"},
	} {
		server := httptest.NewServer(&secrets{value: row.value})
		cfg := environment(t, map[string]string{"AWS_ENDPOINT_URL_SECRETS_MANAGER": server.URL})
		d := config.Database{SecretARN: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db", Host: row.host, Port: 5432, Name: "postgres", SSLMode: row.sslMode}
		parse, connect := connection(t, cfg, d, time.Now)
		c := parse()
		err := connect(t.Context(), c)
		server.Close()
		if row.err != "" {
			if err == nil || !strings.Contains(err.Error(), row.err) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%s: %v", row.why, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", row.why, err)
			continue
		}
		hosts := []string{c.Host + ":" + itoa(c.Port)}
		for _, f := range c.Fallbacks {
			hosts = append(hosts, f.Host+":"+itoa(f.Port))
		}
		for _, host := range hosts {
			if got := c.User + ":" + c.Password + "@" + host + "/" + c.Database; got != row.want {
				t.Errorf("%s: %s, want %s", row.why, got, row.want)
			}
		}
		if c.TLSConfig == nil || c.TLSConfig.ServerName != "db.example.com" {
			t.Errorf("%s: TLS for another name", row.why)
		}
	}
}

func itoa(n uint16) string { b, _ := json.Marshal(n); return string(b) }

// A password that is rotated under a warm Lambda is found again; until then one reading serves.
func TestSecretRotates(t *testing.T) {
	s := &secrets{value: `{"username":"heed","password":"old"}`}
	server := httptest.NewServer(s)
	defer server.Close()
	cfg := environment(t, map[string]string{"AWS_ENDPOINT_URL_SECRETS_MANAGER": server.URL})
	clock := time.Date(2026, 11, 20, 18, 0, 0, 0, time.UTC)
	d := config.Database{SecretARN: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db", Host: "db.example.com", Port: 5432, Name: "postgres", SSLMode: "require"}
	parse, connect := connection(t, cfg, d, func() time.Time { return clock })
	if s.asked != 0 {
		t.Errorf("a start asked %d times", s.asked)
	}
	password := func() string {
		c := parse()
		if err := connect(t.Context(), c); err != nil {
			return err.Error()
		}
		return c.Password
	}
	s.down = true
	if got := password(); !strings.Contains(got, "no such secret") {
		t.Errorf("a missing secret: %s", got)
	}
	s.down, s.asked = false, 0
	first, second := password(), password()
	if first != "old" || second != "old" || s.asked != 1 {
		t.Errorf("%s, %s, asked %d times", first, second, s.asked)
	}
	s.value = `{"username":"heed","password":"new"}`
	s.busy = 2 // a fault of the service costs no batch of texts
	clock = clock.Add(time.Hour)
	if got := password(); got != "new" {
		t.Errorf("after the rotation: %s", got)
	}
}
