package spec

import (
	"cmp"
	"maps"
	"slices"
)

// File is a valid amis.yaml.
type File struct {
	name   string
	doc    document
	images []declared // sorted by name, defaults merged in
	at     map[string]spot
}

// declared is an image with the defaults merged in.
type declared struct {
	image
	name  string
	place place
}

// Position is where a field stands, by its path: "images.web-base",
// "images.web-base.regions", "images.web-base.regions[0]". A field that an
// image has from the defaults is there. False means that it is not written.
func (f *File) Position(path string) (Position, bool) {
	s, ok := f.at[path]
	if !ok {
		return Position{}, false
	}
	return s.position(), true
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K {
	return slices.Sorted(maps.Keys(m))
}
