package plan

import "github.com/amisync/amisync/pkg/state"

// ReviewMissing holds back what takes something away and was shown to nobody
// before it was merged. Such an action waits: the next reviewed pull request
// that shows it lets it go.
const ReviewMissing Code = "review_missing"

// waiting: why an action that nothing stands in the way of is not done.
var waiting = map[Code]func(Args) string{
	ReviewMissing: func(a Args) string {
		return "no pull request merged in the last " + state.FormatDuration(a.Grace) +
			" showed it: plan it in one that is merged, or apply without --reviewed-in-pr"
	},
}

// Permit restricts a plan's destructive actions to those of the ids that were
// reviewed; why tells of the others. Whatever takes nothing away needs no review.
func (p Plan) Permit(reviewed map[string]bool, why Reason) Plan {
	return p.HoldBack(func(a Action) bool { return !a.Kind.Destructive() || reviewed[a.ID] }, why)
}

// Waits reports whether nothing but a review holds an action back.
func (a Action) Waits() bool {
	for _, r := range a.Blocked {
		if r.Code != ReviewMissing {
			return false
		}
	}
	return len(a.Blocked) > 0
}
