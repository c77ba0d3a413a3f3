package spec

import (
	"slices"
)

func (c checker) regions(im declared) {
	if !c.has(im, "regions") {
		c.report(c.key(im.place.path), "", "image %s has no regions: write a list such as [eu-west-1], or regions: all, here or in defaults", im.name)
		return
	}
	c.onlyWithAll(im)
	c.optional(im)
	c.inScope(im)
	c.samePartition(im)
}

// onlyWithAll refuses what narrows or widens `all` beside a list. A default is
// for those images that say all, and only a contradiction to it is told.
func (c checker) onlyWithAll(im declared) {
	if im.Regions.all {
		return
	}
	beside := func(field string) bool { return c.has(im, field) && c.wrote(im, field) == c.wrote(im, "regions") }
	if beside("excludeRegions") {
		c.fail(im, "excludeRegions", "%s goes only with regions: all: take those Regions out of the list instead", c.where(im, "excludeRegions"))
	} else if both := common(im.Regions.names, im.ExcludeRegions); both != "" {
		c.fail(im, "regions", "image %s lists %s and defaults exclude it: write excludeRegions: null here, or take it out of the list", im.name, both)
	}
	if im.IncludeSourceRegion && beside("includeSourceRegion") {
		c.fail(im, "includeSourceRegion", "%s goes only with regions: all: add the source's Region to the list instead", c.where(im, "includeSourceRegion"))
	}
}

// optional refuses an optional Region in which the image is not wanted, unless
// defaults name it for other images.
func (c checker) optional(im declared) {
	if !c.wrote(im, "optionalRegions") && (im.Regions.all || c.wrote(im, "regions")) {
		return
	}
	for i, r := range im.OptionalRegions {
		if r == "" || c.file.covers(im, r) {
			continue
		}
		p := c.where(im, "optionalRegions")
		suggestion := ""
		if !im.Regions.all {
			suggestion = closest(string(r), texts(im.Regions.names))
		}
		c.report(c.node(p.item(i).path), suggestion, "%s: %s is not one of the image's Regions: add it to regions or take it away here", p, r)
	}
}

// inScope refuses Regions that onlyRegions and ignoreRegions leave out.
func (c checker) inScope(im declared) {
	scope := c.file.scope()
	for i, r := range im.Regions.names {
		if r != "" && !scope.Contains(string(r)) {
			p := c.where(im, "regions")
			c.report(c.node(p.item(i).path), "", "%s: %s is out of the scope that onlyRegions and ignoreRegions set: take it away here, or change the scope", p, r)
		}
	}
	if r := im.Source.Region; im.Regions.all && im.IncludeSourceRegion && r != "" && !scope.Contains(string(r)) {
		c.fail(im, "includeSourceRegion", "includeSourceRegion of image %s: the source's Region %s is out of the scope that onlyRegions and ignoreRegions set: take it away here, or change the scope", im.name, r)
	}
}

// samePartition refuses copies that EC2 cannot make: CopyImage works within a
// partition (EC2 User Guide, "Copy an Amazon EC2 AMI").
func (c checker) samePartition(im declared) {
	from := im.Source.Region
	for i, r := range im.Regions.names {
		if r == "" || from == "" || partitionOf(string(r)) == partitionOf(string(from)) {
			continue
		}
		p := place{path: im.place.path + ".regions"}
		c.report(c.node(p.item(i).path), "",
			"regions of image %s: %s is in the partition %s and the source's Region %s in %s, and EC2 copies no AMI from one to another: move the AMI with CreateStoreImageTask and CreateRestoreImageTask, and declare the restored one in a file of its own",
			im.name, r, partitionOf(string(r)), from, partitionOf(string(from)))
	}
}

func common(a, b []region) region {
	for _, r := range a {
		if r != "" && slices.Contains(b, r) {
			return r
		}
	}
	return ""
}
