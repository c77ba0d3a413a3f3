package main

import (
	"bytes"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/amisync/amisync/internal/github/githubtest"
)

// workflowRun is a job's environment, with a stand-in for GitHub.
type workflowRun struct {
	t      *testing.T
	hub    *githubtest.Hub
	pr     int
	number int // of the run
	dir    string
}

func newWorkflowRun(t *testing.T) *workflowRun {
	t.Helper()
	w := &workflowRun{t: t, hub: &githubtest.Hub{Repository: "o/r"}, dir: t.TempDir()}
	server := httptest.NewServer(w.hub)
	t.Cleanup(server.Close)
	w.pr = w.hub.Add(githubtest.Issue{Pull: true, Base: "main", Head: "tip"})
	t.Chdir(w.dir)
	for name, value := range map[string]string{
		"GITHUB_API_URL": server.URL, "GITHUB_SERVER_URL": "https://github.example", "GITHUB_REPOSITORY": "o/r",
		"GITHUB_TOKEN": githubtest.Token, "RUNNER_TEMP": t.TempDir(), "AMISYNC_FILE": "amis.yaml", "AMISYNC_COMMENT_AUTHOR": githubtest.Bot,
		"GITHUB_OUTPUT": filepath.Join(w.dir, "output"), "GITHUB_STEP_SUMMARY": filepath.Join(w.dir, "summary"),
		"AWS_ACCESS_KEY_ID": "", "AWS_PROFILE": "", "AWS_EC2_METADATA_DISABLED": "true", "AWS_REGION": "us-east-1",
		"AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull, "AWS_ENDPOINT_URL": "",
		"GITHUB_REF": "refs/heads/main", "GITHUB_SHA": "", "GITHUB_EVENT_PATH": filepath.Join(w.dir, "event.json"),
	} {
		t.Setenv(name, value)
	}
	w.pullRequestOf("o/r")
	write(t, "amis.yaml", actFile)
	return w
}

// pullRequestOf makes it a run for a pull request whose head is in a repository.
func (w *workflowRun) pullRequestOf(repository string) {
	w.t.Helper()
	w.t.Setenv("GITHUB_EVENT_NAME", "pull_request")
	write(w.t, "event.json", fmt.Sprintf(`{"number":%d,"pull_request":{"number":%[1]d,"head":{"sha":"tip","repo":{"full_name":%q}}}}`, w.pr, repository))
}

// action runs the Action; its log, outputs and summary are returned.
func (w *workflowRun) action(code int, env ...string) (log, outputs, summary string) {
	w.t.Helper()
	w.number++
	w.t.Setenv("GITHUB_RUN_ID", fmt.Sprint(w.number))
	for _, name := range []string{"AMISYNC_COMMAND", "AMISYNC_ARGS", "AMISYNC_BASE", "AMISYNC_LABEL", "AMISYNC_COMMENT", "AMISYNC_DRIFT_ISSUE"} {
		w.t.Setenv(name, "")
	}
	for _, e := range env {
		name, value, _ := strings.Cut(e, "=")
		w.t.Setenv(name, value)
	}
	for _, name := range []string{"output", "summary"} {
		if err := os.RemoveAll(name); err != nil {
			w.t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if got := run([]string{"action"}, streams{strings.NewReader(""), &out, &out}); got != code {
		w.t.Fatalf("exit code %d, want %d\n%s", got, code, out.String())
	}
	return out.String(), readText(w.t, "output"), readText(w.t, "summary")
}

func readText(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// comment is the text of the pull request's only comment.
func (w *workflowRun) comment() string {
	w.t.Helper()
	list := w.hub.Issue(w.pr).Comments
	if len(list) != 1 {
		w.t.Fatalf("%d comments, want 1: %+v", len(list), list)
	}
	return list[0].Body
}

func has(t *testing.T, text string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %q in:\n%s", want, text)
		}
	}
}

func TestActionCommentsOnPullRequests(t *testing.T) {
	w := newWorkflowRun(t)
	const plan, state = "AMISYNC_COMMAND=plan", "AMISYNC_ARGS=--sandbox=aws.json"
	_, outputs, summary := w.action(0, plan, state)
	has(t, outputs, "has-changes=true", "copy=2", "deregister=0", "blocked=0", "complete=true", "fingerprint=", "plan-json=", "plan-markdown=", "failure-reason=\n")
	has(t, summary, "## amisync: Plan: 2 to copy")
	has(t, w.comment(), "## amisync: Plan: 2 to copy", "[Run](https://github.example/o/r/actions/runs/1)", "Fingerprint")

	calls := len(w.hub.Calls())
	w.action(0, plan, state)
	if got := w.hub.Calls(); len(got) != calls {
		t.Errorf("the same plan is sent again: %v", got[calls:])
	}
	write(t, "amis.yaml", strings.Replace(actFile, ", us-west-2", "", 1))
	w.action(0, plan, state)
	has(t, w.comment(), "Plan: 1 to copy", "runs/3")

	write(t, "amis.yaml", strings.Replace(actFile, "regions:", "regoins:", 1))
	log, outputs, _ := w.action(5, plan, state)
	has(t, outputs, "exit-code=5", "failure-reason=invalid-file")
	has(t, w.comment(), "amisync plan failed", "regoins")
	has(t, log, "::error file=amis.yaml,line=7")
	write(t, "amis.yaml", actFile)

	w.action(0, plan, state, "AMISYNC_COMMENT=off")
	has(t, w.comment(), "amisync plan failed")
	w.action(0, plan, state, "AMISYNC_LABEL=prod")
	w.action(0, plan, state, "AMISYNC_COMMENT=new")
	comments := w.hub.Issue(w.pr).Comments
	if len(comments) != 3 {
		t.Fatalf("%d comments, want 3", len(comments))
	}
	has(t, comments[1].Body, "unknown. (prod)\n")
	log, _, _ = w.action(1, "AMISYNC_COMMAND=apply", "AMISYNC_ARGS=--yes")
	has(t, log, "apply when it is merged")
}

func TestActionMarksBlockedImages(t *testing.T) {
	w := newWorkflowRun(t)
	write(t, "amis.yaml", strings.Replace(actFile, "prune: true", "prune: true\nlimits: {copy: {max: 1}}", 1))
	log, outputs, _ := w.action(0, "AMISYNC_COMMAND=plan", "AMISYNC_ARGS=--sandbox")
	has(t, log, "::error file=amis.yaml,line=7,", "copy in eu-west-1 is blocked: ", "%0Acopy in us-west-2 is blocked: ")
	has(t, outputs, "blocked=2", "has-changes=false")
}

func TestActionValidatesForks(t *testing.T) {
	w := newWorkflowRun(t)
	w.pullRequestOf("stranger/r")
	log, outputs, summary := w.action(0, "AMISYNC_COMMAND=plan")
	has(t, log, "::notice::This pull request comes from a fork", "amis.yaml is valid")
	has(t, summary, "This pull request comes from a fork", "nothing was planned")
	has(t, outputs, "exit-code=0", "failure-reason=\n")
	if n := len(w.hub.Calls()); n > 0 {
		t.Errorf("GitHub was called %d times with a token that may write nothing", n)
	}
	write(t, "amis.yaml", "version: 2\n")
	w.action(5, "AMISYNC_COMMAND=plan")
	w.pullRequestOf("o/r")
	w.action(5, "AMISYNC_COMMAND=plan")
	has(t, w.comment(), "amisync plan failed")
}

// That a comment could not be written is told and fails nothing.
func TestActionWithoutPermissionToComment(t *testing.T) {
	w := newWorkflowRun(t)
	w.hub.Fail(githubtest.Fault{Status: 403, Body: `{"message":"Resource not accessible by integration"}`})
	log, outputs, _ := w.action(0, "AMISYNC_COMMAND=plan", "AMISYNC_ARGS=--sandbox")
	has(t, log, "::warning::", "Resource not accessible by integration")
	has(t, outputs, "has-changes=true")
}

func TestActionKeepsADriftIssue(t *testing.T) {
	w := newWorkflowRun(t)
	t.Setenv("GITHUB_EVENT_NAME", "schedule")
	const drift = "AMISYNC_DRIFT_ISSUE=true"
	w.action(0, "AMISYNC_COMMAND=plan", "AMISYNC_ARGS=--sandbox=aws.json", drift)
	if w.hub.Len() != 2 {
		t.Fatal("no issue was opened")
	}
	has(t, w.hub.Issue(2).Title, "amisync: AWS does not match amis.yaml")
	has(t, w.hub.Issue(2).Body, "Plan: 2 to copy", "actions/runs/1")
	_, outputs, _ := w.action(0, "AMISYNC_COMMAND=sync", "AMISYNC_ARGS=--sandbox=aws.json\n--region=eu-*", drift)
	has(t, outputs, "done=1", "failed=0")
	if i := w.hub.Issue(2); i.State != "open" || w.hub.Len() != 2 {
		t.Errorf("after a run in a part of the Regions the issue is %s", i.State)
	}
	_, outputs, _ = w.action(0, "AMISYNC_COMMAND=sync", "AMISYNC_ARGS=--sandbox=aws.json", drift)
	has(t, outputs, "done=1", "failed=0")
	if i := w.hub.Issue(2); i.State != "closed" || w.hub.Len() != 2 {
		t.Errorf("after the sync the issue is %s", i.State)
	}
	w.action(0, "AMISYNC_COMMAND=audit", "AMISYNC_ARGS=--sandbox=aws.json", drift)
	write(t, "amis.yaml", "version: 2\n")
	w.action(5, "AMISYNC_COMMAND=validate", drift)
	if w.hub.Len() != 2 {
		t.Error("an issue was opened while nothing is known to differ")
	}
	w.action(5, "AMISYNC_COMMAND=sync", "AMISYNC_ARGS=--sandbox=aws.json", drift)
	has(t, w.hub.Issue(3).Title, "amisync: AWS could not be compared with amis.yaml")
	has(t, w.hub.Issue(3).Body, "amisync sync failed")
}

// A file that an argument names is told of by its name, and what people write
// into it becomes no command of the runner's.
func TestActionTellsOfTheFileThatWasRead(t *testing.T) {
	w := newWorkflowRun(t)
	write(t, "other.yaml", strings.Replace(actFile, "prune: true", "prune: true\nlimits: {copy: {max: 1}}", 1))
	log, _, _ := w.action(0, "AMISYNC_COMMAND=plan", "AMISYNC_ARGS=--sandbox\n--file=other.yaml")
	has(t, log, "::error file=other.yaml,line=7,")
	has(t, w.comment(), `"file":"other.yaml"`)
	write(t, "other.yaml", "version: 1\n\"##[stop-commands]x\": 1\n")
	log, _, _ = w.action(5, "AMISYNC_COMMAND=validate", "AMISYNC_ARGS=--file=other.yaml")
	if has(t, log, "## [stop-commands]x"); strings.Contains(log, "##[") {
		t.Errorf("the log has a command:\n%s", log)
	}
}

func TestActionRefusesInputs(t *testing.T) {
	newWorkflowRun(t)
	for _, env := range []string{"AMISYNC_COMMAND=import", "AMISYNC_COMMENT=loud"} {
		t.Setenv("AMISYNC_COMMAND", "plan")
		t.Setenv("AMISYNC_COMMENT", "")
		name, value, _ := strings.Cut(env, "=")
		t.Setenv(name, value)
		var out bytes.Buffer
		if got := run([]string{"action"}, streams{strings.NewReader(""), &out, &out}); got != 1 {
			t.Errorf("%s: exit code %d", env, got)
		}
		has(t, out.String(), "the Action's input")
	}
}

// What a merged pull request showed may go; what nobody saw waits.
func TestReviewedMeansApplied(t *testing.T) {
	w := newWorkflowRun(t)
	const plan, apply = "AMISYNC_COMMAND=plan", "AMISYNC_COMMAND=apply"
	const args = "AMISYNC_ARGS=--sandbox=aws.json"
	reviewed := args + "\n--yes\n--reviewed-in-pr"
	onMain := func() { t.Setenv("GITHUB_EVENT_NAME", "push") }
	withoutRegion := strings.Replace(actFile, ", us-west-2", "", 1)

	onMain()
	_, outputs, _ := w.action(0, apply, reviewed) // copies need no review
	has(t, outputs, "done=2")
	write(t, "amis.yaml", withoutRegion)
	log, outputs, _ := w.action(0, apply, reviewed)
	has(t, log, "no pull request merged in the last 7d showed it", "@ waiting")
	has(t, outputs, "done=0", "failed=0", "retire=0", "blocked=1", "has-changes=false")

	w.pullRequestOf("o/r")
	w.action(0, plan, args)
	has(t, w.comment(), "### Taken away", `"ids":"`)
	onMain()
	_, outputs, _ = w.action(0, apply, reviewed) // it is not merged yet
	has(t, outputs, "done=0")
	w.hub.Merge(w.pr, time.Now().Add(-time.Hour))
	_, outputs, _ = w.action(0, apply, reviewed) // its plan was written after that
	has(t, outputs, "done=0")
	ago := time.Now().Add(-9 * 24 * time.Hour)
	w.hub.Now = func() time.Time { return ago }
	w.pullRequestOf("o/r")
	w.action(0, plan, args+"\n--exclude-image=nothing") // another text, so it is written anew
	onMain()
	w.hub.Merge(w.pr, ago.Add(24*time.Hour))
	_, outputs, _ = w.action(0, apply, reviewed) // too long ago
	has(t, outputs, "done=0")
	log, outputs, _ = w.action(0, apply, reviewed+"\n--reviewed-within=10d")
	has(t, outputs, "done=1")
	has(t, log, "Apply: 1 done")
	log, _, _ = w.action(1, apply, reviewed+"\n--reviewed-within=soon")
	has(t, log, "--reviewed-within")
	w.hub.Fail(githubtest.Fault{Status: 404})
	log, _, _ = w.action(1, apply, reviewed)
	has(t, log, "listing merged pull requests", "nothing was changed")
	t.Setenv("GITHUB_TOKEN", "")
	log, _, _ = w.action(1, apply, reviewed)
	has(t, log, "needs GITHUB_TOKEN")
}
