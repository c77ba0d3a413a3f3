package apply

import (
	"github.com/amisync/amisync/pkg/state"
)

// progress reads how far pending copies are, in percent by AMI id. It is only
// asked where somebody looks on, and what it cannot read is 0.
//
// Only snapshots tell how far they are, and EC2 need not name those of a
// pending image in its device mapping. They are found by the control tags that
// both were made with: one paginated call a tick, however many copies there are.
func (p *poller) progress(amis []state.AMI) map[string]int {
	pending := make([]state.AMI, 0, len(amis))
	for _, a := range amis {
		if a.State == state.ImagePending {
			pending = append(pending, a)
		}
	}
	if p.run.o.Observer == nil || len(pending) == 0 {
		return nil
	}
	snapshots, err := p.run.cloud.PendingSnapshots(p.run.calls, p.target)
	if err != nil {
		return nil
	}
	of := map[birthmark][]state.Snapshot{}
	for _, s := range snapshots {
		of[markOf(s.Tags)] = append(of[markOf(s.Tags)], s)
	}
	out := map[string]int{}
	for _, a := range pending {
		out[a.ID] = percent(a, of[markOf(a.Tags)])
	}
	return out
}

// birthmark is what a copy and its snapshots have in common, and no two copies
// of a Region.
type birthmark struct{ owner, image, source, region, generation, key string }

func markOf(tags map[string]string) birthmark {
	return birthmark{
		tags[state.TagOwner], tags[state.TagImage], tags[state.TagSourceAMI], tags[state.TagSourceRegion],
		tags[state.TagGeneration], tags[state.TagKey],
	}
}

// percent is how far an image's snapshots are, each weighing what its volume
// does. A device whose snapshot is not among the pending ones is done, but
// where none is pending nothing is known: they may not be visible yet.
func percent(a state.AMI, pending []state.Snapshot) int {
	var done, open, all int
	for _, s := range pending {
		done += s.Progress * s.VolumeGiB
		open += s.VolumeGiB
	}
	for _, d := range a.Devices {
		all += d.SizeGiB
	}
	all = max(all, open)
	if open == 0 {
		return 0
	}
	return (done + 100*(all-open)) / all
}
