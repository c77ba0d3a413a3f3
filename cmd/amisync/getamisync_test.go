package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestReleaseThatIsNotWhatItsChecksumSays: the workflow test downloads a good
// one. A bad one, or none, is an error and never built instead.
func TestReleaseThatIsNotWhatItsChecksumSays(t *testing.T) {
	needs(t, "bash", "curl")
	for name, c := range map[string]struct {
		version   string
		checksums string
		want      string
	}{
		"another digest": {"v1.0.0", strings.Repeat("0", 64) + "  NAME\n", "is not what the checksums of release v1.0.0 say"},
		"not listed":     {"v1.0.0", "", "is not what the checksums"},
		"no version":     {"main; rm -rf /", "", "is no version"},
		"no release":     {"v9.9.9", "", "the checksums of release v9.9.9 cannot be had"},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				file, ok := strings.CutPrefix(r.URL.Path, "/amisync/amisync/releases/download/v1.0.0/")
				switch {
				case !ok:
					w.WriteHeader(http.StatusNotFound)
				case file == "checksums.txt":
					_, _ = w.Write([]byte(strings.ReplaceAll(c.checksums, "NAME", "amisync_1.0.0_linux_amd64.tar.gz")))
				default:
					_, _ = w.Write([]byte("something else"))
				}
			}))
			t.Cleanup(server.Close)
			folder := t.TempDir()
			cmd := exec.CommandContext(t.Context(), "bash", filepath.Join(sourceDir, "..", "..", "scripts", "get-amisync"), folder)
			cmd.Env = append(os.Environ(), "AMISYNC_VERSION="+c.version, "GITHUB_SERVER_URL="+server.URL)
			out, err := cmd.CombinedOutput()
			if err == nil || !strings.Contains(string(out), "::error::") || !strings.Contains(string(out), c.want) {
				t.Errorf("%v; want an error that says %q:\n%s", err, c.want, out)
			}
			if _, err := os.Stat(filepath.Join(folder, "amisync")); err == nil {
				t.Error("there is a binary all the same")
			}
		})
	}
}

// TestReleaseOfAMovingTag: @v1 is a tag that moves on with each release, and what
// is downloaded is the release at its commit, whichever sort of tag it is.
func TestReleaseOfAMovingTag(t *testing.T) {
	needs(t, "bash", "curl", "git", "tar", "sha256sum")
	hub := t.TempDir()
	repo := filepath.Join(hub, "amisync", "amisync") // releases lie in it, as they do below its URL
	write(t, filepath.Join(repo, "amisync"), "#!/bin/sh\necho this is the release\n")
	identity := []string{"-c", "user.name=t", "-c", "user.email=t@example.com"}
	git := func(args ...string) { program(t, "git", append(append([]string{"-C", repo}, identity...), args...)...) }
	git("init", "-q", "-b", "main")
	for _, release := range []string{"v1.0.0", "v1.1.0"} {
		git("commit", "-q", "--allow-empty", "-m", release)
		git("tag", "-a", "-m", release, release)
	}
	git("tag", "v1")
	git("tag", "v2", "v1.0.0^{commit}")
	for _, name := range []string{"linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64"} {
		program(t, "bash", "-c", `cd "$1" && mkdir -p releases/download/v1.1.0 && chmod +x amisync &&
			tar -czf "releases/download/v1.1.0/amisync_1.1.0_$2.tar.gz" amisync &&
			cd releases/download/v1.1.0 && sha256sum -- *.tar.gz > checksums.txt`, "bash", repo, name)
	}
	for ref, want := range map[string]string{
		"v1":     "this is the release",
		"v1.1.0": "this is the release",
		"v2":     "amisync is built with Go here", // v1.0.0 is no v2
		"main":   "amisync is built with Go here",
	} {
		t.Run(ref, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), "bash", filepath.Join(sourceDir, "..", "..", "scripts", "get-amisync"), t.TempDir())
			cmd.Env = []string{
				"PATH=" + withoutGo(t), "HOME=" + t.TempDir(), "GITHUB_SERVER_URL=file://" + hub,
				"AMISYNC_ACTION_REF=" + ref, "GITHUB_ACTION_PATH=" + repo,
			}
			out, err := cmd.CombinedOutput()
			if !strings.Contains(string(out), want) || (err == nil) != strings.HasPrefix(want, "this") {
				t.Errorf("%v; want %q:\n%s", err, want, out)
			}
		})
	}
}

// withoutGo is a PATH with what the script calls, and no Go to build with.
func withoutGo(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"bash", "sh", "mkdir", "uname", "curl", "git", "awk", "head", "cut", "sha256sum", "tar", "gzip"} {
		path, err := exec.LookPath(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(path, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
