package plan

import (
	"maps"
	"slices"
	"strings"

	"github.com/amisync/amisync/pkg/state"
)

// tags compares the tags of people on the AMI and its snapshots, the keys that
// amisync remembers to have set, and amisync:lifecycle. Keys of other people
// stay; keys that we set and amis.yaml no longer lists go.
func (p *planner) tags(c *cell, lc *liveCopy, e *edit) {
	set := tagSet{on: OnSnapshots}
	for _, k := range c.entry.tagKeys {
		wantTag(lc, e, &set, k, c.entry.image.Tags[k])
	}
	if !protects(c) {
		wantLifecycle(c, lc, e, &set)
	}
	var gone []string
	for _, k := range lc.ctl.TagKeys {
		if _, wanted := c.entry.image.Tags[k]; !wanted && mayRemove(k) && onAny(lc, k) {
			gone = append(gone, k)
			e.change("tags."+k, lc.ami.Tags[k], "")
		}
	}
	if len(set.tags) > 0 {
		e.do(SetTags{On: set.on, Tags: set.tags})
	}
	if len(gone) > 0 {
		e.do(RemoveTags{On: OnBoth, Keys: gone})
	}
	p.rememberKeys(c, lc, e)
	if lc.ctl.Verified == "" {
		var lineage tagSet
		p.writeLineage(&lineage)
		if len(lineage.tags) > 0 {
			e.do(SetTags{On: OnBoth, Tags: lineage.tags})
		}
	}
}

// wantTag adds a tag to those to be set where the image or a snapshot has it not.
func wantTag(lc *liveCopy, e *edit, set *tagSet, k, v string) {
	have, ok := lc.ami.Tags[k]
	switch {
	case !ok || have != v:
		e.change("tags."+k, have, v)
		set.set(k, v)
		set.on = OnBoth
	case snapshotsDiffer(lc, k, v):
		e.change("tags."+k+" of snapshots", "", v)
		set.set(k, v)
	}
}

func wantLifecycle(c *cell, lc *liveCopy, e *edit, set *tagSet) {
	have := lc.ami.Tags[state.TagLifecycle]
	if have == c.entry.retention {
		return
	}
	e.change("lifecycle", have, c.entry.retention)
	set.set(state.TagLifecycle, c.entry.retention)
	set.on = OnBoth
}

func snapshotsDiffer(lc *liveCopy, k, v string) bool {
	if lc.fresh {
		return false
	}
	return slices.ContainsFunc(lc.snapshots, func(s *state.Snapshot) bool {
		have, ok := s.Tags[k]
		return !ok || have != v
	})
}

func onAny(lc *liveCopy, k string) bool {
	return hasTag(lc.ami.Tags, k) || slices.ContainsFunc(lc.snapshots, func(s *state.Snapshot) bool {
		return s != nil && hasTag(s.Tags, k)
	})
}

// mayRemove guards against a damaged amisync:tag-keys.
func mayRemove(k string) bool { return !state.IsControl(k) && !strings.HasPrefix(k, "aws:") }

// rememberKeys keeps amisync:tag-keys equal to the keys that amis.yaml lists,
// after the tags themselves: a run that dies before it tries again.
func (p *planner) rememberKeys(c *cell, lc *liveCopy, e *edit) {
	if slices.Equal(lc.ctl.TagKeys, c.entry.tagKeys) {
		return
	}
	e.do(rewrite(lc.ami.Tags, state.TagTagKeys, state.TagKeysTags(c.entry.tagKeys))...)
	if !lc.fresh {
		e.change("tag-keys", strings.Join(lc.ctl.TagKeys, " "), strings.Join(c.entry.tagKeys, " "))
	}
}

// rewrite is how a series of tags comes to say what is wanted: the tags that it
// consists of first, then those that it no longer runs over into.
func rewrite(have map[string]string, first string, want map[string]string) []Step {
	var steps []Step
	if len(want) > 0 {
		steps = append(steps, SetTags{On: OnImage, Tags: want})
	}
	var stale []string
	for _, k := range slices.Sorted(maps.Keys(have)) {
		if _, keep := want[k]; state.InSeries(k, first) && !keep {
			stale = append(stale, k)
		}
	}
	if len(stale) > 0 {
		steps = append(steps, RemoveTags{On: OnImage, Keys: stale})
	}
	return steps
}
