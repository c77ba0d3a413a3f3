package spec

import "gopkg.in/yaml.v3"

// maxMerge is deeper than any field of an image.
const maxMerge = 8

// merge lays an image over the defaults: maps merge key by key, anything else
// replaces, null too. Nodes keep their places in the file.
func (d *decoder) merge(base, over *yaml.Node, depth int) *yaml.Node {
	base, over = resolve(base), resolve(over)
	if base.Kind != yaml.MappingNode || over.Kind != yaml.MappingNode || depth > maxMerge {
		return over
	}
	out := &yaml.Node{Kind: yaml.MappingNode, Tag: over.Tag, Line: over.Line, Column: over.Column}
	index := map[string]int{}
	for _, n := range []*yaml.Node{over, base} {
		for i := 0; i+1 < len(n.Content) && d.spend(1); i += 2 {
			k, v := n.Content[i], n.Content[i+1]
			j, taken := index[k.Value]
			switch {
			case !taken:
				index[k.Value] = len(out.Content)
				out.Content = append(out.Content, k, v)
			case n == base:
				out.Content[j+1] = d.merge(v, out.Content[j+1], depth+1)
			}
		}
	}
	return out
}
