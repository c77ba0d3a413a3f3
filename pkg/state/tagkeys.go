package state

import (
	"net/url"
	"slices"
)

// TagKeysTags are the tags of the series amisync:tag-keys that remember the keys
// of people that we set. Keys are escaped, so that a comma in one is not a
// separator.
func TagKeysTags(keys []string) map[string]string {
	var parts []string
	for _, k := range slices.Sorted(slices.Values(keys)) {
		parts = append(parts, url.QueryEscape(k))
	}
	return spread(TagTagKeys, ",", parts)
}

func rememberedKeys(tags map[string]string) []string {
	var keys []string
	for _, part := range gather(tags, TagTagKeys, ",") {
		if k, err := url.QueryUnescape(part); err == nil && k != "" {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}
