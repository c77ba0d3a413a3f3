package sandbox

import (
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// decodeQuery fills the struct that in points to. The struct is the
// declaration of what the action knows: a field's name is the parameter's
// name, `q:"Name,required"` changes either, and any parameter without a field
// is refused as EC2 refuses it.
func decodeQuery(params map[string]string, in any) error {
	v := reflect.ValueOf(in).Elem()
	if err := checkNames(params, v.Type()); err != nil {
		return err
	}
	return decodeStruct(treeOf(params), "", v)
}

// checkNames names the first parameter, by its name, that the action does not
// have, before anything is built of what may be a hostile request.
func checkNames(params map[string]string, t reflect.Type) error {
	fields, unknown := fieldsOf(t), ""
	for name := range params {
		top, _, _ := strings.Cut(name, ".")
		if (unknown == "" || top < unknown) && !slices.ContainsFunc(fields, func(f field) bool { return f.name == top }) {
			unknown = top
		}
	}
	if unknown != "" {
		return fail("UnknownParameter", "The parameter %s is not recognized", unknown)
	}
	return nil
}

// field is one parameter that a struct declares.
type field struct {
	name     string
	index    int
	required bool
}

// wireName is how EC2 spells the parameter of a Go field: ImageId for ImageID.
func wireName(field string) string {
	return strings.NewReplacer("ID", "Id", "HTTP", "Http").Replace(field)
}

var fieldCache sync.Map // reflect.Type to []field

func fieldsOf(t reflect.Type) []field {
	if cached, ok := fieldCache.Load(t); ok {
		return cached.([]field)
	}
	var list []field
	for i := range t.NumField() {
		f := t.Field(i)
		name, option, _ := strings.Cut(f.Tag.Get("q"), ",")
		if name == "" {
			name = wireName(f.Name)
		}
		list = append(list, field{name: name, index: i, required: option == "required"})
	}
	fieldCache.Store(t, list)
	return list
}

func decodeStruct(p *param, path string, v reflect.Value) error {
	known := 0
	for _, f := range fieldsOf(v.Type()) {
		kid := p.kids[f.name]
		full := join(path, f.name)
		if kid == nil || (kid.leaf && kid.value == "" && f.required) {
			if f.required {
				return missing(full)
			}
			continue
		}
		known++
		if err := decodeValue(kid, full, v.Field(f.index)); err != nil {
			return err
		}
	}
	if p.leaf && path != "" {
		return fail("UnknownParameter", "The parameter %s is not recognized", path)
	}
	if known < len(p.kids) {
		return unknownIn(p, path, v.Type())
	}
	return nil
}

// unknownIn names the first parameter, by its name, that the type does not
// declare.
func unknownIn(p *param, path string, t reflect.Type) error {
	fields := fieldsOf(t)
	for _, name := range slices.Sorted(maps.Keys(p.kids)) {
		if !slices.ContainsFunc(fields, func(f field) bool { return f.name == name }) {
			return fail("UnknownParameter", "The parameter %s is not recognized", join(path, name))
		}
	}
	return nil
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

var timeType = reflect.TypeFor[time.Time]()

func decodeValue(p *param, path string, v reflect.Value) error {
	switch {
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		return decodeValue(p, path, v.Elem())
	case v.Type() == timeType:
		return decodeTime(p, path, v)
	case v.Kind() == reflect.Struct:
		return decodeStruct(p, path, v)
	case v.Kind() == reflect.Slice:
		return decodeSlice(p, path, v)
	}
	if len(p.kids) > 0 || !p.leaf {
		return unknownIn(p, path, reflect.TypeFor[struct{}]())
	}
	return decodeScalar(p.value, path, v)
}

func decodeSlice(p *param, path string, v reflect.Value) error {
	if p.leaf {
		return fail("UnknownParameter", "The parameter %s is not recognized", path)
	}
	nodes, paths, err := p.list(path)
	if err != nil {
		return err
	}
	out := reflect.MakeSlice(v.Type(), len(nodes), len(nodes))
	for i, node := range nodes {
		if err := decodeValue(node, paths[i], out.Index(i)); err != nil {
			return err
		}
	}
	v.Set(out)
	return nil
}

func decodeScalar(text, path string, v reflect.Value) error {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Bool:
		b, err := strconv.ParseBool(strings.ToLower(text))
		if err != nil {
			return invalidValue(path, text, "Must be true or false.")
		}
		v.SetBool(b)
	default:
		n, err := strconv.ParseInt(text, 10, 32)
		if err != nil {
			return invalidValue(path, text, "Must be an integer.")
		}
		v.SetInt(n)
	}
	return nil
}

func decodeTime(p *param, path string, v reflect.Value) error {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02"} {
		if t, err := time.Parse(layout, p.value); err == nil {
			v.Set(reflect.ValueOf(t.UTC()))
			return nil
		}
	}
	return fail("InvalidParameterValue", "Value (%s) for parameter %s is invalid. It is not a timestamp.", p.value, path)
}
