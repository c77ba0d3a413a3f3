package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestAction runs the real action.yml in a workflow, with act in host mode: no
// container, no network. The workflow's own steps check the outputs.
func TestAction(t *testing.T) {
	act := actProgram(t)
	needs(t, "git", "bash")
	repo := checkout(t)
	for name, text := range map[string]string{
		".github/workflows/act.yml": workflow,
		"amis.yaml":                 actFile,
		"bad.yaml":                  strings.Replace(actFile, "regions:", "regoins:", 1),
	} {
		write(t, filepath.Join(repo, name), text)
	}
	for _, args := range [][]string{{"init", "-q", "-b", "main"}, {"add", "-A"}, {"-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qm", "one"}} {
		program(t, "git", append([]string{"-C", repo}, args...)...)
	}
	cmd := exec.CommandContext(t.Context(), act, "push", "-W", ".github/workflows/act.yml", "-P", "ubuntu-latest=-self-hosted", "--action-offline-mode")
	cmd.Dir = repo
	cmd.Env = append(os.Environ(), "ACT_DISABLE_VERSION_CHECK=1",
		"XDG_CACHE_HOME="+t.TempDir(), // act's copies of the checkout: two runs at once would share them
		"GOCACHE="+program(t, "go", "env", "GOCACHE"))
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		t.Fatalf("the workflow failed: %v\n%s", err, out.String())
	}
	for _, want := range []string{"Plan: 2 to copy", "No changes. 2 copies in 2 Regions match amis.yaml.", "::error file=bad.yaml,line=7"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the log does not have %q", want)
		}
	}
	if t.Failed() {
		t.Log(out.String())
	}
}

// actProgram is act, from the ACT variable that the Makefile sets, or the PATH.
func actProgram(t *testing.T) string {
	t.Helper()
	if act := os.Getenv("ACT"); act != "" {
		return act
	}
	needs(t, "act")
	return "act"
}

// checkout copies what Git tracks, or would, to a new folder.
func checkout(t *testing.T) string {
	t.Helper()
	root, repo := filepath.Join(sourceDir, "..", ".."), t.TempDir()
	for name := range strings.SplitSeq(program(t, "git", "-C", root, "ls-files", "--cached", "--others", "--exclude-standard"), "\n") {
		data, err := os.ReadFile(filepath.Join(root, name))
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(name, "_test.go") {
			write(t, filepath.Join(repo, name), string(data))
		}
	}
	return repo
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

const actFile = `version: 1
owner: platform-images
accounts: ["111122223333"]
prune: true
images:
  web-base:
    regions: [eu-west-1, us-west-2]
    source: {region: us-east-1, id: ami-0aaaaaaaaaaaaaaaa}
`

const workflow = `on: push
jobs:
  amisync:
    runs-on: ubuntu-latest
    defaults: {run: {shell: bash}}
    steps:
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2; act takes the local tree
      - uses: ./
        with: {command: validate}
      - uses: ./
        id: bad
        continue-on-error: true
        with: {command: validate, file: bad.yaml}
      - run: test "$CODE" = 5 && test "$REASON" = invalid-file
        env:
          CODE: ${{ steps.bad.outputs.exit-code }}
          REASON: ${{ steps.bad.outputs.failure-reason }}
      - uses: ./
        id: plan
        with: {command: plan, args: --sandbox=aws.json}
      - run: test "$CHANGES" = true && test "$COPY" = 2 && test -s "$JSON" && test -s "$MARKDOWN"
        env:
          CHANGES: ${{ steps.plan.outputs.has-changes }}
          COPY: ${{ steps.plan.outputs.copy }}
          JSON: ${{ steps.plan.outputs.plan-json }}
          MARKDOWN: ${{ steps.plan.outputs.plan-markdown }}
      - uses: ./
        id: stale
        continue-on-error: true
        with:
          command: apply
          args: |
            --sandbox=aws.json
            --yes
            --fingerprint=00000000000000000000000000000000
      - run: test "$CODE" = 6 && test "$REASON" = plan-changed && test "$DONE" = 0
        env:
          CODE: ${{ steps.stale.outputs.exit-code }}
          REASON: ${{ steps.stale.outputs.failure-reason }}
          DONE: ${{ steps.stale.outputs.done }}
      - uses: ./
        id: apply
        with:
          command: apply
          args: |
            --sandbox=aws.json
            --yes
      - run: test "$CODE" = 0 && grep -q '"status":"done"' <(tr -d ' ' < "$JSON")
        env:
          CODE: ${{ steps.apply.outputs.exit-code }}
          JSON: ${{ steps.apply.outputs.plan-json }}
      - uses: ./
        id: again
        with: {command: plan, args: --sandbox=aws.json}
      - run: test "$CHANGES" = false
        env:
          CHANGES: ${{ steps.again.outputs.has-changes }}
      - uses: ./
        with: {command: audit, args: --sandbox=aws.json}
`
