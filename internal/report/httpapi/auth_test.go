package httpapi_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/heedsms/heed/internal/lambdahttp"
	"github.com/heedsms/heed/internal/report/httpapi"
)

func hashOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

func tokens(t testing.TB, list string) *httpapi.Tokens {
	t.Helper()
	all, err := httpapi.ParseTokens(list)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// invoke hands a request to the handler as Lambda does, with what AWS says of who asks.
func invoke(t testing.TB, h http.Handler, method, target, authorizer string, headers map[string]string, body string) (status int, answer string) {
	t.Helper()
	path, query, _ := strings.Cut(target, "?")
	event, err := json.Marshal(map[string]any{
		"version": "2.0", "rawPath": path, "rawQueryString": query, "headers": headers, "body": body,
		"requestContext": map[string]any{
			"requestId": "r-1", "domainName": "x.lambda-url.us-east-1.on.aws", "http": map[string]string{"method": method},
			"authorizer": json.RawMessage(authorizer),
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := (&lambdahttp.Handler{HTTP: h}).Invoke(context.Background(), event)
	if err != nil {
		t.Fatal(err)
	}
	words, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	var read struct {
		StatusCode int    `json:"statusCode"`
		Body       string `json:"body"`
	}
	if err := json.Unmarshal(words, &read); err != nil {
		t.Fatal(err)
	}
	return read.StatusCode, read.Body
}

// Who asks is known by what AWS says, and by nothing that the caller says; whoever is not known gets nothing.
func TestWhoGetsIn(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	s.live(t)
	const (
		signed = `{"iam":{"userArn":"arn:aws:iam::111122223333:role/reader"}}`
		token  = `{"jwt":{"claims":{"sub":"zoe","scope":"openid heed/write"},"scopes":null}}`
	)
	put := `{"program":"alerts","state":"opted_out","reason":"asked by telephone","said_at":"2026-11-20T13:00:00Z"}`
	all := tokens(t, hashOf("older")+" , "+strings.ToUpper(hashOf(secret)))
	for _, x := range []struct {
		sentence   string
		handler    http.Handler
		authorizer string
		header     string // Authorization
		write      bool
		status     int
	}{
		{"a signature that AWS checked", s.as(httpapi.IAM{}, false), signed, "", false, 200},
		{"a function URL that was set to NONE", s.as(httpapi.IAM{}, true), `{}`, "AWS4-HMAC-SHA256 Credential=AKIA/x", false, 401},
		{"a JWT where a signature is asked for", s.as(httpapi.IAM{}, true), token, "", false, 401},
		{"a signature of nobody", s.as(httpapi.IAM{}, true), `{"iam":{}}`, "", false, 401},
		{"somebody signed, and may write", s.as(httpapi.IAM{}, true), signed, "", true, 200},
		{"somebody signed where nobody may write", s.as(httpapi.IAM{}, false), signed, "", true, 403},

		{"a token that the HTTP API checked", s.as(httpapi.JWT{}, false), token, "", false, 200},
		{"a token that nobody checked", s.as(httpapi.JWT{}, false), `null`, "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ6b2UifQ.", false, 401},
		{"a token of nobody", s.as(httpapi.JWT{}, false), `{"jwt":{"claims":{"iss":"x"}}}`, "", false, 403},
		{"a machine's token", s.as(httpapi.JWT{}, false), `{"jwt":{"claims":{"client_id":"job"}}}`, "", false, 200},
		{"a token without the scope may read", s.as(httpapi.JWT{WriteScope: "heed/admin"}, true), token, "", false, 200},
		{"a token without the scope may not write", s.as(httpapi.JWT{WriteScope: "heed/admin"}, true), token, "", true, 403},
		{"a token with the scope may write", s.as(httpapi.JWT{WriteScope: "heed/write"}, true), token, "", true, 200},
		{"a token with the scope in a list, as an HTTP API writes it", s.as(httpapi.JWT{WriteScope: "b"}, true), `{"jwt":{"claims":{"sub":"zoe","scp":"[a b]"}}}`, "", true, 200},

		{"the newer token", s.as(all, false), `{}`, "Bearer " + secret, false, 200},
		{"the older token", s.as(all, true), `{}`, "bearer older", true, 200},
		{"another token", s.as(all, true), `{}`, "Bearer " + secret + "x", false, 401},
		{"the hash of the token", s.as(all, true), `{}`, "Bearer " + hashOf(secret), false, 401},
		{"no token", s.as(all, true), signed, "", false, 401},
		{"a password", s.as(all, true), `{}`, "Basic eDp5", false, 401},
	} {
		headers := map[string]string{"content-type": "application/json", "x-forwarded-for": "127.0.0.1"}
		if x.header != "" {
			headers["authorization"] = x.header
		}
		method, target, body := http.MethodGet, "/v1/consent/"+ann, ""
		if x.write {
			method, body = http.MethodPut, put
		}
		if status, answer := invoke(t, x.handler, method, target, x.authorizer, headers, body); status != x.status {
			t.Errorf("%s: %d, want %d: %s", x.sentence, status, x.status, answer)
		}
	}
	if status, _ := invoke(t, s.as(httpapi.IAM{}, false), http.MethodGet, "/healthz", `{}`, nil, ""); status != http.StatusOK {
		t.Errorf("whether it is well, to nobody: %d", status)
	}
	var actors string
	if err := s.db.Pool().QueryRow(context.Background(), `SELECT string_agg(DISTINCT actor, ' ' ORDER BY actor) FROM heed.consent_event WHERE source = 'api'`).Scan(&actors); err != nil {
		t.Fatal(err)
	}
	if actors != "arn:aws:iam::111122223333:role/reader" { // the same change was recorded once
		t.Errorf("recorded by %s", actors)
	}
	for _, secret := range []string{secret, "eyJhbGciOiJub25lIn0"} {
		if strings.Contains(s.log.String(), secret) {
			t.Errorf("%s is in the log", secret)
		}
	}
}

// A hash has to be one, and not that of an empty variable.
func TestParseTokens(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", " , ", "abc", hashOf("x")[:62], hashOf("x") + "," + "zz", hashOf(""), hashOf("\n")} {
		if _, err := httpapi.ParseTokens(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

// On this machine nobody has to say who they are, but for a page of the web that gave this machine a name.
func TestLoopback(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	for host, want := range map[string]int{
		"127.0.0.1:8480": 200, "localhost:8480": 200, "localhost": 200, "[::1]:8480": 200, "127.0.0.2": 200,
		"evil.example:8480": 403, "192.168.1.7:8480": 403, "localhost.evil.example": 403, "": 403,
	} {
		r := request(http.MethodGet, "/v1/reports", "")
		r.Host = host
		if got := ask(s, r); got.Code != want {
			t.Errorf("asked for as %q: %d, want %d", host, got.Code, want)
		}
	}
}

// A browser is asked for the token, keeps it where no script reads it, and changes something from heed's own page only.
func TestBrowserLogsIn(t *testing.T) {
	t.Parallel()
	s := open(t, func(o *httpapi.Options) { o.Auth = tokens(t, hashOf(secret)) })
	s.ServePage(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "the page for "+httpapi.PrincipalOf(r.Context()).Name)
	}))
	asked := ask(s, request(http.MethodGet, "/contacts/x?a=\"><script>", ""))
	if asked.Code != http.StatusUnauthorized || !strings.Contains(asked.Body.String(), `action="/login"`) || strings.Contains(asked.Body.String(), "><script>") {
		t.Fatalf("%d %s", asked.Code, asked.Body)
	}
	if api := ask(s, request(http.MethodGet, "/v1/reports", "")); api.Code != http.StatusUnauthorized || !strings.Contains(api.Header().Get("WWW-Authenticate"), "Bearer") {
		t.Errorf("the API answers a browser %d", api.Code)
	}
	form := func(token, next string, headers ...string) *httptest.ResponseRecorder {
		return ask(s, request(http.MethodPost, "/login", url.Values{"token": {token}, "next": {next}}.Encode(),
			append([]string{"Content-Type", "application/x-www-form-urlencoded"}, headers...)...))
	}
	if got := form("wrong", "/"); got.Code != http.StatusUnauthorized || got.Header().Get("Set-Cookie") != "" || !strings.Contains(got.Body.String(), "not known") {
		t.Errorf("a wrong token: %d", got.Code)
	}
	if got := form(secret, "/", "Sec-Fetch-Site", "cross-site"); got.Code != http.StatusForbidden {
		t.Errorf("another site logs in: %d", got.Code)
	}
	for next, want := range map[string]string{
		"/contacts/x?zone=UTC": "/contacts/x?zone=UTC", "": "/", "https://evil.example/": "/", "//evil.example": "/", `/\evil.example`: "/", "contacts": "/",
	} {
		if got := form(secret, next); got.Code != http.StatusSeeOther || got.Header().Get("Location") != want {
			t.Errorf("next %q leads to %q", next, got.Header().Get("Location"))
		}
	}
	in := form(" "+secret+"\n", "/")
	cookies := in.Result().Cookies()
	if len(cookies) != 1 || cookies[0].Name != httpapi.Cookie || !cookies[0].HttpOnly || !cookies[0].Secure || cookies[0].SameSite != http.SameSiteStrictMode || cookies[0].Path != "/" {
		t.Fatalf("the cookie: %v", cookies)
	}
	kept := cookies[0].Name + "=" + cookies[0].Value
	if got := ask(s, request(http.MethodGet, "/", "", "Cookie", kept)); got.Code != http.StatusOK || !strings.HasPrefix(got.Body.String(), "the page for token:") {
		t.Errorf("with the cookie: %d %s", got.Code, got.Body)
	}
	if got := ask(s, request(http.MethodGet, "/", "", "Cookie", httpapi.Cookie+"=x")); got.Code != http.StatusUnauthorized {
		t.Errorf("with another cookie: %d", got.Code)
	}
	if got := ask(s, request(http.MethodGet, "/login", "", "Cookie", kept)); got.Code != http.StatusSeeOther || got.Header().Get("Location") != "/" {
		t.Errorf("/login in the address line: %d", got.Code)
	}
	// Who was logged out meanwhile and sends a form of the page is asked again, and comes back to where the form was.
	if got := ask(s, request(http.MethodPost, "/review/7?decided=1", "as=none", "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin")); got.Code != http.StatusUnauthorized || !strings.Contains(got.Body.String(), `name="next" value="/review"`) || !strings.Contains(got.Body.String(), "Nothing was changed") {
		t.Errorf("a form of somebody who is logged out: %d %s", got.Code, got.Body)
	}
	put := func(headers ...string) int {
		return ask(s, request(http.MethodPut, "/v1/consent/"+bob, `{"program":"alerts","state":"opted_in","reason":"x"}`, append([]string{"Cookie", kept}, headers...)...)).Code
	}
	for _, x := range []struct {
		sentence string
		headers  []string
		want     int
	}{
		{"from heed's page", []string{"Sec-Fetch-Site", "same-origin"}, 200},
		{"from another site", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"from a neighbour's host", []string{"Sec-Fetch-Site", "same-site"}, 403},
		{"from an old browser, another site", []string{"Origin", "https://evil.example"}, 403},
		{"from an old browser, heed's page", []string{"Origin", "http://127.0.0.1:8480"}, 200},
	} {
		if got := put(x.headers...); got != x.want {
			t.Errorf("%s: %d, want %d", x.sentence, got, x.want)
		}
	}
	out := ask(s, request(http.MethodPost, "/logout", "", "Cookie", kept))
	if c := out.Result().Cookies(); len(c) != 1 || c[0].MaxAge >= 0 {
		t.Errorf("logged out, the cookie is %v", c)
	}
}

// The page is for the same people, and what they decide on it stands in the ledger with their name; where nobody may
// write, it only shows.
func TestPageIsForTheSamePeople(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	question := s.live(t)
	for _, write := range []bool{false, true} {
		api := s.as(tokens(t, hashOf(secret)), write)
		if err := api.AddPage(); err != nil {
			t.Fatal(err)
		}
		open := func(target string) *httptest.ResponseRecorder {
			return ask(api, request(http.MethodGet, target, "", "Authorization", "Bearer "+secret))
		}
		for _, target := range []string{"/", "/review", "/contacts/" + ann, "/messages/m-1", "/search?q=m-1"} {
			got := open(target)
			if got.Code != http.StatusOK && got.Code != http.StatusSeeOther || !strings.Contains(got.Header().Get("Content-Security-Policy"), "script-src 'self'") {
				t.Errorf("%s: %d %s", target, got.Code, got.Header())
			}
			if stranger := ask(api, request(http.MethodGet, target, "")); stranger.Code != http.StatusUnauthorized || !strings.Contains(stranger.Body.String(), `name="token"`) {
				t.Errorf("%s, to a stranger: %d", target, stranger.Code)
			}
		}
		if got := open("/"); !strings.Contains(got.Body.String(), `action="/logout"`) {
			t.Error("there is no way out")
		}
		form := url.Values{"as": {"none"}, "reason": {"asks about the bus stop"}}.Encode()
		decided := ask(api, request(http.MethodPost, fmt.Sprintf("/review/%d", question), form, "Authorization", "Bearer "+secret,
			"Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin"))
		var actor *string
		if err := s.db.Pool().QueryRow(context.Background(), `SELECT max(actor) FROM heed.consent_event WHERE source = 'review'`).Scan(&actor); err != nil {
			t.Fatal(err)
		}
		if (actor != nil) != write || write && *actor != "token:"+hashOf(secret)[:8] {
			t.Errorf("writing %t: %d, decided by %v", write, decided.Code, actor)
		}
	}
}
