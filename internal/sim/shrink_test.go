package sim

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// cut strikes steps, or what makes them hard, out of a history. The faults of
// what is left stay what they were, because they are hashed and not drawn.
type cut map[string][]int // steps by what of them goes

// What can be struck out.
const (
	skip  = "skip"  // the whole step
	calm  = "calm"  // its faults and kills
	alone = "alone" // its second run
	leave = "leave" // its meddling people
)

// parseCut reads what String writes: "skip:0,1,5 calm:7".
func parseCut(text string) (cut, error) {
	c := cut{}
	for _, part := range strings.Fields(text) {
		what, list, _ := strings.Cut(part, ":")
		for _, n := range strings.Split(list, ",") {
			number, err := strconv.Atoi(n)
			if err != nil || !slices.Contains([]string{skip, calm, alone, leave}, what) {
				return nil, fmt.Errorf("a cut is like skip:0,1,5 calm:7, not %q", part)
			}
			c[what] = append(c[what], number)
		}
	}
	return c, nil
}

func (c cut) String() string {
	var parts []string
	for _, what := range []string{skip, calm, alone, leave} {
		var list []string
		for _, n := range slices.Sorted(slices.Values(c[what])) {
			list = append(list, strconv.Itoa(n))
		}
		if len(list) > 0 {
			parts = append(parts, what+":"+strings.Join(list, ","))
		}
	}
	return strings.Join(parts, " ")
}

// and cuts one more thing.
func (c cut) and(what string, n int) cut {
	out := cut{}
	for k, v := range c {
		out[k] = slices.Clone(v)
	}
	out[what] = append(out[what], n)
	return out
}

// without is the history with a cut. The last file that is left is what the
// end is about.
func (h history) without(c cut) history {
	steps := h.steps
	h.steps = nil
	for _, s := range steps {
		if slices.Contains(c[skip], s.number) {
			continue
		}
		if slices.Contains(c[alone], s.number) {
			s.runs = s.runs[:1]
		}
		if slices.Contains(c[leave], s.number) {
			s.meddles, s.ambushes = nil, nil
		}
		if slices.Contains(c[calm], s.number) {
			s.faults, s.runs, s.ambushes = weather{}, slices.Clone(s.runs), slices.Clone(s.ambushes)
			for i := range s.runs {
				s.runs[i].killAt, s.runs[i].stopAt, s.runs[i].expiresAt = 0, 0, 0
			}
			for i := range s.ambushes {
				s.ambushes[i].outage = 0
			}
		}
		h.steps = append(h.steps, s)
	}
	return h
}

// attempts bounds how many histories a shrinking plays.
const attempts = 80

// shrink finds a smaller history that fails too: greedily, from the end.
func shrink(h history, fails func(history) bool) cut {
	var c cut
	tried := 0
	for _, what := range []string{skip, calm, leave, alone} {
		for n := len(h.steps) - 1; n >= 0 && tried < attempts; n-- {
			less := c.and(what, h.steps[n].number)
			if slices.Contains(c[skip], h.steps[n].number) || len(less[skip]) == len(h.steps) {
				continue
			}
			tried++
			if fails(h.without(less)) {
				c = less
			}
		}
	}
	return c
}
