package view_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/amisync/amisync/internal/view"
	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

type refusing struct{}

func (refusing) Write([]byte) (int, error) { return 0, errors.New("disk full") }

// hostilePlan carries what somebody may type into a tag, a name or a file.
func hostilePlan(evil string) plan.Plan {
	p := fullPlan()
	p.Sources[0].Region = evil
	p.Actions[0].Image, p.Actions[0].AMI, p.Actions[0].Region = evil, evil, evil
	p.Actions[0].Reason = why(plan.Code(evil), plan.Args{})
	p.Actions[3].Blocked[0] = why(plan.Code(evil), plan.Args{Detail: evil})
	p.Actions[7].Image = evil
	p.Actions[7].Changes[0] = plan.Change{Field: evil, Before: evil, After: evil}
	p.Config = state.Config{Path: evil, Commit: evil}
	p.Owner, p.Fingerprint = evil, evil
	p.Filters.Images = []string{evil}
	p.OtherOwners[0].Owner = evil
	p.Conflicts[0].AMI, p.Conflicts[0].Why = evil, evil
	p.Warnings[0].Text = evil
	p.Regions[2].Region, p.Regions[2].Reason = evil, &state.Problem{Text: evil}
	return p
}

func TestTextIsSafeFromForeignNames(t *testing.T) {
	got := text(t, hostilePlan("x\x1b[2K\r\nPlan: 0 to deregister.\u202e\u0085\x00"), view.Style{Width: 100})
	for _, bad := range []string{"\x1b", "\r", "\u202e", "\u0085", "\x00", "\nPlan: 0"} {
		if strings.Contains(got, bad) {
			t.Errorf("%q of a foreign name reaches the terminal", bad)
		}
	}
}

func TestMarkdownIsSafeFromForeignNames(t *testing.T) {
	evil := "a|b\n\n## head `x` </details><img src=x> @octocat #1 [l](http://e) *b* $\\alpha$"
	var b bytes.Buffer
	if err := view.PlanMarkdown(&b, hostilePlan(evil)); err != nil {
		t.Fatal(err)
	}
	got := outsideCode(b.String())
	for _, bad := range []string{"\n## head", "<img", "@octocat", " #1", "$\\alpha$"} {
		if strings.Contains(got, bad) {
			t.Errorf("%q of a foreign name is markup in a pull request", bad)
		}
	}
	if open, closed := strings.Count(got, "<details>"), strings.Count(got, "</details>"); open != closed {
		t.Errorf("%d <details> are closed by %d", open, closed)
	}
	for l := range strings.SplitSeq(got, "\n") {
		if strings.HasPrefix(l, "<details><summary>") {
			continue // HTML, in which Markdown means nothing
		}
		for _, bad := range []string{"[l](", " *b*", "`x`"} {
			if strings.Contains(l, bad) {
				t.Errorf("%q of a foreign name is markup in %q", bad, l)
			}
		}
		if n := strings.Count(strings.ReplaceAll(l, `\|`, ""), "|"); n != 0 && n != 5 && n != 6 {
			t.Errorf("a row with %d column borders: %q", n, l)
		}
	}
}

// outsideCode drops what stands between <code> and </code>: GitHub makes
// nothing of it but text.
func outsideCode(s string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(s, "<code>")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		_, s, _ = strings.Cut(rest, "</code>")
	}
}

// Reports and audits carry foreign text too: AWS's messages and people's tags.
func TestOtherMarkdownIsSafeFromForeignNames(t *testing.T) {
	const evil = "a|b\n\n## head </details><img src=x> @octocat #1"
	r, a := mixedReport(), mixedAudit()
	r.Results[1].Error.Text, r.Results[1].Image, r.Results[1].Region = evil, evil, evil
	a.Cells[2].Image, a.Cells[2].Region, a.Cells[2].State, a.Cells[2].Published = evil, evil, evil, []string{evil}
	a.Conflicts[0].Why = evil
	for name, write := range map[string]func(*bytes.Buffer) error{
		"report": func(b *bytes.Buffer) error { return view.ReportMarkdown(b, r) },
		"audit":  func(b *bytes.Buffer) error { return view.AuditMarkdown(b, a) },
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		got := outsideCode(b.String())
		for _, bad := range []string{"\n## head", "<img", "@octocat", " #1"} {
			if strings.Contains(got, bad) {
				t.Errorf("%s: %q of a foreign name is markup", name, bad)
			}
		}
		if open, closed := strings.Count(got, "<details>"), strings.Count(got, "</details>"); open != closed {
			t.Errorf("%s: %d <details> are closed by %d", name, open, closed)
		}
	}
}
