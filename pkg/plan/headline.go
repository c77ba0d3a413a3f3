package plan

import (
	"fmt"
	"strings"
)

// Headline is the plan's one line, a public interface that people and programs
// read: "Plan: 1 to copy, 0 to re-copy, 0 to deregister; …", or "No changes. …"
// where nothing is executable, blocked or unknown.
func (p Plan) Headline() string {
	if !p.Applyable && p.Summary.Blocked == 0 && p.Summary.Unknown == 0 {
		return p.noChanges()
	}
	s := p.Summary
	var kinds []string
	for _, k := range []struct {
		n      int
		word   string
		always bool
	}{
		{s.Copy, "copy", true},
		{s.Recopy, "re-copy", true},
		{s.Restore, "restore", false},
		{s.Adopt, "adopt", false},
		{s.Finish, "finish", false},
		{s.Update, "update", false},
		{s.Retire, "retire", false},
		{s.Unpublish, "unpublish", false},
		{s.Deregister, "deregister", true},
		{s.DeleteSnapshot, "delete-snapshot", false},
	} {
		if k.n > 0 || k.always {
			kinds = append(kinds, fmt.Sprintf("%d to %s", k.n, k.word))
		}
	}
	return fmt.Sprintf("Plan: %s; %d blocked, %d unchanged, %d unknown.",
		strings.Join(kinds, ", "), s.Blocked, s.Unchanged, s.Unknown)
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
	return fmt.Sprintf("No changes. %s in %s %s amis.yaml.",
		counted(p.Summary.Unchanged, "copy", "copies"), counted(len(regions), "Region", "Regions"), verb)
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
