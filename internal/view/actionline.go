package view

import (
	"strings"

	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// What stands in place of an id.
const (
	newID = "new" // the AMI is still to be made
	noID  = "–"   // none is known
)

// actionLine sets one action. What will not be done now says so in its first
// word, and what it would be in its detail.
func actionLine(p plan.Plan, a plan.Action, f folding) line {
	l := line{
		image: a.Image, mark: markOf(a.Kind), word: wordOf(a.Kind),
		place: place(p.Head, a.Account, a.Region), id: subject(a), gone: gone(a),
	}
	switch {
	case a.Waits():
		l.mark, l.word = markWaiting, wordWaiting
		l.detail = wordOf(a.Kind) + ": " + sentences(a.Blocked)
	case len(a.Blocked) > 0:
		l.mark, l.word = markBlocked, wordBlocked
		l.detail = wordOf(a.Kind) + ": " + sentences(a.Blocked)
	case a.DueAt != nil:
		l.mark, l.word = markWaiting, wordWaiting
		l.detail = wordOf(a.Kind) + " on " + day(*a.DueAt) + ": " + detail(a, f)
	default:
		l.detail = detail(a, f)
	}
	return l
}

// gone reports whether an action takes something away in this run.
func gone(a plan.Action) bool { return a.Kind.Destructive() && a.Executable() }

// subject is the id that an action is about.
func subject(a plan.Action) string {
	switch {
	case a.AMI != "":
		return clean(a.AMI)
	case a.SnapshotID != "":
		return clean(a.SnapshotID)
	case a.Replaces != "":
		return clean(a.Replaces)
	case a.Kind.Makes():
		return newID
	default:
		return noID
	}
}

// detail is the reason, then what changes, what follows and what it costs.
func detail(a plan.Action, f folding) string {
	parts := []string{clean(a.Reason.Text())}
	parts = append(parts, changes(a)...)
	parts = append(parts, f.after(a), f.then(a), estimate(a))
	return joinParts(parts)
}

// sentences tells all that holds an action back. Each says after a semicolon
// what lifts it, so they need another separator.
func sentences(reasons []plan.Reason) string {
	var parts []string
	for _, r := range reasons {
		parts = append(parts, clean(r.Text()))
	}
	return strings.Join(parts, " · ")
}

// joinParts joins what is not empty.
func joinParts(parts []string) string {
	var b strings.Builder
	for _, part := range parts {
		if part == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteString("; ")
		}
		b.WriteString(part)
	}
	return b.String()
}

func unknownLine(image, at string, why *state.Problem) line {
	l := line{image: image, mark: markUnknown, word: wordUnknown, place: at, id: noID, detail: "not seen"}
	if why != nil {
		l.detail = clean(why.Text)
	}
	return l
}

// unseenRegions are the unreadable Regions in which no cell says so already.
func unseenRegions(p plan.Plan) []line {
	told := map[state.Target]bool{}
	for _, c := range p.Cells {
		if c.Status == plan.Unseen {
			told[state.Target{Account: c.Account, Region: c.Region}] = true
		}
	}
	var lines []line
	for _, r := range p.Regions {
		if r.Status == state.Unknown && !told[state.Target{Account: r.Account, Region: r.Region}] {
			lines = append(lines, unknownLine("", place(p.Head, r.Account, r.Region), r.Reason))
		}
	}
	return lines
}
