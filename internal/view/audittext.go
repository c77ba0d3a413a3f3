package view

import (
	"fmt"
	"io"
	"strings"

	"github.com/amisync/amisync/pkg/plan"
)

// AuditTable writes an audit for people: the matrix, every cell with what is
// known of its copy, what was not seen, and as last line the counts.
func AuditTable(w io.Writer, a plan.Audit, s Style) error {
	var b strings.Builder
	groups := auditGroups(a)
	if len(groups) > 0 {
		matrixOf(groups).write(&b, s)
		writeGroups(&b, groups, s)
	}
	writeFacts(&b, "Coverage", auditFacts(a), s)
	fmt.Fprintln(&b, auditLineOf(a))
	_, err := io.WriteString(w, b.String())
	return err
}

// AuditMarkdown writes an audit for a page or a step summary: the matrix, and
// every image's copies folded.
func AuditMarkdown(w io.Writer, a plan.Audit) error {
	var b strings.Builder
	fmt.Fprintf(&b, "## amisync: %s\n\n", markdownText.Replace(auditLineOf(a)))
	writeOrigin(&b, a.Head)
	groups := auditGroups(a)
	matrixOf(groups).writeMarkdown(&b)
	for _, g := range groups {
		writeFolded(&b, g)
	}
	writeFactList(&b, "Coverage", auditFacts(a))
	_, err := io.WriteString(w, b.String())
	return err
}
