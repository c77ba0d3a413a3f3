package sim

import (
	"fmt"
	"slices"

	"github.com/amisync/amisync/internal/sandbox"
	"github.com/amisync/amisync/pkg/state"
)

// parameter is the name of the SSM parameter that a request is about.
func (q request) parameter() string {
	if name := q.text("ResourceId"); name != "" {
		return name
	}
	return q.text("Name")
}

// parameter: SSM names available AMIs of ours; only our parameters are changed,
// and only while they hold what the plan saw.
func (j *judge) parameter(p *process, q request) {
	seen, name := j.inspect(q.region), q.parameter()
	if j.disturbed(p, q, name) {
		return
	}
	i := slices.IndexFunc(seen.Parameters, func(s sandbox.InspectedParameter) bool { return s.Name == name })
	if i >= 0 {
		j.ourParameter(p, q, seen, seen.Parameters[i])
	}
	id := q.text("Value")
	a, there := find(seen.Images, id)
	q.sent = p.changing(q, id) // SSM itself refuses what is not available when it is written
	if id != "" && (!there || a.State != state.ImageAvailable || !proven(a)) && !j.disturbed(p, q, id) {
		j.fail(p, q, "parameter %s would name %s, which is %s", name, id, a.State)
	}
}

func (j *judge) ourParameter(p *process, q request, seen sandbox.Inspection, s sandbox.InspectedParameter) {
	if q.operation == "PutParameter" && q.json["Overwrite"] != true {
		return // AWS refuses it
	}
	if !oursByTags(s) && !rememberedBy(seen, s) {
		j.fail(p, q, "parameter %s is not ours: %v", s.Name, s.Tags)
	}
	if named, there := find(seen.Images, s.Value); q.operation == "AddTagsToResource" && there && proven(named) {
		return // it holds what it is to hold, as far as can be told from here
	}
	if s.Value != q.text("Value") && !p.sawValue(q.region, s.Name, s.Value) {
		j.fail(p, q, "parameter %s holds %s, which the plan did not see", s.Name, s.Value)
	}
}

func oursByTags(s sandbox.InspectedParameter) bool { return s.Tags[state.TagOwner] == owner }

// rememberedBy reports whether a parameter that nobody's tags are on names a
// copy of ours which says that it was published there: a run died between
// writing it and tagging it.
func rememberedBy(seen sandbox.Inspection, s sandbox.InspectedParameter) bool {
	a, there := find(seen.Images, s.Value)
	return s.Tags[state.TagOwner]+s.Tags[state.TagImage] == "" && there && proven(a) &&
		slices.Contains(state.ParseControl(a.Tags).Published, s.Name)
}

// read remembers what a process is told about parameters while it plans.
func (j *judge) read(p *process, q request) {
	names, _ := q.json["Names"].([]any)
	for _, name := range names {
		p.look(q.region, fmt.Sprint(name))
	}
	for _, s := range j.inspect(q.region).Parameters {
		if slices.Contains(names, any(s.Name)) {
			p.see(q.region, s.Name, s.Value)
		}
	}
}
