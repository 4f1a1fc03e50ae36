package fault_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/heedsms/heed/internal/fault"
)

// closedPort is an address at which nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func send(ctx context.Context, address string) error {
	_, err := client(address).SendTextMessage(ctx, &pinpointsmsvoicev2.SendTextMessageInput{DestinationPhoneNumber: aws.String("+14255550101")})
	return err
}

// Nobody was reached: nothing happened, and the same call may succeed later.
func TestNeverConnected(t *testing.T) {
	t.Parallel()
	if err := send(t.Context(), "http://"+closedPort(t)); fault.Explain(err) != (fault.Fault{Kind: fault.Retryable, Reason: fault.Unreachable}) {
		t.Errorf("%v is %+v", err, fault.Explain(err))
	}
	if err := send(t.Context(), "http://sms-voice.invalid"); fault.Of(err) != fault.Retryable {
		t.Errorf("%v is %+v", err, fault.Explain(err))
	}
}

// The request was written and the answer never came: it may have happened.
func TestAnswerLost(t *testing.T) {
	t.Parallel()
	for name, cut := range map[string]func(net.Conn){
		"closed": func(c net.Conn) { _ = c.Close() },
		"reset": func(c net.Conn) {
			_ = c.(*net.TCPConn).SetLinger(0)
			_ = c.Close()
		},
		"half an answer": func(c net.Conn) {
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"Mess")
			_ = c.Close()
		},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			c, _, err := w.(http.Hijacker).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			cut(c)
		}))
		if err := send(t.Context(), server.URL); err == nil || fault.Of(err) != fault.Ambiguous {
			t.Errorf("%s: %v is %+v", name, err, fault.Explain(err))
		}
		server.Close()
	}
}

func TestTimedOut(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-release
	}))
	defer server.Close()
	defer close(release)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := send(ctx, server.URL); fault.Explain(err) != (fault.Fault{Kind: fault.Ambiguous, Reason: fault.TimedOut}) {
		t.Errorf("%v is %+v", err, fault.Explain(err))
	}
}

// What nobody knows is taken for something that may have happened; nothing wrong is no fault.
func TestTheRest(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		why  string
		err  error
		want fault.Kind
	}{
		{"no error", nil, ""},
		{"an error without a name", errors.New("moon"), fault.Ambiguous},
		{"the deadline, however wrapped", fmt.Errorf("write: %w", context.DeadlineExceeded), fault.Ambiguous},
		{"given up", context.Canceled, fault.Ambiguous},
		{"a connection that broke while it was read", &net.OpError{Op: "read", Err: errors.New("reset")}, fault.Ambiguous},
		{"a connection that was never made", fmt.Errorf("x: %w", &net.OpError{Op: "dial", Err: errors.New("refused")}), fault.Retryable},
	} {
		if got := fault.Of(row.err); got != row.want {
			t.Errorf("%s: %s, want %s", row.why, got, row.want)
		}
	}
}

// Errors of Postgres, by their SQLSTATE: the row is at fault, or the server is, or the set-up.
func TestPostgres(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		why, code string
		want      fault.Kind
		loud      bool
	}{
		{"text that is no UTF-8", "22021", fault.Poison, false},
		{"a NUL in jsonb", "22P05", fault.Poison, false},
		{"a number beyond numeric", "22003", fault.Poison, false},
		{"a date out of range", "22008", fault.Poison, false},
		{"a row routed to the default partition while its own was attached", "23514", fault.Retryable, false},
		{"a column that must not be null", "23502", fault.Poison, false},
		{"a key too long for its index", "54000", fault.Poison, false},
		{"JSON nested too deep", "54001", fault.Poison, false},
		{"a deadlock", "40P01", fault.Retryable, false},
		{"two transactions in each other's way", "40001", fault.Retryable, false},
		{"too many connections", "53300", fault.Retryable, false},
		{"a full disk", "53100", fault.Retryable, false},
		{"a lock that somebody holds", "55P03", fault.Retryable, false},
		{"a statement that was cancelled", "57014", fault.Retryable, false},
		{"a server that is going down", "57P01", fault.Retryable, false},
		{"a server that is coming up", "57P03", fault.Retryable, false},
		{"a broken connection", "08006", fault.Retryable, false},
		{"read-only after a failover", "25006", fault.Retryable, false},
		{"an error of the system", "58030", fault.Retryable, false},
		{"a wrong password: nothing is lost by waiting for a right one", "28P01", fault.Retryable, true},
		{"no such database", "3D000", fault.Retryable, true},
		{"a table that no migration made yet", "42P01", fault.Retryable, true},
		{"no right to a table", "42501", fault.Retryable, true},
		{"a code of next year", "Z9999", fault.Retryable, false},
		{"no code", "", fault.Retryable, false},
	} {
		err := fmt.Errorf("record: %w", &pgconn.PgError{Code: row.code, Message: "m", Detail: "Failing row contains (+14255550101)"})
		if got := fault.Explain(err); got.Kind != row.want || got.Loud != row.loud || got.Reason == "" || (got.Reason == fault.TimedOut) != (row.code == "57014") {
			t.Errorf("%s: %s is %+v, want %s, loud %t", row.why, row.code, got, row.want, row.loud)
		}
		if got := fault.Code(err); got != "SQLSTATE "+row.code {
			t.Errorf("%s: told as %q", row.why, got)
		}
	}
	if got := fault.Code(errors.New("moon")); got != "" {
		t.Errorf("an error of nobody's is told as %q", got)
	}
	// Nobody listens: the real error of the driver.
	_, err := pgconn.Connect(t.Context(), "postgres://u@"+closedPort(t)+"/d?connect_timeout=2")
	if fault.Explain(err) != (fault.Fault{Kind: fault.Retryable, Reason: fault.Unreachable}) {
		t.Errorf("%v is %+v", err, fault.Explain(err))
	}
}
