package view

import (
	"strings"

	"github.com/mattn/go-runewidth"
)

// cells measures text in terminal columns. Characters of ambiguous width (±, –,
// ↓) count one whatever the locale says, so that a plan has the same bytes
// everywhere.
var cells = &runewidth.Condition{StrictEmojiNeutral: true}

// pad fills text with spaces up to a width in columns.
func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-cells.StringWidth(text)))
}

// wrap breaks text between words into lines of at most width columns. A word
// that is longer than a line, such as an ARN, stays whole: it can still be
// copied. A width of 0 or less does not wrap.
func wrap(text string, width int) []string {
	if width <= 0 || cells.StringWidth(text) <= width {
		return []string{text}
	}
	return fill(strings.Fields(text), width)
}

// fill sets words into lines.
func fill(words []string, width int) []string {
	var lines []string
	line, used := "", 0
	for _, word := range words {
		w := cells.StringWidth(word)
		if used > 0 && used+1+w > width {
			lines = append(lines, line)
			line, used = "", 0
		}
		if used > 0 {
			line, used = line+" ", used+1
		}
		line, used = line+word, used+w
	}
	return append(lines, line)
}

// hang joins lines, the second and later ones indented.
func hang(lines []string, indent int) string {
	return strings.Join(lines, "\n"+strings.Repeat(" ", indent))
}

// paragraph wraps text with a hanging indent.
func paragraph(text string, s Style, indent int) string {
	return hang(wrap(text, room(s.Width, indent)), indent)
}

// room is what is left of a width beside an indent; 0 still means unlimited.
func room(width, indent int) int {
	if width <= 0 {
		return 0
	}
	return max(width-indent, 1)
}
