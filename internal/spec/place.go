package spec

import (
	"strconv"

	"gopkg.in/yaml.v3"
)

// place is where in the file a value stands: as a path for look-ups, and in
// the words of a message.
type place struct {
	path  string // images.web-base.regions[2]
	title string // "image web-base", "defaults", "" for the file
	field string // regions
	null  bool   // null is allowed here and unsets a default
}

// key is the place of a map's entry.
func (p place) key(k string) place {
	switch {
	case p.path == "images":
		return place{path: "images." + k, title: "image " + clip(k)}
	case p.path == "" && k == "defaults":
		return place{path: k, title: k}
	case p.path == "":
		return place{path: k, field: clip(k)}
	case p.field == "":
		return place{path: p.path + "." + k, title: p.title, field: clip(k), null: p.null}
	default:
		return place{path: p.path + "." + k, title: p.title, field: p.field + "." + clip(k), null: p.null}
	}
}

// item is the place of a list's item; null unsets nothing in there.
func (p place) item(i int) place {
	return place{path: p.path + "[" + strconv.Itoa(i) + "]", title: p.title, field: p.field}
}

// String names the place: "regions of image web-base".
func (p place) String() string {
	switch {
	case p.title == "" && p.field == "":
		return "the file"
	case p.field == "":
		return p.title
	case p.title == "":
		return p.field
	default:
		return p.field + " of " + p.title
	}
}

// in names the map that an unknown or repeated key stands in.
func (p place) in() string {
	if p.title == "" && p.field == "" {
		return "at the top level"
	}
	return "in " + p.String()
}

// spot is the pair of nodes at a path; items of lists have no key.
type spot struct{ key, value *yaml.Node }

// Position is a place in the file; both count from 1.
type Position struct{ Line, Column int }

// position is where a reader looks for the field: at its key.
func (s spot) position() Position {
	if s.key != nil {
		return Position{s.key.Line, s.key.Column}
	}
	return Position{s.value.Line, s.value.Column}
}
