package gitrepo

import (
	"errors"
	"net"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-git/go-git/v5/plumbing/transport"

	"github.com/amisync/amisync/pkg/state"
)

// served is a fixture whose bare copy a real server of git's serves.
type served struct {
	*fixture
	bare string
	url  string
}

// push brings the fixture's branch to the server, whatever is there.
func (s served) push() { cli(s.t, s.dir, "push", "--quiet", "--force", s.bare, "master:master") }

func newServed(t *testing.T) (s served, root string) {
	t.Helper()
	f := newFixture(t)
	root = t.TempDir()
	bare := filepath.Join(root, "images.git")
	cli(t, root, "init", "--quiet", "--bare", "-b", "master", bare)
	return served{fixture: f, bare: bare}, root
}

// overHTTP serves with git http-backend; a password is wanted where one is named.
func overHTTP(t *testing.T, password string) served {
	t.Helper()
	s, root := newServed(t)
	path, err := exec.Command("git", "--exec-path").Output()
	if err != nil && os.Getenv("CI") != "" {
		t.Fatal("git is not installed, and CI must not skip this test")
	}
	if err != nil {
		t.Skip("git is not installed")
	}
	backend := &cgi.Handler{
		Path: filepath.Join(strings.TrimSpace(string(path)), "git-http-backend"),
		Env:  []string{"GIT_PROJECT_ROOT=" + root, "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_NOSYSTEM=1", "HOME=" + root},
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, given, _ := r.BasicAuth(); password != "" && given != password {
			w.Header().Set("WWW-Authenticate", `Basic realm="git"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		backend.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	s.url = server.URL + "/images.git"
	return s
}

// overDaemon serves with git daemon.
func overDaemon(t *testing.T) served {
	t.Helper()
	s, root := newServed(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	host, port, _ := net.SplitHostPort(address)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("git", "daemon", "--reuseaddr", "--export-all", "--base-path="+root, "--listen="+host, "--port="+port)
	if err := cmd.Start(); err != nil {
		t.Fatal("git daemon cannot be started:", err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	await(t, address)
	s.url = "git://" + address + "/images.git"
	return s
}

// await returns once somebody listens.
func await(t *testing.T, address string) {
	t.Helper()
	end := time.Now().Add(10 * time.Second)
	for time.Now().Before(end) {
		c, err := net.DialTimeout("tcp", address, time.Second)
		if err == nil {
			_ = c.Close()
			return
		}
		<-time.After(20 * time.Millisecond)
	}
	t.Fatalf("nobody listens on %s", address)
}

func environment(of map[string]string) func(string) string {
	return func(name string) string { return of[name] }
}

func remote(t *testing.T, url string, env map[string]string) *Remote {
	t.Helper()
	m, err := NewRemote(url, environment(env))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func fetch(t *testing.T, m *Remote, rev string) *Repo {
	t.Helper()
	r, err := m.Fetch(t.Context(), rev)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Both servers of git's give the same answers.
func TestRemote(t *testing.T) {
	for name, serve := range map[string]func(*testing.T) served{
		"http":   func(t *testing.T) served { return overHTTP(t, "") },
		"daemon": overDaemon,
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t)
			one := s.commit("dir/amis.yaml", "one")
			two := s.commit("dir/amis.yaml", "two")
			three := s.commit("dir/amis.yaml", "three")
			cli(t, s.dir, "tag", "-a", "-m", "One", "v1", one)
			s.push()
			cli(t, s.dir, "push", "--quiet", s.bare, "v1", "master~1:refs/heads/release")
			m := remote(t, s.url, nil)
			for _, c := range []struct{ rev, content, commit string }{
				{"", "three", three},
				{"HEAD", "three", three},
				{"master", "three", three},
				{"master~1", "two", two},
				{"HEAD~1^", "one", one},
				{"release", "two", two},
				{"refs/heads/release~1", "one", one},
				{"v1", "one", one},
				{two, "two", two},
				{two[:9], "two", two},
			} {
				rev := c.rev
				if rev == "" {
					rev = "HEAD"
				}
				reads(t, fetch(t, m, c.rev), rev, "dir/amis.yaml", c.content, c.commit)
			}
			for _, rev := range []string{"nope", strings.Repeat("0", 40), "master~9"} {
				r, err := m.Fetch(t.Context(), rev)
				if err == nil {
					_, _, err = r.Read(rev, "dir/amis.yaml")
				}
				if err == nil || strings.Contains(err.Error(), "fetch-depth") {
					t.Errorf("%s: %v; want an error that does not speak of a clone", rev, err)
				}
			}
			if _, _, err := fetch(t, m, "").Read("HEAD", "amis.yaml"); err == nil || !strings.Contains(err.Error(), "there is no file amis.yaml") {
				t.Errorf("a missing file: %v", err)
			}
		})
	}
}

func TestFetchIsShallowUntilHistoryIsAsked(t *testing.T) {
	s := overHTTP(t, "")
	one := s.commit("amis.yaml", "one")
	two := s.commit("amis.yaml", "two")
	s.push()
	r := fetch(t, remote(t, s.url, nil), "")
	related(t, r, one, two, state.NotInClone)
	if err := r.Deepen(t.Context()); err != nil {
		t.Fatal(err)
	}
	related(t, r, one, two, state.Ancestor)
	reads(t, r, "HEAD", "amis.yaml", "two", two)
}

// A force-push leaves what was applied before outside of the history.
func TestForcePushedRemote(t *testing.T) {
	s := overHTTP(t, "")
	one := s.commit("amis.yaml", "one")
	two := s.commit("amis.yaml", "two")
	s.push()
	m := remote(t, s.url, nil)
	reads(t, fetch(t, m, ""), "HEAD", "amis.yaml", "two", two)
	cli(t, s.dir, "reset", "--quiet", "--hard", "HEAD~1")
	other := s.commit("amis.yaml", "other")
	s.push()
	r := fetch(t, m, "")
	reads(t, r, "HEAD", "amis.yaml", "other", other)
	if err := r.Deepen(t.Context()); err != nil {
		t.Fatal(err)
	}
	related(t, r, two, other, state.NotInClone)
	if _, err := m.Descends(t.Context(), two, other); err == nil {
		t.Error("a server that gives nothing but branches said how a commit of none relates")
	}
	cli(t, s.bare, "config", "uploadpack.allowAnySHA1InWant", "true")
	if yes, err := m.Descends(t.Context(), two, one); err != nil || !yes {
		t.Errorf("Descends = %t, %v; want that the commit has its parent in its history", yes, err)
	}
	if yes, err := m.Descends(t.Context(), two, other); err != nil || yes {
		t.Errorf("Descends = %t, %v; want that it has not what was pushed over it", yes, err)
	}
}

func TestCredentials(t *testing.T) {
	s := overHTTP(t, "secret")
	one := s.commit("amis.yaml", "one")
	s.push()
	home := t.TempDir()
	host := strings.TrimPrefix(strings.TrimSuffix(s.url, "/images.git"), "http://")
	name, _, _ := strings.Cut(host, ":")
	if err := os.WriteFile(filepath.Join(home, ".netrc"), []byte("machine other login a password b\nmachine "+name+" login me password secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	withUser := strings.Replace(s.url, "http://", "http://me:secret@", 1)
	for what, c := range map[string]struct {
		url string
		env map[string]string
	}{
		"the token":            {s.url, map[string]string{"AMISYNC_GIT_TOKEN": "secret"}},
		"the workflow's token": {s.url, map[string]string{"GITHUB_TOKEN": "secret", "GITHUB_SERVER_URL": "http://" + host}},
		"the URL":              {withUser, nil},
		".netrc":               {s.url, map[string]string{"HOME": home}},
	} {
		t.Run(what, func(t *testing.T) {
			m := remote(t, c.url, c.env)
			reads(t, fetch(t, m, ""), "HEAD", "amis.yaml", "one", one)
			if strings.Contains(m.String(), "secret") {
				t.Errorf("the URL is shown as %s", m)
			}
		})
	}
	for what, env := range map[string]map[string]string{
		"none":                   nil,
		"a wrong one":            {"AMISYNC_GIT_TOKEN": "wrong"},
		"the token of elsewhere": {"GITHUB_TOKEN": "secret"},
	} {
		t.Run(what, func(t *testing.T) {
			_, err := remote(t, s.url, env).Fetch(t.Context(), "")
			if err == nil || !strings.Contains(err.Error(), "AMISYNC_GIT_TOKEN") || strings.Contains(err.Error(), "secret") {
				t.Errorf("Fetch: %v", err)
			}
			if !errors.Is(err, transport.ErrAuthenticationRequired) && !errors.Is(err, transport.ErrAuthorizationFailed) {
				t.Errorf("the cause is lost: %v", err)
			}
		})
	}
}

func TestRemotesThatAreRefused(t *testing.T) {
	env := environment(map[string]string{"AMISYNC_GIT_TOKEN": "secret", "HOME": t.TempDir()})
	for url, want := range map[string]string{
		"/srv/images":                     "--file",
		"http://example.com/images.git":   "over http",
		"ssh://git@example.com/images":    "ssh agent",
		"git@example.com:team/images.git": "ssh agent",
		"https://me:pass word@ex ample/x": "URL",
	} {
		_, err := NewRemote(url, env)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "pass word") {
			t.Errorf("NewRemote(%s): %v; want one that says %q", url, err, want)
		}
	}
}

func TestEmptyRemote(t *testing.T) {
	s := overHTTP(t, "")
	if _, err := remote(t, s.url, nil).Fetch(t.Context(), ""); err == nil || !strings.Contains(err.Error(), "no commits yet") {
		t.Errorf("Fetch of an empty repository: %v", err)
	}
}

// History is fetched as far as the commits that are asked about need it: of the
// revision's own branch, and of the others only for what that does not have.
func TestDeepenTo(t *testing.T) {
	s := overHTTP(t, "")
	one := s.commit("amis.yaml", "one")
	two := s.commit("amis.yaml", "two")
	three := s.commit("amis.yaml", "three")
	s.push()
	cli(t, s.dir, "checkout", "--quiet", "-b", "topic", one)
	other := s.commit("amis.yaml", "other")
	cli(t, s.dir, "push", "--quiet", s.bare, "topic")
	r := fetch(t, remote(t, s.url, nil), "master~1")
	deepenTo := func(commits ...string) {
		t.Helper()
		if err := r.DeepenTo(t.Context(), commits...); err != nil {
			t.Fatal(err)
		}
	}
	related(t, r, three, two, state.NotInClone) // nothing tells yet what is below
	deepenTo(one, three)
	related(t, r, one, two, state.Ancestor)
	related(t, r, three, two, state.NotAncestor)
	related(t, r, other, two, state.NotInClone)
	if _, _, err := r.Read("topic", "amis.yaml"); err == nil {
		t.Error("a branch was fetched that no question needs")
	}
	deepenTo(one, other)
	related(t, r, one, two, state.Ancestor)
	related(t, r, other, two, state.NotAncestor)
	related(t, r, two, other, state.NotAncestor)
	reads(t, r, "topic", "amis.yaml", "other", other)
	reads(t, r, "master~1", "amis.yaml", "two", two)
	deepenTo("not a commit", strings.Repeat("0", 40)) // of another repository: nothing has it
}

// Where every branch is wanted, as for the base of a change, every branch comes,
// whatever was fetched before.
func TestDeepenAfterDeepenTo(t *testing.T) {
	s := overHTTP(t, "")
	one := s.commit("amis.yaml", "one")
	s.commit("amis.yaml", "two")
	s.push()
	cli(t, s.dir, "push", "--quiet", s.bare, one+":refs/heads/release")
	r := fetch(t, remote(t, s.url, nil), "")
	if err := errors.Join(r.DeepenTo(t.Context(), one), r.Deepen(t.Context())); err != nil {
		t.Fatal(err)
	}
	reads(t, r, "release", "amis.yaml", "one", one)
}
