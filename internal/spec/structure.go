package spec

import (
	"reflect"
	"strings"

	"gopkg.in/yaml.v3"
)

// pair is one entry of a YAML map.
type pair struct{ key, value *yaml.Node }

// pairs are the entries of a map; what is no map and what is no key is
// reported, and of repeated keys the first one counts.
func (d *decoder) pairs(n *yaml.Node, p place) []pair {
	if n.Kind != yaml.MappingNode {
		d.wrongType(n, p, wantMap)
		return nil
	}
	lines := map[string]int{}
	var out []pair
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		first, dup := lines[k.Value]
		switch {
		case k.Kind == yaml.ScalarNode && k.ShortTag() == tagMerge:
			d.report(k, "", "merge keys (<<) are not read %s: put what images share into defaults, or use an alias for a whole value", p.in())
		case !isText(k):
			d.report(k, "", "a key %s is %s: write it as text, in quotes if need be", p.in(), describe(k))
		case dup:
			d.report(k, "", "duplicate key %q %s: it is already on line %d; remove or rename one", clip(k.Value), p.in(), first)
		default:
			lines[k.Value] = k.Line
			out = append(out, pair{k, n.Content[i+1]})
		}
	}
	return out
}

// record remembers where a value stands. What null unsets is not there.
func (d *decoder) record(p place, e pair) {
	if !isNull(resolve(e.value)) {
		d.at[p.path] = spot(e)
	}
}

// structure decodes a map whose keys are the fields of a type.
func (d *decoder) structure(n *yaml.Node, v reflect.Value, p place) {
	if n.Kind != yaml.MappingNode {
		d.wrongType(n, p, wantMap)
		return
	}
	known := fieldsOf(v.Type())
	missing := map[string]bool{}
	for _, f := range known {
		missing[f.name] = f.rules.required
	}
	for _, e := range d.pairs(n, p) {
		f, ok := byName(known, e.key.Value)
		if !ok {
			d.report(e.key, meant(v.Type(), e.key.Value), "unknown key %q %s", clip(e.key.Value), p.in())
			continue
		}
		missing[f.name] = false
		at := p.key(f.name)
		at.null = at.null || f.rules.nullable
		d.record(at, e)
		d.decode(e.value, v.FieldByIndex(f.index), at, f.rules)
	}
	for _, f := range known {
		if missing[f.name] {
			d.report(n, "", "%q is missing %s: %s", f.name, p.in(), whatIsMissing[f.name])
		}
	}
}

// entries decodes a map whose keys the file chooses.
func (d *decoder) entries(n *yaml.Node, v reflect.Value, p place) {
	v.Set(reflect.MakeMap(v.Type()))
	for _, e := range d.pairs(n, p) {
		key := reflect.New(v.Type().Key()).Elem()
		key.SetString(e.key.Value)
		reason, suggestion := key.Interface().(formed).form().problem(e.key.Value)
		if reason != "" {
			d.report(e.key, suggestion, "%s: %s", p, reason)
		}
		at := p.key(e.key.Value)
		d.record(at, e)
		if isNull(resolve(e.value)) && at.null {
			continue
		}
		value := reflect.New(v.Type().Elem()).Elem()
		d.decode(e.value, value, at, rules{})
		if reason == "" || value.Kind() == reflect.Pointer { // a misnamed image is looked at all the same
			v.SetMapIndex(key, value)
		}
	}
}

// meant guesses which field an unknown key stands for: one of this map, or one
// of a map inside of it.
func meant(t reflect.Type, key string) string {
	var names []string
	inner := map[string]string{}
	for _, f := range fieldsOf(t) {
		names = append(names, f.name)
		if f.kind.Kind() != reflect.Struct {
			continue
		}
		for _, g := range fieldsOf(f.kind) {
			if _, taken := inner[g.name]; !taken {
				inner[g.name] = f.name + "." + g.name
			}
		}
	}
	for name, path := range inner {
		if strings.EqualFold(name, key) {
			return path
		}
	}
	return closest(key, names)
}

// whatIsMissing says what to write for each required field.
var whatIsMissing = map[string]string{
	"version":  "write version: 1",
	"owner":    "write who owns these images, such as owner: platform-images; copies carry it in a tag and no other owner's are touched",
	"accounts": `write the account that holds the copies, such as accounts: ["111122223333"]; with credentials of any other nothing runs`,
	"prune":    "write prune: true to have copies that are no longer declared retired and deregistered, or prune: false to have them only shown",
	"images":   "write the images by name, or images: {} for none",
	"source":   "write the AMI to copy from, such as source: {region: us-east-1, id: ami-0123456789abcdef0}",
	"region":   "write the Region to look in, such as region: us-east-1",
	"owners":   `write whose AMIs may be taken, such as owners: [self] or owners: ["111122223333"]; anybody can publish a look-alike`,
}
