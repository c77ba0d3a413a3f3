package view

import (
	"github.com/fatih/color"

	"github.com/amisync/amisync/pkg/plan"
)

// mark is a line's symbol. Its meaning stands in the legend of every plan that
// uses it; the line itself says it again in words.
type mark struct {
	symbol  string
	meaning string
	paint   []color.Attribute
}

// The marks, in the order of the legend.
var (
	markGone    = mark{"-", "taken away", []color.Attribute{color.FgRed, color.Bold}}
	markRetired = mark{"↓", "retired, can be restored", []color.Attribute{color.FgRed}}
	markRecopy  = mark{"±", "copied anew, then replaced", []color.Attribute{color.FgMagenta}}
	markCopy    = mark{"+", "copied", []color.Attribute{color.FgGreen}}
	markRestore = mark{"↑", "restored", []color.Attribute{color.FgGreen}}
	markUpdate  = mark{"~", "changed in place", []color.Attribute{color.FgYellow}}
	markWaiting = mark{"@", "waits for its day", []color.Attribute{color.FgBlue}}
	markBlocked = mark{"!", "blocked, not done", []color.Attribute{color.FgYellow, color.Bold}}
	markUnknown = mark{"?", "not seen, nothing planned", []color.Attribute{color.FgCyan}}
)

func marks() []mark {
	return []mark{markGone, markRetired, markRecopy, markCopy, markRestore, markUpdate, markWaiting, markBlocked, markUnknown}
}

// markOf is the symbol of an action that will be done.
func markOf(k plan.Kind) mark {
	switch k {
	case plan.Deregister, plan.DeleteSnapshot, plan.Unpublish:
		return markGone
	case plan.Retire:
		return markRetired
	case plan.Recopy:
		return markRecopy
	case plan.Copy:
		return markCopy
	case plan.Restore:
		return markRestore
	default:
		return markUpdate
	}
}

// Words of lines that are not an action to be done now.
const (
	wordWaiting = "waiting"
	wordBlocked = "blocked"
	wordUnknown = "unknown"
)

// wordOf is a kind as people read it.
func wordOf(k plan.Kind) string {
	switch k {
	case plan.Recopy:
		return "re-copy"
	case plan.DeleteSnapshot:
		return "delete-snapshot"
	default:
		return string(k)
	}
}
