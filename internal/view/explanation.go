package view

import (
	"fmt"
	"io"
	"strings"

	"github.com/amisync/amisync/pkg/plan"
)

// ExplanationText writes an explanation rule by rule. at gives the place of a
// field of amis.yaml as file:line, or "".
func ExplanationText(w io.Writer, x plan.Explanation, at func(field string) string, s Style) error {
	var b strings.Builder
	for _, c := range x.Cells {
		fmt.Fprintf(&b, "%s in %s\n", clean(c.Cell.Image), clean(c.Cell.Region))
		writeFindings(&b, c.Findings, at, s)
		fmt.Fprintln(&b)
	}
	writeFindings(&b, x.Notes, at, s)
	_, err := io.WriteString(w, b.String())
	return err
}

func writeFindings(b *strings.Builder, findings []plan.Finding, at func(string) string, s Style) {
	width := 0
	for _, f := range findings {
		width = max(width, cells.StringWidth(f.Rule))
	}
	for _, f := range findings {
		text := clean(f.Text)
		if place := at(f.Field); f.Field != "" && place != "" {
			text += " (" + place + ")"
		}
		fmt.Fprintf(b, "  %s  %s\n", pad(f.Rule, width), paragraph(text, s, 2+width+2))
	}
}
