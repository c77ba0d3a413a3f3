package spec

import (
	"reflect"

	"gopkg.in/yaml.v3"
)

// nodeDecoder is a value of amis.yaml that can be written in several ways.
type nodeDecoder interface {
	decodeNode(d *decoder, n *yaml.Node, p place)
}

// regionSet is `all` or a list of Regions.
type regionSet struct {
	all   bool
	names []region
}

const (
	wordAll    = "all"
	maxRegions = 200 // far more than there are
)

func (r *regionSet) decodeNode(d *decoder, n *yaml.Node, p place) {
	if isText(n) {
		r.all = n.Value == wordAll
		if !r.all {
			d.report(n, closest(n.Value, []string{wordAll}), "%s: expected all or a list of Regions, got %s%s", p, describe(n), hint(n, wantList))
		}
		return
	}
	d.list(n, reflect.ValueOf(&r.names).Elem(), p, rules{minItems: 1, maxItems: maxRegions})
}

// sourceTags is true, false or a list of tag keys.
type sourceTags struct {
	all  bool
	keys []tagKey
}

func (s *sourceTags) decodeNode(d *decoder, n *yaml.Node, p place) {
	if n.Kind == yaml.ScalarNode && n.ShortTag() == tagBool {
		d.truth(n, reflect.ValueOf(&s.all).Elem(), p)
		return
	}
	d.list(n, reflect.ValueOf(&s.keys).Elem(), p, rules{})
}

// references is `off` or a list of kinds of reference.
type references struct{ kinds []referenceType }

const wordOff = "off"

func (r *references) decodeNode(d *decoder, n *yaml.Node, p place) {
	if n.Kind == yaml.ScalarNode && n.Value == wordOff {
		return
	}
	if isText(n) {
		d.report(n, closest(n.Value, append([]string{wordOff}, allReferences...)),
			"%s: expected off or a list of %s, got %s", p, oneOf(allReferences), describe(n))
		return
	}
	d.list(n, reflect.ValueOf(&r.kinds).Elem(), p, rules{minItems: 1})
}
