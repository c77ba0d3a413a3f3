package spec

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"
)

var update = flag.Bool("update", false, "rewrite the schema and the golden files")

const schemaFile = "../../schema/amis.v1.schema.json"

func TestSchemaIsCurrent(t *testing.T) {
	got, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(schemaFile, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("the schema is not that of the types; run make schema (-file +types):\n%s", diff)
	}
}

// A field without a description, or a description of a field that is gone, is a
// slip.
func TestDescriptionsCoverTheSchema(t *testing.T) {
	shown := map[string]bool{}
	var walk func(path string, node any)
	walk = func(path string, node any) {
		m, ok := node.(map[string]any)
		if !ok {
			return
		}
		properties, _ := m["properties"].(map[string]any)
		for name, p := range properties {
			text, _ := p.(map[string]any)["description"].(string)
			if shown[text] = true; text == "" {
				t.Errorf("%s.%s has no description", path, name)
			}
		}
		for name, child := range m {
			if name != "properties" {
				walk(path+"."+name, child)
			}
		}
	}
	walk("", schemaJSON(t))
	for key, text := range descriptions {
		if !shown[text] {
			t.Errorf("the description of %s is of no field", key)
		}
	}
}

func schemaJSON(t *testing.T) any {
	t.Helper()
	b, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// schemaSays compiles the schema and returns what it says of a file.
func schemaSays(t *testing.T) func(data []byte) error {
	t.Helper()
	c := jsonschema.NewCompiler()
	if err := c.AddResource(schemaID, schemaJSON(t)); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(schemaID)
	if err != nil {
		t.Fatal(err)
	}
	return func(data []byte) error {
		var v any
		if err := yaml.Unmarshal(data, &v); err != nil {
			return err
		}
		return s.Validate(v)
	}
}

func TestSchemaAcceptsWhatParseAccepts(t *testing.T) {
	says := schemaSays(t)
	files := map[string][]byte{"every field": []byte(everyField)}
	examples, err := filepath.Glob("../../examples/*.yaml")
	if err != nil || len(examples) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, name := range examples {
		if files[name], err = os.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
	for name, data := range files {
		if _, err := Parse(name, data); err != nil {
			t.Errorf("Parse: %v", err)
		}
		if err := says(data); err != nil {
			t.Errorf("the schema refuses %s: %v", name, err)
		}
	}
}

func TestSchemaRefusesWhatParseRefusesOnStructure(t *testing.T) {
	says := schemaSays(t)
	for _, r := range refusals(t, "structure") {
		if says(r.file) == nil {
			t.Errorf("%s: the schema accepts it", r.name)
		}
	}
}
