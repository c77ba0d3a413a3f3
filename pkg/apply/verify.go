package apply

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/amisync/amisync/pkg/state"
)

// verify holds the finished copy against what its source was and against the
// key asked for, and writes the verdict on it. A copy that differs is broken:
// nothing that follows may rely on it.
func (c *course) verify() error {
	c.emit(Event{Phase: Finishing})
	if c.Do.Expect == nil {
		return nil
	}
	ami, err := c.image()
	if err != nil {
		return err
	}
	if err := c.checkOurs(ami); err != nil {
		return err
	}
	snapshots, err := c.settledSnapshots(ami)
	if err != nil {
		return err
	}
	c.warnOfTraits(ami)
	differences := slices.Concat(c.differentTraits(ami), c.differentSnapshots(ami, snapshots))
	if err := c.writeVerdict(ami, verdict(differences)); err != nil {
		return err
	}
	if len(differences) > 0 {
		return c.failure("amisync:verify", CodeDifferent, strings.Join(differences, "; "),
			"the copy stays unused and is removed once another one succeeds; the next run copies again")
	}
	return nil
}

// checkOurs looks whether the copy still carries the tags by which it was known
// as ours before the wait, which may have taken hours: what people took from us
// meanwhile is not finished.
func (c *course) checkOurs(ami state.AMI) error {
	for _, k := range ofCell {
		if v := ami.Tags[k]; v != c.known[k] || (k == state.TagOwner && v == "") {
			return &ending{status: Skipped, problem: Problem{CodeChanged, fmt.Sprintf("the tag %s of %s changed while it was copied", k, ami.ID)}}
		}
	}
	if why, held := ami.Tags[state.TagHold]; held {
		return &ending{status: Skipped, problem: Problem{CodeChanged, fmt.Sprintf("%s was put on hold while it was copied: %s", ami.ID, why)}}
	}
	return nil
}

// verdict is the value of the tag amisync:verified.
func verdict(differences []string) string {
	if len(differences) == 0 {
		return state.VerifiedOK
	}
	text := []rune(state.DifferentPrefix + strings.Join(differences, "; "))
	if len(text) > state.MaxTagValue {
		text = append(text[:state.MaxTagValue-1], '…')
	}
	return string(text)
}

func (c *course) writeVerdict(ami state.AMI, text string) error {
	if ami.Tags[state.TagVerified] == text {
		return nil
	}
	c.begun = true
	return c.change(func(ctx context.Context) error {
		return c.cloud.SetTags(ctx, c.target(), []string{ami.ID}, map[string]string{state.TagVerified: text})
	})
}

// settledSnapshots reads the snapshots behind an available image until EC2
// shows each of them ended.
func (c *course) settledSnapshots(ami state.AMI) (map[string]state.Snapshot, error) {
	ids := ami.SnapshotIDs()
	deadline := c.clock.Now().Add(c.o.Settle)
	for {
		snapshots, err := c.region.snapshots.get(ids...)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(ids, func(id string) bool { return !snapshotEnded(snapshots[id]) })
		if i < 0 {
			return snapshots, nil
		}
		if !c.clock.Now().Before(deadline) {
			return nil, c.failure("ec2:DescribeSnapshots", CodeUnsettled,
				fmt.Sprintf("snapshot %s is %s, though the AMI is available", ids[i], describe(snapshots[ids[i]])),
				"the copy is not verified; restore the snapshot if it is archived, and run again")
		}
		if !c.settling() {
			return nil, c.stopped(InProgress)
		}
	}
}

// snapshotEnded reports whether a snapshot can be judged: an archived one
// cannot be used until it is restored, which says nothing about the copy.
func snapshotEnded(s state.Snapshot) bool {
	return s.State == state.SnapshotError || (s.State == state.SnapshotCompleted && s.Tier != state.TierArchive)
}

func describe(s state.Snapshot) string {
	switch {
	case s.ID == "":
		return "not visible"
	case s.Tier == state.TierArchive:
		return "archived"
	default:
		return s.State
	}
}

// differentTraits compares with the digest kept since the copy was asked for,
// which holds when the source is gone; where it is not, it says what differs.
func (c *course) differentTraits(ami state.AMI) []string {
	expect := c.Do.Expect
	if expect.Digest == "" || state.Digest(ami) == expect.Digest {
		return nil
	}
	if expect.Source != nil {
		if d := state.Differences(*expect.Source, ami); len(d) > 0 {
			return d
		}
	}
	return []string{"architecture, boot mode, ENA support or devices are not those that amisync:made remembers of the source"}
}

func (c *course) differentSnapshots(ami state.AMI, snapshots map[string]state.Snapshot) []string {
	var out []string
	for _, id := range ami.SnapshotIDs() {
		s := snapshots[id]
		if s.State == state.SnapshotError {
			out = append(out, fmt.Sprintf("snapshot %s: error %s", id, s.StateMessage))
			continue
		}
		got := s.KMSKey
		if !s.Encrypted {
			got = state.KeyNone
		}
		if want := c.Do.Expect.KMSKey; want != "" && got != want {
			out = append(out, fmt.Sprintf("snapshot %s: key %s, not %s", id, got, want))
		}
	}
	return out
}

// warnOfTraits tells of what EC2 does not promise to carry over.
func (c *course) warnOfTraits(ami state.AMI) {
	source := c.Do.Expect.Source
	if source == nil {
		return
	}
	for _, t := range []struct{ name, want, got string }{
		{"TPM support", source.TPM, ami.TPM},
		{"IMDS support", source.IMDS, ami.IMDS},
		{"platform", source.Platform, ami.Platform},
		{"product codes", strings.Join(source.ProductCodes, " "), strings.Join(ami.ProductCodes, " ")},
		{"watermarks", strings.Join(source.Watermarks, " "), strings.Join(ami.Watermarks, " ")},
	} {
		if !strings.EqualFold(t.want, t.got) {
			c.warn("%s is %q, while the source's is %q", t.name, t.got, t.want)
		}
	}
}
