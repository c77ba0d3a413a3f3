package spec

import (
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

// Types of YAML, as yaml.Node.ShortTag names them.
const (
	tagText  = "!!str"
	tagInt   = "!!int"
	tagBool  = "!!bool"
	tagNull  = "!!null"
	tagMerge = "!!merge"
)

// resolve follows an alias to what it names. yaml.v3 never makes an alias of
// an alias.
func resolve(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode && n.Alias != nil {
		return n.Alias
	}
	return n
}

func isNull(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.ShortTag() == tagNull
}

func isText(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.ShortTag() == tagText
}

// describe says what stands at a node, for "expected …, got …".
func describe(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a map"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case isNull(n):
		return "nothing"
	}
	switch tag := n.ShortTag(); tag {
	case tagText:
		return fmt.Sprintf("the text %q", clip(n.Value))
	case tagBool:
		return n.Value
	case tagInt, "!!float":
		return "the number " + clip(n.Value)
	case "!!timestamp":
		return "the date " + clip(n.Value)
	default:
		return "a value with the tag " + clip(tag)
	}
}

// hint says how to write what was probably meant.
func hint(n *yaml.Node, want string) string {
	scalar := n.Kind == yaml.ScalarNode && !isNull(n)
	switch {
	case want == wantText && scalar && strings.HasPrefix(n.ShortTag(), "!!"):
		return fmt.Sprintf("; put it in quotes: %q", clip(n.Value))
	case (want == wantBool || want == wantNumber) && isText(n) && n.Style != 0 && plainly(n.Value, want):
		return "; take the quotes away"
	case want == wantList && scalar:
		return fmt.Sprintf("; write [%s]", clip(n.Value))
	case want == wantMap && n.Kind == yaml.SequenceNode:
		return "; write its entries as key: value, without dashes"
	default:
		return ""
	}
}

// plainly reports whether a text would be what is wanted without its quotes.
func plainly(s, want string) bool {
	bare := yaml.Node{Kind: yaml.ScalarNode, Value: s}
	return bare.ShortTag() == map[string]string{wantBool: tagBool, wantNumber: tagInt}[want]
}

// What a place expects, in the words of a message.
const (
	wantText   = "text"
	wantList   = "a list"
	wantMap    = "a map"
	wantNumber = "a whole number"
	wantBool   = "true or false"
)
