package gitrepo

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
)

// clone is a work tree of the served repository, as CI or a person has it.
func (s served) clone(args ...string) string {
	s.t.Helper()
	dir := filepath.Join(s.t.TempDir(), "clone")
	cli(s.t, s.dir, append(append([]string{"clone", "--quiet"}, args...), s.url, dir)...)
	return dir
}

func standing(t *testing.T, dir, rev string, want Standing) {
	t.Helper()
	r := open(t, dir)
	_, commit, err := r.Read(rev, "amis.yaml")
	if err != nil {
		t.Fatal(err)
	}
	m, branch, err := r.Upstream(r.BranchOf(rev), environment(nil))
	if err != nil {
		t.Fatal(err)
	}
	if got, _, err := r.Standing(t.Context(), m, branch, commit); err != nil || got != want {
		t.Errorf("%s is %s, %v; want %s", rev, got, err, want)
	}
}

func TestStanding(t *testing.T) {
	s := overHTTP(t, "")
	one := s.commit("amis.yaml", "one")
	s.commit("amis.yaml", "two")
	s.push()
	stale, moved := s.clone(), s.clone("--depth", "1")
	standing(t, stale, "HEAD", AtTip)
	standing(t, moved, "HEAD", AtTip)
	standing(t, stale, "HEAD~1", Behind)
	standing(t, stale, "origin/master", AtTip)
	standing(t, stale, one, Behind)

	cli(t, stale, "tag", "v1", one)
	standing(t, stale, "v1", Behind) // a tag that was not pushed
	cli(t, stale, "push", "--quiet", s.bare, "v1")
	standing(t, stale, "v1", AtTip)

	cli(t, stale, "commit", "--quiet", "--allow-empty", "-m", "local")
	standing(t, stale, "HEAD", Ahead)
	cli(t, stale, "reset", "--quiet", "--hard", "HEAD~1")

	s.commit("amis.yaml", "three")
	s.push()
	standing(t, stale, "HEAD", Behind)
	standing(t, moved, "HEAD", Behind)
	fresh := s.clone()

	cli(t, s.dir, "reset", "--quiet", "--hard", "HEAD~2")
	s.push()
	standing(t, fresh, "HEAD", MovedBack)
	s.commit("amis.yaml", "rewritten")
	s.push()
	standing(t, fresh, "HEAD", Behind)
}

func TestStandingOfOddStates(t *testing.T) {
	s := overHTTP(t, "")
	s.commit("amis.yaml", "one")
	s.push()
	dir := s.clone()
	cli(t, dir, "checkout", "--quiet", "--detach")
	if got := open(t, dir).BranchOf("HEAD"); got != (Branch{}) {
		t.Errorf("a detached HEAD is on %+v", got)
	}
	standing(t, dir, "HEAD", AtTip)

	cli(t, dir, "checkout", "--quiet", "-b", "topic")
	r := open(t, dir)
	m, branch, err := r.Upstream(Branch{Name: "topic"}, environment(nil))
	if err != nil || branch != "topic" {
		t.Fatalf("Upstream = %s, %v", branch, err)
	}
	standing(t, dir, "HEAD", Ahead) // never pushed
	cli(t, dir, "push", "--quiet", s.bare, "topic")
	cli(t, dir, "fetch", "--quiet")
	cli(t, s.bare, "branch", "--quiet", "-D", "topic")
	head, err := r.Head()
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := r.Standing(t.Context(), m, branch, head); err == nil || !strings.Contains(err.Error(), "no branch topic any more") {
		t.Errorf("a branch that was deleted: %v", err)
	}
	cli(t, dir, "branch", "--quiet", "--set-upstream-to", "origin/master")
	standing(t, dir, "HEAD", AtTip)

	alone := newFixture(t)
	alone.commit("amis.yaml", "one")
	if _, _, err := open(t, alone.dir).Upstream(Branch{Name: "master"}, environment(nil)); !errors.Is(err, ErrNoRemote) {
		t.Errorf("Upstream without a remote: %v", err)
	}
}

// Hosts keep references of their own, such as GitLab's of pipelines and merge
// requests: what they name is no newest for that.
func TestOnlyBranchesAndTagsHaveTips(t *testing.T) {
	s := overHTTP(t, "")
	old := s.commit("amis.yaml", "one")
	tagged := s.commit("amis.yaml", "two")
	s.commit("amis.yaml", "three")
	cli(t, s.dir, "tag", "-a", "-m", "Two", "v2", tagged)
	s.push()
	cli(t, s.dir, "push", "--quiet", s.bare, "v2", old+":refs/pipelines/17", old+":refs/merge-requests/3/head", old+":refs/pull/4/head")
	dir := s.clone()
	standing(t, dir, old, Behind)
	standing(t, dir, tagged, AtTip)
}

// What is on somebody's fork was never on the branch that is asked.
func TestPushedToAForkOnly(t *testing.T) {
	s := overHTTP(t, "")
	s.commit("amis.yaml", "one")
	s.push()
	dir, fork := s.clone(), filepath.Join(t.TempDir(), "fork.git")
	cli(t, s.dir, "init", "--quiet", "--bare", "-b", "master", fork)
	cli(t, dir, "remote", "add", "fork", fork)
	cli(t, dir, "commit", "--quiet", "--allow-empty", "-m", "local")
	cli(t, dir, "push", "--quiet", "fork", "master")
	cli(t, dir, "fetch", "--quiet", "fork")
	standing(t, dir, "HEAD", Ahead)
}

// A revision that names a remote's branch is asked of that remote, whatever the
// local branch of the same name follows.
func TestBranchOfAnotherRemote(t *testing.T) {
	s, theirs := overHTTP(t, ""), overHTTP(t, "")
	s.commit("amis.yaml", "one")
	s.push()
	cli(t, s.dir, "push", "--quiet", theirs.bare, "master")
	dir := s.clone()
	cli(t, dir, "remote", "add", "upstream", theirs.url)
	cli(t, dir, "fetch", "--quiet", "upstream")
	s.commit("amis.yaml", "two")
	cli(t, s.dir, "push", "--quiet", theirs.bare, "master")
	for rev, want := range map[string]Standing{
		"HEAD": AtTip, "origin/master": AtTip, "upstream/master": Behind, "refs/remotes/upstream/master": Behind,
	} {
		standing(t, dir, rev, want)
	}
}
