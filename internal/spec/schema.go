package spec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/invopop/jsonschema"
)

// schemaID is where the schema of version 1 can be fetched.
const schemaID = "https://raw.githubusercontent.com/amisync/amisync/main/schema/amis.v1.schema.json"

// Schema is the JSON Schema (2020-12) of amis.yaml, made from the types that
// Parse decodes into. The same types give the same bytes. It refuses what is
// wrong with the structure of a file; what fields say together only Parse sees.
func Schema() ([]byte, error) {
	r := jsonschema.Reflector{
		Anonymous:                  true,
		ExpandedStruct:             true,
		FieldNameTag:               "yaml",
		RequiredFromJSONSchemaTags: true,
		Mapper:                     schemaOf,
		LookupComment:              describeField,
		Namer:                      definitionName,
	}
	root := r.Reflect(document{})
	root.ID = schemaID
	root.Title = "amis.yaml, version 1"
	images, _ := root.Properties.Get("images")
	images.PropertyNames = textSchema(imageForm)
	for _, s := range root.Definitions {
		liftDescriptions(s)
	}
	oneWay(root.Definitions["source"], "id", "lookup", "ssm")
	root.Definitions["source"].DependentRequired = map[string][]string{"track": {"id"}}
	oneWay(root.Definitions["track"], "lookup", "ssm")

	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(root); err != nil {
		return nil, fmt.Errorf("encoding the schema: %w", err)
	}
	return out.Bytes(), nil
}

func definitionName(t reflect.Type) string {
	if t == reflect.TypeFor[fields]() {
		return "defaults"
	}
	return t.Name()
}

// oneWay wants exactly one of some properties.
func oneWay(s *jsonschema.Schema, names ...string) {
	for _, name := range names {
		s.OneOf = append(s.OneOf, &jsonschema.Schema{Required: []string{name}})
	}
}

// liftDescriptions moves the description of what may be null to where editors
// look for it.
func liftDescriptions(s *jsonschema.Schema) {
	for p := s.Properties.Oldest(); p != nil; p = p.Next() {
		if len(p.Value.OneOf) > 0 && p.Value.Description == "" {
			p.Value.Description, p.Value.OneOf[0].Description = p.Value.OneOf[0].Description, ""
		}
	}
}

// schemaOf maps the types that the decoder treats in a way of its own.
func schemaOf(t reflect.Type) *jsonschema.Schema {
	switch t {
	case reflect.TypeFor[regionSet]():
		return either(&jsonschema.Schema{Const: wordAll}, listOf[region](rules{minItems: 1, maxItems: maxRegions}))
	case reflect.TypeFor[sourceTags]():
		return either(&jsonschema.Schema{Type: "boolean"}, listOf[tagKey](rules{}))
	case reflect.TypeFor[references]():
		return either(&jsonschema.Schema{Const: wordOff}, listOf[referenceType](rules{minItems: 1}))
	case reflect.TypeFor[duration](), reflect.TypeFor[copyWindow]():
		return either(&jsonschema.Schema{Const: 0}, &jsonschema.Schema{Type: "string", Pattern: durationPattern})
	}
	zero := reflect.Zero(t)
	if f, ok := zero.Interface().(formed); ok {
		return textSchema(f.form())
	}
	if t.Kind() == reflect.Map && t.Elem().Kind() == reflect.String {
		return mapSchema(t)
	}
	if t.Kind() == reflect.Slice {
		return listSchema(t, rules{})
	}
	return nil
}

// durationPattern is that of state.ParseDuration.
const durationPattern = `^(0|(0|[1-9][0-9]*)[smhd])$`

func either(ways ...*jsonschema.Schema) *jsonschema.Schema {
	return &jsonschema.Schema{AnyOf: ways}
}

func listOf[T any](r rules) *jsonschema.Schema {
	return listSchema(reflect.TypeFor[[]T](), r)
}

// listSchema has no repeats, as Parse wants it; the field's tag adds bounds.
func listSchema(t reflect.Type, r rules) *jsonschema.Schema {
	s := &jsonschema.Schema{Type: "array", Items: schemaOf(t.Elem()), UniqueItems: true}
	s.MinItems, s.MaxItems = count(r.minItems), count(r.maxItems)
	return s
}

// mapSchema is a map of texts whose keys the file chooses; null takes an entry
// back that the defaults have.
func mapSchema(t reflect.Type) *jsonschema.Schema {
	s := &jsonschema.Schema{Type: "object", PropertyNames: schemaOf(t.Key()), AdditionalProperties: schemaOf(t.Elem())}
	if t != reflect.TypeFor[filterTags]() {
		s.AdditionalProperties = &jsonschema.Schema{OneOf: []*jsonschema.Schema{s.AdditionalProperties, {Type: "null"}}}
	}
	return s
}

func textSchema(f form) *jsonschema.Schema {
	s := &jsonschema.Schema{Type: "string"}
	if f.pattern != nil {
		s.Pattern = f.pattern.String()
	}
	s.MinLength, s.MaxLength = count(f.least), count(f.most)
	for _, o := range f.options {
		s.Enum = append(s.Enum, o)
	}
	if f.refused != nil {
		s.Not = &jsonschema.Schema{Pattern: f.refused.String()}
	}
	return s
}

func count(n int) *uint64 {
	if n <= 0 {
		return nil
	}
	u := uint64(n)
	return &u
}
