package plan

import (
	"strings"
	"sync"
	"time"

	"github.com/amisync/amisync/pkg/state"
)

// source is what an image is copied from, as far as it is known.
type source struct {
	id        string // "" while a lookup or parameter is not resolved
	region    string
	pinned    bool
	ami       *state.AMI // nil: not there, or not read
	snapshots []state.Snapshot
	unknown   *state.Problem // it could not be read
	blocks    []Reason       // why nothing can be copied from it now
	traits    func() string  // the digest that a copy is verified against, made once; needs ami
}

// resolve tells an image's source from the answer to its question. A pinned id
// is known whether or not it can be read.
func (p *planner) resolve(img *state.Image) *source {
	s := &source{id: img.Source.ID, region: img.Source.Region, pinned: img.Source.ID != ""}
	s.traits = sync.OnceValue(func() string { return state.Digest(*s.ami) })
	a := p.facts.source(img)
	if !a.Known() {
		s.unknown = a.Problem
		return s
	}
	s.ami, s.snapshots = a.Value.AMI, a.Value.Snapshots
	if s.ami == nil {
		s.blocks = []Reason{sourceMissing(img, a.Value.Missing)}
		return s
	}
	s.id = s.ami.ID
	s.blocks = p.sourceBlocks(img, s)
	return s
}

func sourceMissing(img *state.Image, why *state.Problem) Reason {
	args := Args{AMI: img.Source.ID, Image: img.Name, Region: img.Source.Region}
	if why != nil {
		args.Detail = why.Text
	}
	if img.Source.ID != "" {
		return Reason{SourceNotFound, args}
	}
	return Reason{SourceNoMatch, args}
}

// sourceBlocks are what stands against copying from a source that is there.
func (p *planner) sourceBlocks(img *state.Image, s *source) []Reason {
	args := Args{AMI: s.id, Image: img.Name, Region: s.region, Detail: s.ami.StateReason}
	switch {
	case s.ami.State == state.ImagePending:
		return []Reason{{SourcePending, args}}
	case s.ami.State == state.ImageDisabled:
		return []Reason{{SourceDisabled, args}}
	case s.ami.State == state.ImageDeregistered:
		return []Reason{{SourceNotFound, args}}
	case s.ami.State != state.ImageAvailable:
		return []Reason{{SourceFailed, args}}
	case !s.pinned && hasTag(s.ami.Tags, state.TagOwner):
		return []Reason{{SourceIsCopy, args}}
	case img.Encryption != nil && s.s3Backed():
		return []Reason{{S3Encrypted, args}}
	default:
		return nil
	}
}

// resolved reports whether it is known what the source is.
func (s *source) resolved() bool { return s.id != "" }

// s3Backed reports whether the source keeps its root in S3 instead of
// snapshots; nothing of a copy of it can be encrypted or deleted with it.
func (s *source) s3Backed() bool { return s.ami != nil && s3Backed(s.ami) }

func s3Backed(a *state.AMI) bool { return a.RootDeviceType == "instance-store" }

func (s *source) encrypted() bool {
	if s.ami == nil {
		return false
	}
	for _, d := range s.ami.Devices {
		if d.Encrypted {
			return true
		}
	}
	return false
}

func (s *source) created() time.Time {
	if s.ami == nil {
		return time.Time{}
	}
	return s.ami.Created
}

// estimate is how much one copy moves.
func (s *source) estimate() Estimate {
	if s.ami == nil {
		return Estimate{UpperBound: true}
	}
	find := func(id string) *state.Snapshot {
		for i := range s.snapshots {
			if s.snapshots[i].ID == id {
				return &s.snapshots[i]
			}
		}
		return nil
	}
	return sizeOf(s.ami, find)
}

const gib = 1 << 30

// sizeOf adds up the distinct snapshots behind an image: what was written, else
// the volume's size as an upper bound.
func sizeOf(a *state.AMI, find func(id string) *state.Snapshot) Estimate {
	var e Estimate
	seen := map[string]bool{}
	for _, d := range a.Devices {
		if d.SnapshotID != "" && seen[d.SnapshotID] {
			continue
		}
		seen[d.SnapshotID] = true
		if s := find(d.SnapshotID); s != nil && s.WrittenBytes > 0 {
			e.GiB += float64(s.WrittenBytes) / gib
			continue
		}
		e.GiB += float64(d.SizeGiB)
		e.UpperBound = true
	}
	return e
}

// carriedTags are the source's own tags that a new copy gets.
func (s *source) carriedTags(want state.SourceTags) map[string]string {
	if s.ami == nil || (!want.All && len(want.Keys) == 0) {
		return nil
	}
	out := map[string]string{}
	take := func(k string) {
		v, ok := s.ami.Tags[k]
		if ok && !state.IsControl(k) && !strings.HasPrefix(k, "aws:") && !strings.HasPrefix(k, "ec2:SharedTag/") {
			out[k] = v
		}
	}
	if !want.All {
		for _, k := range want.Keys {
			take(k)
		}
		return out
	}
	for k := range s.ami.Tags {
		take(k)
	}
	return out
}
