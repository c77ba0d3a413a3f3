package view

import (
	"fmt"
	"io"
	"strings"

	"github.com/fatih/color"

	"github.com/amisync/amisync/pkg/apply"
)

// statusWord is a status as people read it.
func statusWord(s apply.Status) string { return strings.ReplaceAll(string(s), "_", " ") }

func statusPaint(s apply.Status) []color.Attribute {
	switch s {
	case apply.Done:
		return []color.Attribute{color.FgGreen}
	case apply.Failed:
		return []color.Attribute{color.FgRed, color.Bold}
	case apply.InProgress:
		return []color.Attribute{color.FgBlue}
	default:
		return []color.Attribute{color.FgYellow}
	}
}

func statusSymbol(s apply.Status) string {
	switch s {
	case apply.Done:
		return "✓"
	case apply.Failed:
		return "✗"
	case apply.InProgress:
		return "…"
	case apply.Blocked:
		return markBlocked.symbol
	default:
		return "-"
	}
}

// ReportText writes what a run did: a line for each action, by image, those
// that are not done once more at the end of a long report, then the counts.
func ReportText(w io.Writer, r apply.Report, s Style) error {
	var b strings.Builder
	groups := resultGroups(r)
	cols := columnsOf(linesOf(groups))
	for _, g := range groups {
		fmt.Fprintln(&b, paragraph(reportHeading(g), s, 4))
		cols.write(&b, g.lines, s)
		fmt.Fprintln(&b)
	}
	if open := undone(r); len(r.Results) >= manyLines && len(open) > 0 {
		title := fmt.Sprintf("Not done: %d of %d actions", len(open), len(r.Results))
		fmt.Fprintln(&b, paragraph(title, s, 2))
		columnsOf(open).write(&b, named(open), s)
		fmt.Fprintln(&b)
	}
	fmt.Fprintln(&b, reportLine(r))
	_, err := io.WriteString(w, b.String())
	return err
}

func reportHeading(g group) string {
	if g.image == "" {
		return "(no image of amis.yaml)"
	}
	return clean(g.image)
}

func resultGroups(r apply.Report) []group {
	var groups []group
	index := map[string]int{}
	for _, res := range r.Results {
		i, ok := index[res.Image]
		if !ok {
			i = len(groups)
			index[res.Image] = i
			groups = append(groups, group{image: res.Image})
		}
		groups[i].lines = append(groups[i].lines, resultLine(r, res))
	}
	return groups
}

// undone is everything that is not done, for whatever reason.
func undone(r apply.Report) []line {
	return resultLines(r, func(s apply.Status) bool { return s != apply.Done })
}

func resultLines(r apply.Report, wanted func(apply.Status) bool) []line {
	var lines []line
	for _, res := range r.Results {
		if wanted(res.Status) {
			lines = append(lines, resultLine(r, res))
		}
	}
	return lines
}

func resultLine(r apply.Report, res apply.Result) line {
	parts := []string{}
	if res.Error != nil {
		parts = append(parts, clean(res.Error.Text))
	}
	for _, warning := range res.Warnings {
		parts = append(parts, "warning: "+clean(warning))
	}
	detail := wordOf(res.Kind)
	if len(parts) > 0 {
		detail += ": " + joinParts(parts)
	}
	return line{
		image: res.Image, mark: mark{symbol: statusSymbol(res.Status), paint: statusPaint(res.Status)}, word: statusWord(res.Status),
		place: place(r.Head, res.Account, res.Region), id: resultID(res), detail: detail,
	}
}

func resultID(res apply.Result) string {
	switch {
	case res.AMI != "":
		return clean(res.AMI)
	case res.SnapshotID != "":
		return clean(res.SnapshotID)
	default:
		return noID
	}
}

// reportLine counts what became of the actions. Like the plan's headline it is
// a public interface: done and failed are always in it.
func reportLine(r apply.Report) string {
	s := r.Summary
	parts := []string{fmt.Sprintf("%d done, %d failed", s.Done, s.Failed)}
	for _, of := range []struct {
		n      int
		status apply.Status
	}{
		{s.Skipped, apply.Skipped},
		{s.InProgress, apply.InProgress},
		{s.NotStarted, apply.NotStarted},
		{s.Blocked, apply.Blocked},
	} {
		if of.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", of.n, statusWord(of.status)))
		}
	}
	verb := "Apply: "
	if r.Interrupted {
		verb = "Apply interrupted: "
	}
	return verb + strings.Join(parts, ", ") + "."
}
