package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// motoRegions are where the test copies to: twelve that moto has enabled.
var motoRegions = []string{
	"us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1", "eu-west-1",
	"eu-west-2", "eu-central-1", "eu-north-1", "ap-south-1", "ap-northeast-1", "ap-southeast-2",
}

// TestMoto runs the main loop against an AWS that we did not write: apply,
// no changes, a bumped source, Regions taken out. moto has neither
// SourceImageId nor references, hence --trust-tags and no guard; it answers
// CopyImage at once and drops tag specifications.
func TestMoto(t *testing.T) {
	needs(t, "moto_server", "aws", "python3")
	startMoto(t)
	first, second := registerSource(t, "source-1"), registerSource(t, "source-2")
	t.Chdir(t.TempDir())

	writeMotoFile(t, first, motoRegions)
	mustRun(t, 0, "apply", "--yes", "--trust-tags", "--quiet", "--poll=1s")
	checkMoto(t, first, motoRegions)
	if out := mustRun(t, 0, "plan", "--trust-tags", "--detailed-exitcode"); !strings.Contains(out, "No changes. 12 copies in 12 Regions match amis.yaml.") {
		t.Fatalf("the second plan has changes:\n%s", out)
	}

	writeMotoFile(t, second, motoRegions)
	if out := mustRun(t, 2, "plan", "--trust-tags", "--detailed-exitcode"); !strings.Contains(out, "12 to re-copy") {
		t.Fatalf("a bumped source does not plan 12 re-copies:\n%s", out)
	}
	mustRun(t, 0, "apply", "--yes", "--trust-tags", "--quiet", "--poll=1s")
	checkMoto(t, second, motoRegions)

	writeMotoFile(t, second, motoRegions[:9])
	mustRun(t, 0, "apply", "--yes", "--trust-tags", "--quiet", "--poll=1s")
	checkMoto(t, second, motoRegions[:9])
	mustRun(t, 0, "plan", "--trust-tags", "--detailed-exitcode")
}

// needs skips a test whose judges are not installed; CI has them.
func needs(t *testing.T, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err == nil {
			continue
		}
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is not installed, and CI must not skip this test", p)
		}
		t.Skipf("%s is not installed (see CONTRIBUTING.md)", p)
	}
}

func startMoto(t *testing.T) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cmd := exec.CommandContext(ctx, "moto_server", "-H", "127.0.0.1", "-p", port)
	cmd.Env = append(os.Environ(), "MOTO_EC2_LOAD_DEFAULT_AMIS=false")
	if err := cmd.Start(); err != nil {
		t.Fatalf("starting moto: %v", err)
	}
	t.Cleanup(func() {
		cancel()
		_ = cmd.Wait()
	})
	url := "http://127.0.0.1:" + port
	awaitServer(t, url+"/moto-api/")
	for k, v := range map[string]string{
		"AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
		"AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1", "AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
	} {
		t.Setenv(k, v)
	}
}

// awaitServer waits for another program to answer; there is no event for that.
func awaitServer(t *testing.T, url string) {
	t.Helper()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); <-tick.C {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		if resp, err := http.DefaultClient.Do(req); err == nil {
			_ = resp.Body.Close()
			return
		}
	}
	t.Fatalf("nothing answers at %s after a minute", url)
}

func registerSource(t *testing.T, name string) string {
	t.Helper()
	return program(t, "aws", "ec2", "register-image", "--region", "us-east-1", "--name", name, "--output", "text", "--query", "ImageId")
}

// checkMoto asks boto3, in every Region that moto has, for the copies of a
// source: the wanted Regions have one, with its tags; no other has an image or
// a snapshot of ours.
func checkMoto(t *testing.T, source string, regions []string) {
	t.Helper()
	script, err := filepath.Abs(filepath.Join(sourceDir, "testdata", "check_copies.py"))
	if err != nil {
		t.Fatal(err)
	}
	program(t, "python3", script, source, strings.Join(regions, ","), strings.Join(motoRegions, ","))
}

func program(t *testing.T, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s%s", name, strings.Join(args, " "), err, out, stderr.String())
	}
	return strings.TrimSpace(string(out))
}

// mustRun runs a command in this process and insists on its exit code.
func mustRun(t *testing.T, want int, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if got := run(args, streams{strings.NewReader(""), &out, &errs}); got != want {
		t.Fatalf("amisync %s: exit code %d, not %d\n%s%s", strings.Join(args, " "), got, want, out.String(), errs.String())
	}
	return out.String()
}

func writeMotoFile(t *testing.T, source string, regions []string) {
	t.Helper()
	text := fmt.Sprintf(`version: 1
owner: moto-test
accounts: ["123456789012"]
prune: true
limits: {remove: {max: 40, percent: 100}}
defaults:
  guard: {references: off}
  lifecycle: {grace: 0}
images:
  base:
    source: {region: us-east-1, id: %s}
    regions: [%s]
    tags: {team: platform}
`, source, strings.Join(regions, ", "))
	if err := os.WriteFile("amis.yaml", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
