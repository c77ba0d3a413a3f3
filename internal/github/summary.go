package github

import (
	"fmt"
	"io"
	"strings"
)

// maxSummary stays below the 1 MiB that GitHub takes for a step: a summary that
// is too long is not cut by GitHub, it is dropped (GitHub Docs, Workflow
// commands, Step isolation and limits). Other steps have limits of their own.
const maxSummary = 1<<20 - 4096

// Summary writes Markdown for the run's page, cut at a line where it is too long.
func Summary(w io.Writer, markdown []byte) error {
	text := Cut(string(markdown), maxSummary, "The rest is left out: GitHub shows 1 MiB at most. The whole text is in the step's files.")
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	if _, err := io.WriteString(w, text); err != nil {
		return fmt.Errorf("writing the step summary: %w", err)
	}
	return nil
}

// Cut shortens Markdown to at most limit bytes: at a line's end, with what was
// open there closed again, and marked with a note that says so. Text that fits
// is returned as it is.
func Cut(markdown string, limit int, note string) string {
	if len(markdown) <= limit {
		return markdown
	}
	mark := "\n> [!WARNING]\n> " + note + "\n"
	var kept strings.Builder
	var open openings
	for line := range strings.Lines(markdown) {
		after := open
		after.read(line)
		if kept.Len()+len(line)+len(after.closing())+len(mark) > limit {
			break
		}
		kept.WriteString(line)
		open = after
	}
	return kept.String() + open.closing() + mark
}

// openings are what is open after a line of Markdown.
type openings struct {
	fence   string // the backticks that a fence began with
	details int
}

func (o *openings) read(line string) {
	text := strings.TrimRight(line, "\r\n")
	ticks := text[:len(text)-len(strings.TrimLeft(text, "`"))]
	switch {
	case o.fence != "":
		if len(ticks) >= len(o.fence) && text == ticks {
			o.fence = ""
		}
	case len(ticks) >= 3:
		o.fence = ticks
	default:
		o.details += strings.Count(text, "<details") - strings.Count(text, "</details>")
	}
}

func (o *openings) closing() string {
	var b strings.Builder
	if o.fence != "" {
		b.WriteString(o.fence + "\n")
	}
	for range o.details {
		b.WriteString("\n</details>\n")
	}
	return b.String()
}

// Fenced is plain text under a heading, with a fence longer than any within it.
func Fenced(title, text string) []byte {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return fmt.Appendf(nil, "## %s\n\n%s\n%s\n%s\n", title, fence, strings.TrimRight(text, "\n"), fence)
}
