package spec

import "strings"

// source wants exactly one way to find the AMI.
func (c checker) source(im declared) {
	if !c.isMap(im, "source") {
		return
	}
	var ways []string
	for _, way := range []string{"id", "lookup", "ssm"} {
		if c.has(im, "source."+way) {
			ways = append(ways, way)
		}
	}
	switch {
	case len(ways) == 0:
		c.fail(im, "source", "source of image %s does not say which AMI: write one of id, lookup and ssm", im.name)
	case len(ways) > 1:
		c.fail(im, "source."+ways[1], "source of image %s has %s: keep one of them", im.name, strings.Join(ways, " and "))
	case c.has(im, "source.track") && ways[0] != "id":
		c.fail(im, "source.track", "source.track of image %s goes with a pinned id, which `amisync bump` moves; a source by %s moves by itself: take track away", im.name, ways[0])
	}
	c.track(im)
	c.lookup(im, "source.lookup", im.Source.Lookup)
}

func (c checker) track(im declared) {
	t := im.Source.Track
	if t == nil {
		return
	}
	if c.has(im, "source.track.ssm") == c.has(im, "source.track.lookup") {
		c.fail(im, "source.track", "source.track of image %s: write one of ssm and lookup", im.name)
	}
	c.lookup(im, "source.track.lookup", t.Lookup)
}

// lookup refuses to take whatever AMI its owners made last.
func (c checker) lookup(im declared, field string, l *lookup) {
	if l != nil && !c.has(im, field+".name") && !c.has(im, field+".tags") {
		c.fail(im, field, "%s of image %s would take any AMI of its owners: write a name or tags to look for", field, im.name)
	}
}
