package view

import (
	"fmt"
	"io"
	"strings"

	"github.com/amisync/amisync/pkg/plan"
)

// manyLines is from where on a plan no longer fits a screen, and what it takes
// away is told once more at its end.
const manyLines = 40

// PlanText writes a plan for people: its actions by image, the legend of the
// symbols used, the safety block, the fingerprint, and as last line the
// headline. That line is never wrapped or colored: it is a public interface.
func PlanText(w io.Writer, p plan.Plan, s Style) error {
	var b strings.Builder
	groups, facts := groupsOf(p), safety(p)
	if !silent(groups, facts) {
		writeLoosened(&b, p, s)
		writeCauses(&b, p, groups, s)
		writeRemovals(&b, p, s)
		writeLegend(&b, groups, s)
		writeFacts(&b, "Safety", facts, s)
		if p.Fingerprint != "" {
			fmt.Fprintf(&b, "Fingerprint: %s\n\n", clean(p.Fingerprint))
		}
	}
	if pending := p.PendingLine(); pending != "" {
		fmt.Fprintln(&b, pending)
	}
	fmt.Fprintln(&b, p.Headline())
	_, err := io.WriteString(w, b.String())
	return err
}

func writeGroups(b *strings.Builder, groups []group, s Style) {
	cols := columnsOf(linesOf(groups))
	for _, g := range groups {
		fmt.Fprintln(b, paragraph(heading(g), s, 4))
		cols.write(b, g.lines, s)
		fmt.Fprintln(b)
	}
}

func heading(g group) string {
	if g.image == "" {
		return "(" + g.source + ")"
	}
	return clean(g.image) + "  " + g.source
}

// writeRemovals repeats what a long plan takes away, where a terminal stops.
func writeRemovals(b *strings.Builder, p plan.Plan, s Style) {
	lines := removalsOf(p)
	if len(p.Actions) < manyLines || len(lines) == 0 {
		return
	}
	title := fmt.Sprintf("Taken away by this plan: %d of %d actions", len(lines), len(p.Actions))
	fmt.Fprintln(b, paragraph(title, s, 2))
	columnsOf(lines).write(b, named(lines), s)
	fmt.Fprintln(b)
}

// writeLegend explains the symbols used, and no other.
func writeLegend(b *strings.Builder, groups []group, s Style) {
	used := map[string]bool{}
	for _, l := range linesOf(groups) {
		used[l.mark.symbol] = true
	}
	entries := []string{"Symbols:"}
	for _, m := range marks() {
		if used[m.symbol] {
			entries = append(entries, m.symbol+" "+m.meaning+";")
		}
	}
	if len(entries) == 1 {
		return
	}
	last := len(entries) - 1
	entries[last] = strings.TrimSuffix(entries[last], ";")
	if s.Width <= 0 {
		fmt.Fprintf(b, "%s\n\n", strings.Join(entries, " "))
		return
	}
	fmt.Fprintf(b, "%s\n\n", hang(fill(entries, s.Width-2), 2))
}

func writeFacts(b *strings.Builder, title string, facts []fact, s Style) {
	width := 0
	for _, f := range facts {
		width = max(width, cells.StringWidth(f.label))
	}
	fmt.Fprintln(b, title)
	indent := 2 + width + 2
	for _, f := range facts {
		fmt.Fprintf(b, "  %s  %s\n", pad(f.label, width), paragraph(f.text, s, indent))
	}
	fmt.Fprintln(b)
}
