package spec

import (
	"slices"
	"strings"

	"github.com/amisync/amisync/pkg/state"
)

// partitions are the beginnings of Regions' names outside of the partition
// aws (AWS Fault Isolation Boundaries, "Partitions").
var partitions = []struct{ prefix, partition string }{
	{"cn-", "aws-cn"},
	{"us-gov-", "aws-us-gov"},
	{"us-iso-", "aws-iso"},
	{"us-isob-", "aws-iso-b"},
	{"eu-isoe-", "aws-iso-e"},
	{"us-isof-", "aws-iso-f"},
	{"eusc-", "aws-eusc"},
}

// partitionOf tells a Region's partition by its name.
func partitionOf(name string) string {
	for _, p := range partitions {
		if strings.HasPrefix(name, p.prefix) {
			return p.partition
		}
	}
	return "aws"
}

func (f *File) scope() state.Scope {
	return state.Scope{Only: texts(f.doc.OnlyRegions), Ignore: texts(f.doc.IgnoreRegions)}
}

// covers reports whether an image may be wanted in a Region.
func (f *File) covers(im declared, name region) bool {
	if !im.Regions.all {
		return slices.Contains(im.Regions.names, name)
	}
	return f.scope().Contains(string(name)) && !slices.Contains(im.ExcludeRegions, name) &&
		(name != im.Source.Region || im.IncludeSourceRegion) &&
		partitionOf(string(name)) == partitionOf(string(im.Source.Region))
}

// meet is a Region in which two images are both wanted; of two that are wanted
// everywhere it is only said that there are some.
func (f *File) meet(a, b declared) (string, bool) {
	if a.Regions.all && b.Regions.all {
		return "every Region that both have", partitionOf(string(a.Source.Region)) == partitionOf(string(b.Source.Region))
	}
	if a.Regions.all {
		a, b = b, a
	}
	for _, r := range a.Regions.names {
		if r != "" && f.covers(b, r) {
			return string(r), true
		}
	}
	return "", false
}

// texts are the plain strings of a list, those that were refused left out.
func texts[T ~string](list []T) []string {
	var out []string
	for _, s := range list {
		if s != "" {
			out = append(out, string(s))
		}
	}
	return out
}

func sortedTexts[T ~string](list []T) []string {
	return slices.Sorted(slices.Values(texts(list)))
}
