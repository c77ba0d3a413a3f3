package spec

import (
	"reflect"
	"strconv"
	"strings"
	"sync"
)

// rules are what the jsonschema tag of a field says.
type rules struct {
	required, nullable bool
	minimum, maximum   int
	minItems, maxItems int // 0: no bound
}

// field is one key of a map with fixed keys.
type field struct {
	name  string
	index []int
	kind  reflect.Type // without pointers
	rules rules
}

var fieldCache sync.Map // reflect.Type → []field

// fieldsOf lists the keys of a struct type, those of embedded ones included.
func fieldsOf(t reflect.Type) []field {
	if known, ok := fieldCache.Load(t); ok {
		return known.([]field)
	}
	var out []field
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if name == "" {
			continue
		}
		kind := f.Type
		if kind.Kind() == reflect.Pointer {
			kind = kind.Elem()
		}
		out = append(out, field{name, f.Index, kind, parseRules(f.Tag.Get("jsonschema"))})
	}
	fieldCache.Store(t, out)
	return out
}

func byName(fields []field, name string) (field, bool) {
	for _, f := range fields {
		if f.name == name {
			return f, true
		}
	}
	return field{}, false
}

func parseRules(tag string) rules {
	var r rules
	for part := range strings.SplitSeq(tag, ",") {
		key, value, _ := strings.Cut(part, "=")
		n, _ := strconv.Atoi(value)
		switch key {
		case "required":
			r.required = true
		case "nullable":
			r.nullable = true
		case "minimum":
			r.minimum = n
		case "maximum":
			r.maximum = n
		case "minItems":
			r.minItems = n
		case "maxItems":
			r.maxItems = n
		}
	}
	return r
}
