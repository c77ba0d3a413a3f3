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
	switch {
	case isText(n) && n.Value == wordAll:
		r.all = true
	case n.Kind == yaml.SequenceNode:
		d.list(n, reflect.ValueOf(&r.names).Elem(), p, rules{minItems: 1, maxItems: maxRegions})
	default:
		d.unexpected(n, p, "all or a list of Regions", closest(n.Value, []string{wordAll}))
	}
}

// sourceTags is true, false or a list of tag keys.
type sourceTags struct {
	all  bool
	keys []tagKey
}

func (s *sourceTags) decodeNode(d *decoder, n *yaml.Node, p place) {
	switch {
	case n.Kind == yaml.ScalarNode && n.ShortTag() == tagBool:
		d.truth(n, reflect.ValueOf(&s.all).Elem(), p)
	case n.Kind == yaml.SequenceNode:
		d.list(n, reflect.ValueOf(&s.keys).Elem(), p, rules{})
	case n.Value == wordAll:
		d.unexpected(n, p, "true, false or a list of tag keys", "true")
	default:
		d.unexpected(n, p, "true, false or a list of tag keys", "")
	}
}

// references is `off` or a list of kinds of reference.
type references struct{ kinds []referenceType }

const wordOff = "off"

func (r *references) decodeNode(d *decoder, n *yaml.Node, p place) {
	switch {
	case isText(n) && n.Value == wordOff:
	case n.Kind == yaml.SequenceNode && len(n.Content) > 0:
		d.list(n, reflect.ValueOf(&r.kinds).Elem(), p, rules{})
	case isText(n):
		d.unexpected(n, p, expectedReferences, orElse(closest(n.Value, allReferences), wordOff))
	default:
		d.unexpected(n, p, expectedReferences, wordOff)
	}
}

var expectedReferences = "off or a list of " + oneOf(allReferences)

// unexpected reports what is none of the ways to write a value.
func (d *decoder) unexpected(n *yaml.Node, p place, want, suggestion string) {
	got := describe(n)
	if n.Kind == yaml.SequenceNode {
		got = "an empty list"
	}
	if suggestion == "" {
		got += hint(n, wantList)
	}
	d.report(n, suggestion, "%s: expected %s, got %s", p, want, got)
}
