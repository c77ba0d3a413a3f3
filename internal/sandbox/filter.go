package sandbox

import (
	"strings"
	"time"
	"unicode/utf8"
)

// filterInput is Filter.N of a request.
type filterInput struct {
	Name  string
	Value []string
}

// Limits of "List and filter using the CLI and API", EC2 User Guide.
const (
	maxFilters      = 50
	maxFilterValues = 200
	maxFilterLength = 255
)

// filterable says which filters a kind of resource has.
type filterable[T any] struct {
	one  map[string]func(T) string
	many map[string]func(T) []string
	tags func(T) tags
}

// compile makes one test of all filters: the values of one are alternatives,
// and all filters must hold.
func (f filterable[T]) compile(in []filterInput, now time.Time) (func(T) bool, error) {
	if len(in) > maxFilters {
		return nil, fail("FilterLimitExceeded", "The maximum number of filters is %d", maxFilters)
	}
	tests := make([]func(T) bool, 0, len(in))
	for _, filter := range in {
		values, err := compileValues(filter)
		if err != nil {
			return nil, err
		}
		test, ok := f.test(filter.Name, values, now)
		if !ok {
			return nil, fail("InvalidParameterValue", "The filter '%s' is invalid", filter.Name)
		}
		tests = append(tests, test)
	}
	return func(v T) bool {
		for _, test := range tests {
			if !test(v) {
				return false
			}
		}
		return true
	}, nil
}

func (f filterable[T]) test(name string, values patterns, now time.Time) (func(T) bool, bool) {
	if get, ok := f.one[name]; ok {
		return func(v T) bool { return values.match(get(v)) }, true
	}
	if get, ok := f.many[name]; ok {
		return func(v T) bool { return values.any(get(v)) }, true
	}
	if f.tags == nil {
		return nil, false
	}
	if key, ok := strings.CutPrefix(name, "tag:"); ok {
		return func(v T) bool {
			value, ok := f.tags(v).get(key, now)
			return ok && values.match(value)
		}, true
	}
	if name != "tag-key" {
		return nil, false
	}
	return func(v T) bool {
		for _, t := range f.tags(v) {
			if _, seen := t.seen(now); seen && values.match(t.Key) {
				return true
			}
		}
		return false
	}, true
}

func compileValues(in filterInput) (patterns, error) {
	switch {
	case in.Name == "":
		return patterns{}, missing("Filter.Name")
	case len(in.Value) == 0:
		return patterns{}, fail("InvalidParameterValue", "The filter '%s' has no values", in.Name)
	case len(in.Value) > maxFilterValues:
		return patterns{}, fail("FilterLimitExceeded", "The maximum number of filter values specified on a single call is %d", maxFilterValues)
	}
	p := patterns{exact: map[string]bool{}}
	for _, value := range in.Value {
		if len(value) > 0 && utf8.RuneCountInString(value) > maxFilterLength {
			return p, fail("InvalidParameterValue", "Filter value is longer than %d characters", maxFilterLength)
		}
		if strings.ContainsAny(value, `*?\`) {
			p.wild = append(p.wild, parseWildcard(value))
			continue
		}
		p.exact[value] = true
	}
	return p, nil
}

// patterns are the values of a filter: texts, and texts with * and ?.
type patterns struct {
	exact map[string]bool
	wild  []wildcard
}

func (p patterns) match(text string) bool {
	if p.exact[text] {
		return true
	}
	for _, w := range p.wild {
		if w.match(text) {
			return true
		}
	}
	return false
}

func (p patterns) any(list []string) bool {
	for _, text := range list {
		if p.match(text) {
			return true
		}
	}
	return false
}

// wildcard is a pattern where * stands for any characters and ? for one; \
// takes either as it is.
type wildcard []wildcardPart

type wildcardPart struct {
	char rune
	kind byte // 0 a character, '?' any one, '*' any number
}

func parseWildcard(text string) wildcard {
	var w wildcard
	escaped := false
	for _, r := range text {
		switch {
		case escaped:
			w, escaped = append(w, wildcardPart{char: r}), false
		case r == '\\':
			escaped = true
		case r == '*' || r == '?':
			w = append(w, wildcardPart{kind: byte(r)})
		default:
			w = append(w, wildcardPart{char: r})
		}
	}
	return w
}

// match takes time proportional to pattern × text at worst, whatever the
// number of stars.
func (w wildcard) match(text string) bool {
	runes := []rune(text)
	p, t, star, mark := 0, 0, -1, 0
	for t < len(runes) {
		switch {
		case p < len(w) && w[p].kind == '*':
			star, mark = p, t
			p++
		case p < len(w) && (w[p].kind == '?' || (w[p].kind == 0 && w[p].char == runes[t])):
			p++
			t++
		case star >= 0:
			mark++
			p, t = star+1, mark
		default:
			return false
		}
	}
	for p < len(w) && w[p].kind == '*' {
		p++
	}
	return p == len(w)
}
