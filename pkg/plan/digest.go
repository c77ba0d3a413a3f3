package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"

	"github.com/amisync/amisync/pkg/state"
)

// ImageDigest is a short hash of what an action relies on in an AMI that it
// changes or removes: its state, its deregistration protection and the control
// tags, amisync:hold among them. Of the tags that hold a time only the presence
// counts, because the engine stamps them when it acts; amisync:file and
// amisync:commit do not count, because neither is ever drift.
func ImageDigest(a state.AMI) string {
	protection := "off"
	if a.Protected() {
		protection = a.Protection
	}
	keys := make([]string, 0, state.MaxTags)
	for k := range a.Tags {
		if state.IsControl(k) && k != state.TagFile && k != state.TagCommit {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	h := make(hashed, 0, usualHash).with(a.State, protection)
	for _, k := range keys {
		switch k {
		case state.TagRetiredAt, state.TagSupersededAt:
			h = h.with(k)
		default:
			h = h.with(k, a.Tags[k])
		}
	}
	return h.sum(16)
}

// usualHash is how many bytes are hashed for most AMIs and actions.
const usualHash = 1024

// hashed gathers lines of texts, each with its length before it, so that no two
// different lists give the same bytes.
type hashed []byte

// with appends a line. It is no method on a pointer, which would move the bytes
// to the heap: a plan hashes every AMI and every action.
func (h hashed) with(texts ...string) hashed {
	for _, t := range texts {
		h = strconv.AppendInt(h, int64(len(t)), 10)
		h = append(h, ':')
		h = append(h, t...)
	}
	return append(h, '\n')
}

// sum is a prefix of the SHA-256, in so many hexadecimal digits.
func (h hashed) sum(digits int) string {
	s := sha256.Sum256(h)
	return hex.EncodeToString(s[:digits/2])
}
