package spec

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"reflect"
	"regexp"
	"strconv"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// maxSize is the size of the largest file that is read, in bytes; a thousand
// images take about half a MiB.
const maxSize = 4 << 20

// Parse reads amis.yaml. The name is only used to say where a problem is. The
// error is Diagnostics, with every problem of the file, and there is no File
// then.
func Parse(name string, data []byte) (*File, error) {
	d := newDecoder(name)
	root := d.root(data)
	if len(d.found) > 0 {
		return nil, sorted(d.found)
	}
	f := &File{name: name, at: d.at}
	if d.version(root) {
		d.decode(root, reflect.ValueOf(&f.doc).Elem(), place{}, rules{})
		own := maps.Clone(d.at)
		f.images = d.declared(f.doc)
		checker{decoder: d, file: f, own: own}.check()
	}
	if *d.budget < 0 {
		d.found = nil
		d.report(root, "", "with aliases and defaults expanded the file has more than %d values: split it by owner", maxValues)
	}
	if len(d.found) > 0 {
		return nil, sorted(d.found)
	}
	return f, nil
}

// root is the one document of the file, or nil with the reason reported.
func (d *decoder) root(data []byte) *yaml.Node {
	top := &yaml.Node{Line: 1, Column: 1}
	switch {
	case len(data) > maxSize:
		d.report(top, "", "the file has %d bytes; at most %d are read: split it by owner", len(data), maxSize)
		return nil
	case !utf8.Valid(data):
		d.report(top, "", "the file is not UTF-8: save it as UTF-8")
		return nil
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc, next yaml.Node
	err := dec.Decode(&doc)
	if errors.Is(err, io.EOF) || (err == nil && isNull(doc.Content[0])) {
		d.report(top, "", "the file is empty: begin with version: 1, then owner, accounts, prune and images")
		return nil
	}
	if err == nil {
		err = dec.Decode(&next)
	}
	switch {
	case errors.Is(err, io.EOF):
		return doc.Content[0]
	case err != nil:
		d.syntax(err, data)
	default:
		d.report(&next, "", "a second YAML document begins here: a file holds one: give the other a file of its own")
	}
	return nil
}

var (
	yamlLine   = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)
	yamlAnchor = regexp.MustCompile(`^unknown anchor '(.+)' referenced$`)
)

// syntax reports what the YAML parser said. It tells lines in the text of its
// error and nowhere else, no columns, and of an unknown anchor only its name.
func (d *decoder) syntax(err error, data []byte) {
	n := &yaml.Node{Line: 1, Column: 1}
	text := err.Error()
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		text = text[len(m[0]):]
		if line, err := strconv.Atoi(m[1]); err == nil {
			n.Line = line
		}
	}
	if m := yamlAnchor.FindStringSubmatch(text); m != nil {
		before, _, _ := bytes.Cut(data, []byte("*"+m[1]))
		n.Line, n.Column = 1+bytes.Count(before, []byte("\n")), len(before)-bytes.LastIndexByte(before, '\n')
	}
	d.report(n, "", "this is not YAML: %s", clip(text))
}

// version reports whether this amisync reads the file's version. Of a newer
// one nothing else can be said.
func (d *decoder) version(root *yaml.Node) bool {
	if root.Kind != yaml.MappingNode {
		return true
	}
	for i := 0; i+1 < len(root.Content); i += 2 {
		v := root.Content[i+1]
		if root.Content[i].Value != "version" || v.ShortTag() != tagInt {
			continue
		}
		if n, err := strconv.Atoi(v.Value); err == nil && n > 1 {
			d.report(v, "", "the file has version %d and this amisync reads version 1: update amisync, or write version: 1", n)
			return false
		}
	}
	return true
}

// declared are the images with the defaults merged in, sorted by name. Their
// problems were reported where they stand, so that this reading is silent.
func (d *decoder) declared(doc document) []declared {
	silent := &decoder{name: d.name, at: d.at, budget: d.budget}
	var base *yaml.Node
	if s, ok := d.at["defaults"]; ok {
		base = s.value
	}
	var out []declared
	for _, name := range sortedKeys(doc.Images) {
		at := place{path: "images"}.key(string(name))
		s, ok := d.at[at.path]
		if !ok || resolve(s.value).Kind != yaml.MappingNode {
			continue
		}
		one := declared{name: string(name), place: at}
		merged := s.value
		if base != nil {
			merged = d.merge(base, s.value, 0)
		}
		silent.decode(merged, reflect.ValueOf(&one.image).Elem(), at, rules{})
		out = append(out, one)
	}
	return out
}
