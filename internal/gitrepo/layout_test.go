package gitrepo

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/amisync/amisync/pkg/state"
)

func TestLinkedWorktree(t *testing.T) {
	f := newFixture(t)
	one := f.commit("amis.yaml", "one")
	linked := filepath.Join(t.TempDir(), "linked")
	cli(t, f.dir, "worktree", "add", "-b", "topic", linked)
	two := f.commit("amis.yaml", "two")
	r := open(t, filepath.Join(linked, "amis.yaml"))
	if got, err := r.Head(); err != nil || got != one {
		t.Errorf("Head = %s, %v; want %s", got, err, one)
	}
	reads(t, r, "HEAD", "amis.yaml", "one", one)
	reads(t, r, "master", "amis.yaml", "two", two)
	clean(t, r, "amis.yaml", true)
}

func TestSubmodule(t *testing.T) {
	inner, outer := newFixture(t), newFixture(t)
	sha := inner.commit("amis.yaml", "inner")
	outer.commit("amis.yaml", "outer")
	cli(t, outer.dir, "-c", "protocol.file.allow=always", "submodule", "add", inner.dir, "sub")
	r := open(t, filepath.Join(outer.dir, "sub", "amis.yaml"))
	reads(t, r, "HEAD", "amis.yaml", "inner", sha)
	clean(t, r, "amis.yaml", true)
}

func TestDetachedHead(t *testing.T) {
	f := newFixture(t)
	one := f.commit("amis.yaml", "one")
	f.commit("amis.yaml", "two")
	cli(t, f.dir, "checkout", "--detach", one)
	r := open(t, f.dir)
	reads(t, r, "HEAD", "amis.yaml", "one", one)
	clean(t, r, "amis.yaml", true)
}

func TestShallowClone(t *testing.T) {
	f := newFixture(t)
	one := f.commit("amis.yaml", "one")
	two := f.commit("amis.yaml", "two")
	three := f.commit("amis.yaml", "three")
	dir := filepath.Join(t.TempDir(), "clone")
	cli(t, f.dir, "clone", "--depth", "2", "file://"+f.dir, dir)
	r := open(t, dir)
	reads(t, r, "HEAD~1", "amis.yaml", "two", two)
	for _, rev := range []string{"HEAD~2", "v9", one} {
		if _, _, err := r.Read(rev, "amis.yaml"); err == nil || !strings.Contains(err.Error(), "fetch-depth: 0") {
			t.Errorf("Read(%s) in a shallow clone: %v; want advice on fetch-depth", rev, err)
		}
	}
	clean(t, r, "amis.yaml", true)
	related(t, r, two, three, state.Ancestor)
	related(t, r, one, three, state.NotInClone)
}

func TestBareRepository(t *testing.T) {
	f := newFixture(t)
	one := f.commit("amis.yaml", "one")
	dir := filepath.Join(t.TempDir(), "bare.git")
	cli(t, f.dir, "clone", "--bare", f.dir, dir)
	r := open(t, filepath.Join(dir, "amis.yaml"))
	path, err := r.Path(filepath.Join(dir, "amis.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	reads(t, r, "HEAD", path, "one", one)
	if _, err := r.Clean(path); err == nil || !strings.Contains(err.Error(), "bare") {
		t.Errorf("Clean in a bare repository: %v; want an error", err)
	}
}

// What actions/checkout and git itself leave behind: packed objects and
// references, sparse checkouts, partial clones, borrowed objects.
func TestCheckoutsOfAllKinds(t *testing.T) {
	f := newFixture(t)
	cli(t, f.dir, "config", "uploadpack.allowFilter", "true")
	f.commit("amis.yaml", "zero")
	one := f.commit("amis.yaml", "one")
	f.commit("other/file", "x")
	cli(t, f.dir, "gc", "--quiet")
	url := "file://" + f.dir
	for name, args := range map[string][]string{
		"sparse":   {"clone", "--sparse", url},
		"partial":  {"clone", "--filter=blob:none", url},
		"borrowed": {"clone", "--shared", f.dir},
	} {
		dir := filepath.Join(t.TempDir(), name)
		cli(t, f.dir, append(args, dir)...)
		if name == "sparse" {
			cli(t, dir, "sparse-checkout", "set", "other")
		}
		r := open(t, dir)
		reads(t, r, "HEAD~1", "amis.yaml", "one", one)
		clean(t, r, "amis.yaml", true)
		if _, _, err := r.Read("HEAD~2", "amis.yaml"); name == "partial" && (err == nil || !strings.Contains(err.Error(), "partial")) {
			t.Errorf("Read of what a partial clone lacks: %v", err)
		}
	}
}

func TestUnknownExtensionIsNamed(t *testing.T) {
	f := newFixture(t)
	f.commit("amis.yaml", "one")
	cli(t, f.dir, "config", "core.repositoryformatversion", "1")
	cli(t, f.dir, "config", "extensions.fromTheFuture", "true")
	if _, err := Open(f.dir); err == nil || !strings.Contains(strings.ToLower(err.Error()), "fromthefuture") {
		t.Errorf("Open: %v; want the extension named", err)
	}
}
