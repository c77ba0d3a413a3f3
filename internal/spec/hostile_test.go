package spec

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/amisync/amisync/pkg/state"
)

const fileHead = "version: 1\nowner: o\naccounts: [\"111122223333\"]\nprune: true\n"

// Hostile files are refused with a sentence, and in little time and memory.
func TestParseRefusesHostileFiles(t *testing.T) {
	image := "{source: {region: us-east-1, id: ami-0abcdef1234567890}, regions: [eu-west-1]}"
	cases := []struct{ name, file, want string }{
		{"larger than 4 MiB", fileHead + "images: {}\n#" + strings.Repeat("x", 4<<20), "at most 4194304 are read"},
		{"not UTF-8", fileHead + "images: {}\n# \xff", "not UTF-8"},
		{"a control character", fileHead + "images: {\"a\x01\": 1}", "control characters are not allowed"},
		{"deep flow", fileHead + "images: " + strings.Repeat("[", 20_000), "exceeded max depth"},
		{"deep maps", fileHead + "images: " + strings.Repeat("{a: ", 5_000) + strings.Repeat("}", 5_000), "unknown key"},
		{
			"an alias bomb in a field that does not nest",
			fileHead + "limits: {a: &a [x,x], b: &b [*a,*a], c: &c [*b,*b], d: &d [*c,*c], remove: *d}\nimages: {}", "expected a map, got a list",
		},
		{"an alias of itself", fileHead + "images: &i {web: *i}", `unknown key "web" in image web`},
		{"defaults and image that hold themselves", fileHead + "defaults: &d {lifecycle: *d}\nimages: {web: &w {lifecycle: *w}}", `unknown key "lifecycle" in lifecycle of`},
		{
			"many images by one alias",
			fileHead + "images:\n  a: &a {source: {region: us-east-1, id: ami-0abcdef1234567890}, regions: [eu-west-1], tags: {" + many("k%d: v", 1000) + "}}\n" +
				strings.ReplaceAll(many("  b%d: *a", 20_000), ", ", "\n") + "\n",
			"more than 500000 values",
		},
		{"a thousand unknown keys and one", fileHead + "images: {web: " + image + "}\n" + strings.ReplaceAll(many("x%d: 1", 1001), ", ", "\n"), "1 more problems are not shown"},
		{"a name without end", fileHead + "images: {web: {name: \"" + strings.Repeat("{{ .Image }}", 10_000) + "\"}}", "at most 256"},
	}
	for _, c := range cases {
		f, err := Parse("amis.yaml", []byte(c.file))
		var found Diagnostics
		if f != nil || !errors.As(err, &found) {
			t.Errorf("%s: Parse gives %v, %v", c.name, f != nil, err)
			continue
		}
		if !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %.300s does not say %q", c.name, err, c.want)
		}
		if len(found) > maxDiagnostics+1 {
			t.Errorf("%s: %d diagnostics", c.name, len(found))
		}
	}
}

func many(format string, n int) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = fmt.Sprintf(format, i)
	}
	return strings.Join(parts, ", ")
}

// Whatever the bytes, there is a File or Diagnostics with places, and never
// both; and a File gives its Desired twice alike.
func FuzzParse(f *testing.F) {
	f.Add([]byte(everyField))
	for _, kind := range []string{"structure", "meaning"} {
		for _, r := range refusals(f, kind) {
			f.Add(r.file)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Parse("amis.yaml", data)
		if err == nil {
			checkFile(t, file)
			return
		}
		var found Diagnostics
		if file != nil || !errors.As(err, &found) || len(found) == 0 {
			t.Fatalf("Parse gives a file: %t, and the error %v", file != nil, err)
		}
		for _, d := range found {
			if d.Line < 1 || d.Column < 1 || d.Message == "" || strings.Contains(d.String(), "\n") {
				t.Errorf("a diagnostic without place, words or on two lines: %q", d)
			}
		}
	})
}

// checkFile holds what every valid file promises to the planner.
func checkFile(t *testing.T, f *File) {
	t.Helper()
	d := f.Desired(state.Config{})
	if diff := cmp.Diff(d, f.Desired(state.Config{})); diff != "" {
		t.Errorf("Desired differs from itself:\n%s", diff)
	}
	for _, im := range d.Images {
		if im.Line < 1 || (!im.Regions.All && len(im.Regions.Names) == 0) || im.NameTemplate == "" {
			t.Errorf("image %q has no line, Regions or name: %+v", im.Name, im)
		}
		if im.Lifecycle.Retire == "" || im.Lifecycle.Snapshots == "" || im.Guard.VersionDepth == 0 {
			t.Errorf("image %q lacks defaults: %+v", im.Name, im)
		}
		if _, ok := f.Position("images." + im.Name); !ok {
			t.Errorf("image %q has no position", im.Name)
		}
	}
}
