package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
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
	h := hashed{}
	h.add(a.State, protection)
	for _, k := range slices.Sorted(maps.Keys(a.Tags)) {
		switch {
		case !state.IsControl(k), k == state.TagFile, k == state.TagCommit:
		case k == state.TagRetiredAt, k == state.TagSupersededAt:
			h.add(k)
		default:
			h.add(k, a.Tags[k])
		}
	}
	return h.sum(16)
}

// hashed gathers lines of texts, each with its length before it, so that no two
// different lists give the same bytes.
type hashed struct{ bytes []byte }

func (h *hashed) add(texts ...string) {
	for _, t := range texts {
		h.bytes = strconv.AppendInt(h.bytes, int64(len(t)), 10)
		h.bytes = append(h.bytes, ':')
		h.bytes = append(h.bytes, t...)
	}
	h.bytes = append(h.bytes, '\n')
}

// sum is a prefix of the SHA-256, in so many hexadecimal digits.
func (h *hashed) sum(digits int) string {
	s := sha256.Sum256(h.bytes)
	return hex.EncodeToString(s[:])[:digits]
}
