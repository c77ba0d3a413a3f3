package aws

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ec2"

	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// source is one image's source on the way to its answer.
type source struct {
	plan.SourceQuery
	id      string // to be read; "" once the AMI is known, or is known to be missing
	fact    state.SourceFact
	problem error
}

func (s *source) region() string { return s.Source.Region }

func (s *source) miss(code, format string, args ...any) {
	s.id = ""
	s.fact.Missing = &state.Problem{Code: code, Text: fmt.Sprintf(format, args...)}
}

// sources resolves parameters and lookups, then reads all AMIs and all
// snapshots of a Region with one request each.
func (a answering) sources(ctx context.Context, questions []plan.SourceQuery, got *facts[string, state.SourceFact]) {
	list := make([]*source, len(questions))
	for i, q := range questions {
		list[i] = &source{SourceQuery: q, id: q.Source.ID, problem: a.unreachable(q.Source.Region)}
	}
	byRegion := grouped(list, (*source).region)
	each(byRegion, func(g group[string, *source]) {
		a.resolve(ctx, g.key, g.items)
		a.readSources(ctx, g.key, g.items)
		a.readSourceSnapshots(ctx, g.key, g.items)
	})
	for _, s := range list {
		got.settle(s.Image, s.fact, s.problem)
	}
}

// unreachable is why a source's Region cannot be asked, before it is: EC2
// answers AuthFailure there, as if the credentials were wrong.
func (a answering) unreachable(region string) error {
	r, ok := a.live.Region(region)
	switch {
	case !ok:
		return &state.CallError{
			Call: "ec2:DescribeImages", Account: a.live.Account, Region: region, Code: "NoSuchRegion",
			Message: fmt.Sprintf("partition %s has no Region %s", a.live.Partition, region),
			Advice:  "correct the source's region; an AMI of another partition must be stored and restored first (CreateStoreImageTask)",
		}
	case r.OptIn == notOptedIn:
		return &state.CallError{
			Call: "ec2:DescribeImages", Account: a.live.Account, Region: region, Code: "RegionNotEnabled",
			Message: "the account has not enabled the Region", Advice: "enable the Region for the account",
		}
	default:
		return nil
	}
}

// resolve turns parameters into ids and lookups into AMIs.
func (a answering) resolve(ctx context.Context, region string, list []*source) {
	open := slices.DeleteFunc(slices.Clone(list), func(s *source) bool { return s.problem != nil })
	var names []string
	for _, s := range open {
		if s.Source.SSM != "" {
			names = append(names, s.Source.SSM)
		}
	}
	values := a.client.parameterValues(ctx, region, names)
	each(open, func(s *source) {
		switch {
		case s.Source.Lookup != nil:
			a.lookUp(ctx, s)
		case s.Source.SSM != "":
			follow(s, values[s.Source.SSM])
		}
	})
}

// follow takes the AMI id that a parameter holds.
func follow(s *source, v parameterValue) {
	switch {
	case v.err != nil:
		s.problem = v.err
	case !v.exists:
		s.miss("ParameterNotFound", "SSM parameter %s does not exist in %s", s.Source.SSM, s.region())
	case !strings.HasPrefix(v.value, "ami-"):
		s.miss("NotAnAMI", "SSM parameter %s in %s holds %q, which is not an AMI id", s.Source.SSM, s.region(), v.value)
	default:
		s.id = v.value
	}
}

// lookUp takes the newest available AMI that matches. An AMI with an owner tag
// is somebody's copy and never a source.
func (a answering) lookUp(ctx context.Context, s *source) {
	if len(s.Source.Lookup.Owners) == 0 {
		s.miss("NoOwners", "the lookup names no owners: every public AMI would count")
		return
	}
	in := lookupRequest(*s.Source.Lookup)
	found, err := a.client.describeImages(ctx, s.region(), "lookup of "+s.Image, in)
	if err != nil {
		s.problem = err
		return
	}
	candidates := slices.DeleteFunc(found, func(i state.AMI) bool { return i.State != state.ImageAvailable || owned(i) })
	if len(candidates) == 0 {
		s.miss("NoMatch", "no available AMI in %s matches the lookup", s.region())
		return
	}
	newest := slices.MaxFunc(candidates, func(a, b state.AMI) int {
		return cmp.Or(a.Created.Compare(b.Created), strings.Compare(a.ID, b.ID))
	})
	s.fact.AMI = &newest
}

func lookupRequest(l state.Lookup) ec2.DescribeImagesInput {
	in := ec2.DescribeImagesInput{Owners: l.Owners}
	in.Filters = append(in.Filters, pattern("state", state.ImageAvailable))
	if l.Name != "" {
		in.Filters = append(in.Filters, pattern("name", l.Name))
	}
	if l.Architecture != "" {
		in.Filters = append(in.Filters, filter("architecture", l.Architecture))
	}
	for _, key := range slices.Sorted(maps.Keys(l.Tags)) {
		in.Filters = append(in.Filters, filter("tag:"+key, l.Tags[key]))
	}
	return in
}

// readSources reads the AMIs that are known by id.
func (a answering) readSources(ctx context.Context, region string, list []*source) {
	wanted := slices.DeleteFunc(slices.Clone(list), func(s *source) bool { return s.problem != nil || s.id == "" })
	ids := make([]string, len(wanted))
	for i, s := range wanted {
		ids[i] = s.id
	}
	found, err := a.client.imagesByID(ctx, region, ids)
	byID := map[string]*state.AMI{}
	for _, image := range registered(found) {
		byID[image.ID] = &image
	}
	for _, s := range wanted {
		switch image := byID[s.id]; {
		case err != nil:
			s.problem = err
		case image == nil:
			s.miss("InvalidAMIID.NotFound", "%s is not in %s, or account %s may not see it", s.id, region, a.live.Account)
		default:
			s.fact.AMI = image
		}
	}
}

// readSourceSnapshots adds what can be read of the snapshots: sizes for the
// estimate. Those of other accounts often cannot, which is no problem here.
func (a answering) readSourceSnapshots(ctx context.Context, region string, list []*source) {
	var ids []string
	for _, s := range list {
		if s.fact.AMI != nil {
			ids = append(ids, s.fact.AMI.SnapshotIDs()...)
		}
	}
	found, err := a.client.snapshotsByID(ctx, region, ids)
	if err != nil {
		return
	}
	for _, s := range list {
		if s.fact.AMI == nil {
			continue
		}
		behind := s.fact.AMI.SnapshotIDs()
		for _, snapshot := range found {
			if slices.Contains(behind, snapshot.ID) {
				s.fact.Snapshots = append(s.fact.Snapshots, snapshot)
			}
		}
	}
}
