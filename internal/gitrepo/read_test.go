package gitrepo

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
)

func TestReadAtRevisions(t *testing.T) {
	f := newFixture(t)
	one := f.commit("amis.yaml", "one")
	two := f.commit("amis.yaml", "two")
	three := f.commit("amis.yaml", "three")
	ref := func(name, sha string) {
		r := plumbing.NewHashReference(plumbing.ReferenceName(name), plumbing.NewHash(sha))
		if err := f.git.Storer.SetReference(r); err != nil {
			t.Fatal(err)
		}
	}
	ref("refs/heads/feature/x+y@2", two)
	ref("refs/heads/"+one[:4], three) // a branch goes before an abbreviated SHA
	ref("refs/remotes/origin/main", one)
	who := &object.Signature{Name: "A", Email: "a@example.com", When: f.clock}
	if _, err := f.git.CreateTag("v1.0", plumbing.NewHash(one), &git.CreateTagOptions{Tagger: who, Message: "One"}); err != nil {
		t.Fatal(err)
	}
	ref("refs/tags/light", two)
	r := open(t, f.dir)
	for _, c := range []struct{ rev, content, commit string }{
		{"HEAD", "three", three},
		{"@", "three", three},
		{"master", "three", three},
		{"refs/heads/master", "three", three},
		{"HEAD~1", "two", two},
		{"HEAD^", "two", two},
		{"HEAD~2", "one", one},
		{"HEAD^^", "one", one},
		{"master~1^1~0^0", "one", one},
		{"feature/x+y@2", "two", two},
		{one[:4], "three", three},
		{one[:9], "one", one},
		{two, "two", two},
		{"v1.0", "one", one},
		{"tags/light", "two", two},
		{"origin/main", "one", one},
	} {
		reads(t, r, c.rev, "amis.yaml", c.content, c.commit)
	}
}

func TestReadSaysWhatIsWrong(t *testing.T) {
	f := newFixture(t)
	one := f.commit("dir/amis.yaml", "one")
	if err := os.Symlink("dir/amis.yaml", filepath.Join(f.dir, "link.yaml")); err != nil {
		t.Fatal(err)
	}
	w, err := f.git.Worktree()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Add("link.yaml"); err != nil {
		t.Fatal(err)
	}
	f.commit("other.yaml", "x")
	remote := plumbing.NewHashReference("refs/remotes/origin/main", plumbing.NewHash(one))
	if err := f.git.Storer.SetReference(remote); err != nil {
		t.Fatal(err)
	}
	r := open(t, f.dir)
	for _, c := range []struct{ rev, path, want string }{
		{"nope", "dir/amis.yaml", "there is no revision nope in this clone"},
		{"main", "dir/amis.yaml", "but there is origin/main"},
		{strings.Repeat("0", 40), "dir/amis.yaml", "there is no revision 0000"},
		{"HEAD~9", "dir/amis.yaml", "has 0 parents"},
		{"HEAD^2", "dir/amis.yaml", "has 1 parents"},
		{"~1", "dir/amis.yaml", "not a revision"},
		{"@{1}~1", "dir/amis.yaml", "not a revision"},
		{"HEAD:dir/amis.yaml", "dir/amis.yaml", "not a revision"},
		{"a..b", "dir/amis.yaml", "there is no revision a..b"},
		{"", "dir/amis.yaml", "not a revision"},
		{"HEAD", "amis.yaml", "there is no file amis.yaml at revision HEAD"},
		{"HEAD", "dir", "there is no file dir at revision HEAD"},
		{"HEAD", "../amis.yaml", `cannot use ".."`},
		{"HEAD", "link.yaml", "is a symbolic link"},
	} {
		_, _, err := r.Read(c.rev, c.path)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Read(%q, %q): %v; want one that says %q", c.rev, c.path, err, c.want)
		}
	}
}
