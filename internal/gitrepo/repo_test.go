package gitrepo

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// fixture is a repository that a test fills.
type fixture struct {
	t     *testing.T
	dir   string
	git   *git.Repository
	clock time.Time
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	dir := t.TempDir()
	r, err := git.PlainInit(dir, false)
	if err != nil {
		t.Fatal(err)
	}
	return &fixture{t, dir, r, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
}

func (f *fixture) write(name, content string) {
	f.t.Helper()
	file := filepath.Join(f.dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		f.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		f.t.Fatal(err)
	}
}

// commit writes a file and commits it; the SHA is returned.
func (f *fixture) commit(name, content string) string {
	f.t.Helper()
	f.write(name, content)
	w, err := f.git.Worktree()
	if err != nil {
		f.t.Fatal(err)
	}
	if _, err := w.Add(name); err != nil {
		f.t.Fatal(err)
	}
	f.clock = f.clock.Add(time.Minute)
	who := &object.Signature{Name: "A", Email: "a@example.com", When: f.clock}
	h, err := w.Commit("Change "+name, &git.CommitOptions{Author: who, Committer: who, AllowEmptyCommits: true})
	if err != nil {
		f.t.Fatal(err)
	}
	return h.String()
}

// cli runs git in a directory, for what go-git cannot make.
func cli(t *testing.T, dir string, args ...string) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=A", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=A", "GIT_COMMITTER_EMAIL=a@example.com")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

func open(t *testing.T, path string) *Repo {
	t.Helper()
	r, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// reads fails unless the file at a revision has this content and commit.
func reads(t *testing.T, r *Repo, rev, path, content, commit string) {
	t.Helper()
	b, sha, err := r.Read(rev, path)
	if err != nil || string(b) != content || sha != commit {
		t.Errorf("Read(%q, %q) = %q, %s, %v; want %q, %s", rev, path, b, sha, err, content, commit)
	}
}

// clean fails unless Clean says so.
func clean(t *testing.T, r *Repo, path string, want bool) {
	t.Helper()
	if got, err := r.Clean(path); err != nil || got != want {
		t.Errorf("Clean(%q) = %t, %v; want %t", path, got, err, want)
	}
}

func TestOpenFindsTheEnclosingRepository(t *testing.T) {
	f := newFixture(t)
	head := f.commit("images/prod/amis.yaml", "one")
	outside := t.TempDir()
	link := filepath.Join(outside, "link")
	if err := os.Symlink(filepath.Join(f.dir, "images"), link); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{
		f.dir, filepath.Join(f.dir, "images"), filepath.Join(f.dir, "images", "prod", "amis.yaml"),
		filepath.Join(f.dir, "images", "not", "there.yaml"), link,
	} {
		if got, err := open(t, path).Head(); err != nil || got != head {
			t.Errorf("Head of the repository of %s = %s, %v; want %s", path, got, err, head)
		}
	}
	if _, err := Open(filepath.Join(outside, "amis.yaml")); !errors.Is(err, ErrNoRepository) {
		t.Errorf("Open outside of a repository: %v; want ErrNoRepository", err)
	}
}

func TestPath(t *testing.T) {
	f := newFixture(t)
	f.commit("images/amis.yaml", "one")
	if err := os.Symlink(filepath.Join("images", "amis.yaml"), filepath.Join(f.dir, "link.yaml")); err != nil {
		t.Fatal(err)
	}
	r := open(t, f.dir)
	for file, want := range map[string]string{
		"images/amis.yaml": "images/amis.yaml", "amis.yaml": "amis.yaml",
		"images/../x/y.yaml": "x/y.yaml", "link.yaml": "images/amis.yaml",
	} {
		if got, err := r.Path(filepath.Join(f.dir, file)); err != nil || got != want {
			t.Errorf("Path(%s) = %q, %v; want %q", file, got, err, want)
		}
	}
	t.Chdir(filepath.Join(f.dir, "images"))
	if got, err := r.Path("amis.yaml"); err != nil || got != "images/amis.yaml" {
		t.Errorf("Path of a relative file = %q, %v", got, err)
	}
	if got, err := r.Path(filepath.Join(t.TempDir(), "amis.yaml")); err == nil {
		t.Errorf("Path of a file elsewhere = %q; want an error", got)
	}
}

func TestNoCommitsYet(t *testing.T) {
	f := newFixture(t)
	f.write("amis.yaml", "one")
	r := open(t, f.dir)
	clean(t, r, "amis.yaml", false)
	if _, err := r.Head(); err == nil || !strings.Contains(err.Error(), "no commits yet") {
		t.Errorf("Head = %v; want that there are no commits yet", err)
	}
	if _, _, err := r.Read("HEAD", "amis.yaml"); err == nil || !strings.Contains(err.Error(), "no commits yet") {
		t.Errorf("Read = %v; want that there are no commits yet", err)
	}
}

func TestClean(t *testing.T) {
	f := newFixture(t)
	f.commit("dir/amis.yaml", "one\ntwo\n")
	f.write("untracked.yaml", "one")
	r := open(t, f.dir)
	clean(t, r, "dir/amis.yaml", true)
	clean(t, r, "untracked.yaml", false)
	clean(t, r, "not/there.yaml", false)
	f.write("dir/amis.yaml", "one\r\ntwo\r\n")
	clean(t, r, "dir/amis.yaml", true)
	f.write("dir/amis.yaml", "one\ntwo\nthree\n")
	clean(t, r, "dir/amis.yaml", false)
	w, err := f.git.Worktree()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Add("dir/amis.yaml"); err != nil {
		t.Fatal(err)
	}
	clean(t, r, "dir/amis.yaml", false) // staged is not committed
	f.commit("dir/amis.yaml", "one\ntwo\nthree\n")
	clean(t, open(t, f.dir), "dir/amis.yaml", true)
}
