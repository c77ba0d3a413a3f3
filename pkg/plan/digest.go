package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"

	"github.com/amisync/amisync/pkg/state"
)

// ImageDigest is a short hash of what an action relies on in an AMI that it
// changes or removes: its state, its deregistration protection and the control
// tags, amisync:hold among them. Of the tags that hold a time only the presence
// counts, because the engine stamps them when it acts; amisync:file and
// amisync:commit do not count, because neither is ever drift.
func ImageDigest(a state.AMI) string {
	h := sha256.New()
	protection := "off"
	if a.Protected() {
		protection = a.Protection
	}
	fmt.Fprintf(h, "state=%q\nprotection=%q\n", a.State, protection)
	for _, k := range slices.Sorted(maps.Keys(a.Tags)) {
		switch {
		case !state.IsControl(k), k == state.TagFile, k == state.TagCommit:
		case k == state.TagRetiredAt, k == state.TagSupersededAt:
			fmt.Fprintf(h, "%q\n", k)
		default:
			fmt.Fprintf(h, "%q=%q\n", k, a.Tags[k])
		}
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}
