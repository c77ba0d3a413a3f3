package state

import (
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// TagKeysTags are the tags of the series amisync:tag-keys that remember the keys
// of people that we set.
func TagKeysTags(keys []string) map[string]string {
	var parts []string
	for _, k := range slices.Sorted(slices.Values(keys)) {
		parts = append(parts, rememberable.Replace(k))
	}
	return spread(TagTagKeys, ",", parts)
}

// rememberable escapes a key, so that a comma in one is not a separator.
var rememberable = strings.NewReplacer("%", "%25", ",", "%2C")

// MayRemember reports whether a key, escaped, is short enough to be remembered.
func MayRemember(key string) bool {
	return utf8.RuneCountInString(rememberable.Replace(key)) <= MaxTagValue
}

func rememberedKeys(tags map[string]string) []string {
	var keys []string
	for _, part := range gather(tags, TagTagKeys, ",") {
		if k, err := url.PathUnescape(part); err == nil && k != "" {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}
