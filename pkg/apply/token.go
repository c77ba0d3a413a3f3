package apply

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"maps"
	"slices"

	"github.com/amisync/amisync/pkg/plan"
)

// token is the request's ClientToken: the same request has the same token in
// every run, so that a lost answer, a run killed half-way or a second run at
// the same time ends in one copy. It is made of everything in the request,
// because EC2 refuses a token that comes back with other parameters, and of the
// generation, because a copy that died must not be answered for ever (EC2
// Developer Guide, Ensuring idempotency: at most 64 ASCII characters).
func token(r plan.CopyRequest) string {
	h := sha256.New()
	for _, field := range []string{
		r.Cell.Image, r.Cell.Account, r.Cell.Region, r.SourceAMI, r.SourceRegion,
		r.Name(), r.Description, r.KMSKey,
	} {
		write(h, field)
	}
	write(h, fmt.Sprint(r.Generation, " ", int64(r.CompleteWithin)))
	writeTags(h, r.ImageTags)
	writeTags(h, r.SnapshotTags)
	return "amisync-" + hex.EncodeToString(h.Sum(nil))[:48]
}

// write hashes a field with its length, so that no two lists of fields look alike.
func write(h hash.Hash, s string) { fmt.Fprintf(h, "%d:%s;", len(s), s) }

func writeTags(h hash.Hash, tags map[string]string) {
	fmt.Fprintf(h, "%d tags, set: %t;", len(tags), tags != nil)
	for _, k := range slices.Sorted(maps.Keys(tags)) {
		write(h, k)
		write(h, tags[k])
	}
}
