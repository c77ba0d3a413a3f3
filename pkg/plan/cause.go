package plan

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/amisync/amisync/pkg/state"
)

// Cause is why an action is in a plan that was held against a base.
type Cause string

// Causes.
const (
	ByChange  Cause = "change"  // it is not in the base's plan, or stands there in another way
	ByPending Cause = "pending" // drift or unfinished work: it would be done without the change too
)

// WithCauses says of every action of a plan whether the change since the base
// causes it. Both plans are of one reading of AWS. What is held back for other
// reasons, or is due on another day, is the change's doing: it lifted, or made, a
// block, or hastens what would have waited.
func WithCauses(p, base Plan) Plan {
	before := map[string]Action{}
	for _, a := range base.Actions {
		before[a.ID] = a
	}
	p.Base = &base.Config
	p.Actions = slices.Clone(p.Actions)
	for i, a := range p.Actions {
		b, there := before[a.ID]
		p.Actions[i].CausedBy = ByChange
		if there && a.stands(b) {
			p.Actions[i].CausedBy = ByPending
		}
	}
	return p
}

// stands reports whether an action is held back, or waits, as another one does.
func (a Action) stands(b Action) bool {
	return slices.EqualFunc(a.Blocked, b.Blocked, sameCode) && timeOr(a.DueAt).Equal(timeOr(b.DueAt))
}

func timeOr(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

// Caused is a plan with the actions of one cause only, counted anew. What a
// person approves stays the whole plan: its fingerprint is kept. Without a base
// everything is the change's.
func (p Plan) Caused(by Cause) Plan {
	if p.Base == nil {
		return p
	}
	p.Actions = slices.DeleteFunc(slices.Clone(p.Actions), func(a Action) bool { return a.CausedBy != by })
	counted := countActions(p.Actions)
	counted.Unchanged, counted.Unknown = p.Summary.Unchanged, p.Summary.Unknown
	p.Summary = counted
	p.Applyable = slices.ContainsFunc(p.Actions, Action.Executable)
	return p
}

// PendingLine tells in one line what is pending without the change; "" where
// nothing is, or no base was asked for.
func (p Plan) PendingLine() string {
	if p.Base == nil {
		return ""
	}
	s := p.Caused(ByPending).Summary
	parts := s.todo(onlyCounted)
	if s.Blocked > 0 {
		parts = append(parts, fmt.Sprintf("%d blocked", s.Blocked))
	}
	if len(parts) == 0 {
		return ""
	}
	return "Already pending without this change: " + strings.Join(parts, ", ") + "."
}

// Loosened warns of a change that takes the brakes off: limits raised, or prune
// switched on.
func Loosened(base, now state.Desired) []Warning {
	var out []Warning
	if now.Prune && !base.Prune {
		out = append(out, Warn(WarnPruneLoosened, Args{}))
	}
	var raised []string
	for _, l := range []struct {
		field       string
		before, now int
	}{
		{"remove.max", base.Limits.RemoveMax, now.Limits.RemoveMax},
		{"remove.percent", base.Limits.RemovePercent, now.Limits.RemovePercent},
		{"copy.max", base.Limits.CopyMax, now.Limits.CopyMax},
		{"copy.gib", base.Limits.CopyGiB, now.Limits.CopyGiB},
	} {
		if l.now > l.before {
			raised = append(raised, fmt.Sprintf("%s from %d to %d", l.field, l.before, l.now))
		}
	}
	if len(raised) > 0 {
		out = append(out, Warn(WarnLimitsLoosened, Args{Detail: strings.Join(raised, ", ")}))
	}
	return out
}

// Loosening reports whether a warning tells of brakes taken off, which stands
// above everything else.
func (w Warning) Loosening() bool { return w.Code == WarnLimitsLoosened || w.Code == WarnPruneLoosened }
