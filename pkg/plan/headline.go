package plan

import (
	"fmt"
	"strings"
	"time"
)

// Headline is the plan's one line, a public interface that people and programs
// read: "Plan: 1 to copy, 0 to re-copy, 0 to deregister; …", or "No changes. …"
// where nothing is executable, blocked or unknown. With a base it speaks of what
// the change causes.
func (p Plan) Headline() string {
	if !p.Applyable && p.Summary.Blocked == 0 && p.Summary.Unknown == 0 {
		return p.noChanges()
	}
	s := p.Caused(ByChange).Summary
	return fmt.Sprintf("Plan: %s; %d blocked, %d unchanged, %d unknown.",
		strings.Join(s.todo(always), ", "), s.Blocked, s.Unchanged, s.Unknown)
}

// always are the kinds that the headline names even where there are none.
func always(k Kind) bool { return k == Copy || k == Recopy || k == Deregister }

// onlyCounted names no kind that there is none of.
func onlyCounted(Kind) bool { return false }

// todo are the counts of what is to be done, as people read them.
func (s Summary) todo(named func(Kind) bool) []string {
	var kinds []string
	for _, k := range []struct {
		n    int
		kind Kind
		word string
	}{
		{s.Copy, Copy, "copy"},
		{s.Recopy, Recopy, "re-copy"},
		{s.Restore, Restore, "restore"},
		{s.Adopt, Adopt, "adopt"},
		{s.Finish, Finish, "finish"},
		{s.Update, Update, "update"},
		{s.Retire, Retire, "retire"},
		{s.Unpublish, Unpublish, "unpublish"},
		{s.Deregister, Deregister, "deregister"},
		{s.DeleteSnapshot, DeleteSnapshot, "delete-snapshot"},
	} {
		if k.n > 0 || named(k.kind) {
			kinds = append(kinds, fmt.Sprintf("%d to %s", k.n, k.word))
		}
	}
	return kinds
}

func (p Plan) noChanges() string {
	regions := map[string]bool{}
	for _, c := range p.Cells {
		if c.Declared && c.Status == Present {
			regions[c.Region] = true
		}
	}
	verb := "match"
	if p.Summary.Unchanged == 1 {
		verb = "matches"
	}
	return fmt.Sprintf("No changes. %s in %s %s amis.yaml.%s",
		counted(p.Summary.Unchanged, "copy", "copies"), counted(len(regions), "Region", "Regions"), verb, p.inGrace())
}

// inGrace tells of the copies that are on their way out, and of the next date.
func (p Plan) inGrace() string {
	n, next := 0, time.Time{}
	for _, a := range p.Actions {
		if a.Kind != Deregister || a.DueAt == nil {
			continue
		}
		n++
		if next.IsZero() || a.DueAt.Before(next) {
			next = *a.DueAt
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" In grace: %s, the next to go on %s.", counted(n, "copy", "copies"), next.UTC().Format(time.DateOnly))
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
