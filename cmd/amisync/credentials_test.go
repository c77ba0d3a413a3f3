package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/amisync/amisync/internal/sandbox"
)

// TestCredentialsAreRefreshed: what expires during a copy is asked for again of
// wherever it came from, which the SDK knows.
func TestCredentialsAreRefreshed(t *testing.T) {
	needs(t, "sh", "date")
	serveHere(t, sandbox.Timing{})
	dir := t.TempDir()
	t.Chdir(dir)
	write(t, "amis.yaml", blockWith(t, read(t, "README.md"), "version: 1"))
	write(t, "give", `echo >> "$1"
printf '{"Version": 1, "AccessKeyId": "111122223333", "SecretAccessKey": "sandbox", "SessionToken": "t", "Expiration": "%s"}' \
	"$(date -u -d '+1 second' +%Y-%m-%dT%H:%M:%SZ)"
`)
	write(t, "config", fmt.Sprintf("[default]\ncredential_process = sh %s %s\n", filepath.Join(dir, "give"), filepath.Join(dir, "given")))
	for k, v := range map[string]string{"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_CONFIG_FILE": filepath.Join(dir, "config")} {
		t.Setenv(k, v)
	}
	if out := mustRun(t, 0, "apply", "--yes", "--poll=1s", "--timeout=3s"); !strings.Contains(out, "in progress") {
		t.Fatalf("the copies do not go on:\n%s", out)
	}
	given, err := os.ReadFile("given")
	if err != nil || strings.Count(string(given), "\n") < 2 {
		t.Errorf("credentials were given %d times: %v", strings.Count(string(given), "\n"), err)
	}
}
