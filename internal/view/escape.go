package view

import (
	"fmt"
	"html"
	"strings"
)

// inert breaks what GitHub makes of @name and #1 in any text that is not code:
// a tag must neither call people into a pull request nor link an issue.
const inert = "&#8203;"

// markdownText escapes a sentence for GitHub Flavored Markdown, in a paragraph,
// a list item or a table cell. The dollar sign starts mathematics on GitHub, and
// only an element around it stops that (GitHub Docs, Writing mathematical
// expressions).
var markdownText = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "|", `\|`, "~", `\~`,
	"<", "&lt;", ">", "&gt;", "&", "&amp;",
	"@", "@"+inert, "#", "#"+inert, "$", "<span>$</span>",
)

// markdownCode sets an id or a name as code, where GitHub links nothing.
func markdownCode(s string) string {
	if s == "" {
		return ""
	}
	if !strings.ContainsAny(s, "`|\\") && strings.TrimSpace(s) == s {
		return "`" + s + "`"
	}
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune("`|\\*_[]<>&~$", r) {
			fmt.Fprintf(&b, "&#%d;", r)
		} else {
			b.WriteRune(r)
		}
	}
	return "<code>" + b.String() + "</code>"
}

// htmlText escapes text for a <summary>, which Markdown leaves alone.
func htmlText(s string) string {
	return strings.NewReplacer("@", "@"+inert, "#", "#"+inert, "$", "<span>$</span>").Replace(htmlEscapes(s))
}

// htmlEscapes uses named references only: a # would be taken for an issue.
func htmlEscapes(s string) string {
	return strings.NewReplacer("&#34;", "&quot;", "&#39;", "&apos;").Replace(html.EscapeString(s))
}
