package cloud

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/rds/auth"
	"github.com/go-json-experiment/json"
	"github.com/jackc/pgx/v5"

	"github.com/heedsms/heed/internal/config"
	"github.com/heedsms/heed/internal/fault"
)

// Database says how to reach Postgres: an address for the pool, and what completes it at each new connection (nil
// when nothing is missing). It connects to nothing.
func Database(cfg aws.Config, d config.Database, now func() time.Time) (address string, connect func(context.Context, *pgx.ConnConfig) error) {
	switch {
	case d.URL != "":
		return d.URL, nil
	case d.SecretARN != "":
		s := newSecret(cfg, d.SecretARN, now)
		return urlOf(d, cmp.Or(d.Host, "database-secret.invalid")), s.complete
	}
	return urlOf(d, d.Host), func(ctx context.Context, c *pgx.ConnConfig) error {
		endpoint := net.JoinHostPort(d.Host, strconv.Itoa(d.Port))
		// Made anew for each connection: it lives 15 minutes.
		token, err := auth.BuildAuthToken(ctx, endpoint, cfg.Region, d.User, cfg.Credentials)
		if err != nil {
			return fmt.Errorf("make a database token: %w", err)
		}
		c.Password = token
		return nil
	}
}

// Connection is what one connection to Postgres needs now, with the password or token of this moment.
func Connection(ctx context.Context, cfg aws.Config, d config.Database, now func() time.Time) (*pgx.ConnConfig, error) {
	address, connect := Database(cfg, d, now)
	c, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, fmt.Errorf("read the database settings: %w", fault.OfAddress(err))
	}
	if connect != nil {
		err = connect(ctx, c)
	}
	return c, err
}

func urlOf(d config.Database, host string) string {
	u := url.URL{Scheme: "postgres", Host: net.JoinHostPort(host, strconv.Itoa(d.Port)), Path: "/" + d.Name, User: url.User(d.User)}
	u.RawQuery = url.Values{"sslmode": {d.SSLMode}}.Encode()
	return u.String()
}

// secret is a database secret of Secrets Manager, read when it is first needed and again when it is old: rotation
// changes the password under a warm Lambda.
type secret struct {
	api *api
	arn string
	now func() time.Time

	mu    sync.Mutex
	value secretValue
	read  time.Time
}

// secretValue is the layout that RDS and its rotation functions write.
type secretValue struct {
	Host     string `json:"host"`
	Port     port   `json:"port"`
	Name     string `json:"dbname"`
	User     string `json:"username"`
	Password string `json:"password"`
}

// port is a number that many tools write as a text.
type port uint16

// UnmarshalJSON reads both.
func (p *port) UnmarshalJSON(b []byte) error {
	n, err := strconv.ParseUint(strings.Trim(string(b), `"`), 10, 16)
	*p = port(n)
	return err
}

const secretLives = 5 * time.Minute

func newSecret(cfg aws.Config, arn string, now func() time.Time) *secret {
	return &secret{api: newAPI(cfg, now, "secretsmanager", "SECRETS_MANAGER", "secretsmanager.GetSecretValue"), arn: arn, now: now}
}

// complete fills in what the secret names: at least the user and the password, mostly the whole address.
func (s *secret) complete(ctx context.Context, c *pgx.ConnConfig) error {
	v, err := s.get(ctx)
	if err != nil {
		return err
	}
	c.Password = v.Password
	c.User, c.Database = cmp.Or(v.User, c.User), cmp.Or(v.Name, c.Database)
	c.Host, c.Port = cmp.Or(v.Host, c.Host), cmp.Or(uint16(v.Port), c.Port)
	serverName(c.TLSConfig, v.Host)
	// With some sslmodes a second try goes to the same place, with or without TLS.
	for _, f := range c.Fallbacks {
		f.Host, f.Port = c.Host, c.Port
		serverName(f.TLSConfig, v.Host)
	}
	if strings.HasSuffix(c.Host, ".invalid") {
		return errors.New("the database secret names no host: add one, or set DATABASE_HOST")
	}
	return nil
}

func serverName(c *tls.Config, host string) {
	if c != nil && c.ServerName != "" && host != "" {
		c.ServerName = host
	}
}

func (s *secret) get(ctx context.Context) (secretValue, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.read.IsZero() && s.now().Sub(s.read) < secretLives {
		return s.value, nil
	}
	text, err := s.fetch(ctx)
	if err != nil {
		return secretValue{}, fmt.Errorf("read the database secret: %w", err)
	}
	var v secretValue
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		return secretValue{}, errors.New("the database secret is not JSON with host, port, dbname, username and password")
	}
	if v.Password == "" {
		return secretValue{}, errors.New("the database secret has no password")
	}
	s.value, s.read = v, s.now()
	return v, nil
}

// fetch reads the secret, at most three times: without it no text is recorded, and the next delivery of one is minutes
// away.
func (s *secret) fetch(ctx context.Context) (string, error) {
	in := struct {
		ID string `json:"SecretId"`
	}{s.arn}
	var out struct{ SecretString string }
	for wait := 100 * time.Millisecond; ; wait *= 4 {
		err := s.api.call(ctx, in, &out)
		if kind := fault.Of(err); wait > time.Second || kind != fault.Retryable && kind != fault.Ambiguous {
			return out.SecretString, err
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return "", err
		}
	}
}
