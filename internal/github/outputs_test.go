package github_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/amisync/amisync/internal/github"
	"github.com/amisync/amisync/pkg/apply"
	"github.com/amisync/amisync/pkg/plan"
)

// readOutputs reads a file as the runner does (actions/runner,
// FileCommandManager): NAME=VALUE, or NAME<<END, lines, END.
func readOutputs(t *testing.T, file string) []github.Output {
	t.Helper()
	var out []github.Output
	lines := strings.Split(strings.TrimSuffix(file, "\n"), "\n")
	for i := 0; i < len(lines); i++ {
		equals, heredoc := strings.Index(lines[i], "="), strings.Index(lines[i], "<<")
		switch {
		case lines[i] == "":
		case equals >= 0 && (heredoc < 0 || equals < heredoc):
			out = append(out, github.Output{Name: lines[i][:equals], Value: lines[i][equals+1:]})
		case heredoc >= 0:
			name, end := lines[i][:heredoc], lines[i][heredoc+2:]
			n := slices.Index(lines[i+1:], end)
			if n < 0 {
				t.Fatalf("%q is never ended", lines[i])
			}
			out = append(out, github.Output{Name: name, Value: strings.Join(lines[i+1:i+1+n], "\n")})
			i += n + 1
		default:
			t.Fatalf("the runner refuses the line %q", lines[i])
		}
	}
	return out
}

func TestOutputsAreReadBack(t *testing.T) {
	values := []string{"", "plain", "a=b", "a<<b", "two\nlines", "\n", "end\namisync_end\nmore=1", "x\namisync_end_\namisync_end", "cr\r\nlf", "<<\n<<"}
	var want []github.Output
	for _, v := range values {
		want = append(want, github.Output{Name: "failure-reason", Value: v})
	}
	var b bytes.Buffer
	if err := github.WriteOutputs(&b, want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, readOutputs(t, b.String())); diff != "" {
		t.Errorf("the runner reads other outputs (-want +got):\n%s", diff)
	}
}

func TestOutputNamesCannotForge(t *testing.T) {
	for _, name := range []string{"", "a=b", "a\nb", "a<<b"} {
		var b bytes.Buffer
		if err := github.WriteOutputs(&b, []github.Output{{Name: name, Value: "x"}}); err == nil {
			t.Errorf("the name %q is taken: %q", name, b.String())
		}
	}
}

func TestPlanOutputs(t *testing.T) {
	p := plan.Plan{
		Applyable: true, Complete: true, Fingerprint: "9b1f",
		Summary: plan.Summary{
			Copy: 1, Recopy: 2, Restore: 3, Update: 4, Adopt: 5, Finish: 6, Retire: 7, Unpublish: 8,
			Deregister: 9, DeleteSnapshot: 10, Blocked: 11, Unchanged: 12, Unknown: 13,
		},
	}
	want := map[string]string{
		"has-changes": "true", "complete": "true", "fingerprint": "9b1f",
		"copy": "1", "recopy": "2", "restore": "3", "update": "4", "adopt": "5", "finish": "6", "retire": "7", "unpublish": "8",
		"deregister": "9", "delete-snapshot": "10", "blocked": "11", "unchanged": "12", "unknown": "13",
	}
	if diff := cmp.Diff(want, byName(t, github.PlanOutputs(p))); diff != "" {
		t.Errorf("outputs of a plan (-want +got):\n%s", diff)
	}
}

// Every kind of action has its output.
func TestPlanOutputsHaveEveryKind(t *testing.T) {
	got := byName(t, github.PlanOutputs(plan.Plan{}))
	for _, k := range plan.Kinds() {
		if _, ok := got[strings.ReplaceAll(string(k), "_", "-")]; !ok {
			t.Errorf("kind %s has no output", k)
		}
	}
}

func TestReportOutputsDoNotHidePlanOutputs(t *testing.T) {
	report := byName(t, github.ReportOutputs(apply.Report{Summary: apply.Summary{Done: 1, Failed: 2, Skipped: 3, InProgress: 4, NotStarted: 5, Blocked: 6}}))
	want := map[string]string{"done": "1", "failed": "2", "skipped": "3", "in-progress": "4", "not-started": "5"}
	if diff := cmp.Diff(want, report); diff != "" {
		t.Errorf("outputs of a report (-want +got):\n%s", diff)
	}
	for name := range byName(t, github.PlanOutputs(plan.Plan{})) {
		if _, both := report[name]; both {
			t.Errorf("plan and report both have an output %s", name)
		}
	}
}

func byName(t *testing.T, outputs []github.Output) map[string]string {
	t.Helper()
	m := map[string]string{}
	for _, o := range outputs {
		if _, twice := m[o.Name]; twice {
			t.Errorf("output %s stands twice", o.Name)
		}
		m[o.Name] = o.Value
	}
	return m
}

type refusing struct{}

func (refusing) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestWriteErrorsAreReturned(t *testing.T) {
	for what, err := range map[string]error{
		"outputs":    github.WriteOutputs(refusing{}, []github.Output{{Name: "a", Value: "b"}}),
		"summary":    github.Summary(refusing{}, []byte("x")),
		"annotation": github.Annotate(refusing{}, github.Annotation{Text: "x"}),
	} {
		if err == nil {
			t.Errorf("that %s could not be written is hidden", what)
		}
	}
}
