package sim

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/amisync/amisync/internal/sandbox"
	"github.com/amisync/amisync/pkg/state"
)

// ambush is a meddle that waits for a request of the step's first run: people
// act just before it has its effect. What it is about is what they take.
type ambush struct {
	kind      string
	operation string
	nth       int           // of the run's requests of this operation, or the next one that it can be done at
	outage    time.Duration // so long the operation then is refused in the Region
	hang      time.Duration // so long each of these answers takes
}

// imageAmbushes, parameterAmbushes: what people do to an AMI that a request is
// about, to the copy that takes its place, and to the parameter that names it.
var (
	imageAmbushes     = []string{"hold", "hold", "instance", "instance", "template", "protect", "retag", "disable", "successor-disable", "successor-deregister"}
	parameterAmbushes = []string{"repoint", "repoint", "retag-parameter", "remove-parameter"}
)

// ambushed are the operations that people wait for. CopyImage is the one that
// leaves them time: what it makes takes minutes, and what it replaces goes then.
var ambushed = map[string][]string{
	"CopyImage":              slices.Concat(imageAmbushes, parameterAmbushes),
	"CreateTags":             imageAmbushes,
	"DeleteParameter":        parameterAmbushes,
	"DeregisterImage":        imageAmbushes,
	"DisableImage":           imageAmbushes,
	"EnableImageDeprecation": imageAmbushes,
	"ModifyImageAttribute":   imageAmbushes,
	"PutParameter":           parameterAmbushes,
}

func newAmbushes(d dice) []ambush {
	if d.chance(0.4) {
		return nil
	}
	var out []ambush
	for range d.between(1, 3) {
		a := ambush{operation: "CopyImage"}
		if d.chance(0.6) {
			a.operation = one(d, slices.Sorted(maps.Keys(ambushed)))
		}
		a.kind, a.nth = one(d, ambushed[a.operation]), d.between(1, 3)
		if a.operation != "CopyImage" && d.chance(0.5) {
			a.outage = time.Minute + d.within(3*time.Minute)
		}
		out = append(out, a)
	}
	return out
}

// ambush lets people act who waited for this request.
func (w *world) ambush(p *process, q request) {
	n := p.arrived(q.operation)
	if p.launch.number > 0 {
		return
	}
	for i, a := range p.step.ambushes {
		if a.operation != q.operation || n < a.nth || p.sprung(i) {
			continue
		}
		by := person{world: w, dice: newDice(w.seed, "ambush", fmt.Sprint(p.step.number, i)), region: q.region, kind: a.kind}
		if !by.pick(q) {
			continue // they wait for the next one
		}
		p.spring(i)
		if a.outage > 0 {
			p.refuse(q, a.outage, a.hang)
		}
		w.note("people: before %s of %s: %s", q.operation, by.copy.ID, a.kind)
		ambushes()[a.kind](by)
	}
}

// pick finds the copy that a request is about: the one that goes or is changed,
// the one that a parameter is to name or names, or one that a new one replaces.
func (p *person) pick(q request) bool {
	seen := p.cloud.Inspect(account, q.region)
	if q.operation == looks {
		return p.pickPending(q, seen)
	}
	id, image := q.query.Get("ImageId"), q.tag(state.TagImage)
	p.parameter = q.text("Name")
	for _, one := range q.list("ResourceId") {
		id = one
		break
	}
	for _, s := range seen.Parameters {
		if s.Name == p.parameter {
			id = s.Value
		}
	}
	var found []sandbox.InspectedImage
	for _, a := range seen.Images {
		if a.ID == id || (image != "" && a.Tags[state.TagImage] == image && usable(a)) {
			found = append(found, a)
		}
	}
	if len(found) == 0 {
		return false
	}
	p.copy = one(p.dice, found)
	if names := state.ParseControl(p.copy.Tags).Published; p.parameter == "" && len(names) > 0 {
		p.parameter = names[0]
	}
	if _, there := p.successor(); !there && strings.HasPrefix(p.kind, "successor-") {
		return false
	}
	return p.parameter != "" || (p.kind != "republish" && !slices.Contains(parameterAmbushes, p.kind))
}

// successor is another usable copy of the same image, if there is one.
func (p person) successor() (person, bool) {
	for _, a := range p.cloud.Inspect(account, p.region).Images {
		if a.ID != p.copy.ID && usable(a) && a.Tags[state.TagImage] == p.copy.Tags[state.TagImage] {
			p.copy = a
			return p, true
		}
	}
	return p, false
}

// ambushes are what people do when they wait for a request: meddles, and more.
func ambushes() map[string]func(person) {
	all := maps.Clone(meddles)
	for name, action := range map[string]string{"successor-disable": "DisableImage", "successor-deregister": "DeregisterImage"} {
		all[name] = func(p person) {
			if other, there := p.successor(); there {
				other.image(action)
			}
		}
	}
	all["successor-untag"] = func(p person) {
		if other, there := p.successor(); there {
			other.kind = "untag"
			other.tags("DeleteTags", other.copy.ID, map[string]string{one(p.dice, []string{state.TagOwner, state.TagImage, state.TagSourceAMI}): ""})
		}
	}
	all["republish"] = func(p person) {
		p.onParameter("PutParameter", map[string]any{"Name": p.parameter, "Value": p.copy.ID, "Type": "String", "Overwrite": true})
	}
	all["repoint"] = func(p person) {
		p.onParameter("PutParameter", map[string]any{"Name": p.parameter, "Value": "ami-0theirs", "Type": "String", "DataType": "text", "Overwrite": true})
	}
	all["retag-parameter"] = func(p person) {
		p.onParameter("AddTagsToResource", map[string]any{
			"ResourceType": "Parameter", "ResourceId": p.parameter, "Tags": []map[string]string{{"Key": state.TagOwner, "Value": "somebody-else"}},
		})
	}
	all["remove-parameter"] = func(p person) { p.onParameter("DeleteParameter", map[string]any{"Name": p.parameter}) }
	return all
}

func (p person) onParameter(operation string, body map[string]any) {
	p.json("ssm", "AmazonSSM."+operation, body)
	p.touchIt(p.parameter)
	p.touchIt(p.copy.ID) // which it may name
}

// tag is a tag that CopyImage gives what it makes.
func (q request) tag(key string) string {
	for name, values := range q.query {
		if strings.HasPrefix(name, "TagSpecification.") && strings.HasSuffix(name, ".Key") && values[0] == key {
			return q.query.Get(strings.TrimSuffix(name, "Key") + "Value")
		}
	}
	return ""
}
