package spec

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// refusal is a file that Parse refuses, and all that it says of it.
type refusal struct {
	name string
	file []byte
	want string
}

// refusals reads testdata/refused: structure.txtar holds what the schema
// refuses too, meaning.txtar what only Parse can see.
func refusals(tb testing.TB, kind string) []refusal {
	tb.Helper()
	a, err := txtar.ParseFile(refusalsFile(kind))
	if err != nil {
		tb.Fatal(err)
	}
	var out []refusal
	for i := 0; i+1 < len(a.Files); i += 2 {
		name := strings.TrimSuffix(a.Files[i].Name, ".yaml")
		if a.Files[i+1].Name != name+".txt" {
			tb.Fatalf("%s.yaml is followed by %s", name, a.Files[i+1].Name)
		}
		out = append(out, refusal{name, a.Files[i].Data, string(a.Files[i+1].Data)})
	}
	return out
}

func refusalsFile(kind string) string { return filepath.Join("testdata", "refused", kind+".txtar") }

func TestParseRefuses(t *testing.T) {
	for _, kind := range []string{"structure", "meaning"} {
		var rewritten txtar.Archive
		for _, r := range refusals(t, kind) {
			f, err := Parse("amis.yaml", r.file)
			var found Diagnostics
			if !errors.As(err, &found) || len(found) == 0 || f != nil {
				t.Errorf("%s: Parse gives %v and the error %v; it must give Diagnostics and nothing else", r.name, f, err)
				continue
			}
			got := err.Error() + "\n"
			rewritten.Files = append(rewritten.Files,
				txtar.File{Name: r.name + ".yaml", Data: r.file}, txtar.File{Name: r.name + ".txt", Data: []byte(got)})
			if *update {
				continue
			}
			if diff := cmp.Diff(r.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", r.name, diff)
			}
		}
		if *update {
			if err := os.WriteFile(refusalsFile(kind), txtar.Format(&rewritten), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}
