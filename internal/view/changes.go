package view

import "github.com/amisync/amisync/pkg/plan"

// changes sets an action's field changes, those of one field together: "share:
// +111122223333 -444455556666". A copy to be made has none worth a line: all of
// it is new and stands in amis.yaml.
func changes(a plan.Action) []string {
	if a.Kind.Makes() {
		return nil
	}
	set := change
	if a.Kind == plan.Retire || a.Kind == plan.Deregister {
		set = manner
	}
	var out []string
	last := ""
	for _, c := range a.Changes {
		if c.Field == last && len(out) > 0 {
			out[len(out)-1] += " " + set(c)
			continue
		}
		last = c.Field
		out = append(out, clean(c.Field)+": "+set(c))
	}
	return out
}

// change is what was and what will be.
func change(c plan.Change) string {
	switch {
	case c.Before == "":
		return "+" + clean(c.After)
	case c.After == "":
		return "-" + clean(c.Before)
	default:
		return clean(c.Before) + " → " + clean(c.After)
	}
}

// manner is how something goes ("retire: disable"): nothing was there before.
func manner(c plan.Change) string { return clean(c.After) }
