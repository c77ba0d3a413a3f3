package spec

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode"

	"gopkg.in/yaml.v3"
)

// decoder fills the types of document.go from YAML nodes and gathers what is
// wrong on the way. A bad value is reported and left zero; decoding goes on.
type decoder struct {
	name   string
	found  []Diagnostic
	at     map[string]spot
	budget *int
}

// maxValues bounds the values visited in one file, aliases and defaults
// expanded, so that a small file cannot become a large one.
const maxValues = 500_000

func newDecoder(name string) *decoder {
	budget := maxValues
	return &decoder{name: name, at: map[string]spot{}, budget: &budget}
}

// report adds a problem at a node.
func (d *decoder) report(n *yaml.Node, suggestion, format string, args ...any) {
	d.found = append(d.found, Diagnostic{
		File: d.name, Line: max(n.Line, 1), Column: max(n.Column, 1),
		Message: strings.Map(printable, fmt.Sprintf(format, args...)), Suggestion: suggestion,
	})
}

// printable keeps what a file says from breaking the line, or the terminal,
// that a message is shown on.
func printable(r rune) rune {
	if unicode.IsPrint(r) {
		return r
	}
	return ' '
}

// spend takes values off the budget; false means that it is used up.
func (d *decoder) spend(values int) bool {
	*d.budget -= values
	return *d.budget >= 0
}

// decode fills v, which must be addressable, from a node.
func (d *decoder) decode(n *yaml.Node, v reflect.Value, p place, r rules) {
	n = resolve(n)
	if !d.spend(1) {
		return
	}
	if isNull(n) {
		if !p.null {
			d.report(n, "", "%s has no value: write one, or take it away", p)
		}
		return
	}
	if own, ok := v.Addr().Interface().(nodeDecoder); ok {
		own.decodeNode(d, n, p)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.decode(n, v.Elem(), p, r)
	case reflect.Struct:
		d.structure(n, v, p)
	case reflect.Map:
		d.entries(n, v, p)
	case reflect.Slice:
		d.list(n, v, p, r)
	case reflect.String:
		d.text(n, v, p)
	case reflect.Int:
		d.number(n, v, p, r)
	case reflect.Bool:
		d.truth(n, v, p)
	default: // document.go has no other kinds
	}
}

func (d *decoder) wrongType(n *yaml.Node, p place, want string) {
	d.report(n, "", "%s: expected %s, got %s%s", p, want, describe(n), hint(n, want))
}

func (d *decoder) text(n *yaml.Node, v reflect.Value, p place) {
	if !isText(n) {
		d.wrongType(n, p, wantText)
		return
	}
	reason, suggestion := v.Interface().(formed).form().problem(n.Value)
	if reason != "" {
		d.report(n, suggestion, "%s: %s", p, reason)
		return
	}
	v.SetString(n.Value)
}

func (d *decoder) truth(n *yaml.Node, v reflect.Value, p place) {
	word := strings.ToLower(n.Value)
	if n.Kind != yaml.ScalarNode || n.ShortTag() != tagBool || (word != "true" && word != "false") {
		d.report(n, yesOrNo[word], "%s: expected %s, got %s%s", p, wantBool, describe(n), hint(n, wantBool))
		return
	}
	v.SetBool(word == "true")
}

// yesOrNo are the other words that people use; YAML 1.1 knew them too.
var yesOrNo = map[string]string{"yes": "true", "on": "true", "no": "false", "off": "false"}

func (d *decoder) number(n *yaml.Node, v reflect.Value, p place, r rules) {
	if n.Kind != yaml.ScalarNode || n.ShortTag() != tagInt {
		d.wrongType(n, p, wantNumber)
		return
	}
	i, err := strconv.Atoi(n.Value)
	if r.minimum == r.maximum && i != r.minimum {
		d.report(n, "", "%s: %s is none that this amisync reads: write %d", p, clip(n.Value), r.minimum)
		return
	}
	if err != nil || strconv.Itoa(i) != n.Value || i < r.minimum || i > r.maximum {
		d.report(n, "", "%s: %s is not in range: write a whole number from %d to %d", p, clip(n.Value), r.minimum, r.maximum)
		return
	}
	v.SetInt(int64(i))
}

// list decodes a list. A bad item leaves a zero value, so that indexes are
// those of the file.
func (d *decoder) list(n *yaml.Node, v reflect.Value, p place, r rules) {
	if n.Kind != yaml.SequenceNode {
		d.wrongType(n, p, wantList)
		return
	}
	if len(n.Content) < r.minItems {
		d.report(n, "", "%s: the list is empty: write at least one entry, or take the key away", p)
		return
	}
	if r.maxItems > 0 && len(n.Content) > r.maxItems {
		d.report(n, "", "%s: the list has %d entries; at most %d are read", p, len(n.Content), r.maxItems)
		return
	}
	seen := map[string]int{}
	v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
	for i, item := range n.Content {
		at := p.item(i)
		d.at[at.path] = spot{value: item}
		d.decode(item, v.Index(i), at, rules{})
		s := v.Index(i).String()
		if first, dup := seen[s]; dup && s != "" {
			d.report(item, "", "%s: %q is listed twice, first as entry %d: remove one", p, clip(s), first+1)
			continue
		}
		seen[s] = i
	}
}
