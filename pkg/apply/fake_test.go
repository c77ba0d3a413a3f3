package apply_test

import (
	"context"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/amisync/amisync/pkg/apply"
	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// account is the account that every test works in.
const account = "111122223333"

// cloud is a small honest EC2: names are unique, tokens are replayed, copies
// are pending over (virtual) time, and what it does it logs. It is the Clock's
// time that passes in it, so that it runs under testing/synctest.
type cloud struct {
	mu         sync.Mutex
	images     map[string]*image // by id; ids are unique over all Regions
	snapshots  map[string]*state.Snapshot
	parameters map[string]state.Parameter // by Region and name
	references map[string][]state.Reference
	tokens     map[string]string // Region and token → AMI id
	requests   map[string]string // Region and token → request
	log        []entry
	rules      []*rule
	copyTakes  func(r plan.CopyRequest) time.Duration
	quota      int // pending copies per Region; 0: no limit
	changed    func(call entry)
	born       func(*image) // lets a test spoil a new copy
	holdBack   func(snapshot string) string
	made       int
}

// image is an AMI and what will become of it.
type image struct {
	state.AMI
	ready   time.Time // pending until then
	visible time.Time // not to be seen before
	named   bool      // its snapshots are named while it is pending
	becomes string    // its state after ready; default available
	reason  string
}

// entry is one call.
type entry struct {
	at      time.Time
	call    string
	region  string
	subject string
	detail  string
}

func (e entry) String() string {
	return strings.TrimRight(strings.Join([]string{e.call, e.region, e.subject, e.detail}, " "), " ")
}

// rule injects a fault: calls of this name (and Region, and subject, where set)
// number from to (from, from+times-1) fail with code; with lost, after they
// took effect.
type rule struct {
	call, region, subject string
	from, times           int
	code                  string
	lost                  bool
	seen                  int
}

func newCloud() *cloud {
	return &cloud{
		images: map[string]*image{}, snapshots: map[string]*state.Snapshot{},
		parameters: map[string]state.Parameter{}, references: map[string][]state.Reference{},
		tokens: map[string]string{}, requests: map[string]string{},
		copyTakes: func(plan.CopyRequest) time.Duration { return 5 * time.Minute },
	}
}

// fail adds a rule for all calls from the first on.
func (c *cloud) fail(call, region, code string) *rule {
	r := &rule{call: call, region: region, from: 1, times: 1 << 30, code: code}
	c.rules = append(c.rules, r)
	return r
}

// do is one call: latency first, then the fault or the effect. The latency
// differs from call to call and is the same in every run.
func (c *cloud) do(ctx context.Context, call string, t state.Target, subject, detail string, effect func() error) error {
	h := fnv.New32a()
	fmt.Fprint(h, call, t, subject, detail)
	pause := 50*time.Millisecond + time.Duration(h.Sum32()%50_000)*time.Microsecond
	select {
	case <-time.After(pause):
	case <-ctx.Done():
		return &state.CallError{Call: call, Account: t.Account, Region: t.Region, Code: state.CodeCanceled, Err: ctx.Err()}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	e := entry{time.Now(), call, t.Region, subject, detail}
	c.log = append(c.log, e)
	r := c.rule(e)
	if r != nil && !r.lost {
		return failure(e, r.code)
	}
	if err := effect(); err != nil {
		return err
	}
	if c.changed != nil {
		c.changed(e)
	}
	if r != nil {
		return failure(e, r.code)
	}
	return nil
}

func (c *cloud) rule(e entry) *rule {
	for _, r := range c.rules {
		if r.call != e.call || (r.region != "" && r.region != e.region) || (r.subject != "" && !strings.Contains(e.subject, r.subject)) {
			continue
		}
		r.seen++
		if r.seen >= r.from && r.seen < r.from+r.times {
			return r
		}
	}
	return nil
}

func failure(e entry, code string) error {
	return &state.CallError{Call: e.call, Account: account, Region: e.region, Subject: e.subject, Code: code, Message: "as the test wants it"}
}

// calls counts logged calls by name.
func (c *cloud) calls() map[string]int {
	out := map[string]int{}
	for _, e := range c.log {
		out[e.call]++
	}
	return out
}

// changes are the logged calls that change something, in order.
func (c *cloud) changes() []string {
	var out []string
	for _, e := range c.log {
		switch e.call {
		case "Images", "ImagesNamed", "Snapshots", "PendingSnapshots", "References", "SnapshotUsers", "Parameter":
		default:
			out = append(out, e.String())
		}
	}
	return out
}

// now is an image as DescribeImages shows it at this moment.
func (i *image) now() (state.AMI, bool) {
	a := i.AMI
	a.Tags = maps.Clone(i.Tags)
	if time.Now().Before(i.visible) {
		return a, false
	}
	if a.State == state.ImagePending && !time.Now().Before(i.ready) {
		a.State, a.StateReason = i.becomes, i.reason
	}
	if a.State == state.ImagePending && !i.named {
		a.Devices = slices.Clone(a.Devices)
		for n := range a.Devices {
			a.Devices[n].SnapshotID = ""
		}
	}
	return a, true
}

func (c *cloud) CopyImage(ctx context.Context, t state.Target, r plan.CopyRequest, token string) (id string, err error) {
	err = c.do(ctx, "CopyImage", t, r.Name(), "", func() error {
		request := fmt.Sprint(r)
		if known, ok := c.tokens[t.Region+token]; ok {
			if c.requests[t.Region+token] != request {
				return failure(entry{call: "CopyImage", region: t.Region}, "IdempotentParameterMismatch")
			}
			id = known
			return nil
		}
		if err := c.admit(t, r.Name()); err != nil {
			return err
		}
		id = c.create(t, r)
		c.tokens[t.Region+token], c.requests[t.Region+token] = id, request
		return nil
	})
	return id, err
}

func (c *cloud) admit(t state.Target, name string) error {
	pending := 0
	for _, i := range c.images {
		if i.Region != t.Region {
			continue
		}
		if i.State == state.ImagePending && time.Now().Before(i.ready) {
			pending++
		}
		if i.Name != name {
			continue
		}
		if a, _ := i.now(); a.State != state.ImageDeregistered {
			return failure(entry{call: "CopyImage", region: t.Region, subject: name}, "InvalidAMIName.Duplicate")
		}
	}
	if c.quota > 0 && pending >= c.quota {
		return failure(entry{call: "CopyImage", region: t.Region, subject: name}, "ResourceLimitExceeded")
	}
	return nil
}

func (c *cloud) create(t state.Target, r plan.CopyRequest) string {
	c.made++
	i := &image{AMI: source(), ready: time.Now().Add(c.copyTakes(r)), becomes: state.ImageAvailable}
	i.ID, i.Account, i.Region, i.OwnerID = fmt.Sprintf("ami-new%d", c.made), t.Account, t.Region, t.Account
	i.Name, i.Description, i.State, i.Created = r.Name(), r.Description, state.ImagePending, time.Now()
	i.Tags, i.SourceImageID, i.SourceImageRegion = maps.Clone(r.ImageTags), r.SourceAMI, r.SourceRegion
	i.Devices[0].SnapshotID = fmt.Sprintf("snap-new%d", c.made)
	c.snapshots[i.Devices[0].SnapshotID] = &state.Snapshot{
		ID: i.Devices[0].SnapshotID, Account: t.Account, Region: t.Region, State: state.SnapshotCompleted, Tier: state.TierStandard,
		VolumeGiB: 8, Progress: 40, Encrypted: r.KMSKey != "", KMSKey: r.KMSKey, Tags: maps.Clone(r.SnapshotTags),
	}
	if c.born != nil {
		c.born(i)
	}
	c.images[i.ID] = i
	return i.ID
}

func (c *cloud) Images(ctx context.Context, t state.Target, ids []string) (found []state.AMI, err error) {
	err = c.do(ctx, "Images", t, fmt.Sprint(len(ids)), strings.Join(ids, ","), func() error {
		for _, id := range ids {
			if i := c.images[id]; i != nil && i.Region == t.Region {
				if a, ok := i.now(); ok {
					found = append(found, a)
				}
			}
		}
		return nil
	})
	return found, err
}

func (c *cloud) ImagesNamed(ctx context.Context, t state.Target, name string) (found []state.AMI, err error) {
	err = c.do(ctx, "ImagesNamed", t, name, "", func() error {
		for _, id := range slices.Sorted(maps.Keys(c.images)) {
			if a, ok := c.images[id].now(); ok && a.Name == name && a.Region == t.Region {
				found = append(found, a)
			}
		}
		return nil
	})
	return found, err
}

func (c *cloud) Snapshots(ctx context.Context, t state.Target, ids []string) (found []state.Snapshot, err error) {
	err = c.do(ctx, "Snapshots", t, fmt.Sprint(len(ids)), strings.Join(ids, ","), func() error {
		for _, id := range ids {
			if s := c.snapshots[id]; s != nil {
				found = append(found, *s)
			}
		}
		return nil
	})
	return found, err
}

func (c *cloud) References(ctx context.Context, t state.Target, ids []string, depth int) (found map[string][]state.Reference, err error) {
	err = c.do(ctx, "References", t, fmt.Sprint(len(ids)), fmt.Sprint(depth, ids), func() error {
		found = map[string][]state.Reference{}
		for _, id := range ids {
			found[id] = c.references[id]
		}
		return nil
	})
	return found, err
}

func (c *cloud) PendingSnapshots(ctx context.Context, t state.Target) (list []state.Snapshot, err error) {
	err = c.do(ctx, "PendingSnapshots", t, "", "", func() error {
		for _, i := range c.images {
			if a, _ := i.now(); a.Region != t.Region || a.State != state.ImagePending {
				continue
			}
			for _, d := range i.Devices {
				if s := c.snapshots[d.SnapshotID]; s != nil && s.Progress < 100 {
					list = append(list, *s)
				}
			}
		}
		return nil
	})
	return list, err
}

func (c *cloud) SnapshotUsers(ctx context.Context, t state.Target, snapshots []string) (users map[string][]string, err error) {
	err = c.do(ctx, "SnapshotUsers", t, fmt.Sprint(len(snapshots)), strings.Join(snapshots, ","), func() error {
		users = map[string][]string{}
		for _, id := range slices.Sorted(maps.Keys(c.images)) {
			for _, s := range c.images[id].SnapshotIDs() {
				if slices.Contains(snapshots, s) { // deregistered ones are seen for a while
					users[s] = append(users[s], id)
				}
			}
		}
		return nil
	})
	return users, err
}

func (c *cloud) Now() time.Time { return time.Now() }

// edit is a call that changes one image.
func (c *cloud) edit(ctx context.Context, call string, t state.Target, ami, detail string, effect func(*image)) error {
	return c.do(ctx, call, t, ami, detail, func() error {
		i := c.images[ami]
		if i == nil {
			return failure(entry{call: call, region: t.Region, subject: ami}, "InvalidAMIID.NotFound")
		}
		if a, _ := i.now(); a.State == state.ImagePending {
			return failure(entry{call: call, region: t.Region, subject: ami}, "InvalidAMIID.Unavailable")
		}
		effect(i)
		return nil
	})
}

func (c *cloud) SetTags(ctx context.Context, t state.Target, ids []string, tags map[string]string) error {
	return c.do(ctx, "SetTags", t, strings.Join(ids, ","), fmt.Sprint(slices.Sorted(maps.Keys(tags))), func() error {
		for _, id := range ids {
			if i := c.images[id]; i != nil {
				maps.Copy(i.Tags, tags)
			}
			if s := c.snapshots[id]; s != nil {
				if s.Tags == nil {
					s.Tags = map[string]string{}
				}
				maps.Copy(s.Tags, tags)
			}
		}
		return nil
	})
}

func (c *cloud) RemoveTags(ctx context.Context, t state.Target, ids, keys []string) error {
	return c.do(ctx, "RemoveTags", t, strings.Join(ids, ","), fmt.Sprint(keys), func() error {
		for _, id := range ids {
			for _, k := range keys {
				delete(c.images[id].Tags, k)
			}
		}
		return nil
	})
}

func (c *cloud) Describe(ctx context.Context, t state.Target, ami, text string) error {
	return c.edit(ctx, "Describe", t, ami, "", func(i *image) { i.Description = text })
}

func (c *cloud) ShareImage(ctx context.Context, t state.Target, ami string, add, remove []state.Grant) error {
	return c.edit(ctx, "ShareImage", t, ami, fmt.Sprint(add, remove), func(*image) {})
}

func (c *cloud) ShareSnapshot(ctx context.Context, t state.Target, snapshot string, add, remove []state.Grant) error {
	return c.do(ctx, "ShareSnapshot", t, snapshot, fmt.Sprint(add, remove), func() error { return nil })
}

func (c *cloud) Deprecate(ctx context.Context, t state.Target, ami string, at time.Time) error {
	return c.edit(ctx, "Deprecate", t, ami, at.UTC().Format(time.RFC3339), func(i *image) { i.Deprecated = at })
}

func (c *cloud) CancelDeprecation(ctx context.Context, t state.Target, ami string) error {
	return c.edit(ctx, "CancelDeprecation", t, ami, "", func(i *image) { i.Deprecated = time.Time{} })
}

func (c *cloud) Protect(ctx context.Context, t state.Target, ami string) error {
	return c.edit(ctx, "Protect", t, ami, "", func(i *image) { i.Protection = "enabled-without-cooldown" })
}

func (c *cloud) Unprotect(ctx context.Context, t state.Target, ami string) error {
	return c.edit(ctx, "Unprotect", t, ami, "", func(i *image) { i.Protection = "disabled" })
}

func (c *cloud) Enable(ctx context.Context, t state.Target, ami string) error {
	return c.edit(ctx, "Enable", t, ami, "", func(i *image) { i.State = state.ImageAvailable })
}

func (c *cloud) Disable(ctx context.Context, t state.Target, ami string) error {
	return c.edit(ctx, "Disable", t, ami, "", func(i *image) { i.State = state.ImageDisabled })
}

func (c *cloud) Parameter(ctx context.Context, t state.Target, name string) (p state.Parameter, err error) {
	err = c.do(ctx, "Parameter", t, name, "", func() error {
		p = c.parameters[t.Region+name]
		return nil
	})
	return p, err
}

func (c *cloud) NewParameter(ctx context.Context, t state.Target, name, ami string, tags map[string]string) error {
	return c.do(ctx, "NewParameter", t, name, ami, func() error {
		if c.parameters[t.Region+name].Exists {
			return &state.CallError{Call: "ssm:PutParameter", Code: "ParameterAlreadyExists"}
		}
		c.parameters[t.Region+name] = state.Parameter{Exists: true, Value: ami, Tags: tags}
		return nil
	})
}

func (c *cloud) PutParameter(ctx context.Context, t state.Target, name, ami string, tags map[string]string) error {
	return c.do(ctx, "PutParameter", t, name, ami, func() error {
		c.parameters[t.Region+name] = state.Parameter{Exists: true, Value: ami, Tags: tags}
		return nil
	})
}

func (c *cloud) DeleteParameter(ctx context.Context, t state.Target, name string) error {
	return c.do(ctx, "DeleteParameter", t, name, "", func() error {
		delete(c.parameters, t.Region+name)
		return nil
	})
}

func (c *cloud) Deregister(ctx context.Context, t state.Target, ami string, snapshots bool) (results []apply.SnapshotResult, err error) {
	err = c.do(ctx, "Deregister", t, ami, "", func() error {
		i := c.images[ami]
		if i == nil || i.State == state.ImageDeregistered {
			return nil
		}
		i.State = state.ImageDeregistered
		for _, id := range i.SnapshotIDs() {
			if !snapshots || c.snapshots[id] == nil {
				continue
			}
			code := "success"
			if c.holdBack != nil {
				code = c.holdBack(id)
			}
			if code == "success" {
				delete(c.snapshots, id)
			}
			results = append(results, apply.SnapshotResult{ID: id, Code: code})
		}
		return nil
	})
	return results, err
}

func (c *cloud) DeleteSnapshot(ctx context.Context, t state.Target, snapshot string) error {
	return c.do(ctx, "DeleteSnapshot", t, snapshot, "", func() error {
		if c.snapshots[snapshot] == nil {
			return failure(entry{call: "DeleteSnapshot", region: t.Region, subject: snapshot}, "InvalidSnapshot.NotFound")
		}
		for _, a := range c.images {
			if a.State != state.ImageDeregistered && slices.Contains(a.SnapshotIDs(), snapshot) {
				return failure(entry{call: "DeleteSnapshot", region: t.Region, subject: snapshot}, "InvalidSnapshot.InUse")
			}
		}
		delete(c.snapshots, snapshot)
		return nil
	})
}
