package httpapi

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"

	"github.com/heedsms/heed/internal/lambdahttp"
)

// Principal is who asks.
type Principal struct {
	// Name goes into the log, and into the ledger where they change something.
	Name string
	// Write: they may change something, where that is allowed at all.
	Write bool
}

type principalKey struct{}

// PrincipalOf gives who asks, in a handler behind the API's authentication.
func PrincipalOf(ctx context.Context) Principal {
	p, _ := ctx.Value(principalKey{}).(Principal)
	return p
}

// Authenticator says who asks. An error of it is a problem to answer with.
type Authenticator interface {
	Authenticate(r *http.Request) (Principal, error)
}

// IAM believes AWS: a function URL of auth type AWS_IAM has checked the signature. A request of which AWS says nothing is
// refused, so a function URL that was set to NONE opens nothing.
type IAM struct{}

// Authenticate gives the ARN of who signed.
func (IAM) Authenticate(r *http.Request) (Principal, error) {
	caller, _ := lambdahttp.CallerOf(r.Context())
	if caller.IAM == nil || caller.IAM.UserARN == "" {
		return Principal{}, unauthenticated.because("AWS has checked no signature. The function URL needs AuthType AWS_IAM, and the request a signature (AWS Signature Version 4, service lambda).")
	}
	return Principal{Name: caller.IAM.UserARN, Write: true}, nil
}

// JWT believes an HTTP API whose JWT authorizer has checked a token.
type JWT struct {
	// WriteScope is what a token needs to change something; "" needs nothing.
	WriteScope string
}

// Authenticate gives the subject of the token.
func (j JWT) Authenticate(r *http.Request) (Principal, error) {
	caller, _ := lambdahttp.CallerOf(r.Context())
	if caller.JWT == nil {
		return Principal{}, unauthenticated.because("No authorizer has checked a token. The HTTP API's route needs a JWT authorizer, and the request its token.")
	}
	claim := func(name string) string { s, _ := caller.JWT.Claims[name].(string); return s }
	name := cmp.Or(claim("sub"), claim("client_id"))
	if name == "" {
		return Principal{}, forbidden.because("The token has neither sub nor client_id: it says of nobody who they are.")
	}
	// An HTTP API writes lists as [a b].
	scopes := slices.Concat(caller.JWT.Scopes, strings.Fields(claim("scope")), strings.Fields(strings.Trim(claim("scp"), "[]")))
	return Principal{Name: name, Write: j.WriteScope == "" || slices.Contains(scopes, j.WriteScope)}, nil
}

// Tokens knows bearer tokens by their hashes. Several let one be replaced while the other still works.
type Tokens struct{ hashes [][sha256.Size]byte }

// ParseTokens reads SHA-256 hashes in hex, with commas between them.
func ParseTokens(list string) (*Tokens, error) {
	t := &Tokens{}
	for word := range strings.SplitSeq(list, ",") {
		if word = strings.TrimSpace(word); word == "" {
			continue
		}
		sum, err := hex.DecodeString(word)
		if err != nil || len(sum) != sha256.Size {
			return nil, fmt.Errorf("a hash of a token has to be %d hex digits: printf %%s \"$TOKEN\" | sha256sum", 2*sha256.Size)
		}
		for _, nothing := range []string{"", "\n"} { // the latter is what echo makes of it
			if [sha256.Size]byte(sum) == sha256.Sum256([]byte(nothing)) {
				return nil, errors.New("a hash of a token is that of nothing: the variable that was hashed was empty")
			}
		}
		t.hashes = append(t.hashes, [sha256.Size]byte(sum))
	}
	if len(t.hashes) == 0 {
		return nil, errors.New("there is no hash of a token")
	}
	return t, nil
}

// cookie holds the token of a browser, in base64: a token may have any characters. Its prefix binds it to this host and to TLS.
const cookie = "__Host-heed"

// Authenticate gives the beginning of the token's hash.
func (t *Tokens) Authenticate(r *http.Request) (Principal, error) {
	if authorization := r.Header.Get("Authorization"); authorization != "" {
		scheme, token, _ := strings.Cut(authorization, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return Principal{}, unauthenticated.because("Send the token as Authorization: Bearer.")
		}
		return t.check(token)
	}
	if c, err := r.Cookie(cookie); err == nil {
		token, err := base64.RawURLEncoding.DecodeString(c.Value)
		if err != nil {
			return Principal{}, unauthenticated.because("The cookie is none that heed set: log in again.")
		}
		return t.check(string(token))
	}
	return Principal{}, unauthenticated.because("Send the token as Authorization: Bearer, or open the page in a browser and log in.")
}

// check looks at every hash whatever the first says: how long it takes tells nothing. Space around a token is none of it,
// whichever way it came.
func (t *Tokens) check(token string) (Principal, error) {
	token = strings.TrimSpace(token)
	sum := sha256.Sum256([]byte(token))
	known := 0
	for _, hash := range t.hashes {
		known |= subtle.ConstantTimeCompare(sum[:], hash[:])
	}
	if known == 0 {
		return Principal{}, unauthenticated.because("The token is none of those that are known: it may have been replaced.")
	}
	return Principal{Name: "token:" + hex.EncodeToString(sum[:4]), Write: true}, nil
}

// Loopback lets everybody in who is on this machine: for heed dev.
type Loopback struct{}

// Authenticate refuses names of other hosts, by which a page of the web could reach this machine (DNS rebinding).
func (Loopback) Authenticate(r *http.Request) (Principal, error) {
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
	}
	if ip := net.ParseIP(strings.Trim(host, "[]")); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return Principal{}, forbidden.because("Ask for it as localhost or 127.0.0.1.")
	}
	return Principal{Name: "local", Write: true}, nil
}
