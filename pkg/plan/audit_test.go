package plan_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

func TestAudit(t *testing.T) {
	c := newCloud()
	c.web().Regions.Names = []string{"ap-south-1", "eu-west-1", "us-west-2"}
	c.web().Share = &state.Share{Accounts: []string{"444455556666"}}
	current := c.copyOf(oldAMI, "eu-west-1", tag(state.TagShared, state.SharedYes), tag(state.TagPublished, "/amis/web"))
	c.launch[current.ID] = []state.Grant{{Account: "444455556666"}}
	c.snapshotOf(current).KMSKey, c.snapshotOf(current).Encrypted = "arn:key", true
	c.copyOf(newAMI, "us-west-2")
	gone := c.copyOf(oldAMI, home, c.retired(8*day))
	c.refs[gone.ID] = []state.Reference{{Type: "ec2:Instance", ARN: "arn:aws:ec2:x:1:instance/i-1"}}
	c.status["ap-south-1"] = state.Unknown
	// With a Region unknown nothing is removed, so nobody was asked who uses gone.
	a := plan.NewAudit(c.d, c.see(), c.o)

	if want := (plan.AuditSummary{Present: 3, Unknown: 1, Outdated: 1, Undeclared: 1}); a.Summary != want {
		t.Errorf("summary %+v, want %+v", a.Summary, want)
	}
	got := map[string]plan.AuditCell{}
	for _, cell := range a.Cells {
		got[cell.Region] = cell
	}
	want := plan.AuditCell{
		Image: "web", Account: account, Region: "eu-west-1", Declared: true, Status: plan.Present, Standing: plan.StandingCurrent,
		Usable: true, AMI: current.ID, Name: current.Name, State: state.ImageAvailable, SourceAMI: oldAMI, SourceRegion: home,
		Generation: 1, Created: &current.Created, Verified: state.VerifiedOK, Encrypted: true, Keys: []string{"arn:key"},
		Shared: []string{"444455556666"}, SharedKnown: true, Published: []string{"/amis/web"}, GiB: 12, Copies: 1,
	}
	if diff := cmp.Diff(want, got["eu-west-1"]); diff != "" {
		t.Errorf("cell (-want +got):\n%s", diff)
	}
	for region, standing := range map[string]plan.Standing{
		"us-west-2": plan.StandingOutdated, home: plan.StandingUndeclared, "ap-south-1": plan.StandingUnknown,
	} {
		if got[region].Standing != standing {
			t.Errorf("%s is %s, want %s", region, got[region].Standing, standing)
		}
	}
	if a.Complete || got["ap-south-1"].Reason == nil || got[home].RetiredAt == nil || got[home].RefsKnown {
		t.Errorf("complete %v, cells %+v", a.Complete, got)
	}
	b, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	var back plan.Audit
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(a, back); diff != "" {
		t.Errorf("JSON (-audit +back):\n%s", diff)
	}
}

func TestAuditOfWhatIsMissingAndReferenced(t *testing.T) {
	c := newCloud()
	gone := c.unwanted(c.retired(8 * day))
	c.refs[gone.ID] = []state.Reference{{Type: "ec2:Instance", ARN: "arn:aws:ec2:x:1:instance/i-1"}}
	c.web().Regions.Names = append(c.web().Regions.Names, "ap-south-1")
	a := plan.NewAudit(c.d, c.see(), c.o)
	if want := (plan.AuditSummary{Present: 2, Absent: 1, Undeclared: 1}); a.Summary != want {
		t.Errorf("summary %+v, want %+v", a.Summary, want)
	}
	for _, cell := range a.Cells {
		if cell.AMI == gone.ID {
			if diff := cmp.Diff([]string{"instance i-1"}, cell.References); diff != "" || !cell.RefsKnown {
				t.Errorf("references (-want +got):\n%s", diff)
			}
		}
	}
}
