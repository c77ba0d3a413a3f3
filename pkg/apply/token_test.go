package apply

import (
	"maps"
	"testing"
	"time"

	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// The token is the same for the same request, and another one for any other.
func TestToken(t *testing.T) {
	base := plan.CopyRequest{
		Cell:      state.Cell{Image: "web", Account: "111122223333", Region: "eu-west-1"},
		SourceAMI: "ami-1", SourceRegion: "us-east-1", BaseName: "web-ami-1", Generation: 1, Description: "d",
		ImageTags:    map[string]string{"a": "1", "b": "2"},
		SnapshotTags: map[string]string{"a": "1", "b": "2"},
	}
	changes := map[string]func(r *plan.CopyRequest){
		"image":              func(r *plan.CopyRequest) { r.Cell.Image = "api" },
		"account":            func(r *plan.CopyRequest) { r.Cell.Account = "444455556666" },
		"Region":             func(r *plan.CopyRequest) { r.Cell.Region = "eu-west-2" },
		"source":             func(r *plan.CopyRequest) { r.SourceAMI = "ami-2" },
		"source Region":      func(r *plan.CopyRequest) { r.SourceRegion = "us-east-2" },
		"name":               func(r *plan.CopyRequest) { r.BaseName = "web" },
		"generation":         func(r *plan.CopyRequest) { r.Generation = 2 },
		"generation, named":  func(r *plan.CopyRequest) { r.BaseName, r.Generation = "web-ami-1-g2", 1 },
		"description":        func(r *plan.CopyRequest) { r.Description = "" },
		"key":                func(r *plan.CopyRequest) { r.KMSKey = "arn" },
		"time":               func(r *plan.CopyRequest) { r.CompleteWithin = 15 * time.Minute },
		"tag value":          func(r *plan.CopyRequest) { r.ImageTags["a"] = "2" },
		"tag key":            func(r *plan.CopyRequest) { delete(r.ImageTags, "a"); r.ImageTags["c"] = "1" },
		"tags run together":  func(r *plan.CopyRequest) { delete(r.ImageTags, "b"); r.ImageTags["a"] = "1b2" },
		"snapshot tag":       func(r *plan.CopyRequest) { r.SnapshotTags["a"] = "2" },
		"no snapshot tags":   func(r *plan.CopyRequest) { r.SnapshotTags = nil },
		"fields grown apart": func(r *plan.CopyRequest) { r.SourceAMI, r.SourceRegion = "ami-1u", "s-east-1" },
	}
	first := token(base)
	seen := map[string]string{first: "the base"}
	for range 50 {
		if token(base) != first {
			t.Fatal("the same request has two tokens")
		}
	}
	for name, change := range changes {
		r := base
		r.ImageTags, r.SnapshotTags = maps.Clone(base.ImageTags), maps.Clone(base.SnapshotTags)
		change(&r)
		got := token(r)
		if other, ok := seen[got]; ok {
			t.Errorf("another %s has the token of %s", name, other)
		}
		if len(got) > 64 {
			t.Errorf("%d characters", len(got))
		}
		seen[got] = name
	}
}
