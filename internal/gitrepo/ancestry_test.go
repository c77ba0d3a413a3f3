package gitrepo

import (
	"testing"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"

	"github.com/amisync/amisync/pkg/state"
)

func related(t *testing.T, r *Repo, commit, of string, want state.Ancestry) {
	t.Helper()
	if got, err := r.Ancestry(commit, of); err != nil || got != want {
		t.Errorf("Ancestry(%.7s, %.7s) = %s, %v; want %s", commit, of, got, err, want)
	}
}

func TestAncestry(t *testing.T) {
	f := newFixture(t)
	root := f.commit("amis.yaml", "root")
	left := f.commit("amis.yaml", "left")
	checkout := func(sha string) {
		w, err := f.git.Worktree()
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Checkout(&git.CheckoutOptions{Hash: plumbing.NewHash(sha), Force: true}); err != nil {
			t.Fatal(err)
		}
	}
	checkout(root)
	f.clock = f.clock.Add(-48 * time.Hour) // a clock that was wrong
	right := f.commit("amis.yaml", "right")
	f.clock = f.clock.Add(96 * time.Hour)
	merge := f.merge("amis.yaml", "merged", left, right)
	tip := f.commit("amis.yaml", "tip")
	other := newFixture(t).commit("amis.yaml", "elsewhere")

	r := open(t, f.dir)
	for range 2 { // the second time from what the first walk saw
		related(t, r, tip, tip, state.Ancestor)
		related(t, r, merge, tip, state.Ancestor)
		related(t, r, left, tip, state.Ancestor)
		related(t, r, right, tip, state.Ancestor)
		related(t, r, root, tip, state.Ancestor)
		related(t, r, left, right, state.NotAncestor)
		related(t, r, tip, left, state.NotAncestor)
		related(t, r, other, tip, state.NotInClone)
		related(t, r, "not a commit", tip, state.NotInClone)
		related(t, r, "", tip, state.NotInClone)
	}
	for _, c := range []struct {
		commit, to string
		want       Relation
	}{
		{tip, tip, Before},
		{root, tip, Before},
		{tip, root, After},
		{merge, right, After},
		{left, right, Beside},
		{other, tip, NotKnown},
		{"not a commit", tip, NotKnown},
	} {
		if got, err := r.Relation(c.commit, c.to); err != nil || got != c.want {
			t.Errorf("Relation(%.7s, %.7s) = %s, %v; want %s", c.commit, c.to, got, err, c.want)
		}
	}
	for _, of := range []string{"HEAD", "", other} {
		if got, err := r.Ancestry(tip, of); err == nil {
			t.Errorf("Ancestry of %q = %s; want an error", of, got)
		}
	}
}

// merge commits a file with several parents.
func (f *fixture) merge(name, content string, parents ...string) string {
	f.t.Helper()
	f.write(name, content)
	w, err := f.git.Worktree()
	if err != nil {
		f.t.Fatal(err)
	}
	if _, err := w.Add(name); err != nil {
		f.t.Fatal(err)
	}
	who := &object.Signature{Name: "A", Email: "a@example.com", When: f.clock}
	o := &git.CommitOptions{Author: who, Committer: who}
	for _, p := range parents {
		o.Parents = append(o.Parents, plumbing.NewHash(p))
	}
	h, err := w.Commit("Merge", o)
	if err != nil {
		f.t.Fatal(err)
	}
	return h.String()
}

// Hundreds of copies ask about commits of one history: one walk answers all.
func TestAncestryWalksOnce(t *testing.T) {
	f := newFixture(t)
	var shas []string
	for i := range 60 {
		shas = append(shas, f.commit("amis.yaml", time.Duration(i).String()))
	}
	r := open(t, f.dir)
	tip := shas[len(shas)-1]
	related(t, r, shas[0], tip, state.Ancestor)
	read := 0
	w := r.walks[plumbing.NewHash(tip)]
	inner := w.git
	w.git = func(h plumbing.Hash) (*object.Commit, error) { read++; return inner(h) }
	for _, sha := range shas {
		related(t, r, sha, tip, state.Ancestor)
	}
	if read != 0 {
		t.Errorf("the walk read %d commits again", read)
	}
}
