package spec

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// CheckRegions tells which Regions of the file do not exist: those that are
// not among known, which is what DescribeRegions(AllRegions) answers. Globs of
// the scope are not looked at, plain names are.
func (f *File) CheckRegions(known []string) Diagnostics {
	c := checker{decoder: &decoder{name: f.name, at: f.at}, file: f}
	exists := map[string]bool{}
	for _, name := range known {
		exists[name] = true
	}
	check := func(name string, n *yaml.Node) {
		if !exists[name] {
			c.report(n, closest(name, known), "there is no Region %s in the partition of these credentials", name)
		}
	}
	for _, im := range f.images {
		path := im.place.path
		check(string(im.Source.Region), c.node(path+".source.region"))
		checkAll(im.Regions.names, c, path+".regions", check)
		checkAll(im.ExcludeRegions, c, path+".excludeRegions", check)
		checkAll(im.OptionalRegions, c, path+".optionalRegions", check)
		if im.Encryption != nil {
			for _, r := range sortedKeys(im.Encryption.KMSKeys) {
				check(string(r), c.key(path+".encryption.kmsKeys."+string(r)))
			}
		}
	}
	checkAll(plainNames(f.doc.OnlyRegions), c, "onlyRegions", check)
	checkAll(plainNames(f.doc.IgnoreRegions), c, "ignoreRegions", check)
	return sorted(c.found)
}

func checkAll[T ~string](names []T, c checker, path string, check func(string, *yaml.Node)) {
	for i, name := range names {
		if name != "" {
			check(string(name), c.node(place{path: path}.item(i).path))
		}
	}
}

// plainNames empties the globs of a list and keeps its indexes.
func plainNames(globs []regionGlob) []regionGlob {
	out := slices.Clone(globs)
	for i, g := range out {
		if strings.ContainsAny(string(g), "*?") {
			out[i] = ""
		}
	}
	return out
}
