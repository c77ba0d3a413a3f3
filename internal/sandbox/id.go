package sandbox

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// digest is a hash of words that no two different lists of words share.
func digest(words ...string) string {
	h := sha256.New()
	for _, word := range words {
		fmt.Fprintf(h, "%d:%s", len(word), word)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// newID makes a resource id such as ami-0123456789abcdef0. It depends on what
// it is for and on how often the same was asked before, never on the order in
// which unrelated requests arrive: concurrent runs give the same ids.
func (c *Cloud) newID(r *region, prefix, operation, name string) string {
	return prefix + "-0" + c.hash(r, operation+"/"+prefix, name)[:16]
}

func (c *Cloud) hash(r *region, operation, name string) string {
	slot := digest(operation, name)[:16]
	nth := r.Nth[slot]
	r.Nth[slot] = nth + 1
	return digest(strconv.FormatInt(c.st.Seed, 10), r.Account, r.Name, operation, name, strconv.Itoa(nth))
}

func uuidOf(hash string) string {
	return strings.Join([]string{hash[:8], hash[8:12], "4" + hash[13:16], "a" + hash[17:20], hash[20:32]}, "-")
}

// requestID numbers the requests of a cloud.
func (c *Cloud) requestID(seq int64) string {
	return uuidOf(digest(strconv.FormatInt(c.st.Seed, 10), "request", strconv.FormatInt(seq, 10)))
}

// accessKey makes the id of temporary credentials.
func accessKey(hash string) string {
	raw, _ := hex.DecodeString(hash[:20])
	return "ASIA" + base32.StdEncoding.EncodeToString(raw)
}
