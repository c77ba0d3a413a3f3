package view_test

import (
	"fmt"
	"time"

	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

const account = "111122223333"

var now = time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC)

func head() plan.Head {
	return plan.Head{
		FormatVersion: plan.FormatVersion, ToolVersion: "0.1.0", GeneratedAt: now,
		Account: account, Partition: "aws", Owner: "platform-images",
		Config: state.Config{Path: "amis.yaml", Commit: "4f2c1ab0c0ffee4f2c1ab0c0ffee4f2c1ab0c0ff"},
	}
}

func limits() plan.Limits {
	return plan.Limits{
		Limits:        state.Limits{RemoveMax: 40, RemovePercent: 30, CopyMax: 200, CopyGiB: 5000},
		RemoveAllowed: 25, LiveCopies: 85,
	}
}

func readable(regions ...string) []plan.RegionView {
	var out []plan.RegionView
	for _, r := range regions {
		out = append(out, plan.RegionView{Account: account, Region: r, Status: state.Readable})
	}
	return out
}

const week = 7 * 24 * time.Hour

func ptr[T any](v T) *T { return &v }

func why(code plan.Code, args plan.Args) plan.Reason { return plan.Reason{Code: code, Args: args} }

// emptyPlan has nothing to tell but its headline.
func emptyPlan() plan.Plan {
	p := plan.Plan{
		Head: head(), Limits: limits(), Prune: true, Complete: true, Regions: readable("eu-north-1", "eu-west-1"),
		Summary: plan.Summary{Unchanged: 2},
		Sources: []plan.SourceView{{Image: "web-base", AMI: "ami-0abcdef1234567890", Region: "us-east-1"}},
	}
	for _, r := range p.Regions {
		p.Cells = append(p.Cells, plan.CellView{
			Image: "web-base", Account: account, Region: r.Region, Status: plan.Present,
			AMI: "ami-0c0c0c0c0c0c0c0c0", Usable: true, Declared: true,
		})
	}
	return p
}

func action(id string, k plan.Kind, image, region, ami string, r plan.Reason) plan.Action {
	return plan.Action{
		ID: id, Kind: k, Image: image, Account: account, Region: region, AMI: ami, Reason: r,
		SourceAMI: "ami-0abcdef1234567890", SourceRegion: "us-east-1",
	}
}

// fullPlan has an action of every kind, every way of not being done, and every
// line of the safety block.
func fullPlan() plan.Plan {
	due := now.Add(week)
	p := emptyPlan()
	p.Fingerprint = "9b1f0000000000000000000000000000000000000000000000000000000000aa"
	p.Applyable, p.Complete = true, false
	p.Filters = plan.Filter{Images: []string{"web-*", "old-linux"}, ExcludeRegions: []string{"ca-*"}}
	p.Limits.Removals, p.Limits.RecentlyBegun, p.Limits.Copies, p.Limits.CopiesGiB = 4, 2, 2, 24
	p.Regions = append(p.Regions,
		plan.RegionView{Account: account, Region: "me-south-1", Status: state.Unknown, Reason: throttled()},
		plan.RegionView{Account: account, Region: "mx-central-1", Status: state.Unknown, Reason: throttled()},
		plan.RegionView{Account: account, Region: "ap-east-1", Status: state.NotEnabled},
		plan.RegionView{Account: account, Region: "ca-west-1", Status: state.OutOfScope})
	p.Sources = append(p.Sources, plan.SourceView{
		Image: "web-lookup", Region: "us-east-1",
		Problem: &state.Problem{Code: "source_unresolved", Text: "no AMI matches the lookup"},
	})
	p.Cells = append(p.Cells, plan.CellView{
		Image: "web-base", Account: account, Region: "me-south-1", Status: plan.Unseen, Declared: true, Reason: throttled(),
	})
	p.Actions = append(webActions(due), otherActions(due)...)
	p.Summary = plan.Summary{
		Copy: 1, Recopy: 1, Restore: 1, Update: 1, Adopt: 1, Finish: 1, Retire: 2, Unpublish: 1, Deregister: 1, DeleteSnapshot: 1,
		Blocked: 2, Unchanged: 84, Unknown: 2,
	}
	p.Conflicts = []plan.Conflict{{Account: account, Region: "eu-west-3", AMI: "ami-0f0f0f0f0f0f0f0f0", Why: "its tags name ami-0abcdef1234567890, EC2 says ami-0999999999999999"}}
	p.OtherOwners = []plan.OwnerCount{{Owner: "data-images", Copies: 12}, {Owner: "lab", Copies: 1}}
	p.Warnings = []plan.Warning{{Code: "quota_unknown", Text: "the AMI quota of eu-west-1 was not checked: AccessDeniedException"}}
	return p
}

func throttled() *state.Problem {
	return &state.Problem{Code: "RequestLimitExceeded", Text: "Region not readable: RequestLimitExceeded after 8 attempts"}
}

func webActions(due time.Time) []plan.Action {
	dead := action("a01", plan.Deregister, "web-base", "eu-west-1", "ami-0dead000000000000", why(plan.Superseded, plan.Args{Other: "ami-0beef000000000000", Grace: week}))
	dead.Changes = []plan.Change{{Field: "snapshots", After: "delete"}}
	dead.Estimate = plan.Estimate{GiB: 12, UpperBound: true, Monthly: ptr(0.6)}
	waits := action("a02", plan.Deregister, "web-base", "us-west-2", "ami-01d00000000000000", why(plan.Superseded, plan.Args{Other: "ami-0beef000000000000"}))
	waits.DueAt, waits.After = &due, []string{"a04"}
	grace := action("a03", plan.Deregister, "web-base", "sa-east-1", "ami-0feed000000000000", why(plan.Superseded, plan.Args{Other: "ami-0beef000000000000", Grace: week, Until: &due}))
	grace.DueAt = &due
	retire := action("a04", plan.Retire, "web-base", "us-west-2", "ami-01d00000000000000", why(plan.Superseded, plan.Args{}))
	retire.After = []string{"a05"}
	recopy := action("a05", plan.Recopy, "web-base", "us-west-2", "", why(plan.SourceChanged, plan.Args{Other: "ami-0999999999999999", AMI: "ami-0abcdef1234567890"}))
	recopy.Replaces, recopy.Name = "ami-01d00000000000000", "web-base-ami-0abcdef1234567890"
	recopy.Estimate = plan.Estimate{GiB: 12, UpperBound: true}
	made := action("a06", plan.Copy, "web-base", "ap-southeast-2", "", why(plan.NoCopy, plan.Args{}))
	made.Changes = []plan.Change{{Field: "tags.team", After: "platform"}}
	made.Estimate = plan.Estimate{GiB: 12, Once: ptr(0.24), Monthly: ptr(0.6)}
	update := action("a07", plan.Update, "web-base", "eu-north-1", "ami-0c0c0c0c0c0c0c0c0", why(plan.Differs, plan.Args{}))
	update.Changes = []plan.Change{
		{Field: "share", After: "111122223333"},
		{Field: "share", Before: "444455556666"},
		{Field: "description", Before: "Base", After: "Base for every web service"},
	}
	held := action("a08", plan.Deregister, "web-base", "af-south-1", "ami-0e0e0e0e0e0e0e0e0", why(plan.Superseded, plan.Args{Other: "ami-0beef000000000000"}))
	held.Blocked = []plan.Reason{why(plan.Referenced, plan.Args{Reference: "launch template lt-0abc version 7", Field: "images.web-base.guard"}), why(plan.Held, plan.Args{AMI: "ami-0e0e0e0e0e0e0e0e0", Detail: "@oncall"})}
	return []plan.Action{dead, waits, grace, held, retire, recopy, made, update}
}

func otherActions(due time.Time) []plan.Action {
	gone := action("b01", plan.Retire, "old-linux", "eu-west-1", "ami-0aaaaaaaaaaaaaaaa", why(plan.ImageRemoved, plan.Args{Image: "old-linux"}))
	gone.Changes = []plan.Change{{Field: "retire", After: "disable"}}
	later := action("b02", plan.Deregister, "old-linux", "eu-west-1", "ami-0aaaaaaaaaaaaaaaa", why(plan.ImageRemoved, plan.Args{Image: "old-linux"}))
	later.DueAt, later.After = &due, []string{"b01"}
	parameter := action("b03", plan.Unpublish, "old-linux", "eu-west-1", "ami-0aaaaaaaaaaaaaaaa", why(plan.ImageRemoved, plan.Args{Image: "old-linux"}))
	parameter.Changes = []plan.Change{{Field: "publish", Before: "/amis/old-linux/current"}}
	snapshot := action("b04", plan.DeleteSnapshot, "", "eu-west-1", "", why(plan.Unused, plan.Args{Grace: week}))
	snapshot.SnapshotID, snapshot.Estimate = "snap-0123456789abcdef0", plan.Estimate{GiB: 8}
	restore := action("b05", plan.Restore, "web-lookup", "eu-west-1", "ami-0bbbbbbbbbbbbbbbb", why(plan.WantedAgain, plan.Args{}))
	adopt := action("b06", plan.Adopt, "web-lookup", "eu-north-1", "ami-0cccccccccccccccc", why(plan.FoundUntagged, plan.Args{Other: "ami-0abcdef1234567890"}))
	finish := action("b07", plan.Finish, "web-lookup", "us-west-2", "ami-0dddddddddddddddd", why(plan.NotVerified, plan.Args{}))
	elsewhere := action("b08", plan.Copy, "web-lookup", "us-west-2", "", why(plan.NoCopy, plan.Args{}))
	elsewhere.Account, elsewhere.Blocked = "999988887777", []plan.Reason{why(plan.SourceNotFound, plan.Args{Image: "web-lookup", AMI: "ami-0abcdef1234567890", Region: "us-east-1"})}
	return []plan.Action{gone, later, parameter, snapshot, restore, adopt, finish, elsewhere}
}

// largePlan has 500 actions of 25 images; every 50th takes something away.
func largePlan() plan.Plan {
	p := emptyPlan()
	p.Applyable, p.Sources, p.Cells = true, nil, nil
	p.Fingerprint = "5000000000000000000000000000000000000000000000000000000000000000"
	for i := range 25 {
		image := fmt.Sprintf("image-%02d", i)
		p.Sources = append(p.Sources, plan.SourceView{Image: image, AMI: fmt.Sprintf("ami-%017x", i), Region: "us-east-1"})
		for j := range 20 {
			n := 20*i + j
			id, region := fmt.Sprintf("c%03d", n), fmt.Sprintf("eu-test-%d", j)
			if n%50 == 0 {
				p.Actions = append(p.Actions, action(id, plan.Deregister, image, region, fmt.Sprintf("ami-%017x", 1000+n), why(plan.Superseded, plan.Args{Other: "ami-0beef000000000000"})))
				continue
			}
			a := action(id, plan.Copy, image, region, "", why(plan.NoCopy, plan.Args{}))
			a.Estimate.GiB = 8
			p.Actions = append(p.Actions, a)
		}
	}
	p.Summary = plan.Summary{Copy: 490, Deregister: 10}
	p.Limits.Removals, p.Limits.Copies, p.Limits.CopiesGiB = 10, 490, 3920
	return p
}
