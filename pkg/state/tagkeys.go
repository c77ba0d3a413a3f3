package state

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// TagKeysTags spreads the keys of people that we set over amisync:tag-keys,
// -2, -3, …, each value within EC2's limit. Keys are escaped, so that a comma
// in one is not a separator.
func TagKeysTags(keys []string) map[string]string {
	sorted := slices.Sorted(slices.Values(keys))
	out := map[string]string{}
	var line string
	flush := func() {
		if line != "" {
			out[tagKeysName(len(out)+1)] = line
		}
		line = ""
	}
	for _, k := range sorted {
		e := url.QueryEscape(k)
		if line != "" && len(line)+1+len(e) > MaxTagValue {
			flush()
		}
		if line != "" {
			line += ","
		}
		line += e
	}
	flush()
	return out
}

// IsTagKeys reports whether a tag is one of the amisync:tag-keys series.
func IsTagKeys(key string) bool {
	return key == TagTagKeys || strings.HasPrefix(key, TagTagKeys+"-")
}

// tagKeysNames are the first names of the series: few copies need more.
var tagKeysNames = [...]string{TagTagKeys, TagTagKeys + "-2", TagTagKeys + "-3", TagTagKeys + "-4"}

func tagKeysName(n int) string {
	if n <= len(tagKeysNames) {
		return tagKeysNames[n-1]
	}
	return TagTagKeys + "-" + strconv.Itoa(n)
}

func joinedTagKeys(tags map[string]string) []string {
	var keys []string
	for n := 1; ; n++ {
		v, ok := tags[tagKeysName(n)]
		if !ok {
			break
		}
		for part := range strings.SplitSeq(v, ",") {
			if k, err := url.QueryUnescape(part); err == nil && k != "" {
				keys = append(keys, k)
			}
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}
