package sandbox

import (
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // the fingerprint that EC2 shows
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"math/big"
	"math/rand/v2"
	"strings"

	"golang.org/x/crypto/ssh"
)

// secret is a private key as CreateKeyPair gives it out.
type secret struct{ pem, fingerprint string }

// newSecret makes a private key that follows from a text, so that the same
// scene gives the same keys. It opens nothing, and must never be used to.
func newSecret(kind, text string) (secret, error) {
	seed := sha256.Sum256([]byte(text))
	switch kind {
	case "rsa":
		return rsaSecret(rand.NewChaCha8(seed))
	case "ed25519":
		return edSecret(ed25519.NewKeyFromSeed(seed[:]))
	}
	return secret{}, invalidValue("KeyType", kind, "It must be rsa or ed25519.")
}

// rsaSecret is a key of 2048 bits. crypto/rsa takes no other randomness than
// its own, so the primes are looked for here.
func rsaSecret(source *rand.ChaCha8) (secret, error) {
	const exponent = 65537
	one, e := big.NewInt(1), big.NewInt(exponent)
	p, q := prime(source), prime(source)
	phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
	key := &rsa.PrivateKey{
		PublicKey: rsa.PublicKey{N: new(big.Int).Mul(p, q), E: exponent},
		D:         new(big.Int).ModInverse(e, phi), Primes: []*big.Int{p, q},
	}
	key.Precompute()
	if err := key.Validate(); err != nil {
		return secret{}, err
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return secret{}, err
	}
	block := pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}
	return secret{string(pem.EncodeToMemory(&block)), colons(sha1.Sum(pkcs8))}, nil //nolint:gosec // "Verify the fingerprint", EC2 User Guide
}

// prime is a prime of 1024 bits whose two highest bits are set, so that the
// product of two has 2048. EC2's exponent is itself a prime, which p-1 must not
// be a multiple of.
func prime(source *rand.ChaCha8) *big.Int {
	raw := make([]byte, 128)
	_, _ = source.Read(raw)
	raw[0], raw[127] = raw[0]|0xC0, raw[127]|1
	n, two, e := new(big.Int).SetBytes(raw), big.NewInt(2), big.NewInt(65537)
	for !n.ProbablyPrime(20) || new(big.Int).Mod(n, e).Int64() == 1 {
		n.Add(n, two)
	}
	return n
}

// edSecret is in the format of OpenSSH, as EC2 gives ED25519 keys out.
func edSecret(key ed25519.PrivateKey) (secret, error) {
	block, err := ssh.MarshalPrivateKey(key, "")
	if err != nil {
		return secret{}, err
	}
	public, err := ssh.NewPublicKey(key.Public())
	if err != nil {
		return secret{}, err
	}
	return secret{string(pem.EncodeToMemory(block)), strings.TrimPrefix(ssh.FingerprintSHA256(public), "SHA256:")}, nil
}

// colons writes a digest as 1f:51:ae:…
func colons(sum [sha1.Size]byte) string {
	parts := make([]string, len(sum))
	for i, b := range sum {
		parts[i] = hex.EncodeToString([]byte{b})
	}
	return strings.Join(parts, ":")
}
