package view_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/amisync/amisync/internal/view"
	"github.com/amisync/amisync/pkg/apply"
	"github.com/amisync/amisync/pkg/plan"
)

func result(id string, k plan.Kind, image, region, ami string, s apply.Status) apply.Result {
	return apply.Result{ID: id, Kind: k, Image: image, Account: account, Region: region, AMI: ami, Status: s}
}

// mixedReport has a result of every status.
func mixedReport() apply.Report {
	failed := result("a2", plan.Copy, "web-base", "ap-southeast-2", "", apply.Failed)
	failed.Error = &apply.Problem{Code: "InvalidRequest", Text: "ec2:CopyImage of web-base in ap-southeast-2 (account 111122223333): InvalidRequest: the source | is gone"}
	skipped := result("a3", plan.Retire, "web-base", "ap-southeast-2", "ami-01d00000000000000", apply.Skipped)
	skipped.Error = &apply.Problem{Code: "predecessor", Text: "the copy before it failed"}
	warned := result("a1", plan.Recopy, "web-base", "us-west-2", "ami-0a0a0a0a0a0a0a0a0", apply.Done)
	warned.Warnings = []string{"the watermark of the source is not on the copy"}
	blocked := result("a6", plan.Deregister, "linux", "eu-west-1", "ami-0b0b0b0b0b0b0b0b0", apply.Blocked)
	blocked.Error = &apply.Problem{Code: "hold", Text: "amisync:hold is set"}
	snapshot := result("a7", plan.DeleteSnapshot, "", "eu-west-1", "", apply.Done)
	snapshot.SnapshotID = "snap-0123456789abcdef0"
	return apply.Report{
		Head: head(), Fingerprint: "9b1f0000", Interrupted: true,
		Summary: apply.Summary{Done: 2, Failed: 1, Skipped: 1, InProgress: 1, NotStarted: 1, Blocked: 1},
		Results: []apply.Result{
			warned, failed, skipped,
			result("a4", plan.Copy, "linux", "sa-east-1", "ami-0c0c0c0c0c0c0c0c0", apply.InProgress),
			result("a5", plan.Update, "linux", "eu-north-1", "ami-0d0d0d0d0d0d0d0d0", apply.NotStarted),
			blocked, snapshot,
		},
	}
}

func TestReportText(t *testing.T) {
	for name, s := range map[string]view.Style{
		"report.txt": {}, "report-narrow.txt": {Width: 60}, "report-color.txt": {Color: true, Width: 120},
	} {
		t.Run(name, func(t *testing.T) {
			golden(t, name, func(b *bytes.Buffer) error { return view.ReportText(b, mixedReport(), s) })
		})
	}
}

func TestReportMarkdown(t *testing.T) {
	golden(t, "report.md", func(b *bytes.Buffer) error { return view.ReportMarkdown(b, mixedReport()) })
}

// What is not done is told at the end of a long report once more.
func TestLongReportRepeatsWhatIsNotDone(t *testing.T) {
	r := mixedReport()
	for i := range 100 {
		r.Results = append(r.Results, result(fmt.Sprintf("b%d", i), plan.Copy, "batch", "eu-west-1", fmt.Sprintf("ami-%017x", i), apply.Done))
	}
	var b bytes.Buffer
	if err := view.ReportText(&b, r, view.Style{}); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.String(), "the source | is gone"); n != 2 {
		t.Errorf("the failure is told %d times, want among its image and at the end", n)
	}
	if n := strings.Count(b.String(), "ami-00000000000000000 "); n != 1 {
		t.Errorf("a result that is done is told %d times, want once", n)
	}
}
