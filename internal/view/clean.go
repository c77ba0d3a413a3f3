package view

import (
	"strconv"
	"strings"
	"unicode"
)

// clean makes foreign text safe to print on one line of a terminal: control
// and format characters (escape sequences, line breaks, bidirectional
// overrides) are written as Go escapes, so that a tag or an AMI name can
// neither forge a line of a plan nor hide one.
func clean(s string) string {
	if strings.IndexFunc(s, harmful) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if harmful(r) {
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func harmful(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs) || r == unicode.ReplacementChar
}
