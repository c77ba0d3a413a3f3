package view

import (
	"fmt"
	"strings"
)

// leastRoom is the narrowest column that a sentence is still readable in. With
// less it goes below its line.
const leastRoom = 32

// below is the indent of what goes below its line.
const below = 6

// columns are the widths that all lines of one output share.
type columns struct{ word, place, id int }

func columnsOf(lines []line) columns {
	var c columns
	for _, l := range lines {
		c.word = max(c.word, cells.StringWidth(l.word))
		c.place = max(c.place, cells.StringWidth(l.place))
		c.id = max(c.id, cells.StringWidth(l.id))
	}
	return c
}

func (c columns) write(b *strings.Builder, lines []line, s Style) {
	for _, l := range lines {
		fmt.Fprintln(b, c.set(l, s))
	}
}

// set lays out one line. A narrow terminal wraps and never cuts: the detail
// first beside its column, then below the line, at last the ids below as well.
func (c columns) set(l line, s Style) string {
	head := "  " + s.paint(l.mark.symbol+" "+pad(l.word, c.word), l.mark.paint...)
	lead := 2 + 2 + c.word + 2
	indent := lead + c.place + 2 + c.id + 2
	if s.Width <= 0 || s.Width-indent >= leastRoom {
		line := head + "  " + pad(l.place, c.place) + "  " + pad(l.id, c.id) + "  " + paragraph(l.detail, s, indent)
		return strings.TrimRight(line, " ")
	}
	where := l.place + "  " + l.id
	if lead+cells.StringWidth(where) <= s.Width {
		return head + "  " + where + underneath(l.detail, s)
	}
	return "  " + s.paint(l.mark.symbol+" "+l.word, l.mark.paint...) + underneath(where, s) + underneath(l.detail, s)
}

// underneath sets text on lines of its own.
func underneath(text string, s Style) string {
	if text == "" {
		return ""
	}
	return "\n" + strings.Repeat(" ", below) + paragraph(text, s, below)
}
