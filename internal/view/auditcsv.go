package view

import (
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"github.com/amisync/amisync/pkg/plan"
)

// auditColumns are the columns of the CSV form: the names of the JSON form.
// Their order is a public interface; new ones come last.
func auditColumns() []auditColumn {
	return []auditColumn{
		{"image", func(c plan.AuditCell) string { return c.Image }},
		{"account", func(c plan.AuditCell) string { return c.Account }},
		{"region", func(c plan.AuditCell) string { return c.Region }},
		{"status", func(c plan.AuditCell) string { return string(c.Status) }},
		{"standing", func(c plan.AuditCell) string { return string(c.Standing) }},
		{"declared", func(c plan.AuditCell) string { return strconv.FormatBool(c.Declared) }},
		{"optional", func(c plan.AuditCell) string { return strconv.FormatBool(c.Optional) }},
		{"usable", func(c plan.AuditCell) string { return strconv.FormatBool(c.Usable) }},
		{"ami_id", func(c plan.AuditCell) string { return c.AMI }},
		{"name", func(c plan.AuditCell) string { return c.Name }},
		{"state", func(c plan.AuditCell) string { return c.State }},
		{"source_ami", func(c plan.AuditCell) string { return c.SourceAMI }},
		{"source_region", func(c plan.AuditCell) string { return c.SourceRegion }},
		{"generation", func(c plan.AuditCell) string { return number(c.Generation) }},
		{"created", func(c plan.AuditCell) string { return instant(c.Created) }},
		{"verified", func(c plan.AuditCell) string { return c.Verified }},
		{"encrypted", func(c plan.AuditCell) string { return strconv.FormatBool(c.Encrypted) }},
		{"keys", func(c plan.AuditCell) string { return strings.Join(c.Keys, " ") }},
		{"shared_known", func(c plan.AuditCell) string { return strconv.FormatBool(c.SharedKnown) }},
		{"shared", func(c plan.AuditCell) string { return strings.Join(c.Shared, " ") }},
		{"published", func(c plan.AuditCell) string { return strings.Join(c.Published, " ") }},
		{"references_known", func(c plan.AuditCell) string { return strconv.FormatBool(c.RefsKnown) }},
		{"references", func(c plan.AuditCell) string { return strings.Join(c.References, " ") }},
		{"retired_at", func(c plan.AuditCell) string { return instant(c.RetiredAt) }},
		{"deprecated", func(c plan.AuditCell) string { return instant(c.Deprecated) }},
		{"protected", func(c plan.AuditCell) string { return strconv.FormatBool(c.Protected) }},
		{"gib", func(c plan.AuditCell) string { return strconv.FormatFloat(c.GiB, 'f', -1, 64) }},
		{"upper_bound", func(c plan.AuditCell) string { return strconv.FormatBool(c.UpperBound) }},
		{"copies", func(c plan.AuditCell) string { return strconv.Itoa(c.Copies) }},
		{"reason", reasonText},
	}
}

type auditColumn struct {
	name  string
	value func(plan.AuditCell) string
}

// AuditCSV writes an audit for spreadsheets, a row for each cell. Text that a
// spreadsheet would take for a formula gets an apostrophe before it.
func AuditCSV(w io.Writer, a plan.Audit) error {
	columns := auditColumns()
	t := table.NewWriter()
	t.Style().CSV.FieldProtection = true
	header := table.Row{}
	for _, c := range columns {
		header = append(header, c.name)
	}
	t.AppendHeader(header)
	for _, cell := range a.Cells {
		row := table.Row{}
		for _, c := range columns {
			row = append(row, clean(c.value(cell)))
		}
		t.AppendRow(row)
	}
	_, err := io.WriteString(w, t.RenderCSV()+"\n")
	return err
}

func reasonText(c plan.AuditCell) string {
	if c.Reason == nil {
		return ""
	}
	return c.Reason.Text
}

// number leaves out what is not known.
func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func instant(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
