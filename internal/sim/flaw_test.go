package sim

import (
	"io"
	"net/http"
	"strings"

	"github.com/amisync/amisync/pkg/state"
)

// What AWS may do beside failing: the simulator has it do so by changing what
// was asked.

// flaw changes a request on its way, where the weather has it, and tells: a copy comes
// under the default key and not the one that was asked for, or EC2 leaves the snapshots of an AMI
// that it deregisters.
func (w weather) flaw(seed uint64, q request, r *http.Request) bool {
	switch {
	case q.operation == "CopyImage" && q.query.Has("KmsKeyId") && w.flawed(seed, q.query.Get("ClientToken")):
		q.query.Del("KmsKeyId")
	case q.operation == "DeregisterImage" && w.flawed(seed, q.query.Get("ImageId")):
		q.query.Set("DeleteAssociatedSnapshots", "false")
	default:
		return false
	}
	body := q.query.Encode()
	r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	return true
}

func (w *world) noteFlaw() {
	w.note("  AWS does not do as asked")
	w.mu.Lock()
	defer w.mu.Unlock()
	w.flaws++
}

// flawed reports whether AWS ever did what was not asked.
func (w *world) flawed() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.flaws > 0
}

// flawed is hashed from what is asked for: a request that is repeated meets the
// same.
func (w weather) flawed(seed uint64, about string) bool {
	return float64(hash(seed, "flaw", about)%1_000_000)/1_000_000 < w.flaws
}

// verdict: a copy is called good when its snapshots are under its key.
func (j *judge) verdict(p *process, q request) {
	if !q.sets(state.TagVerified, state.VerifiedOK) {
		return
	}
	seen := j.inspect(q.region)
	for _, id := range q.list("ResourceId") {
		a, _ := find(seen.Images, id)
		want := a.Tags[state.TagKey]
		for _, s := range seen.Snapshots {
			behind := len(s.Images) == 1 && s.Images[0] == id && !j.world.byPeople(q.region, id)
			if behind && want != state.KeyNone && want != "" && s.Key != want {
				j.fail(p, q, "%s is called good, and its snapshot %s is under %s, not %s", id, s.ID, s.Key, want)
			}
		}
	}
}

// sets reports whether CreateTags sets a tag to a value.
func (q request) sets(key, value string) bool {
	for name, values := range q.query {
		if q.operation == "CreateTags" && strings.HasSuffix(name, ".Key") && values[0] == key {
			return q.query.Get(strings.TrimSuffix(name, "Key")+"Value") == value
		}
	}
	return false
}
