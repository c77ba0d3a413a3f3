package view

import (
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/amisync/amisync/pkg/plan"
)

// matrix is the audit at a glance: Regions down, images across, how each cell
// stands. There are far more Regions than fit side by side.
type matrix struct {
	images []string
	places []string
	lines  map[[2]string]line // by image and place
}

func matrixOf(groups []group) matrix {
	m := matrix{lines: map[[2]string]line{}}
	for _, g := range groups {
		m.images = append(m.images, g.image)
		for _, l := range g.lines {
			m.lines[[2]string{g.image, l.place}] = l
			m.places = append(m.places, l.place)
		}
	}
	slices.Sort(m.places)
	m.places = slices.Compact(m.places)
	return m
}

// cell is how an image stands in a Region: a word, or nothing where it neither
// is nor is wanted.
func (m matrix) cell(image, place string, s Style) string {
	l, ok := m.lines[[2]string{image, place}]
	if !ok {
		return noID
	}
	return s.paint(l.word, l.mark.paint...)
}

// chunks are runs of images whose columns fit a width beside the Regions.
func (m matrix) chunks(width int) [][]string {
	if width <= 0 {
		return [][]string{m.images}
	}
	const border, wordWidth = 3, len(plan.StandingUndeclared)
	regions := border
	for _, p := range m.places {
		regions = max(regions, cells.StringWidth(p)+border+1)
	}
	var chunks [][]string
	used := width
	for _, image := range m.images {
		w := max(cells.StringWidth(clean(image)), wordWidth) + border
		if used+w > width {
			chunks, used = append(chunks, nil), regions
		}
		chunks[len(chunks)-1] = append(chunks[len(chunks)-1], image)
		used += w
	}
	return chunks
}

// write draws the matrix, as several tables where one is too wide.
func (m matrix) write(b *strings.Builder, s Style) {
	for _, images := range m.chunks(s.Width) {
		t := table.NewWriter()
		t.SetStyle(table.StyleLight)
		t.Style().Format.Header = text.FormatDefault
		header := table.Row{"Region"}
		for _, image := range images {
			header = append(header, clean(image))
		}
		t.AppendHeader(header)
		for _, place := range m.places {
			row := table.Row{place}
			for _, image := range images {
				row = append(row, m.cell(image, place, s))
			}
			t.AppendRow(row)
		}
		b.WriteString(t.Render() + "\n\n")
	}
}

// writeMarkdown is the matrix as one table: GitHub lets a wide one scroll.
func (m matrix) writeMarkdown(b *strings.Builder) {
	if len(m.images) == 0 {
		return
	}
	b.WriteString("| Region |")
	for _, image := range m.images {
		b.WriteString(" " + markdownCode(clean(image)) + " |")
	}
	b.WriteString("\n| --- |" + strings.Repeat(" --- |", len(m.images)) + "\n")
	for _, place := range m.places {
		b.WriteString("| " + markdownText.Replace(place) + " |")
		for _, image := range m.images {
			b.WriteString(" " + m.cell(image, place, Style{}) + " |")
		}
		b.WriteString("\n")
	}
	b.WriteString("\n")
}
