package simulator_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/heedsms/heed/internal/simulator"
)

// verifySNS checks the signature of an SNS message as AWS's page sns-verify-signature-of-message-verify-message-signature
// tells a receiver to. It shares nothing with the double: the members that are signed, by the type of the message, in the
// order of their bytes, each as its name, a newline, its value and a newline; the key from the certificate at
// SigningCertURL; RSA PKCS #1 v1.5 over SHA-1 or SHA-256.
func verifySNS(message []byte) error {
	var members map[string]any
	if err := json.Unmarshal(message, &members); err != nil {
		return err
	}
	text := func(name string) string { value, _ := members[name].(string); return value }
	var signed []string
	switch text("Type") {
	case "Notification":
		signed = []string{"Message", "MessageId"}
		if _, has := members["Subject"]; has {
			signed = append(signed, "Subject")
		}
		signed = append(signed, "Timestamp", "TopicArn", "Type")
	case "SubscriptionConfirmation", "UnsubscribeConfirmation":
		signed = []string{"Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"}
	default:
		return fmt.Errorf("type %q", text("Type"))
	}
	var b strings.Builder
	for _, name := range signed {
		fmt.Fprintf(&b, "%s\n%s\n", name, text(name))
	}
	var hash crypto.Hash
	var sum []byte
	switch text("SignatureVersion") {
	case "1":
		s := sha1.Sum([]byte(b.String()))
		hash, sum = crypto.SHA1, s[:]
	case "2":
		s := sha256.Sum256([]byte(b.String()))
		hash, sum = crypto.SHA256, s[:]
	default:
		return fmt.Errorf("signature version %q", text("SignatureVersion"))
	}
	signature, err := base64.StdEncoding.DecodeString(text("Signature"))
	if err != nil {
		return err
	}
	key, err := fetchKey(text("SigningCertURL") + text("SigningCertUrl"))
	if err != nil {
		return err
	}
	return rsa.VerifyPKCS1v15(key, hash, sum, signature)
}

var certificateName = regexp.MustCompile(`^SimpleNotificationService-[0-9a-f]{32}\.pem$`)

func fetchKey(url string) (*rsa.PublicKey, error) {
	if !certificateName.MatchString(path.Base(url)) {
		return nil, fmt.Errorf("a certificate at %q", url)
	}
	answer, err := http.Get(url)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(body)
	if answer.StatusCode != http.StatusOK || block == nil {
		return nil, fmt.Errorf("%s at %s", answer.Status, url)
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, err
	}
	key, ok := certificate.PublicKey.(*rsa.PublicKey)
	if !ok {
		return nil, errors.New("no RSA key")
	}
	return key, nil
}

// Every envelope of a notification verifies, in both versions, and no longer once anything signed has changed.
func TestSignatures(t *testing.T) {
	t.Parallel()
	for version, want := range map[int]string{0: "1", 1: "1", 2: "2"} {
		t.Run(fmt.Sprintf("version %d", version), func(t *testing.T) {
			t.Parallel()
			d := start(t, simulator.Options{SignatureVersion: version})
			d.ServeAt(d.url)
			n := d.Publish(t.Context(), inbox, "{\"messageBody\":\"Grüße\\n<&> \u2028\"}")
			envelope := []byte(n.SQSBody())
			if err := verifySNS(envelope); err != nil {
				t.Errorf("%v: %s", err, envelope)
			}
			if !strings.Contains(string(envelope), `"SignatureVersion":"`+want+`"`) {
				t.Errorf("%s", envelope)
			}
			var event struct {
				Records []struct{ Sns json.RawMessage }
			}
			must(t, json.Unmarshal(n.SNSLambdaEvent(), &event))
			var forLambda map[string]any
			must(t, json.Unmarshal(event.Records[0].Sns, &forLambda))
			delete(forLambda, "Subject") // null there, and not signed
			if err := verifySNS(encoded(t, forLambda)); err != nil {
				t.Errorf("as Lambda gets it: %v", err)
			}
			for _, name := range []string{"Message", "MessageId", "Timestamp", "TopicArn", "Signature"} {
				var forged map[string]any
				must(t, json.Unmarshal(envelope, &forged))
				forged[name] = "x" + forged[name].(string)[1:]
				if err := verifySNS(encoded(t, forged)); err == nil {
					t.Errorf("%s may be forged", name)
				}
			}
		})
	}
}

// Topics have versions of their own, and a double signs with the key that it was given.
func TestSignatureOfATopic(t *testing.T) {
	t.Parallel()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	d := start(t, simulator.Options{SigningKey: key})
	d.SetSignatureVersion(topic, 2)
	if n := d.Publish(t.Context(), topic, "{}"); !strings.Contains(n.SQSBody(), `"https://sns.us-east-1.amazonaws.com/SimpleNotificationService-`) {
		t.Errorf("%s", n.SQSBody())
	}
	d.ServeAt(d.url + "/")
	for arn, want := range map[string]string{inbox: "1", topic: "2"} {
		envelope := decode[map[string]string](t, []byte(d.Publish(t.Context(), arn, "{}").SQSBody()))
		if envelope["SignatureVersion"] != want {
			t.Errorf("%s: version %s", arn, envelope["SignatureVersion"])
		}
		served, err := fetchKey(envelope["SigningCertURL"])
		if err != nil || !served.Equal(&key.PublicKey) {
			t.Errorf("another key: %v", err)
		}
		if err := verifySNS(encoded(t, envelope)); err != nil {
			t.Error(err)
		}
	}
}

// Without signatures the envelope keeps its form, and no certificate is served.
func TestUnsigned(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{Unsigned: true})
	d.ServeAt(d.url)
	envelope := decode[map[string]string](t, []byte(d.Publish(t.Context(), inbox, "{}").SQSBody()))
	if envelope["Signature"] == "" {
		t.Errorf("%v", envelope)
	}
	if _, err := fetchKey(envelope["SigningCertURL"]); err == nil {
		t.Error("there is a certificate")
	}
}

func encoded(t *testing.T, v any) []byte {
	t.Helper()
	body, err := json.Marshal(v)
	must(t, err)
	return body
}
