package sandbox

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"gopkg.in/yaml.v3"
)

// ParseScene reads a scene file. It is strict: a key that a scene does not
// have is an error with its line.
func ParseScene(r io.Reader) (Scene, error) {
	var scene Scene
	dec := yaml.NewDecoder(r)
	dec.KnownFields(true)
	if err := dec.Decode(&scene); err != nil && !errors.Is(err, io.EOF) {
		return Scene{}, fmt.Errorf("scene: %w", err)
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return Scene{}, errors.New("scene: more than one YAML document")
	}
	return scene, nil
}

// RegionList names Regions: a list, or the word all. The zero value names the
// Regions that are enabled by default.
type RegionList struct {
	All   bool     `json:"all,omitempty"`
	Names []string `json:"names,omitempty"`
}

// UnmarshalYAML implements yaml.Unmarshaler.
func (l *RegionList) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode && node.Value == "all" {
		l.All = true
		return nil
	}
	if err := node.Decode(&l.Names); err != nil {
		return fmt.Errorf("line %d: want the word all or a list of Regions", node.Line)
	}
	for _, name := range l.Names {
		if _, ok := atlas[name]; !ok {
			return fmt.Errorf("line %d: no Region is called %q", node.Line, name)
		}
	}
	return nil
}

// MarshalYAML implements yaml.Marshaler.
func (l RegionList) MarshalYAML() (any, error) {
	if l.All {
		return "all", nil
	}
	return l.Names, nil
}

// IsZero tells whether nothing was said.
func (l RegionList) IsZero() bool { return !l.All && len(l.Names) == 0 }

func (l RegionList) has(name string) bool { return l.All || slices.Contains(l.Names, name) }

// enabledRegions are the Regions that an account of the partition can use.
func enabledRegions(partition string, list RegionList) []string {
	var names []string
	for _, r := range regionsOf(partition) {
		if list.has(r.Name) || (list.IsZero() && !r.OptIn) {
			names = append(names, r.Name)
		}
	}
	return names
}

// DefaultRegions are the Regions that every account of the commercial
// partition has, sorted: those that need no opt-in.
func DefaultRegions() []string { return enabledRegions("aws", RegionList{}) }
