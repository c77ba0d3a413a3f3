// Package internal_test holds the import borders of docs/architecture.md.
package internal_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/amisync/amisync/"

// borders say for each package what nothing below it may import, by prefix.
// Tests are not counted: the engine's run against the sandbox.
var borders = []struct {
	pkg    string
	why    string
	forbid []string
}{
	{"pkg/state", "plain data", []string{"os", "log", "net/http", "github.com/aws/", "github.com/go-git/", module + "internal/", module + "cmd/", module + "pkg/plan", module + "pkg/apply"}},
	{"pkg/plan", "a pure function", []string{"os", "log", "net/http", "github.com/aws/", "github.com/go-git/", module + "internal/", module + "cmd/", module + "pkg/apply"}},
	{"pkg/apply", "executes through its own interfaces", []string{"os", "log", "net/http", "github.com/aws/", "github.com/go-git/", module + "internal/", module + "cmd/"}},
	{"internal/spec", "a file in, values out", []string{"net/http", "github.com/aws/", "github.com/go-git/", module + "pkg/plan", module + "pkg/apply"}},
	{"internal/view", "lays out, fetches nothing", []string{"github.com/aws/", "github.com/go-git/", module + "internal/"}},
	{"internal/gitrepo", "knows Git and nothing of AWS", []string{"github.com/aws/", module + "pkg/plan", module + "pkg/apply"}},
	{"internal/github", "knows GitHub and nothing of AWS", []string{"github.com/aws/", "github.com/go-git/"}},
	{"internal/sandbox", "a product of its own: knows AWS's wire, not amisync", []string{module + "pkg/", module + "internal/aws", module + "internal/spec", "github.com/aws/"}},
}

// direct imports are judged for the standard library, whose own packages reach
// os everywhere; imports of our own packages are followed.
func TestBorders(t *testing.T) {
	pkgs := load(t)
	for _, b := range borders {
		t.Run(b.pkg, func(t *testing.T) {
			for _, path := range reach(t, pkgs, module+b.pkg) {
				for _, imp := range pkgs[path] {
					if slices.ContainsFunc(b.forbid, func(f string) bool {
						return imp == f || strings.HasSuffix(f, "/") && strings.HasPrefix(imp, f) || strings.HasPrefix(imp, f+"/")
					}) {
						t.Errorf("%s (%s) reaches %s through %s", b.pkg, b.why, imp, strings.TrimPrefix(path, module))
					}
				}
			}
		})
	}
}

// Only internal/aws knows the SDK; the sandbox is free of it too, so that it
// judges what the SDK says rather than agreeing with it.
func TestOnlyOnePackageImportsTheSDK(t *testing.T) {
	for path, imports := range load(t) {
		for _, imp := range imports {
			if strings.HasPrefix(imp, "github.com/aws/") && path != module+"internal/aws" {
				t.Errorf("%s imports %s", path, imp)
			}
		}
	}
}

// load maps every package of the module to its imports.
func load(t *testing.T) map[string][]string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", module+"...").Output()
	if err != nil {
		t.Fatalf("listing packages: %v", err)
	}
	pkgs := map[string][]string{}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return pkgs
		} else if err != nil {
			t.Fatalf("reading the package list: %v", err)
		}
		pkgs[p.ImportPath] = p.Imports
	}
}

// reach lists a package and those of the module that it imports, however far.
func reach(t *testing.T, pkgs map[string][]string, root string) []string {
	t.Helper()
	if _, ok := pkgs[root]; !ok {
		t.Fatalf("there is no package %s", root)
	}
	seen := []string{root}
	for i := 0; i < len(seen); i++ {
		for _, imp := range pkgs[seen[i]] {
			if _, ours := pkgs[imp]; ours && !slices.Contains(seen, imp) {
				seen = append(seen, imp)
			}
		}
	}
	return seen
}
