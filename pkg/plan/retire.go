package plan

import (
	"slices"

	"github.com/amisync/amisync/pkg/state"
)

// retireSteps are what is left to do of retiring. The time is written before
// the first effect, so that a run that dies in between is gone on with. Where
// the effect that people can see is missing, nobody was told, and the grace
// starts again: the run died, or a restoring has undone it and died in turn.
func (p *planner) retireSteps(g leaving, ret state.Retention) []Step {
	var steps []Step
	lc := g.copy
	effect := p.retireEffect(lc, ret)
	if lc.condition == byHand && lc.retiresByDisabling() {
		// Or the copy would look as if we had disabled it, and might be enabled again.
		steps = append(steps, SetTags{On: OnImage, Tags: map[string]string{state.TagLifecycle: lc.stillProtects(ret).String()}})
	}
	if _, begun := lc.retiredAt(p.now); !begun || effect != nil {
		if g.supersede && g.mark == nil {
			steps = append(steps, StampTag{Key: state.TagSupersededAt})
		}
		steps = append(steps, StampTag{Key: state.TagRetiredAt})
	}
	if lc.ami.Protected() && protectedByUs(lc) {
		steps = append(steps, Unprotect{})
	}
	if effect == nil {
		return steps
	}
	if _, disables := effect.(Disable); disables && !(lc.ctl.Retention != nil && lc.ctl.Retention.Retire == state.RetireDisable) {
		// Or the copy would look as if people had disabled it.
		steps = append(steps, SetTags{On: OnImage, Tags: map[string]string{state.TagLifecycle: ret.String()}})
	}
	return append(steps, effect)
}

// retireEffect is what others see of retiring, as far as it is not there yet.
func (p *planner) retireEffect(lc *liveCopy, ret state.Retention) Step {
	switch {
	case lc.ami.State != state.ImageAvailable:
		return nil
	case ret.Retire == state.RetireDisable:
		return Disable{}
	case !p.deprecated(lc):
		return DeprecateNow{}
	default:
		return nil
	}
}

func stamps(steps []Step, key string) bool {
	return slices.ContainsFunc(steps, func(s Step) bool {
		t, ok := s.(StampTag)
		return ok && t.Key == key
	})
}

func disables(steps []Step) bool {
	for _, s := range steps {
		if _, ok := s.(Disable); ok {
			return true
		}
	}
	return false
}

// retire is the first action on the way out.
func (p *planner) retire(g leaving, ret state.Retention, steps []Step) *Action {
	reason := g.reason
	if _, begun := g.copy.retiredAt(p.now); begun {
		reason = Reason{RetireUnfinished, Args{AMI: g.copy.ami.ID}}
	}
	a := p.leave(g, Retire, reason, nil)
	a.Changes = []Change{{Field: "retire", After: ret.Retire}}
	a.Do.Steps = steps
	a.Blocked = p.leaveBlocks(g)
	if disables(steps) { // EC2 drops what was granted then
		p.guardReferences(g, a)
		p.unpublishFirst(g, a)
		p.revokeWhileItStays(g, a)
	} else {
		p.revokeWith(g, a)
	}
	p.addLeaving(g, a)
	return a
}
