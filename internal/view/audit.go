package view

import (
	"fmt"
	"strings"
	"time"

	"github.com/fatih/color"

	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// standingMark is how a cell stands, for the start of its line.
func standingMark(s plan.Standing) mark {
	switch s {
	case plan.StandingCurrent:
		return mark{symbol: "✓", paint: []color.Attribute{color.FgGreen}}
	case plan.StandingOutdated:
		return mark{symbol: "±", paint: []color.Attribute{color.FgMagenta}}
	case plan.StandingUndeclared:
		return mark{symbol: "-", paint: []color.Attribute{color.FgYellow}}
	case plan.StandingMissing:
		return mark{symbol: "✗", paint: []color.Attribute{color.FgRed}}
	default:
		return markUnknown
	}
}

// auditGroups are the cells by image, in the audit's order.
func auditGroups(a plan.Audit) []group {
	var groups []group
	for _, c := range a.Cells {
		if n := len(groups); n == 0 || groups[n-1].image != c.Image {
			groups = append(groups, group{image: c.Image, source: sourceOf(a.Sources, c.Image)})
		}
		last := &groups[len(groups)-1]
		last.lines = append(last.lines, auditLine(a.Head, c))
	}
	return groups
}

func auditLine(h plan.Head, c plan.AuditCell) line {
	l := line{
		image: c.Image, mark: standingMark(c.Standing), word: string(c.Standing),
		place: place(h, c.Account, c.Region), id: noID, detail: auditDetail(c),
	}
	if c.AMI != "" {
		l.id = clean(c.AMI)
	}
	return l
}

// auditDetail is what is known of the copy that counts in a cell. What was not
// asked for is left out, never told as none.
func auditDetail(c plan.AuditCell) string {
	switch {
	case c.Reason != nil:
		return clean(c.Reason.Text)
	case c.AMI == "":
		return ""
	}
	parts := []string{clean(c.State), dated("created ", c.Created)}
	if c.Standing != plan.StandingCurrent && c.SourceAMI != "" {
		parts = append(parts, "of "+clean(c.SourceAMI)+" in "+clean(c.SourceRegion))
	}
	parts = append(parts, size(plan.Estimate{GiB: c.GiB, UpperBound: c.UpperBound}), encryption(c))
	if c.Verified != "" && c.Verified != state.VerifiedOK {
		parts = append(parts, clean(c.Verified))
	}
	parts = append(parts, labelled("shared with ", c.Shared), labelled("published as ", c.Published), labelled("used by ", c.References))
	if c.Protected {
		parts = append(parts, "protected")
	}
	parts = append(parts, dated("retired ", c.RetiredAt), dated("deprecated ", c.Deprecated))
	if c.Copies > 1 {
		parts = append(parts, fmt.Sprintf("%d copies in this cell", c.Copies))
	}
	return joinParts(parts)
}

func encryption(c plan.AuditCell) string {
	switch {
	case len(c.Keys) > 0:
		return labelled("encrypted with ", c.Keys)
	case c.Encrypted:
		return "encrypted"
	default:
		return "not encrypted"
	}
}

// labelled joins values behind what they are; nothing where there are none.
func labelled(label string, values []string) string {
	if len(values) == 0 {
		return ""
	}
	return label + clean(strings.Join(values, ", "))
}

func dated(label string, t *time.Time) string {
	if t == nil {
		return ""
	}
	return label + day(*t)
}

// auditLineOf counts cells. Like the plan's headline it is a public interface.
func auditLineOf(a plan.Audit) string {
	s := a.Summary
	return fmt.Sprintf("Audit: %d present, %d outdated, %d undeclared, %d missing, %d unknown.",
		s.Present, s.Outdated, s.Undeclared, s.Absent, s.Unknown)
}

// auditFacts is what the audit does not cover, and what it saw besides.
func auditFacts(a plan.Audit) []fact {
	facts := coverage(a.Head, a.Regions)
	if !a.Complete {
		facts = append(facts, incomplete)
	}
	facts = append(facts, filters(a.Filters)...)
	facts = append(facts, owners(a.OtherOwners)...)
	return append(facts, conflicts(a.Head, a.Conflicts)...)
}
