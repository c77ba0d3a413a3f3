package plan_test

import (
	"strings"
	"testing"

	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

func TestExplain(t *testing.T) {
	tests := map[string]struct {
		subject string
		world   func(c *cloud) string // returns the subject where it is an AMI
		want    []string              // rule and a part of its text
	}{
		"missing": {"web", func(*cloud) string { return "" }, []string{
			"declared amis.yaml wants web in eu-west-1", "seen eu-west-1 and everything", "decision copy: no copy in this Region",
		}},
		"as desired": {"web", func(c *cloud) string { c.copyOf(newAMI, "eu-west-1"); return "" }, []string{
			"usable; the copy that counts in this cell", "decision nothing is to be done",
		}},
		"unknown": {"web", func(c *cloud) string { c.status["eu-west-1"] = state.Unknown; return "" }, []string{
			"seen Region not readable", "nothing is planned from what was not seen",
		}},
		"not wanted here, and on hold": {"", func(c *cloud) string {
			return c.copyOf(newAMI, "us-west-2", tag(state.TagHold, "audit")).ID
		}, []string{
			"declared amis.yaml has web, but does not want it in us-west-2", "decision retire", "blocked on hold: audit",
		}},
		"no image of that name": {"", func(c *cloud) string {
			return c.copyOf(newAMI, "us-west-2", tag(state.TagImage, "gone")).ID
		}, []string{"declared amis.yaml has no image gone"}},
		"a conflict": {"", func(c *cloud) string {
			return c.copyOf(newAMI, "eu-west-1", func(a *state.AMI) { a.SourceImageID = oldAMI }).ID
		}, []string{"conflict", "never touched"}},
		"of another owner": {"", func(c *cloud) string {
			return c.copyOf(newAMI, "eu-west-1", tag(state.TagOwner, "others")).ID
		}, []string{"owner", "is of owner others"}},
		"of nobody": {"ami-00000000000000000", func(*cloud) string { return "" }, []string{"owner", "amisync has nothing to do with it"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := newCloud()
			c.d.Images = []state.Image{image("web", newAMI, "eu-west-1")}
			subject := test.subject
			if id := test.world(c); id != "" {
				subject = id
			}
			live := c.see()
			got := lines(plan.Explain(c.d, live, c.o, subject))
			for _, want := range test.want {
				if !strings.Contains(got, want) {
					t.Errorf("%q is not in\n%s", want, got)
				}
			}
		})
	}
}

func lines(x plan.Explanation) string {
	var b strings.Builder
	findings := x.Notes
	for _, c := range x.Cells {
		findings = append(findings, c.Findings...)
	}
	for _, f := range findings {
		b.WriteString(f.Rule + " " + f.Text + "\n")
	}
	return b.String()
}
