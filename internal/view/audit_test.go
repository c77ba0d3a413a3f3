package view_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/amisync/amisync/internal/view"
	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

func cell(image, region string, s plan.Standing, ami string) plan.AuditCell {
	c := plan.AuditCell{Image: image, Account: account, Region: region, Declared: true, Standing: s, Status: plan.Absent}
	if ami == "" {
		return c
	}
	c.Status, c.AMI, c.Name, c.State, c.Usable = plan.Present, ami, image+"-ami-0abcdef1234567890", state.ImageAvailable, true
	c.SourceAMI, c.SourceRegion, c.Generation, c.Created = "ami-0abcdef1234567890", "us-east-1", 1, ptr(now.Add(-48*time.Hour))
	c.Verified, c.GiB, c.Copies = state.VerifiedOK, 12, 1
	return c
}

// mixedAudit has a cell of every standing.
func mixedAudit() plan.Audit {
	rich := cell("web-base", "eu-west-1", plan.StandingCurrent, "ami-0c0c0c0c0c0c0c0c0")
	rich.Encrypted, rich.Keys = true, []string{"arn:aws:kms:eu-west-1:111122223333:key/1"}
	rich.SharedKnown, rich.Shared, rich.RefsKnown = true, []string{"444455556666", "public"}, true
	rich.References, rich.Published = []string{"arn:aws:ec2:eu-west-1:111122223333:instance/i-0123"}, []string{"/amis/web/current"}
	rich.Protected, rich.Deprecated, rich.Copies = true, ptr(now.Add(300*24*time.Hour)), 2
	old := cell("web-base", "us-west-2", plan.StandingOutdated, "ami-01d00000000000000")
	old.SourceAMI, old.UpperBound, old.Verified = "ami-0999999999999999", true, "different: device /dev/xvda: 8 GiB, not 16 GiB"
	left := cell("old-linux", "eu-west-1", plan.StandingUndeclared, "ami-0aaaaaaaaaaaaaaaa")
	left.Declared, left.RetiredAt = false, ptr(now.Add(-24*time.Hour))
	unseen := cell("web-base", "me-south-1", plan.StandingUnknown, "")
	unseen.Status, unseen.Reason = plan.Unseen, throttled()
	return plan.Audit{
		Head: head(), Summary: plan.AuditSummary{Present: 3, Absent: 1, Unknown: 1, Outdated: 1, Undeclared: 1},
		Regions: append(readable("ap-east-1", "eu-west-1", "us-west-2"),
			plan.RegionView{Account: account, Region: "me-south-1", Status: state.Unknown, Reason: throttled()}),
		Sources:     []plan.SourceView{{Image: "web-base", AMI: "ami-0abcdef1234567890", Region: "us-east-1"}},
		Cells:       []plan.AuditCell{left, cell("web-base", "ap-east-1", plan.StandingMissing, ""), rich, unseen, old},
		Conflicts:   fullPlan().Conflicts,
		OtherOwners: fullPlan().OtherOwners,
	}
}

func TestAuditTable(t *testing.T) {
	for name, s := range map[string]view.Style{
		"audit.txt": {}, "audit-narrow.txt": {Width: 60}, "audit-color.txt": {Color: true, Width: 120},
	} {
		t.Run(name, func(t *testing.T) {
			golden(t, name, func(b *bytes.Buffer) error { return view.AuditTable(b, mixedAudit(), s) })
		})
	}
}

func TestAuditMarkdown(t *testing.T) {
	golden(t, "audit.md", func(b *bytes.Buffer) error { return view.AuditMarkdown(b, mixedAudit()) })
}

func TestAuditJSON(t *testing.T) {
	golden(t, "audit.json", func(b *bytes.Buffer) error { return view.JSON(b, mixedAudit()) })
}

func TestAuditCSV(t *testing.T) {
	golden(t, "audit.csv", func(b *bytes.Buffer) error { return view.AuditCSV(b, mixedAudit()) })
}

// Whatever stands in a field, a program reads it back, and a spreadsheet takes
// it for text.
func TestAuditCSVIsSafe(t *testing.T) {
	a := mixedAudit()
	a.Cells[0].Name = `a "quoted", name`
	a.Cells[0].Image = "=cmd|' /C calc'!A0"
	a.Cells[0].Verified = "two\r\nlines"
	var b bytes.Buffer
	if err := view.AuditCSV(&b, a); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 1+len(a.Cells) {
		t.Fatalf("%d rows, want a header and %d cells", len(rows), len(a.Cells))
	}
	got := map[string]string{}
	for i, name := range rows[0] {
		got[name] = rows[1][i]
	}
	if got["name"] != `a "quoted", name` || got["verified"] != `two\r\nlines` {
		t.Errorf("fields are read back as %q and %q", got["name"], got["verified"])
	}
	if strings.HasPrefix(got["image"], "=") {
		t.Errorf("a spreadsheet would run %q", got["image"])
	}
}

// A matrix that is wider than the terminal becomes several, with every image in
// one of them.
func TestWideMatrixIsSplit(t *testing.T) {
	var a plan.Audit
	for i := range 40 {
		a.Cells = append(a.Cells, cell(fmt.Sprintf("image-with-a-name-%02d", i), "eu-west-1", plan.StandingCurrent, "ami-0c0c0c0c0c0c0c0c0"))
	}
	var b bytes.Buffer
	if err := view.AuditTable(&b, a, view.Style{Width: 80}); err != nil {
		t.Fatal(err)
	}
	headers := 0
	for l := range strings.SplitSeq(b.String(), "\n") {
		if strings.HasPrefix(l, "│ Region") {
			headers += strings.Count(l, "image-with-a-name-")
		}
		if strings.HasPrefix(l, "│") && len([]rune(l)) > 80 {
			t.Errorf("a row of %d columns: %s", len([]rune(l)), l)
		}
	}
	if headers != 40 {
		t.Errorf("%d images head a column, want 40", headers)
	}
}

func TestEmptyAudit(t *testing.T) {
	var b bytes.Buffer
	if err := view.AuditTable(&b, plan.Audit{Complete: true}, view.Style{}); err != nil {
		t.Fatal(err)
	}
	want := "Coverage\n  Regions  0 of 0 read\n\nAudit: 0 present, 0 outdated, 0 undeclared, 0 missing, 0 unknown.\n"
	if b.String() != want {
		t.Errorf("an empty audit is %q, want %q", b.String(), want)
	}
	b.Reset()
	if err := view.AuditMarkdown(&b, plan.Audit{Complete: true}); err != nil || strings.Contains(b.String(), "|") {
		t.Errorf("an empty audit in Markdown is %q, %v", b.String(), err)
	}
}
