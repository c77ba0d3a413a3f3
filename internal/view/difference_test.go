package view_test

import (
	"strings"
	"testing"

	"github.com/amisync/amisync/internal/view"
	"github.com/amisync/amisync/pkg/plan"
)

func TestDifferenceText(t *testing.T) {
	act := func(kind plan.Kind, region, ami string) plan.Action {
		return plan.Action{
			ID: region, Kind: kind, Image: "web", Account: "111122223333", Region: region, AMI: ami,
			Reason: plan.Reason{Code: plan.NoCopy},
		}
	}
	for name, test := range map[string]struct {
		d    plan.Difference
		want string
	}{
		"none": {plan.Difference{}, "Both plans would do the same.\n"},
		"both": {plan.Difference{
			Gone: []plan.Action{act(plan.Copy, "eu-west-1", "")},
			New:  []plan.Action{act(plan.Deregister, "us-west-2", "ami-1")},
		}, "Only in the old plan:\n" +
			"  + copy  eu-west-1  new  web: no copy in this Region\n\n" +
			"Only in the new plan:\n" +
			"  - deregister  us-west-2  ami-1  web: no copy in this Region\n\n"},
	} {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			if err := view.DifferenceText(&b, test.d, view.Style{}); err != nil {
				t.Fatal(err)
			}
			if b.String() != test.want {
				t.Errorf("got\n%s\nwant\n%s", b.String(), test.want)
			}
		})
	}
}

func TestExplanationText(t *testing.T) {
	x := plan.Explanation{Subject: "web", Cells: []plan.CellExplanation{{Findings: []plan.Finding{
		{Rule: "declared", Text: "wanted", Field: "images.web.regions"}, {Rule: "copy", Text: "usable"},
	}}}}
	x.Cells[0].Cell.Image, x.Cells[0].Cell.Region = "web", "eu-west-1"
	at := func(field string) string {
		if field == "" {
			return ""
		}
		return "amis.yaml:7"
	}
	var b strings.Builder
	if err := view.ExplanationText(&b, x, at, view.Style{}); err != nil {
		t.Fatal(err)
	}
	if want := "web in eu-west-1\n  declared  wanted (amis.yaml:7)\n  copy      usable\n\n"; b.String() != want {
		t.Errorf("got %q", b.String())
	}
}
