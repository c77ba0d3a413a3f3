package plan_test

import (
	"testing"
	"time"

	"github.com/amisync/amisync/pkg/plan"
)

func TestHeadline(t *testing.T) {
	cells := []plan.CellView{
		{Region: "eu-west-1", Declared: true, Status: plan.Present},
		{Region: "eu-west-1", Declared: true, Status: plan.Present},
		{Region: "us-west-2", Declared: true, Status: plan.Present},
		{Region: "us-east-1", Status: plan.Present},
	}
	for _, tt := range []struct {
		p    plan.Plan
		want string
	}{
		{plan.Plan{Cells: cells, Summary: plan.Summary{Unchanged: 3}}, "No changes. 3 copies in 2 Regions match amis.yaml."},
		{plan.Plan{Cells: cells[:1], Summary: plan.Summary{Unchanged: 1}}, "No changes. 1 copy in 1 Region matches amis.yaml."},
		{
			plan.Plan{
				Cells: cells[:1], Summary: plan.Summary{Unchanged: 1},
				Actions: []plan.Action{{Kind: plan.Deregister, DueAt: at(9)}, {Kind: plan.Deregister, DueAt: at(8)}, {Kind: plan.DeleteSnapshot, DueAt: at(1)}},
			},
			"No changes. 1 copy in 1 Region matches amis.yaml. In grace: 2 copies, the next to go on 2026-01-08.",
		},
		{plan.Plan{}, "No changes. 0 copies in 0 Regions match amis.yaml."},
		{
			plan.Plan{Applyable: true, Summary: plan.Summary{Copy: 1, Recopy: 1, Update: 1, Retire: 1, Deregister: 1, Blocked: 1, Unchanged: 84, Unknown: 1}},
			"Plan: 1 to copy, 1 to re-copy, 1 to update, 1 to retire, 1 to deregister; 1 blocked, 84 unchanged, 1 unknown.",
		},
		{
			plan.Plan{Applyable: true, Summary: plan.Summary{Restore: 2, Adopt: 3, Finish: 4, Unpublish: 5, DeleteSnapshot: 6}},
			"Plan: 0 to copy, 0 to re-copy, 2 to restore, 3 to adopt, 4 to finish, 5 to unpublish, 0 to deregister, 6 to delete-snapshot; 0 blocked, 0 unchanged, 0 unknown.",
		},
		{
			plan.Plan{Summary: plan.Summary{Blocked: 1}},
			"Plan: 0 to copy, 0 to re-copy, 0 to deregister; 1 blocked, 0 unchanged, 0 unknown.",
		},
		{
			plan.Plan{Summary: plan.Summary{Unknown: 1, Unchanged: 2}},
			"Plan: 0 to copy, 0 to re-copy, 0 to deregister; 0 blocked, 2 unchanged, 1 unknown.",
		},
	} {
		if got := tt.p.Headline(); got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
	}
}

func at(day int) *time.Time {
	t := time.Date(2026, time.January, day, 12, 0, 0, 0, time.UTC)
	return &t
}
