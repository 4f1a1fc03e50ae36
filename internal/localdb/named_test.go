package localdb

import (
	"strings"
	"testing"
)

// named starts a server and has Start find it again through DATABASE_URL.
func named(t *testing.T, dsn string) (*Server, error) {
	t.Helper()
	t.Setenv("DATABASE_URL", dsn)
	return Start(t.Context(), Options{})
}

func TestDatabaseURLIsUsedAndLeftAsItWas(t *testing.T) {
	operator := startOwn(t, Options{})
	if _, err := operator.CreateDatabase(t.Context(), "precious", ""); err != nil {
		t.Fatal(err)
	}
	s, err := named(t, operator.URL("precious"))
	if err != nil {
		t.Fatal(err)
	}
	if about := s.Describe(); !strings.Contains(about, "DATABASE_URL (postgres at 127.0.0.1:") {
		t.Errorf("Describe() = %q", about)
	}
	url, err := s.CreateDatabase(t.Context(), TempName(), "")
	if err != nil {
		t.Fatal(err)
	}
	if got := query(t, url, "SELECT current_database()"); !strings.HasPrefix(got, "heed_tmp_") {
		t.Errorf("connected to %s", got)
	}
	if _, err := s.CreateDatabase(t.Context(), "mine", ""); err == nil {
		t.Error("created a database that nobody could tell from the operator's")
	}
	if err := s.DropDatabase(t.Context(), "precious"); err == nil {
		t.Error("dropped the operator's database")
	}
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	const ask = `SELECT string_agg(datname, ' ' ORDER BY datname) FROM pg_database`
	if got := query(t, operator.URL("precious"), ask); got != "postgres precious template0 template1" {
		t.Errorf("the server now has %s", got)
	}
}

func TestARoleThatMayNotCreateDatabasesIsToldSo(t *testing.T) {
	operator := startOwn(t, Options{})
	execute(t, operator.URL("postgres"), "CREATE ROLE guest LOGIN PASSWORD 'guest'")
	dsn := strings.Replace(operator.URL("postgres"), "postgres:"+password(t, operator), "guest:guest", 1)
	_, err := named(t, dsn)
	if err == nil || !strings.Contains(err.Error(), `ALTER ROLE "guest" CREATEDB`) {
		t.Errorf("error %v", err)
	}
	execute(t, operator.URL("postgres"), "ALTER ROLE guest CREATEDB")
	s, err := named(t, dsn)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.CreateDatabase(t.Context(), TempName(), ""); err != nil {
		t.Error(err)
	}
	// The right may be taken away while we run.
	execute(t, operator.URL("postgres"), "ALTER ROLE guest NOCREATEDB")
	if _, err = s.CreateDatabase(t.Context(), TempName(), ""); err == nil || !strings.Contains(err.Error(), "CREATEDB") {
		t.Errorf("error %v", err)
	}
	if err := s.Stop(); err != nil {
		t.Error(err)
	}
}

func TestADatabaseURLThatLeadsNowhereIsAnError(t *testing.T) {
	_, err := named(t, "postgres://nobody:secret@127.0.0.1:1/none")
	if err == nil || !strings.Contains(err.Error(), "DATABASE_URL") {
		t.Errorf("error %v", err)
	}
	if err != nil && strings.Contains(err.Error(), "secret") {
		t.Errorf("the error tells the password: %v", err)
	}
}

func TestWithDatabase(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ dsn, database, want string }{
		{"postgres://u:p@host:5432/old?sslmode=disable", "new", "postgres://u:p@host:5432/new?sslmode=disable"},
		// A socket's directory and a database can both stand among the parameters.
		{"postgresql:///?dbname=old&host=%2Frun%2Fpg", "new", "postgresql:///new?host=%2Frun%2Fpg"},
		// The last of two equal keywords counts.
		{"host=/run/pg dbname=old", `o'clock`, `host=/run/pg dbname=old dbname='o\'clock'`},
	} {
		if got := withDatabase(test.dsn, test.database); got != test.want {
			t.Errorf("withDatabase(%q, %q) = %q, want %q", test.dsn, test.database, got, test.want)
		}
	}
}

func password(t *testing.T, s *Server) string {
	t.Helper()
	_, rest, _ := strings.Cut(s.url, "postgres://postgres:")
	word, _, ok := strings.Cut(rest, "@")
	if !ok {
		t.Fatal("no password in the connection string")
	}
	return word
}
