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
