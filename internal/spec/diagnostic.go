package spec

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Diagnostic is one problem of a file: where it is, what is wrong and what to
// do. Lines and columns count from 1.
type Diagnostic struct {
	File       string
	Line       int
	Column     int
	Message    string
	Suggestion string // the name that was probably meant; may be empty
}

// String is the problem on one line, as editors and GitHub parse it.
func (d Diagnostic) String() string {
	s := fmt.Sprintf("%s:%d:%d: %s", d.File, d.Line, d.Column, d.Message)
	if d.Suggestion != "" {
		s += fmt.Sprintf("; did you mean %q?", d.Suggestion)
	}
	return s
}

// Diagnostics are the problems of a file, sorted by place. They are an error;
// an empty list is none and must not be returned as one.
type Diagnostics []Diagnostic //nolint:errname // a list that is also an error

// Error is one problem a line.
func (d Diagnostics) Error() string {
	lines := make([]string, len(d))
	for i, one := range d {
		lines[i] = one.String()
	}
	return strings.Join(lines, "\n")
}

// maxDiagnostics bounds what a hostile file can make us say.
const maxDiagnostics = 1000

// sorted orders problems by place, drops repeats and cuts a hopeless list off.
func sorted(found []Diagnostic) Diagnostics {
	out := slices.Clone(found)
	slices.SortFunc(out, func(a, b Diagnostic) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Message, b.Message))
	})
	out = slices.Compact(out)
	if len(out) > maxDiagnostics {
		last := out[maxDiagnostics]
		last.Message, last.Suggestion = fmt.Sprintf("%d more problems are not shown", len(out)-maxDiagnostics), ""
		out = append(out[:maxDiagnostics], last)
	}
	return out
}
