package state

import "slices"

// PublishedTags are the tags of the series amisync:published that remember the
// SSM parameters which name a copy: the entry's, and those that it had before
// and that are not deleted yet. Names hold no spaces (Systems Manager API,
// PutParameter: Name).
func PublishedTags(names []string) map[string]string {
	return spread(TagPublished, " ", slices.Sorted(slices.Values(names)))
}

func publishedNames(tags map[string]string) []string {
	names := slices.DeleteFunc(gather(tags, TagPublished, " "), func(n string) bool { return n == "" })
	slices.Sort(names)
	return slices.Compact(names)
}
