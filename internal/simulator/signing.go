package simulator

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // signature version 1 of SNS is SHA-1
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"
	"sync"
	"time"
)

// unsigned stands where a signature belongs in an envelope that is not signed.
const unsigned = "bm90IHNpZ25lZA=="

// signer is a key with its certificate, made when it is first needed.
type signer struct {
	key         *rsa.PrivateKey
	certificate []byte // PEM
	path        string // of the certificate, as AWS names it
}

// processSigner is the signer of every double that was given no key: an RSA key takes long to make.
var processSigner = sync.OnceValue(func() *signer {
	const bits = 2048 // as AWS's
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		panic(fmt.Sprintf("simulator: making a key: %v", err)) // the system's source of chance does not fail
	}
	return newSigner(key)
})

// newSigner makes the self-signed certificate of a key. It holds for whatever the double's clock may show.
func newSigner(key *rsa.PrivateKey) *signer {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "sns.amazonaws.com"},
		NotBefore: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC),
		KeyUsage: x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		panic(fmt.Sprintf("simulator: making a certificate: %v", err)) // of a template of our own
	}
	sum := sha256.Sum256(der)
	return &signer{
		key: key, certificate: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		path: "SimpleNotificationService-" + hex.EncodeToString(sum[:16]) + ".pem",
	}
}

// signature signs a text as SNS does: RSA PKCS #1 v1.5 over SHA-1 (version 1) or SHA-256 (version 2), in base64.
func (g *signer) signature(version int, text string) string {
	hash, digest := crypto.SHA256, sha256.Sum256([]byte(text))
	sum := digest[:]
	if version == 1 {
		short := sha1.Sum([]byte(text)) //nolint:gosec // as above
		hash, sum = crypto.SHA1, short[:]
	}
	signed, err := rsa.SignPKCS1v15(nil, g.key, hash, sum)
	if err != nil {
		panic(fmt.Sprintf("simulator: signing: %v", err)) // the key is large enough for both hashes
	}
	return base64.StdEncoding.EncodeToString(signed)
}

// ServeAt tells the double under which URL [Simulator.Handler] is reached, such as http://127.0.0.1:4579. From then on
// SigningCertURL, SubscribeURL and UnsubscribeURL lead there. Before, they have the form of AWS's and lead nowhere.
func (s *Simulator) ServeAt(url string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.address = strings.TrimSuffix(url, "/") + "/"
}

// SetSignatureVersion is the topic attribute SignatureVersion: 1 (SHA-1) or 2 (SHA-256).
func (s *Simulator) SetSignatureVersion(topicARN string, version int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.begin()
	s.versions[topicARN] = version
	s.record(now, "SetSignatureVersion", topicARN, version)
}

// signatureVersion is the version of a topic. The caller holds the lock.
func (s *Simulator) signatureVersion(topicARN string) int {
	if version, set := s.versions[topicARN]; set {
		return version
	}
	return max(s.options.SignatureVersion, 1)
}

// base is the URL that those in an envelope begin with.
func (s *Simulator) base(topicARN string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.address != "" {
		return s.address
	}
	return "https://sns." + regionOf(topicARN) + ".amazonaws.com/"
}

// seal signs the canonical text of an envelope and says where the certificate is.
func (s *Simulator) seal(version int, topicARN string, members ...string) (signature, certificateURL string) {
	if s.options.Unsigned {
		return unsigned, s.base(topicARN) + "SimpleNotificationService-0000.pem"
	}
	g := s.signer()
	return g.signature(version, canonical(members...)), s.base(topicARN) + g.path
}

// canonical is the text that SNS signs: of each member its name and its value on a line of their own
// (page sns-verify-signature-of-message-verify-message-signature).
func canonical(members ...string) string { return strings.Join(members, "\n") + "\n" }
