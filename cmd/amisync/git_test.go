package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/amisync/amisync/internal/gitrepo"
	"github.com/amisync/amisync/internal/sandbox"
	"github.com/amisync/amisync/internal/spec"
	"github.com/amisync/amisync/pkg/state"
	"github.com/spf13/pflag"
)

// gitWorld is a repository that a real server of git's serves, a work tree of
// it, and an AWS that outlives the commands.
type gitWorld struct {
	t     *testing.T
	cloud *sandbox.Cloud
	bare  string
	url   string
	dir   string
}

func newGitWorld(t *testing.T) *gitWorld {
	t.Helper()
	needs(t, "git")
	t.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	t.Setenv("HOME", t.TempDir())
	for _, name := range []string{"GITHUB_REF", "GITHUB_SHA", "GITHUB_EVENT_NAME", "GITHUB_TOKEN"} {
		t.Setenv(name, "")
	}
	root := t.TempDir()
	backend := filepath.Join(strings.TrimSpace(program(t, "git", "--exec-path")), "git-http-backend")
	server := httptest.NewServer(&cgi.Handler{Path: backend, Env: []string{"GIT_PROJECT_ROOT=" + root, "GIT_HTTP_EXPORT_ALL=1"}})
	t.Cleanup(server.Close)
	w := &gitWorld{t: t, bare: filepath.Join(root, "images.git"), url: server.URL + "/images.git", dir: filepath.Join(t.TempDir(), "work")}
	program(t, "git", "init", "-q", "--bare", "-b", "main", w.bare)
	program(t, "git", "-C", w.bare, "config", "http.receivepack", "true")
	program(t, "git", "clone", "-q", w.url, w.dir)
	w.git("checkout", "-q", "-B", "main")
	w.serveAWS()
	return w
}

func (w *gitWorld) serveAWS() {
	file, err := spec.Parse("amis.yaml", []byte(twoImages))
	if err != nil {
		w.t.Fatal(err)
	}
	cloud, err := sandbox.New(seed(file.Desired(state.Config{})), sandbox.WithSpeed(embeddedSpeed))
	if err != nil {
		w.t.Fatal(err)
	}
	w.cloud = cloud
	aws := httptest.NewServer(cloud)
	w.t.Cleanup(func() { aws.Close(); _ = cloud.Close() })
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": aws.URL, "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "111122223333",
		"AWS_SECRET_ACCESS_KEY": "sandbox", "AWS_EC2_METADATA_DISABLED": "true",
		"AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
	} {
		w.t.Setenv(name, value)
	}
}

func (w *gitWorld) git(args ...string) string {
	w.t.Helper()
	return program(w.t, "git", append([]string{"-C", w.dir, "-c", "user.name=t", "-c", "user.email=t@example.com"}, args...)...)
}

// commit writes amis.yaml and pushes it.
func (w *gitWorld) commit(text string) string {
	w.t.Helper()
	write(w.t, filepath.Join(w.dir, "amis.yaml"), text)
	w.git("add", "amis.yaml")
	w.git("commit", "-qm", "change", "--allow-empty")
	w.git("push", "-q", "--force", "origin", "main")
	return strings.TrimSpace(w.git("rev-parse", "HEAD"))
}

// amisync runs a command line in the work tree; its exit code must be as said.
func (w *gitWorld) amisync(code int, args ...string) string {
	w.t.Helper()
	w.t.Chdir(w.dir)
	var out bytes.Buffer
	if got := run(args, streams{strings.NewReader(""), &out, &out}); got != code {
		w.t.Fatalf("amisync %s: exit code %d, want %d\n%s", strings.Join(args, " "), got, code, out.String())
	}
	return out.String()
}

// converge applies without the engine's real time between polls.
func (w *gitWorld) converge(args ...string) {
	w.t.Helper()
	w.amisync(0, append([]string{"sync", "-q", "--no-wait", "--poll=1s"}, args...)...)
	w.cloud.Clock().Advance(time.Hour)
	w.amisync(0, append([]string{"sync", "-q", "--poll=1s"}, args...)...)
}

func (w *gitWorld) tells(out, want string) {
	w.t.Helper()
	if !strings.Contains(out, want) {
		w.t.Errorf("the output does not have %q:\n%s", want, out)
	}
}

// twoImages is a file with what all these tests copy from.
const twoImages = `version: 1
owner: platform-images
accounts: ["111122223333"]
prune: true
defaults: {lifecycle: {grace: 0}}
images:
  base:
    regions: [eu-west-1]
    source: {region: us-east-1, id: ami-0aaaaaaaaaaaaaaaa}
  web:
    regions: [eu-west-1]
    source: {region: us-east-1, id: ami-0bbbbbbbbbbbbbbbb}
`

// oneImage is the same without the image web.
var oneImage = twoImages[:strings.Index(twoImages, "  web:")]

// A scheduled sync without a work tree: the file and its history come from the
// remote, and removals are allowed because the history says so.
func TestSyncFromARemote(t *testing.T) {
	w := newGitWorld(t)
	w.commit(twoImages)
	w.tells(w.amisync(0, "validate", "--repo", w.url), "2 images")
	w.tells(w.amisync(2, "plan", "--repo", w.url, "--detailed-exitcode"), "2 to copy")
	w.converge("--repo", w.url)
	w.commit(oneImage)
	w.tells(w.amisync(0, "audit", "--repo", w.url, "--format", "csv"), "base")
	w.tells(w.amisync(0, "plan", "--repo", w.url), "1 to deregister; 0 blocked")
	w.tells(w.amisync(0, "plan", "--repo", w.url, "--rev", "main~1"), "not the tip of branch main")
	w.tells(w.amisync(1, "sync", "--repo", w.url, "--rev", "main~1", "-q"), "--allow-rewind")
	w.amisync(0, "sync", "--repo", w.url, "-q", "--poll=1s")
	w.tells(w.amisync(0, "plan", "--repo", w.url), "No changes.")
	w.tells(w.amisync(1, "validate", "--repo", w.url, "--path", "nope.yaml"), "there is no file nope.yaml")
	w.tells(w.amisync(1, "plan", "--repo", strings.Replace(w.url, "images", "nothing", 1)), "no such repository")
}

// A re-run of an older job has an older commit checked out than the branch has.
func TestOlderCommitIsRefused(t *testing.T) {
	w := newGitWorld(t)
	old := w.commit(oneImage)
	w.commit(twoImages)
	w.git("checkout", "-q", old)
	w.tells(w.amisync(0, "plan"), "is not the tip of any branch or tag")
	w.tells(w.amisync(1, "apply", "--yes", "-q"), "--allow-rewind; nothing was changed")
	t.Setenv("GITHUB_REF", "refs/heads/main")
	t.Setenv("GITHUB_SHA", old)
	w.tells(w.amisync(1, "sync", "-q"), "is not the tip of branch main, which is")
	w.tells(w.amisync(0, "sync", "-q", "--no-wait", "--allow-rewind", "--poll=1s"), "is not the tip of branch main")
}

// While a job waits for its approval the branch goes on: as long as the file is
// the same at the tip, what is applied is the newest.
func TestOlderCommitWithTheSameFile(t *testing.T) {
	w := newGitWorld(t)
	old := w.commit(twoImages)
	w.commit(twoImages)
	w.git("checkout", "-q", old)
	t.Setenv("GITHUB_REF", "refs/heads/main")
	t.Setenv("GITHUB_SHA", old)
	if out := w.amisync(0, "plan"); strings.Contains(out, "warning") {
		t.Errorf("there is a warning:\n%s", out)
	}
	w.amisync(0, "sync", "-q", "--no-wait", "--poll=1s")
	w.git("checkout", "-q", "main")
	w.commit(oneImage)
	w.git("checkout", "-q", old)
	w.amisync(1, "sync", "-q", "--no-wait", "--poll=1s")
}

// A branch that was force-pushed back is at its tip: what was applied tells.
func TestBranchThatMovedBackwardsIsRefused(t *testing.T) {
	w := newGitWorld(t)
	first := w.commit(oneImage)
	applied := w.commit(twoImages)
	w.converge()
	w.git("reset", "-q", "--hard", first)
	w.git("push", "-q", "--force", "origin", "main")
	w.tells(w.amisync(1, "apply", "--yes", "-q"), "branch main moved backwards: it has no commit "+applied[:12])
	w.tells(w.amisync(0, "plan", "--repo", w.url), "whether the branch moved backwards is not known")
	program(t, "git", "-C", w.bare, "config", "uploadpack.allowAnySHA1InWant", "true")
	w.tells(w.amisync(1, "sync", "--repo", w.url, "-q", "--poll=1s"), "moved backwards")
	w.amisync(0, "sync", "--repo", w.url, "-q", "--allow-rewind", "--poll=1s")
}

func TestRemoteThatCannotBeAsked(t *testing.T) {
	w := newGitWorld(t)
	w.commit(twoImages)
	w.git("remote", "set-url", "origin", "http://127.0.0.1:1/images.git")
	w.tells(w.amisync(0, "plan"), "is the tip of its branch is not known")
	w.amisync(0, "sync", "-q", "--no-wait", "--poll=1s")
}

// Two revisions are planned against one reading of AWS: no Region is read twice,
// and only what the base alone needs is asked besides.
func TestBaseIsPlannedAgainstOneReading(t *testing.T) {
	w := newGitWorld(t)
	w.commit(twoImages)
	wider := strings.Replace(twoImages, "    regions: [eu-west-1]", "    regions: [eu-west-1, eu-north-1]", 1)
	w.commit(wider)
	asked := func(args ...string) map[string]int {
		before := len(w.cloud.Requests())
		w.amisync(0, append([]string{"plan"}, args...)...)
		calls := map[string]int{}
		for _, r := range w.cloud.Requests()[before:] {
			calls[r.Operation+" "+r.Region]++
		}
		return calls
	}
	alone, with := asked(), asked("--base", "HEAD~1")
	for call, n := range with {
		if n > alone[call] {
			t.Errorf("%s is called %d times, and %d without a base", call, n, alone[call])
		}
	}
	w.commit(strings.Replace(wider, "ami-0aaaaaaaaaaaaaaaa", "ami-0bbbbbbbbbbbbbbbb", 1))
	alone, with = asked(), asked("--base", "HEAD~1") // the base's own source is one more
	for call, n := range with {
		if n > alone[call]+1 || n > alone[call] && !strings.HasSuffix(call, " us-east-1") {
			t.Errorf("%s is called %d times, and %d without a base", call, n, alone[call])
		}
	}
	w.tells(w.amisync(0, "plan", "--repo", w.url, "--base", "main~1"), "Caused by this change")
}

// Lineage is asked of real history: what was made by a commit that was squashed,
// that a shallow clone lacks, or that is another repository's, stays.
func TestLineageOfRealHistory(t *testing.T) {
	w := newGitWorld(t)
	w.commit(oneImage)
	w.git("checkout", "-q", "-b", "topic")
	write(t, filepath.Join(w.dir, "amis.yaml"), twoImages)
	w.git("commit", "-qam", "topic")
	w.git("push", "-q", "origin", "topic")
	w.converge()
	w.git("checkout", "-q", "main")
	w.git("merge", "-q", "--squash", "topic")
	w.git("commit", "-qm", "squashed")
	w.commit(oneImage)
	w.git("push", "-q", "origin", "--delete", "topic")

	const held = "0 to deregister; 1 blocked"
	w.tells(w.amisync(0, "plan", "--repo", w.url), held)
	out := w.amisync(0, "plan")
	w.tells(out, held)
	w.tells(out, "--allow-rewind")
	shallow := filepath.Join(t.TempDir(), "shallow")
	program(t, "git", "clone", "-q", "--depth", "1", w.url, shallow)
	out = w.amisync(0, "plan", "--file", filepath.Join(shallow, "amis.yaml"))
	w.tells(out, held)
	w.tells(out, "fetch-depth: 0")
	w.tells(w.amisync(0, "plan", "--repo", w.url, "--take-over"), "1 to deregister; 0 blocked")

	other := filepath.Join(filepath.Dir(w.bare), "other.git")
	program(t, "git", "init", "-q", "--bare", "-b", "main", other)
	w.git("checkout", "-q", "--orphan", "fresh")
	w.git("commit", "-qm", "another repository")
	w.git("push", "-q", other, "fresh:main")
	w.tells(w.amisync(0, "plan", "--repo", strings.Replace(w.url, "images", "other", 1)), held)
}

// A local edit stands on the commit that is checked out: what was made by it or
// before it may go.
func TestLineageOfAnUncommittedFile(t *testing.T) {
	w := newGitWorld(t)
	w.commit(twoImages)
	w.converge()
	w.commit(twoImages)
	write(t, filepath.Join(w.dir, "amis.yaml"), oneImage)
	w.tells(w.amisync(0, "plan"), "1 to deregister; 0 blocked")
	w.amisync(0, "apply", "--yes", "--allow-dirty", "-q", "--poll=1s")
	w.tells(w.amisync(0, "plan"), "No changes.")
}

func TestLineageBeforeTheFirstCommit(t *testing.T) {
	w := newGitWorld(t)
	w.commit(twoImages)
	w.converge()
	w.dir = t.TempDir()
	w.git("init", "-q")
	write(t, filepath.Join(w.dir, "amis.yaml"), oneImage)
	out := w.amisync(0, "plan")
	w.tells(out, "0 to deregister; 1 blocked")
	w.tells(out, "no commits yet")
}

// The branch may go on and be applied while an older commit waits for its
// approval: with the same file at the tip nothing moved backwards, also where
// the clone does not know the newer commit and the remote is asked for it.
func TestOlderCommitWithTheSameFileAfterASync(t *testing.T) {
	w := newGitWorld(t)
	program(t, "git", "-C", w.bare, "config", "uploadpack.allowAnySHA1InWant", "true")
	old := w.commit(twoImages)
	w.commit(twoImages)
	w.converge()
	t.Setenv("GITHUB_REF", "refs/heads/main")
	t.Setenv("GITHUB_SHA", old)
	apply := func() {
		w.git("checkout", "-q", old)
		if out := w.amisync(0, "plan"); strings.Contains(out, "warning") {
			t.Errorf("there is a warning:\n%s", out)
		}
		w.amisync(0, "apply", "--yes", "-q")
	}
	apply()
	url := w.url
	w.dir = t.TempDir()
	w.git("init", "-q")
	w.git("remote", "add", "origin", url)
	w.git("fetch", "-q", "origin", old)
	apply()
}

// In a workflow HEAD is detached, and the branch is the workflow's.
func TestMovedBackNamesTheWorkflowsBranch(t *testing.T) {
	w := newGitWorld(t)
	first := w.commit(oneImage)
	w.commit(twoImages)
	w.converge()
	w.git("reset", "-q", "--hard", first)
	w.git("push", "-q", "--force", "origin", "main")
	w.git("checkout", "-q", "--detach")
	t.Setenv("GITHUB_REF", "refs/heads/main")
	t.Setenv("GITHUB_SHA", first)
	w.tells(w.amisync(1, "sync", "-q"), "branch main moved backwards")
}

// A branch that was reset and went on from there is at its tip, and is no
// ancestor of what was applied: that its copies stay is told, and the rest goes on.
func TestHistoryThatWasLeftIsTold(t *testing.T) {
	w := newGitWorld(t)
	first := w.commit(oneImage)
	w.converge()
	left := w.commit(twoImages)
	w.converge()
	w.git("reset", "-q", "--hard", first)
	w.commit(oneImage)
	want := "1 live copy was made by commits that are in the repository, but not in the history of the one applied, such as " + left[:12]
	w.tells(w.amisync(0, "plan"), want)
	w.tells(w.amisync(0, "plan", "--repo", w.url), "whether the branch moved backwards is not known")
	w.git("push", "-q", "origin", left+":refs/heads/left")
	w.tells(w.amisync(0, "plan", "--repo", w.url), want)
	w.git("push", "-q", "origin", "--delete", "left")
	program(t, "git", "-C", w.bare, "config", "uploadpack.allowAnySHA1InWant", "true")
	w.tells(w.amisync(0, "plan", "--repo", w.url), want)
	w.amisync(0, "sync", "-q", "--poll=1s")
	w.tells(w.amisync(0, "plan"), "0 to deregister; 1 blocked")
}

// A steady sync from a repository elsewhere clones nothing: the history is asked
// only for copies that another commit made, and other branches only for copies
// that are not of this one's.
func TestSteadySyncFetchesNoHistory(t *testing.T) {
	w := newGitWorld(t)
	w.commit(twoImages)
	w.commit(twoImages)
	w.git("push", "-q", "origin", "main:topic")
	w.converge("--repo", w.url)
	repo := w.planned("--repo", w.url)
	if !repo.Shallow() {
		t.Error("the history was fetched, and all copies are of the commit applied")
	}
	w.commit(twoImages)
	repo = w.planned("--repo", w.url)
	if repo.Shallow() {
		t.Error("the history was not fetched, and a commit before made the copies")
	}
	if b := repo.BranchOf("topic"); b.Name != "" {
		t.Errorf("branch %s was fetched, and no copy needs it", b.Name)
	}
}

// planned plans in the process, and gives the repository as that left it.
func (w *gitWorld) planned(args ...string) *gitrepo.Repo {
	w.t.Helper()
	var f planFlags
	flags := pflag.NewFlagSet("plan", pflag.ContinueOnError)
	f.register(flags, "")
	if err := flags.Parse(args); err != nil {
		w.t.Fatal(err)
	}
	a := &app{getenv: os.Getenv}
	var repo *gitrepo.Repo
	err := a.reading(w.t.Context(), &f, func(ctx context.Context, s *session) error {
		s.notes, s.getenv = a.askTip(ctx, s.config, f), a.getenv
		_, err := s.plan(ctx, f.options())
		repo = s.config.repo
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return repo
}

// The file is made ready once, not for each of thousands of copies.
func TestMadeByReadsTheFileOnce(t *testing.T) {
	const images = 100
	var text strings.Builder
	text.WriteString(twoImages[:strings.Index(twoImages, "  base:")])
	for i := range images {
		fmt.Fprintf(&text, "  img%d:\n    regions: [eu-west-1]\n    source: {region: us-east-1, id: ami-0%016x}\n", i, i)
	}
	file, err := spec.Parse("amis.yaml", []byte(text.String()))
	if err != nil {
		t.Fatal(err)
	}
	commit := strings.Repeat("a", 40)
	s := &session{config: config{file: file, origin: state.Config{Path: "amis.yaml"}}}
	tags := map[string]string{state.TagOwner: "platform-images", state.TagFile: "amis.yaml", state.TagCommit: commit}
	allocs := func(copies int) float64 {
		live := state.Live{Regions: []state.Region{{Images: slices.Repeat([]state.AMI{{Tags: tags}}, copies)}}}
		if made := s.madeBy(live); made[commit] != copies {
			t.Errorf("%d of %d copies were found", made[commit], copies)
		}
		return testing.AllocsPerRun(1, func() { s.madeBy(live) })
	}
	if each := (allocs(110) - allocs(10)) / 100; each > images {
		t.Errorf("each copy costs %.0f allocations", each)
	}
}
