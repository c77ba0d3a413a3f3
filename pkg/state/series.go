package state

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// A list that does not fit into one tag's value runs over into tags of the same
// name with -2, -3, …: a series.

// InSeries reports whether a key is a series' first tag or one that it runs
// over into.
func InSeries(key, first string) bool {
	return key == first || strings.HasPrefix(key, first+"-")
}

// spread writes a list as a series, each value within EC2's limit. No part may
// hold the separator.
func spread(first, separator string, parts []string) map[string]string {
	out := map[string]string{}
	line := ""
	for _, part := range parts {
		if line != "" && utf8.RuneCountInString(line+separator+part) > MaxTagValue {
			out[seriesKey(first, len(out)+1)] = line
			line = ""
		}
		if line != "" {
			line += separator
		}
		line += part
	}
	if line != "" {
		out[seriesKey(first, len(out)+1)] = line
	}
	return out
}

// gather reads a series up to the first tag that is not there.
func gather(tags map[string]string, first, separator string) []string {
	var parts []string
	for n := 1; ; n++ {
		v, ok := tags[seriesKey(first, n)]
		if !ok {
			return parts
		}
		parts = append(parts, strings.Split(v, separator)...)
	}
}

func seriesKey(first string, n int) string {
	if n == 1 {
		return first
	}
	return first + "-" + strconv.Itoa(n)
}
