package github

import (
	"fmt"
	"io"
	"strings"
)

// Annotation is an error shown on a line of a file in the pull request.
type Annotation struct {
	File   string // relative to the workspace
	Line   int    // 1-based; 0: the file as a whole
	Column int    // 1-based; 0: the whole line
	Text   string
}

// Annotate writes an annotation as a workflow command (GitHub Docs, Workflow
// commands, Setting an error message).
func Annotate(w io.Writer, a Annotation) error { return a.write(w, "::error") }

// Notice writes a note on the run that is neither a warning nor an error.
func Notice(w io.Writer, text string) error { return Annotation{Text: text}.write(w, "::notice") }

// Warn writes a warning on the run.
func Warn(w io.Writer, text string) error { return Annotation{Text: text}.write(w, "::warning") }

func (a Annotation) write(w io.Writer, command string) error {
	var where []string
	if a.File != "" {
		where = append(where, "file="+property.Replace(a.File))
	}
	if a.Line > 0 {
		where = append(where, fmt.Sprintf("line=%d", a.Line))
	}
	if a.Line > 0 && a.Column > 0 {
		where = append(where, fmt.Sprintf("col=%d", a.Column))
	}
	if len(where) > 0 {
		command += " " + strings.Join(where, ",")
	}
	if _, err := fmt.Fprintf(w, "%s::%s\n", command, message.Replace(a.Text)); err != nil {
		return fmt.Errorf("writing an annotation: %w", err)
	}
	return nil
}

// What the runner unescapes again (actions/toolkit, command.ts): without it a
// line break in a message would start a workflow command of its own.
var (
	message  = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)
