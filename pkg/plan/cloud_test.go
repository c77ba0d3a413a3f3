package plan_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

const (
	account = "111122223333"
	home    = "us-east-1" // where sources live
	oldAMI  = "ami-00000000000000001"
	newAMI  = "ami-00000000000000002"
	keyARN  = "arn:aws:kms:%s:111122223333:key/%s"
)

var start = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// cloud is an ideal AWS account: what is desired of it, what lies in it, and
// what of it cannot be read.
type cloud struct {
	d state.Desired
	o plan.Options

	now       time.Time
	status    map[string]state.Status
	dates     map[string]time.Time
	images    map[string]*state.AMI // by id
	snapshots map[string]*state.Snapshot
	sources   map[string]*state.AMI
	parts     map[string]state.Snapshot // snapshots of sources
	lookups   map[string]string         // image → source id; absent: no match
	launch    map[string][]state.Grant  // by AMI
	volume    map[string][]state.Grant  // by snapshot
	refs      map[string][]state.Reference
	params    map[state.ParameterQuery]state.Parameter
	keys      map[state.KeyQuery]state.Key
	untagged  []state.AMI
	users     map[string][]string
	bin       []string
	settings  map[string]state.Settings
	quotas    map[state.Quota]int
	lineage   map[string]state.Ancestry
	deaf      map[string]bool // questions that get no answer: "key", "launch", …, "source:web"
	serial    int
}

func newCloud() *cloud {
	c := &cloud{
		now:    start,
		status: map[string]state.Status{home: state.Readable, "eu-west-1": state.Readable, "us-west-2": state.Readable, "ap-south-1": state.Readable},
		dates:  map[string]time.Time{}, images: map[string]*state.AMI{}, snapshots: map[string]*state.Snapshot{},
		sources: map[string]*state.AMI{}, parts: map[string]state.Snapshot{}, lookups: map[string]string{},
		launch: map[string][]state.Grant{}, volume: map[string][]state.Grant{},
		refs: map[string][]state.Reference{}, params: map[state.ParameterQuery]state.Parameter{},
		keys: map[state.KeyQuery]state.Key{}, users: map[string][]string{},
		quotas:   map[state.Quota]int{state.QuotaImages: 50_000, state.QuotaTimedCopy: 2000},
		settings: map[string]state.Settings{}, lineage: map[string]state.Ancestry{}, deaf: map[string]bool{},
	}
	c.d = state.Desired{
		Owner: "team", Accounts: []string{account}, Prune: true,
		Limits:   state.Limits{RemoveMax: 40, RemovePercent: 30, CopyMax: 200, CopyGiB: 5000},
		Defaults: retention(7 * 24 * time.Hour),
		Config:   state.Config{Path: "amis.yaml", Commit: "c0ffee"},
		Images:   []state.Image{image("web", oldAMI, "eu-west-1")},
	}
	c.source(oldAMI, start.AddDate(0, -2, 0))
	c.source(newAMI, start.AddDate(0, -1, 0))
	return c
}

func retention(grace time.Duration) state.Retention {
	return state.Retention{Grace: grace, Retire: state.RetireDeprecate, Snapshots: state.SnapshotsDelete}
}

func image(name, source string, regions ...string) state.Image {
	return state.Image{
		Name: name, Source: state.Source{Region: home, ID: source}, Regions: state.Regions{Names: regions},
		NameTemplate: state.DefaultNameTemplate, Lifecycle: state.Lifecycle{Retention: retention(7 * 24 * time.Hour)},
		Guard: state.Guard{References: []string{state.ReferenceInstances, state.ReferenceLaunchTemplates, state.ReferenceSSM}, VersionDepth: 10},
	}
}

// web is the one image that most tests are about.
func (c *cloud) web() *state.Image { return &c.d.Images[0] }

func (c *cloud) source(id string, created time.Time) *state.AMI {
	c.sources[id] = &state.AMI{
		ID: id, Account: account, Region: home, OwnerID: "099720109477", Name: "source-" + id, State: state.ImageAvailable,
		Created: created, Architecture: "x86_64", ENA: true, RootDeviceType: "ebs",
		Devices: []state.Device{{Name: "/dev/xvda", SnapshotID: "snap-of-" + id, SizeGiB: 16}},
	}
	c.parts["snap-of-"+id] = state.Snapshot{ID: "snap-of-" + id, Region: home, VolumeGiB: 16, WrittenBytes: 12 << 30}
	return c.sources[id]
}

// copyOf puts a finished copy of a source into a Region.
func (c *cloud) copyOf(source, region string, change ...func(*state.AMI)) *state.AMI {
	c.serial++
	src := c.sources[source]
	made := state.Made{Attempt: 1, Digest: state.Digest(*src), SourceCreated: src.Created}
	tags := map[string]string{
		state.TagOwner: c.d.Owner, state.TagImage: "web", state.TagSourceAMI: source, state.TagSourceRegion: home,
		state.TagGeneration: "1", state.TagKey: state.KeyNone, state.TagMade: made.String(),
		state.TagLifecycle: lifecycleOf(c), state.TagVerified: state.VerifiedOK,
		state.TagFile: "amis.yaml",
	}
	a := &state.AMI{
		ID: fmt.Sprintf("ami-%017x", 0xc000+c.serial), Account: account, Region: region, OwnerID: account,
		Name: "web-" + source, State: state.ImageAvailable, Created: c.now.Add(-30 * 24 * time.Hour).Add(time.Duration(c.serial) * time.Minute),
		Tags: tags, Architecture: src.Architecture, ENA: true, RootDeviceType: "ebs", SourceImageID: source, SourceImageRegion: home,
	}
	snap := fmt.Sprintf("snap-%017x", 0xc000+c.serial)
	a.Devices = []state.Device{{Name: "/dev/xvda", SnapshotID: snap, SizeGiB: 16}}
	c.snapshots[snap] = &state.Snapshot{
		ID: snap, Account: account, Region: region, OwnerID: account, State: state.SnapshotCompleted, Started: a.Created,
		VolumeGiB: 16, WrittenBytes: 12 << 30, Tier: state.TierStandard, Tags: maps.Clone(tags),
	}
	for _, f := range change {
		f(a)
	}
	c.images[a.ID] = a
	return a
}

// lifecycleOf is what a copy remembers of the file it was made from.
func lifecycleOf(c *cloud) string {
	if len(c.d.Images) == 0 {
		return c.d.Defaults.String()
	}
	return c.web().Lifecycle.Retention.String()
}

func tag(k, v string) func(*state.AMI) { return func(a *state.AMI) { a.Tags[k] = v } }

func untag(k string) func(*state.AMI) { return func(a *state.AMI) { delete(a.Tags, k) } }

func inState(s string) func(*state.AMI) { return func(a *state.AMI) { a.State = s } }

// retired marks a copy as retired by deprecation so long ago.
func (c *cloud) retired(ago time.Duration) func(*state.AMI) {
	return func(a *state.AMI) {
		a.Tags[state.TagRetiredAt] = state.FormatTime(c.now.Add(-ago))
		a.Deprecated = c.now.Add(-ago)
	}
}

// snapshotOf is the one snapshot behind a copy.
func (c *cloud) snapshotOf(a *state.AMI) *state.Snapshot { return c.snapshots[a.SnapshotIDs()[0]] }

// live is what a run sees of the cloud before it asks questions.
func (c *cloud) live() state.Live {
	l := state.Live{Account: account, Partition: "aws", Now: c.now}
	for _, name := range slices.Sorted(maps.Keys(c.status)) {
		r := state.Region{Account: account, Name: name, Status: c.status[name], Date: cmp.Or(c.dates[name], c.now)}
		if r.Status == state.Unknown { // Status "" gives no reason
			r.Problem = &state.Problem{Code: "RequestLimitExceeded", Text: "Region not readable"}
		}
		if r.Status == state.Readable {
			c.fill(&r)
		}
		l.Regions = append(l.Regions, r)
	}
	return l
}

func (c *cloud) fill(r *state.Region) {
	for _, id := range slices.Sorted(maps.Keys(c.images)) {
		if a := c.images[id]; a.Region == r.Name && a.Tags[state.TagOwner] != "" {
			r.Images = append(r.Images, cloneAMI(*a))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(c.snapshots)) {
		if s := c.snapshots[id]; s.Region == r.Name {
			r.Snapshots = append(r.Snapshots, cloneSnapshot(*s))
		}
	}
}

func cloneAMI(a state.AMI) state.AMI {
	a.Tags, a.Devices = maps.Clone(a.Tags), slices.Clone(a.Devices)
	return a
}

func cloneSnapshot(s state.Snapshot) state.Snapshot {
	s.Tags = maps.Clone(s.Tags)
	return s
}

// see reads the cloud and answers the planner's questions, in two rounds.
func (c *cloud) see() state.Live {
	l := c.live()
	for range 2 {
		c.answer(plan.Needs(c.d, l, c.o), &l.Facts)
	}
	return l
}

// plan is what a run would print.
func (c *cloud) plan() plan.Plan { return plan.Compute(c.d, c.see(), c.o) }

// wait lets time pass; a day is as long as any cool-down of protection.
func (c *cloud) wait(d time.Duration) {
	c.now = c.now.Add(d)
	for _, a := range c.images {
		if d >= 24*time.Hour && a.Protection == "disabled-in-cooldown" {
			a.Protection = "disabled"
		}
	}
}
