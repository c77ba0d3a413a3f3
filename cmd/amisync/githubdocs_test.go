package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/amisync/amisync/internal/aws"
	"github.com/amisync/amisync/internal/github"
	"github.com/amisync/amisync/pkg/apply"
	"github.com/amisync/amisync/pkg/plan"
)

// actionFile is what action.yml says to GitHub.
type actionFile struct {
	Inputs  map[string]struct{ Default string }
	Outputs map[string]struct{ Value string }
}

func readAction(t *testing.T) actionFile {
	t.Helper()
	var a actionFile
	if err := yaml.Unmarshal([]byte(read(t, "action.yml")), &a); err != nil {
		t.Fatal(err)
	}
	return a
}

func TestGitHubPageTellsOfEveryInputAndOutput(t *testing.T) {
	page, action := read(t, "docs/github.md"), readAction(t)
	for name := range action.Inputs {
		if !strings.Contains(page, "\n| `"+name+"` |") {
			t.Errorf("docs/github.md does not tell of the input %s", name)
		}
	}
	for name, o := range action.Outputs {
		if !strings.Contains(page, "`"+name+"`") {
			t.Errorf("docs/github.md does not tell of the output %s", name)
		}
		if o.Value != "${{ steps.run.outputs."+name+" }}" {
			t.Errorf("the output %s is %s", name, o.Value)
		}
	}
	for _, o := range append(github.PlanOutputs(plan.Plan{}), github.ReportOutputs(apply.Report{})...) {
		if _, ok := action.Outputs[o.Name]; !ok {
			t.Errorf("action.yml does not hand on the output %s", o.Name)
		}
	}
}

// An input is read from the environment: inside a script it would be code.
func TestActionNeverExpandsInputsInScripts(t *testing.T) {
	var a struct {
		Runs struct{ Steps []struct{ Run, Uses string } }
	}
	if err := yaml.Unmarshal([]byte(read(t, "action.yml")), &a); err != nil {
		t.Fatal(err)
	}
	for _, s := range a.Runs.Steps {
		if s.Uses != "" || strings.Contains(s.Run, "${{") {
			t.Errorf("a step uses another action, or expands an expression in its script: %+v", s)
		}
	}
}

// The policy of the page is what plan and audit call, and nothing more.
func TestReadOnlyPolicy(t *testing.T) {
	var policy struct{ Statement []struct{ Action []string } }
	if err := json.Unmarshal([]byte(blockWith(t, read(t, "docs/github.md"), "{\n  \"Version\"")), &policy); err != nil {
		t.Fatal(err)
	}
	got := policy.Statement[0].Action
	if diff := cmp.Diff(aws.ReadActions(), slices.Sorted(slices.Values(got))); diff != "" {
		t.Errorf("the policy (-want +got):\n%s", diff)
	}
}
