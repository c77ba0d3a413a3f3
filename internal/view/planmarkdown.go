package view

import (
	"fmt"
	"io"
	"strings"

	"github.com/amisync/amisync/pkg/plan"
)

// PlanMarkdown writes a plan for a pull request: the headline as heading, a
// warning when something is deregistered, what is taken away in full, the safety
// block and the fingerprint, and the rest folded by image. What matters most
// stands first, so that a cut takes the least.
func PlanMarkdown(w io.Writer, p plan.Plan) error {
	var b strings.Builder
	fmt.Fprintf(&b, "## amisync: %s\n\n", markdownText.Replace(p.Headline()))
	if pending := p.PendingLine(); pending != "" {
		fmt.Fprintf(&b, "%s\n\n", markdownText.Replace(pending))
	}
	writeOrigin(&b, p.Head)
	writeCaution(&b, p)
	sections := sectionsOf(p)
	for _, s := range sections {
		s.writeGone(&b)
	}
	writeFactList(&b, "Safety", safety(p))
	if p.Fingerprint != "" {
		fmt.Fprintf(&b, "\nFingerprint: %s\n", markdownCode(clean(p.Fingerprint)))
	}
	for _, s := range sections {
		s.writeRest(&b)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// writeOrigin says which file was held against which account.
func writeOrigin(b *strings.Builder, h plan.Head) {
	var parts []string
	if h.Config.Path != "" {
		parts = append(parts, "file "+markdownCode(clean(h.Config.Path)))
	}
	if h.Config.Commit != "" {
		parts = append(parts, "commit "+markdownCode(clean(shortCommit(h.Config.Commit))))
	}
	if h.Owner != "" {
		parts = append(parts, "owner "+markdownCode(clean(h.Owner)))
	}
	if h.Account != "" {
		parts = append(parts, "account "+markdownCode(clean(h.Account)))
	}
	if len(parts) > 0 {
		fmt.Fprintf(b, "%s\n\n", strings.Join(parts, " · "))
	}
}

func shortCommit(c string) string { return c[:min(len(c), 12)] }

// writeCaution stands above everything that cannot be undone.
func writeCaution(b *strings.Builder, p plan.Plan) {
	var parts []string
	if n := p.Summary.Deregister; n > 0 {
		parts = append(parts, "deregisters "+count(n, "AMI", "AMIs"))
	}
	if n := p.Summary.DeleteSnapshot; n > 0 {
		parts = append(parts, "deletes "+count(n, "orphan snapshot", "orphan snapshots"))
	}
	for _, w := range p.Warnings {
		if w.Loosening() {
			fmt.Fprintf(b, "> [!WARNING]\n> %s\n\n", markdownText.Replace(clean(w.Text)))
		}
	}
	if len(parts) > 0 {
		fmt.Fprintf(b, "> [!CAUTION]\n> This plan %s. That cannot be undone.\n\n", strings.Join(parts, " and "))
	}
}

// writeRows is a table of lines that are not under their image's heading.
func writeRows(b *strings.Builder, lines []line) {
	b.WriteString("| | Image | Region | Id | Details |\n| --- | --- | --- | --- | --- |\n")
	for _, l := range lines {
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s |\n", markCell(l), markdownCode(clean(l.image)),
			markdownText.Replace(l.place), idCell(l), markdownText.Replace(l.detail))
	}
	b.WriteString("\n")
}

// writeFolded is one image's other lines, behind a summary that counts them.
func writeFolded(b *strings.Builder, g group) {
	var rows []line
	for _, l := range g.lines {
		if !l.gone {
			rows = append(rows, l)
		}
	}
	if len(rows) == 0 {
		return
	}
	name := "<i>" + htmlText(g.source) + "</i>"
	if g.image != "" {
		name = "<code>" + htmlEscapes(clean(g.image)) + "</code> " + htmlText(g.source)
	}
	fmt.Fprintf(b, "<details><summary>%s: %s</summary>\n\n", name, htmlText(tally(rows)))
	b.WriteString("| | Region | Id | Details |\n| --- | --- | --- | --- |\n")
	for _, l := range rows {
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", markCell(l), markdownText.Replace(l.place), idCell(l), markdownText.Replace(l.detail))
	}
	b.WriteString("\n</details>\n\n")
}

// tally counts lines by word, in their order: "2 copy, 1 blocked".
func tally(lines []line) string {
	counts := map[string]int{}
	var words []string
	for _, l := range lines {
		if counts[l.word] == 0 {
			words = append(words, l.word)
		}
		counts[l.word]++
	}
	for i, w := range words {
		words[i] = fmt.Sprintf("%d %s", counts[w], w)
	}
	return strings.Join(words, ", ")
}

func markCell(l line) string { return "`" + l.mark.symbol + "` " + l.word }

func idCell(l line) string {
	if l.id == noID || l.id == newID {
		return l.id
	}
	return markdownCode(l.id)
}

func writeFactList(b *strings.Builder, title string, facts []fact) {
	fmt.Fprintf(b, "### %s\n\n", title)
	for _, f := range facts {
		fmt.Fprintf(b, "- **%s**: %s\n", f.label, markdownText.Replace(f.text))
	}
}
