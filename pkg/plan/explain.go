package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/amisync/amisync/pkg/state"
)

// Explanation is why an image's copies, or one AMI, stay, go or are missing.
type Explanation struct {
	Subject string
	Cells   []CellExplanation // sorted
	Notes   []Finding         // on an AMI that is in no cell
}

// CellExplanation goes through one cell, in the order in which it is decided.
type CellExplanation struct {
	Cell     state.Cell
	Findings []Finding
}

// Finding is one rule and what it gave.
type Finding struct {
	Rule  string // declared, Region, source, key, copy, decision, blocked
	Text  string
	Field string // of amis.yaml, where one stands behind it: images.web.regions
}

// Explain runs the same decisions as Compute and tells what each rule gave for
// an image's name or an AMI's id.
func Explain(d state.Desired, l state.Live, o Options, subject string) Explanation {
	p := newPlanner(d, l, o)
	p.decide()
	x := Explanation{Subject: subject}
	for _, c := range p.cells {
		if c.key.Image == subject || c.has(subject) || c.actsOn(subject) {
			x.Cells = append(x.Cells, CellExplanation{c.key, p.explainCell(c, subject)})
		}
	}
	if len(x.Cells) == 0 {
		x.Notes = p.explainOutside(subject)
	}
	return x
}

// actsOn reports whether an action of the cell is about an AMI: one that is
// taken over is no copy yet.
func (c *cell) actsOn(ami string) bool {
	return slices.ContainsFunc(c.actions, func(a *Action) bool { return a.AMI == ami && ami != "" })
}

// has reports whether an AMI is one of the cell's.
func (c *cell) has(ami string) bool {
	for _, lc := range c.copies {
		if lc.ami.ID == ami {
			return true
		}
	}
	for _, a := range c.conflicts {
		if a.ID == ami {
			return true
		}
	}
	return false
}

func (p *planner) explainCell(c *cell, subject string) []Finding {
	out := append([]Finding{p.declaration(c)}, p.sight(c)...)
	if c.declared {
		out = append(out, p.wanting(c)...)
	}
	for _, lc := range c.copies {
		if subject == c.key.Image || subject == lc.ami.ID {
			out = append(out, c.explainCopy(lc))
		}
	}
	for _, a := range p.conflicts {
		if a.Region == c.key.Region && c.has(a.AMI) {
			out = append(out, Finding{Rule: "conflict", Text: a.AMI + " is shown and never touched: " + a.Why})
		}
	}
	return append(out, c.explainDecision(subject)...)
}

func (p *planner) declaration(c *cell) Finding {
	field := "images." + c.key.Image + ".regions"
	switch {
	case c.declared:
		return Finding{"declared", "amis.yaml wants " + c.key.Image + " in " + c.key.Region, field}
	case c.entry != nil:
		return Finding{"declared", "amis.yaml has " + c.key.Image + ", but does not want it in " + c.key.Region, field}
	default:
		return Finding{"declared", "amis.yaml has no image " + c.key.Image, ""}
	}
}

// sight tells whether the Region and everything that decides could be seen.
func (p *planner) sight(c *cell) []Finding {
	var out []Finding
	for _, u := range c.unknown {
		out = append(out, Finding{"seen", u.Text + "; nothing is planned from what was not seen", ""})
	}
	if len(out) == 0 {
		out = append(out, Finding{"seen", c.key.Region + " and everything that decides here could be read", ""})
	}
	return out
}

// wanting tells what is desired in the cell.
func (p *planner) wanting(c *cell) []Finding {
	image := "images." + c.key.Image
	s := c.entry.source
	out := []Finding{{"source", fmt.Sprintf("source %s in %s", orUnknown(s.id), s.region), image + ".source"}}
	if c.entry.image.Encryption != nil {
		name := c.entry.image.Encryption.For(c.key.Region)
		key := p.facts.key(state.KeyQuery{Account: c.key.Account, Region: c.key.Region, Key: name})
		out = append(out, Finding{"key", fmt.Sprintf("key %s, which is %s", name, orUnknown(key.Value.ARN)), image + ".encryption"})
	}
	return out
}

func orUnknown(id string) string {
	if id == "" {
		return "not known"
	}
	return id
}

// explainCopy tells what a copy is, and what is to be kept in mind of it.
func (c *cell) explainCopy(lc *liveCopy) Finding {
	parts := []string{
		fmt.Sprintf("%s is a copy of %s, generation %d, under key %s", lc.ami.ID, lc.ctl.SourceAMI, lc.ctl.Generation, orUnknown(lc.key())),
		lc.condition.String(),
	}
	if lc.detail != "" {
		parts = append(parts, lc.detail)
	}
	if !lc.superseded.IsZero() {
		parts = append(parts, "superseded since "+state.FormatTime(lc.superseded))
	}
	if !lc.ctl.RetiredAt.IsZero() {
		parts = append(parts, "retired since "+state.FormatTime(lc.ctl.RetiredAt))
	}
	if lc == c.current {
		parts = append(parts, "the copy that counts in this cell")
	}
	return Finding{Rule: "copy", Text: strings.Join(parts, "; ")}
}

// String is the condition for people.
func (c condition) String() string {
	return [...]string{
		"still being copied", "broken", "available and not verified yet", "usable", "disabled by retiring it",
		"disabled by hand", "its snapshots are archived", "its snapshots could not be read",
	}[c]
}

func (c *cell) explainDecision(subject string) []Finding {
	var out []Finding
	for _, a := range c.actions {
		if subject != c.key.Image && a.AMI != subject {
			continue
		}
		out = append(out, Finding{Rule: "decision", Text: decisionText(a)})
		for _, b := range a.Blocked {
			out = append(out, Finding{"blocked", b.Text(), b.field(c.key.Image)})
		}
	}
	if len(out) == 0 && len(c.unknown) == 0 {
		out = append(out, Finding{Rule: "decision", Text: "nothing is to be done"})
	}
	return out
}

func decisionText(a *Action) string {
	text := string(a.Kind)
	if a.AMI != "" {
		text += " " + a.AMI
	}
	text += ": " + a.Reason.Text()
	if a.DueAt != nil {
		text += "; on " + state.FormatTime(*a.DueAt)
	}
	return text
}

// explainOutside tells of an AMI that is in no cell.
func (p *planner) explainOutside(subject string) []Finding {
	for _, c := range p.conflicts {
		if c.AMI == subject {
			return []Finding{{Rule: "conflict", Text: fmt.Sprintf("%s in %s carries our tags and is never touched: %s", c.AMI, c.Region, c.Why)}}
		}
	}
	for _, a := range p.orphans {
		if a.SnapshotID == subject {
			out := []Finding{{Rule: "decision", Text: decisionText(a)}}
			for _, b := range a.Blocked {
				out = append(out, Finding{"blocked", b.Text(), b.field(a.Image)})
			}
			return out
		}
	}
	for i := range p.live.Regions {
		for _, a := range p.live.Regions[i].Images {
			if a.ID == subject {
				return []Finding{{Rule: "owner", Text: fmt.Sprintf("%s in %s is of owner %s, this file's is %s: it is not ours to touch",
					a.ID, a.Region, orUnknown(a.Tags[state.TagOwner]), p.d.Owner)}}
			}
		}
	}
	return []Finding{{Rule: "owner", Text: subject + " is no image of amis.yaml, and no AMI with an amisync:owner tag in any Region that could be read: amisync has nothing to do with it"}}
}
