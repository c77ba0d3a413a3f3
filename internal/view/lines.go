package view

import (
	"cmp"
	"slices"

	"github.com/amisync/amisync/pkg/plan"
)

// line is one action or unknown cell, ready to be set.
type line struct {
	image  string // "" for what belongs to no image
	mark   mark
	word   string // what is done: the kind, or waiting, blocked, unknown
	place  string // Region, with the account where that is not the plan's
	id     string // AMI or snapshot; "new" for one to be made, "–" where none is known
	detail string // why, and what it costs
	gone   bool   // takes something away in this run
}

// group is the lines of one image.
type group struct {
	image  string // "" for what belongs to no image
	source string
	lines  []line
}

// groupsOf sets a plan's actions and unknown cells as lines, by image. Within
// one: what takes something away, the rest of what is done, then what waits,
// what is blocked, what is unknown; each in the plan's order.
func groupsOf(p plan.Plan) []group {
	var lines []line
	f := foldActions(p)
	for _, a := range p.Actions {
		if !f.hidden[a.ID] {
			lines = append(lines, actionLine(p, a, f))
		}
	}
	for _, c := range p.Cells {
		if c.Status == plan.Unseen {
			lines = append(lines, unknownLine(c.Image, place(p.Head, c.Account, c.Region), c.Reason))
		}
	}
	lines = append(lines, unseenRegions(p)...)
	slices.SortStableFunc(lines, func(a, b line) int {
		return cmp.Or(byImage(a.image, b.image), cmp.Compare(rank(a), rank(b)))
	})

	var groups []group
	for _, l := range lines {
		if n := len(groups); n == 0 || groups[n-1].image != l.image {
			groups = append(groups, group{image: l.image, source: sourceOf(p.Sources, l.image)})
		}
		last := &groups[len(groups)-1]
		last.lines = append(last.lines, l)
	}
	return groups
}

// byImage orders images by name; what belongs to none comes last.
func byImage(a, b string) int {
	if (a == "") != (b == "") {
		return cmp.Compare(len(b), len(a))
	}
	return cmp.Compare(a, b)
}

// removalsOf is a line for every destructive action that will be done: none is
// folded into another one's.
func removalsOf(p plan.Plan) []line {
	f := foldActions(p)
	var lines []line
	for _, a := range p.Actions {
		if gone(a) {
			lines = append(lines, actionLine(p, a, f))
		}
	}
	return lines
}

// rank keeps what will be done above what will not.
func rank(l line) int {
	return slices.Index([]string{wordWaiting, wordBlocked, wordUnknown}, l.word)
}

// sourceOf tells where an image comes from, as its group's heading.
func sourceOf(sources []plan.SourceView, image string) string {
	i := slices.IndexFunc(sources, func(s plan.SourceView) bool { return s.Image == image })
	switch {
	case image == "":
		return "no image of amis.yaml"
	case i < 0:
		return "not in amis.yaml"
	}
	s := sources[i]
	if s.Problem != nil {
		return "source in " + clean(s.Region) + " not known"
	}
	return clean(s.AMI) + " in " + clean(s.Region)
}

// place is a Region, with its account where that is another one than the plan's.
func place(h plan.Head, account, region string) string {
	if account == h.Account || account == "" {
		return clean(region)
	}
	return clean(account) + "/" + clean(region)
}

// linesOf are the lines of all groups.
func linesOf(groups []group) []line {
	var lines []line
	for _, g := range groups {
		lines = append(lines, g.lines...)
	}
	return lines
}

// named puts the image before the details of lines that are not under its
// heading.
func named(lines []line) []line {
	out := slices.Clone(lines)
	for i, l := range out {
		if l.image != "" {
			out[i].detail = clean(l.image) + ": " + l.detail
		}
	}
	return out
}
