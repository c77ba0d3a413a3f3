package github

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/amisync/amisync/pkg/apply"
	"github.com/amisync/amisync/pkg/plan"
)

// Output is one output of a step. Later steps read it as
// steps.ID.outputs.NAME; a long text belongs into a file whose path is given.
type Output struct {
	Name  string
	Value string
}

// WriteOutputs writes outputs in the form of the file that GITHUB_OUTPUT names
// (GitHub Docs, Workflow commands, Setting an output parameter). A name or value
// can neither end its own entry nor begin another one.
func WriteOutputs(w io.Writer, outputs []Output) error {
	var b strings.Builder
	for _, o := range outputs {
		if o.Name == "" || strings.ContainsAny(o.Name, "=<\r\n") {
			return fmt.Errorf("writing outputs: %q is no name for one", o.Name)
		}
		if strings.ContainsAny(o.Value, "\r\n") {
			end := delimiter(o.Value)
			fmt.Fprintf(&b, "%s<<%s\n%s\n%s\n", o.Name, end, o.Value, end)
			continue
		}
		fmt.Fprintf(&b, "%s=%s\n", o.Name, o.Value)
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("writing outputs: %w", err)
	}
	return nil
}

// delimiter is a line that is nowhere in the value. It is made from the value
// and not by chance, so that the same run writes the same bytes.
func delimiter(value string) string {
	end := "amisync_end"
	for strings.Contains(value, end) {
		end += "_"
	}
	return end
}

// PlanOutputs are the counts of a plan and what a workflow decides by.
func PlanOutputs(p plan.Plan) []Output {
	s := p.Summary
	return append([]Output{
		{"has-changes", strconv.FormatBool(p.Applyable)},
		{"complete", strconv.FormatBool(p.Complete)},
		{"fingerprint", p.Fingerprint},
	}, counts([]count{
		{"copy", s.Copy},
		{"recopy", s.Recopy},
		{"restore", s.Restore},
		{"update", s.Update},
		{"adopt", s.Adopt},
		{"finish", s.Finish},
		{"retire", s.Retire},
		{"unpublish", s.Unpublish},
		{"deregister", s.Deregister},
		{"delete-snapshot", s.DeleteSnapshot},
		{"blocked", s.Blocked},
		{"unchanged", s.Unchanged},
		{"unknown", s.Unknown},
	})...)
}

// ReportOutputs are the counts of what a run did. They have no name in common
// with PlanOutputs.
func ReportOutputs(r apply.Report) []Output {
	s := r.Summary
	return counts([]count{
		{"done", s.Done},
		{"failed", s.Failed},
		{"skipped", s.Skipped},
		{"in-progress", s.InProgress},
		{"not-started", s.NotStarted},
	})
}

type count struct {
	name string
	n    int
}

func counts(of []count) []Output {
	var out []Output
	for _, c := range of {
		out = append(out, Output{c.name, strconv.Itoa(c.n)})
	}
	return out
}
