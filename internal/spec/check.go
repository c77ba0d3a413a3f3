package spec

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// checker looks at what fields say together, where each by itself is right.
// What could not be decoded is zero and was reported before.
type checker struct {
	*decoder
	file *File
	own  map[string]spot // what images write themselves, without defaults
}

func (c checker) check() {
	c.owners()
	for _, im := range c.file.images {
		c.source(im)
		c.regions(im)
		c.name(im)
		c.tags(im)
		c.keys(im)
		c.publish(im)
	}
	c.formerly()
	c.sameName()
	c.sameParameter()
}

// has reports whether a field of an image is there, right or wrong.
func (c checker) has(im declared, field string) bool {
	_, ok := c.at[im.place.path+"."+field]
	return ok
}

// isMap reports whether a field is there and a map, as it must be.
func (c checker) isMap(im declared, field string) bool {
	return c.has(im, field) && c.node(im.place.path+"."+field).Kind == yaml.MappingNode
}

// wrote reports whether the image itself writes the field.
func (c checker) wrote(im declared, field string) bool {
	_, ok := c.own[im.place.path+"."+field]
	return ok
}

// where is the field's place in the words of a message: of the image, or of
// the defaults that it comes from, so that every image tells it alike.
func (c checker) where(im declared, field string) place {
	p := im.place.key(field)
	if !c.wrote(im, field) {
		p.title = "defaults"
	}
	return p
}

// fail reports a problem at a field, or at what it stands in.
func (c checker) fail(im declared, field, format string, args ...any) {
	c.report(c.node(im.place.path+"."+field), "", format, args...)
}

// node is the value at a path, or the innermost one around it that is there.
func (c checker) node(path string) *yaml.Node {
	for path != "" {
		if s, ok := c.at[path]; ok {
			return resolve(s.value)
		}
		path = path[:max(strings.LastIndexAny(path, ".["), 0)]
	}
	return &yaml.Node{Line: 1, Column: 1}
}

// key is the node of a path's key: where a problem of the whole entry is shown.
func (c checker) key(path string) *yaml.Node {
	if s, ok := c.at[path]; ok && s.key != nil {
		return s.key
	}
	return c.node(path)
}

// owners refuses an owner that is its own former one.
func (c checker) owners() {
	doc := c.file.doc
	if i := slices.Index(doc.Formerly, doc.Owner); i >= 0 && doc.Owner != "" {
		c.report(c.node(place{path: "formerly"}.item(i).path), "", "formerly: %q is the owner now: take it away here", doc.Owner)
	}
}

// publish wants the parameter's name, which defaults and image may each give.
func (c checker) publish(im declared) {
	if c.isMap(im, "publish") && !c.has(im, "publish.ssm") {
		c.fail(im, "publish", `publish of image %s has no ssm: write the parameter's name, such as ssm: /amis/%[1]s/current`, im.name)
	}
}
