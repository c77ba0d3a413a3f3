package view

import (
	"fmt"
	"io"
	"strings"

	"github.com/amisync/amisync/pkg/apply"
)

// ReportMarkdown writes what a run did for a step summary: the counts as
// heading, what is not done in full, the rest folded.
func ReportMarkdown(w io.Writer, r apply.Report) error {
	var b strings.Builder
	fmt.Fprintf(&b, "## amisync: %s\n\n", markdownText.Replace(reportLine(r)))
	writeOrigin(&b, r.Head)
	if open := undone(r); len(open) > 0 {
		b.WriteString("### Not done\n\n")
		writeRows(&b, open)
	}
	if done := resultLines(r, func(s apply.Status) bool { return s == apply.Done }); len(done) > 0 {
		fmt.Fprintf(&b, "<details><summary>%s</summary>\n\n", count(len(done), "action done", "actions done"))
		writeRows(&b, done)
		b.WriteString("</details>\n\n")
	}
	if r.Fingerprint != "" {
		fmt.Fprintf(&b, "Fingerprint: %s\n", markdownCode(clean(r.Fingerprint)))
	}
	_, err := io.WriteString(w, b.String())
	return err
}
