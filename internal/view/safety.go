package view

import (
	"fmt"
	"strings"

	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// fact is one line of the safety block: what the plan was held against, and
// what it does not cover.
type fact struct {
	label string
	text  string
	loud  bool // worth telling even where nothing changes
}

// safety is all that a reviewer should know beside the actions.
func safety(p plan.Plan) []fact {
	facts := []fact{removals(p.Limits), copies(p.Limits), prune(p)}
	facts = append(facts, coverage(p.Head, p.Regions)...)
	if !p.Complete {
		facts = append(facts, incomplete)
	}
	facts = append(facts, filters(p.Filters)...)
	facts = append(facts, owners(p.OtherOwners)...)
	facts = append(facts, conflicts(p.Head, p.Conflicts)...)
	for _, w := range p.Warnings {
		facts = append(facts, fact{"warning", clean(w.Text), true})
	}
	return facts
}

func removals(l plan.Limits) fact {
	return fact{label: "removals", text: fmt.Sprintf(
		"%d begun by this plan, %d in the 24 hours before; %d allowed (at most %d, and %d%% of %s)",
		l.Removals, l.RecentlyBegun, l.RemoveAllowed, l.RemoveMax, l.RemovePercent, count(l.LiveCopies, "live copy", "live copies"))}
}

func copies(l plan.Limits) fact {
	return fact{label: "copies", text: fmt.Sprintf("%d of at most %d; %s of at most %s",
		l.Copies, l.CopyMax, gib(l.CopiesGiB), gib(float64(l.CopyGiB)))}
}

func prune(p plan.Plan) fact {
	if p.Prune {
		return fact{label: "prune", text: "on"}
	}
	return fact{label: "prune", text: "off: what is not declared is shown and stays"}
}

var incomplete = fact{"complete", "no: this does not cover everything that amis.yaml declares", true}

// coverage tells which Regions were seen. Those that are left out on purpose
// are only counted, those that could not be read are named.
func coverage(h plan.Head, regions []plan.RegionView) []fact {
	seen := map[state.Status]int{}
	var gaps []fact
	for _, r := range regions {
		seen[r.Status]++
		if r.Status == state.Unknown {
			gaps = append(gaps, fact{"not read", place(h, r.Account, r.Region) + because(r.Reason), true})
		}
	}
	text := fmt.Sprintf("%d of %d read", seen[state.Readable], seen[state.Readable]+seen[state.Unknown])
	if n := seen[state.NotEnabled]; n > 0 {
		text += fmt.Sprintf("; %d not enabled", n)
	}
	if n := seen[state.OutOfScope]; n > 0 {
		text += fmt.Sprintf("; %d out of scope", n)
	}
	return append([]fact{{label: "Regions", text: text}}, gaps...)
}

func because(why *state.Problem) string {
	if why == nil {
		return ""
	}
	return ": " + clean(why.Text)
}

func filters(f plan.Filter) []fact {
	if f.Empty() {
		return nil
	}
	var flags []string
	for _, of := range []struct {
		name  string
		globs []string
	}{
		{"--image", f.Images},
		{"--region", f.Regions},
		{"--exclude-image", f.ExcludeImages},
		{"--exclude-region", f.ExcludeRegions},
	} {
		for _, g := range of.globs {
			flags = append(flags, of.name+" "+clean(g))
		}
	}
	return []fact{{"filters", strings.Join(flags, " "), true}}
}

func owners(counts []plan.OwnerCount) []fact {
	var parts []string
	for _, o := range counts {
		parts = append(parts, fmt.Sprintf("%s (%s)", clean(o.Owner), count(o.Copies, "copy", "copies")))
	}
	if len(parts) == 0 {
		return nil
	}
	return []fact{{"other owners", strings.Join(parts, ", ") + ": left alone", true}}
}

func conflicts(h plan.Head, cs []plan.Conflict) []fact {
	var facts []fact
	for _, c := range cs {
		facts = append(facts, fact{"conflict", fmt.Sprintf("%s %s: %s", place(h, c.Account, c.Region), clean(c.AMI), clean(c.Why)), true})
	}
	return facts
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// silent reports whether a plan has nothing to show but its headline.
func silent(groups []group, facts []fact) bool {
	if len(groups) > 0 {
		return false
	}
	for _, f := range facts {
		if f.loud {
			return false
		}
	}
	return true
}
