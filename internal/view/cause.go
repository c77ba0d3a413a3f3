package view

import (
	"fmt"
	"strings"

	"github.com/amisync/amisync/pkg/plan"
)

// section is the part of a plan that has one cause.
type section struct {
	title string
	gone  string // what follows on "Taken away"
	plan  plan.Plan
}

// sectionsOf parts a plan that was held against a base; any other is one
// section without a title. What could not be seen belongs to the first.
func sectionsOf(p plan.Plan) []section {
	if p.Base == nil {
		return []section{{plan: p}}
	}
	pending := p.Caused(plan.ByPending)
	pending.Cells, pending.Regions = nil, nil
	return []section{
		{"Caused by this change, since " + clean(baseName(p)), " by this change", p.Caused(plan.ByChange)},
		{"Already pending without this change", ", and pending without this change", pending},
	}
}

func baseName(p plan.Plan) string {
	if p.Base.Commit == "" {
		return "a base without this file"
	}
	return shortCommit(p.Base.Commit)
}

// writeCauses writes a plan's groups, in their sections.
func writeCauses(b *strings.Builder, p plan.Plan, all []group, s Style) {
	if p.Base == nil {
		writeGroups(b, all, s)
		return
	}
	for _, part := range sectionsOf(p) {
		fmt.Fprintf(b, "%s\n", part.title)
		groups := groupsOf(part.plan)
		if len(groups) == 0 {
			fmt.Fprintln(b, "  nothing")
		}
		fmt.Fprintln(b)
		writeGroups(b, groups, s)
	}
}

// writeLoosened tells above everything else that brakes are taken off.
func writeLoosened(b *strings.Builder, p plan.Plan, s Style) {
	for _, w := range p.Warnings {
		if w.Loosening() {
			fmt.Fprintf(b, "%s\n\n", paragraph("Warning: "+clean(w.Text), s, 2))
		}
	}
}

// writeGone lists every destructive action of a section that will be done. None
// is folded.
func (s section) writeGone(b *strings.Builder) {
	lines := removalsOf(s.plan)
	if len(lines) == 0 {
		return
	}
	b.WriteString("### Taken away" + s.gone + "\n\n")
	writeRows(b, lines)
}

// writeRest folds what else there is, by image.
func (s section) writeRest(b *strings.Builder) {
	groups := groupsOf(s.plan)
	switch {
	case s.title != "":
		fmt.Fprintf(b, "\n### %s\n\n", markdownText.Replace(s.title))
		if len(groups) == 0 {
			b.WriteString("Nothing.\n\n")
		}
	case len(groups) > 0:
		b.WriteString("\n")
	}
	for _, g := range groups {
		writeFolded(b, g)
	}
}
