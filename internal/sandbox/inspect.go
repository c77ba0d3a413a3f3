package sandbox

import "time"

// Inspection is what an account holds in a Region: as it is, with nothing
// delayed or hidden. It is for tests that judge a client by what it did rather
// than by what it was told, and costs no request.
type Inspection struct {
	Images     []InspectedImage // by id
	Snapshots  []InspectedSnapshot
	Parameters []InspectedParameter
	Uses       []Use
}

// InspectedImage is an image that is there: deregistered ones that are still
// listed, and those in the Recycle Bin, are not.
type InspectedImage struct {
	ID, Name, Owner, State string
	Description            string
	SourceID, SourceRegion string
	Protection             string
	Created                time.Time
	Deprecation            time.Time
	Tags                   map[string]string
	Snapshots              []string
	Users                  []string // accounts that may launch it
	Public                 bool
}

// InspectedSnapshot is a snapshot that is there.
type InspectedSnapshot struct {
	ID, State, Key string
	Encrypted      bool
	Tags           map[string]string
	Images         []string // that use it
	Users          []string // accounts that may make volumes of it
}

// InspectedParameter is an SSM parameter.
type InspectedParameter struct {
	Name, Value string
	Tags        map[string]string
}

// Use is a resource that uses an image, as DescribeImageReferences tells it.
type Use struct{ Image, Type, ARN string }

// Inspect looks at an account's Region.
func (c *Cloud) Inspect(account, region string) Inspection {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.clock.Now()
	c.settle(now)
	a := c.accountOf(account)
	r := c.regionOf(a, region)
	var out Inspection
	for im := range r.Images.all() {
		if im.live() {
			out.Images = append(out.Images, inspectImage(im))
		}
	}
	for s := range r.Snapshots.all() {
		if !s.binned() {
			out.Snapshots = append(out.Snapshots, InspectedSnapshot{
				ID: s.ID, State: s.State, Key: s.Key, Encrypted: s.Encrypted,
				Tags: s.Tags.settled(), Images: append([]string(nil), s.Images...), Users: append([]string(nil), s.Users...),
			})
		}
	}
	for p := range r.Params.all() {
		if p.Version > 0 {
			out.Parameters = append(out.Parameters, InspectedParameter{Name: p.Name, Value: p.Value, Tags: p.Tags.settled()})
		}
	}
	k := &call{cloud: c, acct: a, reg: r, now: now}
	for _, ref := range k.references(referenceScope{kinds: referenceKinds, depth: 10_000}) {
		out.Uses = append(out.Uses, Use{Image: ref.image, Type: ref.kind, ARN: ref.arn})
	}
	return out
}

func inspectImage(im *image) InspectedImage {
	out := InspectedImage{
		ID: im.ID, Name: im.Name, Owner: im.Owner, State: im.State,
		Description: im.Description,
		SourceID:    im.SourceID, SourceRegion: im.SourceRegion, Protection: im.Protection,
		Created: im.Created, Deprecation: im.Deprecation, Tags: im.Tags.settled(),
		Users: append([]string(nil), im.Users...), Public: im.Public,
	}
	for _, d := range im.Devices {
		if d.disk() {
			out.Snapshots = append(out.Snapshots, d.Snapshot)
		}
	}
	return out
}

// settled are the tags as they will be seen once every delay is over.
func (t tags) settled() map[string]string {
	out := make(map[string]string, len(t))
	for _, one := range t {
		out[one.Key] = one.Value
	}
	return out
}
