package main

import (
	"errors"
	"slices"

	"github.com/amisync/amisync/internal/spec"
	"github.com/amisync/amisync/pkg/apply"
	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// Exit codes, a public interface. docs/exit-codes.md explains them to scripts.
const (
	exitOK          = 0
	exitError       = 1
	exitChanges     = 2
	exitFailed      = 3
	exitUnserved    = 4
	exitInvalid     = 5
	exitStale       = 6
	exitIncomplete  = 7
	exitInterrupted = 130
)

// outcome is all that an exit code is made from. Fields that a flag switches on
// are set only under that flag.
type outcome struct {
	interrupted bool
	err         error // why the command could not do its work
	stale       bool  // the reviewed plan is not what would be done now
	failed      bool  // some actions failed
	incomplete  bool  // something in scope could not be seen
	unserved    bool  // a declared cell has no usable copy and is blocked
	blocked     bool  // --fail-on-blocked
	changes     bool  // --detailed-exitcode, --fail-on
}

// exitCode is the only place where exit codes are decided: the first that holds.
func (o outcome) exitCode() int {
	var invalid spec.Diagnostics
	switch {
	case o.interrupted:
		return exitInterrupted
	case errors.As(o.err, &invalid):
		return exitInvalid
	case o.err != nil:
		return exitError
	case o.stale:
		return exitStale
	case o.failed:
		return exitFailed
	case o.incomplete:
		return exitIncomplete
	case o.unserved, o.blocked:
		return exitUnserved
	case o.changes:
		return exitChanges
	default:
		return exitOK
	}
}

// sawPlan takes from a plan what concerns the exit code of every command.
func (o *outcome) sawPlan(p plan.Plan, f planFlags) {
	o.incomplete = p.Incomplete() && !f.allowIncomplete
	o.blocked = f.failOnBlocked && p.Summary.Blocked > 0
}

// sawReport takes from a report what concerns the exit code of apply and sync.
func (o *outcome) sawReport(p plan.Plan, r *apply.Report) {
	o.interrupted = r.Interrupted
	o.failed = slices.ContainsFunc(r.Results, func(res apply.Result) bool {
		return wentWrong(res) && !p.Optional(state.Cell{Image: res.Image, Account: res.Account, Region: res.Region})
	})
	o.unserved = len(p.Unserved()) > 0
}

// wentWrong reports whether an action failed, or was left as it is by something
// that nobody asked for: credentials that expired, a permission taken away.
func wentWrong(r apply.Result) bool {
	if r.Status == apply.Failed {
		return true
	}
	return r.Status == apply.InProgress && r.Error != nil &&
		!slices.Contains([]string{apply.CodeNoWait, apply.CodeInterrupted, state.CodeTimeout}, r.Error.Code)
}

// reason is the outcome in a word, for the Action's output failure-reason; ""
// where the command did what it was asked.
func (o outcome) reason() string {
	return map[int]string{
		exitError: "error", exitFailed: "apply-failed", exitUnserved: "blocked", exitInvalid: "invalid-file",
		exitStale: "plan-changed", exitIncomplete: "partial-read", exitInterrupted: "interrupted",
	}[o.exitCode()]
}
