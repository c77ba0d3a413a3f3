package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/amisync/amisync/internal/github/githubtest"
	"github.com/amisync/amisync/internal/sandbox"
)

// theater runs the example workflows with act: the real action.yml, the binary
// of a release that is downloaded and checked, a stand-in for GitHub, and the
// sandbox as AWS.
type theater struct {
	t        *testing.T
	act      string
	hub      *githubtest.Hub
	repo     string // the user's
	action   string // ours
	identity string // stands in for aws-actions/configure-aws-credentials
	env      map[string]string
	run      int
}

func newTheater(t *testing.T) *theater {
	t.Helper()
	th := &theater{t: t, act: actProgram(t), hub: &githubtest.Hub{Repository: "o/r"}, repo: t.TempDir(), identity: t.TempDir()}
	needs(t, "git", "bash", "curl", "tar")
	th.action = checkout(t)
	th.commitIn(th.action)
	write(t, filepath.Join(th.identity, "action.yml"), identityAction)
	th.commitIn(th.identity)
	for name := range strings.FieldsSeq("plan apply sync audit") {
		file := filepath.Join(".github", "workflows", name+".yml")
		write(t, filepath.Join(th.repo, file), readText(t, filepath.Join(sourceDir, "..", "..", "examples", "workflows", name+".yml")))
	}
	program(t, "git", "-C", th.repo, "init", "-q", "-b", "main")

	cloud, err := sandbox.New(sandbox.Scene{
		Accounts: []sandbox.Account{{ID: "111122223333"}},
		Images:   []sandbox.Image{{ID: "ami-0aaaaaaaaaaaaaaaa", Region: "us-east-1", Name: "web", Devices: []sandbox.Device{{Name: "/dev/xvda", Size: 8}}}},
		Settings: sandbox.Settings{Copy: sandbox.Timing{Instant: true}},
	})
	if err != nil {
		t.Fatal(err)
	}
	aws, api, web := httptest.NewServer(cloud), httptest.NewServer(th.hub), httptest.NewServer(published(t, th.action))
	t.Cleanup(func() { aws.Close(); api.Close(); web.Close() })
	th.env = map[string]string{
		"GITHUB_REPOSITORY": "o/r", "GITHUB_API_URL": api.URL, "GITHUB_SERVER_URL": web.URL,
		"AWS_ENDPOINT_URL": aws.URL, "AWS_EC2_METADATA_DISABLED": "true", "AWS_REGION": "us-east-1",
		"AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
	}
	return th
}

// identityAction is what the role gives: credentials in the job's environment.
const identityAction = `name: identity
description: credentials
inputs:
  role-to-assume: {description: "", required: true}
  aws-region: {description: "", required: true}
  role-duration-seconds: {description: ""}
runs:
  using: composite
  steps:
    - shell: bash
      run: |
        echo AWS_ACCESS_KEY_ID=111122223333 >> "$GITHUB_ENV"
        echo AWS_SECRET_ACCESS_KEY=sandbox >> "$GITHUB_ENV"
`

// published serves a release of v1.0.0, as scripts/make-release makes it, for this
// machine.
func published(t *testing.T, source string) http.Handler {
	t.Helper()
	dir := t.TempDir()
	program(t, "bash", filepath.Join(source, "scripts", "make-release"), "v1.0.0", dir, runtime.GOOS+"/"+runtime.GOARCH)
	return http.StripPrefix("/amisync/amisync/releases/download/v1.0.0/", http.FileServer(http.Dir(dir)))
}

func (th *theater) commitIn(dir string) {
	th.t.Helper()
	for _, args := range [][]string{
		{"init", "-q", "-b", "main"},
		{"add", "-A"},
		{"-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qm", "change", "--allow-empty"},
	} {
		program(th.t, "git", append([]string{"-C", dir}, args...)...)
	}
}

// commit commits amis.yaml in the user's repository.
func (th *theater) commit(text string) {
	th.t.Helper()
	write(th.t, filepath.Join(th.repo, "amis.yaml"), text)
	th.commitIn(th.repo)
}

// pull opens a pull request from a repository, for the last commit.
func (th *theater) pull(from string) (number int, payload map[string]any) {
	head := program(th.t, "git", "-C", th.repo, "rev-parse", "HEAD")
	number = th.hub.Add(githubtest.Issue{Pull: true, Base: "main", Head: head})
	return number, map[string]any{"number": number, "pull_request": map[string]any{
		"number": number, "head": map[string]any{"sha": head, "repo": map[string]any{"full_name": from}, "ref": "topic"}, "base": map[string]any{"ref": "main"},
	}}
}

// play runs a workflow for an event; whether it succeeds must be as said.
func (th *theater) play(event, workflow string, payload map[string]any, green bool) string {
	t := th.t
	t.Helper()
	th.run++
	file := filepath.Join(t.TempDir(), "event.json")
	if payload == nil {
		payload = map[string]any{} // act wants an object
	}
	data, err := json.Marshal(payload)
	if err != nil {
		t.Fatal(err)
	}
	write(t, file, string(data))
	args := []string{
		event, "-W", ".github/workflows/" + workflow + ".yml", "-e", file, "-P", "ubuntu-latest=-self-hosted", "--action-offline-mode",
		"-s", "GITHUB_TOKEN=" + githubtest.Token, "--env", fmt.Sprintf("GITHUB_RUN_ID=%d", th.run),
		"--local-repository", "amisync/amisync@v1.0.0=" + th.action,
		"--local-repository", "aws-actions/configure-aws-credentials@b47578312673ae6fa5b5096b330d9fbac3d116df=" + th.identity,
	}
	for k, v := range th.env {
		args = append(args, "--env", k+"="+v)
	}
	cmd := exec.CommandContext(t.Context(), th.act, args...)
	cmd.Dir = th.repo
	cmd.Env = append(os.Environ(), "ACT_DISABLE_VERSION_CHECK=1", "XDG_CACHE_HOME="+t.TempDir())
	out, err := cmd.CombinedOutput()
	if (err == nil) != green {
		t.Fatalf("%s on %s: %v\n%s", workflow, event, err, out)
	}
	return string(out)
}

// TestExampleWorkflows plays the life of a file: a pull request, its merge, the
// schedule, and what can go wrong at each.
func TestExampleWorkflows(t *testing.T) {
	th := newTheater(t)
	th.commit(actFile)

	th.commit(strings.Replace(actFile, ", us-west-2]", ", us-west-2, eu-north-1]", 1))
	pr, event := th.pull("o/r")
	log := th.play("pull_request", "plan", event, true)
	has(t, log, "amisync v1.0.0 ", "Plan: 1 to copy")
	comment := th.comment(pr)
	has(t, comment, "## amisync: Plan: 1 to copy", "### Caused by this change", "Already pending without this change: 2 to copy.", "/actions/runs/1)")

	fork, event := th.pull("stranger/r")
	has(t, th.play("pull_request", "plan", event, true), "This pull request comes from a fork", "amis.yaml is valid")
	if n := len(th.hub.Issue(fork).Comments); n > 0 {
		t.Errorf("%d comments for a fork", n)
	}

	th.commit(strings.Replace(actFile, "regions:", "regoins:", 1))
	invalid, event := th.pull("o/r")
	has(t, th.play("pull_request", "plan", event, false), "::error file=amis.yaml,line=7", "did you mean")
	has(t, th.comment(invalid), "amisync plan failed")

	th.commit(actFile)
	th.hub.Merge(pr, time.Now())
	has(t, th.play("push", "apply", nil, true), "Apply: 2 done")
	quiet, event := th.pull("o/r")
	th.commit(actFile + "# a word\n")
	th.play("pull_request", "plan", event, true)
	has(t, th.comment(quiet), "No changes. 2 copies in 2 Regions match amis.yaml.")

	th.matrix()
	th.removal()
	th.drift()
	has(t, th.play("workflow_dispatch", "audit", nil, true), "web-base", "us-west-2")
}

// matrix runs two jobs at once: each has a comment of its own.
func (th *theater) matrix() {
	t := th.t
	t.Helper()
	write(t, filepath.Join(th.repo, ".github", "workflows", "matrix.yml"), matrixWorkflow)
	pr, event := th.pull("o/r")
	for range 2 {
		th.play("pull_request", "matrix", event, true)
	}
	comments := th.hub.Issue(pr).Comments
	if len(comments) != 2 {
		t.Fatalf("%d comments of two jobs, want 2: %+v", len(comments), comments)
	}
	both := comments[0].Body + comments[1].Body
	has(t, both, "(eu)\n", "(us)\n")
}

const matrixWorkflow = `on: pull_request
jobs:
  plan:
    runs-on: ubuntu-latest
    strategy: {matrix: {area: [eu, us]}}
    steps:
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
      - uses: amisync/amisync@v1.0.0
        with:
          label: ${{ matrix.area }}
          args: |
            --sandbox
            --region=${{ matrix.area }}-*
`

// removal takes a Region out: held back, then shown, merged and applied.
func (th *theater) removal() {
	t := th.t
	t.Helper()
	without := strings.Replace(actFile, ", us-west-2]", "]", 1)
	th.commit(strings.Replace(without, "prune: true", "prune: false", 1))
	held, event := th.pull("o/r")
	th.play("pull_request", "plan", event, true)
	has(t, th.comment(held), "1 blocked", "prune")

	th.commit(without)
	has(t, th.play("push", "apply", nil, true), "no pull request merged in the last 30d showed it", "Apply: 0 done")
	shown, event := th.pull("o/r")
	th.play("pull_request", "plan", event, true)
	has(t, th.comment(shown), "### Taken away", "us-west-2")
	th.hub.Merge(shown, time.Now())
	has(t, th.play("push", "apply", nil, true), "Apply: 1 done")
}

// drift opens an issue for what a schedule cannot put right, and closes it.
func (th *theater) drift() {
	t := th.t
	t.Helper()
	before := th.hub.Len()
	th.commit(strings.Replace(strings.Replace(actFile, "us-west-2", "eu-north-1, eu-west-3", 1), "prune: true", "prune: true\nlimits: {copy: {max: 1}}", 1))
	th.play("schedule", "sync", nil, false)
	if th.hub.Len() != before+1 {
		t.Fatalf("%d issues were opened, want 1", th.hub.Len()-before)
	}
	has(t, th.hub.Issue(before+1).Body, "blocked")
	th.commit(strings.Replace(actFile, ", us-west-2]", "]", 1))
	th.play("schedule", "sync", nil, true)
	if i := th.hub.Issue(before + 1); i.State != "closed" {
		t.Errorf("the drift issue is %s", i.State)
	}
}

// comment is the only comment of a pull request.
func (th *theater) comment(number int) string {
	th.t.Helper()
	list := th.hub.Issue(number).Comments
	if len(list) != 1 {
		th.t.Fatalf("%d comments, want 1", len(list))
	}
	return list[0].Body
}
