package plan_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// fleet is an account at rest: images in every Region, each cell with its
// current copy and one that is kept for a rollback. It lies in memory as reading
// AWS lays it out: Region by Region.
func fleet(images, regions int) (state.Desired, state.Live) {
	c := newCloud()
	d := c.d
	d.Images = nil
	l := state.Live{Account: account, Now: start, Facts: state.Facts{Sources: map[string]state.Answer[state.SourceFact]{}}}
	var names []string
	for r := range regions {
		names = append(names, fmt.Sprintf("rg-test-%d", 10+r))
		l.Regions = append(l.Regions, state.Region{Account: account, Name: names[r], Status: state.Readable, Date: start})
	}
	for i := range images {
		img := image(fmt.Sprintf("image-%04d", i), newAMI, names...)
		img.Lifecycle.Keep, img.Tags = 1, map[string]string{"team": "platform", "stage": "live"}
		d.Images = append(d.Images, img)
		src := c.sources[newAMI]
		l.Facts.Sources[img.Name] = state.Answer[state.SourceFact]{Value: state.SourceFact{AMI: src}}
	}
	for r := range l.Regions { // one after the other, as they are read
		for i, img := range d.Images {
			l.Regions[r].Images = append(l.Regions[r].Images,
				member(c, &l.Regions[r], img.Name, newAMI, i, 1), member(c, &l.Regions[r], img.Name, oldAMI, i, 2))
		}
	}
	return d, l
}

func member(c *cloud, r *state.Region, img, source string, i, n int) state.AMI {
	src := c.sources[source]
	made := state.Made{Attempt: 1, Digest: state.Digest(*src), SourceCreated: src.Created}
	tags := map[string]string{
		state.TagOwner: "team", state.TagImage: img, state.TagSourceAMI: source, state.TagSourceRegion: home,
		state.TagGeneration: "1", state.TagKey: state.KeyNone, state.TagMade: made.String(),
		state.TagLifecycle: retention(7 * day).String(), state.TagVerified: state.VerifiedOK,
		state.TagFile: "amis.yaml", state.TagCommit: "c0ffee", state.TagTagKeys: "stage,team", "team": "platform", "stage": "live",
	}
	if source == oldAMI {
		tags[state.TagSupersededAt] = state.FormatTime(start.Add(-day))
	}
	snap := fmt.Sprintf("snap-%s-%d-%d", r.Name, i, n)
	r.Snapshots = append(r.Snapshots, state.Snapshot{
		ID: snap, Account: account, Region: r.Name, OwnerID: account, State: state.SnapshotCompleted, Tags: tags, VolumeGiB: 16,
	})
	return state.AMI{
		ID: fmt.Sprintf("ami-%s-%d-%d", r.Name, i, n), Account: account, Region: r.Name, OwnerID: account, State: state.ImageAvailable,
		Created: start.Add(-30 * day), Tags: tags, Devices: []state.Device{{Name: "/dev/xvda", SnapshotID: snap, SizeGiB: 16}},
		SourceImageID: source, SourceImageRegion: home,
	}
}

// BenchmarkCompute holds the goal of 300 ms and 256 MiB for 1,000 images in 34
// Regions with 68,000 copies, and shows what a tenth of that takes.
func BenchmarkCompute(b *testing.B) {
	for _, images := range []int{100, 1000} {
		d, l := fleet(images, 34)
		b.Run(fmt.Sprintf("steady/%d", images), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if p := plan.Compute(d, l, plan.Options{}); p.Summary.Unchanged != images*34 || p.Applyable {
					b.Fatal(p.Headline())
				}
			}
		})
		for i := range d.Images {
			d.Images[i].Source.ID = "ami-00000000000000003"
			d.Limits.CopyMax, d.Limits.CopyGiB = 1e6, 1e9
			l.Facts.Sources[d.Images[i].Name] = state.Answer[state.SourceFact]{Value: state.SourceFact{AMI: &state.AMI{
				ID: "ami-00000000000000003", State: state.ImageAvailable, Created: start.Add(-time.Hour),
			}}}
		}
		b.Run(fmt.Sprintf("bumped/%d", images), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if p := plan.Compute(d, l, plan.Options{}); p.Summary.Recopy != images*34 {
					b.Fatal(p.Headline())
				}
			}
		})
	}
}

// TestComputeTakesMemoryForItsCellsOnly holds a tenth of the benchmark's fleet,
// and a hundredth, to the same goal. Time is the benchmark's matter: it depends
// on who else is at work.
func TestComputeTakesMemoryForItsCellsOnly(t *testing.T) {
	small, large := memoryOf(10), memoryOf(100)
	if limit := uint64(256 << 20 / 10); large > limit {
		t.Errorf("3,400 cells take %d bytes, more than %d", large, limit)
	}
	if large > 11*small {
		t.Errorf("ten times the cells take %d bytes, after %d", large, small)
	}
}

// memoryOf is how many bytes a plan of so many images in 34 Regions allocates.
func memoryOf(images int) uint64 {
	d, l := fleet(images, 34)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	plan.Compute(d, l, plan.Options{})
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}
